//! Level of any signal.

use super::{Codec, Dbm0, Estimate, real};

/// The root mean square, in 16-bit sample units; zero for no samples.
pub fn rms(samples: &[i16]) -> f64 {
    let power: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    (power / real(samples.len().max(1))).sqrt()
}

/// The largest magnitude, in 16-bit sample units; zero for no samples.
pub fn peak(samples: &[i16]) -> u16 {
    samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0)
}

/// The level in dBm0 of a stationary signal of which these are `N` samples.
///
/// `None` for silence. The uncertainty is that of the power of noise seen for so long, at three
/// standard deviations: `3 · 4.343 · √(2 / N)` dB. For a tone, [`Sine`](super::Sine) is sharper.
pub fn level(samples: &[i16], codec: Codec) -> Option<Estimate> {
    let rms = rms(samples);
    (rms > 0.0).then(|| Estimate {
        value: Dbm0::of_rms(rms, codec).0,
        uncertainty: 3.0 * DB_OF_POWER * (2.0 / real(samples.len())).sqrt(),
    })
}

/// What a small relative change of power is in decibels: `10 / ln 10`.
pub(super) const DB_OF_POWER: f64 = 4.342_944_819;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{Talk, Tone};

    #[test]
    fn a_square_wave_is_at_its_amplitude() {
        let square = [1_000, -1_000].repeat(50);
        assert_eq!((rms(&square), peak(&square)), (1_000.0, 1_000));
        assert_eq!((rms(&[]), peak(&[])), (0.0, 0));
        assert_eq!(peak(&[i16::MIN]), 32_768);
    }

    #[test]
    fn a_tone_is_at_the_level_it_was_made_at() {
        for codec in Codec::ALL {
            let tone: Vec<i16> = Tone::new(1_004.0, Dbm0(-10.0), codec).take(8_000).collect();
            let measured = level(&tone, codec).unwrap();
            assert!((measured.value + 10.0).abs() < 0.01 && measured.holds(-10.0));
        }
        assert_eq!(level(&[0; 100], Codec::Pcmu), None);
    }

    #[test]
    fn companding_leaves_the_level_of_talk() {
        for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722] {
            let talk: Vec<i16> = Talk::new(3, Dbm0(-20.0), codec).take(16_000).collect();
            let heard = codec.decode(&codec.encode(&talk));
            let (sent, heard) = (level(&talk, codec).unwrap(), level(&heard, codec).unwrap());
            assert!((sent.value - heard.value).abs() < 0.1);
        }
    }
}
