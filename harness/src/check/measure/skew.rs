//! The rate of the device's media clock against ours.

use super::{Measured, Stream, Unit, counted, real, seconds};
use crate::time::Tick;
use std::time::Duration;

/// How much faster the device's media clock runs than the clock of the stamps.
///
/// The slope of timestamp against arrival is taken over pairs of packets half a stream apart; the
/// median of these slopes does not heed a third of them being wrong, as late packets make them. With
/// `m` pairs whose slopes spread by `s` (1.4826 times the median deviation) over `T` seconds, the
/// uncertainty is `3 · 1.253 · s / √m`, as of any median, and `2u / T` for stamps whose error drifts
/// from one extreme to the other. The error of the clock of the stamps is not in it. `None` for less
/// than eight packets, or where the timestamps do not advance.
pub fn skew(stream: &Stream<'_>, clock_rate: u32, stamp: Duration) -> Option<Measured> {
    let packets: Vec<_> = stream.in_order().iter().map(|p| (p.at, p.instant)).collect();
    over(&packets, clock_rate, stamp)
}

/// The [skew] over packets in the order in which they were sent, of which some may be left out.
pub fn over(packets: &[(Tick, i64)], clock_rate: u32, stamp: Duration) -> Option<Measured> {
    if packets.len() < 8 {
        return None;
    }
    let pairs = packets.iter().zip(packets.iter().skip(packets.len() / 2));
    let slopes = pairs.filter_map(|(before, after)| {
        let media = real(after.1 - before.1) / f64::from(clock_rate);
        let wall = seconds(before.0, after.0);
        (media > 0.0 && wall > 0.0).then(|| media / wall - 1.0)
    });
    let slopes: Vec<f64> = slopes.collect();
    let count = counted(slopes.len());
    let value = median(slopes.clone())?;
    let deviation = median(slopes.into_iter().map(|slope| (slope - value).abs()).collect())?;
    let span = seconds(packets.first()?.0, packets.last()?.0);
    let spread = 3.0 * 1.253 * 1.482_6 * deviation / count.sqrt();
    let drift = 2.0 * stamp.as_secs_f64() / span;
    Some(Measured { value, uncertainty: spread + drift, unit: Unit::Ppm })
}

/// The middle value, or the mean of the two; `None` for no values.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get((values.len() - 1) / 2)?;
    Some(0.5 * (lower + upper))
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{Sender, Sent, measured, moved};
    use super::*;
    use proptest::prelude::*;

    const STAMP: Duration = Duration::from_micros(10);

    fn skew_of(sent: &[Sent]) -> Measured {
        measured(sent, |stream| skew(stream, 8_000, STAMP)).unwrap()
    }

    proptest! {
        #[test]
        fn a_known_skew_is_found_through_jitter_and_loss(
            seed in any::<u64>(), ppm in -200.0..200.0_f64,
        ) {
            let mut random = fastrand::Rng::with_seed(seed);
            let late = |at: usize| -ppm * 1e-6 * 0.02 * counted(at) + 0.001
                + if random.u8(..100) < 5 { 0.03 * random.f64() } else { 0.000_3 * random.f64() };
            let mut sent = moved(Sender::new(1).packets(1_500), late);
            sent.retain(|_| random.u8(..100) >= 3);
            let seen = skew_of(&sent);
            prop_assert!(seen.holds(ppm * 1e-6), "{} is not {}", ppm, seen);
            prop_assert!(seen.uncertainty < 20e-6, "{}", seen);
        }
    }

    #[test]
    fn a_faster_clock_has_positive_skew() {
        let sent = moved(Sender::new(1).packets(500), |at| -0.02 * 1e-3 * counted(at));
        assert_eq!(skew_of(&sent).to_string(), "1001 ± 2 ppm");
    }

    #[test]
    fn too_few_packets_or_a_stuck_timestamp_say_nothing() {
        let mut sender = Sender::new(1);
        assert_eq!(measured(&sender.packets(7), |stream| skew(stream, 8_000, STAMP)), None);
        let stuck = (0..100).map(|_| {
            sender.timestamp = 5;
            sender.packet()
        });
        let stuck: Vec<_> = stuck.collect();
        assert_eq!(measured(&stuck, |stream| skew(stream, 8_000, STAMP)), None);
    }
}
