//! Digest access authentication, server side: who may call the device.

use super::{Algorithm, Qop, Request, quote, response_of};
use crate::defects::{Defect, Defects};
use crate::sip::{Message, Params, Start, Uri};
use std::fmt;

/// Whom the device lets in, and by which digests he may prove who he is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Visitors {
    /// Preferred first.
    algorithms: Vec<Algorithm>,
    user: String,
    password: String,
}

impl Visitors {
    /// Reads `ALGORITHM,ALGORITHM USER PASSWORD`.
    ///
    /// # Errors
    ///
    /// Says what cannot be read.
    pub(crate) fn from_words(words: &[&str]) -> Result<Self, String> {
        let [algorithms, user, password] = words else {
            return Err("say challenge ALGORITHM,ALGORITHM USER PASSWORD".to_owned());
        };
        let algorithms = algorithms.split(',').map(|name| {
            let known = Algorithm::ALL.into_iter().find(|known| known.name() == name);
            known.ok_or_else(|| format!("no digest algorithm is named {name}"))
        });
        let algorithms = algorithms.collect::<Result<_, _>>()?;
        Ok(Self { algorithms, user: (*user).to_owned(), password: (*password).to_owned() })
    }

    /// The digests, with commas.
    pub(crate) fn algorithms(&self) -> String {
        self.algorithms.iter().map(|known| known.name()).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for Visitors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.algorithms(), self.user, self.password)
    }
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// He has not proved who he is.
    Unproven {
        /// Whether only the nonce was too old.
        stale: bool,
    },
    /// What he shows cannot be read.
    Malformed,
    /// What he shows is for somebody else than the device.
    Elsewhere,
}

/// The nonces that the device has given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    issued: Vec<Issued>,
}

#[derive(Clone, Debug)]
struct Issued {
    nonce: String,
    /// The highest nonce count that came with it.
    count: u32,
}

impl Gate {
    /// The challenges of a 401, preferred first, all with `nonce`.
    pub(crate) fn challenges(
        &mut self,
        visitors: &Visitors,
        realm: &str,
        nonce: &str,
        stale: bool,
        defects: &Defects,
    ) -> Vec<String> {
        if self.issued.len() >= MOST {
            self.issued.remove(0);
        }
        self.issued.push(Issued { nonce: nonce.to_owned(), count: 0 });
        let mut algorithms = visitors.algorithms.clone();
        //= RFC 8760 §2.3
        if defects.has(Defect::CHALLENGE_WEAKEST_FIRST) {
            algorithms.reverse();
        }
        if defects.has(Defect::CHALLENGES_ALIKE)
            && let Some(&first) = algorithms.first()
        {
            algorithms.fill(first);
        }
        let challenge = |algorithm: Algorithm| {
            let bare = defects.has(Defect::CHALLENGE_NONCE_UNQUOTED);
            let nonce = if bare { nonce.to_owned() } else { quote(nonce) };
            let named = algorithm.name();
            let quoted = defects.has(Defect::CHALLENGE_ALGORITHM_QUOTED);
            let named = if quoted { quote(named) } else { named.to_owned() };
            let open = defects.has(Defect::CHALLENGE_WITHOUT_QOP);
            let qop = if open { "" } else { ", qop=\"auth\"" };
            let stale = if stale { ", stale=true" } else { "" };
            format!("Digest realm={}, nonce={nonce}, algorithm={named}{qop}{stale}", quote(realm))
        };
        algorithms.into_iter().map(challenge).collect()
    }

