//! From a name in an expression to the figure that it means.

use super::Scope;
use super::node::{Argument, Reading};
use crate::check::figure::{Figure, Kind};
use crate::evidence::step::StepId;

/// Why a name is not a figure.
#[derive(Debug)]
pub(super) enum Miss {
    /// It looks like one, or like one that is misspelt: what is wrong, and how to mend it.
    Wrong(String, String),
    /// It may be plain text.
    Unlike,
}

/// The figure that `name` means, with the texts between its parentheses where it has them.
pub(super) fn resolve(name: &str, call: &[String], scope: &Scope<'_>) -> Result<Reading, Miss> {
    let here = Kind::of(scope.kind);
    if let Some((figure, raw)) = find(name, call, Some(here)) {
        return reading(name, scope.this, figure, &raw, scope);
    }
    if let Some((label, rest)) = name.split_once('.')
        && let Some((_, step, kind)) = scope.labels.iter().find(|(it, ..)| it == label)
    {
        let kind = Kind::of(*kind);
        return match find(rest, call, Some(kind)) {
            Some((figure, raw)) => reading(name, *step, figure, &raw, scope),
            None => Err(miss(rest, call, kind)),
        };
    }
    if find(name, call, None).is_some() {
        return Err(miss(name, call, here));
    }
    if let Some((label, rest)) = name.split_once('.')
        && find(rest, call, None).is_some()
    {
        return Err(no_label(label, scope));
    }
    Err(Miss::Unlike)
}

/// What to say of a name that stands where only a figure can.
pub(super) fn unknown(name: &str, scope: &Scope<'_>) -> (String, String) {
    match miss(name, &[], Kind::of(scope.kind)) {
        Miss::Wrong(message, help) => (message, help),
        Miss::Unlike => (format!("`{name}` is not a figure"), String::new()),
    }
}

fn miss(name: &str, call: &[String], kind: Kind) -> Miss {
    if let Some((figure, _)) = find(name, call, None) {
        let kinds: Vec<_> = figure.kinds().iter().map(|kind| kind.words()).collect();
        return Miss::Wrong(
            format!("`{name}` is not a figure of {}", kind.words()),
            format!("it is one of {}", kinds.join(" and of ")),
        );
    }
    let near = near(name, kind);
    let all: Vec<_> = of_kind(kind).map(|figure| format!("`{}`", figure.pattern())).collect();
    let help = if !near.is_empty() {
        format!("did you mean {}?", near.join(" or "))
    } else if all.len() > FEW {
        "docs/checks.md lists the figures".to_owned()
    } else {
        format!("there are {}", all.join(", "))
    };
    Miss::Wrong(format!("`{name}` is not a figure of {}", kind.words()), help)
}

fn no_label(label: &str, scope: &Scope<'_>) -> Miss {
    let near = scope
        .labels
        .iter()
        .map(|(name, ..)| (strsim::damerau_levenshtein(label, name), name))
        .filter(|(distance, _)| *distance <= 3)
        .min();
    let help = match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None if scope.labels.is_empty() => "no step has a name: add `as: NAME` to one".to_owned(),
        None => {
            let all: Vec<_> = scope.labels.iter().map(|(name, ..)| format!("`{name}`")).collect();
            format!("the named steps are {}", all.join(", "))
        }
    };
    Miss::Wrong(format!("no step is named `{label}`"), help)
}

fn of_kind(kind: Kind) -> impl Iterator<Item = Figure> {
    Figure::ALL.iter().copied().filter(move |figure| figure.kinds().contains(&kind))
}

/// The figure whose pattern fits, and the variable parts of the name.
fn find(name: &str, call: &[String], kind: Option<Kind>) -> Option<(Figure, Vec<String>)> {
    Figure::ALL
        .iter()
        .copied()
        .filter(|figure| kind.is_none_or(|kind| figure.kinds().contains(&kind)))
        .find_map(|figure| Some((figure, fit(figure.pattern(), name, call)?)))
}

/// The variable parts of a name that fits the pattern.
fn fit(pattern: &str, name: &str, call: &[String]) -> Option<Vec<String>> {
    let (path, parameters) = match pattern.split_once('(') {
        Some((path, parameters)) => (path, parameters.split(',').count()),
        None => (pattern, 0),
    };
    if parameters != call.len() {
        return None;
    }
    let mut parts = Vec::new();
    let mut segments = name.split('.');
    for wanted in path.split('.') {
        let segment = segments.next()?;
        if is_variable(wanted) && !segment.is_empty() {
            parts.push(segment.to_owned());
        } else if let Some(wanted) = wanted.strip_suffix("[N]") {
            let index = segment.strip_prefix(wanted)?.strip_prefix('[')?.strip_suffix(']')?;
            parts.push(index.to_owned());
        } else if wanted != segment {
            return None;
        }
    }
    parts.extend_from_slice(call);
    segments.next().is_none().then_some(parts)
}

fn is_variable(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Turns the variable parts of a name into what they stand for.
fn reading(
    text: &str,
    step: StepId,
    figure: Figure,
    raw: &[String],
    scope: &Scope<'_>,
) -> Result<Reading, Miss> {
    let pattern = figure.pattern();
    let arguments = raw
        .iter()
        .map(|part| {
            if pattern.contains("LABEL") {
                match scope.labels.iter().find(|(name, ..)| name == part) {
                    Some((_, step, _)) => Ok(Argument::Step(*step)),
                    None => Err(no_label(part, scope)),
                }
            } else if pattern.ends_with("[N]") {
                part.parse().ok().filter(|index| *index > 0).map(Argument::Index).ok_or_else(|| {
                    Miss::Wrong(format!("`{text}`: the first is `[1]`"), "count from 1".to_owned())
                })
            } else {
                Ok(Argument::Text(part.clone()))
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(Reading { text: text.to_owned(), step, figure, arguments })
}

/// Up to three names of figures of that kind that are like `name`, nearest first.
fn near(name: &str, kind: Kind) -> Vec<String> {
    let mut near: Vec<_> = of_kind(kind)
        .map(|figure| {
            let candidate = concrete(figure.pattern(), name);
            let path = candidate.split('(').next().unwrap_or_default();
            (strsim::damerau_levenshtein(name, path), candidate)
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .collect();
    near.sort();
    near.dedup();
    near.into_iter().take(3).map(|(_, candidate)| format!("`{candidate}`")).collect()
}

/// The pattern with its variable parts taken from the same places of `name`.
fn concrete(pattern: &str, name: &str) -> String {
    let given: Vec<_> = name.split('.').collect();
    let parts = pattern.split('.').enumerate().map(|(index, segment)| match given.get(index) {
        Some(part) if is_variable(segment) => *part,
        _ => segment,
    });
    parts.collect::<Vec<_>>().join(".")
}

/// How many figures are listed where no name is near.
const FEW: usize = 12;
