//! `keygen`, `certify` and `verify` on the virtual tier.

use super::{Said, copy, ringtrue, root, text};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A suite of a few cases with a profile, a device that claims what is said, and a key.
struct Lab {
    folder: TempDir,
}

impl Lab {
    fn new(profile: &str, without: &[&str]) -> Self {
        let lab = Self { folder: TempDir::new().unwrap() };
        for file in ["rfc3261.yaml", "rfc4733.yaml", "project.yaml"] {
            let name = format!("fixtures/requirements/{file}");
            lab.put(&name, &text(&root().join(&name)));
        }
        for case in ["OPT/OPT-001", "OPT/OPT-002", "DTMF/DTMF-002"] {
            let name = format!("scenarios/{case}.yaml");
            lab.put(&name, &text(&root().join(&name)));
        }
        copy(&root().join("scenarios/shared"), &lab.path("scenarios/shared"));
        let device = root().join("firmware-under-test/intercom");
        for file in ["defects.yaml", "virtual.rig.yaml"] {
            lab.put(file, &text(&device.join(file)));
        }
        let claims = text(&device.join("device.yaml"));
        let claims =
            without.iter().fold(claims, |text, name| text.replace(&format!("  - {name}\n"), ""));
        lab.put("device.yaml", &claims);
        lab.put("mine.yaml", profile);
        assert_eq!(ringtrue(&["keygen", &lab.name("lab.key")]).code, 0);
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn certify(&self, more: &[&str]) -> Said {
        let (root, rig, reports) =
            (self.name(""), self.name("virtual.rig.yaml"), self.name("reports"));
        let (profile, key) = (self.name("mine.yaml"), self.name("lab.key"));
        let words =
            ["certify", "--root", &root, "--rig", &rig, "--reports", &reports, "--key", &key];
        let profile = ["--profile", &profile];
        let profile: &[&str] = if more.contains(&"--profile") { &[] } else { &profile };
        ringtrue(&[&words[..], profile, more].concat())
    }

    /// The bundle of the only certification.
    fn bundle(&self) -> PathBuf {
        let reports = fs::read_dir(self.path("reports")).unwrap();
        let mut bundles = reports
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "certificate"));
        bundles.next().unwrap()
    }

    fn verify(&self) -> Said {
        ringtrue(&["verify", self.bundle().to_str().unwrap(), "--key", &self.name("lab.key.pub")])
    }
}

