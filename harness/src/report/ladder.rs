//! The ladder of a case: what was seen, as rows between columns.

pub(super) mod label;
mod media;

use super::JudgedCase;
use crate::evidence::console::printable;
use crate::evidence::formats::Formats;
use crate::evidence::point::{Pco, Point, RolePoint};
use crate::evidence::step::StepId;
use crate::evidence::streams::Streams;
use crate::evidence::timeline::{Datagram, Entry, Impaired, Seen, Seq, Timeline};
use crate::impair;
use crate::time::Tick;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// A ladder, oldest row first.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    /// The roles of the program, and last the device.
    pub(super) columns: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<Row>,
    /// The messages that came in streams.
    pub(super) streams: Streams,
    /// The row of each entry that has one.
    places: BTreeMap<Seq, usize>,
}

/// One row of a ladder.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// When.
    pub(super) at: Tick,
    /// The entries that it stands for; the first gives it its place.
    pub(super) entries: Vec<Seq>,
    /// What is drawn.
    pub(super) shape: Shape,
    /// What is written.
    pub(super) label: String,
    /// The step that it met, if any.
    pub(super) met: Option<StepId>,
    /// How many times the same bytes went the same way before.
    pub(super) repeats: usize,
}

/// What a row draws.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// One message.
    Arrow {
        /// The column that it leaves.
        from: usize,
        /// The column that it reaches.
        to: usize,
    },
    /// Packets of one stream, until this instant.
    Flow {
        /// The column that they leave.
        from: usize,
        /// The column that they reach.
        to: usize,
        /// When the last was seen.
        until: Tick,
    },
    /// A line that the test system wrote to the control face.
    Wrote,
    /// A line that the device wrote.
    Line,
    /// Something that the bench did or suffered.
    Bench,
    /// A step that was not met.
    Unmet(StepId),
}

impl Ladder {
    /// The ladder of a judged case.
    pub(super) fn new(case: &JudgedCase) -> Self {
        let roles = case.program.roles.iter().map(|role| role.name.clone());
        Self::of(roles.collect(), &case.record.points, &case.timeline)
    }

    /// The ladder of what was seen at the points of these roles.
    pub(super) fn of(roles: Vec<String>, points: &[Point], timeline: &Timeline) -> Self {
        let mut columns = roles;
        let dut = columns.len();
        columns.push("dut".to_owned());
        let streams = Streams::of(timeline);
        let mut builder = Builder {
            dut,
            ours: BTreeMap::new(),
            rows: Vec::new(),
            met: BTreeMap::new(),
            seen: BTreeMap::new(),
            flows: media::Flows::default(),
            formats: Formats::among(timeline, &streams),
            halves: Vec::new(),
            streams: &streams,
        };
        for point in points {
            if let (Some(local), Some((role, _))) = (point.local, point.pco.role()) {
                builder.ours.insert(local, usize::from(role).min(dut));
            }
        }
        for entry in timeline.entries() {
            if let Seen::Met(step, Some(by)) = entry.seen {
                builder.met.insert(by, step);
            }
        }
        let mut entries: Vec<&Entry> = timeline.entries().iter().collect();
        entries.sort_by_key(|entry| (entry.at, entry.seq));
        for entry in entries {
            builder.add(entry);
        }
        builder.rows.sort_by_key(|row| (row.at, row.entries.first().copied()));
        let rows = builder.rows;
        Self { streams, ..Self::drawn(columns, rows) }
    }

    /// A ladder of rows that are in order.
    pub(super) fn drawn(columns: Vec<String>, rows: Vec<Row>) -> Self {
        let mut places = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            places.extend(row.entries.iter().map(|seq| (*seq, place)));
        }
        Self { columns, rows, streams: Streams::default(), places }
    }

    /// The row that an entry is in.
    pub(super) fn row(&self, seq: Seq) -> Option<&Row> {
        self.rows.get(*self.places.get(&seq)?)
    }

    /// The first entry of the row that an entry is in, by which the row is named.
    pub(super) fn row_of(&self, seq: Seq) -> Option<Seq> {
        self.row(seq)?.entries.first().copied()
    }
}

