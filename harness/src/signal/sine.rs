//! What there is to know about a tone.

use super::fft::Fft;
use super::level::DB_OF_POWER;
use super::{Codec, Dbm0, Estimate, real};
use realfft::num_complex::Complex;
use std::f64::consts::{PI, SQRT_2, TAU};

/// The strongest sine in a signal, and what is left when it is taken away.
///
/// The frequency is relative to the sampling clock: that clock's own error is not in it. G.711
/// shifts the level of a tone that divides the sampling rate by up to 0.3 dB, because such a tone
/// meets few of the steps of the law: that is why 1004 Hz is sent and not 1000 Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sine {
    /// Hertz. With `N` samples at `rate`, amplitude `A` and residual `σ`, the uncertainty is
    /// `3 · rate/2π · √(48/N³) · σ/A`, and a thousandth of a hertz for leakage.
    pub frequency: Estimate,
    /// In dBm0. The uncertainty is `3 · 8.686 · √(3/N) · σ/A` dB, and 0.01 dB for leakage.
    pub level: Estimate,
    /// Power of the sine over that of all else but a constant offset, in dB (SINAD).
    ///
    /// The uncertainty is that of the power of noise seen for so long: `3 · 4.343 · √(2/N)` dB.
    pub sinad: Estimate,
}

impl Sine {
    /// Fits a sine to samples taken at the codec's rate.
    ///
    /// A Fourier transform under a Hann window finds the frequency to a bin; the turn of phase
    /// between the two halves of the signal then refines it. `None` for silence, and for a sine
    /// with less than eight cycles in the signal or so close to half the sampling rate.
    pub fn fit(samples: &[i16], codec: Codec) -> Option<Self> {
        let rate = f64::from(codec.sample_rate());
        let half = samples.len() / 2;
        let (first, second) = samples.split_at(half);
        let second = second.get(..half)?;
        let (whole, part) = (window(samples.len()), window(half));
        let (first, second) = (windowed(first, &part), windowed(second, &part));
        let mut step = strongest(samples, &whole)?;
        let margin = 8.0 * TAU / real(samples.len());
        if !(margin..PI - margin).contains(&step) {
            return None;
        }
        for _ in 0..REFINEMENTS {
            let turn = phasor(&second, step) * phasor(&first, step).conj();
            step += (turn * Complex::from_polar(1.0, -step * real(half))).arg() / real(half);
        }
        let under_window = windowed(samples, &whole);
        let sine = phasor(&under_window, step);
        let offset = under_window.iter().sum::<f64>() / window_sum(samples.len());
        let residual = samples
            .iter()
            .enumerate()
            .map(|(n, &x)| {
                let fitted = (sine * Complex::from_polar(1.0, step * real(n))).re;
                (f64::from(x) - offset - fitted).powi(2)
            })
            .sum::<f64>()
            / real(samples.len());
        let n = real(samples.len());
        let amplitude = sine.norm();
        let spread = residual.sqrt() / amplitude;
        Some(Self {
            frequency: Estimate {
                value: step * rate / TAU,
                uncertainty: 3.0 * rate / TAU * (48.0 / n.powi(3)).sqrt() * spread + 0.001,
            },
            level: Estimate {
                value: Dbm0::of_rms(amplitude / SQRT_2, codec).0,
                uncertainty: 3.0 * 2.0 * DB_OF_POWER * (3.0 / n).sqrt() * spread + 0.01,
            },
            sinad: Estimate {
                value: 10.0 * (0.5 / spread.powi(2)).log10(),
                uncertainty: 3.0 * DB_OF_POWER * (2.0 / n).sqrt(),
            },
        })
    }
}

/// The frequency of the strongest bin, in radians a sample; `None` for silence.
fn strongest(samples: &[i16], window: &[f64]) -> Option<f64> {
    let fft = Fft::holding(samples.len());
    let mean = windowed(samples, window).iter().sum::<f64>() / window_sum(samples.len());
    let centred = samples.iter().zip(window).map(|(&x, w)| w * (f64::from(x) - mean));
    let (bin, power) = fft
        .spectrum(centred)
        .iter()
        .map(Complex::norm_sqr)
        .enumerate()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (power > 0.0).then(|| TAU * real(bin) / real(fft.len()))
}

/// Amplitude and starting phase of the component at `step` radians a sample of what is seen through a
/// window.
fn phasor(windowed: &[f64], step: f64) -> Complex<f64> {
    let turn = Complex::from_polar(1.0, -step);
    let mut carrier = Complex::new(2.0 / window_sum(windowed.len()), 0.0);
    let mut sum = Complex::default();
    for &value in windowed {
        sum += carrier * value;
        carrier *= turn;
    }
    sum
}

/// What is seen of samples through a window.
fn windowed(samples: &[i16], window: &[f64]) -> Vec<f64> {
    samples.iter().zip(window).map(|(&x, w)| w * f64::from(x)).collect()
}

/// The Hann window of a length.
fn window(length: usize) -> Vec<f64> {
    (0..length).map(|n| 0.5 - 0.5 * (TAU * (real(n) + 0.5) / real(length)).cos()).collect()
}

/// The sum of the Hann window, which is half its length.
fn window_sum(length: usize) -> f64 {
    0.5 * real(length)
}

/// Each refinement squares the error; three are beyond the precision of any signal.
const REFINEMENTS: usize = 3;

#[cfg(test)]
mod tests;
