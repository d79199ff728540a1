//! `console.log`: what was written to and read from the control face, and what the bench did.

use super::timeline::{Seen, Timeline};
use std::fmt::Write as _;

/// The console log of a case: a line each of stamp, direction and text.
///
/// The stamp is in seconds since the case began. `>` is what the test system wrote, `<` what the
/// device wrote, `*` what the bench did or suffered. Control characters are escaped.
pub fn log(timeline: &Timeline) -> String {
    let mut log = String::new();
    for entry in timeline.entries() {
        let (direction, text) = match &entry.seen {
            Seen::Wrote(text) => ('>', text),
            Seen::Line(text) => ('<', text),
            Seen::Bench(text) | Seen::Network(text) | Seen::Died(text) | Seen::Fault(text) => {
                ('*', text)
            }
            Seen::Sent(_)
            | Seen::Received(_)
            | Seen::Opened { .. }
            | Seen::Closed { .. }
            | Seen::Unreachable(..)
            | Seen::Impaired(_)
            | Seen::Stall(_)
            | Seen::Keyed(_)
            | Seen::Reached(_)
            | Seen::Met(..)
            | Seen::Skipped(_)
            | Seen::Unmet(..) => continue,
        };
        let nanos = entry.at.as_nanos();
        let (seconds, micros) = (nanos / 1_000_000_000, nanos % 1_000_000_000 / 1_000);
        // Writing to a string cannot fail.
        let _ = writeln!(log, "{seconds:5}.{micros:06} {direction} {}", printable(text));
    }
    log
}

/// A line with its control characters escaped, and those that would show the text around them in another
/// order, so that it can be shown anywhere.
pub fn printable(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for c in line.chars() {
        if c.is_control() && c != '\t' || REORDERING.contains(&c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Embeddings, overrides and isolates of the Unicode bidirectional algorithm, and its marks.
const REORDERING: [char; 12] = [
    '\u{061c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::point::Pco;
    use crate::evidence::step::StepId;
    use crate::time::Tick;

    #[test]
    fn the_log_has_both_directions_and_the_bench() {
        let mut timeline = Timeline::default();
        let at = Tick::from_nanos;
        timeline.record(at(0), Pco::BENCH, Seen::Bench("power on".into()));
        timeline.record(at(900), Pco::TEST, Seen::Reached(StepId(0)));
        timeline.record(at(1_602_311_900), Pco::CONTROL, Seen::Line("\u{1b}[1mready".into()));
        timeline.record(at(61_000_000_000), Pco::CONTROL, Seen::Wrote("status".into()));
        assert_eq!(printable("a\u{202e}b\tc"), "a\\u{202e}b\tc");
        insta::assert_snapshot!(log(&timeline), @r"
         0.000000 * power on
         1.602311 < \u{1b}[1mready
        61.000000 > status
        ");
    }
}
