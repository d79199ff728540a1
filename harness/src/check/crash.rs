//! That the device crashed, and what that makes of a case.

use super::claim::Finding;
use super::evaluate::Outcome;
use super::view::View;
use crate::evidence::step::Part;
use crate::evidence::timeline::{Entry, Seen, Seq, Timeline};
use crate::requirement::RequirementId;
use crate::verdict::Verdict;

/// One crash of the device, as its control face or the bench told it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Crash {
    /// The entries that told of it, in their order: at least one.
    pub told: Vec<Seq>,
    /// What the first of them said.
    pub words: String,
}

impl Crash {
    /// What is found, whatever the step at hand claims: no case asks for a crash, unless a step waits
    /// for it and was met by it.
    pub(super) fn finding(&self, view: &View<'_>) -> Option<Finding> {
        if self.is_awaited(view.timeline()) {
            return None;
        }
        let first = *self.told.first()?;
        let Outcome { verdict, text, evidence, .. } = match Moment::of(first, view) {
            Moment::Before => {
                self.outcome(Verdict::Inconclusive, "before the first step", first, None)
            }
            Moment::During(part, step, reached) => {
                let during = format!("during `{step}`");
                match part {
                    Part::Preamble => {
                        let during = format!("in the preamble, {during}");
                        self.outcome(Verdict::Inconclusive, &during, first, Some(reached))
                    }
                    Part::Body => self.outcome(Verdict::Fail, &during, first, Some(reached)),
                    Part::Postamble => {
                        let during = format!("in the postamble, {during}, {TAINT}");
                        self.outcome(Verdict::None, &during, first, Some(reached))
                    }
                }
            }
            Moment::After => {
                let after = format!("after the last step, {TAINT}");
                self.outcome(Verdict::None, &after, first, None)
            }
        };
        let requirement = RequirementId::no_crash();
        Some(Finding { claim: None, requirement, verdict, text, evidence, margins: Vec::new() })
    }

    fn outcome(&self, verdict: Verdict, when: &str, first: Seq, reached: Option<Seq>) -> Outcome {
        let text = format!("the device crashed {when}: {}", self.words);
        Outcome::new(verdict, text, reached.into_iter().chain([first]).collect())
    }

    fn is_awaited(&self, timeline: &Timeline) -> bool {
        timeline
            .entries()
            .iter()
            .any(|entry| matches!(&entry.seen, Seen::Met(_, Some(by)) if self.told.contains(by)))
    }
}

/// Where in the course of a case something happened.
enum Moment<'a> {
    Before,
    /// While the interpreter was at a step: its part, its text, and the mark of its beginning.
    During(Part, &'a str, Seq),
    After,
}

impl<'a> Moment<'a> {
    fn of(seq: Seq, view: &View<'a>) -> Self {
        let is_before = |mark: &Entry| mark.seq < seq;
        let mut otherwise = Self::Before;
        for (step, course) in view.courses() {
            let Some(reached) = course.reached.filter(|mark| is_before(mark)) else { continue };
            match (course.ended, view.subject(step)) {
                (Some((mark, _)), _) if is_before(mark) => otherwise = Self::After,
                (_, Some(subject)) => {
                    return Self::During(subject.part, &subject.text, reached.seq);
                }
                (_, None) => {}
            }
        }
        otherwise
    }
}

const TAINT: &str = "which taints the rig and not the verdict";
