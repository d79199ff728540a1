//! `run --resume`: a run that was killed or interrupted is gone on with.

use super::{Ran, Said, ringtrue, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const CASES: [&str; 4] = ["OPT-001", "OPT-002", "UAS-INV-001", "UAS-INV-002"];

/// A run that was killed in its third case, and the report that it would have written.
struct Killed {
    ran: Ran,
    folder: PathBuf,
    report: Value,
    /// What ran before.
    whole: Vec<String>,
}

impl Killed {
    fn new(more: &[&str]) -> Self {
        let ran = Ran::of(&[&CASES[..], more].concat());
        let folder = ran.folder();
        let report = serde_json::from_str(&text(&folder.join("report.json"))).unwrap();
        let path = folder.join("run.json");
        let mut record: Value = serde_json::from_str(&text(&path)).unwrap();
        let cases = record["cases"].as_array_mut().unwrap();
        let names = |cases: &[Value]| -> Vec<String> {
            cases.iter().map(|case| case["folder"].as_str().unwrap().to_owned()).collect()
        };
        let whole = names(&cases[..2]);
        let gone = names(&cases[2..]);
        cases.truncate(3);
        cases[2]["ended"] = "interrupted".into();
        fs::write(&path, serde_json::to_string_pretty(&record).unwrap()).unwrap();
        let sums = folder.join("SHA256SUMS");
        let stays = |line: &&str| {
            !line.ends_with("  run.json")
                && !gone.iter().any(|case| line.contains(&format!("{case}/")))
        };
        let left: Vec<String> =
            text(&sums).lines().filter(stays).map(|line| format!("{line}\n")).collect();
        fs::write(sums, left.concat()).unwrap();
        let timeline = folder.join(&gone[0]).join("timeline.jsonl");
        let half = text(&timeline);
        fs::write(&timeline, &half[..half.len() / 2]).unwrap();
        for case in &gone[1..] {
            fs::remove_dir_all(folder.join(case)).unwrap();
        }
        for made in ["report.html", "report.json", "brief.json"] {
            fs::remove_file(folder.join(made)).unwrap();
        }
        Self { ran, folder, report, whole }
    }

    fn resume(&self, more: &[&str]) -> Said {
        ringtrue(&[&["run", "--resume", self.folder.to_str().unwrap()], more].concat())
    }

    fn report(&self) -> Value {
        serde_json::from_str(&text(&self.folder.join("report.json"))).unwrap()
    }

    /// When the timelines of the cases that were whole were written.
    fn stamps(&self) -> Vec<std::time::SystemTime> {
        let stamp = |case: &String| self.folder.join(case).join("timeline.jsonl").metadata();
        self.whole.iter().map(|case| stamp(case).unwrap().modified().unwrap()).collect()
    }
}

#[test]
fn a_killed_run_comes_to_what_it_would_have_come_to() {
    let killed = Killed::new(&["--defect", "no-ringing", "--seed", "3"]);
    let before = killed.stamps();
    let said = killed.resume(&[]);
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{}", said.out);
    assert!(said.out.contains("1/2  "), "two cases were left:\n{}", said.out);
    let report = killed.report();
    for key in ["cases", "counts", "verdict", "not_run", "doubts"] {
        assert_eq!(report[key], killed.report[key], "{key}");
    }
    assert_eq!(killed.stamps(), before, "a case that had run was written anew");
    let judged = ringtrue(&["judge", killed.folder.to_str().unwrap()]);
    assert_eq!((judged.code, judged.err.as_str()), (1, ""));

    let said = killed.resume(&[]);
    assert_eq!(said.code, 4, "{}", said.out);
    assert!(said.err.contains("all 4 case(s) of"), "{}", said.err);
}

#[test]
fn a_run_killed_before_its_first_case_was_known_is_begun_anew() {
    let killed = Killed::new(&[]);
    let path = killed.folder.join("run.json");
    let mut record: Value = serde_json::from_str(&text(&path)).unwrap();
    record["cases"] = serde_json::json!([]);
    fs::write(&path, record.to_string()).unwrap();
    fs::write(killed.folder.join("SHA256SUMS"), "").unwrap();
    let said = killed.resume(&[]);
    assert_eq!(said.code, 64, "{}", said.out);
    assert!(
        said.err.contains("before it had kept what it was to run; begin a new run"),
        "{}",
        said.err
    );
}

#[test]
fn rounds_are_gone_on_with() {
    let killed = Killed::new(&["--repeat", "2"]);
    let said = killed.resume(&[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(killed.report()["cases"], killed.report["cases"]);
}

#[test]
fn a_run_whose_inputs_changed_is_not_gone_on_with() {
    let killed = Killed::new(&[]);
    let rig = killed.ran.reports.path().join("virtual.rig.yaml");
    let device = super::root().join("firmware-under-test/intercom/device.yaml");
    let own = text(&super::root().join(super::VIRTUAL));
    let own = own.replace("device: device.yaml", &format!("device: {}", device.display()));
    fs::write(&rig, own).unwrap();
    let said = killed.resume(&["--rig", rig.to_str().unwrap()]);
    assert_eq!(said.code, 64, "{}", said.out);
    assert!(
        said.err.contains("rig.yaml is not what the run began with; restore it"),
        "{}",
        said.err
    );
    let said = killed.resume(&["--rig", "no-such.rig.yaml"]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("no-such.rig.yaml"), "{}", said.err);
}

#[test]
fn what_cannot_be_gone_on_with_says_why() {
    let killed = Killed::new(&[]);
    let log = killed.folder.join(&killed.whole[0]).join("console.log");
    fs::write(&log, "other\n").unwrap();
    let said = killed.resume(&[]);
    assert_eq!(said.code, 64, "{}", said.out);
    assert!(said.err.contains("was changed after the run"), "{}", said.err);

    let whole = Ran::of(&["OPT-001"]);
    let merged = [
        "merge",
        whole.folder().to_str().unwrap(),
        "--reports",
        whole.reports.path().to_str().unwrap(),
    ]
    .map(str::to_owned);
    assert_eq!(ringtrue(&merged.each_ref().map(String::as_str)).code, 0);
    let said = resume(&whole.folder(), &[]);
    assert!(said.code == 64 && said.err.contains("it was merged"), "{}", said.err);

    for option in [
        &["OPT-001"][..],
        &["--seed", "2"],
        &["--group", "REG"],
        &["--shard", "1/2"],
        &["--repeat", "2"],
        &["--root", "x"],
    ] {
        assert_eq!(killed.resume(option).code, 64, "{option:?}");
    }
    assert_eq!(resume(Path::new("/no/such/run"), &[]).code, 64);
    assert_eq!(ringtrue(&["run"]).code, 64);
}

#[test]
fn a_run_in_progress_is_left_alone() {
    use nix::fcntl::{Flock, FlockArg};
    let killed = Killed::new(&[]);
    let lock = fs::File::create(killed.folder.join(".lock")).unwrap();
    let _lock = Flock::lock(lock, FlockArg::LockExclusive).unwrap();
    let said = killed.resume(&[]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.err.contains("its run still goes on"), "{}", said.err);
}

fn resume(folder: &Path, more: &[&str]) -> Said {
    ringtrue(&[&["run", "--resume", folder.to_str().unwrap()], more].concat())
}
