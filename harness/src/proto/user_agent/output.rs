//! What comes out of a user agent.

use crate::proto::transport::Hop;
use crate::wire::ConnectionId;
use crate::wire::sip::Message;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// What comes out of a user agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// A datagram to send from the user agent's SIP address.
    Transmit {
        /// Where it goes.
        remote: SocketAddr,
        /// The whole datagram.
        bytes: Vec<u8>,
    },
    /// A connection to open; nothing is written to it before it is open.
    Connect {
        /// Its number.
        connection: ConnectionId,
        /// Where it leads.
        hop: Hop,
    },
    /// A message to write to an open connection.
    Write {
        /// The connection.
        connection: ConnectionId,
        /// The whole message.
        bytes: Vec<u8>,
    },
    /// Something for the scenario to see.
    Incoming(Incoming),
}

/// A request that arrived; for
/// [`answer_by_default`](super::UserAgent::answer_by_default).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RequestId(pub(super) u32);

/// Something for the scenario to see. Retransmissions are not: the transactions absorb them.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A request, ACK included.
    Request {
        /// Names it until it is answered.
        id: RequestId,
        /// Its method as written.
        method: String,
        /// The request.
        message: Arc<Message>,
    },
    /// A response to a request of ours.
    Response {
        /// The method of the request.
        method: String,
        /// 100 to 699, if the device is sound.
        status: u16,
        /// The response.
        message: Arc<Message>,
    },
    /// A request of ours got no final response, or a final response of ours got no ACK.
    TransactionFailed {
        /// What is missing: a response to this method, or the `ACK`.
        method: String,
        /// Why.
        why: Failure,
    },
    /// A message that belongs to nothing that we know: not SIP, a response to no request, an ACK
    /// to no response. It gets no answer.
    Stray {
        /// The message.
        message: Arc<Message>,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "64*T1 went by",
            Self::Transport => "the transport could not send",
        })
    }
}

/// Why a transaction failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Failure {
    /// 64·T1 went by.
    TimedOut,
    /// The transport could not send.
    Transport,
}
