//! How long a run will still take.

use crate::evidence::durations::{Basis, Expected};
use std::time::Duration;

/// What is left of a run, in the times that are expected of its executions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Estimate {
    /// What runs beside others, where there are lanes.
    beside: Duration,
    /// What runs alone.
    alone: Duration,
    /// The longest of all that was to run.
    longest: Duration,
    /// What is done.
    done: Duration,
    lanes: u32,
    /// Whether the expected times are times at all, and not only equal shares.
    basis: Known,
}

/// What the expected times of a run are worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Known {
    Times,
    Shares,
}

/// How an execution runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Company {
    /// On any lane, while others run.
    Beside,
    /// While nothing else does.
    Alone,
}

impl Estimate {
    /// A run of nothing so far, on so many lanes.
    pub fn new(lanes: usize) -> Self {
        Self {
            beside: Duration::ZERO,
            alone: Duration::ZERO,
            longest: Duration::ZERO,
            done: Duration::ZERO,
            lanes: u32::try_from(lanes).unwrap_or(u32::MAX).max(1),
            basis: Known::Times,
        }
    }

    /// Adds an execution.
    pub fn add(&mut self, expected: Expected, company: Company) {
        if expected.basis == Basis::Nothing {
            self.basis = Known::Shares;
        }
        self.longest = self.longest.max(expected.time);
        *self.of(company) += expected.time;
    }

    /// Takes off an execution that is done.
    pub fn done(&mut self, expected: Expected, company: Company) {
        let left = self.of(company);
        *left = left.saturating_sub(expected.time);
        self.done += match company {
            Company::Beside => expected.time / self.lanes,
            Company::Alone => expected.time,
        };
    }

    /// How long the rest takes, after `elapsed` of the run. None where nothing is known yet: without
    /// times of earlier runs, the first tenth of this one has to tell, as what waits longest begins.
    ///
    /// Times of earlier runs are corrected by how fast this one was so far: another machine, or the
    /// virtual tier, whose times are not those of a clock on the wall.
    pub fn left(&self, elapsed: Duration) -> Option<Duration> {
        let left = self.span();
        if self.done.is_zero() || (self.basis == Known::Shares && self.done < left / TOLD_BY) {
            return (self.basis == Known::Times).then_some(left);
        }
        let pace = elapsed.as_secs_f64() / self.done.as_secs_f64();
        Duration::try_from_secs_f64(left.as_secs_f64() * pace).ok()
    }

    /// How long what is left takes by the expected times.
    pub fn span(&self) -> Duration {
        let beside = self.beside / self.lanes;
        // However many lanes there are, the longest takes its time.
        beside.max(self.longest.min(self.beside)) + self.alone
    }

    const fn of(&mut self, company: Company) -> &mut Duration {
        match company {
            Company::Beside => &mut self.beside,
            Company::Alone => &mut self.alone,
        }
    }
}

/// How much is left where a tenth is done, in what is done.
const TOLD_BY: u32 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(seconds: u64) -> Expected {
        Expected { time: Duration::from_secs(seconds), basis: Basis::Execution }
    }

    #[test]
    fn lanes_share_what_runs_beside_others() {
        let mut estimate = Estimate::new(4);
        for seconds in [10, 10, 20, 40] {
            estimate.add(expected(seconds), Company::Beside);
        }
        estimate.add(expected(5), Company::Alone);
        assert_eq!(estimate.left(Duration::ZERO), Some(Duration::from_secs(40 + 5)));
        assert_eq!(Estimate::new(4).left(Duration::ZERO), Some(Duration::ZERO));
    }

    #[test]
    fn a_slower_machine_takes_longer() {
        let mut estimate = Estimate::new(1);
        for seconds in [10, 30] {
            estimate.add(expected(seconds), Company::Beside);
        }
        assert_eq!(estimate.left(Duration::ZERO), Some(Duration::from_secs(40)));
        estimate.done(expected(10), Company::Beside);
        assert_eq!(estimate.left(Duration::from_secs(20)), Some(Duration::from_secs(60)));
    }

    #[test]
    fn without_times_the_first_tenth_tells() {
        let mut estimate = Estimate::new(1);
        let unknown = Expected { time: Duration::from_secs(1), basis: Basis::Nothing };
        for _ in 0..20 {
            estimate.add(unknown, Company::Beside);
        }
        assert_eq!(estimate.left(Duration::ZERO), None);
        estimate.done(unknown, Company::Beside);
        assert_eq!(estimate.left(Duration::from_secs(60)), None);
        estimate.done(unknown, Company::Beside);
        assert_eq!(estimate.left(Duration::from_secs(62)), Some(Duration::from_secs(9 * 62)));
    }
}
