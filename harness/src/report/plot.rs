//! Plots as SVG that takes its colours from the page; here those of a stream.

mod latency;
mod timing;

pub(super) use latency::latency;
pub(super) use timing::timing;

use super::stream::{Arrival, Stream};
use plotters::prelude::*;

/// Deviation and jitter over time; `None` where there is too little to draw.
pub(super) fn series(stream: &Stream) -> Option<String> {
    let points = thinned(&stream.arrivals);
    let (first, last) = (points.first()?.at, points.last()?.at);
    let top = top(stream);
    let lowest = points.iter().map(|point| point.deviation).fold(0.0, f64::min);
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, (720, 240)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(46)
            .build_cartesian_2d(first..last.max(first + 0.1), lowest.max(-top)..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(8)
            .y_labels(6)
            .x_label_formatter(&|seconds| format!("{seconds:.1}"))
            .y_label_formatter(&|ms| format!("{ms:.1}"))
            .x_desc("seconds since the case began")
            .y_desc("milliseconds")
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        chart.draw_series(points.iter().map(|point| {
            Circle::new((point.at, point.deviation.clamp(-top, top)), 2, MARK.filled())
        }))?;
        chart.draw_series(LineSeries::new(
            points.iter().map(|point| (point.at, point.jitter.min(top))),
            LINE_COLOUR.stroke_width(2),
        ))?;
        root.present()?;
        Ok(())
    }();
    drawn.ok()?;
    Some(coloured(&svg))
}

/// How often each deviation came, without its sign.
pub(super) fn histogram(stream: &Stream) -> Option<String> {
    let top = top(stream);
    let width = top / f64::from(BINS);
    let mut counts = [0_u32; BINS as usize];
    for arrival in &stream.arrivals {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let bin = (arrival.deviation.abs() / width) as usize;
        *counts.get_mut(bin.min(BINS as usize - 1))? += 1;
    }
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, (360, 240)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(46)
            .build_cartesian_2d(0.0..top, 0..most + most / 12 + 1)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(5)
            .y_labels(6)
            .x_label_formatter(&|ms| format!("{ms:.1}"))
            .x_desc("deviation, milliseconds")
            .y_desc("packets")
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        chart.draw_series(counts.iter().zip(0_u32..).map(|(count, bin)| {
            let left = f64::from(bin) * width;
            Rectangle::new([(left, 0), (left + width * 0.86, *count)], MARK.filled())
        }))?;
        root.present()?;
        Ok(())
    }();
    drawn.ok()?;
    Some(coloured(&svg))
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// The largest value drawn: everything, unless that would flatten nearly all of it.
fn top(stream: &Stream) -> f64 {
    let deviation = stream.deviation_ms;
    deviation.max.min(deviation.p99 * 4.0).max(stream.jitter_ms.max).max(0.5) * 1.05
}

/// At most [`POINTS`] points: of each group the one that deviates most.
fn thinned(arrivals: &[Arrival]) -> Vec<Arrival> {
    let group = arrivals.len().div_ceil(POINTS).max(1);
    let farthest = |group: &[Arrival]| {
        group.iter().copied().max_by(|a, b| a.deviation.abs().total_cmp(&b.deviation.abs()))
    };
    arrivals.chunks(group).filter_map(farthest).collect()
}

/// The SVG with its stand-in colours replaced by the page's.
fn coloured(svg: &str) -> String {
    let mut svg = svg.to_owned();
    for (stand_in, of_page) in [
        ("#010101", "currentColor"),
        ("#020202", "var(--rule)"),
        ("#030303", "var(--accent)"),
        ("#040404", "var(--fail)"),
    ] {
        svg = svg.replace(stand_in, of_page);
    }
    svg
}

const INK: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);
const MARK: RGBColor = RGBColor(3, 3, 3);
const LINE_COLOUR: RGBColor = RGBColor(4, 4, 4);
const BINS: u32 = 24;
const POINTS: usize = 400;
