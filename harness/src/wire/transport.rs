//! The transports of SIP, by the names that the protocol gives them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A transport of SIP.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Datagrams.
    #[default]
    Udp,
    /// A byte stream.
    Tcp,
    /// A byte stream in TLS over TCP.
    Tls,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Udp, Self::Tcp, Self::Tls];

    /// The value of the URI parameter `transport`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }

    /// The name in `Via`.
    pub const fn in_via(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// The port of an address that names none.
    //= RFC 3261 §19.1.2
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
        }
    }

    /// Whether it carries a stream of bytes, so that messages have to be framed.
    pub const fn is_stream(self) -> bool {
        matches!(self, Self::Tcp | Self::Tls)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Transport {
    type Err = UnknownTransport;

    /// Reads a name in whatever case.
    fn from_str(text: &str) -> Result<Self, UnknownTransport> {
        let found = Self::ALL.into_iter().find(|each| text.eq_ignore_ascii_case(each.name()));
        found.ok_or(UnknownTransport)
    }
}

/// A transport that is none of ours, such as SCTP.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a transport that we speak: udp, tcp or tls")]
pub struct UnknownTransport;

/// A version of the Internet Protocol.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum IpVersion {
    /// Version 4.
    #[default]
    V4,
    /// Version 6.
    V6,
}

/// A connection of a stream transport, unique among those of one point.
///
/// The end that opens a connection counts; the numbers of those that come in have the highest bit.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ConnectionId(pub u32);

impl ConnectionId {
    /// The `n`-th connection that came in.
    pub const fn incoming(n: u32) -> Self {
        Self(n | Self::INCOMING)
    }

    /// Whether the other end opened it.
    pub const fn is_incoming(self) -> bool {
        self.0 & Self::INCOMING != 0
    }

    const INCOMING: u32 = 1 << 31;
}
