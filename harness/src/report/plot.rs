//! Plots as SVG that takes its colours from the page.
//!
//! Those over time share one axis, from the beginning of a case to its end, with the same room at both
//! sides: what stands below each other came at the same time.

mod distribution;
mod over_time;
mod timing;

pub(super) use distribution::{cumulative, histogram};
pub(super) use over_time::{OverTime, Series};
pub(super) use timing::timing;

use plotters::prelude::*;

/// A limit that a check holds a figure against, drawn into its plot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limit {
    /// In the unit of the plot.
    pub(super) value: f64,
    /// What is written on it: `jitter.p99 below 5 ms`.
    pub(super) words: String,
}

/// The width of every plot over time, in the units of its drawing.
pub(super) const WIDTH: u32 = 1_080;
/// The room to the left of the axis.
pub(super) const LEFT: u32 = 112;
/// The room to the right of the axis.
pub(super) const RIGHT: u32 = 12;

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// The highest number drawn above `low`: all values, the limits that do not flatten them, and some room.
fn top(values: impl Iterator<Item = f64>, limits: &[Limit], low: f64, least: f64) -> f64 {
    let highest = values.fold(low + least, f64::max);
    let limits = limits.iter().map(|limit| limit.value);
    let near = limits.filter(|limit| limit - low <= (highest - low) * FLAT);
    low + (near.fold(highest, f64::max) - low) * 1.12
}

/// The SVG with its stand-in colours replaced by the page's, and without what is so by default.
fn coloured(svg: &str) -> String {
    let mut svg = svg.to_owned();
    for (written, meant) in [
        ("#010101", "currentColor"),
        ("#020202", "var(--rule)"),
        ("#030303", "var(--accent)"),
        ("#040404", "var(--fail)"),
        ("#050505", "var(--mark)"),
        (" opacity=\"1\"", ""),
        (" stroke=\"none\"", ""),
        (" stroke-width=\"1\"", ""),
    ] {
        svg = svg.replace(written, meant);
    }
    svg
}

const INK: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);
const MARK: RGBColor = RGBColor(3, 3, 3);
const LIMIT: RGBColor = RGBColor(4, 4, 4);
const SECOND: RGBColor = RGBColor(5, 5, 5);
/// A limit this many times higher than all values would flatten them.
const FLAT: f64 = 4.0;
