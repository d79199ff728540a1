//! What a role heard: the recording, and its figures over the time of the case with their limits.

use crate::check::measure::{self, Measured};
use crate::check::subject::SubjectKind;
use crate::evidence::point::{Pco, Point, RolePoint};
use crate::evidence::wav;
use crate::report::JudgedCase;
use crate::report::digit_timing::{DigitTiming, Told};
use crate::report::html::margin;
use crate::report::level::{Heard, SILENCE};
use crate::report::loop_latency::{LoopLatency, STRIDE, WINDOW};
use crate::report::plot::{self, Limit, OverTime, Series};
use crate::report::stream::{Arrival, Stream};
use std::fmt::Write as _;

/// What arrived at one point of media.
pub(super) struct HeardView {
    pub(super) point: String,
    /// The address of the recording, and when it begins, in seconds since the case began.
    pub(super) sound: Option<(String, String)>,
    /// Plots over the time of the case, on its one axis.
    pub(super) plots: Vec<PlotView>,
    pub(super) streams: Vec<StreamView>,
}

/// A plot and what it shows.
pub(super) struct PlotView {
    pub(super) caption: String,
    pub(super) svg: String,
    pub(super) alt: String,
}

/// The figures of one source, and how they are distributed.
pub(super) struct StreamView {
    pub(super) caption: String,
    pub(super) distributions: Vec<PlotView>,
}

/// One plot of something that the test caused and the device did.
pub(super) struct TimingView {
    pub(super) caption: String,
    pub(super) plot: Option<String>,
}

impl HeardView {
    /// What arrived in a case, whose evidence is at an address relative to the page.
    pub(super) fn all(case: &JudgedCase, evidence: &str) -> Vec<Self> {
        let points = case.record.points.iter();
        let points = points.filter(|point| matches!(point.pco.role(), Some((_, RolePoint::Rtp))));
        points.filter_map(|point| Self::at(case, point, evidence)).collect()
    }

    fn at(case: &JudgedCase, point: &Point, evidence: &str) -> Option<Self> {
        let heard = Heard::at(&case.timeline, point.pco, case.began());
        let streams = Stream::at(&case.timeline, point, case.began());
        let loops: Vec<LoopLatency> =
            LoopLatency::all(case).into_iter().filter(|it| it.point == point.name).collect();
        if heard.is_none() && streams.is_empty() {
            return None;
        }
        let axis = Axis::of(case, point.pco);
        let mut plots = Vec::new();
        plots.extend(heard.as_ref().and_then(|heard| axis.level(heard)));
        let drawn = streams.iter().filter(|stream| stream.arrivals.len() >= FEWEST);
        for stream in drawn.clone() {
            plots.extend(axis.between(stream));
            plots.extend(axis.jitter(stream));
        }
        plots.extend(loops.iter().filter_map(|found| axis.latency(found)));
        let mut views: Vec<_> = streams.iter().map(|stream| axis.figures(stream)).collect();
        let latencies = loops.iter().filter_map(|found| axis.latencies(found));
        if let Some(view) = views.first_mut() {
            view.distributions.extend(latencies);
        }
        let sound = heard.map(|heard| {
            let name = wav::file_name(point);
            (format!("{evidence}{name}"), format!("{:.4}", heard.from))
        });
        Some(Self { point: point.name.clone(), sound, plots, streams: views })
    }
}

/// The axis of time of a case, and the limits on what arrived at a point.
struct Axis<'a> {
    span: f64,
    case: &'a JudgedCase,
    point: Pco,
}

impl<'a> Axis<'a> {
    fn of(case: &'a JudgedCase, point: Pco) -> Self {
        let last = case.timeline.entries().iter().map(|entry| entry.at).max();
        let span = last.map_or(0.0, |last| case.since_it_began(last).as_secs_f64());
        Self { span, case, point }
    }

