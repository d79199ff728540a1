//! The values of the names that scenarios use: `${dut.uri}`, `${alice.sip}`, `${pixit.door-digit}`.

use super::plan::Planned;
use crate::dut::profile::Profile;
use crate::evidence::point::RolePoint;
use crate::proto::transport::Reach;
use crate::run::setup::Setup;
use crate::wire::Transport;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The values for one case, from the addresses of its ends and from the device's profile.
pub fn names(setup: &Setup, planned: &Planned, device: &Profile) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    names.insert("fresh".to_owned(), format!("{:016x}", setup.seed));
    let ends = planned.roles.iter().zip(&planned.reaches).zip(&setup.seats);
    let ends = ends
        .map(|((role, reach), seat)| (role.as_str(), role, *reach, seat.sip_over(reach.transport)));
    let reach = planned.reach();
    let dut = ("dut", &device.user, reach, setup.device_at(reach.transport));
    for (end, user, reach, sip) in ends.chain([dut]) {
        for (part, value) in parts(user, reach, sip) {
            names.insert(format!("{end}.{part}"), value);
        }
    }
    for (role, seat) in planned.roles.iter().zip(&setup.seats) {
        let ports = [("rtp", RolePoint::Rtp), ("rtcp", RolePoint::Rtcp)];
        for (part, point) in ports {
            names.insert(format!("{role}.{part}"), seat.of(point).port().to_string());
        }
    }
    for (name, value) in &device.pixit {
        names.insert(format!("pixit.{name}"), value.clone());
    }
    names
}

fn parts(user: &str, reach: Reach, sip: SocketAddr) -> [(&'static str, String); 8] {
    let transport = reach.transport;
    let over = match transport {
        Transport::Udp => String::new(),
        Transport::Tcp | Transport::Tls => format!(";transport={transport}"),
    };
    let family = if sip.is_ipv6() { "IP6" } else { "IP4" };
    [
        ("uri", reach.uri(user, sip).to_string()),
        ("user", user.to_owned()),
        ("host", sip.ip().to_string()),
        ("port", sip.port().to_string()),
        ("sip", sip.to_string()),
        ("hop", format!("{sip}{over}")),
        ("via", format!("{} {sip}", transport.in_via())),
        ("inet", format!("{family} {}", sip.ip())),
    ]
}
