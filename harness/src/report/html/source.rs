//! The text of a scenario on the page, with findings below the lines that they belong to.

use super::badge::Badge;
use super::margin::words;
use crate::check::claim::Finding;
use crate::check::margin::Margin;
use crate::evidence::step::StepId;
use crate::evidence::timeline::{Seen, Seq};
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
    pub(super) evidence: Vec<EvidenceView>,
    /// How many more entries it rests on.
    pub(super) more: usize,
    /// What was held against limits: the figure, what it is, and the limits.
    pub(super) margins: Vec<(&'a str, String, String)>,
}

/// An entry that a finding rests on.
pub(super) struct EvidenceView {
    /// Its number.
    pub(super) entry: u32,
    /// The row of the ladder that has it, by its first entry.
    pub(super) row: u32,
    /// When, and what the row shows.
    pub(super) words: String,
}

impl<'a> SourceView<'a> {
    /// Every source of a case, and the findings whose line is in none of them.
    pub(super) fn all(case: &'a JudgedCase, ladder: &Ladder) -> (Vec<Self>, Vec<FindingView<'a>>) {
        let statuses = statuses(case);
        let mut placed: BTreeMap<(&str, usize), Vec<FindingView<'a>>> = BTreeMap::new();
        let mut elsewhere = Vec::new();
        for finding in &case.findings {
            let view = FindingView::new(case, finding, ladder);
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
    pub(super) fn new(case: &JudgedCase, finding: &'a Finding, ladder: &Ladder) -> Self {
        let link = |seq: Seq| {
            let row = ladder.row(seq)?;
            let at = millis(case.since_it_began(case.timeline.get(seq)?.at));
            let words = format!("{at} ms {}", row.label);
            Some(EvidenceView { entry: seq.0, row: row.entries.first()?.0, words })
        };
        // Of a whole stream the first and the last entry say which.
        let shown: Vec<Seq> = match *finding.evidence.as_slice() {
            [first, .., last] if finding.evidence.len() > LINKS => vec![first, last],
            _ => finding.evidence.clone(),
        };
        let evidence: Vec<_> = shown.iter().filter_map(|seq| link(*seq)).collect();
        let margin = |it: &'a Margin| (it.figure.as_str(), it.measured.to_string(), words(it));
        // What the text says already is not said twice.
        let is_told = |it: &&Margin| finding.text.contains(&it.measured.to_string());
        Self {
            verdict: Badge::new(finding.verdict),
            requirement: finding.requirement.as_str(),
            text: &finding.text,
            more: finding.evidence.len() - shown.len(),
            margins: finding.margins.iter().filter(|it| !is_told(it)).map(margin).collect(),
            evidence,
        }
    }
}

/// How the step of each line went.
fn statuses(case: &JudgedCase) -> BTreeMap<(&str, usize), String> {
    let mut outcome: BTreeMap<StepId, String> = BTreeMap::new();
    let at = |tick: Tick| millis(case.since_it_began(tick));
    for entry in case.timeline.entries() {
        let (step, text) = if let Seen::Reached(step) = &entry.seen {
            (step, format!("begun at {} ms", at(entry.at)))
        } else if let Seen::Met(step, by) = &entry.seen {
            let by = by.and_then(|seq| case.timeline.get(seq)).unwrap_or(entry);
            (step, format!("✓ {} ms", at(by.at)))
        } else if let Seen::Skipped(step) = &entry.seen {
            (step, "passed over".to_owned())
        } else if let Seen::Unmet(step, _) = &entry.seen {
            (step, format!("✗ unmet at {} ms", at(entry.at)))
        } else {
            continue;
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
const LINKS: usize = 6;
