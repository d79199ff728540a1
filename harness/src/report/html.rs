//! The report as one HTML page that needs nothing beside it, least of all a network.

pub(super) mod badge;
mod bench;
mod case;
mod row;
mod source;

use super::civil::utc;
use super::flake::Tally;
use super::{Counts, Doubt, JudgedRun};
use crate::evidence::record::{Order, RunRecord};
use crate::requirement::Catalogue;
use crate::verdict::Verdict;
use askama::Template;
use badge::Badge;
use bench::BenchView;
use case::CaseView;
use std::cmp::Reverse;

/// The page. Links lead to the evidence in the folder of the run, whose address relative to the page
/// is `evidence`: empty where the page lies in it, else with a slash at its end.
///
/// # Errors
///
/// Never in practice; those of the template are passed on.
pub fn render(run: &JudgedRun, catalogue: &Catalogue, evidence: &str) -> askama::Result<String> {
    let record = &run.record;
    let cases = run.cases.iter().enumerate();
    let cases: Vec<CaseView<'_>> =
        cases.map(|(index, case)| CaseView::new(index, case, catalogue, evidence)).collect();
    let mut ranked: Vec<(Reverse<Verdict>, &CaseView<'_>)> =
        run.cases.iter().map(|case| Reverse(case.verdict)).zip(&cases).collect();
    ranked.sort_by_key(|(verdict, _)| *verdict);
    let flaky = run.tallies().filter(Tally::is_flaky);
    let flaky = flaky.map(|it| (it.execution.to_owned(), it.sentence(record.repeats))).collect();
    let errata = run.errata.iter();
    let errata = errata.map(|it| (it.erratum.what().to_owned(), it.sentence())).collect();
    Page {
        id: &record.id,
        ringtrue: &record.ringtrue,
        device: &record.device.name,
        verdict: Badge::new(run.verdict()),
        counts: run.counts(),
        doubts: &run.doubts,
        facts: facts(record),
        ranked: ranked.into_iter().map(|(_, case)| case).collect(),
        cases: &cases,
        bench: BenchView::new(run),
        left: [
            ("Flaky", &flaky),
            ("Known departures", &errata),
            ("Not applicable", &record.not_applicable),
            ("Not run", &record.not_run),
        ]
        .into_iter()
        .filter(|(_, cases)| !cases.is_empty())
        .collect(),
    }
    .render()
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    id: &'a str,
    ringtrue: &'a str,
    device: &'a str,
    verdict: Badge,
    counts: Counts,
    doubts: &'a [Doubt],
    facts: Vec<(String, String)>,
    /// The cases, the worst verdict first.
    ranked: Vec<&'a CaseView<'a>>,
    cases: &'a [CaseView<'a>],
    bench: BenchView,
    left: Vec<(&'static str, &'a Vec<(String, String)>)>,
}

/// What the head of the page says of the run.
fn facts(record: &RunRecord) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let device = &record.device;
    if let Some(version) = &device.version {
        fact("Firmware", version.clone());
    }
    for (file, sum) in &device.firmware {
        fact(&format!("SHA-256 of {file}"), sum.clone());
    }
    if !device.defects.is_empty() {
        fact("Seeded defects", device.defects.join(", "));
    }
    let tier = record.tier.name();
    fact(
        "Tier",
        match &record.fell_back {
            Some(why) => format!("{tier}, a lesser one than was asked for: {why}"),
            None => tier.to_owned(),
        },
    );
    fact("Run", format!("{}, begun {}", record.id, utc(record.started_unix_ns)));
    fact("Harness", format!("ringtrue {}, seed {}", record.ringtrue, record.seed));
    if let Order::Shuffled(seed) = record.order {
        fact("Order", format!("shuffled, order seed {seed}"));
    }
    facts
}
