//! Everything that a case saw on one axis of time: a lane for the steps, for each role's signalling and
//! media, for what the device told, the console and the bench.

use super::JudgedCase;
use super::ladder::{Ladder, Shape};
use crate::evidence::console::printable;
use crate::evidence::point::RolePoint;
use crate::evidence::step::StepId;
use crate::evidence::timeline::{Seen, Seq};
use crate::verdict::Verdict;
use std::collections::BTreeMap;
use std::time::Duration;

/// The lanes of a case, and how long the axis is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tracks {
    /// From the first stamp of the case to the last.
    pub(super) span: Duration,
    /// Those in which there is something.
    pub(super) lanes: Vec<Lane>,
}

/// What belongs together, over time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) marks: Vec<Mark>,
}

/// An instant or a span.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Since the case began.
    pub(super) from: Duration,
    /// When it was over, where it lasted.
    pub(super) until: Option<Duration>,
    pub(super) kind: MarkKind,
    pub(super) words: String,
    /// The row of the ladder that tells more, by its first entry.
    pub(super) row: Option<Seq>,
}

/// What a mark is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum MarkKind {
    /// To the device, or from one of our ends to another.
    Sent,
    /// From the device.
    Received,
    /// A step that came to its end.
    Step,
    /// A step that was not met.
    Unmet,
    /// What a finding that is no pass rests on.
    Cited(Verdict),
    /// What the device told, or did.
    Told,
    /// What the test system or the bench did.
    Done,
}

impl Tracks {
    /// The lanes of a judged case.
    pub(super) fn new(case: &JudgedCase, ladder: &Ladder) -> Self {
        let mut lanes = vec![steps(case, ladder), findings(case, ladder)];
        lanes.extend(links(case, ladder));
        lanes.extend([told(case), console(case, ladder), bench(case, ladder)]);
        lanes.retain(|lane| !lane.marks.is_empty());
        let last = case.timeline.entries().iter().map(|entry| entry.at).max();
        let span = last.map_or(Duration::ZERO, |last| case.since_it_began(last));
        Self { span, lanes }
    }
}

impl Lane {
    fn new(name: &str, marks: Vec<Mark>) -> Self {
        Self { name: name.to_owned(), marks }
    }
}

fn steps(case: &JudgedCase, ladder: &Ladder) -> Lane {
    let mut begun: BTreeMap<StepId, Duration> = BTreeMap::new();
    let mut marks = Vec::new();
    for entry in case.timeline.entries() {
        let at = case.since_it_began(entry.at);
        let (step, kind, words, by) = if let Seen::Reached(step) = &entry.seen {
            begun.insert(*step, at);
            continue;
        } else if let Seen::Met(step, by) = &entry.seen {
            (*step, MarkKind::Step, String::new(), *by)
        } else if let Seen::Unmet(step, why) = &entry.seen {
            (*step, MarkKind::Unmet, format!(": unmet, {why}"), Some(entry.seq))
        } else {
            continue;
        };
        // What met it may have come before it was waited for.
        let stamp = by.and_then(|by| case.timeline.get(by)).unwrap_or(entry).at;
        let end = case.since_it_began(stamp);
        let from = begun.get(&step).copied().unwrap_or(end).min(end);
        let words = format!("{}{words}", case.step_text(step));
        let row = by.and_then(|by| ladder.row_of(by));
        marks.push(Mark { from, until: Some(end), kind, words, row });
    }
    marks.sort_by_key(|mark| mark.from);
    Lane::new("steps", marks)
}

fn findings(case: &JudgedCase, ladder: &Ladder) -> Lane {
    let mut marks = Vec::new();
    for finding in case.findings.iter().filter(|finding| finding.verdict > Verdict::Pass) {
        // Where a figure rests on a whole stream, its first and its last entry show which.
        let ends: Vec<Seq> = match *finding.evidence.as_slice() {
            [first, .., last] if finding.evidence.len() > FEW => vec![first, last],
            _ => finding.evidence.clone(),
        };
        for seq in ends {
            let Some(entry) = case.timeline.get(seq) else { continue };
            marks.push(Mark {
                from: case.since_it_began(entry.at),
                until: None,
                kind: MarkKind::Cited(finding.verdict),
                words: format!("{} {}: {}", finding.verdict, finding.requirement, finding.text),
                row: ladder.row_of(seq),
            });
        }
    }
    Lane::new("findings", marks)
}

