//! What the microphone hears when nobody is there to speak into it.

use std::f64::consts::TAU;

/// A tone held before the microphone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tone {
    /// Frequency in hertz.
    pub(crate) hertz: f64,
    /// Level in dBm0.
    pub(crate) dbm0: f64,
}

/// A signal source.
#[derive(Debug)]
pub(crate) struct Microphone {
    noise: fastrand::Rng,
    tone: Option<Tone>,
    /// Samples a second.
    rate: f64,
    /// Samples since the microphone was switched on.
    at: u32,
    /// Phase of the tone, in cycles.
    phase: f64,
    /// Low-passed noise, so that the voice is not a pure buzz.
    breath: f64,
}

impl Microphone {
    /// A microphone in a quiet street.
    pub(crate) fn new(seed: u64, tone: Option<Tone>) -> Self {
        let noise = fastrand::Rng::with_seed(seed);
        Self { noise, tone, rate: RATE, at: 0, phase: 0.0, breath: 0.0 }
    }

    /// Holds a tone before it, or takes it away.
    pub(crate) fn set_tone(&mut self, tone: Option<Tone>) {
        self.tone = tone;
    }

    /// Takes so many samples a second from now on.
    pub(crate) fn set_rate(&mut self, rate: u32) {
        self.rate = rate.into();
    }

    /// The next sample.
    pub(crate) fn sample(&mut self) -> i16 {
        let t = f64::from(self.at) / self.rate;
        self.at = self.at.wrapping_add(1);
        let value = match self.tone {
            Some(Tone { hertz, dbm0 }) => {
                self.phase = (self.phase + hertz / self.rate).fract();
                amplitude(dbm0) * (TAU * self.phase).sin()
            }
            None => self.talk(t),
        };
        round(value)
    }

    /// Voice-like: a gliding pitch with three harmonics, cut into syllables with pauses between.
    fn talk(&mut self, t: f64) -> f64 {
        self.breath = 0.9f64.mul_add(self.breath, 0.1 * (self.noise.f64() - 0.5));
        self.phase =
            (self.phase + (20.0f64.mul_add((TAU * 0.7 * t).sin(), 140.0)) / self.rate).fract();
        let syllable = (TAU * 3.1 * t).sin().max(0.0) * (TAU * 0.4 * t).sin().abs();
        let voice: f64 =
            (1..=3).map(|n| (TAU * self.phase * f64::from(n)).sin() / f64::from(n)).sum();
        amplitude(-30.0) * voice * syllable + 1000.0 * self.breath
    }
}

/// Peak of a sine of that level: 0 dBm0 is 3.17 dB under full scale in the mu-law.
fn amplitude(dbm0: f64) -> f64 {
    32124.0 * 10f64.powf((dbm0 - 3.17) / 20.0)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
pub(crate) fn round(value: f64) -> i16 {
    value.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

/// Samples a second until it is told otherwise.
const RATE: f64 = 8000.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn dbm0(microphone: &mut Microphone) -> f64 {
        let power: f64 = (0..8000).map(|_| f64::from(microphone.sample()).powi(2)).sum();
        10.0 * (power / 8000.0 / (32124.0f64.powi(2) / 2.0)).log10() + 3.17
    }

    #[test]
    fn a_tone_has_its_level() {
        let mut microphone = Microphone::new(1, Some(Tone { hertz: 1004.0, dbm0: -10.0 }));
        assert!((dbm0(&mut microphone) + 10.0).abs() < 0.01);
    }

    #[test]
    fn talk_is_quiet_but_not_silent() {
        let level = dbm0(&mut Microphone::new(1, None));
        assert!((-50.0..-25.0).contains(&level), "{level}");
    }
}
