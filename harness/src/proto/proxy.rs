//! The stateful proxy that a device meets: RFC 3261 §16.
//!
//! Here is what it decides: whether a request may pass, where to, how it looks then, and which
//! response goes back. The transactions on both sides are those of the
//! [`UserAgent`](super::user_agent::UserAgent) that it is the core of.

pub mod context;
pub mod route;

use crate::proto::auth::Space;
use crate::proto::auth::server::Guard;
use crate::proto::registrar::Binding;
use crate::wire::sip::Message;
use crate::wire::uri::{Scheme, Uri};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// How a proxy works.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Its own address for UDP and TCP, for which it is responsible.
    pub sip: SocketAddr,
    /// Its own address for TLS, likewise.
    pub tls: SocketAddr,
    /// Names of domains for which it is responsible as well.
    pub domains: Vec<String>,
    /// Where the users of its domains are, beside those that a registrar knows.
    pub routes: BTreeMap<String, Vec<String>>,
    /// In which order it tries several targets.
    pub fork: Fork,
    /// Whether it stays in the path of the dialogs that it helps to make.
    pub record_route: RecordRoute,
    /// Who may call through it.
    pub space: Space,
    /// How long an INVITE may ring.
    pub timer_c: Duration,
}

/// In which order several targets are tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fork {
    /// All at once.
    Parallel,
    /// The next when the one before has failed.
    Sequential,
}

/// Whether a proxy stays in the path of a dialog.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RecordRoute {
    /// It does.
    Loose,
    /// It does, as a proxy before RFC 3261 would: without `lr`.
    Strict,
    /// It does not.
    Absent,
}

/// Why a request does not pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejection {
    /// The status code.
    pub status: u16,
    /// The header fields that go with it.
    pub headers: Vec<(&'static str, String)>,
}

impl Rejection {
    const fn bare(status: u16) -> Self {
        Self { status, headers: Vec::new() }
    }
}

/// A proxy, but for the requests that it has under way.
#[derive(Clone, Debug)]
pub struct Proxy {
    config: Config,
    guard: Guard,
    bindings: Vec<Binding>,
}

impl Proxy {
    /// A proxy that knows no bindings yet.
    pub fn new(config: Config) -> Self {
        let guard = Guard::new(config.space.clone());
        Self { config, guard, bindings: Vec::new() }
    }

    /// Tells it what the registrar of its domains knows.
    pub fn locate(&mut self, bindings: Vec<Binding>) {
        self.bindings = bindings;
    }

    /// Whether `request`, which is well formed, may pass; `nonce` must be fresh.
    ///
    /// # Errors
    ///
    /// What it is to be answered instead; the sender is at fault.
    pub fn admit(&mut self, request: &Message, nonce: &str) -> Result<(), Rejection> {
        let text = request.request_uri().unwrap_or_default();
        //= RFC 3261 §16.3
        if matches!(Uri::read(text).scheme, Scheme::Other(_)) {
            return Err(Rejection::bare(416));
        }
        if request.header("Max-Forwards").is_some() && request.max_forwards().is_none_or(|n| n == 0)
        {
            return Err(Rejection::bare(483));
        }
        let mark = route::mark(request);
        let is_loop = |via: crate::wire::sip::Via| {
            self.is_sent_by_us(&via) && via.branch().is_some_and(|branch| branch.ends_with(&mark))
        };
        if request.vias().into_iter().any(is_loop) {
            return Err(Rejection::bare(482));
        }
        let wanted = request.proxy_require();
        if !wanted.is_empty() {
            return Err(Rejection {
                status: 420,
                headers: vec![("Unsupported", wanted.join(", "))],
            });
        }
        self.authenticate(request, text, nonce)
    }

    /// Only what begins a dialog or stands alone is challenged: a dialog was admitted once.
    fn authenticate(&mut self, request: &Message, uri: &str, nonce: &str) -> Result<(), Rejection> {
        let method = request.method().unwrap_or_default();
        let within = request.to().is_some_and(|to| to.tag().is_some());
        //= RFC 3261 §22.1
        if within || matches!(method, "ACK" | "CANCEL" | "REGISTER") {
            return Ok(());
        }
        //= RFC 3261 §22.3
        self.guard.check(method, uri, &request.proxy_credentials()).map_err(|fault| {
            let challenges = self.guard.challenge(nonce, &fault);
            let field =
                |asked: &crate::wire::sip::AuthParams| ("Proxy-Authenticate", asked.to_string());
            Rejection { status: 407, headers: challenges.iter().map(field).collect() }
        })
    }
}

#[cfg(test)]
mod tests;
