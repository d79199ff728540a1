//! The figures that Wireshark shows of a stream.

use super::{real, seconds};
use crate::time::Tick;

/// What `tshark -z rtp,streams` prints of a stream, by its rules and not by ours.
///
/// They are those of RFC 3550 as long as a stream is plain audio. Otherwise they differ: packets with
/// the marker, comfort noise and the packet after it do not enter into means, least and largest
/// values, though they weigh in the means as if they did; a telephone event moves the time of arrival
/// that the next audio packet is held against, but not its timestamp; a duplicate makes good for a
/// lost packet. Times are in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wireshark {
    packets: u64,
    first: (u16, u32),
    before: Before,
    /// The timestamp of the last packet whose clock is known.
    clocked: u32,
    /// How often the sequence number ran over, and whether it has not come past its start since.
    cycles: (i64, bool),
    jitter: f64,
    delta: Range,
    jitters: Range,
}

/// The last packet that came in the order of its timestamp, and the last that came.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    at: Tick,
    sequence: u16,
    is_noise: bool,
}

/// Least, mean and largest value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// The least.
    pub min: Option<f64>,
    /// The mean.
    pub mean: f64,
    /// The largest.
    pub max: f64,
}

/// What the payload of a packet is, as Wireshark tells it apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Media with this clock.
    Media(u32),
    /// Comfort noise with this clock.
    Noise(u32),
    /// Telephone events, and what nobody knows the clock of.
    Unclocked,
}

impl Wireshark {
    /// Takes a packet in the order of arrival.
    #[inline]
    pub fn push(&mut self, at: Tick, marker: bool, sequence: u16, timestamp: u32, kind: Kind) {
        let is_noise = matches!(kind, Kind::Noise(_));
        let now = Before { at, sequence, is_noise };
        if self.packets == 0 {
            self.first = (sequence, timestamp);
            self.clocked = timestamp;
            self.before = now;
            self.packets = 1;
            return;
        }
        let Before { at: then, sequence: last, is_noise: after_noise } = self.before;
        let in_time = timestamp.wrapping_sub(self.first.1).cast_signed() >= 0;
        let (cycles, under) = &mut self.cycles;
        let (start, ran_over) = (self.first.0, sequence == 0 && last == u16::MAX);
        if in_time && !*under && (sequence < start || ran_over) {
            (*cycles, *under) = (*cycles + 1, true);
        } else if in_time && *under && sequence > start {
            *under = false;
        }
        let delta = seconds(then, at);
        let clock = match kind {
            Kind::Media(clock) | Kind::Noise(clock) => Some(clock),
            Kind::Unclocked => None,
        };
        if let Some(clock) = clock {
            let media = real(i64::from(timestamp.wrapping_sub(self.clocked).cast_signed()));
            self.clocked = timestamp;
            let change = (delta - media / f64::from(clock)).abs();
            self.jitter = (15.0 * self.jitter + change) / 16.0;
        }
        if !marker && !is_noise && !after_noise && in_time {
            let weight = weight(self.packets);
            self.delta.take(delta, weight);
            if clock.is_some() {
                self.jitters.take(self.jitter, weight);
            }
        }
        self.before = if in_time { now } else { Before { sequence, is_noise, ..self.before } };
        self.packets += 1;
    }

    /// How many packets are missing: those expected less those that came, duplicates included.
    pub fn lost(&self) -> i64 {
        let last = i64::from(self.before.sequence) + self.cycles.0 * 65_536;
        let expected = last - i64::from(self.first.0) + 1;
        if self.packets == 0 { 0 } else { expected.saturating_sub_unsigned(self.packets) }
    }

    /// The times between arrivals.
    pub const fn delta(&self) -> Range {
        self.delta
    }

    /// The jitter.
    pub const fn jitter(&self) -> Range {
        self.jitters
    }
}

impl Range {
    /// Takes a value of this weight in the mean.
    fn take(&mut self, value: f64, weight: f64) {
        self.min = Some(self.min.map_or(value, |min| min.min(value)));
        self.max = self.max.max(value);
        self.mean += (value - self.mean) * weight;
    }
}

/// The weight of a value after so many packets.
#[expect(clippy::cast_precision_loss, reason = "no stream has 2^53 packets")]
const fn weight(packets: u64) -> f64 {
    1.0 / packets as f64
}
