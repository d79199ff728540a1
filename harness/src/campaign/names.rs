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

fn parts(user: &str, reach: Reach, sip: SocketAddr) -> [(&'static str, String); 9] {
    let transport = reach.transport;
    let over = match transport {
        Transport::Udp => String::new(),
        Transport::Tcp | Transport::Tls => format!(";transport={transport}"),
    };
    let hop = format!("{sip}{over}");
    let family = if sip.is_ipv6() { "IP6" } else { "IP4" };
    [
        ("uri", reach.uri(user, sip).to_string()),
        ("user", user.to_owned()),
        ("host", sip.ip().to_string()),
        ("port", sip.port().to_string()),
        ("sip", sip.to_string()),
        ("escaped", escaped(&hop)),
        ("hop", hop),
        ("via", format!("{} {sip}", transport.in_via())),
        ("inet", format!("{family} {}", sip.ip())),
    ]
}

/// `hop` with the first digit of its address as an escape: what no host of a URI may be read as.
fn escaped(hop: &str) -> String {
    let at = hop.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or_default();
    let (before, rest) = hop.split_at(at);
    let mut rest = rest.chars();
    let digit = rest.next().map_or(0, u32::from);
    format!("{before}%{digit:02X}{}", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digit_of_an_address_is_escaped() {
        assert_eq!(escaped("192.0.2.7:5060;transport=tcp"), "%3192.0.2.7:5060;transport=tcp");
        assert_eq!(escaped("[2001:db8::1]:5060"), "[%32001:db8::1]:5060");
    }
}
