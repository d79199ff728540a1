//! The shape of a spectrum.

use super::fft::Fft;
use super::real;
use std::f64::consts::TAU;

/// How far the power spectrum of a signal is from flat: its arithmetic over its geometric mean, in
/// dB, the mean of the louder half of its blocks of 512 samples.
///
/// White noise is near 2.5 dB by chance alone, talk and tones well above. `None` for silence or
/// less than one block.
pub fn peakedness(samples: &[i16]) -> Option<f64> {
    let fft = Fft::holding(BLOCK);
    let mut blocks: Vec<(f64, f64)> =
        samples.chunks_exact(BLOCK).filter_map(|block| shape(block, &fft)).collect();
    blocks.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let louder = blocks.get(..blocks.len().div_ceil(2)).filter(|louder| !louder.is_empty())?;
    Some(louder.iter().map(|(_, peakedness)| peakedness).sum::<f64>() / real(louder.len()))
}

/// Power and peakedness of a block.
fn shape(block: &[i16], fft: &Fft) -> Option<(f64, f64)> {
    let mean = block.iter().map(|&sample| f64::from(sample)).sum::<f64>() / real(block.len());
    let windowed = block.iter().enumerate().map(|(n, &sample)| {
        let window = 0.5 - 0.5 * (TAU * (real(n) + 0.5) / real(block.len())).cos();
        window * (f64::from(sample) - mean)
    });
    let spectrum = fft.spectrum(windowed);
    // Without the bins that the mean and half the sampling rate spill into.
    let inner = spectrum.get(2..spectrum.len().saturating_sub(2))?;
    // A step of one in 16 bits is the floor below which nothing counts.
    let powers: Vec<f64> = inner.iter().map(|bin| bin.norm_sqr() + FLOOR).collect();
    let arithmetic = powers.iter().sum::<f64>() / real(powers.len());
    let geometric = (powers.iter().map(|power| power.ln()).sum::<f64>() / real(powers.len())).exp();
    (arithmetic > 100.0 * FLOOR).then(|| (arithmetic, 10.0 * (arithmetic / geometric).log10()))
}

const BLOCK: usize = 512;
/// The power of rounding in a bin: a twelfth of a step squared, by the power of the window.
const FLOOR: f64 = 512.0 * 0.375 / 12.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{Codec, Dbm0, Talk, Tone};

    #[test]
    fn sound_has_peaks_and_noise_has_none() {
        let mut random = fastrand::Rng::with_seed(1);
        let noise: Vec<i16> = (0..8_000).map(|_| random.i16(-9_000..9_000)).collect();
        assert!(peakedness(&noise).unwrap() < 3.5);
        let tone: Vec<i16> = Tone::new(440.0, Dbm0(-20.0), Codec::Pcmu).take(8_000).collect();
        assert!(peakedness(&tone).unwrap() > 20.0);
        let talk: Vec<i16> = Talk::new(1, Dbm0(-20.0), Codec::Pcmu).take(8_000).collect();
        assert!(peakedness(&talk).unwrap() > 8.0);
        assert_eq!(peakedness(&[0; 8_000]), None);
        assert_eq!(peakedness(&tone[..300]), None);
    }
}
