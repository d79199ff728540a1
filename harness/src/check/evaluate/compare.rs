//! Comparing a value with another, with the guard band of the uncertainty.

use super::{Outcome, alike};
use crate::check::dimension::Dimension;
use crate::check::expression::node::{Literal, Operator, Right, Term, Tolerance};
use crate::check::margin::Margin;
use crate::check::measure::{Limits, Measured, Unit};
use crate::check::read::read;
use crate::check::value::{Missing, Value};
use crate::check::view::View;
use crate::evidence::timeline::Seq;
use crate::verdict::Verdict;
use std::ops::Bound;

/// Judges a comparison of a term's value with the right side.
pub(super) fn compare(
    left: &Term,
    value: Value,
    (operator, right, tolerance): (Operator, &Right, Option<Tolerance>),
    mut evidence: Vec<Seq>,
    view: &View<'_>,
) -> Outcome {
    let value = moved(value, left.offset);
    let (other, name) = match right {
        Right::Literal(literal) => (of_literal(literal), None),
        Right::Term(term) => {
            let other = read(&term.reading, view);
            evidence.extend(other.evidence);
            let name = named(term);
            match other.value {
                Ok(value) => (moved(value, term.offset), Some(name)),
                Err(Missing::Absent(why)) => {
                    return Outcome::new(Verdict::Fail, format!("{name}: {why}"), evidence);
                }
                Err(Missing::Unknown(why)) => {
                    return Outcome::new(Verdict::Inconclusive, format!("{name}: {why}"), evidence);
                }
            }
        }
    };
    let bound = match (&name, tolerance) {
        (None, None) => other.to_string(),
        (None, Some(tolerance)) => format!("{other} ± {}", margin(tolerance)),
        (Some(name), None) => format!("{name}, which is {other}"),
        (Some(name), Some(tolerance)) => {
            format!("{name}, which is {other}, ± {}", margin(tolerance))
        }
    };
    let mut margin = None;
    let verdict = match (&value, &other) {
        (Value::Text(ours), Value::Text(theirs)) => {
            let same = alike(ours, theirs, dimension(left, right));
            likeness(same, operator)
        }
        (Value::Texts(ours), Value::Texts(theirs)) => {
            let dimension = dimension(left, right);
            let same = ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(one, other)| alike(one, other, dimension));
            likeness(same, operator)
        }
        _ => match difference(&value, &other) {
            Some((difference, theirs)) => {
                let limits = limits(theirs, operator, tolerance);
                margin = (operator != Operator::Unlike)
                    .then(|| margin_of(left, difference, limits))
                    .flatten();
                order(difference, limits, operator)
            }
            None => Verdict::Inconclusive,
        },
    };
    let outcome = sentence(left, &value, verdict, relation(operator, tolerance), &bound, evidence);
    Outcome { margins: margin.into_iter().collect(), ..outcome }
}

/// Judges whether a term's value lies between two, both included.
pub(super) fn between(
    left: &Term,
    value: Value,
    [low, high]: [f64; 2],
    unit: Unit,
    evidence: Vec<Seq>,
) -> Outcome {
    let value = moved(value, left.offset);
    let limits = Limits { low: at_least(low), high: at_most(high) };
    let quantity = measured(&value);
    let verdict = quantity.map_or(Verdict::Inconclusive, |it| limits.judge(it));
    let margin = quantity.and_then(|it| margin_of(left, it, limits));
    let exact = |value| Measured { value, uncertainty: 0.0, unit };
    let bound = format!("{} and {}", exact(low), exact(high));
    let outcome = sentence(left, &value, verdict, ("between", "not between"), &bound, evidence);
    Outcome { margins: margin.into_iter().collect(), ..outcome }
}

