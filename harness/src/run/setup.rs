//! What the interpreter has to know of the world to begin: addresses and a seed.

use crate::evidence::point::RolePoint;
use crate::proto::transport::{Hop, Reach};
use crate::proto::user_agent::Target;
use crate::wire::Transport;
use std::net::SocketAddr;
use std::time::Duration;

/// The world of one case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setup {
    /// Our ends, in the order of the program's roles.
    pub seats: Vec<Address>,
    /// The user part of the device's SIP address.
    pub device_user: String,
    /// Where the device takes SIP over UDP and TCP.
    pub device_sip: SocketAddr,
    /// Where the device takes SIP over TLS.
    pub device_tls: SocketAddr,
    /// The seed of every random choice of the case.
    pub seed: u64,
    /// The wall clock at tick zero, since 1970: what our RTCP reports say of the time.
    pub began_unix: Duration,
}

impl Setup {
    /// Where the device takes SIP over `transport`.
    pub const fn device_at(&self, transport: Transport) -> SocketAddr {
        match transport {
            Transport::Udp | Transport::Tcp => self.device_sip,
            Transport::Tls => self.device_tls,
        }
    }

    /// The device as somebody calls it who reaches it like this.
    pub fn device(&self, reach: Reach) -> Target {
        let remote = self.device_at(reach.transport);
        let uri = reach.uri(&self.device_user, remote).to_string();
        Target { uri, hop: Hop { transport: reach.transport, remote } }
    }
}

/// The sockets of one of our ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Address {
    /// Signalling over UDP and TCP.
    pub sip: SocketAddr,
    /// Signalling over TLS.
    pub tls: SocketAddr,
    /// RTP; RTCP is on the port after it.
    pub rtp: SocketAddr,
}

impl Address {
    /// The socket for signalling over `transport`.
    pub const fn sip_over(self, transport: Transport) -> SocketAddr {
        match transport {
            Transport::Udp | Transport::Tcp => self.sip,
            Transport::Tls => self.tls,
        }
    }

    /// The socket of one of the three points; for signalling, that of UDP and TCP.
    pub fn of(self, point: RolePoint) -> SocketAddr {
        match point {
            RolePoint::Sip => self.sip,
            RolePoint::Rtp => self.rtp,
            RolePoint::Rtcp => SocketAddr::new(self.rtp.ip(), self.rtp.port().saturating_add(1)),
        }
    }
}
