//! How well the bench did: its own errors, what it missed, and what the device's figures are beside them.

use super::anchor;
use crate::evidence::extent::{PartEnd, PartRecord};
use crate::evidence::record::Spread;
use crate::evidence::timeline::{OVERRUN, Seen};
use crate::report::civil::utc;
use crate::report::stream::Stream;
use crate::report::{JudgedCase, JudgedRun};
use crate::verdict::Verdict;
use std::time::Duration;

/// The section of the page.
pub(super) struct BenchView {
    pub(super) health: Vec<HealthView>,
    pub(super) rows: Vec<ErrorView>,
    /// The runs that a merged one is made of.
    pub(super) parts: Vec<PartView>,
}

/// A run that is part of a merged one: its bench is one of those that the errors above are the worst of.
pub(super) struct PartView {
    pub(super) id: String,
    pub(super) shard: String,
    pub(super) began: String,
    pub(super) cases: usize,
    /// 99 % within, where they were measured.
    pub(super) pacing: String,
    pub(super) stamping: String,
    pub(super) ended: &'static str,
}

/// One thing that the bench can fall short of.
pub(super) struct HealthView {
    pub(super) what: &'static str,
    pub(super) is_sound: bool,
    pub(super) found: String,
    /// Anchor and name of the first cases in which it fell short.
    pub(super) cases: Vec<(String, String)>,
}

/// One row of figures.
pub(super) struct ErrorView {
    pub(super) what: String,
    /// The case whose device's it is.
    pub(super) case: Option<(String, String)>,
    pub(super) count: u64,
    pub(super) p50: String,
    pub(super) p99: String,
    pub(super) p999: String,
    pub(super) max: String,
}

impl BenchView {
    pub(super) fn new(run: &JudgedRun) -> Self {
        let calibration = &run.record.calibration;
        let own = [
            ("Harness: pacing, sent later than due", calibration.pacing),
            ("Harness: media of the cases, sent later than due", calibration.sending),
            ("Harness: stamping, stamped later than passed", calibration.stamping),
        ];
        let mut rows: Vec<ErrorView> = own
            .into_iter()
            .filter_map(|(what, spread)| Some(ErrorView::own(what, spread?)))
            .collect();
        rows.extend(streams(run));
        let health =
            vec![errors(run), stamps(run), stalls(run), drops(run), faults(run), coarse(run)];
        let parts = run.record.parts.iter().map(PartView::new).collect();
        Self { health, rows, parts }
    }
}

impl PartView {
    fn new(part: &PartRecord) -> Self {
        let within = |spread: Option<Spread>| spread.map_or("–".to_owned(), |it| ms(it.p99));
        Self {
            id: part.id.clone(),
            shard: part.shard.map_or("–".to_owned(), |shard| shard.to_string()),
            began: utc(part.started_unix_ns),
            cases: part.cases,
            pacing: within(part.calibration.pacing),
            stamping: within(part.calibration.stamping),
            ended: match part.ended {
                PartEnd::Sealed => "came to its end",
                PartEnd::Killed => "was killed",
            },
        }
    }
}

impl HealthView {
    fn new<'a>(
        what: &'static str,
        found: String,
        cases: impl IntoIterator<Item = &'a JudgedCase>,
    ) -> Self {
        let name = |case: &JudgedCase| (anchor(&case.record.folder), case.record.label());
        let cases: Vec<_> = cases.into_iter().take(CASES).map(name).collect();
        Self { what, is_sound: cases.is_empty(), found, cases }
    }
}

fn errors(run: &JudgedRun) -> HealthView {
    let calibration = &run.record.calibration;
    let within = |spread: Option<Spread>| spread.map(|it| ms(it.p99));
    let mut found = match (within(calibration.pacing), within(calibration.stamping)) {
        (None, None) => "None measured: virtual time has none.".to_owned(),
        (pacing, stamping) => {
            let or = |it: Option<String>| it.map_or("not measured".to_owned(), |it| it + " ms");
            format!(
                "99 % of packets left within {} of when they were due; 99 % of stamps are within {} of \
                 the truth.",
                or(pacing),
                or(stamping)
            )
        }
    };
    if let Some(how) = &calibration.scheduling {
        found.extend([" The sender of media was scheduled as “", how, "”."]);
    }
    if let Some(board) = &run.record.board {
        found.extend([" The virtual board ran on ", board, "."]);
    }
    HealthView::new("Pacing and stamping", found, [])
}

fn stamps(run: &JudgedRun) -> HealthView {
    let points = run.cases.iter().flat_map(|case| &case.record.points);
    let network = points.clone().filter(|point| point.pco.role().is_some());
    let most = network.map(|point| point.uncertainty).max().unwrap_or_default();
    let control = points.filter(|point| point.pco.role().is_none());
    let slow = control.map(|point| point.uncertainty).max().unwrap_or_default();
    let shown = |span: Duration| {
        if span.is_zero() {
            return "exact".to_owned();
        }
        format!("± {:.3} ms", span.as_secs_f64() * 1e3)
    };
    let found = format!("Network stamps: {}; console stamps: {}.", shown(most), shown(slow));
    HealthView::new("Uncertainty of times", found, [])
}

