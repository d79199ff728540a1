//! Sine tones.

use super::{Codec, Dbm0, quantise, real};
use std::f64::consts::{PI, TAU};

/// An endless sine, phase-continuous from one sample to the next.
///
/// Starts at phase zero, so that it does not click where silence ends.
#[derive(Clone, Debug)]
pub struct Tone {
    amplitude: f64,
    /// Radians a sample.
    step: f64,
    /// Radians, 0 to τ.
    phase: f64,
}

impl Tone {
    /// A tone of `hertz` (0 to half the clock rate) at `level`, sampled at the codec's rate.
    ///
    /// A level above the overload point of the codec clips.
    pub fn new(hertz: f64, level: Dbm0, codec: Codec) -> Self {
        let step = TAU * hertz / f64::from(codec.sample_rate());
        Self { amplitude: level.amplitude(codec), step, phase: 0.0 }
    }

    /// The next sample before it is rounded.
    pub(super) fn advance(&mut self) -> f64 {
        let value = self.amplitude * self.phase.sin();
        self.phase = (self.phase + self.step) % TAU;
        value
    }
}

impl Iterator for Tone {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        Some(quantise(self.advance()))
    }
}

/// Fades a finished signal in and out over `ramp` samples with raised-cosine slopes.
///
/// The slopes overlap where the signal is shorter than both.
pub fn fade(samples: &mut [i16], ramp: usize) {
    let gain = |index: usize| 0.5 - 0.5 * (PI * (real(index) + 0.5) / real(ramp)).cos();
    for (index, sample) in samples.iter_mut().take(ramp).enumerate() {
        *sample = quantise(f64::from(*sample) * gain(index));
    }
    for (index, sample) in samples.iter_mut().rev().take(ramp).enumerate() {
        *sample = quantise(f64::from(*sample) * gain(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_has_its_amplitude_and_period() {
        let tone: Vec<i16> = Tone::new(1_000.0, Dbm0(0.0), Codec::Pcma).take(16).collect();
        let peak = quantise(Dbm0(0.0).amplitude(Codec::Pcma));
        assert_eq!(tone[..8], tone[8..]);
        assert_eq!((tone[0], tone[2], tone[4], tone[6]), (0, peak, 0, -peak));
    }

    #[test]
    fn blocks_join_without_a_seam() {
        let mut tone = Tone::new(440.0, Dbm0(-10.0), Codec::Pcmu);
        let mut blocks: Vec<i16> = tone.by_ref().take(160).collect();
        blocks.extend(tone.take(160));
        let whole: Vec<i16> = Tone::new(440.0, Dbm0(-10.0), Codec::Pcmu).take(320).collect();
        assert_eq!(blocks, whole);
    }

    #[test]
    fn a_fade_touches_only_the_ends() {
        let mut samples = [10_000; 100];
        fade(&mut samples, 10);
        assert!(samples[0] < 100 && samples[99] < 100);
        assert!(samples[..10].is_sorted() && samples[90..].iter().rev().is_sorted());
        assert!(samples[10..90].iter().all(|&x| x == 10_000));
    }
}
