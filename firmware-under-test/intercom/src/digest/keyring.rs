//! The challenges that one dialog or registration has met.

use super::{Challenge, Request};
use crate::defects::{Defect, Defects};
use crate::sip::Message;

/// The challenges that one dialog or registration has met, to be answered with every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keyring(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    challenge: Challenge,
    /// How often its nonce was used.
    count: u32,
    /// How often the attempt at hand has answered the realm.
    tries: u32,
}

/// What a challenge leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// The request is worth sending again.
    Again,
    /// The same credentials would be rejected again, or none can be given.
    Rejected,
}

impl Keyring {
    /// Takes a 401 or 407.
    pub(crate) fn take(&mut self, response: &Message, defects: &Defects) -> Outcome {
        let challenges = Challenge::of(response, defects);
        let mut outcome = Outcome::Rejected;
        for challenge in challenges {
            let known = self.0.iter_mut().find(|e| e.challenge.is_of_the_realm_of(&challenge));
            let tries = known.as_ref().map_or(0, |entry| entry.tries);
            //= RFC 3261 §22.1
            let fresh = tries == 0
                || (tries < MOST_TRIES
                    && challenge.stale
                    && !defects.has(Defect::STALE_IS_REJECTION))
                || defects.has(Defect::AUTH_LOOPS);
            if !fresh {
                return Outcome::Rejected;
            }
            outcome = Outcome::Again;
            let entry = Entry { challenge, count: 0, tries: tries + 1 };
            match known {
                Some(known) => *known = entry,
                None => self.0.push(entry),
            }
        }
        if outcome == Outcome::Again && defects.has(Defect::FORGETS_OTHER_REALM) {
            self.0.drain(..self.0.len() - 1);
        }
        outcome
    }

    /// The header fields that answer everything that was asked.
    pub(crate) fn answers(
        &mut self,
        request: &Request<'_>,
        defects: &Defects,
    ) -> Vec<(&'static str, String)> {
        let answer = |entry: &mut Entry| {
            if entry.count == 0 || !defects.has(Defect::NONCE_COUNT_STUCK) {
                entry.count += 1;
            }
            entry.challenge.respond(&Request { count: entry.count, ..*request }, defects)
        };
        self.0.iter_mut().map(answer).collect()
    }

    /// Whether it has answered any challenge.
    pub(crate) fn is_used(&self) -> bool {
        self.0.iter().any(|entry| entry.count > 0)
    }

    /// Begins an attempt: what it has met, it may answer once more.
    pub(crate) fn begin(&mut self) {
        for entry in &mut self.0 {
            entry.tries = 0;
        }
    }

    /// Whether the attempt at hand has answered a realm more than once.
    pub(crate) fn is_tried(&self) -> bool {
        self.0.iter().any(|entry| entry.tries > 1)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A server that finds every nonce stale is not worth more.
const MOST_TRIES: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn response(code: u16, header: &str, challenge: &str) -> Message {
        let mut response = Message::response(code, "No");
        response.headers.push(header, challenge);
        response
    }

    fn answers(keyring: &mut Keyring) -> Vec<String> {
        let request = Request {
            user: "u",
            password: "p",
            method: "REGISTER",
            uri: "sip:r",
            body: b"",
            cnonce: "c",
            count: 0,
        };
        let answers = keyring.answers(&request, &Defects::default());
        answers.into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn a_proxy_and_a_registrar_are_answered_together() {
        let (mut keyring, sound) = (Keyring::default(), Defects::default());
        let proxy = response(407, "Proxy-Authenticate", r#"Digest realm="a", nonce="1""#);
        assert_eq!(keyring.take(&proxy, &sound), Outcome::Again);
        let registrar = response(401, "WWW-Authenticate", r#"Digest realm="a", nonce="2""#);
        assert_eq!(keyring.take(&registrar, &sound), Outcome::Again);
        let said = answers(&mut keyring);
        assert!(said[0].starts_with("Proxy-Authorization: "), "{said:?}");
        assert!(said[1].starts_with("Authorization: "), "{said:?}");
        assert_eq!(keyring.take(&proxy, &sound), Outcome::Rejected);
    }

    #[test]
    fn a_stale_nonce_is_renewed_and_counted_anew() {
        let (mut keyring, sound) = (Keyring::default(), Defects::default());
        let asked =
            |nonce: &str| format!(r#"Digest realm="a", qop="auth", nonce="{nonce}", stale=true"#);
        let mut take = |nonce: &str| {
            let outcome = keyring.take(&response(401, "WWW-Authenticate", &asked(nonce)), &sound);
            answers(&mut keyring);
            (outcome, answers(&mut keyring)[0].contains("nc=00000002"))
        };
        assert_eq!(take("1"), (Outcome::Again, true));
        assert_eq!(take("2"), (Outcome::Again, true));
        assert_eq!(take("3"), (Outcome::Again, true));
        assert_eq!(take("4").0, Outcome::Rejected);
    }
}
