//! The names that a timeline uses for the parts of a program.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A step of a program, counted over the whole program in the order of its text, branches included.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct StepId(pub u16);

/// The part of a test case that a step belongs to (ISO/IEC 9646-1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Brings the device to the starting state; an unmet wait here is inconclusive.
    Preamble,
    /// Exercises the test purpose; an unmet wait here is a failure.
    Body,
    /// Brings the device back to idle; an unmet wait here taints the rig, not the verdict.
    Postamble,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preamble => "preamble",
            Self::Body => "body",
            Self::Postamble => "postamble",
        })
    }
}
