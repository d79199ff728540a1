//! The report against the rules that Jenkins, GitLab and GitHub's readers go by: which element may be
//! where, which attributes it has to have, and which characters XML allows.

use super::*;
use crate::report::Doubt;
use crate::report::tests::example;

/// An element: what it may hold, which attributes it must have, and which it may have besides.
type Rule =
    (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// The rules of the schema of Jenkins' `xUnit` plugin, for the elements that we use.
const RULES: [Rule; 9] = [
    (
        "testsuites",
        &["testsuite"],
        &[],
        &["name", "time", "tests", "failures", "errors", "disabled"],
    ),
    (
        "testsuite",
        &["properties", "testcase"],
        &["name", "tests", "failures", "errors"],
        &["time", "skipped", "timestamp", "hostname", "id", "package"],
    ),
    ("properties", &["property"], &[], &[]),
    ("property", &[], &["name", "value"], &[]),
    ("testcase", &["skipped", "error", "failure"], &["name", "classname"], &["time", "group"]),
    ("skipped", &[], &[], &["message", "type"]),
    ("error", &[], &["type"], &["message"]),
    ("failure", &[], &["type"], &["message"]),
    ("?xml", &[], &["version", "encoding"], &[]),
];

/// A start tag: its name and the names and values of its attributes.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

fn tag(text: &str) -> Tag<'_> {
    let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut attributes = Vec::new();
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value has its end");
        attributes.push((key.trim(), value));
        rest = after;
    }
    assert!(rest.trim_matches(['?', ' ']).is_empty(), "`{rest}` is no attribute");
    Tag { name, attributes }
}

/// What is wrong with a report.
fn complaints(xml: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let allowed = |c: char| {
        matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}')
    };
    found.extend(xml.chars().filter(|c| !allowed(*c)).map(|c| format!("the character {c:?}")));
    for piece in xml.split('<').skip(1) {
        let (inside, after) = piece.split_once('>').expect("a tag has its end");
        if after
            .replace("&amp;", "")
            .replace("&lt;", "")
            .replace("&gt;", "")
            .replace("&quot;", "")
            .replace("&apos;", "")
            .contains('&')
        {
            found.push(format!("a bare ampersand after {inside}"));
        }
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let Tag { name, attributes } = tag(inside.trim_end_matches('/'));
        let Some((_, _, required, optional)) = RULES.iter().find(|rule| rule.0 == name) else {
            found.push(format!("the element {name}"));
            continue;
        };
        if let Some(outer) = open.last() {
            let rule = RULES.iter().find(|rule| rule.0 == *outer).unwrap();
            if !rule.1.contains(&name) {
                found.push(format!("{name} in {outer}"));
            }
        }
        let has = |key: &str| attributes.iter().any(|(own, _)| *own == key);
        found.extend(
            required.iter().filter(|key| !has(key)).map(|key| format!("{name} without {key}")),
        );
        let known = |key: &str| required.contains(&key) || optional.contains(&key);
        found.extend(
            attributes
                .iter()
                .filter(|(key, _)| !known(key))
                .map(|(key, _)| format!("{name} with {key}")),
        );
        if !inside.ends_with(['/', '?']) {
            open.push(name);
        }
    }
    found
}

#[test]
fn the_report_keeps_to_the_schema() {
    let mut run = example();
    assert_eq!(complaints(&render(&run).unwrap()), [""; 0]);
    // Words of a device with everything that XML does not allow or that has a meaning in it.
    let words = "\u{0}\u{8}\u{1b}[31m\"quoted\" <a> & ]]> \u{ffff} Grüße";
    run.cases[1].findings[0].text = words.to_owned();
    run.cases[1].program.case.title = words.to_owned();
    run.record.device.name = words.to_owned();
    run.record.not_run.push(("X-001".to_owned(), words.to_owned()));
    run.doubts.push(Doubt { text: words.to_owned(), at_best: Verdict::Error });
    let xml = render(&run).unwrap();
    assert_eq!(complaints(&xml), [""; 0]);
    assert!(xml.contains("Grüße") && xml.contains("&lt;a&gt;"), "{xml}");
}

#[test]
fn the_rules_find_what_breaks_them() {
    for (xml, expected) in [
        (
            "<testsuites><testcase name=\"a\" classname=\"b\"/></testsuites>",
            "testcase in testsuites",
        ),
        ("<property name=\"a\"/>", "property without value"),
        ("<property name=\"a\" value=\"b\" type=\"c\"/>", "property with type"),
        ("<properties>\u{1}</properties>", "the character '\\u{1}'"),
        ("<properties>a & b</properties>", "a bare ampersand after properties"),
    ] {
        assert_eq!(complaints(xml), [expected]);
    }
}

#[test]
fn a_flaky_execution_is_told_apart() {
    let mut run = example();
    let mut again = run.cases[1].clone();
    again.record.repeat = 2;
    again.verdict = Verdict::Pass;
    run.cases.push(again);
    let xml = render(&run).unwrap();
    assert_eq!(complaints(&xml), [""; 0]);
    assert_eq!(xml.matches("type=\"flaky\"").count(), 1, "{xml}");
    assert!(xml.contains("message=\"flaky, 1 fail, 1 pass of 2 runs"), "{xml}");
    assert!(!render(&example()).unwrap().contains("flaky"));
}
