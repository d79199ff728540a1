//! The filter bank: two quadrature mirror filters of 24 taps.

use super::limit;
use crate::signal::arithmetic::sample;

/// Splits a signal at 16 kHz into two bands at 8 kHz.
#[derive(Clone, Debug, Default)]
pub(super) struct Splitter {
    even: Line,
    odd: Line,
}

/// Joins two bands at 8 kHz to a signal at 16 kHz.
#[derive(Clone, Debug, Default)]
pub(super) struct Joiner {
    sum: Line,
    difference: Line,
}

/// The last values that went through half of the filter, oldest first.
#[derive(Clone, Debug, Default)]
struct Line([i16; TAPS - 1]);

impl Splitter {
    /// The lower and the higher band, one sample each for two.
    pub(super) fn split(&mut self, pairs: &[[i16; 2]]) -> impl Iterator<Item = (i32, i32)> {
        let even = self.even.filter(pairs.iter().map(|[first, _]| *first), &H);
        let odd = self.odd.filter(pairs.iter().map(|[_, second]| *second), &REVERSED);
        even.into_iter().zip(odd).map(|(a, b)| (limit((b + a) >> 14), limit((b - a) >> 14)))
    }
}

impl Joiner {
    /// Two samples for one of the lower and one of the higher band.
    pub(super) fn join(&mut self, bands: &[(i32, i32)]) -> impl Iterator<Item = i16> {
        // Both bands have fifteen bits.
        let difference = bands.iter().map(|(lower, higher)| sample(lower - higher));
        let first = self.difference.filter(difference, &REVERSED);
        let sum = bands.iter().map(|(lower, higher)| sample(lower + higher));
        let second = self.sum.filter(sum, &H);
        first.into_iter().zip(second).flat_map(|(a, b)| [sample(a >> 11), sample(b >> 11)])
    }
}

impl Line {
    fn filter(&mut self, values: impl Iterator<Item = i16>, taps: &[i16; TAPS]) -> Vec<i32> {
        let line: Vec<i16> = self.0.into_iter().chain(values).collect();
        if let Some(last) = line.last_chunk() {
            self.0 = *last;
        }
        let product = |(x, h): (&i16, &i16)| i32::from(*x) * i32::from(*h);
        let windows = line.windows(TAPS);
        windows.map(|window| window.iter().zip(taps).map(product).sum()).collect()
    }
}

/// Every second coefficient of the filter; the others are the same backwards.
const TAPS: usize = 12;
const H: [i16; TAPS] = [3, -11, 12, 32, -210, 951, 3_876, -805, 362, -156, 53, -11];
const REVERSED: [i16; TAPS] = {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = H;
    [l, k, j, i, h, g, f, e, d, c, b, a]
};
