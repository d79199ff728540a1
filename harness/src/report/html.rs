//! The report as a page that needs no network and no server.
//!
//! The page has the answer, the list of the cases, and the details of those that did not pass. The
//! details of the others lie beside it, a file each, and are loaded when a case is unfolded: a page may
//! not read files beside it, but it may run them, so each is a script that hands over one string.

pub(super) mod badge;
mod bench;
mod case;
mod departure;
mod detail;
mod margin;
mod matrix;
mod media;
mod row;
mod safe;
mod source;

use super::civil::utc;
use super::flake::Tally;
use super::{Counts, Doubt, JudgedRun};
use crate::evidence::record::{Order, RunRecord, Tier};
use crate::requirement::{Catalogue, Strength};
use crate::verdict::Verdict;
use askama::Template;
use badge::Badge;
use bench::BenchView;
use case::CaseView;
use departure::DepartureView;
use detail::Detail;
use margin::MarginView;
use matrix::Matrix;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

/// The page of a run and what lies beside it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The page.
    pub page: String,
    /// The files that belong into the folder [`BESIDE`]: their names and contents.
    pub beside: Vec<(String, String)>,
}

/// The folder beside the page for the details of cases.
pub const BESIDE: &str = "report";

/// The style of what all pages have: colours by day and by night, type, tables, badges, paper.
pub const STYLE: &str = include_str!("templates/base.css");

/// Renders a run. Links lead to the evidence in the folder of the run, whose address relative to the page
/// is `evidence`: empty where the page lies in it, else with a slash at its end.
///
/// # Errors
///
/// Never in practice; those of the templates are passed on.
pub fn render(run: &JudgedRun, catalogue: &Catalogue, evidence: &str) -> askama::Result<Site> {
    let record = &run.record;
    let mut ranked: Vec<_> = run.cases.iter().collect();
    ranked.sort_by_key(|case| Reverse(case.verdict));
    let (mut cases, mut beside, mut room) = (Vec::new(), Vec::new(), ROOM);
    for case in ranked {
        let detail = Detail::new(record, case, catalogue, evidence).render()?;
        let detail = safe::visible(&detail);
        let is_within = case.verdict != Verdict::Pass && detail.len() <= room;
        if is_within {
            room -= detail.len();
            cases.push(CaseView::new(run, case, Some(detail)));
        } else {
            let view = CaseView::new(run, case, None);
            let script = safe::handing_over(&view.anchor, &detail);
            beside.push((format!("{}.js", view.anchor), script));
            cases.push(view);
        }
    }
    let counts = run.counts();
    let flaky = run.tallies().filter(Tally::is_flaky);
    let flaky = flaky.map(|it| (it.execution.to_owned(), it.sentence(record.repeats))).collect();
    let page = Page {
        id: &record.id,
        ringtrue: &record.ringtrue,
        device: &record.device.name,
        policy: safe::policy(SCRIPT),
        style: STYLE,
        script: SCRIPT,
        beside: BESIDE,
        verdict: Badge::new(run.verdict()),
        bars: bars(&counts),
        counts,
        doubts: &run.doubts,
        facts: facts(run),
        departures: DepartureView::all(run),
        explained: departure::explained(run),
        margins: MarginView::thinnest(run),
        matrix: Matrix::new(run, catalogue),
        bench: BenchView::new(run),
        groups: cases.iter().map(|case| case.group).collect(),
        cases: &cases,
        left: [
            ("Flaky", &flaky),
            ("Not applicable", &record.not_applicable),
            ("Not run", &record.not_run),
        ]
        .into_iter()
        .filter(|(_, cases)| !cases.is_empty())
        .collect(),
    }
    .render()?;
    Ok(Site { page: safe::visible(&page), beside })
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    id: &'a str,
    ringtrue: &'a str,
    device: &'a str,
    policy: String,
    style: &'static str,
    script: &'static str,
    beside: &'static str,
    verdict: Badge,
    counts: Counts,
    /// Word, number of cases, and part in per cent of those that ran.
    bars: Vec<(&'static str, usize, String)>,
    doubts: &'a [Doubt],
    facts: Vec<(String, String)>,
    departures: Vec<DepartureView<'a>>,
    /// How many cases did not pass, and how many of these are known departures.
    explained: (usize, usize),
    margins: Vec<MarginView<'a>>,
    matrix: Matrix<'a>,
    bench: BenchView,
    groups: BTreeSet<&'a str>,
    /// The worst verdict first.
    cases: &'a [CaseView<'a>],
    left: Vec<(&'static str, &'a Vec<(String, String)>)>,
}

