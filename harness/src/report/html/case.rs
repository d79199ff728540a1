//! What the page shows of one case.

use super::badge::Badge;
use super::row::RowView;
use super::source::{FindingView, SourceView};
use crate::check::measure::{self, Measured};
use crate::evidence::point::{RolePoint, StampClock};
use crate::evidence::wav;
use crate::report::JudgedCase;
use crate::report::digit_timing::{DigitTiming, Told};
use crate::report::ladder::Ladder;
use crate::report::loop_latency::{LoopLatency, STRIDE, WINDOW};
use crate::report::plot;
use crate::report::stream::Stream;
use crate::requirement::{Catalogue, Strength};
use crate::verdict::Verdict;
use std::fmt::Write as _;

/// One case, ready for the template.
pub(super) struct CaseView<'a> {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) title: &'a str,
    pub(super) purpose: &'a str,
    pub(super) verdict: Badge,
    pub(super) sentence: Option<String>,
    pub(super) seconds: String,
    /// Whether the case is unfolded at first.
    pub(super) is_open: bool,
    pub(super) requirements: Vec<RequirementView<'a>>,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<RowView>,
    pub(super) sources: Vec<SourceView<'a>>,
    /// Findings whose line is in none of the sources.
    pub(super) elsewhere: Vec<FindingView<'a>>,
    pub(super) plots: Vec<PlotView>,
    pub(super) timings: Vec<TimingView>,
    pub(super) points: Vec<PointView<'a>>,
    /// Address relative to the page, and name.
    pub(super) files: Vec<(String, String)>,
}

/// A requirement that the case stands for.
pub(super) struct RequirementView<'a> {
    pub(super) id: &'a str,
    pub(super) strength: &'static str,
    /// Empty where the catalogue does not have it.
    pub(super) text: &'a str,
    pub(super) verdict: Badge,
}

/// Two plots of one stream.
pub(super) struct PlotView {
    pub(super) caption: String,
    pub(super) series: String,
    pub(super) series_alt: String,
    pub(super) histogram: String,
    pub(super) histogram_alt: String,
}

/// One plot of something that the test caused and the device did.
pub(super) struct TimingView {
    pub(super) caption: String,
    pub(super) plot: Option<String>,
    pub(super) alt: &'static str,
}

/// A point of control and observation.
pub(super) struct PointView<'a> {
    pub(super) name: &'a str,
    pub(super) address: String,
    pub(super) clock: &'static str,
    pub(super) uncertainty: String,
}

impl<'a> CaseView<'a> {
    pub(super) fn new(
        index: usize,
        case: &'a JudgedCase,
        catalogue: &'a Catalogue,
        evidence: &str,
    ) -> Self {
        let ladder = Ladder::new(case);
        let (sources, elsewhere) = SourceView::all(case, &ladder);
        Self {
            anchor: format!("c{}", index + 1),
            id: case.record.label(),
            title: &case.program.case.title,
            purpose: case.program.case.purpose.trim(),
            verdict: Badge::new(case.verdict),
            sentence: case.sentence(),
            seconds: format!("{:.2}", case.record.took.as_secs_f64()),
            is_open: case.verdict != Verdict::Pass,
            requirements: case
                .requirements()
                .into_iter()
                .map(|id| {
                    let sentence = catalogue.get(id);
                    RequirementView {
                        id: id.as_str(),
                        strength: sentence.map_or("", |sentence| strength(sentence.strength)),
                        text: sentence.map_or("", |sentence| sentence.text.as_str()),
                        verdict: Badge::new(case.verdict_of(id)),
                    }
                })
                .collect(),
            rows: ladder.rows.iter().map(|row| RowView::new(case, &ladder, row)).collect(),
            columns: ladder.columns,
            sources,
            elsewhere,
            plots: Stream::received(case).iter().filter_map(PlotView::new).collect(),
            timings: timings(case),
            points: points(case),
            files: files(case, evidence),
        }
    }
}

