//! Figures of digits that a role heard as events.

use super::window::{Way, Window};
use crate::check::expression::node::Reading;
use crate::check::figure::{Figure, Kind};
use crate::check::measure::{Event, Measured, event};
use crate::check::value::{Read, Value};
use crate::check::view::View;
use crate::evidence::point::RolePoint;
use crate::evidence::step::StepId;
use crate::evidence::timeline::Seen;
use crate::time::Tick;
use std::time::Duration;

/// The figure, or `None` if it is not one of digits.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    if reading.figure.kinds() != [Kind::Digits] {
        return None;
    }
    let Some(window) = Window::of(reading.step, view) else {
        return Some(Read::unknown("the listening step was not carried out", []));
    };
    // From the beginning, so that the end of a digit before the step is not taken for one in it;
    // and a little longer, because the end of an event is sent three times (RFC 4733 §2.5.1.4).
    let whole = window.since_the_beginning().and(AFTERGLOW);
    let rtp = whole.datagrams(RolePoint::Rtp, Way::Received, view);
    let mut found: Vec<Event> = Vec::new();
    for stream in rtp.streams() {
        for payload_type in stream.payload_types() {
            let Some(codec) = window.codec(payload_type, view) else { continue };
            let part = stream.of_payload_types(|it| it == payload_type);
            if let Some(part) = part.filter(|_| codec.is("telephone-event")) {
                found.extend(Event::of(&part, codec.clock_rate));
            }
        }
    }
    let from = told_since(reading.step, view).unwrap_or(window.from);
    found.retain(|event| {
        from <= event.end.unwrap_or(event.start)
            && event.start <= window.to
            && event.digit().is_some()
    });
    found.sort_by_key(|event| event.start);
    let evidence: Vec<_> = std::iter::once(window.start)
        .chain(found.iter().filter_map(|event| rtp.seq(event.index)))
        .collect();
    let value = match reading.figure {
        Figure::DigitsText => Some(Value::Text(event::digits(&found))),
        Figure::DigitCount => Some(Value::count(found.len())),
        Figure::DigitEndPackets => {
            found.iter().map(|event| event.end_packets).min().map(Value::count)
        }
        Figure::DigitTimestampConstant => {
            let all = found.iter().all(|event| event.one_timestamp);
            (!found.is_empty()).then_some(Value::Truth(all))
        }
        Figure::DigitDurationMax => {
            extreme(found.iter().map(|event| event.duration), |it| it.value)
        }
        Figure::DigitVolume => extreme(found.iter().map(|event| event.volume), |it| -it.value),
        _ => extreme(found.iter().map(|event| event.duration), |it| -it.value),
    };
    Some(match value {
        Some(value) => Read::of(value, evidence),
        None => Read::absent("no digit was heard", evidence),
    })
}

/// When the step before began, if it told the device something: a device that confirms late has begun
/// to send before it confirmed.
fn told_since(step: StepId, view: &View<'_>) -> Option<Tick> {
    let to = view.course(step).reached?.seq;
    let before = view.course(view.subject(step)?.since?).reached?;
    let mut between =
        view.timeline().entries().iter().filter(|it| before.seq < it.seq && it.seq < to);
    between.any(|entry| matches!(entry.seen, Seen::Wrote(_))).then_some(before.at)
}

/// The one for which `rank` is highest.
fn extreme(
    figures: impl Iterator<Item = Measured>,
    rank: impl Fn(&Measured) -> f64,
) -> Option<Value> {
    figures.max_by(|a, b| rank(a).total_cmp(&rank(b))).map(Value::Measured)
}

/// How long after the step its digits may still be ending.
const AFTERGLOW: Duration = Duration::from_millis(200);
