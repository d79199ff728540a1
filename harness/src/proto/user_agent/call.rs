//! A dialog and what an INVITE usage keeps with it.

use crate::proto::dialog::Dialog;
use crate::proto::offer_answer::Negotiation;
use crate::proto::transport::Hop;
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
        Self { dialog, negotiation, peer, ack: Ack::None, answered: Answered::No }
    }

    /// When this call next needs [`handle_timeout`](super::UserAgent::handle_timeout).
    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        match self.answered {
            Answered::Waiting { next, until, .. } => Some(next.min(until)),
            Answered::No | Answered::Acknowledged { .. } => None,
        }
    }
}