fn profile(claims: &str, requirements: &str) -> String {
    format!(
        "profile: mine\ntitle: A test\ndescription: For tests.\nclaims: [{claims}]\nrequirements: [{requirements}]\n"
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_bundle_is_verified_and_each_changed_file_is_named() {
    let lab = Lab::new(&profile("uas, relay", "RFC3261-11.2-2, DEV-RELAY"), &[]);
    let said = lab.certify(&["--order-seed", "5"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("--order-seed 5") && said.out.contains("\ncertified: "),
        "{}",
        said.out
    );
    let said = lab.verify();
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("judged again: the evidence says the same"), "{}", said.out);
    let bundle = lab.bundle();
    let all = files(&bundle);
    assert!(all.len() > 30, "{}", all.len());
    for path in &all {
        let bytes = fs::read(path).unwrap();
        let mut changed = bytes.clone();
        if let Some(byte) = changed.get_mut(bytes.len() / 2) {
            *byte ^= 1;
        } else {
            changed.push(b'x');
        }
        fs::write(path, changed).unwrap();
        let said = lab.verify();
        let name = path.strip_prefix(&bundle).unwrap().display().to_string();
        assert_eq!(said.code, 3, "{name}: {}", said.out);
        let told: Vec<_> = said.out.lines().filter(|line| line.starts_with("TAMPERED")).collect();
        assert!(
            told.len() == 1 && told[0].starts_with(&format!("TAMPERED  {name} was changed")),
            "{told:?}"
        );
        fs::write(path, bytes).unwrap();
    }
    fs::remove_file(bundle.join("profile.yaml")).unwrap();
    fs::write(bundle.join("run/cases/more.txt"), "x").unwrap();
    let said = lab.verify();
    assert_eq!(said.code, 3);
    assert!(said.out.contains("TAMPERED  profile.yaml was removed"), "{}", said.out);
    assert!(said.out.contains("TAMPERED  run/cases/more.txt was added"), "{}", said.out);
}

#[test]
fn another_key_and_no_bundle_are_said() {
    let lab = Lab::new(&profile("uas", "RFC3261-11.2-2"), &[]);
    assert_eq!(lab.certify(&[]).code, 0);
    let other = lab.name("other.key");
    assert_eq!(ringtrue(&["keygen", &other]).code, 0);
    assert_eq!(ringtrue(&["keygen", &other]).code, 64);
    let bundle = lab.bundle();
    let verify =
        |bundle: &Path, key: &str| ringtrue(&["verify", bundle.to_str().unwrap(), "--key", key]);
    let said = verify(&bundle, &lab.name("other.key.pub"));
    assert!(said.code == 3 && said.out.contains("signed with another key"), "{}", said.out);
    assert_eq!(verify(&bundle, &other).code, 64);
    let said = verify(&bundle.join("run"), &lab.name("lab.key.pub"));
    assert!(said.code == 64 && said.err.contains("no bundle"), "{}", said.err);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let wanted = profile("uas, registration, relay", "RFC3261-11.2-2, RFC3261-8.1.1-1, DEV-RELAY");
    let lab = Lab::new(&wanted, &["registration", "relay"]);
    let said = lab.certify(&[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    for reason in [
        "the profile asks for `registration`, which the device does not claim",
        "RFC3261-8.1.1-1: no case of the suite stands for it",
        "DEV-RELAY: its case DTMF-002 does not apply, for the device does not claim `",
        "`relay` is not claimed and works: 1 case(s) passed",
    ] {
        assert!(said.out.contains(reason), "{reason}\n{}", said.out);
    }
    let said = lab.verify();
    assert!(said.code == 1 && said.out.contains("signature: good"), "{}", said.out);
}

#[test]
fn a_claim_that_fails_is_a_fail() {
    let lab = Lab::new(&profile("uas", "RFC3261-11.2-2"), &[]);
    let said = lab.certify(&["--defect", "relay-stuck"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let reason =
        "the device claims `relay` and does not behave so: DTMF-002, DTMF-002#2, DTMF-002#3";
    assert!(said.out.contains(reason), "{}", said.out);
    assert!(said.out.contains("seeded defects of the reference device were switched on"));
}

#[test]
fn bad_input_is_said_before_anything_runs() {
    let lab = Lab::new(&profile("uas", "RFC3261-99-9, RFC3261-11.2-2, RFC3261-11.2-2"), &[]);
    let said = lab.certify(&[]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("`RFC3261-99-9` is not in the catalogue; "), "{}", said.err);
    assert!(said.err.contains("`RFC3261-11.2-2` stands in it twice"), "{}", said.err);
    let said = lab.certify(&["--profile", "no-such"]);
    assert!(said.code == 64 && said.err.contains("there is no such profile"), "{}", said.err);
    lab.put("mine.yaml", "profile: mine\ntitel: x\n");
    assert_eq!(lab.certify(&[]).code, 64);
    lab.put("mine.yaml", &profile("uas", ""));
    let late = "calibration:\n  - { instrument: clock, calibrated: 2026-02-01, due: 2026-01-01 }\n";
    lab.put("virtual.rig.yaml", &format!("{}{late}", text(&lab.path("virtual.rig.yaml"))));
    let said = lab.certify(&[]);
    assert!(said.code == 64 && said.err.contains("before it was made"), "{}", said.err);
    fs::remove_file(lab.path("lab.key")).unwrap();
    let said = lab.certify(&[]);
    assert!(said.code == 64 && said.err.contains("`ringtrue keygen` makes a pair"), "{}", said.err);
}

#[test]
fn an_instrument_that_is_overdue_stands_in_the_way() {
    let lab = Lab::new(&profile("uas", "RFC3261-11.2-2"), &[]);
    let due =
        "calibration:\n  - { instrument: the clock, calibrated: 2019-02-01, due: 2020-01-01 }\n";
    lab.put("virtual.rig.yaml", &format!("{}{due}", text(&lab.path("virtual.rig.yaml"))));
    let said = lab.certify(&[]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.out.contains("the calibration of `the clock` was due on 2020-01-01"),
        "{}",
        said.out
    );
}
