//! What reading a figure gives.

use super::measure::Measured;
use crate::evidence::timeline::Seq;
use std::fmt;

/// The value of a figure.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A quantity with its uncertainty.
    Measured(Measured),
    /// A whole number, exact.
    Integer(i128),
    /// Text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// So or not.
    Truth(bool),
}

/// Why a figure has no value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Missing {
    /// It is not there: the device did not send it.
    Absent(String),
    /// The evidence does not tell: a step was not reached, a measure does not apply.
    Unknown(String),
}

/// A value, or why there is none, and the entries on which that rests.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Read {
    /// The value.
    pub(super) value: Result<Value, Missing>,
    /// The entries.
    pub(super) evidence: Vec<Seq>,
}

impl Read {
    /// A value that rests on entries.
    pub(super) fn of(value: Value, evidence: impl IntoIterator<Item = Seq>) -> Self {
        Self { value: Ok(value), evidence: evidence.into_iter().collect() }
    }

    /// A figure that the device did not send.
    pub(super) fn absent(why: impl Into<String>, evidence: impl IntoIterator<Item = Seq>) -> Self {
        let value = Err(Missing::Absent(why.into()));
        Self { value, evidence: evidence.into_iter().collect() }
    }

    /// A figure that the evidence does not tell.
    pub(super) fn unknown(why: impl Into<String>, evidence: impl IntoIterator<Item = Seq>) -> Self {
        let value = Err(Missing::Unknown(why.into()));
        Self { value, evidence: evidence.into_iter().collect() }
    }
}

impl Value {
    /// A number of things.
    pub(super) fn count(things: usize) -> Self {
        Self::Integer(i128::try_from(things).unwrap_or(i128::MAX))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Measured(measured) => write!(f, "{measured}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "`{}`", short(text)),
            Self::Texts(texts) => write!(f, "[{}]", short(&texts.join(", "))),
            Self::Truth(truth) => write!(f, "{truth}"),
        }
    }
}

/// The text on one line, and its end left out where it is long.
pub(super) fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or(&line)),
        None => line,
    }
}

/// How many characters of a text a sentence quotes.
const LONG: usize = 120;
