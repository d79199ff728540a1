//! The delay of one signal against another.

use super::fft::Fft;
use super::{Estimate, real};
use realfft::num_complex::Complex;
use std::f64::consts::TAU;

/// How much later a signal was heard than it was sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// Samples, to a fraction of one.
    ///
    /// With `N` samples in common, `ρ` the [`coefficient`](Self::coefficient) and `β` the root mean
    /// square frequency of what was sent in radians a sample, the uncertainty is
    /// `3 / (β · √(N · ρ² / (1 − ρ²)))`, the bound on any estimate in white noise, and a fiftieth
    /// of a sample for interpolation.
    pub samples: Estimate,
    /// Normalised correlation at that delay, −1 to 1; negative where the path inverts.
    ///
    /// Everything that the two do not share lowers it: noise, coding, missing packets.
    pub coefficient: f64,
    /// The height of the peak over that of the next one more than 1 ms (8 samples) away, at least 1.
    ///
    /// Near 1 the delay is ambiguous, as it is with a steady tone; see [`CLEAR`].
    pub confidence: f64,
}

/// The confidence below which a delay should not be believed.
pub const CLEAR: f64 = 2.0;

impl Delay {
    /// Finds how many samples, 0 to `longest`, `received` lags behind `sent`.
    ///
    /// Both begin at the same instant. What was sent is divided out of what was received in the
    /// frequency domain, softly where little was sent, which leaves one sharp peak at the delay
    /// whatever the colour of the signal and the gain of the path; silence in place of a missing
    /// packet only lowers it. `None` where either is silent, or they share nothing at the peak.
    pub fn find(sent: &[i16], received: &[i16], longest: usize) -> Option<Self> {
        let fft = Fft::holding(received.len().max(sent.len() + longest + 1));
        let source = fft.spectrum(sent.iter().copied().map(f64::from));
        let heard = fft.spectrum(received.iter().copied().map(f64::from));
        let path = divide(&heard, &source)?;
        let response = fft.signal(&path);
        let response = response.get(..=longest.min(received.len().saturating_sub(1)))?;
        let (peak, height) = highest(response.iter().enumerate())?;
        let apart = |&(at, _): &(usize, &f64)| at.abs_diff(peak) > LOBE;
        let next = highest(response.iter().enumerate().filter(apart)).map_or(0.0, |(_, h)| h);
        let common = received.get(peak..)?;
        let coefficient = correlation(sent, common)?;
        let noise = (1.0 - coefficient.powi(2)).max(f64::EPSILON) / coefficient.powi(2);
        let common = real(common.len().min(sent.len()));
        let spread = (noise / common).sqrt() / bandwidth(&source, fft.len());
        Some(Self {
            samples: Estimate {
                value: refine(&path, real(peak), fft.len()),
                uncertainty: 3.0 * spread + 0.02,
            },
            coefficient,
            confidence: height / next.max(f64::MIN_POSITIVE),
        })
    }
}

/// The response of the path: `H·S* / (|S|² + ε)`; `None` if nothing was sent or heard.
fn divide(heard: &[Complex<f64>], source: &[Complex<f64>]) -> Option<Vec<Complex<f64>>> {
    let power = source.iter().map(Complex::norm_sqr).sum::<f64>() / real(source.len());
    let heard_at_all = heard.iter().any(|bin| bin.norm_sqr() > 0.0);
    (power > 0.0 && heard_at_all).then(|| {
        let pairs = heard.iter().zip(source);
        pairs.map(|(h, s)| h * s.conj() / (s.norm_sqr() + SOFTNESS * power)).collect()
    })
}

/// The place and magnitude of the largest value.
fn highest<'a>(values: impl Iterator<Item = (usize, &'a f64)>) -> Option<(usize, f64)> {
    values.map(|(at, value)| (at, value.abs())).max_by(|(_, a), (_, b)| a.total_cmp(b))
}

/// The normalised correlation over what two signals have in common.
fn correlation(sent: &[i16], received: &[i16]) -> Option<f64> {
    let (mut product, mut first, mut second) = (0.0, 0.0, 0.0);
    for (&s, &r) in sent.iter().zip(received) {
        let (s, r) = (f64::from(s), f64::from(r));
        product += s * r;
        first += s * s;
        second += r * r;
    }
    (product != 0.0).then(|| product / (first * second).sqrt())
}

/// The root mean square frequency of a spectrum, in radians a sample.
fn bandwidth(spectrum: &[Complex<f64>], length: usize) -> f64 {
    let step = TAU / real(length);
    let (weighted, power) =
        spectrum.iter().enumerate().fold((0.0, 0.0), |(sum, power), (k, bin)| {
            (sum + bin.norm_sqr() * (step * real(k)).powi(2), power + bin.norm_sqr())
        });
    (weighted / power).sqrt()
}

/// The extremum of the response near a whole sample, by Newton's method on its Fourier series.
fn refine(path: &[Complex<f64>], peak: f64, length: usize) -> f64 {
    let step = TAU / real(length);
    let mut at = peak;
    for _ in 0..4 {
        let turn = Complex::from_polar(1.0, step * at);
        let mut carrier = Complex::new(1.0, 0.0);
        let (mut slope, mut bend) = (0.0, 0.0);
        for (k, bin) in path.iter().enumerate() {
            let frequency = step * real(k);
            let value = bin * carrier;
            slope -= frequency * value.im;
            bend -= frequency * frequency * value.re;
            carrier *= turn;
        }
        if bend == 0.0 {
            break;
        }
        at = (at - slope / bend).clamp(peak - 1.0, peak + 1.0);
    }
    at
}

/// The half-width of the main lobe, in samples.
const LOBE: usize = 8;
/// How much of the mean power of the source is added to each bin before dividing by it.
const SOFTNESS: f64 = 0.05;

#[cfg(test)]
mod tests;