fn stalls(run: &JudgedRun) -> HealthView {
    let spans = |case: &JudgedCase| -> Vec<Duration> {
        let entries = case.timeline.entries().iter();
        entries
            .filter_map(|entry| if let Seen::Stall(span) = entry.seen { Some(span) } else { None })
            .collect()
    };
    let all: Vec<Duration> = run.cases.iter().flat_map(&spans).collect();
    let found = match all.iter().max() {
        None => "The machine never stood still while a case ran.".to_owned(),
        Some(longest) => format!(
            "The machine stood still {} while cases ran, for up to {:.1} ms; figures then measured have \
             that much more uncertainty.",
            times(all.len()),
            longest.as_secs_f64() * 1e3
        ),
    };
    HealthView::new("Stalls", found, run.cases.iter().filter(|case| !spans(case).is_empty()))
}

fn drops(run: &JudgedRun) -> HealthView {
    let lost = |case: &JudgedCase| -> u64 {
        let entries = case.timeline.entries().iter();
        let told = entries.filter_map(|entry| {
            let Seen::Fault(words) = &entry.seen else { return None };
            words.strip_suffix(OVERRUN)?.trim().parse::<u64>().ok()
        });
        told.sum()
    };
    let all: u64 = run.cases.iter().map(&lost).sum();
    let found = match all {
        0 => "Nothing that reached the bench was lost there.".to_owned(),
        _ => format!(
            "{all} datagrams were lost in the bench's own socket buffers: not in the evidence."
        ),
    };
    HealthView::new("Capture drops", found, run.cases.iter().filter(|case| lost(case) > 0))
}

fn faults(run: &JudgedRun) -> HealthView {
    let broken: Vec<_> = run.cases.iter().filter(|case| case.verdict == Verdict::Error).collect();
    let found = match broken.len() {
        0 => "No case ended in one.".to_owned(),
        count => format!("{count} ended in one; of these nothing is said about the device."),
    };
    HealthView::new("Faults of the bench", found, broken)
}

/// Figures that were too close to their limits for this bench.
fn coarse(run: &JudgedRun) -> HealthView {
    let is_close = |case: &&JudgedCase| {
        let mut findings = case.findings.iter();
        findings.any(|it| it.verdict == Verdict::Inconclusive && !it.margins.is_empty())
    };
    let close: Vec<_> = run.cases.iter().filter(is_close).collect();
    let found = match close.len() {
        0 => "The bench was fine enough for every limit that it held a figure against.".to_owned(),
        count => format!("In {count} a figure was too close to its limit to tell with this bench."),
    };
    HealthView::new("Fine enough for the limits", found, close)
}

/// The streams of the device that were least regular, to be seen beside the errors of the harness.
fn streams(run: &JudgedRun) -> Vec<ErrorView> {
    let mut all = Vec::new();
    for case in &run.cases {
        let streams = Stream::received(case).into_iter();
        all.extend(streams.filter(|it| it.deviation_ms.p99 > 0.0).map(|stream| (case, stream)));
    }
    all.sort_by(|(_, one), (_, other)| other.deviation_ms.p99.total_cmp(&one.deviation_ms.p99));
    all.iter().take(STREAMS).map(|(case, stream)| ErrorView::device(case, stream)).collect()
}

impl ErrorView {
    fn own(what: &str, spread: Spread) -> Self {
        Self {
            what: what.to_owned(),
            case: None,
            count: spread.count,
            p50: ms(spread.p50),
            p99: ms(spread.p99),
            p999: spread.p999.map(ms).unwrap_or_default(),
            max: ms(spread.max),
        }
    }

    fn device(case: &JudgedCase, stream: &Stream) -> Self {
        let deviation = stream.deviation_ms;
        Self {
            what: format!("Device: {} 0x{:08X}", stream.point, stream.ssrc),
            case: Some((anchor(&case.record.folder), case.record.label())),
            count: u64::try_from(stream.arrivals.len()).unwrap_or(u64::MAX),
            p50: format!("{:.3}", deviation.p50),
            p99: format!("{:.3}", deviation.p99),
            p999: format!("{:.3}", deviation.p999),
            max: format!("{:.3}", deviation.max),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "errors of a bench are far below 2^52 ns")]
fn ms(nanos: i64) -> String {
    format!("{:.3}", nanos as f64 / 1e6)
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// So many cases are named.
const CASES: usize = 8;
/// So many streams of the device are shown.
const STREAMS: usize = 5;
