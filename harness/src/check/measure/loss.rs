//! What became of the packets of a stream.

use super::{Measured, Stream, Unit, counted};
use std::collections::BTreeSet;

/// What became of the packets of a stream. All counts are exact: no stamp enters into them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Loss {
    /// Packets that arrived, every copy counted.
    pub received: usize,
    /// Sequence numbers from the lowest to the highest that arrived (RFC 3550 A.3).
    pub expected: usize,
    /// Sequence numbers that never arrived. Unlike RFC 3550 A.3, which subtracts all that arrived
    /// from what was expected, a duplicate does not make good for a lost packet.
    pub lost: usize,
    /// Further copies of a packet that had arrived before, by sequence number (RFC 5560 §3).
    pub duplicates: usize,
    /// Packets, duplicates aside, that came after one with a higher sequence number (RFC 4737
    /// §3.3).
    pub reordered: usize,
    /// How often the sequence number on the wire, in the order of arrival, did not go up by one.
    pub gaps: usize,
    /// How many runs of sequence numbers never arrived.
    pub bursts: usize,
    /// The longest such run.
    pub longest_burst: usize,
}

impl Loss {
    /// Counts over a whole stream, events and audio together.
    pub fn of(stream: &Stream<'_>) -> Self {
        let mut seen = BTreeSet::new();
        let (mut duplicates, mut reordered) = (0, 0);
        for packet in stream.packets() {
            let late = seen.last().is_some_and(|&highest| packet.order < highest);
            if !seen.insert(packet.order) {
                duplicates += 1;
            } else if late {
                reordered += 1;
            }
        }
        let bursts = seen.iter().zip(seen.iter().skip(1)).map(|(before, after)| after - before - 1);
        let size = |count: i64| usize::try_from(count).unwrap_or_default();
        let lost = size(bursts.clone().sum());
        let in_step = |pair: &&[super::Packet<'_>]| matches!(pair, [a, b] if b.sequence == a.sequence.wrapping_add(1));
        let steps = stream.packets().len().saturating_sub(1);
        Self {
            received: stream.packets().len(),
            expected: seen.len() + lost,
            lost,
            duplicates,
            reordered,
            gaps: steps - stream.packets().windows(2).filter(in_step).count(),
            bursts: bursts.clone().filter(|&burst| burst > 0).count(),
            longest_burst: size(bursts.max().unwrap_or(0)),
        }
    }

    /// The lost packets as a part of those expected.
    pub fn ratio(self) -> Measured {
        let value = counted(self.lost) / counted(self.expected.max(1));
        Measured { value, uncertainty: 0.0, unit: Unit::Ratio }
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{Sender, Sent, measured};
    use super::*;
    use proptest::prelude::*;

    fn loss(sent: &[Sent]) -> Loss {
        measured(sent, Loss::of)
    }

    #[test]
    fn a_whole_stream_misses_nothing() {
        let whole = loss(&Sender::new(1).packets(100));
        assert_eq!((whole.received, whole.expected), (100, 100));
        assert_eq!((whole.lost, whole.gaps, whole.longest_burst), (0, 0, 0));
        assert_eq!((whole.duplicates, whole.reordered), (0, 0));
    }

    #[test]
    fn each_misfortune_is_counted_as_itself() {
        let mut sent = Sender::new(1).packets(50);
        sent.drain(10..13);
        sent.remove(30);
        sent.swap(20, 21);
        let copy = sent[5].clone();
        sent.insert(7, copy);
        let seen = loss(&sent);
        assert_eq!((seen.expected, seen.received, seen.lost), (50, 47, 4));
        assert_eq!((seen.duplicates, seen.reordered, seen.longest_burst), (1, 1, 3));
        // One for each loss, two around the duplicate, three around the swapped pair.
        assert_eq!(seen.gaps, 1 + 1 + 2 + 3);
        assert!((seen.ratio().value - 0.08).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn reordering_never_counts_as_loss(swaps in prop::collection::vec(0..99_usize, 0..40)) {
            let mut sent = Sender::new(1).packets(100);
            for at in swaps {
                sent.swap(at, at + 1);
            }
            let seen = loss(&sent);
            prop_assert_eq!((seen.lost, seen.expected, seen.duplicates), (0, 100, 0));
        }

        #[test]
        fn duplicates_neither_hide_nor_make_loss(
            fate in prop::collection::vec(0..=3_usize, 98), late in 0..5_usize,
        ) {
            let mut sender = Sender::new(1);
            let mut sent = vec![sender.packet()];
            for &copies in &fate {
                sent.extend(vec![sender.packet(); copies]);
            }
            sent.push(sender.packet());
            let end = sent.len();
            sent.swap(end - 1, end - 1 - late.min(end - 2));
            let seen = loss(&sent);
            let copies: usize = fate.iter().map(|copies| copies.saturating_sub(1)).sum();
            prop_assert_eq!(seen.lost, fate.iter().filter(|&&copies| copies == 0).count());
            prop_assert_eq!(seen.duplicates, copies);
            prop_assert_eq!(seen.received, sent.len());
            prop_assert_eq!(seen.expected, 100);
        }
    }
}
