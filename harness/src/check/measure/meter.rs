//! All figures of a stream at once, packet by packet, in memory that does not grow.

use super::numbering::{Head, Numbered};
use super::wireshark::Kind;
use super::{
    Intervals, Jitter, Loss, Measured, Numbering, Sketch, Wireshark, jitter, loss, real, seconds,
    skew,
};
use crate::time::Tick;
use std::time::Duration;

/// The figures of one source as its packets come.
///
/// Counts are of the whole stream, and times of its audio: that of the clock rate last given. The
/// figures are those of [`Loss`], [`Jitter`], [`Intervals`] and [`mod@skew`], made of the same parts. Two of them
/// are coarser for long streams: percentiles, as [`Sketch`] has it, and the skew, which is over at
/// most 1,024 packets, evenly chosen. Both say so in their uncertainty.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    numbering: Numbering<Seen>,
    figures: Figures,
}

/// What a packet is to the meter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seen {
    /// When it passed.
    pub at: Tick,
    /// Its marker.
    pub marker: bool,
    /// Its sequence number.
    pub sequence: u16,
    /// Its timestamp.
    pub timestamp: u32,
    /// What it carries.
    pub kind: Kind,
    order: i64,
    instant: i64,
}

#[derive(Clone, Debug, Default)]
struct Figures {
    loss: loss::Counter,
    jitter: jitter::Follower,
    change: Sketch,
    arrivals: Sketch,
    wireshark: Wireshark,
    clock_rate: u32,
    steps: Steps,
    before: Option<Seen>,
    highest: Option<i64>,
    chosen: Chosen,
}

/// How often the timestamp went up by how much from packet to packet.
#[derive(Clone, Debug, Default)]
struct Steps(Vec<(i64, u64)>);

/// Packets evenly chosen from all.
#[derive(Clone, Debug)]
struct Chosen {
    packets: Vec<(Tick, i64)>,
    every: u64,
    passed: u64,
}

impl Seen {
    /// A packet.
    pub const fn new(at: Tick, marker: bool, sequence: u16, timestamp: u32, kind: Kind) -> Self {
        Self { at, marker, sequence, timestamp, kind, order: 0, instant: 0 }
    }
}

impl Numbered for Seen {
    fn head(&self) -> Head {
        Head { sequence: self.sequence, timestamp: self.timestamp }
    }

    fn place(&mut self, order: i64, instant: i64) {
        (self.order, self.instant) = (order, instant);
    }
}

impl Meter {
    /// Takes the next packet in the order of arrival.
    #[inline]
    pub fn push(&mut self, seen: Seen) {
        let Seen { at, marker, sequence, timestamp, kind, .. } = seen;
        self.figures.wireshark.push(at, marker, sequence, timestamp, kind);
        self.numbering.push(seen, |seen| self.figures.push(seen));
    }

    /// Tells that no more will come.
    pub fn finish(&mut self) {
        if let Some(seen) = self.numbering.finish() {
            self.figures.push(seen);
        }
    }

    /// What became of the packets.
    pub fn loss(&self) -> Loss {
        self.figures.loss.loss()
    }

    /// The jitter, stamps being good to `stamp`; `None` for less than two audio packets.
    pub fn jitter(&self, stamp: Duration) -> Option<Jitter> {
        let Figures { jitter, change, .. } = &self.figures;
        Some(Jitter {
            last: Measured::between(jitter.jitter, stamp),
            mean: Measured::between(jitter.mean()?, stamp),
            max: Measured::between(jitter.max, stamp),
            change: change.intervals(stamp)?,
        })
    }

    /// The times between arrivals, the silence before talkspurts left out.
    pub fn arrivals(&self, stamp: Duration) -> Option<Intervals> {
        self.figures.arrivals.intervals(stamp)
    }

    /// How much faster the media clock is than that of the stamps.
    pub fn skew(&self, stamp: Duration) -> Option<Measured> {
        skew::over(&self.figures.chosen.packets, self.clock_rate()?, stamp)
    }

    /// The time of speech in a packet, by the timestamps, in seconds.
    pub fn packet_time(&self) -> Option<f64> {
        Some(real(self.figures.steps.usual()?) / f64::from(self.clock_rate()?))
    }

    /// The clock rate of the audio.
    pub fn clock_rate(&self) -> Option<u32> {
        Some(self.figures.clock_rate).filter(|&rate| rate > 0)
    }

    /// The figures by Wireshark's rules.
    pub const fn wireshark(&self) -> &Wireshark {
        &self.figures.wireshark
    }
}

impl Figures {
    #[inline]
    fn push(&mut self, seen: Seen) {
        self.loss.push(seen.order, seen.sequence);
        let Kind::Media(rate) = seen.kind else { return };
        self.clock_rate = rate;
        if let Some(change) = self.jitter.push(seen.at, seen.instant, rate) {
            self.change.push(change);
        }
        if let Some(before) = self.before {
            let step = seen.instant - before.instant;
            if seen.order == before.order + 1 {
                self.steps.count(step);
            }
            let pauses = seen.marker && self.steps.usual().is_some_and(|usual| step > usual);
            if !pauses {
                self.arrivals.push(seconds(before.at, seen.at));
            }
        }
        self.before = Some(seen);
        if self.highest.is_none_or(|highest| seen.order > highest) {
            self.highest = Some(seen.order);
            self.chosen.pass(seen.at, seen.instant);
        }
    }
}

impl Steps {
    fn count(&mut self, step: i64) {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| *known == step) {
            *count += 1;
        } else if self.0.len() < MOST_STEPS {
            self.0.push((step, 1));
        }
    }

    /// The most frequent step.
    fn usual(&self) -> Option<i64> {
        self.0.iter().max_by_key(|(step, count)| (*count, -step)).map(|&(step, _)| step)
    }
}

impl Default for Chosen {
    fn default() -> Self {
        Self { packets: Vec::new(), every: 1, passed: 0 }
    }
}

impl Chosen {
    fn pass(&mut self, at: Tick, instant: i64) {
        if self.is_due() {
            if self.packets.len() == MOST_CHOSEN {
                let mut keep = false;
                self.packets.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.every *= 2;
            }
            if self.is_due() {
                self.packets.push((at, instant));
            }
        }
        self.passed += 1;
    }

    /// Whether the next packet is one of those to be kept: `every` is a power of two.
    const fn is_due(&self) -> bool {
        self.passed & (self.every - 1) == 0
    }
}

const MOST_STEPS: usize = 8;
const MOST_CHOSEN: usize = 1_024;

#[cfg(test)]
mod tests;
