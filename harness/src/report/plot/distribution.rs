//! How values are distributed.

use super::{Drawn, GRID, INK, LIMIT, Limit, MARK, TRANSPARENT, coloured, top};
use plotters::prelude::*;

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
    let places = if top < 1.0 { 2 } else { 1 };
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(46)
            .build_cartesian_2d(0.0..top, 0..highest + highest / 12 + 1)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(6)
            .y_labels(5)
            .x_label_formatter(&|ms| format!("{ms:.places$}"))
            .x_desc(what)
            .y_desc("packets")
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        chart.draw_series(counts.iter().zip(0_u32..).map(|(count, bin)| {
            let left = f64::from(bin) * width;
            Rectangle::new([(left, 0), (left + width * 0.86, *count)], MARK.filled())
        }))?;
        for limit in limits.iter().filter(|limit| limit.value <= top) {
            let ends = vec![(limit.value, 0), (limit.value, highest + highest / 12 + 1)];
            chart.draw_series([PathElement::new(ends, LIMIT.stroke_width(1))])?;
        }
        root.present()?;
        Ok(())
    }();
    drawn.ok()?;
    Some(coloured(&svg))
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
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(46)
            .build_cartesian_2d(left..right, 0.0..104.0)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(6)
            .y_labels(5)
            .x_label_formatter(&|ms| format!("{ms:.1}"))
            .y_label_formatter(&|part| format!("{part:.0} %"))
            .x_desc(what)
            .y_desc("at most so high")
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        chart.draw_series(LineSeries::new(corners, MARK.stroke_width(2)))?;
        for limit in limits.iter().filter(near) {
            let ends = vec![(limit.value, 0.0), (limit.value, 104.0)];
            chart.draw_series([PathElement::new(ends, LIMIT.stroke_width(1))])?;
        }
        root.present()?;
        Ok(())
    }();
    drawn.ok()?;
    Some(coloured(&svg))
}

const SIZE: (u32, u32) = (530, 220);
const BINS: u32 = 32;
