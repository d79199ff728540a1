//! `analyze` and `record` on captures of runs.

use super::{Ran, copy, ringtrue, text};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn capture(ran: &Ran, case: &str) -> PathBuf {
    ran.folder().join("cases").join(case).join("capture.pcapng")
}

/// A suite that has the shared steps, the catalogue and one recorded case.
fn suite(capture: &Path) -> TempDir {
    let root = TempDir::new().unwrap();
    let path = |name: &str| root.path().join(name);
    for folder in ["scenarios/shared", "fixtures/requirements"] {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder), &path(folder));
    }
    fs::create_dir_all(path("scenarios/FIELD")).unwrap();
    let file = path("scenarios/FIELD/FIELD-001.yaml");
    let (capture, file) = (capture.to_str().unwrap(), file.to_str().unwrap());
    let recorded = ringtrue(&["record", capture, "--dialog", "1", "--output", file]);
    assert_eq!(recorded.code, 0, "{}{}", recorded.out, recorded.err);
    assert!(recorded.err.contains("the device is 198.51.100.2"), "{}", recorded.err);
    root
}

/// What was recorded is a case that lints and that the same device passes.
fn replays(case: &str) -> String {
    let ran = Ran::of(&[case]);
    let root = suite(&capture(&ran, case));
    let file = root.path().join("scenarios/FIELD/FIELD-001.yaml");
    let written = text(&file);
    let linted = ringtrue(&["lint", file.to_str().unwrap()]);
    assert_eq!(linted.code, 0, "{}{}\n{written}", linted.out, linted.err);
    assert!(
        linted.out.contains("0 error(s), 0 warning(s)"),
        "{}{}\n{written}",
        linted.out,
        linted.err
    );
    let root = root.path().to_str().unwrap();
    let ran = Ran::of(&["FIELD-001", "--root", root]);
    assert_eq!(ran.said.code, 0, "{}{}\n{written}", ran.said.out, ran.said.err);
    written
}

#[test]
fn a_call_with_a_digit_is_recorded_and_replayed() {
    let written = replays("DTMF-002");
    assert!(written.contains("  - alice ~> dut: digits 5\n    tone: 100 ms\n"), "{written}");
    assert!(written.contains("  - dut: answer   # guessed"), "{written}");
    assert!(!written.contains("198.51.100.1"), "{written}");
}

#[test]
fn a_call_of_the_device_is_recorded_and_replayed() {
    let written = replays("UAC-INV-001");
    assert!(written.contains("  - dut: dial ${alice.uri}   # guessed"), "{written}");
    assert!(written.contains("  - alice -> dut: 486 (INVITE)\n"), "{written}");
}

#[test]
fn a_request_is_recorded_and_replayed() {
    replays("OPT-001");
}

#[test]
fn without_a_dialog_they_are_listed_and_what_is_wrong_is_said() {
    let ran = Ran::of(&["OPT-001"]);
    let path = capture(&ran, "OPT-001");
    let path = path.to_str().unwrap();
    let listed = ringtrue(&["record", path]);
    assert!(listed.code == 0 && listed.out.contains("OPTIONS"), "{}{}", listed.out, listed.err);
    for (arguments, words) in [
        (["--dialog", "2"].as_slice(), "only dialog 1"),
        (&["--dialog", "1", "--device", "192.0.2.99"], "takes no part in the dialog"),
        (&["--dialog", "1", "--device", "door"], "is not such as"),
    ] {
        let said = ringtrue(&[&["record", path], arguments].concat());
        assert!(said.code == 64 && said.err.contains(words), "{} {}", said.code, said.err);
    }
}

#[test]
fn a_capture_is_analysed_and_a_cut_one_up_to_the_cut() {
    let ran = Ran::of(&["DTMF-002"]);
    let path = capture(&ran, "DTMF-002");
    let said = ringtrue(&["analyze", path.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let found: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let stream = &found["streams"][0];
    assert_eq!(
        (&stream["dialog"], &stream["encoding"], &stream["lost"]),
        (&1.into(), &"PCMU".into(), &0.into())
    );
    assert_eq!(
        (&found["digits"][0]["digit"], &found["digits"][0]["way"]),
        (&"5".into(), &"telephone-event".into())
    );
    let whole = ringtrue(&["analyze", path.to_str().unwrap(), "--dialog", "1"]);
    assert!(whole.out.contains("-- INVITE, SDP --"), "{}", whole.out);

    let cut = ran.folder().join("cut.pcapng");
    let bytes = fs::read(&path).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let said = ringtrue(&["analyze", cut.to_str().unwrap()]);
    assert!(said.code == 2 && said.out.contains("damaged at byte"), "{} {}", said.code, said.out);
    fs::write(&cut, "hello").unwrap();
    let said = ringtrue(&["analyze", cut.to_str().unwrap()]);
    assert!(said.code == 64 && said.err.contains("neither pcap nor pcapng"), "{}", said.err);
}

/// The same call as a run of ours wrote it and as another program would: other format, byte order, unit
/// of time and link.
#[test]
fn the_stored_captures_show_what_they_always_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/captures");
    let expected = text(&folder.join("call.txt"));
    for file in ["call.pcapng", "call-big-endian-cooked.pcap"] {
        let said = ringtrue(&["analyze", folder.join(file).to_str().unwrap()]);
        assert_eq!((said.code, said.out.as_str()), (0, expected.as_str()), "{file}");
    }
}
