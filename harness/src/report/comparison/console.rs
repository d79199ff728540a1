//! New warnings on the console.

use crate::dut::warning::{Warnings, shape};
use crate::evidence::timeline::Seen;
use crate::report::{JudgedCase, JudgedRun};
use std::collections::{BTreeMap, BTreeSet};

/// A kind of line that only the new run has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Warning<'a> {
    /// The first such line, as the device wrote it.
    pub line: &'a str,
    /// The execution in which it came first.
    pub execution: &'a str,
    /// How many such lines there are.
    pub count: usize,
}

/// The lines of the new run that warn of something, and of whose shape the old run has none. Only
/// executions that both ran are looked at: another case makes a device say other things.
pub(super) fn warnings<'a>(
    old: &'a JudgedRun,
    new: &'a JudgedRun,
    warnings: &Warnings,
) -> Vec<Warning<'a>> {
    let ran = |run: &'a JudgedRun| {
        run.cases.iter().map(|case| case.record.execution.as_str()).collect::<BTreeSet<_>>()
    };
    let (before, after) = (ran(old), ran(new));
    let common = |case: &&JudgedCase| {
        let execution = case.record.execution.as_str();
        before.contains(execution) && after.contains(execution)
    };
    let known: BTreeSet<String> =
        old.cases.iter().filter(common).flat_map(lines).map(shape).collect();
    let mut found: BTreeMap<String, Warning<'a>> = BTreeMap::new();
    for case in new.cases.iter().filter(common) {
        for line in lines(case).filter(|line| warnings.warns(line)) {
            let shape = shape(line);
            if !known.contains(&shape) {
                let execution = case.record.execution.as_str();
                let warning = found.entry(shape).or_insert(Warning { line, execution, count: 0 });
                warning.count += 1;
            }
        }
    }
    found.into_values().collect()
}

fn lines(case: &JudgedCase) -> impl Iterator<Item = &str> {
    case.timeline.entries().iter().filter_map(|entry| {
        let Seen::Line(line) = &entry.seen else { return None };
        Some(line.as_str())
    })
}
