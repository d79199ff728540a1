//! Loop latency over time.

use super::{Drawn, GRID, INK, LINE_COLOUR, MARK, TRANSPARENT, coloured};
use crate::report::loop_latency::LoopLatency;
use plotters::prelude::*;

/// The latency of each window with its uncertainty, and that of the whole step as a line; `None`
/// where there are less than two windows.
pub(in crate::report) fn latency(found: &LoopLatency) -> Option<String> {
    let windows = &found.windows;
    let (first, last) = (windows.first()?.at, windows.last()?.at);
    if windows.len() < 2 {
        return None;
    }
    let ms = |seconds: f64| seconds * 1e3;
    let highest = windows.iter().map(|window| window.latency.value + window.latency.uncertainty);
    let top = ms(highest.fold(found.whole.value, f64::max)).max(1.0) * 1.2;
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, (1080, 220)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(46)
            .build_cartesian_2d(first - 0.1..last + 0.1, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(10)
            .y_labels(6)
            .x_label_formatter(&|seconds| format!("{seconds:.1}"))
            .y_label_formatter(&|ms| format!("{ms:.0}"))
            .x_desc("seconds since the case began")
            .y_desc("milliseconds")
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        let whole = ms(found.whole.value);
        let ends = [(first - 0.1, whole), (last + 0.1, whole)];
        chart.draw_series(LineSeries::new(ends, LINE_COLOUR.stroke_width(1)))?;
        for window in windows {
            let (value, spread) = (ms(window.latency.value), ms(window.latency.uncertainty));
            let bar = vec![(window.at, (value - spread).max(0.0)), (window.at, value + spread)];
            chart.draw_series([PathElement::new(bar, MARK.stroke_width(2))])?;
            chart.draw_series([Circle::new((window.at, value), 3, MARK.filled())])?;
        }
        root.present()?;
        Ok(())
    }();
    drawn.ok()?;
    Some(coloured(&svg))
}
