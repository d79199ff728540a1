//! What changed from one run to another: verdicts, requirements, figures and what the console warns of.

mod console;
mod figures;
mod rendering;

pub use console::Warning;
pub use figures::{Figures, Moved, Place, Terms};

use super::flake::Tally;
use super::{JudgedCase, JudgedRun};
use crate::dut::warning::Warnings;
use crate::requirement::RequirementId;
use crate::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet};

/// Two runs, compared.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    old: &'a JudgedRun,
    new: &'a JudgedRun,
    /// What has to be known to read the rest.
    pub notes: Vec<String>,
    /// The executions that did not come to the same, what got worse first.
    pub verdicts: Vec<Change<'a>>,
    /// The requirements whose standing changed.
    pub requirements: Vec<Standing<'a>>,
    /// The figures.
    pub figures: Figures<'a>,
    /// Lines of the console that warn of something of which the old run's never did.
    pub warnings: Vec<Warning<'a>>,
    /// Executions that only one of the runs has, and which.
    pub alone: Vec<(&'a str, &'static str)>,
}

/// An execution that did not come to the same.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Its id.
    pub execution: &'a str,
    /// What its runs came to.
    pub tallies: [Tally<'a>; 2],
    /// Why the new run is not a pass, if it is not.
    pub sentence: Option<String>,
}

/// A requirement whose standing changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing<'a> {
    /// Its name.
    pub id: &'a RequirementId,
    /// What all cases together say of it: none where nothing was judged.
    pub verdicts: [Verdict; 2],
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Outcome {
    /// Nothing got worse.
    NoWorse,
    /// Nothing is known to be worse, but something cannot be told or has to be looked at.
    Unsure,
    /// Something got worse.
    Worse,
    /// The evidence of a run is in doubt.
    InDoubt,
}

impl<'a> Comparison<'a> {
    /// Compares two runs; the lines that warn are the device's own or, by default, those with the usual words.
    pub fn new(old: &'a JudgedRun, new: &'a JudgedRun, warnings: &Warnings, terms: &Terms) -> Self {
        let tallies = [old, new].map(|run| {
            run.tallies().map(|tally| (tally.execution, tally)).collect::<BTreeMap<_, _>>()
        });
        let [before, after] = &tallies;
        let alone =
            |one: &BTreeMap<&'a str, Tally<'a>>, other: &BTreeMap<&'a str, Tally<'a>>, which| {
                let only = one.keys().filter(|id| !other.contains_key(*id));
                only.map(|id| (*id, which)).collect::<Vec<_>>()
            };
        let mut verdicts: Vec<Change<'a>> = before
            .iter()
            .filter_map(|(execution, was)| {
                let is = after.get(execution)?;
                let differs = was.worst() != is.worst() || was.is_flaky() != is.is_flaky();
                let worst = |case: &&JudgedCase| {
                    case.record.execution == *execution && case.verdict == is.worst()
                };
                differs.then(|| Change {
                    execution,
                    tallies: [was.clone(), is.clone()],
                    sentence: new.cases.iter().find(worst).and_then(JudgedCase::sentence),
                })
            })
            .collect();
        verdicts.sort_by_key(|change| (!change.is_worse(), change.execution));
        let changed = changed_scenarios(old, new);
        Self {
            old,
            new,
            notes: notes(old, new, &changed),
            verdicts,
            requirements: standings(old, new),
            figures: Figures::new(old, new, &changed, terms),
            warnings: console::warnings(old, new, warnings),
            alone: [alone(before, after, "old"), alone(after, before, "new")].concat(),
        }
    }

