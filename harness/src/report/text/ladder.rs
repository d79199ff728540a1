//! The ladder of a case as text.

use crate::report::JudgedCase;
use crate::report::ladder::{Ladder, Row, Shape, millis};
use crate::time::Tick;
use std::fmt::Write as _;

/// The ladder: milliseconds since the case began in the margin, a column a role and one for the
/// device, console and bench at the right.
pub fn render(case: &JudgedCase) -> String {
    draw(&Ladder::new(case), case.began(), |row| note(case, row))
}

/// Draws a ladder; `note` is what stands at the right of a row.
pub(in crate::report) fn draw(
    ladder: &Ladder,
    began: Tick,
    note: impl Fn(&Row) -> String,
) -> String {
    let grid = Grid::new(ladder);
    let mut text = format!("{:MARGIN$}  {}\n", "ms", grid.heading(ladder));
    for row in &ladder.rows {
        let line = grid.row(row);
        let note = note(row);
        let at = millis(row.at.since(began));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", format!("{at:>MARGIN$}  {line}{note}").trim_end());
    }
    text
}

/// What stands at the right of a row.
fn note(case: &JudgedCase, row: &Row) -> String {
    let mut note = String::new();
    let cited = case.findings.iter().filter(|finding| {
        finding.verdict > crate::verdict::Verdict::Pass
            && finding.evidence.iter().any(|seq| row.entries.contains(seq))
    });
    if row.repeats > 0 {
        let _ = write!(note, "  (retransmission {})", row.repeats);
    }
    match row.shape {
        Shape::Wrote => note = format!("  > {}", row.label),
        Shape::Line => note = format!("  < {}", row.label),
        Shape::Bench => note = format!("  * {}", row.label),
        Shape::Unmet(step) => note = format!("  ! unmet `{}`: {}", case.step_text(step), row.label),
        Shape::Arrow { .. } | Shape::Flow { .. } => {}
    }
    for finding in cited {
        let _ = write!(note, "  [{} {}]", finding.verdict, finding.requirement);
    }
    note
}

struct Grid {
    columns: usize,
    width: usize,
}

impl Grid {
    fn new(ladder: &Ladder) -> Self {
        let longest = ladder.rows.iter().filter_map(|row| match row.shape {
            Shape::Arrow { from, to } | Shape::Flow { from, to, .. } => {
                let span = from.abs_diff(to).max(1);
                Some((row.label.chars().count() + 8).div_ceil(span))
            }
            Shape::Wrote | Shape::Line | Shape::Bench | Shape::Unmet(_) => None,
        });
        let width = longest.max().unwrap_or(0).clamp(NARROWEST, WIDEST);
        Self { columns: ladder.columns.len(), width }
    }

    fn heading(&self, ladder: &Ladder) -> String {
        let mut line = String::new();
        for name in &ladder.columns {
            let _ = write!(line, "{name:<width$}", width = self.width);
        }
        line.trim_end().to_owned()
    }

    /// The lifelines and, where the row has one, its arrow.
    fn row(&self, row: &Row) -> String {
        let blank = |index: usize| if index.is_multiple_of(self.width) { '|' } else { ' ' };
        let mut cells: Vec<char> =
            (0..=(self.columns.saturating_sub(1)) * self.width).map(blank).collect();
        let (from, to, stroke) = match row.shape {
            Shape::Arrow { from, to } => (from, to, '-'),
            Shape::Flow { from, to, .. } => (from, to, '='),
            Shape::Wrote | Shape::Line | Shape::Bench | Shape::Unmet(_) => {
                return cells.into_iter().collect();
            }
        };
        let (left, right) = (from.min(to) * self.width, from.max(to) * self.width);
        for cell in cells.iter_mut().take(right).skip(left + 1) {
            *cell = stroke;
        }
        let tip = if from < to { right.saturating_sub(1) } else { left + 1 };
        if let Some(cell) = cells.get_mut(tip) {
            *cell = if from < to { '>' } else { '<' };
        }
        let room = (right - left).saturating_sub(7);
        let label: String = row.label.chars().take(room).collect();
        for (cell, c) in cells.iter_mut().skip(left + 3).zip(format!(" {label} ").chars()) {
            *cell = c;
        }
        cells.into_iter().collect()
    }
}

const MARGIN: usize = 9;
const NARROWEST: usize = 20;
const WIDEST: usize = 48;