impl PlotView {
    /// `None` for a stream of too few packets to draw.
    fn new(stream: &Stream) -> Option<Self> {
        if stream.arrivals.len() < FEWEST {
            return None;
        }
        let (jitter, deviation) = (stream.jitter_ms, stream.deviation_ms);
        let caption = format!(
            "{}, SSRC 0x{:08X}: {} packets, {} lost, {} duplicate, {} reordered. Jitter mean {:.3} ms, \
             largest {:.3} ms; deviation median {:.3} ms, 99 % within {:.3} ms, largest {:.3} ms. Dots: \
             time between arrivals less time between timestamps. Line: RFC 3550 jitter.",
            stream.point,
            stream.ssrc,
            stream.packets,
            stream.lost,
            stream.duplicates,
            stream.reordered,
            jitter.mean,
            jitter.max,
            deviation.p50,
            deviation.p99,
            deviation.max
        );
        let of = format!("of the stream 0x{:08X} at {}", stream.ssrc, stream.point);
        Some(Self {
            caption,
            series: plot::series(stream)?,
            series_alt: format!("Plot: deviation and jitter over time {of}"),
            histogram: plot::histogram(stream)?,
            histogram_alt: format!("Histogram: deviation {of}"),
        })
    }
}

/// Loop latencies, and what digits moved.
fn timings(case: &JudgedCase) -> Vec<TimingView> {
    let loops = LoopLatency::all(case);
    let digits = DigitTiming::all(case);
    loops.iter().map(TimingView::of_loop).chain(digits.iter().map(TimingView::of_digit)).collect()
}

impl TimingView {
    fn of_loop(found: &LoopLatency) -> Self {
        let LoopLatency { point, whole, confidence, windows, unclear } = found;
        let (window, stride) = (WINDOW.as_millis(), STRIDE.as_millis());
        let mut caption = format!(
            "Loop latency at {point}: {whole} over the whole step (line), by correlation of the talk sent \
             with what came back; peak {confidence:.0} times the next."
        );
        let worst = windows.iter().map(|window| window.latency.uncertainty).fold(0.0, f64::max);
        if windows.len() > 1 {
            // Writing to a string cannot fail.
            let _ = write!(
                caption,
                " Points: {window} ms of talk each, every {stride} ms, at the middle of their sending; \
                 bars: uncertainty, at most ± {:.2} ms.",
                worst * 1e3
            );
        }
        if *unclear > 0 {
            let are = if *unclear == 1 { "part is" } else { "parts are" };
            let _ = write!(caption, " {unclear} {are} not shown, for want of one clear peak.");
        }
        Self { caption, plot: plot::latency(found), alt: "Plot: loop latency over time" }
    }

    fn of_digit(timing: &DigitTiming) -> Self {
        let mut caption = format!(
            "Digit {}, {:.1} ms long on the wire.",
            timing.digit,
            measure::seconds(timing.start, timing.end) * 1e3
        );
        for Told { what, after_start, after_end } in &timing.told {
            let side = if after_end.value < 0.0 { "before" } else { "after" };
            let apart = Measured { value: after_end.value.abs(), ..*after_end };
            let _ = write!(
                caption,
                " The device told {what} {after_start} after its first packet, {apart} {side} its end."
            );
        }
        Self {
            caption,
            plot: plot::timing(timing),
            alt: "Plot: the digit, and what the device told",
        }
    }
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

/// The evidence, whose address relative to the page begins with `evidence`.
fn files(case: &JudgedCase, evidence: &str) -> Vec<(String, String)> {
    let mut names =
        vec!["capture.pcapng".to_owned(), "timeline.jsonl".to_owned(), "console.log".to_owned()];
    for point in &case.record.points {
        if let Some((_, RolePoint::Rtp)) = point.pco.role()
            && wav::heard(&case.timeline, point.pco).is_some()
        {
            names.push(wav::file_name(point));
        }
    }
    // The folder of `RTP-001[digit=#]` has `%23` in its own name.
    let folder = case.record.folder.replace('%', "%25").replace('[', "%5B").replace(']', "%5D");
    names.into_iter().map(|name| (format!("{evidence}{folder}/{name}"), name)).collect()
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

/// A stream of fewer packets has no figures worth a plot.
const FEWEST: usize = 20;
