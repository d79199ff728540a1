//! `run` and `prove` on the virtual tier.

use super::{Ran, copy, ringtrue, text};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

#[test]
fn a_case_that_passes_leaves_evidence_and_reports() {
    let ran = Ran::of(&["QOS-002"]);
    assert_eq!(ran.said.code, 0, "{}{}", ran.said.out, ran.said.err);
    let folder = ran.folder();
    assert!(ran.said.out.contains("1 pass") && ran.said.out.contains("report.html"));
    for file in ["run.json", "SHA256SUMS", "report.html", "junit.xml", "report.json", "summary.md"]
    {
        assert!(folder.join(file).is_file(), "{file} is missing");
    }
    let case = folder.join("cases/QOS-002");
    for file in ["timeline.jsonl", "capture.pcapng", "console.log", "alice.wav"] {
        assert!(fs::metadata(case.join(file)).unwrap().len() > 0, "{file} is empty");
    }
    assert!(
        folder.join("inputs/device.yaml").is_file() && folder.join("inputs/rig.yaml").is_file()
    );
    let page = text(&folder.join("report.html"));
    let detail = text(&folder.join("report/QOS-002.js"));
    assert!(detail.contains("Loop latency: "), "no latency is plotted");
    // A page that needs a network can't be filed.
    assert!(!page.contains("src=\"http") && !page.contains("url(http"));
}

/// The round is a number beside the id, each run has evidence of its own, and what runs twice runs with
/// other random choices.
#[test]
fn a_case_that_runs_thrice_keeps_its_id() {
    let ran = Ran::of(&["OPT-001", "OPT-002", "--repeat", "3", "--order-seed", "7"]);
    assert_eq!(ran.said.code, 0, "{}{}", ran.said.out, ran.said.err);
    let folder = ran.folder();
    let record: serde_json::Value = serde_json::from_str(&text(&folder.join("run.json"))).unwrap();
    assert_eq!(record["order"]["shuffled"], 7);
    assert_eq!(record["repeats"]["fixed"], 3);
    let cases = record["cases"].as_array().unwrap().iter();
    let mut runs: Vec<_> = cases
        .map(|case| (case["execution"].as_str().unwrap(), case["repeat"].as_u64().unwrap()))
        .collect();
    // A round ends before the next begins.
    assert!(runs.windows(2).all(|two| two[0].1 <= two[1].1), "{runs:?}");
    runs.sort_unstable();
    let wanted = ["OPT-001", "OPT-002"].map(|id| [1, 2, 3].map(|round| (id, round)));
    assert_eq!(runs, wanted.concat());
    let [first, second] = ["cases/OPT-001", "cases/OPT-001~2"]
        .map(|case| text(&folder.join(case).join("timeline.jsonl")));
    assert_ne!(first, second);
    assert!(!ran.said.out.contains("flaky") && ran.said.out.contains("6 pass"));
    let judged = ringtrue(&["judge", folder.to_str().unwrap()]);
    assert_eq!(judged.code, 0, "{}{}", judged.out, judged.err);
    assert!(judged.out.starts_with("pass          OPT-001  "), "{}", judged.out);
}

#[test]
fn a_run_that_goes_on_until_it_knows_stops_when_it_does() {
    let ran = Ran::of(&["OPT-001", "--until-confidence", "40%", "--repeat", "30"]);
    assert_eq!(ran.said.code, 0, "{}{}", ran.said.out, ran.said.err);
    // The first n for which (0.05 / (n + 1))^(1 / n) is at least 0.6.
    assert!(ran.said.out.contains("\npass: 11 pass"), "{}", ran.said.out);
    let wrong = ringtrue(&["run", "--rig", super::VIRTUAL, "--until-confidence", "5"]);
    assert!(wrong.code == 64 && wrong.err.contains("write `5%`"), "{}", wrong.err);
}

#[test]
fn the_relay_is_timed_from_the_digit() {
    let ran = Ran::of(&["DTMF-002"]);
    let detail = text(&ran.folder().join("report/DTMF-002.js"));
    assert!(detail.contains("Digit 5, ") && detail.contains("The device told relay-open "));
}

