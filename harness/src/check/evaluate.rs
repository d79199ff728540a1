//! Whether an expression holds, in three values, and the sentence that says why.

pub(super) mod compare;

use super::expression::node::{Node, Predicate, Reading, Test};
use super::margin::Margin;
use super::read::read;
use super::value::{Missing, Read, Value, short};
use super::view::View;
use crate::check::dimension::Dimension;
use crate::evidence::timeline::Seq;
use crate::verdict::Verdict;

/// What became of a claim: pass, fail or inconclusive, why, and by which entries.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) text: String,
    pub(super) evidence: Vec<Seq>,
    /// The quantities that were held against limits.
    pub(super) margins: Vec<Margin>,
}

impl Outcome {
    /// An outcome that no quantity was held against limits for.
    pub(super) const fn new(verdict: Verdict, text: String, evidence: Vec<Seq>) -> Self {
        Self { verdict, text, evidence, margins: Vec::new() }
    }

    /// One sentence if the claim holds, another if it does not.
    fn either(holds: bool, evidence: Vec<Seq>, pass: String, fail: String) -> Self {
        if holds {
            Self::new(Verdict::Pass, pass, evidence)
        } else {
            Self::new(Verdict::Fail, fail, evidence)
        }
    }
}

/// Whether the expression holds.
pub(super) fn evaluate(node: &Node, view: &View<'_>) -> Outcome {
    match node {
        Node::All(nodes) => {
            joined(nodes, view, [Verdict::Fail, Verdict::Inconclusive, Verdict::Pass])
        }
        Node::Any(nodes) => {
            joined(nodes, view, [Verdict::Pass, Verdict::Inconclusive, Verdict::Fail])
        }
        Node::Not(node) => {
            let outcome = evaluate(node, view);
            // Its limits are now those that it has to be outside of, which is no margin.
            Outcome { verdict: denied(outcome.verdict), margins: Vec::new(), ..outcome }
        }
        Node::Test(test) => tested(test, view),
        Node::Given { claim, condition } => {
            let condition = evaluate(condition, view);
            if condition.verdict == Verdict::Pass {
                return evaluate(claim, view);
            }
            let text = format!("this could not be put to the test: {}", condition.text);
            Outcome::new(Verdict::Inconclusive, text, condition.evidence)
        }
    }
}

/// The first of the verdicts that a part has, with the words of all parts that have it.
fn joined(nodes: &[Node], view: &View<'_>, order: [Verdict; 3]) -> Outcome {
    let parts: Vec<_> = nodes.iter().map(|node| evaluate(node, view)).collect();
    let has = |verdict: &Verdict| parts.iter().any(|part| part.verdict == *verdict);
    let verdict = order.into_iter().find(has).unwrap_or(Verdict::Inconclusive);
    let (mut texts, mut evidence, mut margins) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts.into_iter().filter(|part| part.verdict == verdict) {
        texts.push(part.text);
        evidence.extend(part.evidence);
        margins.extend(part.margins);
    }
    Outcome { margins, ..Outcome::new(verdict, texts.join("; "), evidence) }
}

fn denied(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Pass => Verdict::Fail,
        Verdict::Fail => Verdict::Pass,
        Verdict::None | Verdict::Inconclusive | Verdict::Error => verdict,
    }
}

