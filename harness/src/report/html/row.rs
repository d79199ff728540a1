//! One row of a ladder on the page.

use crate::evidence::console::printable;
use crate::evidence::timeline::{Datagram, Seen};
use crate::report::JudgedCase;
use crate::report::civil::clock;
use crate::report::ladder::{Ladder, Row, Shape, millis};
use crate::verdict::Verdict;
use crate::wire::classify::{Kind, classify};
use crate::wire::sip::Message;
use std::fmt::Write as _;

/// One row, ready for the template.
pub(super) struct RowView {
    /// The first entry that it stands for.
    pub(super) entry: u32,
    pub(super) at: String,
    /// The same in seconds, for the cursor.
    pub(super) seconds: String,
    /// What the clock on the wall showed.
    pub(super) wall: String,
    /// Whether it has an arrow between columns.
    pub(super) is_drawn: bool,
    pub(super) class: &'static str,
    /// The grid lines between which the arrow is.
    pub(super) left: usize,
    pub(super) right: usize,
    /// The arrow in words.
    pub(super) way: String,
    pub(super) mark: &'static str,
    pub(super) label: String,
    /// Class and text.
    pub(super) notes: Vec<(&'static str, String)>,
    pub(super) is_cited: bool,
    pub(super) caption: String,
    /// The message; empty where there is none.
    pub(super) detail: String,
    pub(super) defects: Vec<String>,
}

impl RowView {
    pub(super) fn new(case: &JudgedCase, ladder: &Ladder, row: &Row) -> Self {
        let (class, mark, columns) = match row.shape {
            Shape::Arrow { from, to } => {
                let class = match (from < to, row.repeats > 0) {
                    (true, false) => "arrow ltr",
                    (true, true) => "arrow ltr again",
                    (false, false) => "arrow rtl",
                    (false, true) => "arrow rtl again",
                };
                (class, "", Some((from, to)))
            }
            Shape::Flow { from, to, .. } => {
                (if from < to { "flow ltr" } else { "flow rtl" }, "", Some((from, to)))
            }
            Shape::Wrote => ("wrote", ">", None),
            Shape::Line => ("line-read", "<", None),
            Shape::Bench => ("bench", "*", None),
            Shape::Unmet(_) => ("unmet", "✗", None),
        };
        let label = match row.shape {
            Shape::Unmet(step) => format!("unmet: {}. {}", case.step_text(step), row.label),
            Shape::Arrow { .. }
            | Shape::Flow { .. }
            | Shape::Wrote
            | Shape::Line
            | Shape::Bench => row.label.clone(),
        };
        let name = |column: usize| ladder.columns.get(column).map_or("?", String::as_str);
        let (left, right) = columns.map_or((1, 2), |(from, to)| (from.min(to), from.max(to)));
        let notes = notes(case, row);
        let mut this = Self {
            entry: row.entries.first().map_or(0, |seq| seq.0),
            at: millis(case.since_it_began(row.at)),
            seconds: format!("{:.6}", case.since_it_began(row.at).as_secs_f64()),
            wall: clock(case.record.started_unix_ns.saturating_add(row.at.as_nanos())),
            is_drawn: columns.is_some(),
            class,
            left: 2 * left + 2,
            right: 2 * right + 2,
            way: columns
                .map_or_else(String::new, |(from, to)| format!("{} to {}", name(from), name(to))),
            mark,
            label,
            is_cited: notes.iter().any(|(class, _)| matches!(*class, "fail" | "inconclusive")),
            notes,
            caption: String::new(),
            detail: String::new(),
            defects: Vec::new(),
        };
        this.detail(case, ladder, row);
        this
    }

    /// Whether it is a line of the console of which nothing else is to be said.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(self.class, "wrote" | "line-read") && self.notes.is_empty()
    }

    /// The bytes of a message; of media, its first packet.
    fn detail(&mut self, case: &JudgedCase, ladder: &Ladder, row: &Row) {
        let first = row.entries.first().and_then(|seq| case.timeline.get(*seq));
        let Some(entry) = first else { return };
        let (Seen::Sent(datagram) | Seen::Received(datagram)) = &entry.seen else { return };
        let way = if matches!(entry.seen, Seen::Sent(_)) { "to" } else { "from" };
        let Datagram { local, remote, bytes, .. } = datagram;
        let bytes = ladder.streams.message(entry).unwrap_or(bytes);
        let (number, length, nanos) = (entry.seq.0, bytes.len(), entry.at.as_nanos());
        let entries = match (row.entries.len(), row.entries.last()) {
            (2.., Some(last)) => format!("entries {number} to {}, the first of which has", last.0),
            _ => format!("entry {number},"),
        };
        self.caption = format!("{entries} {length} bytes at {nanos} ns, {local} {way} {remote}");
        self.detail = match classify(bytes) {
            Kind::Sip => {
                let message = Message::read(bytes);
                self.defects = message.defects().iter().map(ToString::to_string).collect();
                text(bytes)
            }
            Kind::KeepAlive | Kind::Stun | Kind::Rtp | Kind::Rtcp | Kind::Unknown => hex(bytes),
        };
    }
}

fn notes(case: &JudgedCase, row: &Row) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if row.repeats > 0 {
        notes.push(("", format!("retransmission {}", row.repeats)));
    }
    if let Some(step) = row.met {
        notes.push(("", format!("✓ {}", case.step_text(step))));
    }
    for (_, event) in case.told.iter().filter(|(seq, _)| row.entries.contains(seq)) {
        notes.push(("told", event.kind.word().to_owned()));
    }
    for finding in &case.findings {
        let class = match finding.verdict {
            Verdict::Fail | Verdict::Error => "fail",
            Verdict::Inconclusive => "inconclusive",
            Verdict::None | Verdict::Pass => continue,
        };
        if finding.evidence.iter().any(|seq| row.entries.contains(seq)) {
            notes.push((class, format!("{} {}", finding.verdict, finding.requirement)));
        }
    }
    notes
}

/// Text with line ends as they show, and what is neither text nor line end as its code.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<String> =
        text.split('\n').map(|line| printable(line.strip_suffix('\r').unwrap_or(line))).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The first bytes in hexadecimal, sixteen a line.
fn hex(bytes: &[u8]) -> String {
    let mut dump = String::new();
    for (index, line) in bytes.chunks(16).take(LINES).enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(dump, "{:04x} ", index * 16);
        for byte in line {
            let _ = write!(dump, " {byte:02x}");
        }
        dump.push('\n');
    }
    if bytes.len() > LINES * 16 {
        let _ = write!(dump, "… and {} bytes more", bytes.len() - LINES * 16);
    }
    dump.trim_end().to_owned()
}

const LINES: usize = 6;