#[test]
fn a_seeded_defect_fails() {
    let ran = Ran::of(&["UAS-INV-001", "--defect", "no-ringing"]);
    assert_eq!(ran.said.code, 1, "{}{}", ran.said.out, ran.said.err);
    let junit = text(&ran.folder().join("junit.xml"));
    assert!(junit.contains("failures=\"1\""), "{junit}");
    assert!(text(&ran.folder().join("summary.md")).contains("**fail**"));
    let shown = ringtrue(&["show", ran.folder().to_str().unwrap(), "UAS-INV-001"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("INVITE, SDP --") && shown.out.contains("\nfail "), "{}", shown.out);
    let shown = ringtrue(&["show", ran.folder().to_str().unwrap(), "UAS-INV-999"]);
    assert_eq!(shown.code, 64, "{}", shown.out);
}

/// The device crashes while a step waits that claims nothing, and serves all that is claimed later.
#[test]
fn a_crash_fails_the_case_whatever_step_is_at_hand() {
    let suite = TempDir::new().unwrap();
    copy(&super::root().join("fixtures/requirements"), &suite.path().join("fixtures/requirements"));
    let cases = suite.path().join("scenarios");
    fs::create_dir(&cases).unwrap();
    for (id, preamble, body) in [("CR-001", "", CRASHING), ("CR-002", CRASHING, "")] {
        let parts = format!("preamble:\n  - dut: idle\n{preamble}body:\n{body}{SERVED}");
        let text = format!("id: {id}\n{HEAD}{parts}postamble:\n  - dut: idle\n");
        fs::write(cases.join(format!("{id}.yaml")), text).unwrap();
    }
    let root = suite.path().to_str().unwrap();
    let ran = Ran::of(&["--root", root, "--defect", "crash-on-malformed"]);
    assert_eq!(ran.said.code, 1, "{}{}", ran.said.out, ran.said.err);
    let judged = ringtrue(&["judge", ran.folder().to_str().unwrap()]);
    for said in [&ran.said, &judged] {
        let table: Vec<_> = said.out.lines().map(str::trim_start).collect();
        let verdict = |id: &str, verdict| {
            table.iter().any(|line| line.starts_with(verdict) && line.contains(id))
        };
        assert!(verdict("CR-001", "fail") && verdict("CR-002", "inconclusive"), "{}", said.out);
        assert!(said.out.contains("the device crashed during `wait: 200 ms`: panic: "));
        assert!(
            said.out.contains("the device crashed in the preamble, during `wait: 200 ms`: panic: ")
        );
    }
    let page = text(&ran.folder().join("report.html"));
    assert!(page.contains("DEV-NO-CRASH"));
}

const HEAD: &str = "title: The device is alive
purpose: Ensure that it is.
requires: [DEV-ALIVE]
defect: crash-on-malformed
";
const CRASHING: &str = "  - alice -> dut: OPTIONS
    mutate: [no-call-id]
  - wait: 200 ms
";
const SERVED: &str = "  - wait: 2 s
  - alice -> dut: OPTIONS
  - dut -> alice: 200 (OPTIONS)
    within: 2 s
";

#[test]
fn a_defect_that_the_device_does_not_have_is_a_usage_error() {
    let ran = Ran::of(&["UAS-INV-001", "--defect", "no-such-defect"]);
    assert_eq!(ran.said.code, 64);
    assert!(ran.said.err.contains("defects.yaml"), "{}", ran.said.err);
    assert_eq!(fs::read_dir(ran.reports.path()).unwrap().count(), 0, "a run was begun");
}

#[test]
fn a_filter_that_fits_nothing_selects_nothing() {
    let ran = Ran::of(&["NO-SUCH-*"]);
    assert_eq!(ran.said.code, 4, "{}", ran.said.err);
}

#[test]
fn the_same_seed_gives_the_same_evidence() {
    let runs = [Ran::of(&["RTP-001", "--seed", "7"]), Ran::of(&["RTP-001", "--seed", "7"])];
    let [one, other] = runs.each_ref().map(|ran| text(&timeline(&ran.folder())));
    assert_eq!(one, other);
    assert_ne!(text(&timeline(&Ran::of(&["RTP-001", "--seed", "8"]).folder())), one);
}

#[test]
fn a_defect_is_proven_by_the_case_that_claims_it() {
    let said = ringtrue(&["prove", "REG-006", "--defect", "unregister-keeps-expires"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("REG-006"), "{}", said.out);
}

#[test]
fn a_rig_file_with_a_mistake_is_told_with_its_line() {
    let folder = TempDir::new().unwrap();
    let rig = folder.path().join("rig.yaml");
    fs::write(&rig, "rig: x\ntier: virtual\ndevicee: device.yaml\n").unwrap();
    let said = run_on(&rig);
    assert_eq!(said.code, 64);
    for part in [rig.to_str().unwrap(), "line 3", "devicee", "expected one of"] {
        assert!(said.err.contains(part), "`{part}` is missing: {}", said.err);
    }
}

#[test]
fn a_device_file_with_a_mistake_is_told_with_its_line() {
    let folder = TempDir::new().unwrap();
    let rig = folder.path().join("rig.yaml");
    fs::write(&rig, "rig: x\ntier: virtual\ndevice: device.yaml\n").unwrap();
    let good = text(&super::root().join("firmware-under-test/intercom/device.yaml"));
    let line = 1 + good.lines().position(|line| line.contains("until: idle")).unwrap();
    let device = folder.path().join("device.yaml");
    fs::write(&device, good.replacen("until: idle", "untill: idle", 1)).unwrap();
    let said = run_on(&rig);
    assert_eq!(said.code, 64);
    for part in ["device.yaml", &format!("line {line}"), "untill", "until"] {
        assert!(said.err.contains(part), "`{part}` is missing: {}", said.err);
    }
}

#[test]
fn a_rig_file_that_is_not_there_is_a_usage_error() {
    let said = run_on(Path::new("no-such.rig.yaml"));
    assert_eq!(said.code, 64);
    assert!(said.err.contains("cannot use no-such.rig.yaml"), "{}", said.err);
}

fn run_on(rig: &Path) -> super::Said {
    let reports = TempDir::new().unwrap();
    let reports = reports.path().to_str().unwrap();
    ringtrue(&["run", "--rig", rig.to_str().unwrap(), "--reports", reports, "OPT-001"])
}

fn timeline(folder: &Path) -> std::path::PathBuf {
    folder.join("cases/RTP-001/timeline.jsonl")
}
