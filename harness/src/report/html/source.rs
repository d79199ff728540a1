//! The text of a scenario on the page, with findings below the lines that they belong to.

use super::badge::Badge;
use crate::check::claim::Finding;
use crate::evidence::step::StepId;
use crate::evidence::timeline::Seen;
use crate::report::ladder::{Ladder, millis};
use crate::report::{JudgedCase, file_of};
use crate::scenario::program::{Step, StepKind};
use crate::time::Tick;
use std::collections::BTreeMap;

/// A file, ready for the template.
pub(super) struct SourceView<'a> {
    pub(super) file: &'a str,
    pub(super) lines: Vec<LineView<'a>>,
}

/// A line of it.
pub(super) struct LineView<'a> {
    pub(super) number: usize,
    pub(super) text: &'a str,
    /// How the step on it went, if one is on it.
    pub(super) status: String,
    pub(super) findings: Vec<FindingView<'a>>,
}

/// A finding in its place.
pub(super) struct FindingView<'a> {
    pub(super) verdict: Badge,
    pub(super) requirement: &'a str,
    pub(super) text: &'a str,
    /// The row of the ladder that has the entry, and the entry.
    pub(super) evidence: Vec<(u32, u32)>,
}

impl<'a> SourceView<'a> {
    /// Every source of a case, and the findings whose line is in none of them.
    pub(super) fn all(case: &'a JudgedCase, ladder: &Ladder) -> (Vec<Self>, Vec<FindingView<'a>>) {
        let statuses = statuses(case);
        let mut placed: BTreeMap<(&str, usize), Vec<FindingView<'a>>> = BTreeMap::new();
        let mut elsewhere = Vec::new();
        for finding in &case.findings {
            let view = FindingView::new(finding, ladder);
            match case.claim(finding).map(|claim| case.place(claim)) {
                Some(place) => placed.entry(place).or_default().push(view),
                None => elsewhere.push(view),
            }
        }
        let mut sources = Vec::new();
        for source in &case.sources {
            let lines = source.text.lines().zip(1..).map(|(text, number)| LineView {
                number,
                text,
                status: statuses.get(&(source.file.as_str(), number)).cloned().unwrap_or_default(),
                findings: placed.remove(&(source.file.as_str(), number)).unwrap_or_default(),
            });
            sources.push(Self { file: &source.file, lines: lines.collect() });
        }
        elsewhere.extend(placed.into_values().flatten());
        (sources, elsewhere)
    }
}

impl<'a> FindingView<'a> {
    fn new(finding: &'a Finding, ladder: &Ladder) -> Self {
        let row_of = |seq| ladder.rows.iter().find(|row| row.entries.contains(&seq));
        let link = |seq| Some((row_of(seq)?.entries.first()?.0, seq.0));
        Self {
            verdict: Badge::new(finding.verdict),
            requirement: finding.requirement.as_str(),
            text: &finding.text,
            evidence: finding.evidence.iter().take(LINKS).filter_map(|seq| link(*seq)).collect(),
        }
    }
}

/// How the step of each line went.
fn statuses(case: &JudgedCase) -> BTreeMap<(&str, usize), String> {
    let mut outcome: BTreeMap<StepId, String> = BTreeMap::new();
    let at = |tick: Tick| millis(case.since_it_began(tick));
    for entry in case.timeline.entries() {
        let (step, text) = match &entry.seen {
            Seen::Reached(step) => (step, format!("begun at {} ms", at(entry.at))),
            Seen::Met(step, by) => {
                let by = by.and_then(|seq| case.timeline.get(seq)).unwrap_or(entry);
                (step, format!("✓ {} ms", at(by.at)))
            }
            Seen::Skipped(step) => (step, "passed over".to_owned()),
            Seen::Unmet(step, _) => (step, format!("✗ unmet at {} ms", at(entry.at))),
            Seen::Sent(_)
            | Seen::Received(_)
            | Seen::Wrote(_)
            | Seen::Line(_)
            | Seen::Bench(_)
            | Seen::Unreachable(..)
            | Seen::Died(_)
            | Seen::Opened { .. }
            | Seen::Closed { .. }
            | Seen::Stall(_)
            | Seen::Network(_)
            | Seen::Impaired(_)
            | Seen::Fault(_) => continue,
        };
        outcome.insert(*step, text);
    }
    let mut lines = Vec::new();
    gather(&case.program.steps, &mut lines);
    let mut statuses = BTreeMap::new();
    for (step, line) in lines {
        let file = file_of(&case.program.steps, step).unwrap_or(&case.record.scenario);
        let text = outcome.get(&step).cloned().unwrap_or_else(|| "not reached".to_owned());
        statuses.insert((file, line), text);
    }
    statuses
}

/// Every step with its line, those of branches and media included.
fn gather(steps: &[Step], lines: &mut Vec<(StepId, usize)>) {
    for step in steps {
        lines.push((step.id, step.line));
        match &step.kind {
            StepKind::Media(media) => lines.extend(media.iter().map(|line| (line.id, line.line))),
            StepKind::AnyOf { branches, .. } => {
                for branch in branches {
                    gather(branch, lines);
                }
            }
            StepKind::Unordered { steps, .. } => gather(steps, lines),
            StepKind::Send(_)
            | StepKind::Await(_)
            | StepKind::Do { .. }
            | StepKind::AwaitEvent { .. }
            | StepKind::Register { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Hold(_)
            | StepKind::NoneOf { .. } => {}
        }
    }
}

/// More links than this say no more.
const LINKS: usize = 12;
