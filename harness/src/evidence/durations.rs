//! How long cases took, so that later runs can be foretold and shared out evenly.

use super::record::{Ended, RunRecord, Tier};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long executions took on a tier.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Durations {
    /// The version of this layout; see [`Durations::SCHEMA`].
    schema: u32,
    /// The tier. Times of one say little of another.
    tier: Tier,
    /// Seconds by execution; the mean where one ran more than once.
    seconds: BTreeMap<String, f64>,
}

/// How long an execution is expected to take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// How long.
    pub time: Duration,
    /// From what that is known.
    pub basis: Basis,
}

/// From what it is known how long an execution takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Basis {
    /// It ran before.
    Execution,
    /// Other executions of its case ran before: their mean.
    Case,
    /// Other cases ran before: the mean of all.
    Suite,
    /// Nothing ran before: every execution counts the same.
    Nothing,
}

impl Durations {
    /// The layout that this version reads and writes.
    pub const SCHEMA: u32 = 1;

    /// Nothing is known.
    pub const fn unknown(tier: Tier) -> Self {
        Self { schema: Self::SCHEMA, tier, seconds: BTreeMap::new() }
    }

    /// How long the cases of a run took that came to their end.
    pub fn of(run: &RunRecord) -> Self {
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for case in run.cases.iter().filter(|case| case.ended == Ended::Finished) {
            let (sum, count) = sums.entry(&case.execution).or_default();
            *sum += case.took.as_secs_f64();
            *count += 1.0;
        }
        let mean = |(execution, (sum, count)): (&str, (f64, f64))| {
            // Whole milliseconds: the rest is noise that would change the file with every run.
            (execution.to_owned(), (sum / count * 1e3).round() / 1e3)
        };
        let seconds = sums.into_iter().map(mean).collect();
        Self { seconds, ..Self::unknown(run.tier) }
    }

    /// What is wrong with what was read, if something is.
    pub fn complaint(&self) -> Option<String> {
        if self.schema != Self::SCHEMA {
            let (theirs, ours) = (self.schema, Self::SCHEMA);
            return Some(format!("its layout is version {theirs}, and this ringtrue reads {ours}"));
        }
        let wrong = self
            .seconds
            .iter()
            .find(|(_, seconds)| !seconds.is_finite() || **seconds < 0.0 || **seconds > LONGEST);
        wrong.map(|(execution, seconds)| format!("`{execution}` cannot take {seconds} s"))
    }

    /// The tier.
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.seconds.is_empty()
    }

    /// Takes what `older` knows and this does not.
    pub fn fill(&mut self, older: Self) {
        for (execution, seconds) in older.seconds {
            self.seconds.entry(execution).or_insert(seconds);
        }
    }

    /// How long an execution is expected to take.
    pub fn expected(&self, execution: &str) -> Expected {
        let of = |seconds: f64, basis| Expected { time: Duration::from_secs_f64(seconds), basis };
        if let Some(seconds) = self.seconds.get(execution) {
            return of(*seconds, Basis::Execution);
        }
        let case = case_of(execution);
        let siblings = self.seconds.iter().filter(|(other, _)| case_of(other) == case);
        if let Some(mean) = mean(siblings.map(|(_, seconds)| *seconds)) {
            return of(mean, Basis::Case);
        }
        match mean(self.seconds.values().copied()) {
            Some(mean) => of(mean, Basis::Suite),
            None => of(1.0, Basis::Nothing),
        }
    }
}

/// The id of the case of an execution.
fn case_of(execution: &str) -> &str {
    execution.split_once('[').map_or(execution, |(case, _)| case)
}

fn mean(seconds: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = seconds.fold((0.0, 0.0), |(sum, count), one| (sum + one, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// A year: no case takes longer.
const LONGEST: f64 = 366.0 * 86_400.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::example;

    fn run() -> RunRecord {
        let mut run = example::run("run");
        let case = |id, ms| example::record(id, Duration::from_millis(ms));
        run.cases = vec![
            case("A-001[x=1]", 1000),
            case("A-001[x=2]", 3000),
            case("B-001", 8000),
            case("B-001", 6000),
            case("C-001", 60_000),
        ];
        run.cases[4].ended = Ended::Interrupted;
        run
    }

    #[test]
    fn what_is_not_known_goes_by_what_is_nearest() {
        let durations = Durations::of(&run());
        for (execution, seconds, basis) in [
            ("A-001[x=2]", 3, Basis::Execution),
            ("B-001", 7, Basis::Execution),
            ("A-001[x=9]", 2, Basis::Case),
            ("A-0011", 11 / 3, Basis::Suite),
            ("C-001", 11 / 3, Basis::Suite),
        ] {
            let expected = durations.expected(execution);
            assert_eq!((expected.time.as_secs(), expected.basis), (seconds, basis), "{execution}");
        }
        let nothing = Durations::unknown(Tier::Host).expected("A-001");
        assert_eq!(nothing, Expected { time: Duration::from_secs(1), basis: Basis::Nothing });
    }

    #[test]
    fn newer_times_stand() {
        let mut newer = Durations::of(&RunRecord { cases: vec![run().cases[0].clone()], ..run() });
        let mut older = Durations::of(&run());
        older.seconds.insert("A-001[x=1]".to_owned(), 99.0);
        newer.fill(older);
        assert_eq!(newer, Durations::of(&run()));
    }

    #[test]
    fn times_that_cannot_be_are_refused() {
        for seconds in [-1.0, f64::NAN, 1e300] {
            let mut durations = Durations::of(&run());
            durations.seconds.insert("A-001[x=1]".to_owned(), seconds);
            let complaint = durations.complaint().unwrap();
            assert!(complaint.starts_with("`A-001[x=1]` cannot take "), "{complaint}");
        }
        let newer = Durations { schema: 2, ..Durations::of(&run()) };
        assert!(newer.complaint().unwrap().contains("version 2"));
        assert_eq!(Durations::of(&run()).complaint(), None);
    }
}
