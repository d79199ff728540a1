//! The values of the names that scenarios use: `${dut.uri}`, `${alice.sip}`, `${pixit.door-digit}`.

use crate::dut::profile::Profile;
use crate::run::setup::Setup;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The values for one case, from the addresses of its ends and from the device's profile.
pub fn names(setup: &Setup, roles: &[String], device: &Profile) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    names.insert("fresh".to_owned(), format!("{:016x}", setup.seed));
    let ends = roles.iter().zip(&setup.seats).map(|(role, seat)| (role.as_str(), role, seat.sip));
    for (end, user, sip) in ends.chain([("dut", &device.user, setup.device_sip)]) {
        for (part, value) in parts(user, sip) {
            names.insert(format!("{end}.{part}"), value);
        }
    }
    for (name, value) in &device.pixit {
        names.insert(format!("pixit.{name}"), value.clone());
    }
    names
}

fn parts(user: &str, sip: SocketAddr) -> [(&'static str, String); 5] {
    [
        ("uri", format!("sip:{user}@{sip}")),
        ("user", user.to_owned()),
        ("host", sip.ip().to_string()),
        ("port", sip.port().to_string()),
        ("sip", sip.to_string()),
    ]
}
