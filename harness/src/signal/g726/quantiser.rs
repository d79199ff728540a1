//! The adaptive quantiser and its inverse.

use super::Rate;
use super::predictor::Difference;
use crate::signal::arithmetic::{entry, low_octet};

/// The tables of one rate.
#[derive(Debug)]
pub(super) struct Quantiser {
    bits: u8,
    /// Decision levels of the normalised logarithm of the difference, rising.
    levels: Table,
    /// For each magnitude of a code, from the smallest: output level, multiplier W, speed F.
    outputs: Table,
    multipliers: Table,
    speeds: Table,
    /// How the zeros of the predictor leak.
    leak: u8,
}

/// As long for every rate, so that no loop over it has to count.
type Table = [i32; 16];

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
        let passed: i32 = self.levels.iter().map(|level| i32::from(normalised >= *level)).sum();
        let passed = low_octet(passed);
        // With two bits there is a code for small and positive; else small is all ones.
        let small_is_ones = self.bits > 2 && passed == 0;
        if difference < 0 || small_is_ones { self.masked(!passed) } else { passed }
    }

    /// RECONST, ADDA and ANTILOG: the difference of a code.
    pub(super) fn difference(&self, code: u8, scale: i32) -> Difference {
        let logarithm = ((self.at(&self.outputs, code) + (scale >> 2)) << 20) >> 20;
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
        Step { multiplier: self.at(&self.multipliers, code), speed: self.at(&self.speeds, code) }
    }

    /// The entry of a table for the magnitude of a code.
    fn at(&self, table: &Table, code: u8) -> i32 {
        let magnitude = if code >> (self.bits - 1) != 0 { self.masked(!code) } else { code };
        entry(table, magnitude.into())
    }
}

/// A table whose entries past `values` are `rest`.
const fn table<const N: usize>(values: [i32; N], rest: i32) -> Table {
    let mut table = [rest; 16];
    let (filled, _) = table.split_at_mut(N);
    filled.copy_from_slice(&values);
    table
}

/// What no logarithm reaches.
const NEVER: i32 = i32::MAX;

const KBIT_16: Quantiser = Quantiser {
    bits: 2,
    levels: table([261], NEVER),
    outputs: table([116, 365], 0),
    multipliers: table([-22, 439], 0),
    speeds: table([0, 7], 0),
    leak: 8,
};

const KBIT_24: Quantiser = Quantiser {
    bits: 3,
    levels: table([8, 218, 331], NEVER),
    outputs: table([-2_048, 135, 273, 373], 0),
    multipliers: table([-4, 30, 137, 582], 0),
    speeds: table([0, 1, 2, 7], 0),
    leak: 8,
};

const KBIT_32: Quantiser = Quantiser {
    bits: 4,
    levels: table([-124, 80, 178, 246, 300, 349, 400], NEVER),
    outputs: table([-2_048, 4, 135, 213, 273, 323, 373, 425], 0),
    multipliers: table([-12, 18, 41, 64, 112, 198, 355, 1_122], 0),
    speeds: table([0, 0, 0, 1, 1, 1, 3, 7], 0),
    leak: 8,
};

const KBIT_40: Quantiser = Quantiser {
    bits: 5,
    levels: table(
        [-122, -16, 68, 139, 198, 250, 298, 339, 378, 413, 445, 475, 502, 528, 553],
        NEVER,
    ),
    outputs: table(
        [-2_048, -66, 28, 104, 169, 224, 274, 318, 358, 395, 429, 459, 488, 514, 539, 566],
        0,
    ),
    multipliers: table(
        [14, 14, 24, 39, 40, 41, 58, 100, 141, 179, 219, 280, 358, 440, 529, 696],
        0,
    ),
    speeds: table([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6], 0),
    leak: 9,
};
