//! What became of the packets of a stream.

use super::{Measured, Stream, Unit, counted};

/// What became of the packets of a stream. All counts are exact: no stamp enters into them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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
        let mut counter = Counter::default();
        for packet in stream.packets() {
            counter.push(packet.order, packet.sequence);
        }
        counter.loss()
    }

    /// The lost packets as a part of those expected.
    pub fn ratio(self) -> Measured {
        let value = counted(self.lost) / counted(self.expected.max(1));
        Measured { value, uncertainty: 0.0, unit: Unit::Ratio }
    }
}

/// Counts packets as they come, in memory that does not grow.
///
/// A packet that comes more than 1,023 places after its turn is taken to come for the first time.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    received: usize,
    /// How many different sequence numbers came.
    distinct: i64,
    duplicates: usize,
    reordered: usize,
    in_step: usize,
    /// The lowest and the highest sequence number that came.
    range: Option<(i64, i64)>,
    /// The sequence number on the wire of the last packet.
    last: u16,
    /// Which of the highest sequence numbers came: bit `order % WINDOW`.
    window: [u64; WORDS],
    /// The runs of missing numbers below the window.
    missing: Runs,
}

impl Counter {
    /// Counts a packet: its continued sequence number, and that on the wire.
    #[inline]
    pub fn push(&mut self, order: i64, sequence: u16) {
        self.received += 1;
        self.in_step += usize::from(self.received > 1 && sequence == self.last.wrapping_add(1));
        self.last = sequence;
        let Some((lowest, highest)) = self.range else {
            self.range = Some((order, order));
            self.distinct = 1;
            self.set(order);
            return;
        };
        if order > highest {
            self.advance(lowest, highest, order);
            self.range = Some((lowest, order));
        } else if highest - order < WINDOW && self.is_set(order) {
            self.duplicates += 1;
            return;
        } else {
            self.reordered += 1;
            self.range = Some((lowest.min(order), highest));
        }
        self.distinct += 1;
        if highest - order < WINDOW {
            self.set(order);
        }
    }

    /// What there is so far.
    pub fn loss(&self) -> Loss {
        let Some((lowest, highest)) = self.range else { return Loss::default() };
        let size = |count: i64| usize::try_from(count).unwrap_or_default();
        let expected = highest - lowest + 1;
        let mut missing = self.missing;
        for order in (highest - WINDOW + 1).max(lowest)..=highest {
            missing.push(1, !self.is_set(order));
        }
        Loss {
            received: self.received,
            expected: size(expected),
            lost: size(expected - self.distinct),
            duplicates: self.duplicates,
            reordered: self.reordered,
            gaps: self.received - 1 - self.in_step,
            bursts: missing.count,
            longest_burst: size(missing.longest),
        }
    }

    /// Moves the window up to `order`, which is above the highest.
    fn advance(&mut self, lowest: i64, highest: i64, order: i64) {
        let leaving = (order - highest).min(WINDOW);
        let first = highest - WINDOW + 1;
        for old in first..first + leaving {
            if old >= lowest {
                let is_missing = !self.is_set(old);
                self.missing.push(1, is_missing);
            }
            self.clear(old);
        }
        // What was jumped over and is below the window already.
        let beyond = order - highest - leaving;
        if beyond > 0 {
            self.missing.push(beyond, true);
        }
    }

    fn set(&mut self, order: i64) {
        let (word, bit) = place(order);
        if let Some(word) = self.window.get_mut(word) {
            *word |= bit;
        }
    }

    fn clear(&mut self, order: i64) {
        let (word, bit) = place(order);
        if let Some(word) = self.window.get_mut(word) {
            *word &= !bit;
        }
    }

    fn is_set(&self, order: i64) -> bool {
        let (word, bit) = place(order);
        self.window.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// Where a sequence number has its bit.
fn place(order: i64) -> (usize, u64) {
    let at = order.rem_euclid(WINDOW);
    (usize::try_from(at / 64).unwrap_or_default(), 1 << (at % 64))
}

/// Runs of missing numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Runs {
    count: usize,
    /// The length of the run at hand; 0 between two.
    current: i64,
    longest: i64,
}

impl Runs {
    /// Follows `numbers` more, all missing or none.
    fn push(&mut self, numbers: i64, is_missing: bool) {
        if is_missing {
            self.count += usize::from(self.current == 0);
            self.current += numbers;
            self.longest = self.longest.max(self.current);
        } else {
            self.current = 0;
        }
    }
}

const WORDS: usize = 16;
const WINDOW: i64 = 1_024;

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
        assert_eq!((seen.duplicates, seen.reordered), (1, 1));
        assert_eq!((seen.bursts, seen.longest_burst), (2, 3));
        // One for each loss, two around the duplicate, three around the swapped pair.
        assert_eq!(seen.gaps, 1 + 1 + 2 + 3);
        assert!((seen.ratio().value - 0.08).abs() < 1e-12);
    }

    /// Longer than the window, with the longest burst and a late packet in different places.
    #[test]
    fn a_long_stream_is_counted_like_a_short_one() {
        let mut sent = Sender::new(1).packets(5_000);
        sent.drain(4_900..4_907);
        sent.drain(1_000..2_500);
        sent.swap(3_000, 3_080);
        let seen = loss(&sent);
        assert_eq!((seen.lost, seen.expected, seen.longest_burst), (1_507, 5_000, 1_500));
        assert_eq!((seen.reordered, seen.duplicates), (80, 0));
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
