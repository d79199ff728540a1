//! `render`: the reports of a run, made again from its folder alone.

use super::{Ran, copy, ringtrue, text};
use std::fs;
use tempfile::TempDir;

const FILES: [&str; 6] = [
    "report.html",
    "junit.xml",
    "report.json",
    "summary.md",
    "durations.json",
    "report/OPT-001.js",
];

#[test]
fn reports_are_made_again_as_they_were() {
    let ran = Ran::of(&["OPT-001", "UAS-INV-001", "--defect", "no-ringing"]);
    assert_eq!(ran.said.code, 1, "{}{}", ran.said.out, ran.said.err);
    let place = TempDir::new().unwrap();
    let folder = place.path().join("moved");
    copy(&ran.folder(), &folder);
    let before = FILES.map(|file| text(&folder.join(file)));
    for file in FILES {
        fs::remove_file(folder.join(file)).unwrap();
    }
    let said = ringtrue(&["render", folder.to_str().unwrap()]);
    // A fail is what the report says, not how making it went.
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    assert!(said.out.contains(&format!("report: {}", folder.join("report.html").display())));
    for (file, before) in FILES.into_iter().zip(before) {
        assert_eq!(text(&folder.join(file)), before, "{file}");
    }
}

#[test]
fn reports_elsewhere_leave_the_folder_alone() {
    let ran = Ran::of(&["OPT-001"]);
    let elsewhere = TempDir::new().unwrap();
    let output = elsewhere.path().join("page");
    let page = ran.folder().join("report.html");
    fs::remove_file(&page).unwrap();
    let words = ["render", ran.folder().to_str().unwrap(), "--output", output.to_str().unwrap()]
        .map(str::to_owned);
    let said = ringtrue(&words.each_ref().map(String::as_str));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(!page.exists() && output.join("report.html").is_file());
}

#[test]
fn doubts_are_told_and_rendered() {
    let ran = Ran::of(&["OPT-001"]);
    let folder = ran.folder();
    fs::write(folder.join("cases/OPT-001/console.log"), "another\n").unwrap();
    let said = ringtrue(&["render", folder.to_str().unwrap()]);
    let told = "`cases/OPT-001/console.log` was changed after the run";
    assert!(said.code == 0 && said.err.contains(told), "{}{}", said.out, said.err);
    let page = text(&folder.join("report.html"));
    assert!(page.contains("Evidence in doubt.") && page.contains("console.log"));
}

#[test]
fn what_is_no_run_is_refused() {
    let place = TempDir::new().unwrap();
    let said = ringtrue(&["render", place.path().to_str().unwrap()]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.err.contains("is it the folder of a run?"), "{}", said.err);
}
