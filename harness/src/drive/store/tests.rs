use super::*;
use crate::evidence::example;
use crate::evidence::record::{CaseRecord, Ended, RunRecord};
use crate::evidence::timeline::Timeline;
use rstest::rstest;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

fn record(id: &str) -> RunRecord {
    example::run(id)
}

fn case() -> CaseRecord {
    example::record("UAS-INV-001", Duration::from_secs(3))
}

/// A run of one finished case, in progress.
fn run(reports: &TempDir) -> RunFolder {
    let mut folder = RunFolder::create(reports.path(), record("run-1")).unwrap();
    folder.keep_inputs([("device.yaml".to_owned(), &b"name: intercom\n"[..])]).unwrap();
    let timeline = example::call();
    let mut files = folder.begin_case(case()).unwrap();
    files.append(timeline.entries()).unwrap();
    folder.finish_case(files, case(), &timeline).unwrap();
    folder
}

#[test]
fn what_is_written_is_read() {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let stored = read(&path).unwrap();
    assert_eq!(stored.doubts, []);
    assert_eq!(stored.record, RunRecord { cases: vec![case()], ..record("run-1") });
    assert_eq!(stored.timelines, [example::call()]);
    assert_eq!(stored.input("device.yaml").unwrap(), "name: intercom\n");
    let mut files: Vec<_> = fs::read_dir(path.join("cases/UAS-INV-001"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["alice.wav", "capture.pcapng", "console.log", "timeline.jsonl"]);
    assert_eq!(fs::read_link(reports.path().join("latest")).unwrap(), Path::new("run-1"));
}

#[test]
fn cases_that_overlap_each_end_as_they_end() {
    let reports = TempDir::new().unwrap();
    let mut folder = RunFolder::create(reports.path(), record("run-1")).unwrap();
    let cases = ["cases/first", "cases/second"];
    let cases = cases.map(|folder| CaseRecord { folder: folder.to_owned(), ..case() });
    let [first, second] = cases.clone().map(|case| folder.begin_case(case).unwrap());
    for (files, case) in [(first, &cases[0]), (second, &cases[1])] {
        folder.finish_case(files, case.clone(), &Timeline::default()).unwrap();
    }
    assert_eq!(read(&folder.seal().unwrap()).unwrap().record.cases, cases);
}

#[test]
fn the_sums_are_those_of_coreutils() {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let check = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", SUMS])
        .current_dir(&path)
        .status();
    assert!(check.unwrap().success());
}

#[test]
fn a_killed_run_is_read_up_to_its_last_entry() {
    let reports = TempDir::new().unwrap();
    let mut folder = run(&reports);
    let second = CaseRecord { folder: "cases/second".to_owned(), ..case() };
    let mut files = folder.begin_case(second).unwrap();
    files.append(&example::call().entries()[..5]).unwrap();
    // Killed here: nothing is finished, and nothing in this process is flushed.
    let path = folder.path().to_owned();
    std::mem::forget((folder, files));
    let timeline = path.join("cases/second/timeline.jsonl");
    let text = fs::read(&timeline).unwrap();
    fs::write(&timeline, &text[..text.len() - 4]).unwrap();

    let stored = read(&path).unwrap();
    assert_eq!(stored.record.cases[0].ended, Ended::Finished);
    assert_eq!(stored.record.cases[1].ended, Ended::Interrupted);
    assert_eq!(stored.timelines[1].entries(), &example::call().entries()[..4]);
    let doubts: Vec<String> = stored.doubts.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(doubts.join("\n"), @"
    the run did not come to its end; its record has no sum
    `cases/second/timeline.jsonl`: line 5 breaks off after 48 bytes
    ");
    assert!(!stored.is_tampered());
}

#[rstest]
#[case("cases/UAS-INV-001/timeline.jsonl", "relay open", "relay shut")]
#[case("cases/UAS-INV-001/console.log", "relay open", "relay shut")]
#[case("inputs/device.yaml", "intercom", "Intercom")]
#[case("run.json", "\"seed\": 42", "\"seed\": 43")]
fn a_changed_file_is_noticed(#[case] file: &str, #[case] from: &str, #[case] to: &str) {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let text = fs::read_to_string(path.join(file)).unwrap();
    assert_ne!(text.replace(from, to), text);
    fs::write(path.join(file), text.replace(from, to)).unwrap();
    let stored = read(&path).unwrap();
    assert_eq!(stored.doubts, [Doubt::Changed(file.to_owned())]);
    assert!(stored.is_tampered());
}

#[test]
fn a_removed_file_and_a_removed_sum_are_noticed() {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    fs::remove_file(path.join("cases/UAS-INV-001/capture.pcapng")).unwrap();
    let sums = fs::read_to_string(path.join(SUMS)).unwrap();
    let kept: Vec<&str> = sums.lines().filter(|line| !line.contains(TIMELINE)).collect();
    fs::write(path.join(SUMS), kept.join("\n")).unwrap();
    let stored = read(&path).unwrap();
    let case = |name: &str| format!("cases/UAS-INV-001/{name}");
    assert_eq!(stored.doubts, [Doubt::Unlisted(case(TIMELINE)), Doubt::Missing(case(CAPTURE))]);
}

#[rstest]
#[case(RUN, "{", "EOF while parsing")]
#[case(RUN, "", "missing field")]
#[case(SUMS, "0123  x\n", "line 1 is not a sum and a path")]
#[case("cases/UAS-INV-001/timeline.jsonl", "{}\n", "line 1: missing field")]
fn a_malformed_file_says_which(#[case] file: &str, #[case] text: &str, #[case] said: &str) {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let text = if text.is_empty() { "{\"schema\":1}" } else { text };
    fs::write(path.join(file), text).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains(said) && error.contains(file), "{error}");
}

#[test]
fn another_layout_is_refused() {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let text = fs::read_to_string(path.join(RUN)).unwrap();
    fs::write(path.join(RUN), text.replace("\"schema\": 1,", "\"schema\": 2,")).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(
        error.contains("its layout is version 2, and this ringtrue reads version 1"),
        "{error}"
    );
}

#[test]
fn a_second_run_of_the_same_name_is_refused_and_latest_follows() {
    let reports = TempDir::new().unwrap();
    run(&reports).seal().unwrap();
    let again = RunFolder::create(reports.path(), record("run-1"));
    assert!(matches!(again, Err(StoreError::Exists(_))));
    RunFolder::create(reports.path(), record("run-2")).unwrap();
    assert_eq!(fs::read_link(reports.path().join("latest")).unwrap(), Path::new("run-2"));
}

#[rstest]
#[case("../device.yaml")]
#[case("/etc/passwd")]
#[case("")]
#[case("a\nb")]
fn no_name_leads_out_of_the_folder(#[case] name: &str) {
    assert!(matches!(below(Path::new("/tmp/x"), name), Err(StoreError::Outside(_))));
}

#[test]
fn an_input_is_kept_once() {
    let reports = TempDir::new().unwrap();
    let mut folder = run(&reports);
    folder.keep_inputs([("device.yaml".to_owned(), &b"name: intercom\n"[..])]).unwrap();
    let other = folder.keep_inputs([("device.yaml".to_owned(), &b"name: other\n"[..])]);
    assert!(matches!(other, Err(StoreError::Twice(_))));
}

#[test]
fn what_cannot_be_written_says_what_to_do() {
    let reports = TempDir::new().unwrap();
    let file = reports.path().join("file");
    fs::write(&file, "").unwrap();
    let error = RunFolder::create(&file, record("run-1")).unwrap_err();
    insta::assert_snapshot!(error.to_string().replace(reports.path().to_str().unwrap(), "…"), @"cannot create `…/file`: File exists (os error 17); is the disk in order?");
    let error = read(reports.path()).unwrap_err();
    insta::assert_snapshot!(error.to_string().replace(reports.path().to_str().unwrap(), "…"), @"cannot read `…/SHA256SUMS`: No such file or directory (os error 2); is it the folder of a run?");
}

#[test]
fn a_reopened_run_has_its_whole_cases_and_nothing_of_the_half_one() {
    let reports = TempDir::new().unwrap();
    let mut folder = run(&reports);
    let second = CaseRecord { folder: "cases/second".to_owned(), ..case() };
    let files = folder.begin_case(second.clone()).unwrap();
    let path = folder.path().to_owned();
    assert!(is_in_progress(&path).unwrap());
    assert!(matches!(RunFolder::reopen(&path), Err(StoreError::InProgress(_))));
    drop((folder, files));
    assert!(!is_in_progress(&path).unwrap());

    let mut folder = RunFolder::reopen(&path).unwrap();
    assert_eq!(folder.record().cases, [case()]);
    assert!(!path.join("cases/second").exists());
    let files = folder.begin_case(second.clone()).unwrap();
    folder.finish_case(files, second.clone(), &Timeline::default()).unwrap();
    let stored = read(&folder.seal().unwrap()).unwrap();
    assert_eq!((stored.doubts, stored.record.cases), (vec![], vec![case(), second]));
    assert!(!path.join(LOCK).exists());
}

/// A run that was stopped in good order is sealed; what it left is to run all the same.
#[test]
fn a_sealed_run_is_reopened() {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let folder = RunFolder::reopen(&path).unwrap();
    assert_eq!(read(&path).unwrap().doubts, [Doubt::Unsealed]);
    folder.seal().unwrap();
    assert_eq!(read(&path).unwrap().doubts, []);
}

#[test]
fn an_adopted_case_comes_with_its_evidence() {
    let reports = TempDir::new().unwrap();
    let path = run(&reports).seal().unwrap();
    let mut merged = RunFolder::create(reports.path(), record("merged")).unwrap();
    merged.adopt_cases(&path, &[case()]).unwrap();
    let stored = read(&merged.seal().unwrap()).unwrap();
    assert_eq!((stored.doubts, stored.timelines), (vec![], vec![example::call()]));
    let capture =
        |run: &str| fs::read(reports.path().join(run).join(format!("cases/UAS-INV-001/{CAPTURE}")));
    assert_eq!(capture("run-1").unwrap(), capture("merged").unwrap());

    let log = path.join("cases/UAS-INV-001").join(CONSOLE);
    fs::write(&log, "relay shut\n").unwrap();
    let mut merged = RunFolder::create(reports.path(), record("again")).unwrap();
    let error = merged.adopt_cases(&path, &[case()]).unwrap_err().to_string();
    assert!(error.contains("console.log") && error.contains("changed after its run"), "{error}");
}
