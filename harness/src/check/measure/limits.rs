//! Judging a measured quantity against limits.

use super::Measured;
use crate::verdict::Verdict;
use std::ops::{Bound, RangeBounds};

/// Limits on a quantity, each side open, closed or absent, in the SI unit of its dimension.
///
/// That both are of one dimension is the business of whoever reads the limits from a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The lower limit.
    pub low: Bound<f64>,
    /// The upper limit.
    pub high: Bound<f64>,
}

impl Limits {
    /// The limits of a range: `..=5e-3`, `490e-3..510e-3`.
    pub fn of(range: &impl RangeBounds<f64>) -> Self {
        Self { low: range.start_bound().cloned(), high: range.end_bound().cloned() }
    }

    /// Judges by the guard band that the uncertainty of the measurement makes.
    ///
    /// Passes when every value that can be the true one is inside the limits, fails when every one
    /// is outside, and is inconclusive between: the bench is then too coarse to tell.
    pub fn judge(self, measured: Measured) -> Verdict {
        let least = measured.value - measured.uncertainty;
        let most = measured.value + measured.uncertainty;
        if least.is_nan() || most.is_nan() {
            Verdict::Inconclusive
        } else if self.is_above_low(least) && self.is_below_high(most) {
            Verdict::Pass
        } else if !self.is_above_low(most) || !self.is_below_high(least) {
            Verdict::Fail
        } else {
            Verdict::Inconclusive
        }
    }

    fn is_above_low(self, value: f64) -> bool {
        match self.low {
            Bound::Included(low) => low <= value,
            Bound::Excluded(low) => low < value,
            Bound::Unbounded => true,
        }
    }

    fn is_below_high(self, value: f64) -> bool {
        match self.high {
            Bound::Included(high) => value <= high,
            Bound::Excluded(high) => value < high,
            Bound::Unbounded => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Unit;
    use super::*;
    use proptest::prelude::*;
    use std::ops::Bound::{Excluded, Unbounded};

    fn judged(range: &impl RangeBounds<f64>, value: f64, uncertainty: f64) -> Verdict {
        Limits::of(range).judge(Measured { value, uncertainty, unit: Unit::Seconds })
    }

    #[test]
    fn an_edge_inside_the_uncertainty_is_inconclusive() {
        let t1 = 0.490..=0.510;
        assert_eq!(judged(&t1, 0.500, 0.005), Verdict::Pass);
        assert_eq!(judged(&t1, 0.512, 0.005), Verdict::Inconclusive);
        assert_eq!(judged(&t1, 0.488, 0.005), Verdict::Inconclusive);
        assert_eq!(judged(&t1, 0.530, 0.005), Verdict::Fail);
        assert_eq!(judged(&t1, 0.400, 0.005), Verdict::Fail);
    }

    #[test]
    fn an_exact_value_is_never_inconclusive() {
        assert_eq!(judged(&(..=0.0), 0.0, 0.0), Verdict::Pass);
        assert_eq!(judged(&(..5.0), 5.0, 0.0), Verdict::Fail);
        assert_eq!(judged(&(..=5.0), 5.0, 0.0), Verdict::Pass);
        assert_eq!(judged(&(Excluded(5.0), Unbounded), 5.0, 0.0), Verdict::Fail);
        assert_eq!(judged(&(5.0..), 5.0, 0.0), Verdict::Pass);
    }

    #[test]
    fn what_is_no_number_decides_nothing() {
        assert_eq!(judged(&(..5.0), f64::NAN, 0.0), Verdict::Inconclusive);
    }

    proptest! {
        #[test]
        fn the_verdict_is_that_of_every_possible_truth(
            low in -10.0..10.0_f64, width in 0.0..10.0_f64,
            value in -20.0..20.0_f64, uncertainty in 0.0..5.0_f64, part in -1.0..1.0_f64,
        ) {
            let range = low..=low + width;
            let truth = range.contains(&(value + part * uncertainty));
            match judged(&range, value, uncertainty) {
                Verdict::Pass => prop_assert!(truth),
                Verdict::Fail => prop_assert!(!truth),
                Verdict::Inconclusive | Verdict::None | Verdict::Error => {
                    let ends = [value - uncertainty, value + uncertainty];
                    prop_assert!(!ends.iter().all(|end| range.contains(end)));
                }
            }
        }
    }
}
