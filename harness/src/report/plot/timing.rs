//! A digit and what it moved, on one clock.

use super::{Drawn, GRID, INK, MARK, TRANSPARENT, coloured};
use crate::check::measure::{counted, seconds};
use crate::report::digit_timing::DigitTiming;
use plotters::prelude::*;

/// The digit as a bar, and below it each event with its uncertainty, in milliseconds since the digit
/// began. Events more than [`LATEST`] after it are left to the caption; `None` where all are.
pub(in crate::report) fn timing(timing: &DigitTiming) -> Option<String> {
    let ms = |seconds: f64| seconds * 1e3;
    let told: Vec<_> =
        timing.told.iter().filter(|told| ms(told.after_start.value) <= LATEST).collect();
    let length = ms(seconds(timing.start, timing.end));
    let ends = told.iter().map(|told| ms(told.after_start.value + told.after_start.uncertainty));
    let right = ends.fold(length, f64::max) * 1.08;
    let lowest = -counted(told.len());
    if told.is_empty() {
        return None;
    }
    let height = 90 + 30 * u32::try_from(told.len()).unwrap_or(u32::MAX).min(MOST);
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, (1080, height)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(10)
            .build_cartesian_2d(0.0..right, lowest - 0.5..0.5)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(10)
            .x_label_formatter(&|ms| format!("{ms:.0}"))
            .x_desc("milliseconds since the first packet of the digit was sent")
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        let style = || ("sans-serif", 13).into_font().color(&INK);
        let bar = Rectangle::new([(0.0, -0.25), (length, 0.25)], MARK.filled());
        chart.draw_series([bar])?;
        let name = format!("digit {}", timing.digit);
        let label = |x: f64, y: f64, text: String| {
            EmptyElement::at((x, y)) + Text::new(text, (8, -6), style())
        };
        chart.draw_series([label(length, 0.0, name)])?;
        for (told, place) in told.iter().zip(1_u32..) {
            let y = -f64::from(place);
            let (value, spread) = (ms(told.after_start.value), ms(told.after_start.uncertainty));
            let span = vec![(value - spread, y), (value + spread, y)];
            chart.draw_series([PathElement::new(span, MARK.stroke_width(2))])?;
            chart.draw_series([Circle::new((value, y), 4, MARK.filled())])?;
            chart.draw_series([label(value + spread, y, told.what.clone())])?;
        }
        root.present()?;
        Ok(())
    }();
    drawn.ok()?;
    Some(coloured(&svg))
}

/// The latest event drawn, in milliseconds after the digit began.
const LATEST: f64 = 1_500.0;
/// More rows than this are not drawn higher.
const MOST: u32 = 20;
