//! Telephone events: digits as RFC 4733 sends them.

use super::{Measured, Packet, Stream, Unit, real};
use crate::signal::Digit;
use crate::time::Tick;
use crate::wire::telephone_event;

/// One telephone event.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
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
    /// Whether the duration that its packets state never goes down, and is longer at its end than at
    /// its beginning.
    pub grows: bool,
    /// Whether a packet of it has the reserved bit set, which the sender has to clear.
    pub reserved: bool,
    /// The longest time between two packets of it; good to two stamps. Absent if there is one packet.
    pub longest_gap: Option<std::time::Duration>,
    /// When it began and ended by timestamps and durations, in ticks of the clock.
    pub ticks: (i64, i64),
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
        // A segment that is full is followed by another, and the event is as long as both.
        let segmented = reports.iter().any(|report| report.says.duration >= FULL);
        let began = first.packet.instant;
        let longest = reports.iter().map(|report| {
            let before = if segmented { report.packet.instant - began } else { 0 };
            before + i64::from(report.says.duration)
        });
        let longest = longest.max()?;
        // A packet may come again with the same duration, and the end bit on a later copy.
        let falls = reports.windows(2).any(|pair| match pair {
            [a, b] => b.says.duration < a.says.duration && !b.begins_segment_after(a),
            _ => false,
        });
        let running = reports.iter().filter(|report| !report.says.end).count();
        let still = reports.last().is_some_and(|last| last.says.duration <= first.says.duration);
        let mut times: Vec<Tick> = arrivals().map(|(at, _)| at).collect();
        times.sort_unstable();
        let gaps = times.windows(2).filter_map(|pair| Some(pair.last()?.since(*pair.first()?)));
        let tick = f64::from(clock_rate).recip();
        let later = reports.iter().filter(|report| report.packet.order != first.packet.order);
        Some(Self {
            code: first.says.code,
            start,
            end: ends().map(|report| report.packet.at).min(),
            duration: Measured {
                value: real(longest) * tick,
                uncertainty: tick,
                unit: Unit::Seconds,
            },
            end_packets: ends().count(),
            packets: reports.len(),
            one_timestamp: reports.iter().all(|r| r.packet.timestamp == first.packet.timestamp),
            grows: !falls && (running < 2 || segmented || !still),
            reserved: reports
                .iter()
                .any(|r| r.packet.payload.get(1).is_some_and(|it| it & 0x40 != 0)),
            longest_gap: gaps.max(),
            ticks: (began, began + longest),
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

    /// Whether it begins the next segment of an event that is too long for one report.
    //= RFC 4733 §2.5.1.3
    fn begins_segment_after(&self, before: &Self) -> bool {
        let moved = self.packet.timestamp != before.packet.timestamp;
        moved && !self.packet.marker && !before.says.end && before.says.duration >= FULL
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
            && !self.begins_segment_after(before)
            && (before.says.end || self.packet.marker || self.says.duration < before.says.duration)
    }
}

/// The duration of a segment that another follows, less what its last packet may have added.
const FULL: u16 = 0xf000;

#[cfg(test)]
mod tests;
