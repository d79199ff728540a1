//! Interarrival jitter.

use super::{Intervals, Measured, Stream, counted, real, seconds};
use crate::time::Tick;
use std::time::Duration;

/// Interarrival jitter of a stream, by RFC 3550 §6.4.1 and A.8.
///
/// With `D` the change of transit time from one packet to the next in the order of arrival, the
/// jitter moves by a sixteenth of the way to `|D|` with each packet. Each `|D|` is good to `2u`, and
/// as the jitter is a weighted mean of them with weights that sum to at most one, so is it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jitter {
    /// The jitter after the last packet.
    pub last: Measured,
    /// The mean over all packets but the first.
    pub mean: Measured,
    /// The largest value that it took.
    pub max: Measured,
    /// The spread of `|D|` itself.
    pub change: Intervals,
}

impl Jitter {
    /// Follows the jitter of audio packets; `None` for less than two.
    pub fn of(stream: &Stream<'_>, clock_rate: u32, stamp: Duration) -> Option<Self> {
        let mut follower = Follower::default();
        let packets = stream.packets().iter();
        let changes: Vec<f64> = packets
            .filter_map(|packet| follower.push(packet.at, packet.instant, clock_rate))
            .collect();
        Some(Self {
            last: Measured::between(follower.jitter, stamp),
            mean: Measured::between(follower.mean()?, stamp),
            max: Measured::between(follower.max, stamp),
            change: Intervals::over(changes, stamp)?,
        })
    }
}

/// Follows the jitter packet by packet, in the order of arrival. Times are in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Follower {
    before: Option<(Tick, i64)>,
    /// The jitter after the last packet.
    pub jitter: f64,
    /// The largest value that it took.
    pub max: f64,
    sum: f64,
    changes: usize,
}

impl Follower {
    /// Takes a packet; `|D|` from the one before it, if there was one.
    #[inline]
    pub fn push(&mut self, at: Tick, instant: i64, clock_rate: u32) -> Option<f64> {
        let (before, instant_before) = self.before.replace((at, instant))?;
        let media = real(instant - instant_before) / f64::from(clock_rate);
        let change = (seconds(before, at) - media).abs();
        //= RFC 3550 §A.8
        self.jitter += (change - self.jitter) / 16.0;
        self.sum += self.jitter;
        self.max = self.max.max(self.jitter);
        self.changes += 1;
        Some(change)
    }

    /// The mean over all packets but the first.
    pub fn mean(&self) -> Option<f64> {
        (self.changes > 0).then(|| self.sum / counted(self.changes))
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{Sender, Sent, measured, moved};
    use super::*;
    use proptest::prelude::*;

    const STAMP: Duration = Duration::from_micros(10);

    fn jitter(sent: &[Sent]) -> Jitter {
        measured(sent, |stream| Jitter::of(stream, 8_000, STAMP)).unwrap()
    }

    #[test]
    fn a_worked_example() {
        // Transit 0, 16, 0, 8 ms: |D| is 16, 16, 8 ms, and J 1, 1.9375, 2.31640625 ms.
        let transit = [0.0, 0.016, 0.0, 0.008];
        let seen = jitter(&moved(Sender::new(1).packets(4), |at| transit[at]));
        assert!((seen.last.value - 2.316_406_25e-3).abs() < 1e-9, "{seen:?}");
        assert!((seen.max.value - seen.last.value).abs() < 1e-12);
        assert!((seen.mean.value - (1.0 + 1.937_5 + 2.316_406_25) / 3e3).abs() < 1e-9);
        assert!((seen.change.max.value - 0.016).abs() < 1e-9);
    }

    #[test]
    fn an_even_stream_has_none_and_one_packet_says_nothing() {
        let sent = Sender::new(1).packets(50);
        assert!(jitter(&sent).max.value < 1e-9);
        assert_eq!(measured(&sent[..1], |stream| Jitter::of(stream, 8_000, STAMP)), None);
    }

    proptest! {
        #[test]
        fn the_stated_uncertainty_covers_errors_of_the_stamps(seed in any::<u64>()) {
            let mut random = fastrand::Rng::with_seed(seed);
            let network: Vec<f64> = (0..200).map(|_| 0.005 * random.f64()).collect();
            let truth = moved(Sender::new(1).packets(200), |at| network[at]);
            let error = |_| STAMP.as_secs_f64() * (2.0 * random.f64() - 1.0);
            let (truth, stamped) = (jitter(&truth), jitter(&moved(truth.clone(), error)));
            prop_assert!(stamped.last.holds(truth.last.value));
            prop_assert!(stamped.mean.holds(truth.mean.value));
            prop_assert!(stamped.max.holds(truth.max.value));
            prop_assert!(stamped.change.p99.holds(truth.change.p99.value));
        }
    }
}