    /// The limits on figures of what was heard here whose names begin so, in units of `scale`.
    fn limits(&self, figures: &[&str], scale: f64) -> Vec<Limit> {
        let mut limits: Vec<Limit> = Vec::new();
        for finding in &self.case.findings {
            let step = self.case.claim(finding).map(|claim| claim.step);
            let subject = self.case.program.subjects.iter().find(|it| Some(it.step) == step);
            let is_here = subject.is_some_and(|subject| match subject.kind {
                SubjectKind::Heard(role) => Pco::of_role(role, RolePoint::Rtp) == self.point,
                SubjectKind::Sent(_)
                | SubjectKind::Received(_)
                | SubjectKind::Played(_)
                | SubjectKind::Digits(..)
                | SubjectKind::Line
                | SubjectKind::Other => false,
            });
            for it in finding.margins.iter().filter(|_| is_here) {
                if !figures.iter().any(|figure| it.figure.starts_with(figure)) {
                    continue;
                }
                let words = format!("{} {}", it.figure, margin::words(it));
                let edges = [it.low(), it.high()].into_iter().flatten();
                limits
                    .extend(edges.map(|edge| Limit { value: edge * scale, words: words.clone() }));
            }
        }
        limits.dedup();
        limits
    }

    fn plot(
        &self,
        caption: String,
        unit: &'static str,
        floor: Option<f64>,
        series: Vec<Series>,
        limits: Vec<Limit>,
    ) -> Option<PlotView> {
        let alt = format!("Plot over time. {caption}{}", listed(&limits));
        let plot = OverTime { span: self.span, unit, floor, series, limits };
        Some(PlotView { caption, svg: plot.svg()?, alt })
    }

    fn level(&self, heard: &Heard) -> Option<PlotView> {
        let group = heard.levels.len().div_ceil(POINTS).max(1);
        let line = heard.levels.chunks(group).filter_map(|group| {
            // The loudest and the quietest of a group both tell.
            let of = |order: fn(&f64, &f64) -> std::cmp::Ordering| {
                group.iter().copied().max_by(|(_, a), (_, b)| order(a, b))
            };
            let mut both = [of(f64::total_cmp)?, of(|a, b| b.total_cmp(a))?];
            both.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            Some(both)
        });
        let mut line: Vec<_> = line.flatten().collect();
        line.dedup();
        let limits = self.limits(&["level", "tone.level"], 1.0);
        let caption = "Level of what was heard, 20 ms at a time.".to_owned();
        self.plot(caption, "dBm0", Some(SILENCE), vec![Series::Line(line)], limits)
    }

    fn between(&self, stream: &Stream) -> Option<PlotView> {
        let dots = thinned(&stream.arrivals, |it| (it.apart - stream.interarrival_ms.p50).abs());
        let dots = dots.into_iter().map(|it| (it.at, it.apart)).collect();
        let limits = self.limits(&["interarrival"], 1e3);
        let caption = format!("Time between arrivals{}.", of(stream));
        self.plot(caption, "ms", Some(0.0), vec![Series::Dots(dots)], limits)
    }

    fn jitter(&self, stream: &Stream) -> Option<PlotView> {
        let points = thinned(&stream.arrivals, |it| it.deviation.abs());
        let dots = points.iter().map(|it| (it.at, it.deviation)).collect();
        let line = points.iter().map(|it| (it.at, it.jitter)).collect();
        let limits = self.limits(&["jitter", "pacing"], 1e3);
        let caption = format!(
            "Dots: time between arrivals less time between timestamps{}. Line: RFC 3550 jitter.",
            of(stream)
        );
        self.plot(caption, "ms", None, vec![Series::Dots(dots), Series::Line(line)], limits)
    }

    fn latency(&self, found: &LoopLatency) -> Option<PlotView> {
        let LoopLatency { whole, confidence, windows, unclear, .. } = found;
        let (window, stride) = (WINDOW.as_millis(), STRIDE.as_millis());
        let mut caption = format!(
            "Loop latency: {whole} over the whole step, by correlation of the talk sent with what came \
             back; peak {confidence:.0} times the next."
        );
        if windows.len() > 1 {
            // Writing to a string cannot fail.
            let _ = write!(
                caption,
                " Points: {window} ms of talk each, every {stride} ms, at the middle of their sending; \
                 bars: uncertainty."
            );
        }
        if *unclear > 0 {
            let are = if *unclear == 1 { "part is" } else { "parts are" };
            let _ = write!(caption, " {unclear} {are} not shown, for want of one clear peak.");
        }
        let ranges = windows.iter().map(|it| {
            let Measured { value, uncertainty, .. } = it.latency;
            (it.at, value * 1e3, uncertainty * 1e3)
        });
        let limits = self.limits(&["loop.latency"], 1e3);
        self.plot(caption, "ms", Some(0.0), vec![Series::Ranges(ranges.collect())], limits)
    }