/// Judges whether a term's value is one of several.
pub(super) fn one_of(
    left: &Term,
    value: Value,
    literals: &[Literal],
    evidence: Vec<Seq>,
) -> Outcome {
    let value = moved(value, left.offset);
    let dimension = left.reading.dimension();
    let verdicts: Vec<_> = literals
        .iter()
        .map(|literal| match (&value, of_literal(literal)) {
            (Value::Text(ours), Value::Text(theirs)) => {
                likeness(alike(ours, &theirs, dimension), Operator::Equal)
            }
            (_, theirs) => difference(&value, &theirs).map_or(Verdict::Inconclusive, |(it, at)| {
                order(it, limits(at, Operator::Equal, None), Operator::Equal)
            }),
        })
        .collect();
    let verdict = [Verdict::Pass, Verdict::Inconclusive]
        .into_iter()
        .find(|verdict| verdicts.contains(verdict))
        .unwrap_or(Verdict::Fail);
    let listed: Vec<_> = literals.iter().map(|literal| of_literal(literal).to_string()).collect();
    let bound = listed.join(", ");
    sentence(left, &value, verdict, ("one of", "none of"), &bound, evidence)
}

fn sentence(
    left: &Term,
    value: &Value,
    verdict: Verdict,
    (holds, fails): (&str, &str),
    bound: &str,
    evidence: Vec<Seq>,
) -> Outcome {
    let name = named(left);
    let text = match verdict {
        Verdict::Pass if holds == "equal to" && value.to_string() == bound => {
            format!("{name} is {value}")
        }
        Verdict::Pass => format!("{name} is {value}, {holds} {bound}"),
        Verdict::Fail => format!("{name} is {value}, {fails} {bound}"),
        Verdict::None | Verdict::Inconclusive | Verdict::Error => {
            format!("{name} is {value}: too close to tell whether it is {holds} {bound}")
        }
    };
    Outcome::new(verdict, text, evidence)
}

/// How a sentence says that a comparison holds, and that it does not.
const fn relation(
    operator: Operator,
    tolerance: Option<Tolerance>,
) -> (&'static str, &'static str) {
    match (operator, tolerance) {
        (Operator::Equal, None) => ("equal to", "not"),
        (Operator::Equal, Some(_)) => ("within", "not within"),
        (Operator::Unlike, None) => ("unlike", "the same as"),
        (Operator::Unlike, Some(_)) => ("not within", "within"),
        (Operator::Below, _) => ("below", "not below"),
        (Operator::AtMost, _) => ("at most", "more than"),
        (Operator::Above, _) => ("above", "not above"),
        (Operator::AtLeast, _) => ("at least", "less than"),
    }
}

/// How far a measured figure is from its limits; what a device tells of itself is near none.
fn margin_of(left: &Term, measured: Measured, limits: Limits) -> Option<Margin> {
    let is_measured = left.reading.figure.is_measured();
    is_measured.then(|| Margin::of(&named(left), measured, limits))?
}

/// The limits that a comparison with `centre` makes; those of being alike where it asks for the opposite.
fn limits(centre: f64, operator: Operator, tolerance: Option<Tolerance>) -> Limits {
    let margin = match tolerance {
        None => 0.0,
        Some(Tolerance::Absolute(margin, _)) => margin,
        Some(Tolerance::Relative(part)) => part * centre.abs(),
    };
    let (low, high) = match operator {
        Operator::Equal | Operator::Unlike => (at_least(centre - margin), at_most(centre + margin)),
        Operator::Below => (Bound::Unbounded, Bound::Excluded(centre)),
        Operator::AtMost => (Bound::Unbounded, at_most(centre)),
        Operator::Above => (Bound::Excluded(centre), Bound::Unbounded),
        Operator::AtLeast => (at_least(centre), Bound::Unbounded),
    };
    Limits { low, high }
}

/// Judges a quantity by the [limits] of a comparison.
fn order(value: Measured, limits: Limits, operator: Operator) -> Verdict {
    let verdict = limits.judge(value);
    if operator == Operator::Unlike { super::denied(verdict) } else { verdict }
}

