//! Points of control and observation.

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// A point of control and observation: one socket, serial line, relay or emulator monitor.
///
/// An index into the points of the case record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Pco(pub u16);

impl Pco {
    /// The test system itself: marks of the interpreter, and faults.
    pub const TEST: Self = Self(0);
    /// The bench: power, reset, stalls of the machine.
    pub const BENCH: Self = Self(1);
    /// The control face of the device: its serial console or its control interface.
    pub const CONTROL: Self = Self(2);

    /// The point of the `role`-th role for `kind`; the four fixed points come first.
    ///
    /// Each role has three: signalling, RTP and RTCP.
    pub const fn of_role(role: u16, kind: RolePoint) -> Self {
        Self(3 + role * 3 + kind as u16)
    }

    /// The role and the kind of a point that belongs to a role.
    pub const fn role(self) -> Option<(u16, RolePoint)> {
        let Some(index) = self.0.checked_sub(3) else { return None };
        let kind = match index % 3 {
            0 => RolePoint::Sip,
            1 => RolePoint::Rtp,
            _ => RolePoint::Rtcp,
        };
        Some((index / 3, kind))
    }
}

/// The kinds of points that each role of a scenario has.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RolePoint {
    /// SIP signalling.
    Sip = 0,
    /// RTP media.
    Rtp = 1,
    /// RTCP reports.
    Rtcp = 2,
}

impl RolePoint {
    /// The name in the names of points.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sip => "sip",
            Self::Rtp => "rtp",
            Self::Rtcp => "rtcp",
        }
    }
}

/// A point as the case record lists it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Point {
    /// The point.
    pub pco: Pco,
    /// Its name in ladders and faults: `alice.sip`, `console`, `bench`.
    pub name: String,
    /// The address of our end, where the point is a socket.
    pub local: Option<SocketAddr>,
    /// Which clock stamps what is received here.
    pub clock: StampClock,
    /// How far a stamp may be from the truth, one-sided bound at 99 % of stamps; measured in the run.
    #[serde(with = "crate::time::nanos")]
    pub uncertainty: Duration,
}

impl Point {
    /// The points of a case whose roles are named and have these sockets for SIP and RTP.
    ///
    /// `network` and `control` are the clock and the uncertainty of the sockets and of the control
    /// face; the test system's own marks are stamped by us.
    pub fn of_case<'a>(
        roles: impl IntoIterator<Item = (&'a str, (SocketAddr, SocketAddr))>,
        network: (StampClock, Duration),
        control: (StampClock, Duration),
    ) -> Vec<Self> {
        let own = |pco, name: &str| Self {
            pco,
            name: name.to_owned(),
            local: None,
            clock: control.0,
            uncertainty: control.1,
        };
        let mut points =
            vec![own(Pco::TEST, "test"), own(Pco::BENCH, "bench"), own(Pco::CONTROL, "control")];
        for (index, (name, (sip, rtp))) in (0_u16..).zip(roles) {
            let rtcp = SocketAddr::new(rtp.ip(), rtp.port().saturating_add(1));
            for (kind, local) in
                [(RolePoint::Sip, sip), (RolePoint::Rtp, rtp), (RolePoint::Rtcp, rtcp)]
            {
                points.push(Self {
                    pco: Pco::of_role(index, kind),
                    name: format!("{name}.{}", kind.name()),
                    local: Some(local),
                    clock: network.0,
                    uncertainty: network.1,
                });
            }
        }
        points
    }
}

/// Where a stamp is taken.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StampClock {
    /// By the kernel, as the packet passes the socket layer.
    Kernel,
    /// By us, on reading.
    User,
    /// Virtual time: exact by construction.
    Virtual,
}
