//! Expressions over what was seen: `jitter.p99 < 5 ms`.

use super::subject::SubjectKind;
use crate::evidence::step::StepId;
use std::ops::Range;

/// A checked expression: its figures exist for the kind of step, and its quantities compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {}

/// What an expression may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The step at which the expression is made.
    pub this: StepId,
    /// The kind of that step.
    pub kind: SubjectKind,
    /// The steps with a name (`as: invite`), later ones included.
    pub labels: &'a [(String, StepId, SubjectKind)],
}

/// What is wrong with the text of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpressionError {
    /// Where, in bytes of the text.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Expression {
    /// Reads and checks an expression.
    ///
    /// # Errors
    ///
    /// Every mistake, in the order of the text. The scenario's author is at fault.
    pub fn parse(_text: &str, _scope: &Scope<'_>) -> Result<Self, Vec<ExpressionError>> {
        Ok(Self {})
    }
}
