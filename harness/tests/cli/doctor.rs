//! `doctor` on machines that lack something.

use super::{Said, ringtrue, ringtrue_with};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::TempDir;

const QEMU: &str = "firmware-under-test/intercom/qemu.rig.yaml";
const HOST: &str = "firmware-under-test/intercom/host.rig.yaml";

/// What it says where there are no programs but these.
fn doctor(rig: &str, programs: &[&str]) -> Said {
    let folder = TempDir::new().unwrap();
    for program in programs {
        let places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(Path::new);
        let found = places.iter().map(|place| place.join(program)).find(|path| path.exists());
        symlink(found.unwrap(), folder.path().join(program)).unwrap();
    }
    ringtrue_with(&["doctor", "--rig", rig], folder.path().to_str().unwrap())
}

/// The line on a link.
fn line<'a>(said: &'a Said, link: &str) -> &'a str {
    let lines = said.out.lines();
    let is_of = |line: &&str| line.split_whitespace().nth(1) == Some(link);
    lines.into_iter().find(is_of).unwrap_or_else(|| panic!("nothing on {link}: {}", said.out))
}

#[test]
fn each_missing_part_of_a_virtual_board_is_told_with_its_remedy() {
    let said = doctor(QEMU, &[]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    for (link, remedy) in [
        ("network", "install `util-linux`, which has `unshare`"),
        ("emulator", "install it: apt-get install qemu-system-x86"),
        ("processes", "install it: apt-get install util-linux"),
    ] {
        let line = line(&said, link);
        assert!(line.starts_with("FAILS ") && line.ends_with(remedy), "{line}");
    }
    // Slow is not broken.
    assert!(line(&said, "accelerator").starts_with("works "), "{}", said.out);
    assert!(line(&said, "control").starts_with("works "), "{}", said.out);
}

#[test]
fn a_machine_without_qemu_still_has_a_host() {
    let said = doctor(HOST, &["setpriv"]);
    for link in ["clock", "network", "control", "processes"] {
        assert!(line(&said, link).starts_with("works "), "{}", said.out);
    }
    let said = doctor(HOST, &[]);
    assert!(line(&said, "processes").starts_with("FAILS "), "{}", said.out);
    assert_eq!(said.code, 3);
}

#[test]
fn a_device_that_is_not_built_is_told() {
    let folder = TempDir::new().unwrap();
    let rig = fs::read_to_string(super::root().join(HOST)).unwrap();
    let device = super::root().join("firmware-under-test/intercom/device.yaml");
    let rig = rig.replace("device: device.yaml", &format!("device: {}", device.display()));
    let path = folder.path().join("rig.yaml");
    fs::write(&path, rig.replace("{target}/intercom", "{target}/no-such-device")).unwrap();
    let said = ringtrue(&["doctor", "--rig", path.to_str().unwrap()]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(line(&said, "device").contains("no-such-device"), "{}", said.out);
}
