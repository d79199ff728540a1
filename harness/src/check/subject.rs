//! What a step of a program is to a check: the table by which a claim finds its evidence.

use crate::evidence::step::{Part, StepId};
use crate::proto::digits::Method;

/// One step, as checks see it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subject {
    /// The step.
    pub step: StepId,
    /// The part of the case that it belongs to.
    pub part: Part,
    /// Its name (`as: invite`), by which other steps' checks refer to it.
    pub label: Option<String>,
    /// Its line as written.
    pub text: String,
    /// What it is.
    pub kind: SubjectKind,
    /// The step whose end is the reference of `within` and of `after`: the one before it in the
    /// ladder that was not optional, or that was met. Absent for the first step of the program.
    pub since: Option<StepId>,
}

/// What kind of evidence meets a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SubjectKind {
    /// A message that we sent; the role by its place in the program.
    Sent(u16),
    /// A message that the device sent to the role.
    Received(u16),
    /// Media that the role played.
    Played(u16),
    /// Media that the role heard.
    Heard(u16),
    /// Digits that the role heard, and how.
    Digits(u16, Method),
    /// A line from the control face.
    Line,
    /// Anything else: waits, commands, groups.
    Other,
}
