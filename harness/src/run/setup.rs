//! What the interpreter has to know of the world to begin: addresses and a seed.

use crate::evidence::point::RolePoint;
use std::net::SocketAddr;
use std::time::Duration;

/// The world of one case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setup {
    /// Our ends, in the order of the program's roles.
    pub seats: Vec<Address>,
    /// The device's SIP address as a URI: `sip:door@198.51.100.2:5060`.
    pub device_uri: String,
    /// The device's SIP address on the wire.
    pub device_sip: SocketAddr,
    /// The seed of every random choice of the case.
    pub seed: u64,
    /// The wall clock at tick zero, since 1970: what our RTCP reports say of the time.
    pub began_unix: Duration,
}

/// The sockets of one of our ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Address {
    /// Signalling.
    pub sip: SocketAddr,
    /// RTP; RTCP is on the port after it.
    pub rtp: SocketAddr,
}

impl Address {
    /// The socket of one of the three points.
    pub fn of(self, point: RolePoint) -> SocketAddr {
        match point {
            RolePoint::Sip => self.sip,
            RolePoint::Rtp => self.rtp,
            RolePoint::Rtcp => SocketAddr::new(self.rtp.ip(), self.rtp.port().saturating_add(1)),
        }
    }
}
