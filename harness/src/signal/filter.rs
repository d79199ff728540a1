//! Second-order filter sections.

use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

/// One second-order section in transposed direct form II.
///
/// The coefficients are those of the bilinear transform of the analogue prototype with its corner
/// frequency, or both edges of its band, pre-warped.
#[derive(Clone, Debug)]
pub struct Biquad {
    feed: [f64; 3],
    back: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    /// A Butterworth low-pass whose response is −3 dB at `hertz`.
    pub fn low_pass(hertz: f64, rate: f64) -> Self {
        let (cos, alpha) = prototype(hertz, rate);
        let b = 0.5 * (1.0 - cos);
        Self::normalised([b, 2.0 * b, b], cos, alpha)
    }

    /// A Butterworth high-pass whose response is −3 dB at `hertz`.
    pub fn high_pass(hertz: f64, rate: f64) -> Self {
        let (cos, alpha) = prototype(hertz, rate);
        let b = 0.5 * (1.0 + cos);
        Self::normalised([b, -2.0 * b, b], cos, alpha)
    }

    /// A resonance of unit gain at `hertz`, `width` hertz wide between its −3 dB points.
    pub fn resonance(hertz: f64, width: f64, rate: f64) -> Self {
        let (cos, alpha) = ((TAU * hertz / rate).cos(), (PI * width / rate).tan());
        Self::normalised([alpha, 0.0, -alpha], cos, alpha)
    }

    /// The next output for the next input.
    pub fn filter(&mut self, input: f64) -> f64 {
        let [b0, b1, b2] = self.feed;
        let [a1, a2] = self.back;
        let [s1, s2] = self.state;
        let output = b0 * input + s1;
        self.state = [b1 * input - a1 * output + s2, b2 * input - a2 * output];
        output
    }

    fn normalised(feed: [f64; 3], cos: f64, alpha: f64) -> Self {
        let unit = 1.0 + alpha;
        Self {
            feed: feed.map(|b| b / unit),
            back: [-2.0 * cos / unit, (1.0 - alpha) / unit],
            state: [0.0; 2],
        }
    }
}

/// The cosine of the corner frequency, and half its sine over the Butterworth quality factor.
fn prototype(hertz: f64, rate: f64) -> (f64, f64) {
    let (sin, cos) = (TAU * hertz / rate).sin_cos();
    (cos, sin * FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain in dB at `hertz`, measured on a sine after the transient.
    fn gain(mut filter: Biquad, hertz: f64) -> f64 {
        let sine = |n: u32| (TAU * hertz * f64::from(n) / 8_000.0).sin();
        let power: f64 =
            (0..16_000).map(|n| (n, filter.filter(sine(n)))).skip(8_000).map(|(_, y)| y * y).sum();
        10.0 * (power / 4_000.0).log10()
    }

    #[test]
    fn each_kind_passes_what_it_should() {
        let near =
            |measured: f64, expected: f64| assert!((measured - expected).abs() < 0.1, "{measured}");
        near(gain(Biquad::low_pass(1_000.0, 8_000.0), 1_000.0), -3.01);
        near(gain(Biquad::low_pass(1_000.0, 8_000.0), 50.0), 0.0);
        near(gain(Biquad::high_pass(1_000.0, 8_000.0), 1_000.0), -3.01);
        near(gain(Biquad::high_pass(1_000.0, 8_000.0), 3_900.0), 0.0);
        near(gain(Biquad::resonance(1_000.0, 100.0, 8_000.0), 1_000.0), 0.0);
        near(gain(Biquad::resonance(1_000.0, 100.0, 8_000.0), 1_050.0), -2.9);
    }
}
