//! One binding at a registrar: RFC 3261 §10.2.

use std::time::Duration;

use crate::digest::Keyring;
use crate::settings::Account;
use crate::transaction::Key;
use crate::transport::Hop;

/// A binding, wanted or to be removed.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) account: Account,
    pub(crate) phase: Phase,
    pub(crate) wish: Wish,
    pub(crate) call_id: String,
    pub(crate) tag: String,
    pub(crate) cseq: u32,
    /// Expiry that is asked for, in seconds.
    pub(crate) expires: u32,
    pub(crate) keyring: Keyring,
    /// Attempts in a row that failed for a reason that may pass.
    pub(crate) failures: u32,
    /// What an earlier 2xx listed, for defects that go by it.
    pub(crate) learned: Learned,
    /// The routes of the latest 2xx, for requests of this address of record: RFC 3608.
    pub(crate) service_route: Vec<String>,
    /// Where a 3xx has sent the current attempt: a URI and its address.
    pub(crate) redirected: Option<(String, Hop)>,
    /// Whether 423 has been heeded in the current attempt.
    pub(crate) too_brief: bool,
}

/// What a sound device has no use for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learned {
    /// The Record-Route of a 2xx.
    pub(crate) routes: Vec<String>,
    /// The bindings of others.
    pub(crate) others: Vec<String>,
    /// When an impatient device asks again.
    pub(crate) impatient: Option<Duration>,
}

/// What the device wants of the registrar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wish {
    Bound,
    Removed,
}

/// How far it has come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// A REGISTER is out.
    Asked(Key),
    /// Bound; to be refreshed at that time.
    Bound { refresh: Duration },
    /// Failed; to be tried again at that time.
    Waiting { retry: Duration },
    /// Failed for good.
    Failed,
    /// Removed.
    Gone,
}

impl Registration {
    /// When something is due next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        match self.phase {
            Phase::Bound { refresh } => Some(refresh),
            Phase::Waiting { retry } => Some(retry),
            Phase::Asked(_) => self.learned.impatient,
            Phase::Failed | Phase::Gone => None,
        }
    }

    /// The word that `status` has for it.
    pub(crate) const fn status(&self) -> &'static str {
        match self.phase {
            Phase::Bound { .. } => "registered",
            Phase::Asked(_) => "registering",
            Phase::Waiting { .. } => "waiting",
            Phase::Failed => "failed",
            Phase::Gone => "unregistered",
        }
    }
}