/// A limit that a value may be equal to: rounding must not put it on the wrong side.
pub(in crate::check) fn at_most(limit: f64) -> Bound<f64> {
    Bound::Included(limit + ROUNDING * limit.abs().max(1.0))
}

fn at_least(limit: f64) -> Bound<f64> {
    Bound::Included(limit - ROUNDING * limit.abs().max(1.0))
}

fn likeness(same: bool, operator: Operator) -> Verdict {
    if same == (operator == Operator::Equal) { Verdict::Pass } else { Verdict::Fail }
}

/// The left value with the uncertainty of both, and where the right value is.
///
/// Whole numbers are compared by their difference, which is exact however large they are.
#[expect(clippy::cast_precision_loss, reason = "a difference that is not zero stays so")]
fn difference(left: &Value, right: &Value) -> Option<(Measured, f64)> {
    if let (Value::Integer(left), Value::Integer(right)) = (left, right)
        && (left.unsigned_abs() > EXACT || right.unsigned_abs() > EXACT)
    {
        let value = left.saturating_sub(*right) as f64;
        return Some((Measured { value, uncertainty: 0.0, unit: Unit::Count }, 0.0));
    }
    let (left, right) = (measured(left)?, measured(right)?);
    Some((Measured { uncertainty: left.uncertainty + right.uncertainty, ..left }, right.value))
}

#[expect(clippy::cast_precision_loss, reason = "larger ones are compared by their difference")]
fn measured(value: &Value) -> Option<Measured> {
    match value {
        Value::Measured(measured) => Some(*measured),
        Value::Integer(number) => {
            Some(Measured { value: *number as f64, uncertainty: 0.0, unit: Unit::Count })
        }
        Value::Text(_) | Value::Texts(_) | Value::Truth(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an offset of a number is small and whole")]
fn moved(value: Value, offset: f64) -> Value {
    match value {
        Value::Measured(it) => Value::Measured(Measured { value: it.value + offset, ..it }),
        Value::Integer(number) if offset.fract().abs() < f64::EPSILON => {
            Value::Integer(number.saturating_add(offset as i128))
        }
        Value::Integer(_) | Value::Text(_) | Value::Texts(_) | Value::Truth(_) => value,
    }
}

fn of_literal(literal: &Literal) -> Value {
    match literal {
        Literal::Integer(number) => Value::Integer(*number),
        Literal::Quantity(value, unit) => {
            Value::Measured(Measured { value: *value, uncertainty: 0.0, unit: *unit })
        }
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::List(texts) => Value::Texts(texts.clone()),
    }
}

/// A word beside a text makes both words.
fn dimension(left: &Term, right: &Right) -> Dimension {
    let theirs = match right {
        Right::Term(term) => term.reading.dimension(),
        Right::Literal(_) => left.reading.dimension(),
    };
    match (left.reading.dimension(), theirs) {
        (Dimension::Token | Dimension::Tokens, _) | (_, Dimension::Token | Dimension::Tokens) => {
            Dimension::Token
        }
        (ours, _) => ours,
    }
}

fn named(term: &Term) -> String {
    let name = &term.reading.text;
    let unit = term.unit;
    let by = Measured { value: term.offset.abs(), uncertainty: 0.0, unit };
    if term.offset > 0.0 {
        format!("{name} + {by}")
    } else if term.offset < 0.0 {
        format!("{name} - {by}")
    } else {
        name.clone()
    }
}

fn margin(tolerance: Tolerance) -> String {
    let (value, unit) = match tolerance {
        Tolerance::Absolute(margin, unit) => (margin, unit),
        Tolerance::Relative(part) => (part, Unit::Ratio),
    };
    Measured { value, uncertainty: 0.0, unit }.to_string()
}

/// Far below a nanosecond, which is the grain of times, and far above the error of a sum.
const ROUNDING: f64 = 1e-12;

/// The largest whole number up to which all are exact as real numbers: 2⁵³.
const EXACT: u128 = 1 << 53;
