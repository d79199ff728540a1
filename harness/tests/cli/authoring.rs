//! What the author of a scenario uses: `lint`, `list`, `explain`, `schema`.

use super::ringtrue;
use serde_json::Value;

#[test]
fn lint_tells_every_mistake_of_a_file_at_once() {
    let said = ringtrue(&["lint", "fixtures/lint/ten-mistakes.yaml"]);
    assert_eq!(said.code, 64);
    let golden = super::text(&super::root().join("fixtures/lint/ten-mistakes.err"));
    // The golden file is of a small catalogue, which the suite's has outgrown.
    let is_told = |line: &&str| line.starts_with("error[") && !line.contains("RFC3264-6.1-9");
    let headings = golden.lines().filter(is_told);
    assert!(headings.clone().count() >= 10);
    for heading in headings {
        assert!(said.err.contains(heading), "{heading} is missing:\n{}", said.err);
    }
    assert!(said.out.starts_with("1 file(s): "), "{}", said.out);
}

#[test]
fn lint_of_the_suite_finds_nothing() {
    let said = ringtrue(&["lint"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.ends_with("0 error(s), 0 warning(s)\n"), "{}", said.out);
}

#[test]
fn lint_of_a_file_that_is_not_there_says_so() {
    let said = ringtrue(&["lint", "no-such.yaml"]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("cannot use no-such.yaml"), "{}", said.err);
}

fn listed(arguments: &[&str]) -> Vec<String> {
    let said = ringtrue(&[&["list"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    said.out.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn list_chooses_by_id_group_and_requirement() {
    assert_eq!(listed(&["OPT-001"]), ["OPT-001"]);
    let registration = listed(&["REG-*"]);
    assert!(registration.len() > 3 && registration.iter().all(|id| id.starts_with("REG-")));
    assert_eq!(listed(&["--group", "REG"]), registration);
    let whole = listed(&[]);
    let transactions = listed(&["--requirement", "RFC3261-17"]);
    assert!(transactions.contains(&"TXN-001".to_owned()), "{transactions:?}");
    assert!(transactions.len() < whole.len() && registration.len() < whole.len());
}

#[test]
fn a_tag_chooses_some_and_without_it_come_the_others() {
    let (slow, others) = (listed(&["--tag", "slow"]), listed(&["--without-tag", "slow"]));
    assert!(slow.contains(&"REG-014".to_owned()), "{slow:?}");
    assert!(slow.iter().all(|id| !others.contains(id)));
    assert_eq!(slow.len() + others.len(), listed(&[]).len());
}

#[test]
fn list_shows_executions() {
    let executions = listed(&["DTMF-001", "--executions"]);
    assert!(executions.len() > 9, "{executions:?}");
    assert!(executions.iter().all(|id| id.starts_with("DTMF-001[digit=")), "{executions:?}");
    assert!(executions.contains(&"DTMF-001[digit=#]".to_owned()), "{executions:?}");
    assert_eq!(listed(&["DTMF-001"]), ["DTMF-001"]);
}

#[test]
fn list_as_json_has_what_a_case_stands_for() {
    let said = ringtrue(&["list", "REG-006", "--json"]);
    let cases: Value = serde_json::from_str(&said.out).unwrap();
    let [case] = &cases.as_array().unwrap()[..] else { panic!("{cases}") };
    assert_eq!((&case["id"], &case["group"]), (&"REG-006".into(), &"REG".into()));
    assert!(case["requires"].as_array().unwrap().contains(&"RFC3261-10.2.2-1".into()), "{case}");
    assert_eq!(case["file"], "REG/REG-006.yaml");
}

#[test]
fn list_of_what_is_not_there_selects_nothing() {
    for filter in [&["NO-SUCH-*"][..], &["--group", "NOPE"], &["--tag", "no-such-tag"]] {
        let said = ringtrue(&[&["list"], filter].concat());
        assert_eq!((said.code, said.out.as_str()), (4, ""), "{filter:?}");
        assert!(said.err.contains("nothing selected"), "{}", said.err);
    }
}

#[test]
fn explain_knows_a_case_by_id_by_execution_and_by_path() {
    let by_id = ringtrue(&["explain", "OPT-001"]);
    assert_eq!(by_id.code, 0, "{}", by_id.err);
    assert!(by_id.out.contains("alice -> dut: OPTIONS") && by_id.out.contains("MUST"));
    assert_eq!(ringtrue(&["explain", "scenarios/OPT/OPT-001.yaml"]).out, by_id.out);
    assert_eq!(ringtrue(&["explain", "OPT/OPT-001.yaml"]).out, by_id.out);
    let one = ringtrue(&["explain", "DTMF-001[digit=7]"]);
    assert!(one.out.contains("digit 7") && !one.out.contains("digit 6"), "{}", one.out);
}

#[test]
fn explain_of_an_unknown_case_says_where_to_look() {
    let said = ringtrue(&["explain", "NO-SUCH-001"]);
    assert_eq!((said.code, said.out.as_str()), (64, ""));
    assert!(said.err.contains("`ringtrue list`"), "{}", said.err);
}

#[test]
fn the_schema_has_every_key_that_the_suite_uses() {
    let said = ringtrue(&["schema"]);
    let schema: Value = serde_json::from_str(&said.out).unwrap();
    let known = schema["properties"].as_object().unwrap();
    let project = ringtrue::drive::project::Project::read(&super::root()).unwrap();
    let mut keys = 0;
    for source in project.cases() {
        let top = source.text.lines().filter(|line| !line.starts_with([' ', '#', '-']));
        for key in top.filter_map(|line| line.split_once(':')).map(|(key, _)| key) {
            assert!(known.contains_key(key), "{}: `{key}` is not in the schema", source.path);
            keys += 1;
        }
    }
    assert!(keys > 200, "{keys}");
}

#[test]
fn a_word_that_is_no_command_is_a_usage_error() {
    assert_eq!(ringtrue(&["rnu"]).code, 64);
    assert_eq!(ringtrue(&["--help"]).code, 0);
}
