//! Cases that ran more than once: whether each always came to the same, and how sure that is.

use super::{JudgedCase, JudgedRun};
use crate::evidence::record::Repeats;
use crate::statistics::proportion::{Interval, anytime, exact};
use crate::verdict::Verdict;
use std::collections::BTreeMap;

/// The runs of one execution, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally<'a> {
    /// The id of the execution.
    pub execution: &'a str,
    /// How many of its runs came to what.
    pub runs: BTreeMap<Verdict, u32>,
}

impl JudgedRun {
    /// The runs of each execution, in the order in which the executions first come.
    pub fn tallies(&self) -> impl Iterator<Item = Tally<'_>> {
        tallies(&self.cases).into_iter()
    }
}

/// The runs of each execution among `cases`, in the order in which the executions first come.
pub fn tallies(cases: &[JudgedCase]) -> Vec<Tally<'_>> {
    let mut tallies: Vec<Tally<'_>> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        let execution = case.record.execution.as_str();
        let place = *places.entry(execution).or_insert(tallies.len());
        if place == tallies.len() {
            tallies.push(Tally { execution, runs: BTreeMap::new() });
        }
        if let Some(tally) = tallies.get_mut(place) {
            *tally.runs.entry(case.verdict).or_default() += 1;
        }
    }
    tallies
}

impl Tally<'_> {
    /// How often it ran.
    pub fn count(&self) -> u32 {
        self.runs.values().sum()
    }

    /// Whether its runs did not all come to the same.
    pub fn is_flaky(&self) -> bool {
        self.runs.len() > 1
    }

    /// The worst that any of its runs came to.
    pub fn worst(&self) -> Verdict {
        self.runs.keys().copied().fold(Verdict::None, Verdict::merge)
    }

    /// What its runs came to: `pass`, or `flaky: 1 fail, 2 pass`.
    pub fn words(&self) -> String {
        match (self.is_flaky(), self.worst()) {
            (false, worst) => worst.to_string(),
            (true, _) => format!("flaky: {}", self.counts()),
        }
    }

    fn counts(&self) -> String {
        let runs = self.runs.iter().rev().map(|(verdict, count)| format!("{count} {verdict}"));
        runs.collect::<Vec<_>>().join(", ")
    }

    /// How many of its runs came to something else than most of them.
    pub fn strays(&self) -> u32 {
        self.count() - self.runs.values().max().copied().unwrap_or(0)
    }

    /// The share of its runs that stray.
    pub fn rate(&self) -> f64 {
        if self.count() == 0 { 0.0 } else { f64::from(self.strays()) / f64::from(self.count()) }
    }

    /// Where the true share lies: by the exact interval where the number of runs was set beforehand, by
    /// one that holds at every look where the run stopped as it had seen enough.
    pub fn interval(&self, repeats: Repeats) -> Interval {
        match repeats {
            Repeats::Fixed(_) => exact(self.strays(), self.count(), CONFIDENCE),
            Repeats::Until { confidence, .. } => anytime(self.strays(), self.count(), confidence),
        }
    }

    /// Whether more runs would not change what is said of the flake rate and the bound.
    pub fn is_settled(&self, repeats: Repeats) -> bool {
        match repeats {
            Repeats::Fixed(rounds) => self.count() >= rounds,
            Repeats::Until { bound, .. } => {
                let Interval { low, high } = self.interval(repeats);
                high <= bound || low > bound
            }
        }
    }

    /// What its runs came to, and the flake rate with its interval.
    pub fn sentence(&self, repeats: Repeats) -> String {
        let Interval { low, high } = self.interval(repeats);
        let confidence = match repeats {
            Repeats::Fixed(_) => CONFIDENCE,
            Repeats::Until { confidence, .. } => confidence,
        };
        format!(
            "{} of {} runs; flake rate {}, between {} and {} at {} confidence",
            self.counts(),
            self.count(),
            percent(self.rate()),
            percent(low),
            percent(high),
            percent(confidence),
        )
    }
}

/// A share as people read it: one decimal where it is below ten per cent.
pub fn percent(share: f64) -> String {
    let hundredths = share * 100.0;
    if hundredths < 9.95 && hundredths.fract() != 0.0 {
        format!("{hundredths:.1} %")
    } else {
        format!("{hundredths:.0} %")
    }
}

/// The confidence of intervals where the run does not say.
pub const CONFIDENCE: f64 = 0.95;

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(runs: &[(Verdict, u32)]) -> Tally<'static> {
        Tally { execution: "T-1", runs: runs.iter().copied().collect() }
    }

    #[test]
    fn what_most_runs_came_to_is_no_flake() {
        let tally = tally(&[(Verdict::Pass, 1), (Verdict::Fail, 9)]);
        assert!(tally.is_flaky() && tally.strays() == 1);
        let sentence = tally.sentence(Repeats::Fixed(10));
        let told =
            "9 fail, 1 pass of 10 runs; flake rate 10 %, between 0.3 % and 45 % at 95 % confidence";
        assert_eq!(sentence, told);
    }

    #[test]
    fn what_always_fails_is_not_flaky() {
        let tally = tally(&[(Verdict::Fail, 9)]);
        assert!(!tally.is_flaky() && tally.strays() == 0);
    }

    #[test]
    fn a_rate_is_settled_on_either_side_of_the_bound() {
        let until = Repeats::Until { bound: 0.05, confidence: 0.95, at_most: 1_000 };
        let settled = |pass, fail| {
            let runs: Vec<_> = [(Verdict::Pass, pass), (Verdict::Fail, fail)]
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .collect();
            tally(&runs).is_settled(until)
        };
        assert!(settled(200, 0) && settled(20, 20));
        assert!(!settled(60, 0) && !settled(40, 2));
    }
}
