//! The predictor of G.722, as its equations give it.

/// Two poles and six zeros, adapted by the signs of what they see.
#[derive(Clone, Debug, Default)]
pub(super) struct Predictor {
    poles: [f64; 2],
    zeros: [f64; 6],
    /// Differences, signals and signals without the poles' part, the latest first.
    differences: [f64; 6],
    signals: [f64; 2],
    partials: [f64; 2],
}

impl Predictor {
    /// What the next sample should be.
    pub(super) fn estimate(&self) -> f64 {
        let poles: f64 = self.poles.iter().zip(self.signals).map(|(a, r)| a * r).sum();
        poles + self.by_zeros()
    }

    /// Takes the difference between sample and estimate.
    pub(super) fn learn(&mut self, difference: f64) {
        let signal = self.estimate() + difference;
        let partial = self.by_zeros() + difference;
        let [a1, a2] = self.poles;
        let [first, second] = self.partials.map(|before| sign(before) * sign(partial));
        let turn = (4.0 * a1).clamp(-2.0, 2.0);
        let a2 = (a2 + (second - first * turn - a2) / 128.0).clamp(-0.75, 0.75);
        let most = 1.0 - 1.0 / 16.0 - a2;
        let a1 = (a1 + (3.0 * first - a1) / 256.0).clamp(-most, most);
        self.poles = [a1, a2];
        for (b, before) in self.zeros.iter_mut().zip(self.differences) {
            let step =
                if difference == 0.0 { 0.0 } else { sign(difference) * sign(before) / 128.0 };
            *b += step - *b / 256.0;
        }
        self.differences.rotate_right(1);
        self.differences[0] = difference;
        self.signals = [signal, self.signals[0]];
        self.partials = [partial, self.partials[0]];
    }

    fn by_zeros(&self) -> f64 {
        self.zeros.iter().zip(self.differences).map(|(b, d)| b * d).sum()
    }
}

const fn sign(value: f64) -> f64 {
    if value < 0.0 { -1.0 } else { 1.0 }
}