    fn latencies(&self, found: &LoopLatency) -> Option<PlotView> {
        let values: Vec<f64> = found.windows.iter().map(|it| it.latency.value * 1e3).collect();
        let limits = self.limits(&["loop.latency"], 1e3);
        let caption = format!("Loop latency, {} windows.{}", values.len(), listed(&limits));
        let svg = plot::cumulative(&values, "loop latency, ms", &limits)?;
        let alt = format!("Cumulative distribution. {caption}");
        Some(PlotView { caption, svg, alt })
    }

    fn figures(&self, stream: &Stream) -> StreamView {
        let (jitter, deviation, between) =
            (stream.jitter_ms, stream.deviation_ms, stream.interarrival_ms);
        let caption = format!(
            "SSRC 0x{:08X}: {} packets, {} lost, {} duplicate, {} reordered. Between arrivals: median \
             {:.3} ms, 99 % within {:.3} ms, longest {:.3} ms. Deviation from the timestamps: median \
             {:.3} ms, 99 % within {:.3} ms, largest {:.3} ms. Jitter: mean {:.3} ms, largest {:.3} ms. \
             Each ± {:.3} ms.",
            stream.ssrc,
            stream.packets,
            stream.lost,
            stream.duplicates,
            stream.reordered,
            between.p50,
            between.p99,
            between.max,
            deviation.p50,
            deviation.p99,
            deviation.max,
            jitter.mean,
            jitter.max,
            stream.uncertainty_ms,
        );
        let mut distributions = Vec::new();
        if stream.arrivals.len() >= FEWEST {
            let values: Vec<f64> = stream.arrivals.iter().map(|it| it.deviation.abs()).collect();
            let limits = self.limits(&["jitter.p99", "jitter.max", "pacing"], 1e3);
            let caption =
                format!("Deviation from the timestamps, without its sign.{}", listed(&limits));
            let alt = format!("Histogram. {caption}");
            let svg = plot::histogram(&values, "deviation, ms", &limits);
            distributions.extend(svg.map(|svg| PlotView { caption, svg, alt }));
        }
        StreamView { caption, distributions }
    }
}

impl TimingView {
    /// What the digits of a case moved.
    pub(super) fn all(case: &JudgedCase) -> Vec<Self> {
        DigitTiming::all(case).iter().map(Self::new).collect()
    }

    fn new(timing: &DigitTiming) -> Self {
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
        Self { caption, plot: plot::timing(timing) }
    }
}

/// Which source a plot is of.
fn of(stream: &Stream) -> String {
    format!(" of 0x{:08X}", stream.ssrc)
}

/// The limits in words, for those who do not see them drawn.
fn listed(limits: &[Limit]) -> String {
    let mut words: Vec<&str> = limits.iter().map(|limit| limit.words.as_str()).collect();
    words.dedup();
    words.iter().fold(String::new(), |mut text, words| {
        let _ = write!(text, " Limit: {words}.");
        text
    })
}

/// At most [`POINTS`] of the arrivals: of each group the one that is farthest off.
fn thinned(arrivals: &[Arrival], off: impl Fn(&Arrival) -> f64) -> Vec<Arrival> {
    let group = arrivals.len().div_ceil(POINTS).max(1);
    let farthest = |group: &[Arrival]| {
        group.iter().copied().max_by(|one, other| off(one).total_cmp(&off(other)))
    };
    arrivals.chunks(group).filter_map(farthest).collect()
}

/// A stream of fewer packets has no figures worth a plot.
const FEWEST: usize = 20;
/// More points than this cannot be told apart.
const POINTS: usize = 300;
