//! Keeping an address registered: when our end sends which REGISTER (RFC 3261 §10.2).
//!
//! The messages are the user agent's; this says when one is due, with which expiry, and how it
//! answers the registrar's challenges.

use crate::proto::auth::Account;
use crate::proto::auth::client::Challenge;
use crate::proto::transport::Hop;
use crate::time::Tick;
use crate::wire::sip::Message;
use crate::wire::uri::Uri;
use std::fmt;
use std::time::Duration;

use State::{Absent, Asking, Registered, Releasing, Stopped};

/// Where and as whom our end registers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// The URI of the registrar, without a user: the Request-URI.
    pub uri: String,
    /// Where the registrar is.
    pub hop: Hop,
    /// Who it says it is when it is challenged.
    pub account: Account,
    /// The expiry to ask for, in seconds.
    pub expires: u32,
}

/// One registration of ours.
#[derive(Clone, Debug)]
pub struct Registration {
    config: Config,
    contact: Uri,
    expires: u32,
    state: State,
    /// The latest challenge of each realm that asked.
    challenges: Vec<Challenge>,
    /// How many challenges have come since the last success.
    asked: u32,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// There is no binding of ours, and none is asked for.
    Absent,
    /// A REGISTER is due or out.
    Asking,
    /// The registrar has the binding.
    Registered {
        /// When it wants refreshing.
        refresh: Tick,
    },
    /// The REGISTER that removes the binding is due or out.
    Releasing,
    /// It came to nothing.
    Stopped(Refusal),
}

/// Why a registration came to nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The registrar answered with this status.
    Status(u16),
    /// It answered 2xx, and our contact was not among the bindings.
    NotListed,
    /// It did not accept the credentials.
    Credentials,
    /// It did not answer.
    Silence,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the registrar answered {status}"),
            Self::NotListed => f.write_str("the registrar's 2xx does not list our contact"),
            Self::Credentials => f.write_str("the registrar did not accept our credentials"),
            Self::Silence => f.write_str("the registrar did not answer"),
        }
    }
}

impl Registration {
    /// A registration of `contact` that nothing has been done for yet.
    pub const fn new(config: Config, contact: Uri) -> Self {
        let expires = config.expires;
        Self { config, contact, expires, state: Absent, challenges: Vec::new(), asked: 0 }
    }

    /// Makes a REGISTER for the binding due.
    pub const fn bind(&mut self) {
        self.state = Asking;
        self.asked = 0;
    }

    /// Makes a REGISTER that removes the binding due, if there may be one.
    pub const fn release(&mut self) {
        if matches!(self.state, Asking | Registered { .. }) {
            self.state = Releasing;
            self.asked = 0;
        }
    }

    /// Takes the final response to a REGISTER. The next one is due at once if it was a challenge
    /// that can be answered or an expiry that was too short; returns whether it is.
    pub fn handle_response(&mut self, now: Tick, response: &Message) -> bool {
        let status = response.status().unwrap_or_default();
        self.state = match (status, response.min_expires()) {
            (200..300, _) => {
                self.asked = 0;
                if self.state == Releasing { Absent } else { self.granted(now, response) }
            }
            (401 | 407, _) if self.take_challenge(response) => return true,
            (401 | 407, _) => Stopped(Refusal::Credentials),
            //= RFC 3261 §10.2.8
            (423, Some(least)) if least > self.expires => {
                self.expires = least;
                return true;
            }
            _ => Stopped(Refusal::Status(status)),
        };
        false
    }

    /// Takes the news that a REGISTER was not answered.
    pub const fn handle_silence(&mut self) {
        self.state = Stopped(Refusal::Silence);
    }

    /// Makes the refresh due if it is time; returns whether it is.
    pub fn handle_timeout(&mut self, now: Tick) -> bool {
        let due = matches!(self.state, Registered { refresh } if refresh <= now);
        if due {
            self.bind();
        }
        due
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub const fn poll_timeout(&self) -> Option<Tick> {
        match self.state {
            Registered { refresh } => Some(refresh),
            Absent | Asking | Releasing | Stopped(_) => None,
        }
    }

    /// The header fields that prove who we are, as far as the registrar has asked; `cnonce` must be
    /// fresh.
    pub fn credentials(&mut self, cnonce: &str) -> Vec<(&'static str, String)> {
        let Config { account, uri, .. } = &self.config;
        let answers = self.challenges.iter_mut();
        answers.map(|asked| asked.answer(account, "REGISTER", uri, cnonce)).collect()
    }

    /// The expiry that the next REGISTER asks for, in seconds.
    pub const fn expires(&self) -> u32 {
        if matches!(self.state, Releasing) { 0 } else { self.expires }
    }

    /// Where and as whom.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Where it stands.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Keeps the challenge of `response`; returns whether answering it may help.
    ///
    /// A realm that asks again without calling the nonce stale has refused the password, unless
    /// its nonce is one of an earlier round.
    fn take_challenge(&mut self, response: &Message) -> bool {
        let Some(challenge) = Challenge::read(response) else { return false };
        let known = self.challenges.iter().position(|known| known.is_of_the_realm_of(&challenge));
        let refused = known.is_some() && self.asked > 0 && !challenge.is_stale();
        self.asked += 1;
        if refused || self.asked > MOST_CHALLENGES {
            self.challenges.clear();
            return false;
        }
        match known.and_then(|at| self.challenges.get_mut(at)) {
            Some(known) => *known = challenge,
            None => self.challenges.push(challenge),
        }
        true
    }

    /// A refresh is due when half of what was granted has gone by.
    fn granted(&self, now: Tick, response: &Message) -> State {
        //= RFC 3261 §10.2.4
        let ours = response.contacts().into_iter().find(|c| c.uri.is_equivalent(&self.contact));
        let Some(ours) = ours else { return Stopped(Refusal::NotListed) };
        let stated = ours.params.get("expires").and_then(|value| value.parse().ok());
        let granted: u32 = stated.or_else(|| response.expires()).unwrap_or(self.expires);
        Registered { refresh: now + Duration::from_secs(granted.into()) / 2 }
    }
}

/// A registrar that asks more often than this in a row would go on for ever.
const MOST_CHALLENGES: u32 = 4;

#[cfg(test)]
mod tests;
