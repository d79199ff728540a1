//! `JUnit` XML, for the test view of a CI system.
//!
//! A suite is a folder of scenarios, a test case an execution. `JUnit` has no inconclusive verdict, and
//! a skipped test passes unseen in every CI system; so an inconclusive case is an `<error>` of type
//! `inconclusive`: the build goes red, and the message says that the device was not found at fault.
//! Cases that the device's PICS excludes, and cases that did not run, are `<skipped>`. Doubts about the
//! evidence are an `<error>` of their own.

use super::{JudgedCase, JudgedRun};
use crate::verdict::Verdict;
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The report.
///
/// # Errors
///
/// Never in practice; those of the XML writer are passed on.
pub fn render(run: &JudgedRun) -> Result<String, SerializeError> {
    let record = &run.record;
    let mut report = Report::new(format!("ringtrue {}", record.id));
    let took = run.cases.iter().map(|case| case.record.took).sum();
    report.set_time(took);
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for case in &run.cases {
        let group = group(&case.record.scenario);
        let suite = suites.entry(group).or_insert_with(|| suite(run, group));
        suite.time = Some(suite.time.unwrap_or_default() + case.record.took);
        suite.add_test_case(test_case(case, group));
    }
    let left = [("not applicable", &record.not_applicable), ("not run", &record.not_run)];
    for (kind, cases) in left.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        let suite = suites.entry(kind).or_insert_with(|| suite(run, kind));
        for (id, reason) in cases {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{kind}: {reason}")).set_type(kind);
            let mut test = TestCase::new(id.as_str(), status);
            test.set_classname(kind);
            suite.add_test_case(test);
        }
    }
    if !run.doubts.is_empty() {
        let suite = suites.entry(EVIDENCE).or_insert_with(|| suite(run, EVIDENCE));
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("the evidence may not be what the run wrote").set_type("doubt");
        status.set_description(
            run.doubts.iter().map(|doubt| doubt.text.as_str()).collect::<Vec<_>>().join("\n"),
        );
        suite.add_test_case(TestCase::new(EVIDENCE, status));
    }
    report.add_test_suites(suites.into_values());
    report.to_string()
}

fn suite(run: &JudgedRun, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(name);
    let device = &run.record.device;
    suite.add_property(("tier", run.record.tier.name()));
    suite.add_property(("device", device.name.as_str()));
    for (file, sum) in &device.firmware {
        suite.add_property((format!("firmware {file} sha256"), sum.clone()));
    }
    suite
}

fn test_case(case: &JudgedCase, group: &str) -> TestCase {
    let title = &case.program.case.title;
    let kind = match case.verdict {
        Verdict::Pass => None,
        Verdict::Fail => Some(NonSuccessKind::Failure),
        Verdict::None | Verdict::Inconclusive | Verdict::Error => Some(NonSuccessKind::Error),
    };
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(case.verdict.to_string());
        let sentence = case.sentence().unwrap_or_default();
        let message = match case.verdict {
            Verdict::Inconclusive => format!("inconclusive, no fault found: {sentence}"),
            Verdict::None | Verdict::Error => format!("no verdict on the device: {sentence}"),
            Verdict::Pass | Verdict::Fail => sentence,
        };
        status.set_message(message).set_description(description(case));
        status
    });
    let mut test = TestCase::new(format!("{}: {title}", case.record.label()), status);
    test.set_classname(format!("{group}.{}", case.program.case.id).replace('/', "."));
    test.set_time(case.record.took);
    test.set_assertions(case.findings.len());
    test.add_property(("evidence", case.record.folder.as_str()));
    test
}

/// Every finding that is not a pass, with its requirement, its place and its evidence.
fn description(case: &JudgedCase) -> String {
    let mut text = String::new();
    for finding in &case.findings {
        if finding.verdict == Verdict::Pass {
            continue;
        }
        let place = case.claim(finding).map(|claim| {
            let (file, line) = case.place(claim);
            format!(" at {file}:{line} `{}`", claim.text)
        });
        let (verdict, requirement) = (finding.verdict, &finding.requirement);
        let place = place.unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{verdict} {requirement}: {}{place}", finding.text);
    }
    text
}

/// The folders of a scenario below `scenarios`.
fn group(scenario: &str) -> &str {
    scenario.rsplit_once('/').map_or("scenarios", |(folders, _)| folders)
}

const EVIDENCE: &str = "evidence";
