//! What the interpreter asks its driver to do.

use crate::evidence::point::Pco;
use crate::evidence::record::Ended;
use crate::evidence::timeline::Seen;
use crate::impair::{Impairment, Way};
use crate::proto::transport::Hop;
use crate::rig::command::Command;
use crate::wire::ConnectionId;
use std::net::SocketAddr;
use std::time::Duration;

/// One thing for the driver to do.
///
/// The driver records what it did (`Sent`, `Wrote`, `Bench`) in the timeline and hands the entry
/// back to the machine, as it does with whatever it observes.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Put bytes on the wire at a point.
    Transmit {
        /// The socket.
        pco: Pco,
        /// Where to.
        remote: SocketAddr,
        /// What.
        bytes: Vec<u8>,
    },
    /// Open a connection from a point.
    Connect {
        /// The point.
        pco: Pco,
        /// Its number.
        connection: ConnectionId,
        /// Over which transport, and where to.
        hop: Hop,
    },
    /// Write bytes to an open connection.
    TransmitAlong {
        /// The point.
        pco: Pco,
        /// The connection.
        connection: ConnectionId,
        /// What.
        bytes: Vec<u8>,
    },
    /// Put packets on the wire, each at its offset from now, by absolute deadlines.
    Stream {
        /// The socket.
        pco: Pco,
        /// Where to.
        remote: SocketAddr,
        /// The offset of each packet from the start, and the packet.
        packets: Vec<(Duration, Vec<u8>)>,
    },
    /// Forget the packets of a point that are not out yet.
    Silence(Pco),
    /// Write a line to the control face.
    Write(String),
    /// Do something to the device's power.
    Bench(Command),
    /// Have the network between points and the device do this to datagrams from now on, and record
    /// these words.
    Impair {
        /// The points and the ways.
        ways: Vec<(Pco, Way)>,
        /// What they do.
        asked: Impairment,
        /// The same in words.
        words: String,
    },
    /// Record a mark of the interpreter's own.
    Note(Seen),
    /// The case is over, like this: nothing more will be asked.
    Finish(Ended),
}
