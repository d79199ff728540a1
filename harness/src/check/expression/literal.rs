//! Values in an expression: what a word means depends on the figure beside it.

use super::cursor::JOINING;
use super::node::{Literal, Reading};
use crate::check::dimension::{Dimension, SUFFIXES, unit};
use crate::check::measure::Unit;
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
            && !JOINING.contains(&next)
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

    /// The part of a whole that it is, if it is one: `10 %`.
    pub(super) fn ratio(&self) -> Option<f64> {
        let (_, dimension, parts) = unit(self.unit.as_deref()?)?;
        (dimension == Dimension::Ratio).then_some(self.number? / parts)
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
    let fits = unit.is_empty() || self::unit(unit).is_some();
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
    quantity(word, left, dimension)
}

/// The value of a word as something that is added to a figure.
pub(super) fn difference(word: &Word, left: &Reading) -> Result<Literal, (String, String)> {
    quantity(word, left, left.dimension().difference())
}

fn quantity(
    word: &Word,
    left: &Reading,
    dimension: Dimension,
) -> Result<Literal, (String, String)> {
    let example = match dimension.example() {
        "" => String::new(),
        example => format!("such as `{example}`"),
    };
    let Some(value) = word.number else {
        let message =
            format!("`{}` is {dimension}, `{}` is neither that nor a figure", left.text, word.text);
        return Err((message, example));
    };
    let Some(name) = &word.unit else {
        if dimension == Dimension::Number {
            let integer = word.text.parse().map(Literal::Integer);
            return Ok(integer.unwrap_or(Literal::Quantity(value, Unit::Count)));
        }
        return Err((
            format!("`{}` is {dimension}: `{}` lacks its unit", left.text, word.text),
            example,
        ));
    };
    let Some((unit, theirs, parts)) = unit(name) else {
        let like = SUFFIXES.iter().find(|known| known.eq_ignore_ascii_case(name));
        let help = match like {
            Some(like) => format!("did you mean `{like}`?"),
            None => format!("the units are {}", SUFFIXES.join(", ")),
        };
        return Err((format!("`{name}` is not a unit"), help));
    };
    if theirs == dimension {
        return Ok(Literal::Quantity(value / parts, unit));
    }
    let number = word.text.strip_suffix(name.as_str()).unwrap_or(&word.text);
    Err((
        format!(
            "`{}` is {dimension}, `{number} {name}` is {theirs}: they do not compare",
            left.text
        ),
        example,
    ))
}

/// A quantity, whole or not, and its unit.
#[expect(clippy::cast_precision_loss, reason = "a bound is far below 2^53")]
pub(super) fn real(literal: &Literal) -> Option<(f64, Unit)> {
    match literal {
        Literal::Integer(value) => Some((*value as f64, Unit::Count)),
        Literal::Quantity(value, unit) => Some((*value, *unit)),
        Literal::Text(_) | Literal::List(_) => None,
    }
}
