//! A quantity over the time of a case.

use super::{
    Drawn, GRID, INK, LEFT, LIMIT, Limit, MARK, RIGHT, SECOND, TRANSPARENT, WIDTH, coloured, top,
};
use plotters::prelude::*;
use plotters::series::DashedLineSeries;

/// What to draw, points in seconds since the case began.
pub(in crate::report) struct OverTime {
    /// How long the case lasted, in seconds.
    pub(in crate::report) span: f64,
    /// What the numbers are: `milliseconds`.
    pub(in crate::report) unit: &'static str,
    /// The lowest number drawn, where it is a fixed one, or else the lowest of the points.
    pub(in crate::report) floor: Option<f64>,
    pub(in crate::report) series: Vec<Series>,
    pub(in crate::report) limits: Vec<Limit>,
}

/// Points, and how they are drawn.
pub(in crate::report) enum Series {
    Dots(Vec<(f64, f64)>),
    Line(Vec<(f64, f64)>),
    /// Points with how far the truth may be from each.
    Ranges(Vec<(f64, f64, f64)>),
}

impl Series {
    fn points(&self) -> Box<dyn Iterator<Item = (f64, f64)> + '_> {
        match self {
            Self::Dots(points) | Self::Line(points) => Box::new(points.iter().copied()),
            Self::Ranges(points) => Box::new(
                points.iter().flat_map(|(at, value, far)| [(*at, value - far), (*at, value + far)]),
            ),
        }
    }
}

impl OverTime {
    /// The plot; `None` where there is nothing to draw.
    pub(in crate::report) fn svg(&self) -> Option<String> {
        let values = || self.series.iter().flat_map(Series::points).map(|(_, value)| value);
        values().next()?;
        let low = self.floor.unwrap_or_else(|| values().fold(f64::INFINITY, f64::min).min(0.0));
        let high = top(values(), &self.limits, low, 0.5);
        let mut svg = String::new();
        self.draw(&mut svg, low, high).ok()?;
        Some(coloured(&svg))
    }

    fn draw(&self, svg: &mut String, low: f64, high: f64) -> Drawn {
        let root = SVGBackend::with_string(svg, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_top(6)
            .margin_right(RIGHT)
            .margin_bottom(2)
            .x_label_area_size(22)
            .y_label_area_size(LEFT)
            .build_cartesian_2d(0.0..self.span.max(1e-3), low..high)?;
        let places = usize::from(high - low < 4.0);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(10)
            .y_labels(5)
            .x_label_formatter(&|seconds| format!("{seconds:.1} s"))
            .y_label_formatter(&|value| format!("{value:.places$}"))
            .y_desc(self.unit)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .draw()?;
        for series in &self.series {
            match series {
                Series::Dots(points) => {
                    let dots = points.iter().map(|(at, value)| {
                        Circle::new((*at, value.clamp(low, high)), 2, MARK.filled())
                    });
                    chart.draw_series(dots)?;
                }
                Series::Line(points) => {
                    let line = points.iter().map(|(at, value)| (*at, value.clamp(low, high)));
                    chart.draw_series(LineSeries::new(line, SECOND.stroke_width(2)))?;
                }
                Series::Ranges(points) => {
                    for (at, value, far) in points {
                        let bar = vec![(*at, (value - far).max(low)), (*at, value + far)];
                        chart.draw_series([PathElement::new(bar, MARK.stroke_width(2))])?;
                        chart.draw_series([Circle::new((*at, *value), 3, MARK.filled())])?;
                    }
                }
            }
        }
        for limit in self.limits.iter().filter(|limit| low <= limit.value && limit.value <= high) {
            let ends = [(0.0, limit.value), (self.span, limit.value)];
            chart.draw_series(DashedLineSeries::new(ends, 7, 4, LIMIT.stroke_width(1)))?;
            let style = ("sans-serif", 12).into_font().color(&LIMIT);
            let words = Text::new(limit.words.clone(), (5, -13), style);
            chart.draw_series([EmptyElement::at((0.0, limit.value)) + words])?;
        }
        root.present()?;
        Ok(())
    }
}

const HEIGHT: u32 = 132;
