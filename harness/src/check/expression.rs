//! Expressions over what was seen: `jitter.p99 < 5 ms`.
//!
//! ```text
//! check    = claim ["given" claim]
//! claim    = claim "or" claim | claim "and" claim | "not" claim | "(" claim ")" | test
//! test     = term ("==" | "!=" | "<" | "<=" | ">" | ">=") term [("±" | "+-") value]
//!          | term "in" value ".." value | term "in" "[" value {"," value} "]"
//!          | term ("exists" | "absent" | "contains" value | "matches" regex) | term
//! term     = figure {("+" | "-") value} | value
//! figure   = [label "."] name {"." name} ["[" number "]"] ["(" value {"," value} ")"]
//! value    = number [unit] | word | quoted text
//! ```
//!
//! A word on the right of an operator is the figure of that name if there is one, else text; in
//! quotes it is always text. Where what is `given` does not hold, the claim could not be put to the
//! test, which is inconclusive. What figures there are is in [`Figure`](super::figure::Figure).

mod cursor;
mod literal;
mod name;
pub mod node;
mod parser;
mod predicate;
mod token;

use self::node::Node;
use super::subject::SubjectKind;
use crate::evidence::step::StepId;
use std::ops::Range;

/// A checked expression: its figures exist for the kind of step, and its quantities compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it claims.
    pub claim: Node,
}

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
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Self, Vec<ExpressionError>> {
        parser::parse(text, scope).map(|claim| Self { claim })
    }

    /// The steps whose evidence it reads.
    pub fn steps(&self) -> Vec<StepId> {
        let mut steps = Vec::new();
        self.claim.each_reading(&mut |reading| {
            steps.push(reading.step);
            steps.extend(reading.arguments.iter().filter_map(|argument| match argument {
                node::Argument::Step(step) => Some(*step),
                node::Argument::Text(_) | node::Argument::Index(_) => None,
            }));
        });
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

#[cfg(test)]
mod tests;
