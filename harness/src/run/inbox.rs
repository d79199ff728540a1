//! What has come for a role and no step has taken yet.

use crate::evidence::timeline::Seq;
use crate::proto::user_agent::{Incoming, RequestId};
use crate::scenario::program::Pattern;
use std::collections::VecDeque;

/// Messages in the order of their arrival.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox {
    items: VecDeque<(By, Incoming)>,
}

/// The entry by which something came; none where it came by the clock alone.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct By(pub(super) Option<Seq>);

/// What looking for a message found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Found {
    /// The message, now taken, and the entry that it was.
    It(By),
    /// Something that rules it out: in words, such as `486 came instead`.
    Instead(String),
    /// Nothing yet.
    Nothing,
}

impl Inbox {
    pub(super) fn push(&mut self, by: By, incoming: Incoming) {
        self.items.push_back((by, incoming));
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
    }

    /// Drops what came to earlier requests of `method`: a wait is for the response to the last one.
    pub(super) fn forget(&mut self, method: &str) {
        self.items.retain(|(_, item)| match item {
            Incoming::Response { method: of, .. }
            | Incoming::TransactionFailed { method: of, .. } => of != method,
            Incoming::Request { .. } | Incoming::Stray { .. } => true,
        });
    }

    /// The requests, with their methods.
    pub(super) fn requests(&self) -> Vec<(RequestId, String)> {
        let requests = self.items.iter().filter_map(|(_, item)| match item {
            Incoming::Request { id, method, .. } => Some((*id, method.clone())),
            Incoming::Response { .. }
            | Incoming::TransactionFailed { .. }
            | Incoming::Stray { .. } => None,
        });
        requests.collect()
    }

    /// The first message that meets `pattern`, which stays.
    pub(super) fn has(&self, pattern: &Pattern) -> Option<By> {
        self.items.iter().find(|(_, item)| meets(item, pattern)).map(|(seq, _)| *seq)
    }

    /// Takes the first message that meets `pattern`, and nothing else.
    pub(super) fn pick(&mut self, pattern: &Pattern) -> Option<By> {
        let at = self.items.iter().position(|(_, item)| meets(item, pattern))?;
        self.items.remove(at).map(|(seq, _)| seq)
    }

    /// Takes the first message that meets `pattern`, and drops what came before it.
    pub(super) fn take(&mut self, pattern: &Pattern) -> Found {
        for (at, (seq, item)) in self.items.iter().enumerate() {
            if meets(item, pattern) {
                let seq = *seq;
                self.items.drain(..=at);
                return Found::It(seq);
            }
            if let Some(words) = rules_out(item, pattern) {
                return Found::Instead(words);
            }
        }
        Found::Nothing
    }
}

fn meets(item: &Incoming, pattern: &Pattern) -> bool {
    match (item, pattern) {
        (Incoming::Request { method, .. }, Pattern::Request(wanted)) => method == wanted,
        // An ACK that fits no response of ours is an ACK all the same: checks say what is wrong.
        (Incoming::Stray { message }, Pattern::Request(wanted)) => {
            wanted == "ACK" && message.method() == Some("ACK")
        }
        (
            Incoming::Response { method, status, .. },
            Pattern::Response { from, to, method: wanted },
        ) => (from..=to).contains(&status) && wanted.as_ref().is_none_or(|wanted| wanted == method),
        _ => false,
    }
}

/// Whether `item` means that what `pattern` waits for will not come any more.
fn rules_out(item: &Incoming, pattern: &Pattern) -> Option<String> {
    let Pattern::Response { method: wanted, .. } = pattern else { return None };
    let concerns = |method: &str| wanted.as_ref().is_none_or(|wanted| wanted == method);
    match item {
        Incoming::Response { method, status, message } if *status >= 200 && concerns(method) => {
            Some(format!("{status} {} to {method} came instead", message.reason().unwrap_or("")))
        }
        Incoming::TransactionFailed { method, why } if concerns(method) => {
            Some(format!("the {method} transaction failed: {why}"))
        }
        Incoming::Response { .. }
        | Incoming::TransactionFailed { .. }
        | Incoming::Request { .. }
        | Incoming::Stray { .. } => None,
    }
}
