//! How long a sound takes from us through the device and back.

use super::audio::whole;
use super::{Audio, Measured, counted, seconds};
use crate::signal::{Delay, correlate};
use std::time::Duration;

/// The time from our sending a sound to its coming back, by correlation.
///
/// It runs from packet to packet: the packet time of the device is in it, a playout buffer of ours
/// is not. Over packets it is the median, because both sounds are tied to the clock at their median
/// transit; how it varies is the [jitter](super::Jitter).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// The latency. Its uncertainty is that of the [`Delay`] in samples, and one `u` for each of
    /// the two sounds.
    pub latency: Measured,
    /// How alike the two sounds are, −1 to 1.
    pub coefficient: f64,
    /// The correlation at its peak over that at the next; below 2 the latency is ambiguous.
    pub confidence: f64,
}

impl Latency {
    /// Looks for `sent` in `received`, 0 to `longest` later.
    ///
    /// `None` where either is silent there, or the two are not sampled alike.
    pub fn of(sent: &Audio, received: &Audio, longest: Duration, stamp: Duration) -> Option<Self> {
        if sent.codec.sample_rate() != received.codec.sample_rate() {
            return None;
        }
        let rate = f64::from(sent.codec.sample_rate());
        let lead = seconds(sent.start, received.start) * rate;
        let early = whole(-lead);
        let from_sent =
            [&vec![0; whole(lead)], received.samples.get(early..).unwrap_or_default()].concat();
        let longest = whole(longest.as_secs_f64() * rate);
        let delay = Delay::find(&sent.samples, &from_sent, longest)?;
        // The two grids of samples do not coincide: the rest of the lead is put back here.
        let rest = lead - (counted(whole(lead)) - counted(early));
        let value = (delay.samples.value + rest) / rate;
        let uncertainty = delay.samples.uncertainty / rate;
        let stamps = Measured::between(value, stamp);
        Some(Self {
            latency: Measured { uncertainty: stamps.uncertainty + uncertainty, ..stamps },
            coefficient: delay.coefficient,
            confidence: delay.confidence,
        })
    }

    /// Whether the correlation has one peak, so that the latency may be judged.
    pub fn is_clear(&self) -> bool {
        self.confidence >= correlate::CLEAR
    }
}

#[cfg(test)]
mod tests {
    use super::super::Stream;
    use super::super::synthetic::{Sender, Sent, arrivals, moved};
    use super::*;
    use crate::signal::{Codec, Dbm0, Talk, Tone};
    use crate::time::Tick;
    use proptest::prelude::*;

    const STAMP: Duration = Duration::from_micros(20);
    const LONGEST: Duration = Duration::from_secs(2);

    fn packets(samples: &[i16], codec: Codec, at: Tick) -> Vec<Sent> {
        let mut sender = Sender::new(1);
        sender.at = at;
        sender.payload_type = codec.payload_type().unwrap();
        let frames = samples.chunks(160).map(|frame| {
            sender.payload = codec.encode(frame);
            sender.packet()
        });
        frames.collect()
    }

    fn audio(sent: &[Sent], codec: Codec) -> Audio {
        Audio::of(&Stream::group(&arrivals(sent))[0], codec).unwrap()
    }

    fn talk(seed: u64) -> Vec<i16> {
        Talk::new(seed, Dbm0(-18.0), Codec::Pcmu).take(32_000).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn the_loop_of_a_known_device_is_found(
            seed in 0..1_000_u64, samples in 0..8_000_usize, offset in 0.0..0.02_f64, lost in 0..10_u8,
        ) {
            let mut random = fastrand::Rng::with_seed(seed);
            let sound = talk(seed);
            let sent = packets(&sound, Codec::Pcmu, Tick::from_nanos(3_000_000_000));
            // The device delays by whole samples inside and sends on a grid of its own.
            let back = [vec![0; samples], sound.iter().map(|x| x / 2).collect()].concat();
            let mut back = packets(&back, Codec::Pcma, Tick::from_nanos(3_000_000_000));
            back = moved(back, |_| offset + if random.u8(..10) == 0 { 0.004 } else { 0.0 });
            back.retain(|_| random.u8(..100) >= lost);
            let seen = Latency::of(
                &audio(&sent, Codec::Pcmu), &audio(&back, Codec::Pcma), LONGEST, STAMP,
            ).unwrap();
            let truth = counted(samples) / 8_000.0 + offset;
            prop_assert!(seen.latency.holds(truth), "{} is not {}", truth, seen.latency);
            prop_assert!(seen.is_clear() && seen.latency.uncertainty < 0.000_2, "{:?}", seen);
        }
    }

    #[test]
    fn sound_that_came_before_ours_does_not_confuse() {
        let sound = talk(1);
        let sent = packets(&sound, Codec::Pcmu, Tick::from_nanos(3_000_000_000));
        let back = [talk(2), vec![0; 8_000], sound].concat();
        let back = packets(&back, Codec::Pcmu, Tick::from_nanos(0));
        let seen =
            Latency::of(&audio(&sent, Codec::Pcmu), &audio(&back, Codec::Pcmu), LONGEST, STAMP);
        assert!(seen.unwrap().latency.holds(2.0), "{seen:?}");
    }

    #[test]
    fn a_tone_gives_no_clear_latency() {
        let tone: Vec<i16> = Tone::new(1_004.0, Dbm0(-10.0), Codec::Pcmu).take(16_000).collect();
        let sent = packets(&tone, Codec::Pcmu, Tick::from_nanos(3_000_000_000));
        let back = packets(&tone, Codec::Pcmu, Tick::from_nanos(3_080_000_000));
        let seen =
            Latency::of(&audio(&sent, Codec::Pcmu), &audio(&back, Codec::Pcmu), LONGEST, STAMP);
        assert!(!seen.unwrap().is_clear(), "{seen:?}");
    }
}
