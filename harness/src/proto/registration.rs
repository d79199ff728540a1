//! Keeping an address registered: when our end sends which REGISTER (RFC 3261 §10.2).
//!
//! The messages are the user agent's; this says when one is due and with which expiry.

use crate::time::Tick;
use crate::wire::sip::Message;
use crate::wire::uri::Uri;
use std::time::Duration;

use State::{Asking, Registered, Stopped};

/// One registration of ours.
#[derive(Clone, Debug)]
pub struct Registration {
    contact: Uri,
    expires: u32,
    state: State,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// A REGISTER is due, or out; the number of challenges since the last success.
    Asking {
        /// Challenges in a row: a second one means that the credentials are wrong.
        challenges: u32,
    },
    /// The registrar has the binding.
    Registered {
        /// When it wants refreshing.
        refresh: Tick,
    },
    /// It will not be: the last status.
    Stopped(u16),
}

impl Registration {
    /// A registration of `contact` for `expires` seconds; its first REGISTER is due at once.
    pub const fn new(contact: Uri, expires: u32) -> Self {
        Self { contact, expires, state: Asking { challenges: 0 } }
    }

    /// Takes the final response to a REGISTER. The next one is due at once if it was a challenge
    /// that can be answered or an expiry that was too short.
    pub fn handle_response(&mut self, now: Tick, response: &Message) {
        let status = response.status().unwrap_or_default();
        let challenges = match self.state {
            Asking { challenges } => challenges,
            Registered { .. } | Stopped(_) => 0,
        };
        self.state = match (status, response.min_expires()) {
            (200..300, _) => self.granted(now, response),
            //= RFC 3261 §22.2
            (401 | 407, _) if challenges == 0 => Asking { challenges: 1 },
            //= RFC 3261 §10.2.8
            (423, Some(least)) if least > self.expires => {
                self.expires = least;
                Asking { challenges }
            }
            _ => Stopped(status),
        };
    }

    /// Makes the refresh due if it is time.
    pub fn handle_timeout(&mut self, now: Tick) {
        if matches!(self.state, Registered { refresh } if refresh <= now) {
            self.state = Asking { challenges: 0 };
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub const fn poll_timeout(&self) -> Option<Tick> {
        match self.state {
            Registered { refresh } => Some(refresh),
            Asking { .. } | Stopped(_) => None,
        }
    }

    /// The expiry to ask for, in seconds.
    pub const fn expires(&self) -> u32 {
        self.expires
    }

    /// Where it stands.
    pub const fn state(&self) -> State {
        self.state
    }

    /// A refresh is due when half of what was granted has gone by.
    fn granted(&self, now: Tick, response: &Message) -> State {
        //= RFC 3261 §10.2.4
        let ours = response.contacts().into_iter().find(|c| c.uri.is_equivalent(&self.contact));
        let Some(ours) = ours else { return Stopped(response.status().unwrap_or_default()) };
        let stated = ours.params.get("expires").and_then(|value| value.parse().ok());
        let granted: u32 = stated.or_else(|| response.expires()).unwrap_or(self.expires);
        Registered { refresh: now + Duration::from_secs(granted.into()) / 2 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(responses: &[&str]) -> Registration {
        let mut this = Registration::new(Uri::read("sip:alice@192.0.2.1:5060"), 60);
        for response in responses {
            let text = format!("SIP/2.0 {response}\r\n\r\n");
            this.handle_response(Tick::ZERO, &Message::read(text.as_bytes()));
        }
        this
    }

    const GRANTED: &str = "200 OK\r\nContact: <sip:x@192.0.2.9>;expires=5, \
                           <sip:alice@192.0.2.1:5060>;expires=100";

    #[test]
    fn what_is_granted_to_us_is_refreshed_at_half_time() {
        let mut this = after(&["401 Unauthorized", GRANTED]);
        let refresh = Tick::ZERO + Duration::from_secs(50);
        assert_eq!(this.poll_timeout(), Some(refresh));
        this.handle_timeout(Tick::ZERO + Duration::from_secs(49));
        assert_eq!(this.state(), Registered { refresh });
        this.handle_timeout(refresh);
        assert_eq!(this.state(), Asking { challenges: 0 });
    }

    #[test]
    fn a_second_challenge_in_a_row_means_that_the_password_is_wrong() {
        assert_eq!(after(&["401 Unauthorized"]).state(), Asking { challenges: 1 });
        assert_eq!(after(&["401 Unauthorized"; 2]).state(), Stopped(401));
        let nonce_expired = ["401 Unauthorized", GRANTED, "401 Unauthorized"];
        assert_eq!(after(&nonce_expired).state(), Asking { challenges: 1 });
    }

    #[test]
    fn too_brief_is_asked_for_again_with_what_is_wanted() {
        let this = after(&["423 Interval Too Brief\r\nMin-Expires: 1800"]);
        assert_eq!((this.expires(), this.state()), (1_800, Asking { challenges: 0 }));
        assert_eq!(after(&["423 Interval Too Brief"]).state(), Stopped(423));
        assert_eq!(after(&["423 Interval Too Brief\r\nMin-Expires: 10"]).state(), Stopped(423));
    }

    #[test]
    fn without_our_contact_in_the_answer_there_is_no_binding() {
        assert_eq!(after(&["200 OK"]).state(), Stopped(200));
        assert_eq!(after(&["403 Forbidden"]).state(), Stopped(403));
    }
}
