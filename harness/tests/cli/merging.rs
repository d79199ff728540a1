//! `run --shard` and `merge`: a suite that several runs share, and what does not belong together.

use super::{Ran, Said, copy, ringtrue, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What is shared out: cases that pass, and one that fails by the defect.
const CHOICE: [&str; 6] =
    ["OPT-001", "UAS-INV-001", "REG-00*", "DTMF-002", "--defect", "no-ringing"];

/// Runs in one folder of reports, and what merging them says.
struct Shards {
    ran: Vec<Ran>,
    place: TempDir,
}

impl Shards {
    fn of(shards: &[&str], more: &[&str]) -> Self {
        let run = |shard: &&str| Ran::of(&[&CHOICE[..], &["--shard", shard], more].concat());
        Self { ran: shards.iter().map(run).collect(), place: TempDir::new().unwrap() }
    }

    fn folders(&self) -> Vec<PathBuf> {
        self.ran.iter().map(Ran::folder).collect()
    }

    fn merge(&self) -> Said {
        merge(&self.folders(), self.place.path())
    }

    fn report(&self) -> Value {
        json(&self.place.path().join("latest/report.json"))
    }
}

fn merge(folders: &[PathBuf], reports: &Path) -> Said {
    let folders = folders.iter().map(|folder| folder.to_str().unwrap());
    let fixed = ["merge", "--reports", reports.to_str().unwrap()];
    ringtrue(&fixed.into_iter().chain(folders).collect::<Vec<_>>())
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// The cases of a report, and all that was found in them.
fn cases(report: &Value) -> &Vec<Value> {
    report["cases"].as_array().unwrap()
}

#[test]
fn shards_merged_are_one_run() {
    let whole = Ran::of(&CHOICE);
    let shards =
        Shards::of(&["1/3", "2/3", "3/3"], &["--durations", whole.folder().to_str().unwrap()]);
    let counts: Vec<usize> = shards
        .folders()
        .iter()
        .map(|folder| cases(&json(&folder.join("report.json"))).len())
        .collect();
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    let said = shards.merge();
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{}", said.out);
    let (one, merged) = (json(&whole.folder().join("report.json")), shards.report());
    assert_eq!(cases(&merged), cases(&one));
    assert!(cases(&one).iter().any(|case| case["verdict"] == "fail"));
    for key in ["verdict", "counts", "not_applicable", "not_run", "doubts"] {
        assert_eq!(merged[key], one[key], "{key}");
    }
    // The merged folder is a run like others: it is judged again, and its sums hold.
    let latest = shards.place.path().join("latest");
    let judged = ringtrue(&["judge", latest.to_str().unwrap()]);
    assert_eq!((judged.code, judged.err.as_str()), (1, ""));
    let sums = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&latest)
        .status();
    assert!(sums.unwrap().success());
    assert!(text(&shards.place.path().join("index.html")).contains("merged of 3"));
}

#[test]
fn a_missing_shard_is_named_and_nothing_passes() {
    let shards = Shards::of(&["1/3", "3/3"], &[]);
    let said = shards.merge();
    assert!(said.err.contains("shard 2/3 is missing"), "{}", said.err);
    let report = shards.report();
    assert_eq!(report["doubts"], serde_json::json!(["shard 2/3 is missing"]));
    let left = report["not_run"].as_array().unwrap();
    assert!(!left.is_empty() && left.iter().all(|it| it["reason"] == "shard 2/3 is missing"));

    let passing = Ran::of(&["OPT-00*", "--shard", "1/2"]);
    let said = merge(&[passing.folder()], shards.place.path());
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
}

#[test]
fn what_does_not_belong_together_is_refused_with_the_difference() {
    let one = Ran::of(&["OPT-001"]);
    let place = TempDir::new().unwrap();
    let changed = |file: &str, from: &str, to: &str| {
        let folder = place.path().join(format!("changed {from}"));
        let other = Ran::of(&["OPT-002"]);
        copy(&other.folder(), &folder);
        let path = folder.join(file);
        let before = text(&path);
        assert!(before.contains(from), "{before}");
        let after = before.replace(from, to);
        fs::write(&path, &after).unwrap();
        resum(&folder, file);
        folder
    };
    for (folder, expected) in [
        (
            changed("run.json", "\"tier\": \"virtual\"", "\"tier\": \"host\""),
            "its tier is host, not virtual",
        ),
        (
            changed("run.json", "\"name\": \"intercom\"", "\"name\": \"other\""),
            "its device is other, not intercom",
        ),
        (
            changed("run.json", "\"firmware\": {}", "\"firmware\": {\"image\": \"ab\"}"),
            "the SHA-256 of its firmware image is ab, not none",
        ),
        (
            changed("inputs/scenarios/OPT/OPT-001.yaml", "OPTIONS tells", "OPTIONS says"),
            "its inputs/scenarios/OPT/OPT-001.yaml differs",
        ),
    ] {
        let said = merge(&[one.folder(), folder], place.path());
        assert_eq!((said.code, said.out.as_str()), (64, ""), "{}", said.err);
        assert!(said.err.contains(expected), "{expected} is missing: {}", said.err);
    }
    for (arguments, expected) in [
        (&["OPT-002", "--seed", "2"][..], "its seed is 2, not 1"),
        (
            &["OPT-002", "--defect", "no-ringing"],
            "its list of seeded defects is [no-ringing], not []",
        ),
        (&["OPT-002", "--repeat", "2"], "it was to run its cases another number of times"),
        (&["OPT-001"], "it has OPT-001, and so has"),
    ] {
        let said = merge(&[one.folder(), Ran::of(arguments).folder()], place.path());
        assert_eq!(said.code, 64);
        assert!(said.err.contains(expected), "{expected} is missing: {}", said.err);
    }
    assert!(!place.path().join("latest").exists(), "something was merged");
}

#[test]
fn shards_that_are_not_of_one_run_are_refused() {
    let shards = ["1/3", "1/3", "2/3", "2/2"].map(|shard| Ran::of(&["REG-00*", "--shard", shard]));
    let [one, twin, other, coarser] = shards.each_ref().map(Ran::folder);
    let longer = Ran::of(&["REG-00*", "OPT-001", "--shard", "2/3"]);
    let whole = Ran::of(&["OPT-001"]);
    let place = TempDir::new().unwrap();
    for (with, expected) in [
        (&twin, "it is shard 1/3, and so is"),
        (&coarser, "it is shard 2/2, and"),
        (&longer.folder(), "its suite was shared out otherwise"),
        (&whole.folder(), "it is no shard, and"),
    ] {
        let said = merge(&[one.clone(), with.clone()], place.path());
        assert_eq!(said.code, 64, "{}", said.out);
        assert!(said.err.contains(expected), "{expected} is missing: {}", said.err);
    }
    let said = merge(&[one, other], place.path());
    assert!(said.err.contains("shard 3/3 is missing"), "{}", said.err);
    let merged = fs::canonicalize(place.path().join("latest")).unwrap();
    let said = merge(&[merged, whole.folder()], place.path());
    assert_eq!(said.code, 64);
    assert!(said.err.contains("give the runs that it was made of"), "{}", said.err);
}

#[test]
fn a_part_that_was_changed_or_is_no_run_is_refused() {
    let (one, other) = (Ran::of(&["OPT-001"]), Ran::of(&["OPT-002"]));
    let log = other.folder().join("cases/OPT-002/console.log");
    fs::write(&log, text(&log) + "more\n").unwrap();
    let said = merge(&[one.folder(), other.folder()], one.reports.path());
    assert_eq!(said.code, 64, "{}", said.out);
    assert!(said.err.contains("console.log` was changed after the run"), "{}", said.err);
    let said = merge(&[one.folder(), PathBuf::from("/no/such/run")], one.reports.path());
    assert_eq!(said.code, 3);
    assert!(said.err.contains("is it the folder of a run?"), "{}", said.err);
    assert_eq!(ringtrue(&["merge"]).code, 64);
}

#[test]
fn a_shard_that_cannot_be_is_a_usage_error() {
    for (shard, expected) in [
        ("5/4", "they are 1/4 to 4/4"),
        ("0/4", "they are 1/4"),
        ("two", "2/4: the second of four"),
    ] {
        let said = Ran::of(&["OPT-001", "--shard", shard]).said;
        assert_eq!(said.code, 64);
        assert!(said.err.contains(expected), "{}", said.err);
    }
    let said = Ran::of(&["OPT-001", "--shard", "2/2"]).said;
    assert_eq!(said.code, 4);
    assert!(said.err.contains("shard 2/2 has nothing to do"), "{}", said.err);
}

/// Makes the sum of a file anew, as somebody would who forges evidence.
fn resum(folder: &Path, file: &str) {
    let output =
        std::process::Command::new("sha256sum").arg(file).current_dir(folder).output().unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    let sums = folder.join("SHA256SUMS");
    let before = text(&sums);
    let others: String = before
        .lines()
        .filter(|line| !line.ends_with(&format!("  {file}")))
        .flat_map(|line| [line, "\n"])
        .collect();
    fs::write(sums, others + &line).unwrap();
}
