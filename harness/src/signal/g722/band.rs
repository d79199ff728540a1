//! The two bands: quantisers, their adaptation, and the inverse.

use super::Mode;
use super::predictor::Predictor;
use crate::signal::arithmetic::{clip16, entry};

/// The lower band, 0 to 4 kHz: six bits, of which the loop looks at four.
#[derive(Clone, Debug)]
pub(super) struct Lower {
    predictor: Predictor,
    scale: Scale,
}

/// The higher band, 4 to 8 kHz: two bits.
#[derive(Clone, Debug)]
pub(super) struct Higher {
    predictor: Predictor,
    scale: Scale,
}

/// A quantiser's scale factor, as a logarithm and as a factor.
#[derive(Clone, Copy, Debug)]
struct Scale {
    log: i32,
    factor: i32,
}

impl Default for Lower {
    fn default() -> Self {
        Self { predictor: Predictor::default(), scale: Scale { log: 0, factor: 32 } }
    }
}

impl Default for Higher {
    fn default() -> Self {
        Self { predictor: Predictor::default(), scale: Scale { log: 0, factor: 8 } }
    }
}

impl Lower {
    /// The six bits of a sample.
    pub(super) fn encode(&mut self, input: i32) -> i32 {
        let error = clip16(input - self.predictor.estimate());
        // QUANTL.
        let magnitude = if error < 0 { !error } else { error };
        let passed = |level: &i32| magnitude >= (level * self.scale.factor) >> 12;
        let place = i32::try_from(LEVELS_6.partition_point(passed)).unwrap_or(0);
        // The first two negative codes are 63 and 62; the others fall from 31, the positive from 61.
        let code = match (error < 0, place) {
            (true, 0..=1) => 63 - place,
            (true, _) => 33 - place,
            (false, _) => 61 - place,
        };
        self.adapt(code);
        code
    }

    /// The sample of six bits, as a mode reads them.
    pub(super) fn decode(&mut self, code: i32, mode: Mode) -> i32 {
        // INVQBL.
        let output = match mode {
            Mode::One => entry(&OUTPUTS_6, code),
            Mode::Two => entry(&OUTPUTS_5, code >> 1),
            Mode::Three => entry(&OUTPUTS_4, code >> 2),
        };
        let sample = self.predictor.estimate() + ((self.scale.factor * output) >> 15);
        self.adapt(code);
        sample
    }

    fn adapt(&mut self, code: i32) {
        let short = code >> 2;
        // INVQAL.
        let difference = (self.scale.factor * entry(&OUTPUTS_4, short)) >> 15;
        self.scale.adapt(entry(&MULTIPLIERS_4, short), 18_432, 8);
        self.predictor.update(difference);
    }
}

impl Higher {
    /// The two bits of a sample.
    pub(super) fn encode(&mut self, input: i32) -> i32 {
        let error = clip16(input - self.predictor.estimate());
        // QUANTH.
        let magnitude = if error < 0 { !error } else { error };
        let far = magnitude >= (564 * self.scale.factor) >> 12;
        let code = if error < 0 { 1 } else { 3 } - i32::from(far);
        self.adapt(code);
        code
    }

    /// The sample of two bits.
    pub(super) fn decode(&mut self, code: i32) -> i32 {
        let estimate = self.predictor.estimate();
        estimate + self.adapt(code)
    }

    /// Returns the quantised difference.
    fn adapt(&mut self, code: i32) -> i32 {
        // INVQAH.
        let difference = (self.scale.factor * entry(&OUTPUTS_2, code)) >> 15;
        self.scale.adapt(entry(&MULTIPLIERS_2, code), 22_528, 10);
        self.predictor.update(difference);
        difference
    }
}

impl Scale {
    /// LOGSCL and SCALEL, or LOGSCH and SCALEH.
    fn adapt(&mut self, multiplier: i32, greatest: i32, whole: i32) {
        self.log = (((self.log * 127) >> 7) + multiplier).clamp(0, greatest);
        let mantissa = entry(&INVERSE_LOG, (self.log >> 6) & 31);
        let shift = whole - (self.log >> 11);
        let factor = if shift < 0 { mantissa << -shift } else { mantissa >> shift };
        self.factor = factor << 2;
    }
}

/// Decision levels of the six-bit quantiser.
const LEVELS_6: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1_023,
    1_121, 1_219, 1_339, 1_458, 1_612, 1_765, 1_980, 2_195, 2_557, 2_919,
];

/// Output levels by the code of six, five, four and two bits.
const OUTPUTS_6: [i32; 64] = [
    -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192,
    -10_232, -9_360, -8_576, -7_856, -7_192, -6_576, -6_000, -5_456, -4_944, -4_464, -4_008,
    -3_576, -3_168, -2_776, -2_400, -2_032, -1_688, -1_360, -1_040, -728, 24_808, 21_904, 19_008,
    16_704, 14_984, 13_512, 12_280, 11_192, 10_232, 9_360, 8_576, 7_856, 7_192, 6_576, 6_000,
    5_456, 4_944, 4_464, 4_008, 3_576, 3_168, 2_776, 2_400, 2_032, 1_688, 1_360, 1_040, 728, 432,
    136, -432, -136,
];
const OUTPUTS_5: [i32; 32] = [
    -280, -280, -23_352, -17_560, -14_120, -11_664, -9_752, -8_184, -6_864, -5_712, -4_696, -3_784,
    -2_960, -2_208, -1_520, -880, 23_352, 17_560, 14_120, 11_664, 9_752, 8_184, 6_864, 5_712,
    4_696, 3_784, 2_960, 2_208, 1_520, 880, 280, -280,
];
const OUTPUTS_4: [i32; 16] = [
    0, -20_456, -12_896, -8_968, -6_288, -4_240, -2_584, -1_200, 20_456, 12_896, 8_968, 6_288,
    4_240, 2_584, 1_200, 0,
];
const OUTPUTS_2: [i32; 4] = [-7_408, -1_616, 7_408, 1_616];

/// Logarithmic multipliers of the scale factor, by the code of four and of two bits.
const MULTIPLIERS_4: [i32; 16] =
    [-60, 3_042, 1_198, 538, 334, 172, 58, -30, 3_042, 1_198, 538, 334, 172, 58, -30, -60];
const MULTIPLIERS_2: [i32; 4] = [798, -214, 798, -214];

/// 2 048 · 2^(n/32).
const INVERSE_LOG: [i32; 32] = [
    2_048, 2_093, 2_139, 2_186, 2_233, 2_282, 2_332, 2_383, 2_435, 2_489, 2_543, 2_599, 2_656,
    2_714, 2_774, 2_834, 2_896, 2_960, 3_025, 3_091, 3_158, 3_228, 3_298, 3_371, 3_444, 3_520,
    3_597, 3_676, 3_756, 3_838, 3_922, 4_008,
];
