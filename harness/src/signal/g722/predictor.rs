//! The adaptive predictor of both bands: two poles and six zeros.

use crate::signal::arithmetic::clip16;

/// The predictor and what it remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Predictor {
    /// The signal estimate, and the part of it that the zeros give.
    estimate: i32,
    by_zeros: i32,
    poles: [i32; 2],
    zeros: [i32; ZEROS],
    /// Reconstructed signals, the last first.
    reconstructed: [i32; 2],
    /// Partially reconstructed signals, the last first.
    partial: [i32; 2],
    /// Quantised differences, the last first.
    differences: [i32; ZEROS],
}

impl Predictor {
    /// What the next sample is expected to be.
    pub(super) const fn estimate(&self) -> i32 {
        self.estimate
    }

    /// Takes the quantised difference of a sample.
    pub(super) fn update(&mut self, difference: i32) {
        // RECONS and PARREC.
        let reconstructed = clip16(self.estimate + difference);
        let partial = clip16(self.by_zeros + difference);
        self.poles = self.adapted_poles(partial);
        let differences = self.differences;
        self.adapt_zeros(difference);
        // DELAYA.
        let [last, ..] = self.reconstructed;
        self.reconstructed = [reconstructed, last];
        let [last, ..] = self.partial;
        self.partial = [partial, last];
        let [d1, d2, d3, d4, d5, _] = differences;
        self.differences = [difference, d1, d2, d3, d4, d5];
        // FILTEP, FILTEZ and PREDIC.
        let [a1, a2] = self.poles;
        let pole = |a: i32, r: i32| (a * clip16(r + r)) >> 15;
        let by_poles = clip16(pole(a1, reconstructed) + pole(a2, self.reconstructed[1]));
        let products = self.zeros.iter().zip(&self.differences);
        self.by_zeros = clip16(products.map(|(b, d)| (b * clip16(d + d)) >> 15).sum());
        self.estimate = clip16(by_poles + self.by_zeros);
    }

    /// UPPOL2 and UPPOL1.
    fn adapted_poles(&self, partial: i32) -> [i32; 2] {
        let [a1, a2] = self.poles;
        let [p1, p2] = self.partial;
        let agrees = |before: i32| (partial < 0) == (before < 0);
        let four = clip16(a1 << 2);
        let turned = if agrees(p1) { (-four).min(32_767) } else { four };
        let step = (turned >> 7) + if agrees(p2) { 128 } else { -128 };
        let second = (step + ((a2 * 32_512) >> 15)).clamp(-12_288, 12_288);
        let step = if agrees(p1) { 192 } else { -192 };
        let bound = clip16(15_360 - second);
        let first = clip16(step + ((a1 * 32_640) >> 15)).clamp(-bound, bound);
        [first, second]
    }

    /// UPZERO.
    fn adapt_zeros(&mut self, difference: i32) {
        let step = if difference == 0 { 0 } else { 128 };
        for (b, before) in self.zeros.iter_mut().zip(&self.differences) {
            let step = if (difference < 0) == (*before < 0) { step } else { -step };
            *b = clip16(step + ((*b * 32_640) >> 15));
        }
    }
}

const ZEROS: usize = 6;
