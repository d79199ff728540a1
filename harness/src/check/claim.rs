//! What a program claims of the device, and what judging a claim finds.

use super::margin::Margin;
use crate::evidence::step::{Part, StepId};
use crate::evidence::timeline::Seq;
use crate::requirement::RequirementId;
use crate::verdict::Verdict;
use std::time::Duration;

/// A claim about the finished timeline, made at one step and standing for one requirement.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The requirement that it stands for.
    pub requirement: RequirementId,
    /// The step at which it is made.
    pub step: StepId,
    /// The part of that step.
    pub part: Part,
    /// The claim in the author's words: the expression, or the line of the expectation.
    pub text: String,
    /// The line of the scenario file that makes it, counted from 1.
    pub line: usize,
    /// What is claimed.
    pub holds: Holds,
}

/// What is claimed.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    /// The step was met, and within the span after the step before it ended, where one is given.
    Met {
        /// The longest acceptable time from the [reference](super::subject::Subject::since).
        within: Option<Duration>,
    },
    /// Nothing of what the step forbids was seen.
    Silent,
    /// An expression over what was seen is true.
    True(super::expression::Expression),
}

/// What judging found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The claim, by its place in the program. Absent: it is about the case as a whole.
    pub claim: Option<usize>,
    /// The requirement that the claim stands for.
    pub requirement: RequirementId,
    /// What it says of the device.
    pub verdict: Verdict,
    /// What was measured or seen, and against what: one sentence.
    pub text: String,
    /// The entries on which it rests.
    pub evidence: Vec<Seq>,
    /// The quantities that were held against limits, and the limits.
    pub margins: Vec<Margin>,
}
