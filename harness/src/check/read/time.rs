//! Times between steps.

use super::named;
use crate::check::expression::node::Reading;
use crate::check::figure::Figure;
use crate::check::value::{Read, Value};
use crate::check::view::{Instant, View};
use crate::evidence::step::StepId;

/// The figure, or `None` if it is not a time between steps.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    let step = reading.step;
    let from = match reading.figure {
        Figure::After => match view.reference(step) {
            None => return Some(Read::unknown("there is no step before the first", [])),
            Some(since) => end(since, view),
        },
        Figure::Since => end(named(reading)?, view),
        Figure::Took => match view.course(step).reached {
            Some(mark) => Ok(view.instant(mark)),
            None => Err(not_met(step, view)),
        },
        _ => return None,
    };
    Some(match (from, end(step, view)) {
        (Ok(from), Ok(to)) => Read::of(Value::Measured(view.between(from, to)), [from.seq, to.seq]),
        (Err(why), _) | (_, Err(why)) => Read::unknown(why, []),
    })
}

/// When a step ended, or that it did not.
pub(super) fn end(step: StepId, view: &View<'_>) -> Result<Instant, String> {
    view.end(step).ok_or_else(|| not_met(step, view))
}

fn not_met(step: StepId, view: &View<'_>) -> String {
    match view.subject(step) {
        Some(subject) => format!("`{}` was not met", subject.text),
        None => "a step was not met".to_owned(),
    }
}
