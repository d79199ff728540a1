//! Where a message goes next, and what it came along.

use super::literal;
use crate::proto::transaction::timer::Reliability;
use crate::wire::uri::{Scheme, Uri};
use crate::wire::{ConnectionId, Transport};
use std::fmt;
use std::net::SocketAddr;

/// Where a message goes next: over which transport, to which address.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hop {
    /// The transport.
    pub transport: Transport,
    /// The address.
    pub remote: SocketAddr,
}

impl Hop {
    /// A hop by UDP.
    pub const fn udp(remote: SocketAddr) -> Self {
        Self { transport: Transport::Udp, remote }
    }

    /// Where `uri` points, if its host is an address and we speak its transport: RFC 3263 §4.
    pub fn of(uri: &Uri) -> Option<Self> {
        let asked = uri.params.get("transport").map(|name| name.parse::<Transport>());
        //= RFC 3263 §4.1
        let transport = match (&uri.scheme, asked) {
            (Scheme::Sips, _) => Transport::Tls,
            (Scheme::Sip, Some(asked)) => asked.ok()?,
            (Scheme::Sip, None) => Transport::Udp,
            (Scheme::Tel | Scheme::Other(_), _) => return None,
        };
        let host = uri.params.get("maddr").and_then(|maddr| literal(&maddr));
        let host = host.or_else(|| literal(&uri.host))?;
        let port = uri.port.unwrap_or(transport.default_port());
        Some(Self { transport, remote: SocketAddr::new(host, port) })
    }

    /// Whether the transport sees to it that messages arrive.
    pub const fn reliability(self) -> Reliability {
        match self.transport {
            Transport::Udp => Reliability::Unreliable,
            Transport::Tcp | Transport::Tls => Reliability::Reliable,
        }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {}", self.remote, self.transport)
    }
}

/// What a message came along, and its responses go back along.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Flow {
    /// The transport, and the address of the other end.
    pub hop: Hop,
    /// The connection; none over UDP.
    pub connection: Option<ConnectionId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("sip:a@192.0.2.1", Some("192.0.2.1:5060 over udp"))]
    #[case("sip:a@192.0.2.1:5070;transport=TCP", Some("192.0.2.1:5070 over tcp"))]
    #[case("sip:a@192.0.2.1;transport=tls", Some("192.0.2.1:5061 over tls"))]
    #[case("sips:a@[2001:db8::1]", Some("[2001:db8::1]:5061 over tls"))]
    #[case("sips:a@192.0.2.1:5070;transport=tcp", Some("192.0.2.1:5070 over tls"))]
    #[case("sip:a@name;maddr=192.0.2.1", Some("192.0.2.1:5060 over udp"))]
    #[case("sip:a@192.0.2.1;transport=sctp", None)]
    #[case("sip:a@door.example", None)]
    #[case("tel:+4930", None)]
    fn a_uri_says_where_and_how(#[case] uri: &str, #[case] hop: Option<&str>) {
        assert_eq!(Hop::of(&Uri::read(uri)).map(|hop| hop.to_string()).as_deref(), hop);
    }
}