    /// What it comes to.
    pub fn outcome(&self) -> Outcome {
        let is_worse = self.verdicts.iter().any(Change::is_worse_for_the_device)
            || self.requirements.iter().any(Standing::is_lost)
            || self.figures.moved().any(Moved::is_worse);
        let only_old = self.alone.iter().any(|(_, which)| *which == "old");
        let is_unsure =
            self.verdicts.iter().any(Change::is_worse) || !self.warnings.is_empty() || only_old;
        if self.old.doubts.iter().chain(&self.new.doubts).next().is_some() {
            Outcome::InDoubt
        } else if is_worse {
            Outcome::Worse
        } else if is_unsure {
            Outcome::Unsure
        } else {
            Outcome::NoWorse
        }
    }
}

impl Change<'_> {
    /// Whether the new run came to something worse.
    pub fn is_worse(&self) -> bool {
        let [was, is] = &self.tallies;
        is.worst() > was.worst()
    }

    /// Whether it is the device that got worse: the new run has a fail, and the old one had none.
    pub fn is_worse_for_the_device(&self) -> bool {
        let [was, is] = &self.tallies;
        let failed = |tally: &Tally<'_>| tally.runs.contains_key(&Verdict::Fail);
        failed(is) && !failed(was)
    }
}

impl Standing<'_> {
    /// Whether it was met, and is now known not to be.
    pub fn is_lost(&self) -> bool {
        self.verdicts == [Verdict::Pass, Verdict::Fail]
    }

    /// Whether it is met, and was not known to be.
    pub fn is_gained(&self) -> bool {
        let [was, is] = self.verdicts;
        is == Verdict::Pass && was != Verdict::Pass
    }
}

/// The scenarios whose text, or that of what they include, is not the same in both runs.
fn changed_scenarios<'a>(old: &'a JudgedRun, new: &'a JudgedRun) -> BTreeSet<&'a str> {
    let sources = |run: &'a JudgedRun| {
        let cases = run.cases.iter();
        cases.map(|case| (case.record.scenario.as_str(), &case.sources)).collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (sources(old), sources(new));
    let differs = |(name, one): (&&'a str, &&_)| after.get(*name).is_some_and(|other| other != one);
    before.iter().filter(|pair| differs(*pair)).map(|(name, _)| *name).collect()
}

fn notes(old: &JudgedRun, new: &JudgedRun, changed: &BTreeSet<&str>) -> Vec<String> {
    let mut notes = Vec::new();
    let mut differ = |what: &str, one: &str, other: &str| {
        if one != other {
            notes.push(format!("{what} is not the same: {one}, then {other}."));
        }
    };
    differ("The device", &old.record.device.name, &new.record.device.name);
    differ("The harness", &old.record.ringtrue, &new.record.ringtrue);
    for (which, run) in [("old", old), ("new", new)] {
        notes.extend(
            run.doubts
                .iter()
                .map(|doubt| format!("Evidence of the {which} run is in doubt: {doubt}.")),
        );
    }
    if !changed.is_empty() {
        let names: Vec<_> = changed.iter().copied().collect();
        notes.push(format!(
            "{} scenario(s) were changed between the runs, so that their verdicts may differ for that, and their figures are not compared: {}.",
            names.len(),
            names.join(", ")
        ));
    }
    notes
}

/// Every requirement that was judged in one of the runs and does not stand as it did.
fn standings<'a>(old: &'a JudgedRun, new: &'a JudgedRun) -> Vec<Standing<'a>> {
    let mut all: BTreeMap<&'a RequirementId, [Verdict; 2]> = BTreeMap::new();
    for (place, run) in [old, new].into_iter().enumerate() {
        for finding in run.cases.iter().flat_map(|case| &case.findings) {
            let verdicts = all.entry(&finding.requirement).or_default();
            if let Some(verdict) = verdicts.get_mut(place) {
                *verdict = verdict.merge(finding.verdict);
            }
        }
    }
    let standings = all.into_iter().map(|(id, verdicts)| Standing { id, verdicts });
    let mut changed: Vec<_> = standings.filter(|it| it.verdicts[0] != it.verdicts[1]).collect();
    changed.sort_by_key(|standing| (!standing.is_lost(), standing.is_gained(), standing.id));
    changed
}

#[cfg(test)]
mod tests;
