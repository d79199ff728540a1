//! What every link delivers, and the one channel that it delivers into.

use crate::time::Tick;
use crate::wire::{ConnectionId, Transport};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::mpsc;

/// A link of the rig: one socket, serial line, process or emulator.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LinkId(pub u16);

/// A stream of media packets that the pacer sends.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StreamId(pub u32);

/// Something and when it happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stamped<T> {
    /// When it happened, stamped as close to the wire as the link allows.
    pub at: Tick,
    /// What happened.
    pub what: T,
}

/// Where a stamp was taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StampClock {
    /// By the kernel when the packet reached it.
    Kernel,
    /// By us when we read the packet: late by the time that we took to get to it.
    User,
}

/// What a link tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LinkEvent {
    /// A datagram came in.
    Datagram {
        /// The socket that received it.
        link: LinkId,
        /// The address that it was sent to.
        local: SocketAddr,
        /// The address that it was sent from.
        remote: SocketAddr,
        /// The payload.
        bytes: Vec<u8>,
        /// Where the stamp was taken.
        clock: StampClock,
    },
    /// An ICMP error came back for a datagram that we had sent.
    Unreachable {
        /// The socket that sent it.
        link: LinkId,
        /// Where the datagram had been sent.
        remote: SocketAddr,
        /// The error in words.
        why: String,
    },
    /// Our own socket buffer overflowed: that many datagrams were lost on our side of the wire.
    Overrun {
        /// The socket.
        link: LinkId,
        /// How many were lost since the last such event.
        lost: u32,
    },
    /// The pacer sent a datagram.
    Sent {
        /// The socket that sent it.
        link: LinkId,
        /// Where to.
        remote: SocketAddr,
        /// The payload.
        bytes: Vec<u8>,
    },
    /// The pacer could not send a datagram.
    Unsent {
        /// The socket that should have sent it.
        link: LinkId,
        /// Where to.
        remote: SocketAddr,
        /// The error in words.
        why: String,
    },
    /// A stream is over: its last packet is sent, or it was stopped.
    StreamDone {
        /// The socket that it was sent from.
        link: LinkId,
        /// The stream.
        stream: StreamId,
    },
    /// Bytes came in on a serial line, a pipe or a TCP connection.
    Bytes {
        /// The line or connection.
        link: LinkId,
        /// Whatever had arrived; not split into lines.
        bytes: Vec<u8>,
    },
    /// A connection for SIP is open: one that we wanted, or one that came in.
    StreamOpened {
        /// The end of ours.
        link: LinkId,
        /// Its number.
        connection: ConnectionId,
        /// TCP or TLS.
        transport: Transport,
        /// The address of our end.
        local: SocketAddr,
        /// The address of the other end.
        remote: SocketAddr,
    },
    /// Bytes came along a connection for SIP.
    StreamBytes {
        /// The end of ours.
        link: LinkId,
        /// The connection.
        connection: ConnectionId,
        /// The address of our end.
        local: SocketAddr,
        /// The address of the other end.
        remote: SocketAddr,
        /// Whatever had arrived; of TLS, what was inside.
        bytes: Vec<u8>,
    },
    /// A connection for SIP is closed, or could not be opened.
    StreamClosed {
        /// The end of ours.
        link: LinkId,
        /// The connection.
        connection: ConnectionId,
        /// Why, in words.
        why: String,
    },
    /// A serial line or connection is gone.
    Closed {
        /// The line or connection.
        link: LinkId,
        /// Why, in words.
        why: String,
    },
    /// A process ended.
    Exited {
        /// The process.
        link: LinkId,
        /// Its exit code or signal, in words.
        status: String,
    },
    /// A part of ours that a link needs panicked: what it would have delivered is missing.
    Broken {
        /// What the panic said.
        words: String,
    },
    /// The whole machine stood still up to this instant: what was timed meanwhile is void.
    Stall {
        /// How long.
        span: Duration,
    },
}

/// The end of the channel that links write to.
pub type Feed = mpsc::Sender<Stamped<LinkEvent>>;

/// The end of the channel that the dispatcher reads.
pub type Inbox = mpsc::Receiver<Stamped<LinkEvent>>;

/// The one channel between the links and the dispatcher.
pub fn channel() -> (Feed, Inbox) {
    mpsc::channel(CAPACITY)
}

/// Enough for a second of 40 calls' media; a link that finds the channel full waits.
const CAPACITY: usize = 4096;
