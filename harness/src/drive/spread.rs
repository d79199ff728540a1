//! How an error is spread.

use std::fmt;
use std::time::Duration;

/// The spread of a set of time errors, by magnitude.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Spread {
    /// How many were measured; the rest is zero if none was.
    pub count: usize,
    /// Half of the errors are at most this large.
    pub p50: Duration,
    /// 99 of 100 errors are at most this large.
    pub p99: Duration,
    /// 999 of 1000 errors are at most this large; the largest where fewer were measured.
    pub p999: Duration,
    /// The largest error.
    pub max: Duration,
}

impl Spread {
    /// The spread of `errors`, by nearest rank.
    pub fn of(errors: &[Duration]) -> Self {
        let mut sorted = errors.to_vec();
        sorted.sort_unstable();
        let rank = |permille: usize| {
            let index = (sorted.len() * permille).div_ceil(1_000).saturating_sub(1);
            sorted.get(index).copied().unwrap_or_default()
        };
        Self {
            count: sorted.len(),
            p50: rank(500),
            p99: rank(990),
            p999: rank(999),
            max: rank(1_000),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p99, p999, max } = self;
        write!(f, "p50 {p50:.1?}, p99 {p99:.1?}, p99.9 {p999:.1?}, max {max:.1?} of {count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_taken_from_the_sorted_errors() {
        let errors: Vec<_> = (1..=2_000).rev().map(Duration::from_micros).collect();
        let spread = Spread::of(&errors).to_string();
        assert_eq!(spread, "p50 1.0ms, p99 2.0ms, p99.9 2.0ms, max 2.0ms of 2000");
        let Spread { p50, p99, p999, max, .. } = Spread::of(&errors);
        let micros = [p50, p99, p999, max].map(|span| span.as_micros());
        assert_eq!(micros, [1_000, 1_980, 1_998, 2_000]);
    }

    #[test]
    fn nothing_measured_is_no_error_and_a_count_of_zero() {
        assert_eq!(Spread::of(&[]), Spread::default());
    }
}