fn tested(test: &Test, view: &View<'_>) -> Outcome {
    let reading = &test.left.reading;
    let name = &reading.text;
    let Read { value, evidence } = read(reading, view);
    let present = match &value {
        Ok(Value::Truth(truth)) => Ok(*truth),
        Ok(_) => Ok(true),
        Err(Missing::Absent(_)) => Ok(false),
        Err(Missing::Unknown(why)) => Err(why.clone()),
    };
    let present = match present {
        Ok(present) => present,
        Err(why) => {
            return Outcome::new(Verdict::Inconclusive, format!("{name}: {why}"), evidence);
        }
    };
    let there = match &value {
        Ok(value) => format!("{name} is {value}"),
        Err(Missing::Absent(why) | Missing::Unknown(why)) => format!("{name}: {why}"),
    };
    match (&test.predicate, value) {
        (Predicate::Exists, _) => Outcome::either(present, evidence, there.clone(), there),
        (Predicate::Absent, _) => Outcome::either(!present, evidence, there.clone(), there),
        // Whoever claims something of a figure claims that it is there.
        (_, Err(_)) => Outcome::new(Verdict::Fail, there, evidence),
        (Predicate::Holds, Ok(_)) => Outcome::either(present, evidence, there.clone(), there),
        (Predicate::Fails, Ok(_)) => Outcome::either(!present, evidence, there.clone(), there),
        (Predicate::Contains(wanted), Ok(value)) => contains(reading, &value, wanted, evidence),
        (Predicate::Matches(pattern), Ok(value)) => {
            let what = format!("matching `{}`", pattern.as_str());
            if reading.dimension().is_list() {
                return among(reading, &value, |member| pattern.is_match(member), &what, evidence);
            }
            found(reading, &value, |text| pattern.is_match(text), &what, evidence)
        }
        (Predicate::OneOf(literals), Ok(value)) => {
            compare::one_of(&test.left, value, literals, evidence)
        }
        (Predicate::Between { low, high, unit }, Ok(value)) => {
            compare::between(&test.left, value, [*low, *high], *unit, evidence)
        }
        (Predicate::Compare { operator, right, tolerance }, Ok(value)) => {
            compare::compare(&test.left, value, (*operator, right, *tolerance), evidence, view)
        }
    }
}

fn contains(reading: &Reading, value: &Value, text: &str, evidence: Vec<Seq>) -> Outcome {
    let what = format!("containing `{}`", short(text));
    match (value, reading.dimension()) {
        (_, Dimension::Texts | Dimension::Tokens) => {
            let same = |member: &str| alike(member, text, reading.dimension());
            among(reading, value, same, &what, evidence)
        }
        (_, Dimension::Token) => {
            let text = text.to_ascii_lowercase();
            found(reading, value, |it| it.to_ascii_lowercase().contains(&text), &what, evidence)
        }
        _ => found(reading, value, |it| it.contains(text), &what, evidence),
    }
}

/// Looks for something among the members of a list.
fn among(
    reading: &Reading,
    value: &Value,
    fits: impl Fn(&str) -> bool,
    what: &str,
    evidence: Vec<Seq>,
) -> Outcome {
    let name = &reading.text;
    let holds = matches!(value, Value::Texts(members) if members.iter().any(|member| fits(member)));
    Outcome::either(
        holds,
        evidence,
        format!("{name} is {value}, {what}"),
        format!("{name} is {value}, not {what}"),
    )
}

/// Looks for something in a text, or in one of several lines.
fn found(
    reading: &Reading,
    value: &Value,
    fits: impl Fn(&str) -> bool,
    what: &str,
    evidence: Vec<Seq>,
) -> Outcome {
    let name = &reading.text;
    if let Value::Texts(lines) = value {
        // Lines and the entries that bear them go in step.
        let mut hits = lines.iter().zip(evidence).filter(|(line, _)| fits(line));
        if let Some((line, seq)) = hits.next() {
            let text = format!("{name} has the line `{}`, {what}", short(line));
            return Outcome::new(Verdict::Pass, text, vec![seq]);
        }
        let text = format!("{name} has no line {what} among {}", lines.len());
        return Outcome::new(Verdict::Fail, text, Vec::new());
    }
    let written = value.to_string();
    let text = if let Value::Text(text) = value { text } else { &written };
    Outcome::either(
        fits(text),
        evidence,
        format!("{name} is {value}, {what}"),
        format!("{name} is {value}, not {what}"),
    )
}

/// Whether two texts are the same for a figure of that dimension.
fn alike(one: &str, other: &str, dimension: Dimension) -> bool {
    if matches!(dimension, Dimension::Token | Dimension::Tokens) {
        one.eq_ignore_ascii_case(other)
    } else {
        one == other
    }
}

#[cfg(test)]
mod tests;
