//! `coverage`: rows, filters, and a list of what is open that only gets shorter.

use super::{ringtrue, root};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

#[test]
fn a_covered_requirement_has_its_cases_defects_and_code() {
    let said = ringtrue(&["coverage", "RFC3261-8.2.2.3-1"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let row = said.out.lines().next().unwrap();
    assert!(row.starts_with("RFC3261-8.2.2.3-1 "), "{row}");
    assert!(row.contains("MUST    UAS covered  MSG-002"), "{row}");
    assert!(row.contains("| defects: "), "{row}");
    let said = ringtrue(&["coverage", "RFC3261-17.1.1.2"]);
    assert!(said.out.contains("| code: "), "no code cites a table of §17:\n{}", said.out);
}

#[test]
fn what_is_uncovered_has_its_reason() {
    let said = ringtrue(&["coverage", "--rfc", "6665", "--uncovered"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let (rows, totals): (Vec<&str>, Vec<&str>) =
        said.out.lines().filter(|line| !line.is_empty()).partition(|line| line.contains("RFC6665"));
    assert!(rows.len() > 30 && totals.iter().any(|line| line.starts_with("RFC 6665")));
    let is_told = |row: &str| row.contains(" excused  another-group EVT: ");
    assert!(rows.iter().all(|row| is_told(row)), "{}", said.out);
}

#[test]
fn a_group_has_what_its_cases_stand_for_and_what_is_left_to_it() {
    let said = ringtrue(&["coverage", "--group", "TRN", "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let rows = json["requirements"].as_array().unwrap();
    let reasons = rows.iter().filter_map(|row| row["reason"].as_str());
    assert!(reasons.clone().count() > 5);
    assert!(reasons.clone().all(|reason| reason.starts_with("another-group TRN: ")));
    assert!(rows.iter().all(|row| row["text"].as_str().is_some_and(|text| !text.is_empty())));
    let all: u64 =
        json["totals"].as_array().unwrap().iter().map(|total| total["all"].as_u64().unwrap()).sum();
    assert_eq!(all, rows.len() as u64);
}

#[test]
fn filters_that_name_nothing_are_refused() {
    for (option, value, known) in [
        ("--rfc", "9999", "the catalogue has RFC 2833, "),
        ("--group", "NONE", "the groups are REG, "),
    ] {
        let said = ringtrue(&["coverage", option, value]);
        assert_eq!(said.code, 64);
        let expected = format!("cannot use {option} {value}: {known}");
        assert!(said.err.contains(&expected), "{}", said.err);
    }
    assert_eq!(ringtrue(&["coverage", "RFC3261-99"]).code, 4);
    assert_eq!(ringtrue(&["coverage", "--rfc", "x"]).code, 64);
}

#[test]
fn the_open_list_loses_what_is_covered_and_gains_nothing() {
    let place = TempDir::new().unwrap();
    for folder in ["scenarios", "fixtures"] {
        copy(&root().join(folder), &place.path().join(folder));
    }
    let device = root().join("firmware-under-test/intercom/device.yaml");
    let arguments =
        ["--root", place.path().to_str().unwrap(), "--device", device.to_str().unwrap()];
    let coverage = |more: &[&str]| ringtrue(&[&["coverage"], more, &arguments].concat());
    assert_eq!(coverage(&["--totals"]).err, "");

    // A sentence loses its reason, and one that has cases is put on the list.
    let open = "RFC8760-2.6-2";
    fs::remove_file(place.path().join("fixtures/coverage/reasons/rfc8760.yaml")).unwrap();
    let path = place.path().join("fixtures/coverage/open.txt");
    let whole = fs::read_to_string(&path).unwrap();
    let longer = whole.replace("at most 0\n", "at most 1\nRFC3261-8.2.2.3-1\n");
    assert_ne!(longer, whole);
    fs::write(&path, longer).unwrap();
    let said = coverage(&["--totals"]);
    assert_eq!(said.code, 64);
    let expected = [
        format!("error: `{open}` is neither covered nor excused nor open"),
        "error: `RFC3261-8.2.2.3-1` is covered now: take it off the open list".to_owned(),
    ];
    assert!(expected.iter().all(|line| said.err.contains(line)), "{}", said.err);

    let said = coverage(&["--totals", "--update"]);
    assert!(said.err.contains("RFC3261-8.2.2.3-1 is off the open list\n"), "{}", said.err);
    assert!(said.err.contains(&expected[0]), "{}", said.err);
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}
