//! A talk-like signal.

use super::filter::Biquad;
use super::{Codec, Dbm0, count, quantise, real};
use std::f64::consts::PI;
use std::ops::RangeInclusive;

/// An endless signal with the structure of telephone speech, made from a seed.
///
/// Phrases of 3 to 9 syllables alternate with pauses of 0.2 to 0.6 s. A syllable is a pulse train of
/// gliding, jittered pitch, or noise, coloured by three resonances and limited to 300–3400 Hz. It
/// is artificial speech in the spirit of ITU-T P.50 and P.59, not an implementation of either: it
/// never repeats, so that its correlation with an echo of itself has one peak, and it has pauses,
/// so that voice activity detectors and silence suppression act on it.
#[derive(Clone, Debug)]
pub struct Talk {
    random: fastrand::Rng,
    /// The root mean square of a phrase, in 16-bit sample units.
    rms: f64,
    rate: f64,
    /// Syllables left in this phrase, at least one.
    syllables: u8,
    ready: std::vec::IntoIter<i16>,
}

impl Talk {
    /// Talk whose phrases, pauses left out, average to `level`.
    ///
    /// Over 5 s the level is true to 1 dB. Peaks are about 15 dB above it: choose at most −10 dBm0
    /// for a signal without clipping.
    pub fn new(seed: u64, level: Dbm0, codec: Codec) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        Self {
            rms: level.rms(codec),
            rate: f64::from(codec.sample_rate()),
            syllables: random.u8(PHRASE),
            random,
            ready: Vec::new().into_iter(),
        }
    }

    /// A syllable, and the pause that follows the last one of a phrase.
    fn utter(&mut self) -> Vec<i16> {
        let length = count(self.between(0.12, 0.28), self.rate);
        let excitation = if self.random.u8(..) < VOICED {
            self.pulses(length)
        } else {
            (0..length).map(|_| self.between(-1.0, 1.0)).collect()
        };
        let shaped = self.articulate(&excitation);
        let power = shaped.iter().map(|x| x * x).sum::<f64>() / real(length);
        let spread = self.between(-SPREAD, SPREAD) - SPREAD_BIAS;
        let gain = self.rms * 10.0_f64.powf(spread / 20.0) / power.sqrt();
        let mut samples: Vec<i16> = shaped.iter().map(|x| quantise(gain * x)).collect();
        self.syllables -= 1;
        if self.syllables == 0 {
            self.syllables = self.random.u8(PHRASE);
            let pause = count(self.between(0.2, 0.6), self.rate);
            samples.resize(length + pause, 0);
        }
        samples
    }

    /// A pulse train whose pitch glides and jitters, over faint breath noise.
    fn pulses(&mut self, length: usize) -> Vec<f64> {
        let (mut pitch, glide) = (self.between(90.0, 220.0), self.between(0.98, 1.02));
        let mut until = 0.0;
        (0..length)
            .map(|_| {
                let breath = 0.02 * self.between(-1.0, 1.0);
                until -= 1.0;
                if until > 0.0 {
                    return breath;
                }
                pitch = (pitch * glide).clamp(80.0, 250.0);
                until += self.rate / pitch * self.between(0.95, 1.05);
                1.0 + breath
            })
            .collect()
    }

    /// Colours an excitation with three resonances, the telephone band and a syllable's envelope.
    fn articulate(&mut self, excitation: &[f64]) -> Vec<f64> {
        let rate = self.rate;
        let mut mouth = FORMANTS.map(|(low, high, width, gain)| {
            (Biquad::resonance(self.between(low, high), width, rate), gain)
        });
        let mut band = [
            Biquad::high_pass(300.0, rate),
            Biquad::high_pass(300.0, rate),
            Biquad::low_pass(3_400.0, rate),
            Biquad::low_pass(3_400.0, rate),
        ];
        let (attack, decay) = (0.02 * rate, 0.05 * rate);
        let end = real(excitation.len());
        excitation
            .iter()
            .enumerate()
            .map(|(index, &source)| {
                let voice =
                    mouth.iter_mut().map(|(formant, gain)| *gain * formant.filter(source)).sum();
                let limited = band.iter_mut().fold(voice, |x, section| section.filter(x));
                limited * slope(real(index) / attack) * slope((end - real(index)) / decay)
            })
            .collect()
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random.f64()
    }
}

impl Iterator for Talk {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        loop {
            if let Some(sample) = self.ready.next() {
                return Some(sample);
            }
            self.ready = self.utter().into_iter();
        }
    }
}

/// A raised-cosine rise from 0 to 1 while `x` goes from 0 to 1.
fn slope(x: f64) -> f64 {
    // Most of a syllable is past its rise, and a cosine takes longer than all else.
    if x >= 1.0 {
        return 1.0;
    }
    0.5 - 0.5 * (PI * x.clamp(0.0, 1.0)).cos()
}

/// How many syllables a phrase has.
const PHRASE: RangeInclusive<u8> = 3..=9;
/// How many of 256 syllables are voiced.
const VOICED: u8 = 190;
/// How far a syllable's level strays from that of the phrase, in dB.
const SPREAD: f64 = 2.0;
/// What that straying adds to the mean power, in dB: `10·log10((10^0.2 − 10^−0.2) / (0.4·ln 10))`.
const SPREAD_BIAS: f64 = 0.152;
/// Lowest and highest centre, width (hertz) and gain of each resonance.
const FORMANTS: [(f64, f64, f64, f64); 3] =
    [(320.0, 800.0, 80.0, 1.0), (900.0, 2_000.0, 120.0, 0.7), (2_200.0, 3_100.0, 180.0, 0.5)];

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(seed: u64, seconds: usize) -> Vec<i16> {
        Talk::new(seed, Dbm0(-20.0), Codec::Pcma).take(8_000 * seconds).collect()
    }

    fn pauses(samples: &[i16]) -> usize {
        samples.chunk_by(|a, b| a == b).filter(|run| run.len() > 1_000).map(<[i16]>::len).sum()
    }

    #[test]
    fn a_seed_decides_everything() {
        assert_eq!(talk(7, 1), talk(7, 1));
        assert_ne!(talk(7, 1), talk(8, 1));
    }

    #[test]
    fn phrases_are_at_the_level_asked_for_and_do_not_clip() {
        for seed in 0..8 {
            let samples = talk(seed, 10);
            let power: f64 = samples.iter().map(|&x| f64::from(x).powi(2)).sum();
            let phrases = real(samples.len() - pauses(&samples));
            let level = Dbm0::of_rms((power / phrases).sqrt(), Codec::Pcma).0;
            assert!((level + 20.0).abs() < 1.0, "seed {seed}: {level} dBm0");
            assert!(samples.iter().all(|x| x.unsigned_abs() < 20_000));
        }
    }

    #[test]
    fn there_are_pauses_but_mostly_talk() {
        let samples = talk(1, 20);
        let silent = pauses(&samples);
        assert!((8_000..80_000).contains(&silent), "{silent} of {} samples", samples.len());
    }
}
