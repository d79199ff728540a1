//! A judged run as HTML, `JUnit`, JSON, Markdown and text.
//!
//! Every report is a function of a [`JudgedRun`] and nothing else: the same run gives the same
//! bytes, so a report can be made again, by a later version too, from the folder alone.

mod bandwidth;
pub mod brief;
pub mod capture;
pub mod civil;
pub mod comparison;
mod digit_timing;
pub mod errata;
pub mod flake;
pub mod html;
pub mod index;
pub mod json;
pub mod junit;
mod ladder;
mod level;
mod loop_latency;
pub mod markdown;
mod plot;
pub mod sheet;
mod stream;
pub mod text;
mod tracks;

use self::bandwidth::Bandwidth;
use self::errata::Noted;
use crate::check::claim::{Claim, Finding};
use crate::dut::event::Event;
use crate::evidence::record::{CaseRecord, Ended, RunRecord};
use crate::evidence::step::StepId;
use crate::evidence::timeline::{Seen, Seq, Timeline};
use crate::requirement::RequirementId;
use crate::scenario::program::{Program, Step, StepKind};
use crate::time::Tick;
use crate::verdict::Verdict;
use std::fmt;
use std::time::Duration;

/// A run and what was found in it.
#[derive(Clone, Debug)]
pub struct JudgedRun {
    /// What `run.json` says.
    pub record: RunRecord,
    /// The cases, in the order of the suite; the record has the order in which they ran.
    pub cases: Vec<JudgedCase>,
    /// Why the stored evidence may not be what the run wrote.
    pub doubts: Vec<Doubt>,
    /// The known departures of the device, and what the run says of them. They change no verdict.
    pub errata: Vec<Noted>,
}

/// A reason to doubt the evidence of a stored run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Doubt {
    /// What is wrong, as a sentence.
    pub text: String,
    /// What the run comes to at best: evidence in doubt never makes a pass.
    pub at_best: Verdict,
}

/// One execution of a case and what was found in it.
#[derive(Clone, Debug)]
pub struct JudgedCase {
    /// What `run.json` says.
    pub record: CaseRecord,
    /// The program that ran.
    pub program: Program,
    /// The scenario and the files that it includes; the scenario first.
    pub sources: Vec<Source>,
    /// What judging found, at most one finding a claim and one a crash of the device.
    pub findings: Vec<Finding>,
    /// What the findings and the end of the case come to.
    pub verdict: Verdict,
    /// What was seen.
    pub timeline: Timeline,
    /// What the device told on its control face, and by which line.
    pub told: Vec<(Seq, Event)>,
}

/// The text of a scenario or of an included file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// Its path, as [`Step::file`] has it.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Counts {
    /// Every check held.
    pub pass: usize,
    /// The device deviated.
    pub fail: usize,
    /// It could not be decided.
    pub inconclusive: usize,
    /// The test system failed.
    pub error: usize,
    /// Nothing was judged: a defect of the suite.
    pub none: usize,
    /// The device's PICS excludes the case.
    pub not_applicable: usize,
    /// Selected, but it did not run.
    pub not_run: usize,
    /// Executions that ran more than once and did not always come to the same; each of their runs
    /// is counted above as what it came to.
    pub flaky: usize,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl JudgedRun {
    /// The worst verdict of all cases, and no better than doubts about the evidence allow.
    pub fn verdict(&self) -> Verdict {
        let cases = self.cases.iter().map(|case| case.verdict);
        let doubts = self.doubts.iter().map(|doubt| doubt.at_best);
        cases.chain(doubts).fold(Verdict::None, Verdict::merge)
    }

    /// How many cases came to what.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            not_applicable: self.record.not_applicable.len(),
            not_run: self.record.not_run.len(),
            flaky: self.tallies().filter(flake::Tally::is_flaky).count(),
            ..Counts::default()
        };
        for case in &self.cases {
            let count = match case.verdict {
                Verdict::None => &mut counts.none,
                Verdict::Pass => &mut counts.pass,
                Verdict::Inconclusive => &mut counts.inconclusive,
                Verdict::Fail => &mut counts.fail,
                Verdict::Error => &mut counts.error,
            };
            *count += 1;
        }
        counts
    }
}

