//! What a user agent is told to send, and why it may refuse.

use crate::proto::policy::{DialogUse, Reliability, SessionSpec};
use crate::proto::transport::Hop;
use crate::wire::edits::Edits;

/// A request to send.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSpec {
    /// `INVITE`, `BYE`, or any token; methods are case-sensitive.
    pub method: String,
    /// Whom to call, for a request outside a dialog.
    pub target: Target,
    /// Which dialog the request belongs to.
    pub dialog: DialogUse,
    /// What to change in the finished message.
    pub edits: Edits,
    /// What to say in the session description.
    pub session: SessionSpec,
}

/// Where a request outside a dialog goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The Request-URI, and the URI of `To`.
    pub uri: String,
    /// Where the request goes.
    pub hop: Hop,
}

/// A response to send.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseSpec {
    /// 100 to 699.
    pub status: u16,
    /// The method of the request that it answers; absent: of the oldest that waits.
    pub method: Option<String>,
    /// Whether a provisional response wants a PRACK.
    pub reliability: Reliability,
    /// What to change in the finished message.
    pub edits: Edits,
    /// What to say in the session description.
    pub session: SessionSpec,
}

/// Why a message cannot be sent. The author of the scenario is at fault.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The method needs a dialog.
    #[error("send {0}: there is no dialog to send it in")]
    NoDialog(String),
    /// There is no 2xx to acknowledge.
    #[error("send ACK: there is no final response to an INVITE of ours to acknowledge")]
    NothingToAcknowledge,
    /// There is no INVITE under way.
    #[error("send CANCEL: there is no INVITE of ours without a final response")]
    NothingToCancel,
    /// There is no reliable provisional response to acknowledge.
    #[error("send PRACK: no provisional response to an INVITE of ours has come reliably")]
    NothingReliable,
    /// Nothing of the kind has been sent that is still remembered.
    #[error("send {0} again: it has not been sent, or is forgotten")]
    NothingSent(String),
    /// No request waits for a response.
    #[error("send a response: no request waits for one")]
    NothingToAnswer,
    /// No request of this method waits for a response.
    #[error("send a response: no {0} waits for one")]
    NothingOfMethod(String),
}
