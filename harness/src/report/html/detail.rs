//! What a case shows when it is unfolded.

use super::badge::Badge;
use super::media::{HeardView, TimingView};
use super::row::RowView;
use super::source::{FindingView, SourceView};
use super::{anchor, strength};
use crate::evidence::extent::{Extent, HERE};
use crate::evidence::point::{RolePoint, StampClock};
use crate::evidence::record::{RunRecord, Tier};
use crate::evidence::wav;
use crate::report::JudgedCase;
use crate::report::bandwidth::Bandwidth;
use crate::report::ladder::Ladder;
use crate::report::plot::{LEFT, RIGHT, WIDTH};
use crate::report::tracks::{Mark, MarkKind, Tracks};
use crate::requirement::{Catalogue, RequirementId};
use askama::Template;
use std::time::Duration;

#[derive(Template)]
#[template(path = "detail.html")]
pub(super) struct Detail<'a> {
    anchor: String,
    purpose: &'a str,
    requirements: Vec<RequirementView<'a>>,
    axis: AxisView,
    /// What the second clock of the ladder shows.
    clock: &'static str,
    columns: Vec<String>,
    rows: Vec<RowView>,
    /// What the descriptions agree on, and what it takes.
    agreed: Vec<Bandwidth>,
    heard: Vec<HeardView>,
    timings: Vec<TimingView>,
    sources: Vec<SourceView<'a>>,
    /// Findings whose line is in none of the sources.
    elsewhere: Vec<FindingView<'a>>,
    again: String,
    points: Vec<PointView<'a>>,
    /// Address relative to the page, and name.
    files: Vec<(String, String)>,
}

/// A requirement that the case stands for, and what was found of it.
struct RequirementView<'a> {
    id: &'a str,
    strength: &'static str,
    /// Empty where the catalogue does not have it.
    text: &'a str,
    verdict: Badge,
    findings: Vec<FindingView<'a>>,
}

/// The lanes on the axis of time, ready to be drawn.
struct AxisView {
    /// How long the axis is, in seconds.
    span: String,
    width: u32,
    height: u32,
    left: u32,
    right: u32,
    ticks: Vec<(String, String)>,
    lanes: Vec<LaneView>,
}

struct LaneView {
    name: String,
    /// The middle, from above.
    y: u32,
    marks: Vec<MarkView>,
}

struct MarkView {
    class: &'static str,
    x: String,
    width: String,
    y: u32,
    height: u32,
    /// What it is, and when.
    words: String,
    /// The first entry of the row of the ladder that tells more.
    row: Option<u32>,
}

/// A point of control and observation.
struct PointView<'a> {
    name: &'a str,
    address: String,
    clock: &'static str,
    uncertainty: String,
}

impl<'a> Detail<'a> {
    /// The details of a case of a run, whose evidence is at an address relative to the page.
    pub(super) fn new(
        run: &RunRecord,
        case: &'a JudgedCase,
        catalogue: &'a Catalogue,
        evidence: &str,
    ) -> Self {
        let ladder = Ladder::new(case);
        let (sources, elsewhere) = SourceView::all(case, &ladder);
        let folder = format!("{evidence}{}/", encoded(&case.record.folder));
        Self {
            anchor: anchor(&case.record.folder),
            purpose: case.program.case.purpose.trim(),
            requirements: requirements(case, catalogue, &ladder),
            axis: AxisView::new(&Tracks::new(case, &ladder)),
            clock: if run.tier == Tier::Virtual { "virtual clock" } else { "UTC" },
            rows: ladder.rows.iter().map(|row| RowView::new(case, &ladder, row)).collect(),
            columns: ladder.columns,
            agreed: case.agreed(),
            heard: HeardView::all(case, &folder),
            timings: TimingView::all(case),
            sources,
            elsewhere,
            again: again(run, case),
            points: points(case),
            files: files(case, &folder),
        }
    }
}

fn requirements<'a>(
    case: &'a JudgedCase,
    catalogue: &'a Catalogue,
    ladder: &Ladder,
) -> Vec<RequirementView<'a>> {
    let view = |id: &'a RequirementId| {
        let sentence = catalogue.get(id);
        let about = case.findings.iter().filter(|finding| finding.requirement == *id);
        RequirementView {
            id: id.as_str(),
            strength: sentence.map_or("", |sentence| strength(sentence.strength)),
            text: sentence.map_or("", |sentence| sentence.text.as_str()),
            verdict: Badge::new(case.verdict_of(id)),
            findings: about.map(|finding| FindingView::new(case, finding, ladder)).collect(),
        }
    };
    case.requirements().into_iter().map(view).collect()
}

