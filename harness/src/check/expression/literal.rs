//! Values in an expression: what a word means depends on the figure beside it.

use super::node::{Literal, Reading};
use crate::check::dimension::{Dimension, Unit};
use std::ops::Range;

/// A value as written: the same word is a number beside a count and text beside a header field.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The text, without quotes and without a unit that stands apart.
    pub(super) text: String,
    /// Where, the unit included.
    pub(super) at: Range<usize>,
    number: Option<f64>,
    /// The unit, known or not.
    unit: Option<String>,
}

impl Word {
    pub(super) fn new(text: &str, at: Range<usize>) -> Self {
        let (number, unit) = match number(text) {
            Some((value, unit)) => {
                (Some(value), Some(unit.to_owned()).filter(|unit| !unit.is_empty()))
            }
            None => (None, None),
        };
        Self { text: text.to_owned(), at, number, unit }
    }

    pub(super) fn text(text: &str, at: Range<usize>) -> Self {
        Self { text: text.to_owned(), at, number: None, unit: None }
    }

    pub(super) fn quoted(text: String, at: Range<usize>) -> Self {
        Self { text, at, number: None, unit: None }
    }

    /// Takes the next word as the unit of this number, if it can be one.
    pub(super) fn take_unit(&mut self, next: &str, end: usize) -> bool {
        let fits = self.number.is_some()
            && self.unit.is_none()
            && !["and", "or"].contains(&next)
            && next.chars().all(|c| c.is_alphanumeric() || c == '%');
        if fits {
            self.unit = Some(next.to_owned());
            self.at.end = end;
        }
        fits
    }

    /// `450..550 ms`: the unit of the second goes for both.
    pub(super) fn borrow_unit(&mut self, other: &Self) {
        if self.number.is_some() && self.unit.is_none() {
            self.unit.clone_from(&other.unit);
        }
    }

    /// The number and its unit, if it is one and the unit is known.
    pub(super) fn number(&self) -> Option<(f64, Option<Unit>)> {
        let value = self.number?;
        match &self.unit {
            None => Some((value, None)),
            Some(unit) => Some((value, Some(Unit::of_name(unit)?))),
        }
    }
}

/// A number at the start of a word, and the rest of the word if that can be a unit.
pub(super) fn number(text: &str) -> Option<(f64, &str)> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits.bytes().take_while(u8::is_ascii_digit).count();
    let fraction = digits
        .get(whole..)
        .and_then(|rest| rest.strip_prefix('.'))
        .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if whole == 0 {
        return None;
    }
    let signs = text.len() - digits.len();
    let end = signs + whole + if fraction > 0 { fraction + 1 } else { 0 };
    let (value, unit) = (text.get(..end)?, text.get(end..)?);
    let fits = unit.is_empty() || Unit::of_name(unit).is_some();
    fits.then(|| value.parse().ok().map(|value| (value, unit)))?
}

/// The value of a word beside a figure; else what is wrong, and how to mend it.
pub(super) fn literal(word: &Word, left: &Reading) -> Result<Literal, (String, String)> {
    let dimension = left.dimension();
    if dimension.is_text() {
        return match &word.unit {
            // `12 ms` of two words is no more one text than `a b` is.
            Some(unit) if !word.text.ends_with(unit.as_str()) => Err((
                format!("`{}` is {dimension}: a value of two words goes in quotes", left.text),
                format!("write \"{} {unit}\"", word.text),
            )),
            _ => Ok(Literal::Text(word.text.clone())),
        };
    }
    if dimension.is_list() {
        return Err((
            format!("`{}` is {dimension}, `{}` is not", left.text, word.text),
            format!("`{0} contains {1}` or `{0} == [{1}]`", left.text, word.text),
        ));
    }
    let example = dimension.example();
    let Some(value) = word.number else {
        return Err((
            format!("`{}` is {dimension}, `{}` is neither that nor a figure", left.text, word.text),
            if example.is_empty() { String::new() } else { format!("such as `{example}`") },
        ));
    };
    let Some(name) = &word.unit else {
        if dimension == Dimension::Number {
            return Ok(integer(&word.text).unwrap_or(Literal::Quantity(value, None)));
        }
        return Err((
            format!("`{}` is {dimension}: `{}` lacks its unit", left.text, word.text),
            format!("such as `{example}`"),
        ));
    };
    let Some(unit) = Unit::of_name(name) else {
        let like = Unit::names().find(|known| known.eq_ignore_ascii_case(name));
        return Err((
            format!("`{name}` is not a unit"),
            match like {
                Some(like) => format!("did you mean `{like}`?"),
                None => format!("the units are {}", Unit::names().collect::<Vec<_>>().join(", ")),
            },
        ));
    };
    if unit.dimension == dimension {
        return Ok(Literal::Quantity(value * unit.factor, Some(unit)));
    }
    Err((
        format!(
            "`{}` is {dimension}, `{} {name}` is {}: they do not compare",
            left.text,
            word.text.strip_suffix(name.as_str()).unwrap_or(&word.text),
            unit.dimension
        ),
        format!("such as `{example}`"),
    ))
}

/// A quantity, whole or not, and the unit in which it was written.
#[expect(clippy::cast_precision_loss, reason = "a bound is far below 2^53")]
pub(super) fn real(literal: &Literal) -> Option<(f64, Option<Unit>)> {
    match literal {
        Literal::Integer(value) => Some((*value as f64, None)),
        Literal::Quantity(value, unit) => Some((*value, *unit)),
        Literal::Text(_) | Literal::List(_) => None,
    }
}

fn integer(text: &str) -> Option<Literal> {
    text.parse().ok().map(Literal::Integer)
}
