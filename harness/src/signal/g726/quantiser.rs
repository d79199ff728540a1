//! The adaptive quantiser and its inverse.

use super::Rate;
use super::predictor::Difference;

/// The tables of one rate.
#[derive(Debug)]
pub(super) struct Quantiser {
    bits: u8,
    /// Decision levels of the normalised logarithm of the difference, rising.
    levels: &'static [i32],
    /// For each magnitude of a code, from the smallest: output level, multiplier W, speed F.
    outputs: &'static [i32],
    multipliers: &'static [i32],
    speeds: &'static [i32],
    /// How the zeros of the predictor leak.
    leak: u8,
}

/// What a code does to the scale factor and to the speed of adaptation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) multiplier: i32,
    pub(super) speed: i32,
}

impl Quantiser {
    pub(super) const fn of(rate: Rate) -> &'static Self {
        match rate {
            Rate::Kbit16 => &KBIT_16,
            Rate::Kbit24 => &KBIT_24,
            Rate::Kbit32 => &KBIT_32,
            Rate::Kbit40 => &KBIT_40,
        }
    }

    /// The bits of a code, without what is above them.
    pub(super) const fn masked(&self, code: u8) -> u8 {
        code & ((1 << self.bits) - 1)
    }

    /// Its place among the codes in the order of what they stand for.
    pub(super) const fn rank(&self, code: u8) -> u8 {
        code ^ (1 << (self.bits - 1))
    }

    pub(super) const fn leak(&self) -> u8 {
        self.leak
    }

    /// LOG, SUBTB and QUAN: the code of a difference.
    pub(super) fn code(&self, difference: i32, scale: i32) -> u8 {
        let magnitude = difference.abs() & 0x7fff;
        let exponent = magnitude.checked_ilog2().unwrap_or(0);
        let mantissa = ((magnitude << 7) >> exponent) & 0x7f;
        let logarithm = (exponent.cast_signed() << 7) + mantissa;
        // Twelve bits, signed.
        let normalised = ((logarithm - (scale >> 2)) << 20) >> 20;
        let passed = self.levels.iter().map(|level| u8::from(normalised >= *level)).sum::<u8>();
        // With two bits there is a code for small and positive; else small is all ones.
        let small_is_ones = self.bits > 2 && passed == 0;
        if difference < 0 || small_is_ones { self.masked(!passed) } else { passed }
    }

    /// RECONST, ADDA and ANTILOG: the difference of a code.
    pub(super) fn difference(&self, code: u8, scale: i32) -> Difference {
        let logarithm = ((self.at(self.outputs, code) + (scale >> 2)) << 20) >> 20;
        let magnitude = if logarithm < 0 {
            0
        } else {
            let exponent = (logarithm >> 7) & 15;
            (((logarithm & 0x7f) + 0x80) << 7) >> (14 - exponent)
        };
        Difference { is_negative: code >> (self.bits - 1) != 0, magnitude }
    }

    /// FUNCTW and FUNCTF.
    pub(super) fn step(&self, code: u8) -> Step {
        Step { multiplier: self.at(self.multipliers, code), speed: self.at(self.speeds, code) }
    }

    /// The entry of a table for the magnitude of a code.
    fn at(&self, table: &[i32], code: u8) -> i32 {
        let magnitude = if code >> (self.bits - 1) != 0 { self.masked(!code) } else { code };
        table.get(usize::from(magnitude)).copied().unwrap_or_default()
    }
}

const KBIT_16: Quantiser = Quantiser {
    bits: 2,
    levels: &[261],
    outputs: &[116, 365],
    multipliers: &[-22, 439],
    speeds: &[0, 7],
    leak: 8,
};

const KBIT_24: Quantiser = Quantiser {
    bits: 3,
    levels: &[8, 218, 331],
    outputs: &[-2_048, 135, 273, 373],
    multipliers: &[-4, 30, 137, 582],
    speeds: &[0, 1, 2, 7],
    leak: 8,
};

const KBIT_32: Quantiser = Quantiser {
    bits: 4,
    levels: &[-124, 80, 178, 246, 300, 349, 400],
    outputs: &[-2_048, 4, 135, 213, 273, 323, 373, 425],
    multipliers: &[-12, 18, 41, 64, 112, 198, 355, 1_122],
    speeds: &[0, 0, 0, 1, 1, 1, 3, 7],
    leak: 8,
};

const KBIT_40: Quantiser = Quantiser {
    bits: 5,
    levels: &[-122, -16, 68, 139, 198, 250, 298, 339, 378, 413, 445, 475, 502, 528, 553],
    outputs: &[-2_048, -66, 28, 104, 169, 224, 274, 318, 358, 395, 429, 459, 488, 514, 539, 566],
    multipliers: &[14, 14, 24, 39, 40, 41, 58, 100, 141, 179, 219, 280, 358, 440, 529, 696],
    speeds: &[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6],
    leak: 9,
};
