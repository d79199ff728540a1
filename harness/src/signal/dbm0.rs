//! Level relative to the reference level of a digital telephone channel.

use super::Codec;
use std::f64::consts::SQRT_2;
use std::fmt;

/// A level in dBm0: decibels relative to the digital milliwatt of the codec's law.
///
/// G.711 fixes it by the largest sine that the law can carry, which is at +3.17 dBm0 in µ-law and
/// at +3.14 dBm0 in A-law. With `peak` the overload point of the law as a 16-bit sample (8159 · 4
/// in µ-law, 4096 · 8 in A-law), a sine of amplitude `a` is at
///
/// `20 · log10(a / peak) + 3.17` (µ-law) or `+ 3.14` (A-law),
///
/// and any signal of root mean square `r` is at the level of the sine of amplitude `r · √2`. The
/// other codecs have no law; their samples are at the level at which the A-law would carry them.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dbm0(pub f64);

impl Dbm0 {
    /// The level of a signal of root mean square `rms`, in 16-bit sample units.
    ///
    /// Silence is at minus infinity.
    pub fn of_rms(rms: f64, codec: Codec) -> Self {
        Self(20.0 * (rms / Self(0.0).rms(codec)).log10())
    }

    /// The root mean square of a signal at this level, in 16-bit sample units.
    pub fn rms(self, codec: Codec) -> f64 {
        self.amplitude(codec) / SQRT_2
    }

    /// The amplitude of a sine at this level, in 16-bit sample units.
    #[expect(clippy::approx_constant, reason = "3.14 dBm0 is a level")]
    pub fn amplitude(self, codec: Codec) -> f64 {
        let (overload, top) = match codec {
            Codec::Pcmu => (f64::from(8_159 * 4), 3.17),
            Codec::Pcma | Codec::G722 | Codec::G726(..) | Codec::L16(..) => {
                (f64::from(4_096 * 8), 3.14)
            }
        };
        overload * 10.0_f64.powf((self.0 - top) / 20.0)
    }
}

impl fmt::Display for Dbm0 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} dBm0", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    // The digital milliwatt sequences of G.711 Table 5 (A-law) and Table 6 (µ-law).
    #[rstest]
    #[case(Codec::Pcma, [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4])]
    #[case(Codec::Pcmu, [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e])]
    fn the_digital_milliwatt_is_at_zero(#[case] codec: Codec, #[case] sequence: [u8; 8]) {
        let samples = codec.decode(&sequence);
        let power = samples.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / 8.0;
        let level = Dbm0::of_rms(power.sqrt(), codec).0;
        assert!(level.abs() < 0.005, "{level}");
    }

    #[rstest]
    fn level_and_rms_are_inverse(#[values(Codec::Pcma, Codec::Pcmu)] codec: Codec) {
        let back = Dbm0::of_rms(Dbm0(-23.5).rms(codec), codec);
        assert!((back.0 + 23.5).abs() < 1e-12);
        assert!(Dbm0::of_rms(0.0, codec) < Dbm0(f64::MIN));
    }
}