impl AxisView {
    fn new(tracks: &Tracks) -> Self {
        let span = tracks.span.as_secs_f64();
        let room = f64::from(WIDTH - LEFT - RIGHT);
        let place = |at: Duration| {
            f64::from(LEFT) + if span > 0.0 { at.as_secs_f64() / span * room } else { 0.0 }
        };
        let clock = |at: Duration| crate::report::ladder::millis(at);
        let mark = |y: u32, mark: &Mark| {
            let from = place(mark.from);
            let until = mark.until.map_or(from, place);
            let (class, y, height) = match mark.kind {
                MarkKind::Step => ("step", y - 5, 10),
                MarkKind::Unmet => ("unmet", y - 5, 10),
                MarkKind::Cited(crate::verdict::Verdict::Inconclusive) => ("doubt", y - 6, 12),
                MarkKind::Cited(_) => ("cited", y - 6, 12),
                MarkKind::Sent => ("sent", y - 8, 7),
                MarkKind::Received => ("received", y + 1, 7),
                MarkKind::Told => ("told", y - 6, 12),
                MarkKind::Done => ("done", y - 6, 12),
            };
            let ends = mark.until.map_or_else(String::new, |until| format!("–{}", clock(until)));
            MarkView {
                class,
                x: format!("{from:.1}"),
                width: format!("{:.1}", (until - from).max(3.0)),
                y,
                height,
                words: format!("{}{ends} ms · {}", clock(mark.from), mark.words),
                row: mark.row.map(|seq| seq.0),
            }
        };
        let lanes = tracks.lanes.iter().zip(0_u32..).map(|(lane, number)| {
            let y = HEAD + number * LANE + LANE / 2;
            let marks = lane.marks.iter().map(|it| mark(y, it)).collect();
            LaneView { name: lane.name.clone(), y, marks }
        });
        let lanes: Vec<LaneView> = lanes.collect();
        Self {
            span: format!("{span:.6}"),
            width: WIDTH,
            height: HEAD + u32::try_from(lanes.len()).unwrap_or(0) * LANE + 4,
            left: LEFT,
            right: WIDTH - RIGHT,
            ticks: ticks(span, place),
            lanes,
        }
    }
}

/// Round instants on the axis: where each is, and what it is called.
fn ticks(span: f64, place: impl Fn(Duration) -> f64) -> Vec<(String, String)> {
    let steps =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];
    let longer = [100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0];
    let mut all = steps.into_iter().chain(longer);
    let Some(step) = all.find(|step| span / step <= f64::from(MOST_TICKS)) else {
        return Vec::new();
    };
    (0..=MOST_TICKS)
        .map(|number| f64::from(number) * step)
        .take_while(|at| *at <= span)
        .map(|at| {
            let x = format!("{:.1}", place(Duration::from_secs_f64(at)));
            let name =
                if step < 0.1 { format!("{:.0} ms", at * 1e3) } else { format!("{at:.1} s") };
            (x, name)
        })
        .collect()
}

/// The command that runs the case again.
fn again(run: &RunRecord, case: &JudgedCase) -> String {
    let Extent { rig, root, .. } = &run.extent;
    let rig = if rig.is_empty() { "RIG.yaml" } else { rig };
    let mut words = vec!["ringtrue".to_owned(), "run".to_owned(), "--rig".to_owned(), quoted(rig)];
    if !matches!(root.as_str(), HERE | "") {
        words.extend(["--root".to_owned(), quoted(root)]);
    }
    if !run.device.defects.is_empty() {
        words.extend(["--defect".to_owned(), quoted(&run.device.defects.join(","))]);
    }
    words.extend(["--seed".to_owned(), run.seed.to_string(), quoted(&case.record.execution)]);
    words.join(" ")
}

/// A word that every shell reads as it is.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=+@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn points(case: &JudgedCase) -> Vec<PointView<'_>> {
    let points = case.record.points.iter();
    points
        .map(|point| PointView {
            name: &point.name,
            address: point.local.map_or_else(|| "–".to_owned(), |local| local.to_string()),
            clock: match point.clock {
                StampClock::Kernel => "stamped by the kernel",
                StampClock::User => "stamped on reading",
                StampClock::Virtual => "virtual time",
            },
            uncertainty: if point.uncertainty.is_zero() {
                "exact".to_owned()
            } else {
                format!("± {:.3} ms", point.uncertainty.as_secs_f64() * 1e3)
            },
        })
        .collect()
}

/// The evidence in the folder of a case.
fn files(case: &JudgedCase, folder: &str) -> Vec<(String, String)> {
    let mut names =
        vec!["capture.pcapng".to_owned(), "timeline.jsonl".to_owned(), "console.log".to_owned()];
    for point in &case.record.points {
        if let Some((_, RolePoint::Rtp)) = point.pco.role()
            && wav::heard(&case.timeline, point.pco).is_some()
        {
            names.push(wav::file_name(point));
        }
    }
    names.into_iter().map(|name| (format!("{folder}{name}"), name)).collect()
}

/// A path as an address: the folder of `RTP-001[digit=#]` has `%23` in its own name.
fn encoded(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '%' => address.push_str("%25"),
            '[' => address.push_str("%5B"),
            ']' => address.push_str("%5D"),
            '#' => address.push_str("%23"),
            '?' => address.push_str("%3F"),
            other => address.push(other),
        }
    }
    address
}

/// The room above the lanes, for the names of instants.
const HEAD: u32 = 22;
/// The height of a lane.
const LANE: u32 = 21;
const MOST_TICKS: u32 = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("OPT-001", "OPT-001")]
    #[case("RTP-001[digit=#]", "'RTP-001[digit=#]'")]
    #[case("it's; rm", r"'it'\''s; rm'")]
    #[case("", "''")]
    fn a_shell_reads_a_word_as_it_is(#[case] word: &str, #[case] expected: &str) {
        assert_eq!(quoted(word), expected);
    }

    #[rstest]
    #[case(0.012, 12, "1 ms")]
    #[case(2.64, 6, "0.5 s")]
    #[case(64.0, 7, "10.0 s")]
    fn ticks_are_round(#[case] span: f64, #[case] most: usize, #[case] second: &str) {
        let ticks = ticks(span, |at| at.as_secs_f64());
        assert!(ticks.len() <= most + 1, "{ticks:?}");
        assert_eq!(ticks[1].1, second, "{ticks:?}");
    }
}
