//! Companded input and output.

use crate::signal::arithmetic::sample;
use crate::signal::g711;
use std::cmp::Ordering;

/// The law of companded samples on either side.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Law {
    /// µ-law.
    Mu,
    /// A-law, even bits inverted as on the wire.
    A,
}

impl Law {
    /// EXPAND: 14 bits.
    pub(super) fn expand(self, code: u8) -> i32 {
        let linear = match self {
            Self::Mu => g711::pcmu_decode(code),
            Self::A => g711::pcma_decode(code),
        };
        i32::from(linear) >> 2
    }

    /// COMPRESS: the code of a reconstructed sample of 14 bits.
    pub(super) fn compress(self, linear: i32) -> u8 {
        match self {
            // Both signs use the same thresholds here, as they do not in `g711`.
            Self::Mu if linear < 0 => g711::pcmu_encode(sample(-linear << 2)) & 0x7f,
            Self::Mu => g711::pcmu_encode(sample(linear << 2)),
            Self::A => g711::pcma_encode(sample(linear << 2)),
        }
    }

    /// SYNC: a code one level lower if the next encoder would see too much of it, one level higher if
    /// too little.
    pub(super) fn adjusted(self, code: u8, again: Ordering) -> u8 {
        let level = self.level(code);
        match (again, level, self) {
            (Ordering::Equal, ..) => code,
            // Both zeros of the µ-law are one level.
            (Ordering::Greater, 0, Self::Mu) => self.of_level(-2),
            (Ordering::Less, -1, Self::Mu) => self.of_level(1),
            (Ordering::Greater, ..) => self.of_level(level - 1),
            (Ordering::Less, ..) => self.of_level(level + 1),
        }
    }

    /// The place of a code among the levels, -128 to 127, the lowest positive one being 0.
    fn level(self, code: u8) -> i16 {
        let (positive, magnitude) = match self {
            Self::Mu => (code & 0x80 != 0, !code & 0x7f),
            Self::A => (code & 0x80 != 0, (code ^ 0x55) & 0x7f),
        };
        let magnitude = i16::from(magnitude);
        if positive { magnitude } else { -1 - magnitude }
    }

    fn of_level(self, level: i16) -> u8 {
        let (sign, magnitude) = if level < 0 { (0, -1 - level) } else { (0x80, level) };
        let magnitude = u8::try_from(magnitude.min(127)).unwrap_or(127);
        match self {
            Self::Mu => sign | (!magnitude & 0x7f),
            Self::A => sign | (magnitude ^ 0x55),
        }
    }
}