/// What the head of the page says of the run.
fn facts(run: &JudgedRun) -> Vec<(String, String)> {
    let record = &run.record;
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let device = &record.device;
    fact("Firmware", device.version.clone().unwrap_or_else(|| "it told no version".to_owned()));
    for (file, sum) in &device.firmware {
        fact(&format!("SHA-256 of {file}"), sum.clone());
    }
    if device.firmware.is_empty() {
        let why = "no firmware file: the device's core ran inside ringtrue";
        fact("SHA-256", if record.tier == Tier::Virtual { why } else { "not known" }.to_owned());
    }
    if !device.defects.is_empty() {
        fact("Seeded defects", device.defects.join(", "));
    }
    fact("Tier", tier(record));
    let took: Duration = run.cases.iter().map(|case| case.record.took).sum();
    let took = format!("{:.0} s of cases", took.as_secs_f64());
    fact(
        "Run",
        match record.tier {
            Tier::Virtual => format!("{}, {took} in virtual time", record.id),
            Tier::Host | Tier::Qemu | Tier::Bench => {
                format!("{}, begun {}, {took}", record.id, utc(record.started_unix_ns))
            }
        },
    );
    if !record.parts.is_empty() {
        fact("Merged of", parts(record));
    }
    fact("Harness", format!("ringtrue {}, seed {}", record.ringtrue, record.seed));
    if let Order::Shuffled(seed) = record.order {
        fact("Order", format!("shuffled, order seed {seed}"));
    }
    facts
}

/// What a merged run is made of, and what is missing.
fn parts(record: &RunRecord) -> String {
    let mut words = format!("{} runs, listed under Bench", record.parts.len());
    for shard in &record.extent.missing {
        let _ = write!(words, "; shard {shard} is missing");
    }
    words
}

/// The tier with what it means for what the page says.
fn tier(record: &RunRecord) -> String {
    let what = match record.tier {
        Tier::Virtual => "virtual: the reference device's core, in virtual time",
        Tier::Host => "host: a process on this machine, over real sockets",
        Tier::Qemu => "qemu: the firmware image on a virtual board",
        Tier::Bench => "bench: real hardware",
    };
    match &record.fell_back {
        Some(why) => format!("{what}; a lesser tier than was asked for: {why}"),
        None => what.to_owned(),
    }
}

/// The verdicts that there are, the worst first, each with its part of the cases that ran.
fn bars(counts: &Counts) -> Vec<(&'static str, usize, String)> {
    let Counts { pass, fail, inconclusive, error, none, .. } = *counts;
    let all = [
        ("error", error),
        ("fail", fail),
        ("inconclusive", inconclusive),
        ("none", none),
        ("pass", pass),
    ];
    let whole = crate::check::measure::counted(all.iter().map(|(_, count)| count).sum());
    let part = |count| format!("{:.3}", crate::check::measure::counted(count) / whole * 100.0);
    all.into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| (word, count, part(count)))
        .collect()
}

/// By what a case is named in addresses and ids: its folder without what either could mistake.
fn anchor(folder: &str) -> String {
    let name = folder.strip_prefix("cases/").unwrap_or(folder);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.=,@~".contains(c);
    name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

const fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Must => "MUST",
        Strength::Should => "SHOULD",
        Strength::May => "MAY",
        Strength::Stated => "stated",
        Strength::Profile => "profile",
    }
}

const SCRIPT: &str = include_str!("templates/page.js");
/// So many bytes of details are within the page; it stays far below what a mail takes.
const ROOM: usize = 3_000_000;
