//! How messages reach the device and leave it: RFC 3261 §18.

mod connections;
mod framing;

pub(crate) use connections::Connections;
pub(crate) use framing::Frame;

use std::net::SocketAddr;

/// A byte stream, named by who opened it: the core counts its own from 1, the board those that
/// come in from `0x8000_0000`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Connection(pub u32);

/// What carries a byte stream.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Stream {
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

impl Stream {
    /// The parameter of a URI that asks for it.
    pub(crate) const fn parameter(self) -> &'static str {
        match self {
            Self::Tcp => ";transport=tcp",
            Self::Tls => ";transport=tls",
        }
    }
}

/// What carries a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Transport {
    Udp,
    Stream(Stream),
}

/// Where a message goes, or where it came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hop {
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
    /// The stream to use as long as it is open; after that, one to the address.
    pub(crate) connection: Option<Connection>,
}

impl Transport {
    pub(crate) const TCP: Self = Self::Stream(Stream::Tcp);
    pub(crate) const TLS: Self = Self::Stream(Stream::Tls);

    /// As a Via has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::TCP => "TCP",
            Self::TLS => "TLS",
        }
    }

    /// Whether what is sent arrives, and once.
    pub(crate) const fn is_reliable(self) -> bool {
        matches!(self, Self::Stream(_))
    }

    /// The port where none is given.
    pub(crate) const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::TCP => 5060,
            Self::TLS => 5061,
        }
    }
}

impl Hop {
    /// The way to an address.
    pub(crate) const fn to(transport: Transport, address: SocketAddr) -> Self {
        Self { transport, address, connection: None }
    }
}
