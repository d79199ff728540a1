//! How the timestamps of a stream advance.

use super::{Measured, Stream, Unit, real};
use std::collections::BTreeMap;

/// How the timestamps of a stream advance. Counts are exact: no stamp enters into them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timestamps {
    /// The most frequent advance from a packet to the next in sequence, in clock ticks; of several
    /// equally frequent the smallest.
    pub step: i64,
    /// How often, in sequence, the advance was something else than the step for each packet number
    /// gone by. A talkspurt, which the marker announces, may begin any number of ticks later.
    pub errors: usize,
}

impl Timestamps {
    /// Reads the advance off the audio part of a stream; `None` without two packets in sequence.
    pub fn of(stream: &Stream<'_>) -> Option<Self> {
        let packets = stream.in_order();
        let pairs = || packets.iter().zip(packets.iter().skip(1));
        let mut frequency = BTreeMap::new();
        for (before, after) in pairs().filter(|(before, after)| after.order == before.order + 1) {
            *frequency.entry(after.instant - before.instant).or_insert(0) += 1;
        }
        let (step, _) = frequency.into_iter().rev().max_by_key(|&(_, count)| count)?;
        let errors = pairs().filter(|(before, after)| {
            let advance = after.instant - before.instant;
            let due = step * (after.order - before.order);
            if after.marker { advance < due } else { advance != due }
        });
        Some(Self { step, errors: errors.count() })
    }

    /// The time of speech in a packet, by the timestamps.
    pub fn packet_time(self, clock_rate: u32) -> Measured {
        let value = real(self.step) / f64::from(clock_rate);
        Measured { value, uncertainty: 0.0, unit: Unit::Seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{Sender, measured};
    use super::*;

    #[test]
    fn loss_and_reordering_are_not_errors_of_the_timestamp() {
        let mut sent = Sender::new(1).packets(60);
        sent.swap(30, 31);
        sent.drain(10..14);
        let seen = measured(&sent, Timestamps::of).unwrap();
        assert_eq!(seen, Timestamps { step: 160, errors: 0 });
        assert!((seen.packet_time(8_000).value - 0.02).abs() < 1e-12);
    }

    #[test]
    fn a_talkspurt_may_begin_late_but_only_with_its_marker() {
        for (marker, errors) in [(true, 0), (false, 1)] {
            let mut sender = Sender::new(1);
            let mut sent = sender.packets(20);
            sender.timestamp = sender.timestamp.wrapping_add(4_000);
            sender.marker = marker;
            sent.extend(sender.packets(20));
            let seen = measured(&sent, Timestamps::of).unwrap();
            assert_eq!(seen, Timestamps { step: 160, errors }, "marker {marker}");
        }
    }

    #[test]
    fn a_stuck_timestamp_is_an_error() {
        let mut sender = Sender::new(1);
        let mut sent = sender.packets(20);
        sender.timestamp = sender.timestamp.wrapping_sub(160);
        sent.extend(sender.packets(20));
        assert_eq!(measured(&sent, Timestamps::of), Some(Timestamps { step: 160, errors: 1 }));
        assert_eq!(measured(&sent[..1], Timestamps::of), None);
    }
}
