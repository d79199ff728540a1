//! A dialog and what an INVITE usage keeps with it.

use crate::proto::dialog::Dialog;
use crate::proto::offer_answer::Negotiation;
use crate::proto::transport::{Flow, Hop};
use crate::time::Tick;
use crate::wire::sip::Message;
use std::sync::Arc;
use std::time::Duration;

/// A dialog and what an INVITE usage keeps with it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) dialog: Dialog,
    pub(super) negotiation: Negotiation,
    /// Where requests go when the remote target or route is a name, not an address.
    pub(super) peer: Hop,
    /// The ACK of the last 2xx that came.
    pub(super) ack: Ack,
    /// The last 2xx that we sent to an INVITE.
    pub(super) answered: Answered,
    /// The provisional responses that we have sent reliably.
    pub(super) provisionals: Vec<Provisional>,
    /// Those of the peer that have come so.
    pub(super) heard: Vec<Due>,
}

/// A provisional response of ours that is to be acknowledged.
#[derive(Clone, Debug)]
pub(super) struct Provisional {
    /// The server transaction of its INVITE.
    pub(super) server: u32,
    pub(super) rseq: u32,
    /// Sequence number of that INVITE.
    pub(super) cseq: u32,
    pub(super) flow: Flow,
    pub(super) bytes: Vec<u8>,
    /// Whether it carries a session description.
    pub(super) described: bool,
    pub(super) acknowledged: Acknowledged,
}

/// Whether a PRACK has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Acknowledged {
    /// It has not; the response is due again then, after which interval, until then.
    Waiting { next: Tick, interval: Duration, until: Tick },
    /// It has not, and the response is not repeated any more.
    No,
    /// It was that of this server transaction.
    By(u32),
}

/// A reliable provisional response of the peer's: what a PRACK says of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Due {
    pub(super) rseq: u32,
    /// Sequence number of our INVITE.
    pub(super) cseq: u32,
}

/// The ACK of a 2xx to an INVITE of ours.
#[derive(Clone, Debug)]
pub(super) enum Ack {
    /// No 2xx has come.
    None,
    /// A 2xx to this INVITE has come and has not been acknowledged.
    Due(Arc<Message>),
    /// The 2xx with this sequence number has been acknowledged with these bytes.
    Sent { cseq: u32, hop: Hop, bytes: Vec<u8> },
}

/// Our 2xx to an INVITE of the peer's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answered {
    /// None has been sent, or none with an ACK that matters.
    No,
    /// It has been sent and its ACK has not come.
    Waiting {
        /// The server transaction that it went through.
        server: u32,
        cseq: u32,
        /// When it is due again, after which interval.
        next: Tick,
        interval: Duration,
        /// When to give up.
        until: Tick,
    },
    /// The ACK of the 2xx with this sequence number has come.
    Acknowledged { cseq: u32 },
}

impl Call {
    pub(super) const fn new(dialog: Dialog, negotiation: Negotiation, peer: Hop) -> Self {
        Self {
            dialog,
            negotiation,
            peer,
            ack: Ack::None,
            answered: Answered::No,
            provisionals: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// When this call next needs [`handle_timeout`](super::UserAgent::handle_timeout).
    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        let success = match self.answered {
            Answered::Waiting { next, until, .. } => Some(next.min(until)),
            Answered::No | Answered::Acknowledged { .. } => None,
        };
        let provisional = self.provisionals.iter().filter_map(|it| match it.acknowledged {
            Acknowledged::Waiting { next, until, .. } => Some(next.min(until)),
            Acknowledged::No | Acknowledged::By(_) => None,
        });
        success.into_iter().chain(provisional).min()
    }
}
