//! `JUnit` XML, for the test view of a CI system.
//!
//! A suite is a folder of scenarios, a test case an execution. `JUnit` has no inconclusive verdict, and
//! a skipped test passes unseen in every CI system; so an inconclusive case is an `<error>` of type
//! `inconclusive`: the build goes red, and the message says that the device was not found at fault.
//! Cases that the device's PICS excludes, and cases that did not run, are `<skipped>`. Doubts about the
//! evidence are an `<error>` of their own. Of an execution that ran more than once and did not always come
//! to the same, every run that is not a pass has the type `flaky`, and tells the flake rate.
//!
//! Figures are properties: what was held against limits, and the streams that arrived. The schema of Jenkins'
//! `xUnit` plugin has properties in a suite and none in a test case, so they stand there, each with the
//! name of its case before its own.

use super::stream::Stream;
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
    let tallies: BTreeMap<_, _> = run.tallies().map(|tally| (tally.execution, tally)).collect();
    for case in &run.cases {
        let tally = tallies.get(case.record.execution.as_str()).filter(|tally| tally.is_flaky());
        let flaky = tally.map(|tally| tally.sentence(record.repeats));
        let group = group(&case.record.scenario);
        let suite = suites.entry(group).or_insert_with(|| suite(run, group));
        suite.time = Some(suite.time.unwrap_or_default() + case.record.took);
        suite.add_test_case(test_case(case, group, flaky.as_deref()));
        let label = case.record.label();
        for (name, value) in figures(case) {
            suite.add_property((format!("{label} {name}"), value));
        }
        if let Some(flaky) = flaky {
            suite.add_property((format!("{label} flaky"), flaky));
        }
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
        let mut test = TestCase::new(EVIDENCE, status);
        test.set_classname(EVIDENCE);
        suite.add_test_case(test);
    }
    report.add_test_suites(suites.into_values());
    // The writer takes out what XML does not allow, but for these two.
    let xml = report.to_string()?.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    Ok(without_sum_of_skipped(&xml))
}

/// The writer puts the number of skipped cases into the outermost element too, where the schema has none.
fn without_sum_of_skipped(xml: &str) -> String {
    let Some((head, rest)) = xml.split_once(" skipped=\"") else { return xml.to_owned() };
    let Some((_, rest)) = rest.split_once('"') else { return xml.to_owned() };
    format!("{head}{rest}")
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

fn test_case(case: &JudgedCase, group: &str, flaky: Option<&str>) -> TestCase {
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
        let message = match flaky {
            Some(flaky) => {
                status.set_type("flaky");
                format!("flaky, {flaky}: {message}")
            }
            None => message,
        };
        status.set_message(message).set_description(description(case));
        status
    });
    let mut test = TestCase::new(format!("{}: {title}", case.record.label()), status);
    test.set_classname(format!("{group}.{}", case.program.case.id).replace('/', "."));
    test.set_time(case.record.took);
    test
}

/// Where the evidence is, and what was measured: the quantities that were held against limits, then those of each stream.
fn figures(case: &JudgedCase) -> Vec<(String, String)> {
    let mut figures = vec![("evidence".to_owned(), case.record.folder.clone())];
    for finding in &case.findings {
        for margin in &finding.margins {
            let name = format!("{} {}", finding.requirement, margin.figure);
            figures.push((name, margin.measured.to_string()));
        }
    }
    for stream in Stream::received(case) {
        let name = |what: &str| format!("{} {:08x} {what}", stream.point, stream.ssrc);
        let ms = |value: f64| format!("{value} ± {} ms", stream.uncertainty_ms);
        figures.extend([
            (name("packets"), stream.packets.to_string()),
            (name("lost"), stream.lost.to_string()),
            (name("jitter max"), ms(stream.jitter_ms.max)),
            (name("interarrival p99"), ms(stream.interarrival_ms.p99)),
        ]);
    }
    figures
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

#[cfg(test)]
mod tests;