struct Builder<'a> {
    dut: usize,
    /// The columns of our addresses.
    ours: BTreeMap<SocketAddr, usize>,
    rows: Vec<Row>,
    met: BTreeMap<Seq, StepId>,
    /// How often these bytes went this way at this point.
    seen: BTreeMap<(Pco, Way, &'a [u8]), usize>,
    flows: media::Flows,
    formats: Formats,
    streams: &'a Streams,
    /// What one of our ends has seen of what passes between two, and the other not yet: the row.
    halves: Vec<(Way, SocketAddr, SocketAddr, &'a [u8], usize)>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Way {
    Out,
    In,
}

impl<'a> Builder<'a> {
    fn add(&mut self, entry: &'a Entry) {
        match &entry.seen {
            Seen::Sent(datagram) => self.datagram(entry, datagram, Way::Out),
            Seen::Received(datagram) => self.datagram(entry, datagram, Way::In),
            Seen::Wrote(text) => self.row(entry, Shape::Wrote, printable(text)),
            Seen::Opened { connection, transport, local, remote } => {
                let (from, to) =
                    if connection.is_incoming() { (remote, local) } else { (local, remote) };
                let text = format!("{} connection opened, {from} to {to}", transport.in_via());
                self.row(entry, Shape::Bench, text);
            }
            Seen::Closed { why, .. } => {
                self.row(entry, Shape::Bench, format!("connection closed: {why}"));
            }
            Seen::Line(text) => self.row(entry, Shape::Line, printable(text)),
            Seen::Bench(text) | Seen::Network(text) => {
                self.row(entry, Shape::Bench, text.clone());
            }
            Seen::Impaired(Impaired { way, fate, datagram }) => {
                // Of media there are too many; their fates are in the timeline.
                if let Some((_, RolePoint::Sip)) = entry.pco.role() {
                    let way = match way {
                        impair::Way::ToDevice => "to the device",
                        impair::Way::FromDevice => "from the device",
                    };
                    let what = label::datagram(&datagram.bytes);
                    self.row(entry, Shape::Bench, format!("{what} {way}: {fate}"));
                }
            }
            Seen::Unreachable(remote, why) => {
                self.row(entry, Shape::Bench, format!("{remote} is not reached: {why}"));
            }
            Seen::Died(text) => self.row(entry, Shape::Bench, format!("the device died: {text}")),
            Seen::Fault(text) => self.row(entry, Shape::Bench, format!("fault: {text}")),
            Seen::Stall(span) => {
                let text = format!("the machine stood still for {} ms", millis(*span));
                self.row(entry, Shape::Bench, text);
            }
            Seen::Unmet(step, why) => self.row(entry, Shape::Unmet(*step), why.clone()),
            Seen::Keyed(keyed) => {
                let text = match &keyed.keys {
                    Some(keys) => format!("media under {} from here on", keys.suite),
                    None => "media in clear from here on".to_owned(),
                };
                self.row(entry, Shape::Bench, text);
            }
            Seen::Reached(_) | Seen::Met(..) | Seen::Skipped(_) => {}
        }
    }

    fn datagram(&mut self, entry: &'a Entry, datagram: &'a Datagram, way: Way) {
        let role = entry.pco.role();
        let column = role.map_or(self.dut, |(role, _)| usize::from(role)).min(self.dut);
        let other = self.ours.get(&datagram.remote).copied();
        let (from, to) = match way {
            Way::Out => (column, other.unwrap_or(self.dut)),
            Way::In => (other.unwrap_or(self.dut), column),
        };
        if other.is_some() && self.completes(entry, datagram, way) {
            return;
        }
        if let Some((_, RolePoint::Rtp)) = role
            && self.flows.absorb(&mut self.rows, entry, &datagram.bytes, (from, to), &self.formats)
        {
            return;
        }
        let Some(bytes) = self.streams.message(entry) else {
            let label = format!("{} bytes of a stream", datagram.bytes.len());
            return self.row(entry, Shape::Arrow { from, to }, label);
        };
        let label = label::datagram(bytes);
        let count = self.seen.entry((entry.pco, way, bytes)).or_default();
        let repeats = *count;
        *count += 1;
        if repeats == 0 && matches!(role, Some((_, RolePoint::Sip))) {
            self.flows.interrupt(column);
        }
        if other.is_some() {
            self.halves.push((
                way,
                datagram.local,
                datagram.remote,
                &datagram.bytes,
                self.rows.len(),
            ));
        }
        self.row(entry, Shape::Arrow { from, to }, label);
        if let Some(row) = self.rows.last_mut() {
            row.repeats = repeats;
        }
    }

    /// Adds what one of our ends has seen to the row of what another has, if there is one.
    fn completes(&mut self, entry: &Entry, datagram: &Datagram, way: Way) -> bool {
        let other = |half: &(Way, SocketAddr, SocketAddr, &[u8], usize)| {
            let (seen, local, remote, bytes, _) = *half;
            let turned = (local, remote) == (datagram.remote, datagram.local);
            seen != way && turned && bytes == datagram.bytes
        };
        let Some(at) = self.halves.iter().position(other) else { return false };
        let (.., row) = self.halves.remove(at);
        let met = self.met.get(&entry.seq).copied();
        if let Some(row) = self.rows.get_mut(row) {
            row.entries.push(entry.seq);
            row.met = row.met.or(met);
        }
        true
    }

    fn row(&mut self, entry: &Entry, shape: Shape, label: String) {
        let met = self.met.get(&entry.seq).copied();
        let entries = vec![entry.seq];
        self.rows.push(Row { at: entry.at, entries, shape, label, met, repeats: 0 });
    }
}

/// Milliseconds with one decimal.
pub(super) fn millis(span: Duration) -> String {
    format!("{:.1}", span.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests;
