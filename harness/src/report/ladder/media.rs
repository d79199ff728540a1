//! Folding the packets of a stream into one row.

use super::{Row, Shape};
use crate::evidence::formats::Formats;
use crate::evidence::timeline::Entry;
use crate::signal::codec::Codec;
use crate::time::Tick;
use crate::wire::rtp::Packet;
use crate::wire::telephone_event::Event;
use std::collections::BTreeMap;
use std::time::Duration;

/// The flows that are going on.
#[derive(Debug, Default)]
pub(super) struct Flows(BTreeMap<Key, Flow>);

/// What packets of one row have in common; the timestamp only for telephone events, of which each
/// is a row.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    columns: (usize, usize),
    ssrc: u32,
    payload_type: u8,
    codec: Option<Codec>,
    event: Option<(u8, u32)>,
}

#[derive(Debug)]
struct Flow {
    /// The place of its row.
    row: usize,
    first: Tick,
    last: Tick,
}

impl Flows {
    /// Adds a packet to the row of its flow, or begins one; false if it is not RTP.
    pub(super) fn absorb(
        &mut self,
        rows: &mut Vec<Row>,
        entry: &Entry,
        bytes: &[u8],
        columns: (usize, usize),
        formats: &Formats,
    ) -> bool {
        let Some(key) = Key::of(entry, bytes, columns, formats) else { return false };
        let going = self.0.get(&key).is_some_and(|flow| entry.at.since(flow.last) < GAP);
        if !going {
            self.0.remove(&key);
            let (from, to) = columns;
            rows.push(Row {
                at: entry.at,
                entries: Vec::new(),
                shape: Shape::Flow { from, to, until: entry.at },
                label: String::new(),
                met: None,
                repeats: 0,
            });
        }
        let begun = Flow { row: rows.len().saturating_sub(1), first: entry.at, last: entry.at };
        let flow = self.0.entry(key.clone()).or_insert(begun);
        flow.last = entry.at;
        if let Some(row) = rows.get_mut(flow.row) {
            row.entries.push(entry.seq);
            if let Shape::Flow { until, .. } = &mut row.shape {
                *until = entry.at;
            }
            row.label = key.label(row.entries.len(), flow.last.since(flow.first));
        }
        true
    }

    /// Ends the flows of a column, so that what follows stands below the message that came between.
    pub(super) fn interrupt(&mut self, column: usize) {
        self.0.retain(|key, _| key.columns.0 != column && key.columns.1 != column);
    }
}

impl Key {
    fn of(entry: &Entry, bytes: &[u8], columns: (usize, usize), formats: &Formats) -> Option<Self> {
        let packet = Packet::read(bytes).filter(|packet| packet.version == 2)?;
        let payload_type = packet.payload_type;
        //= RFC 4733 §2.3
        let event = match Event::read(packet.payload) {
            Some(event) if payload_type >= DYNAMIC && packet.payload.len() == 4 => {
                Some((event.code, packet.timestamp))
            }
            Some(_) | None => None,
        };
        let codec = formats.codec(entry.pco, entry.at, payload_type);
        Some(Self { columns, ssrc: packet.ssrc, payload_type, codec, event })
    }

    fn label(&self, packets: usize, span: Duration) -> String {
        let plural = if packets == 1 { "" } else { "s" };
        let seconds = span.as_secs_f64();
        if let Some((event, _)) = self.event {
            let digit = name(event);
            return format!("RTP event {digit}, {packets} packet{plural}, {seconds:.2} s");
        }
        let name = self.codec.map_or_else(
            || format!("payload type {}", self.payload_type),
            |codec| codec.to_string(),
        );
        format!("RTP {name}, {packets} packet{plural}, {seconds:.2} s")
    }
}

/// What an event code stands for.
fn name(code: u8) -> String {
    let event = Event { code, end: false, volume: 0, duration: 0 };
    event.digit().map_or_else(|| format!("number {code}"), String::from)
}

/// A pause in a stream that is worth a row of its own.
const GAP: Duration = Duration::from_millis(500);
/// The first dynamic payload type (RFC 3551 §3).
const DYNAMIC: u8 = 96;
