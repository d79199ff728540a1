//! Telephone events: digits as RFC 4733 sends them.

use super::{Measured, Packet, Stream, Unit};
use crate::signal::Digit;
use crate::time::Tick;
use crate::wire::telephone_event;

/// One telephone event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// The event code; 0 to 15 are digits.
    pub code: u8,
    /// When its first packet arrived; good to `u`.
    pub start: Tick,
    /// When the first packet with the end bit arrived; good to `u`. Absent if none did.
    pub end: Option<Tick>,
    /// How long it lasted by the largest duration that its packets state, to one tick of the clock.
    pub duration: Measured,
    /// How many packets with the end bit arrived, every copy counted.
    pub end_packets: usize,
    /// How many packets arrived in all.
    pub packets: usize,
    /// Whether all its packets have the same timestamp (RFC 4733 §2.5.1.3).
    pub one_timestamp: bool,
    /// Whether its first packet, and no other, has the marker (RFC 4733 §2.2).
    pub marked: bool,
    /// The level that the first packet states, in dBm0 to 1 dB; for digits that of the two tones
    /// together.
    pub volume: Measured,
    /// The place of its first packet in the list of arrivals.
    pub index: usize,
}

impl Event {
    /// The events in the packets of the telephone-event payload type, in order.
    ///
    /// An event ends where the event code changes, where a marker or a shorter duration comes with
    /// another timestamp, or where another timestamp comes after the end bit. So a device that
    /// moves the timestamp in the middle of an event is seen to, instead of being credited with more
    /// digits. Packets shorter than four bytes are passed over.
    pub fn of(stream: &Stream<'_>, clock_rate: u32) -> Vec<Self> {
        let mut reports: Vec<Report<'_>> =
            stream.packets().iter().filter_map(Report::read).collect();
        reports.sort_by_key(|report| report.packet.order);
        let events = reports.chunk_by(|before, after| !after.begins_after(before));
        events.filter_map(|reports| Self::of_reports(reports, clock_rate)).collect()
    }

    /// The digit, if it is one.
    pub const fn digit(&self) -> Option<Digit> {
        Digit::of_event(self.code)
    }

    fn of_reports(reports: &[Report<'_>], clock_rate: u32) -> Option<Self> {
        let first = reports.first()?;
        let arrivals = || reports.iter().map(|report| (report.packet.at, report.packet.index));
        let (start, index) = arrivals().min()?;
        let ends = || reports.iter().filter(|report| report.says.end);
        let longest = reports.iter().map(|report| report.says.duration).max()?;
        let tick = f64::from(clock_rate).recip();
        let later = reports.iter().filter(|report| report.packet.order != first.packet.order);
        Some(Self {
            code: first.says.code,
            start,
            end: ends().map(|report| report.packet.at).min(),
            duration: Measured {
                value: f64::from(longest) * tick,
                uncertainty: tick,
                unit: Unit::Seconds,
            },
            end_packets: ends().count(),
            packets: reports.len(),
            one_timestamp: reports.iter().all(|r| r.packet.timestamp == first.packet.timestamp),
            marked: first.packet.marker && !later.clone().any(|report| report.packet.marker),
            volume: Measured {
                value: -f64::from(first.says.volume),
                uncertainty: 0.5,
                unit: Unit::Dbm0,
            },
            index,
        })
    }
}

/// The digits among some events, in order.
pub fn digits(events: &[Event]) -> String {
    events.iter().filter_map(Event::digit).map(Digit::name).collect()
}

/// The time from the beginning of one event to that of the next, stamps being good to `stamp`.
pub fn spacing(events: &[Event], stamp: std::time::Duration) -> Vec<Measured> {
    let pairs = events.iter().zip(events.iter().skip(1));
    pairs.map(|(a, b)| Measured::between(super::seconds(a.start, b.start), stamp)).collect()
}

/// One packet of an event.
#[derive(Clone, Copy)]
struct Report<'a> {
    packet: Packet<'a>,
    says: telephone_event::Event,
}

impl<'a> Report<'a> {
    fn read(packet: &Packet<'a>) -> Option<Self> {
        Some(Self { packet: *packet, says: telephone_event::Event::read(packet.payload)? })
    }

    /// Whether it is of another event than the report before it in sequence.
    fn begins_after(&self, before: &Self) -> bool {
        if self.says.code != before.says.code {
            return true;
        }
        let moved = self.packet.timestamp != before.packet.timestamp;
        let repeated_end = before.says.end && self.says == before.says;
        moved
            && !repeated_end
            && (before.says.end || self.packet.marker || self.says.duration < before.says.duration)
    }
}

#[cfg(test)]
mod tests;