    /// Whether the credentials of `request` are those of a visitor, for somebody whom the device
    /// `serves`.
    ///
    /// # Errors
    ///
    /// Why they are not.
    pub(crate) fn check(
        &mut self,
        visitors: &Visitors,
        realm: &str,
        request: &Message,
        serves: impl Fn(&Uri) -> bool,
        defects: &Defects,
    ) -> Result<(), Refusal> {
        const UNPROVEN: Refusal = Refusal::Unproven { stale: false };
        let mut basic = request.headers.all("Authorization").map(str::trim_start);
        if basic.any(|value| value.starts_with("Basic ")) && defects.has(Defect::BASIC_TAKEN) {
            return Ok(());
        }
        let params = request.headers.all("Authorization").filter_map(|value| {
            let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
            scheme.eq_ignore_ascii_case("Digest").then(|| Params::parse(rest, ','))
        });
        let given =
            params.into_iter().find(|given| given.unquoted("realm").as_deref() == Some(realm));
        let given = given.ok_or(UNPROVEN)?;
        //= RFC 7616 §3.4
        let twice = given.get("username").is_some() && given.get("username*").is_some();
        if twice && !defects.has(Defect::BOTH_USER_NAMES_TAKEN) {
            return Err(Refusal::Malformed);
        }
        let need = |name: &str| given.unquoted(name).ok_or(UNPROVEN);
        let (user, nonce, uri) = (need("username")?, need("nonce")?, need("uri")?);
        let named = given.unquoted("algorithm").unwrap_or_else(|| "MD5".to_owned());
        let mut offered = visitors.algorithms.iter();
        let algorithm = offered.find(|known| known.name().eq_ignore_ascii_case(&named));
        let algorithm = *algorithm.ok_or(UNPROVEN)?;
        let issued = self.issued.iter_mut().find(|issued| issued.nonce == nonce);
        let issued = issued.ok_or(Refusal::Unproven { stale: true })?;
        //= RFC 8760 §2.6
        if need("qop")? != Qop::Auth.name() {
            return Err(UNPROVEN);
        }
        let count = u32::from_str_radix(&need("nc")?, 16).map_err(|_| UNPROVEN)?;
        let Start::Request { method, .. } = &request.start else { return Err(UNPROVEN) };
        let asked = Request {
            user: &user,
            password: &visitors.password,
            method,
            uri: &uri,
            body: &request.body,
            cnonce: &need("cnonce")?,
            count,
        };
        let a1 = algorithm.hex(format!("{user}:{realm}:{}", visitors.password));
        let qop = (!defects.has(Defect::CALLERS_QOP_IGNORED)).then_some(Qop::Auth);
        let expected = response_of(algorithm, &a1, &nonce, &asked, qop);
        let any = defects.has(Defect::ANY_PASSWORD_TAKEN);
        let right = user == visitors.user && (any || need("response")? == expected);
        if !right || defects.has(Defect::VISITORS_REFUSED) {
            return Err(UNPROVEN);
        }
        if count <= issued.count {
            return Err(Refusal::Unproven { stale: true });
        }
        issued.count = count;
        //= RFC 8760 §2.6
        let ours = Uri::parse(&uri).is_some_and(|uri| serves(&uri));
        if ours || defects.has(Defect::DIGEST_URI_UNCHECKED) {
            Ok(())
        } else {
            Err(Refusal::Elsewhere)
        }
    }
}

/// How many nonces are good at a time.
const MOST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Challenge;

    const REALM: &str = "intercom@192.0.2.1";

    fn visitors() -> Visitors {
        Visitors::from_words(&["SHA-256,MD5", "alice", "s3cret"]).unwrap()
    }

    /// A request with credentials for what the gate has challenged with, of `user` and `password`.
    fn request(gate: &mut Gate, user: &str, password: &str) -> Message {
        let sound = Defects::default();
        let mut refusal = Message::response(401, "Unauthorized");
        for challenge in gate.challenges(&visitors(), REALM, "n1", false, &sound) {
            refusal.headers.push("WWW-Authenticate", challenge);
        }
        let challenge = Challenge::of(&refusal, &sound).remove(0);
        let uri = "sip:door@192.0.2.1";
        let asked =
            Request { user, password, method: "INVITE", uri, body: b"", cnonce: "c", count: 1 };
        let mut request = Message::request("INVITE", uri);
        let (name, value) = challenge.respond(&asked, &sound);
        request.headers.push(name, value);
        request
    }

    fn check(gate: &mut Gate, request: &Message) -> Result<(), Refusal> {
        let serves = |uri: &Uri| uri.user.as_deref() == Some("door");
        gate.check(&visitors(), REALM, request, serves, &Defects::default())
    }

    #[test]
    fn who_knows_the_password_comes_in_once_with_a_nonce_count() {
        let mut gate = Gate::default();
        let known = request(&mut gate, "alice", "s3cret");
        assert!(known.headers.get("Authorization").unwrap().contains("algorithm=SHA-256"));
        assert_eq!(check(&mut gate, &known), Ok(()));
        assert_eq!(check(&mut gate, &known), Err(Refusal::Unproven { stale: true }));
    }

    #[test]
    fn who_does_not_know_it_stays_outside() {
        let mut gate = Gate::default();
        let unproven = Err(Refusal::Unproven { stale: false });
        let wrong = request(&mut gate, "alice", "guess");
        assert_eq!(check(&mut gate, &wrong), unproven);
        let stranger = request(&mut gate, "mallory", "s3cret");
        assert_eq!(check(&mut gate, &stranger), unproven);
        assert_eq!(check(&mut gate, &Message::request("INVITE", "sip:door@192.0.2.1")), unproven);
    }

    #[test]
    fn two_names_of_one_user_are_malformed() {
        let mut gate = Gate::default();
        let mut both = request(&mut gate, "alice", "s3cret");
        let value = both.headers.get("Authorization").unwrap().to_owned();
        both.headers.set("Authorization", format!("{value}, username*=UTF-8''alice"));
        assert_eq!(check(&mut gate, &both), Err(Refusal::Malformed));
    }
}
