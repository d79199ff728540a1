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
    /// The largest error.
    pub max: Duration,
}

impl Spread {
    /// The spread of `errors`, by nearest rank.
    pub fn of(errors: &[Duration]) -> Self {
        let mut sorted = errors.to_vec();
        sorted.sort_unstable();
        let rank = |percent: usize| {
            let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(index).copied().unwrap_or_default()
        };
        Self { count: sorted.len(), p50: rank(50), p99: rank(99), max: rank(100) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p99, max } = self;
        write!(f, "p50 {p50:.1?}, p99 {p99:.1?}, max {max:.1?} of {count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_taken_from_the_sorted_errors() {
        let errors: Vec<_> = (1..=200).rev().map(Duration::from_micros).collect();
        let spread = Spread::of(&errors);
        assert_eq!(spread.to_string(), "p50 100.0µs, p99 198.0µs, max 200.0µs of 200");
    }

    #[test]
    fn nothing_measured_is_no_error_and_a_count_of_zero() {
        assert_eq!(Spread::of(&[]), Spread::default());
    }
}
