//! `judge`: a run from its folder alone, and from folders that something was done to.

use super::{Ran, Said, copy, ringtrue, text};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A copy of the folder of a run, all that there is of it.
struct Copy {
    _place: TempDir,
    folder: PathBuf,
}

impl Copy {
    fn of(arguments: &[&str]) -> Self {
        let ran = Ran::of(arguments);
        let place = TempDir::new().unwrap();
        let folder = place.path().join("a copy #1");
        copy(&ran.folder(), &folder);
        Self { _place: place, folder }
    }

    fn judge(&self, more: &[&str]) -> Said {
        ringtrue(&[&["judge", self.folder.to_str().unwrap()], more].concat())
    }

    fn change(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.folder.join(file);
        fs::write(&path, change(text(&path))).unwrap();
    }
}

#[test]
fn a_copy_gives_the_same_verdicts() {
    let copy = Copy::of(&["OPT-001", "UAS-INV-001", "--defect", "no-ringing"]);
    let report = copy.folder.join("report.json");
    let before = text(&report);
    assert!(before.contains("\"verdict\": \"fail\"") && before.contains("\"verdict\": \"pass\""));
    fs::remove_file(&report).unwrap();
    let said = copy.judge(&[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert_eq!(text(&report), before);
    assert_eq!(said.err, "");
}

#[test]
fn reports_elsewhere_lead_back_to_the_evidence() {
    let copy = Copy::of(&["DTMF-001[digit=#]"]);
    let elsewhere = TempDir::new().unwrap();
    let said = copy.judge(&["--output", elsewhere.path().to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    // The evidence is linked where the case unfolds: in a file beside the page, as text of a script.
    let beside = elsewhere.path().join("report");
    let details = fs::read_dir(beside).unwrap().map(|it| text(&it.unwrap().path()));
    let details: String = details.collect::<String>().replace("\\\"", "\"");
    let links = details.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let standards = "https://www.rfc-editor.org/";
    let links = links.filter(|link| !link.starts_with('#') && !link.starts_with(standards));
    let links: Vec<_> = links.collect();
    assert!(links.len() >= 3, "{links:?}");
    for link in links {
        let file = elsewhere.path().join(decoded(link));
        assert!(file.is_file(), "{link} leads nowhere");
    }
}

#[test]
fn a_changed_byte_of_a_timeline_is_an_error() {
    let copy = Copy::of(&["OPT-001", "REG-001"]);
    copy.change("cases/OPT-001/timeline.jsonl", |text| text.replacen("\"at\":", "\"at\": ", 1));
    let said = copy.judge(&[]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(said.err.contains("`cases/OPT-001/timeline.jsonl` was changed after the run"));
    let lines: Vec<_> = said.out.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("error ") && line.contains("OPT-001")));
    // The other case has its own evidence.
    assert!(lines.iter().any(|line| line.starts_with("pass ") && line.contains("REG-001")));
    let root = super::root();
    let again = copy.judge(&["--root", root.to_str().unwrap()]);
    assert_eq!(again.code, 3, "other checks do not mend evidence: {}", again.out);
}

#[test]
fn a_line_that_is_no_entry_is_an_error() {
    let copy = Copy::of(&["OPT-001"]);
    copy.change("cases/OPT-001/timeline.jsonl", |text| text.replacen('{', "[", 1));
    let said = copy.judge(&[]);
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert!(said.err.contains("line 1"), "{}", said.err);
}

#[test]
fn a_changed_limit_is_an_error_unless_the_checks_are_of_another_suite() {
    let copy = Copy::of(&["QOS-002", "--defect", "slow-loopback"]);
    copy.change("inputs/scenarios/QOS/QOS-002.yaml", |text| text.replace("150 ms", "900 ms"));
    let said = copy.judge(&[]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    let root = super::root();
    let said = copy.judge(&["--root", root.to_str().unwrap()]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.err.contains("QOS-002.yaml` was changed after the run"), "{}", said.err);
}

#[test]
fn a_changed_record_spoils_every_case() {
    let copy = Copy::of(&["OPT-001", "REG-001"]);
    copy.change("run.json", |text| text.replacen("\"seed\": 1", "\"seed\": 2", 1));
    let said = copy.judge(&[]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(said.out.contains("2 error"), "{}", said.out);
}

/// What `kill -9` leaves: the last case in progress, its timeline cut inside a line, and no sum for
/// it nor for the record.
fn killed() -> Copy {
    let copy = Copy::of(&["OPT-001", "REG-001", "--order", "file"]);
    copy.change("SHA256SUMS", |sums| {
        let left = |line: &&str| !line.ends_with("  run.json") && !line.contains("cases/REG-001/");
        sums.lines().filter(left).flat_map(|line| [line, "\n"]).collect()
    });
    copy.change("run.json", |text| {
        let mut run: serde_json::Value = serde_json::from_str(&text).unwrap();
        run["cases"][1]["ended"] = "interrupted".into();
        run.to_string()
    });
    copy.change("cases/REG-001/timeline.jsonl", |text| {
        let half: String = text.chars().take(text.chars().count() / 2).collect();
        format!("{}{{\"seq\":", half.get(..=half.rfind('\n').unwrap()).unwrap())
    });
    copy
}

#[test]
fn a_killed_run_is_inconclusive_where_it_was_interrupted() {
    let copy = killed();
    let said = copy.judge(&[]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.out.contains("The run was interrupted in this case"), "{}", said.out);
    assert!(said.err.contains("breaks off after 7 bytes"), "{}", said.err);
    let lines: Vec<_> = said.out.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("pass ") && line.contains("OPT-001")));
    assert!(lines.iter().any(|line| line.starts_with("inconclusive ") && line.contains("REG-001")));
}

#[test]
fn a_run_that_was_killed_between_two_cases_does_not_pass() {
    let copy = Copy::of(&["OPT-001"]);
    copy.change("SHA256SUMS", |sums| {
        let left = sums.lines().filter(|line| !line.ends_with("  run.json"));
        left.flat_map(|line| [line, "\n"]).collect()
    });
    let said = copy.judge(&[]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("did not come to its end"), "{}", said.err);
}

#[test]
fn a_folder_that_is_no_run_is_an_error_that_says_so() {
    let empty = TempDir::new().unwrap();
    let said = ringtrue(&["judge", empty.path().to_str().unwrap()]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("is it the folder of a run?"), "{}", said.err);
}

/// An address as a path.
fn decoded(address: &str) -> PathBuf {
    let mut parts = address.split('%');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_at(2);
        text.push(char::from(u8::from_str_radix(code, 16).unwrap()));
        text.push_str(rest);
    }
    Path::new(&text).to_owned()
}
