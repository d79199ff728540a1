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
#[derive(Clone, Debug)]
pub(crate) struct Microphone {
    noise: fastrand::Rng,
    /// Frequency in hertz, and peak, of the tone.
    tone: Option<(f64, f64)>,
    /// Samples a second.
    rate: f64,
    /// Samples since the microphone was switched on.
    at: u32,
    /// Phase of the tone or the pitch, in cycles.
    phase: f64,
    /// Sine and cosine of the phase.
    now: (f64, f64),
    /// By what part of a cycle the phase goes on from sample to sample, and sine and cosine of that.
    turn: (f64, (f64, f64)),
    /// Low-passed noise, so that the voice is not a pure buzz.
    breath: f64,
    mouth: Mouth,
}

/// What of a voice changes slowly.
#[derive(Clone, Copy, Debug, Default)]
struct Mouth {
    /// Hertz.
    pitch: f64,
    /// Peak of its first harmonic.
    peak: f64,
}

impl Microphone {
    /// A microphone in a quiet street.
    pub(crate) fn new(seed: u64, tone: Option<Tone>) -> Self {
        let noise = fastrand::Rng::with_seed(seed);
        let mouth = Mouth::default();
        let mut this = Self {
            noise,
            tone: None,
            rate: RATE,
            at: 0,
            phase: 0.0,
            now: (0.0, 1.0),
            turn: (0.0, (0.0, 1.0)),
            breath: 0.0,
            mouth,
        };
        this.set_tone(tone);
        this
    }

    /// Holds a tone before it, or takes it away.
    pub(crate) fn set_tone(&mut self, tone: Option<Tone>) {
        self.tone = tone.map(|Tone { hertz, dbm0 }| (hertz, amplitude(dbm0)));
    }

    /// Takes so many samples a second from now on.
    pub(crate) fn set_rate(&mut self, rate: u32) {
        self.rate = rate.into();
    }

    /// The next sample.
    pub(crate) fn sample(&mut self) -> i16 {
        let value = match self.tone {
            Some((hertz, peak)) => peak * self.turned(hertz).0,
            None => self.talk(),
        };
        self.at = self.at.wrapping_add(1);
        round(value)
    }

    /// Voice-like: a gliding pitch with three harmonics, cut into syllables with pauses between.
    fn talk(&mut self) -> f64 {
        self.breath = 0.9 * self.breath + 0.1 * (self.noise.f64() - 0.5);
        if self.at.is_multiple_of(SLOW) {
            self.mouth = Mouth::at(f64::from(self.at) / self.rate);
        }
        let Mouth { pitch, peak } = self.mouth;
        let (sin, cos) = self.turned(pitch);
        // sin x + sin 2x / 2 + sin 3x / 3, by the formulas of multiple angles.
        let voice = sin * (2.0 + cos - sin * sin * 4.0 / 3.0);
        peak * voice + 1000.0 * self.breath
    }

    /// Sine and cosine of the phase, which goes on by a sample at that frequency. In between what is
    /// exact, it turns: that is exact to many more places than a sample has.
    fn turned(&mut self, hertz: f64) -> (f64, f64) {
        let part = hertz / self.rate;
        self.phase += part;
        if self.phase >= 1.0 {
            self.phase = self.phase.fract();
        }
        let (before, (sin, cos)) = self.turn;
        if self.at.is_multiple_of(SLOW) || before.total_cmp(&part).is_ne() {
            self.turn = (part, (TAU * part).sin_cos());
            self.now = (TAU * self.phase).sin_cos();
        } else {
            let (sine, cosine) = self.now;
            self.now = (sine * cos + cosine * sin, cosine * cos - sine * sin);
        }
        self.now
    }
}

impl Mouth {
    /// At so many seconds.
    fn at(t: f64) -> Self {
        let syllable = (TAU * 3.1 * t).sin().max(0.0) * (TAU * 0.4 * t).sin().abs();
        Self { pitch: 20.0 * (TAU * 0.7 * t).sin() + 140.0, peak: amplitude(-30.0) * syllable }
    }
}

/// Peak of a sine of that level: 0 dBm0 is 3.17 dB under full scale in the mu-law.
fn amplitude(dbm0: f64) -> f64 {
    32124.0 * 10f64.powf((dbm0 - 3.17) / 20.0)
}

/// The nearest sample, which is clipped at full scale.
#[expect(clippy::cast_possible_truncation, reason = "`as` cuts towards zero, and saturates")]
pub(crate) fn round(value: f64) -> i16 {
    (value + 0.5_f64.copysign(value)) as i16
}

/// After how many samples the mouth moves: within a millisecond, at any rate, nobody hears it jump.
const SLOW: u32 = 8;
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
    fn the_harmonics_are_those_of_the_pitch() {
        let mut microphone = Microphone::new(1, None);
        let mouth = Mouth { pitch: 100.0, peak: 1000.0 };
        microphone.at = 1;
        for _ in 1..SLOW {
            microphone.mouth = mouth;
            let heard = microphone.sample();
            let phase = TAU * microphone.phase;
            let voice: f64 = (1..=3).map(|n| (phase * f64::from(n)).sin() / f64::from(n)).sum();
            assert_eq!(heard, round(1000.0 * voice + 1000.0 * microphone.breath));
        }
    }

    #[test]
    fn talk_is_quiet_but_not_silent() {
        let level = dbm0(&mut Microphone::new(1, None));
        assert!((-50.0..-25.0).contains(&level), "{level}");
    }
}
