//! How values are distributed.

use super::{Drawn, GRID, INK, LIMIT, Limit, MARK, TRANSPARENT, coloured, top};
use plotters::prelude::*;
use std::ops::Range;

/// How often values came, in milliseconds; `None` where there are none. The last bar has all higher ones.
pub(in crate::report) fn histogram(values: &[f64], what: &str, limits: &[Limit]) -> Option<String> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // Everything, unless that would flatten nearly all of it.
    let most = sorted.last().copied()?;
    let nearly = sorted.get(sorted.len() * 99 / 100).copied().unwrap_or(most);
    let top = top([most.min(nearly * 4.0)].into_iter(), limits, 0.0, 0.2);
    let width = top / f64::from(BINS);
    let mut counts = [0_u32; BINS as usize];
    for value in values {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let bin = (value / width) as usize;
        *counts.get_mut(bin.min(BINS as usize - 1))? += 1;
    }
    let highest = counts.iter().copied().max()?;
    let frame = Frame {
        x: 0.0..top,
        y: 0.0..f64::from(highest + highest / 12 + 1),
        places: if top < 1.0 { 2 } else { 1 },
        what,
        much: "packets",
        percent: "",
        limits,
    };
    let bars = counts.iter().zip(0_u32..).map(|(count, bin)| {
        let left = f64::from(bin) * width;
        Outline::Bar([(left, 0.0), (left + width * 0.86, f64::from(*count))])
    });
    frame.around(bars)
}

/// Which part of the values, in milliseconds, is at most so high; `None` where there are less than two.
pub(in crate::report) fn cumulative(
    values: &[f64],
    what: &str,
    limits: &[Limit],
) -> Option<String> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    if sorted.len() < 2 {
        return None;
    }
    let beyond = ((most - least) * 0.1).max(0.5);
    let near =
        |limit: &&Limit| limit.value <= most + 10.0 * beyond && limit.value >= least - beyond;
    let right = limits.iter().filter(near).map(|limit| limit.value).fold(most, f64::max) + beyond;
    let left = (least - beyond).max(0.0);
    let share = 100.0 / crate::check::measure::counted(sorted.len());
    let mut corners = vec![(left, 0.0)];
    let mut height = 0.0;
    for value in &sorted {
        corners.push((*value, height));
        height += share;
        corners.push((*value, height));
    }
    corners.push((right, height));
    let frame = Frame {
        x: left..right,
        y: 0.0..104.0,
        places: 1,
        what,
        much: "at most so high",
        percent: " %",
        limits,
    };
    frame.around([Outline::Line(corners)])
}

/// What both have around what they draw: axes with their names, and the limits within them.
struct Frame<'a> {
    x: Range<f64>,
    y: Range<f64>,
    /// How many places of the milliseconds are written.
    places: usize,
    /// What lies along, and what is counted upwards and in which unit.
    what: &'a str,
    much: &'a str,
    percent: &'a str,
    limits: &'a [Limit],
}

impl Frame<'_> {
    /// The plot of these; `None` where it cannot be drawn.
    fn around(self, outlines: impl IntoIterator<Item = Outline>) -> Option<String> {
        let mut svg = String::new();
        self.draw(&mut svg, outlines).ok()?;
        Some(coloured(&svg))
    }

    fn draw(self, svg: &mut String, outlines: impl IntoIterator<Item = Outline>) -> Drawn {
        let Self { x, y, places, what, much, percent, limits } = self;
        let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(64)
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(6)
            .y_labels(5)
            .x_label_formatter(&|ms| format!("{ms:.places$}"))
            .y_label_formatter(&|much| format!("{much:.0}{percent}"))
            .x_desc(what)
            .y_desc(much)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        for outline in outlines {
            match outline {
                Outline::Bar(corners) => {
                    chart.draw_series([Rectangle::new(corners, MARK.filled())])?;
                }
                Outline::Line(corners) => {
                    chart.draw_series([PathElement::new(corners, MARK.stroke_width(2))])?;
                }
            }
        }
        for limit in limits.iter().filter(|limit| x.contains(&limit.value)) {
            let ends = vec![(limit.value, y.start), (limit.value, y.end)];
            chart.draw_series([PathElement::new(ends, LIMIT.stroke_width(1))])?;
        }
        root.present()?;
        Ok(())
    }
}

/// What is drawn within a frame.
enum Outline {
    Bar([(f64, f64); 2]),
    Line(Vec<(f64, f64)>),
}

const SIZE: (u32, u32) = (530, 220);
const BINS: u32 = 32;