/// Two lanes a role: what passed its signalling socket, and what passed those of its media.
fn links(case: &JudgedCase, ladder: &Ladder) -> Vec<Lane> {
    let dut = ladder.columns.len().saturating_sub(1);
    let mut lanes: BTreeMap<(u16, bool), Vec<Mark>> = BTreeMap::new();
    for row in &ladder.rows {
        let (from, until) = match row.shape {
            Shape::Arrow { from, .. } => (from, None),
            Shape::Flow { from, until, .. } => (from, Some(case.since_it_began(until))),
            Shape::Wrote | Shape::Line | Shape::Bench | Shape::Unmet(_) => continue,
        };
        let first = row.entries.first().and_then(|seq| case.timeline.get(*seq));
        let Some((role, kind)) = first.and_then(|entry| entry.pco.role()) else { continue };
        lanes.entry((role, kind != RolePoint::Sip)).or_default().push(Mark {
            from: case.since_it_began(row.at),
            until,
            kind: if from == dut { MarkKind::Received } else { MarkKind::Sent },
            words: row.label.clone(),
            row: row.entries.first().copied(),
        });
    }
    lanes
        .into_iter()
        .map(|((role, is_media), marks)| {
            let name = ladder.columns.get(usize::from(role)).map_or("?", String::as_str);
            Lane::new(&format!("{name} {}", if is_media { "RTP" } else { "SIP" }), marks)
        })
        .collect()
}

fn told(case: &JudgedCase) -> Lane {
    let marks = case.told.iter().filter_map(|(seq, event)| {
        let at = case.since_it_began(case.timeline.get(*seq)?.at);
        let words = printable(&event.to_string());
        Some(Mark { from: at, until: None, kind: MarkKind::Told, words, row: Some(*seq) })
    });
    Lane::new("device tells", marks.collect())
}

fn console(case: &JudgedCase, ladder: &Ladder) -> Lane {
    let marks = ladder.rows.iter().filter_map(|row| {
        let kind = match row.shape {
            Shape::Wrote => MarkKind::Sent,
            Shape::Line => MarkKind::Received,
            Shape::Bench | Shape::Arrow { .. } | Shape::Flow { .. } | Shape::Unmet(_) => {
                return None;
            }
        };
        let from = case.since_it_began(row.at);
        let (words, row) = (row.label.clone(), row.entries.first().copied());
        Some(Mark { from, until: None, kind, words, row })
    });
    Lane::new("console", marks.collect())
}

fn bench(case: &JudgedCase, ladder: &Ladder) -> Lane {
    let rows = ladder.rows.iter().filter(|row| row.shape == Shape::Bench);
    let marks = rows.map(|row| Mark {
        from: case.since_it_began(row.at),
        until: None,
        kind: MarkKind::Done,
        words: row.label.clone(),
        row: row.entries.first().copied(),
    });
    Lane::new("bench", marks.collect())
}

/// So many entries of a finding are marked one by one.
const FEW: usize = 8;

#[cfg(test)]
mod tests {
    use super::super::tests::example;
    use super::*;
    use std::fmt::Write as _;

    fn drawn(case: &JudgedCase) -> String {
        let tracks = Tracks::new(case, &Ladder::new(case));
        let ms = |span: Duration| span.as_secs_f64() * 1e3;
        let mut text = format!("{:.1} ms\n", ms(tracks.span));
        for lane in &tracks.lanes {
            for mark in &lane.marks {
                let until =
                    mark.until.map_or_else(String::new, |until| format!("–{:.1}", ms(until)));
                let row = mark.row.map_or_else(String::new, |row| format!(" [{}]", row.0));
                let Mark { from, kind, words, .. } = mark;
                writeln!(text, "{}: {:.1}{until} {kind:?} {words}{row}", lane.name, ms(*from))
                    .unwrap();
            }
        }
        text
    }

    #[test]
    fn a_call_is_on_one_axis() {
        insta::assert_snapshot!(drawn(&example().cases[0]));
    }

    #[test]
    fn a_request_that_fails_is_on_one_axis() {
        insta::assert_snapshot!(drawn(&example().cases[1]));
    }
}