impl JudgedCase {
    /// The sentence that explains a verdict other than pass: what was found first, or how the case
    /// ended.
    pub fn sentence(&self) -> Option<String> {
        let found = self.findings.iter().find(|finding| finding.verdict == self.verdict);
        match (self.verdict, &self.record.ended, found) {
            (Verdict::Pass, ..) => None,
            (_, Ended::Fault(text), _) if self.verdict == Verdict::Error => Some(text.clone()),
            (_, Ended::Panic(text), _) if self.verdict == Verdict::Error => {
                Some(format!("ringtrue failed: {text}"))
            }
            (Verdict::Inconclusive, Ended::Interrupted, _) => Some(self.interrupted()),
            (_, _, Some(finding)) => Some(finding.text.clone()),
            (Verdict::None, _, None) => Some("Nothing was judged.".to_owned()),
            (_, _, None) => self.unmet().or_else(|| Some("No claim says why.".to_owned())),
        }
    }

    /// What the descriptions of each role and the device agree on, and what it takes of a network.
    fn agreed(&self) -> Vec<Bandwidth> {
        let roles = self.program.roles.iter().map(|role| role.name.as_str());
        Bandwidth::agreed(&self.timeline, roles)
    }

    /// The claim that a finding is about, if it is about one.
    pub fn claim(&self, finding: &Finding) -> Option<&Claim> {
        self.program.claims.get(finding.claim?)
    }

    /// Where a claim was made: the file and the line.
    pub fn place(&self, claim: &Claim) -> (&str, usize) {
        let file = file_of(&self.program.steps, claim.step).unwrap_or(&self.record.scenario);
        (file, claim.line)
    }

    /// The requirements that the case stands for, and then those that only its claims and findings name.
    pub fn requirements(&self) -> Vec<&RequirementId> {
        let claimed = self.program.claims.iter().map(|claim| &claim.requirement);
        let mut all: Vec<&RequirementId> = Vec::new();
        let found = self.findings.iter().map(|finding| &finding.requirement);
        for id in self.program.case.requires.iter().chain(claimed).chain(found) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
        all
    }

    /// What the findings say of a requirement; none where no claim about it was judged.
    pub fn verdict_of(&self, requirement: &RequirementId) -> Verdict {
        let about = self.findings.iter().filter(|finding| finding.requirement == *requirement);
        about.fold(Verdict::None, |worst, finding| worst.merge(finding.verdict))
    }

    /// The line of a step as written.
    pub fn step_text(&self, step: StepId) -> &str {
        let subject = self.program.subjects.iter().find(|subject| subject.step == step);
        subject.map_or("", |subject| subject.text.as_str())
    }

    /// When the case began: when its first entry was stamped.
    ///
    /// The clock of a run is one for all of its cases.
    pub fn began(&self) -> Tick {
        let stamps = self.timeline.entries().iter().map(|entry| entry.at);
        stamps.min().unwrap_or(Tick::ZERO)
    }

    /// How long the case had lasted at an instant.
    pub fn since_it_began(&self, at: Tick) -> Duration {
        at.since(self.began())
    }

    /// For how long the machine stood still between two stamps.
    fn stalled(&self, from: Tick, to: Tick) -> Duration {
        let entries = self.timeline.entries().iter();
        let stalls = entries.filter_map(|entry| {
            let Seen::Stall(span) = entry.seen else { return None };
            (from <= entry.at && entry.at.since(to) <= span).then_some(span)
        });
        stalls.sum()
    }

    fn interrupted(&self) -> String {
        let last = self.timeline.entries().last();
        let last = last.map_or(Duration::ZERO, |entry| self.since_it_began(entry.at));
        let ms = last.as_secs_f64() * 1e3;
        format!("The run was interrupted in this case; what was seen ends at {ms:.1} ms.")
    }

    fn unmet(&self) -> Option<String> {
        self.timeline.entries().iter().find_map(|entry| {
            let Seen::Unmet(step, why) = &entry.seen else { return None };
            Some(format!("`{}`: {why}", self.step_text(*step)))
        })
    }
}

/// The file of a step, looked for in branches and media lines too.
fn file_of<'a>(steps: impl IntoIterator<Item = &'a Step>, id: StepId) -> Option<&'a str> {
    steps.into_iter().find_map(|step| {
        let is_line = matches!(&step.kind, StepKind::Media(lines)
            if lines.iter().any(|line| line.id == id));
        if step.id == id || is_line {
            return Some(step.file.as_str());
        }
        file_of(step.within(), id)
    })
}

#[cfg(test)]
pub(crate) mod tests;
