//! The spread of times in memory that does not grow.

use super::{Intervals, Measured};
use std::time::Duration;

/// The spread of times.
///
/// Up to 512 times are kept as they are. Past that they are counted in bins that are 1/64 of their
/// value wide, so that a percentile is good to 1/128 of itself; the largest stays exact.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    exact: Vec<f64>,
    bins: Vec<u32>,
    count: u64,
    max: f64,
}

impl Sketch {
    /// Takes a time in seconds.
    #[inline]
    pub fn push(&mut self, time: f64) {
        self.count += 1;
        self.max = self.max.max(time);
        if self.bins.is_empty() {
            self.exact.push(time);
            if self.exact.len() == EXACT {
                for time in std::mem::take(&mut self.exact) {
                    self.bin(time);
                }
            }
        } else {
            self.bin(time);
        }
    }

    /// The spread, of times that are the difference of two stamps; `None` for no times.
    pub fn intervals(&self, stamp: Duration) -> Option<Intervals> {
        if self.bins.is_empty() {
            return Intervals::over(self.exact.clone(), stamp);
        }
        let max = Measured::between(self.max, stamp);
        let rank = |part: u64| self.rank((self.count * part).div_ceil(1_000), stamp);
        let [p50, p95, p99, p999] = [rank(500)?, rank(950)?, rank(990)?, rank(999)?];
        Some(Intervals { p50, p95, p99, p999, max })
    }

    #[inline]
    fn bin(&mut self, time: f64) {
        let bin = bin_of(nanos(time));
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, 0);
        }
        if let Some(count) = self.bins.get_mut(bin) {
            *count = count.saturating_add(1);
        }
    }

    /// The `rank`-th smallest time.
    fn rank(&self, rank: u64, stamp: Duration) -> Option<Measured> {
        let mut below = 0;
        let bin = self.bins.iter().position(|&count| {
            below += u64::from(count);
            below >= rank
        })?;
        let (least, width) = bounds(bin);
        let time = Measured::between((least + 0.5 * width).min(self.max), stamp);
        Some(Measured { uncertainty: time.uncertainty + 0.5 * width, ..time })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn nanos(time: f64) -> u64 {
    (time * 1e9) as u64
}

/// The bin of a time: below 128 ns one each, above that 64 for each doubling.
fn bin_of(nanos: u64) -> usize {
    let doublings = (u64::BITS - nanos.leading_zeros()).saturating_sub(7);
    let within = usize::try_from(nanos >> doublings).unwrap_or(usize::MAX);
    usize::try_from(doublings).unwrap_or_default() * 64 + within
}

/// The least time of a bin, and how wide it is, in seconds.
fn bounds(bin: usize) -> (f64, f64) {
    let doublings = (bin / 64).saturating_sub(1);
    let within = bin - doublings * 64;
    let width = 2.0_f64.powi(i32::try_from(doublings).unwrap_or(i32::MAX)) * 1e-9;
    (super::counted(within) * width, width)
}

const EXACT: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STAMP: Duration = Duration::from_micros(1);

    fn both(times: &[f64]) -> (Intervals, Intervals) {
        let mut sketch = Sketch::default();
        for &time in times {
            sketch.push(time);
        }
        (sketch.intervals(STAMP).unwrap(), Intervals::over(times.to_vec(), STAMP).unwrap())
    }

    #[test]
    fn few_times_are_exact_and_none_say_nothing() {
        let times: Vec<f64> = (0..500).map(|at| f64::from(at * 37 % 101) * 1e-4).collect();
        let (sketch, exact) = both(&times);
        assert_eq!(sketch, exact);
        assert_eq!(Sketch::default().intervals(STAMP), None);
    }

    #[test]
    fn a_bin_begins_where_the_one_before_ends() {
        for bin in 1..3_000 {
            let ((before, width), (least, _)) = (bounds(bin - 1), bounds(bin));
            assert!((before + width - least).abs() < 1e-9 * least.max(1e-9), "{bin}");
            assert_eq!(bin_of(nanos(least * (1.0 + 1e-12) + 1e-15)), bin);
        }
    }

    proptest! {
        #[test]
        fn many_times_are_within_the_stated_uncertainty(seed in any::<u64>(), scale in 1e-6..1e3_f64) {
            let mut random = fastrand::Rng::with_seed(seed);
            let times: Vec<f64> = (0..3_000).map(|_| scale * random.f64().powi(3)).collect();
            let (sketch, exact) = both(&times);
            for (sketch, exact) in [
                (sketch.p50, exact.p50), (sketch.p95, exact.p95), (sketch.p99, exact.p99), (sketch.max, exact.max),
            ] {
                prop_assert!(sketch.holds(exact.value), "{sketch:?} {exact:?}");
                prop_assert!(sketch.uncertainty <= 2e-6 + sketch.value / 100.0, "{sketch:?}");
            }
        }
    }
}
