//! The adaptive predictor: two poles and six zeros, in the floating point of the Recommendation.

use crate::signal::arithmetic::wrap16;

/// A quantised difference; its zero has a sign too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    pub(super) is_negative: bool,
    /// Fifteen bits.
    pub(super) magnitude: i32,
}

/// The predictor and what it remembers.
#[derive(Clone, Debug)]
pub(super) struct Predictor {
    poles: [i32; 2],
    zeros: [i32; ZEROS],
    /// Quantised differences and reconstructed signals, the last first.
    differences: [Float; ZEROS],
    reconstructed: [Float; 2],
    /// Signs of the partially reconstructed signal, the last first.
    partial_negative: [bool; 2],
    /// The signal estimate, and the part of it that the zeros give.
    estimate: i32,
    by_zeros: i32,
    /// TD and TDP: whether the signal is a narrow-band one, and whether it was found to be one before
    /// a transition took that back.
    tone: bool,
    found_tone: bool,
}

/// A sign, four bits of exponent and six of mantissa.
#[derive(Clone, Copy, Debug)]
struct Float {
    /// Nothing, or -1.
    sign: i16,
    exponent: u8,
    mantissa: u8,
}

impl Default for Predictor {
    fn default() -> Self {
        Self {
            poles: [0; 2],
            zeros: [0; ZEROS],
            differences: [Float::ZERO; ZEROS],
            reconstructed: [Float::ZERO; 2],
            partial_negative: [false; 2],
            estimate: 0,
            by_zeros: 0,
            tone: false,
            found_tone: false,
        }
    }
}

impl Predictor {
    /// What the next sample is expected to be.
    pub(super) const fn estimate(&self) -> i32 {
        self.estimate
    }

    /// TD.
    pub(super) const fn is_tone(&self) -> bool {
        self.tone
    }

    /// TDP.
    pub(super) const fn found_tone(&self) -> bool {
        self.found_tone
    }

    /// Takes the quantised difference of a sample; returns the sample.
    pub(super) fn update(&mut self, difference: Difference, leak: u8, transition: bool) -> i32 {
        let signed =
            if difference.is_negative { -difference.magnitude } else { difference.magnitude };
        // ADDB and ADDC.
        let reconstructed = wrap16(signed + self.estimate);
        let partial = wrap16(signed + self.by_zeros);
        self.adapt_poles(partial);
        self.adapt_zeros(difference, leak);
        // TONE.
        self.found_tone = self.poles[1] < -11_776;
        self.tone = self.found_tone && !transition;
        // TRIGB.
        if transition {
            self.poles = [0; 2];
            self.zeros = [0; ZEROS];
        }
        // FLOATA and FLOATB.
        let [d1, d2, d3, d4, d5, _] = self.differences;
        let newest = Float::of(difference.is_negative, difference.magnitude);
        self.differences = [newest, d1, d2, d3, d4, d5];
        let [last, ..] = self.reconstructed;
        let newest = Float::of(reconstructed < 0, reconstructed.abs() & 0x7fff);
        self.reconstructed = [newest, last];
        let [last, ..] = self.partial_negative;
        self.partial_negative = [partial < 0, last];
        self.predict();
        reconstructed
    }

    /// FMULT and ACCUM.
    fn predict(&mut self) {
        let zeros = self.zeros.iter().zip(&self.differences);
        let by_zeros = wrap16(zeros.map(|(b, value)| value.times(*b)).sum());
        let poles = self.poles.iter().zip(&self.reconstructed);
        let by_poles: i32 = poles.map(|(a, value)| value.times(*a)).sum();
        self.by_zeros = by_zeros >> 1;
        self.estimate = wrap16(by_zeros + by_poles) >> 1;
    }

    fn adapt_poles(&mut self, partial: i32) {
        let [a1, a2] = self.poles;
        let agrees = self.partial_negative.map(|before| before == (partial < 0));
        let [with_last, with_one_before] = agrees;
        // UPA2.
        let turn = if with_one_before { 16_384 } else { -16_384 };
        let bounded = a1.clamp(-8_191, 8_191) << 2;
        let gain = turn + if with_last { -bounded } else { bounded };
        let gain = if partial == 0 { 0 } else { gain >> 7 };
        // LIMC.
        let second = wrap16(a2 + gain - (a2 >> 7)).clamp(-12_288, 12_288);
        // UPA1.
        let gain = match (partial, with_last) {
            (0, _) => 0,
            (_, true) => 192,
            (_, false) => -192,
        };
        // LIMD.
        let bound = 15_360 - second;
        let first = wrap16(a1 + gain - (a1 >> 8)).clamp(-bound, bound);
        self.poles = [first, second];
    }

    /// XOR and UPB.
    fn adapt_zeros(&mut self, difference: Difference, leak: u8) {
        let step = if difference.magnitude == 0 { 0 } else { 128 };
        for (b, before) in self.zeros.iter_mut().zip(&self.differences) {
            let agrees = difference.is_negative == (before.sign < 0);
            *b = wrap16(*b + if agrees { step } else { -step } - (*b >> leak));
        }
    }
}

impl Float {
    const ZERO: Self = Self { sign: 0, exponent: 0, mantissa: 32 };

    /// Without a branch, as there are eight of these for a sample: the mantissa of zero is 32, and that bit
    /// is set in every other.
    #[inline]
    fn of(is_negative: bool, magnitude: i32) -> Self {
        let magnitude = magnitude.cast_unsigned();
        let exponent = (magnitude << 1 | 1).ilog2();
        let mantissa = magnitude << 6 >> exponent | 32;
        Self { sign: -i16::from(is_negative), exponent: octet(exponent), mantissa: octet(mantissa) }
    }

    /// The product with a coefficient of 16 bits.
    #[inline]
    fn times(self, coefficient: i32) -> i32 {
        let short = coefficient >> 2;
        let factor = Self::of(short < 0, short.abs() & 0x1fff);
        let mantissa = (u64::from(self.mantissa) * u64::from(factor.mantissa) + 48) >> 4;
        // A magnitude has fifteen bits; what is above them is lost.
        let magnitude = fifteen(mantissa << (self.exponent + factor.exponent) >> 19);
        let sign = i32::from(self.sign ^ factor.sign);
        (magnitude ^ sign) - sign
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "exponents and mantissas have six bits at most"
)]
const fn octet(value: u32) -> u8 {
    value as u8
}

const fn fifteen(value: u64) -> i32 {
    (value & 0x7fff) as i32
}

const ZEROS: usize = 6;
