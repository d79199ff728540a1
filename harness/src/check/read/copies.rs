//! Retransmissions: how often a message came, and when.

use crate::check::expression::node::{Argument, Reading};
use crate::check::figure::Figure;
use crate::check::measure::{Measured, Unit};
use crate::check::value::{Read, Value};
use crate::check::view::{View, seconds};
use crate::evidence::timeline::{Entry, Seen};
use crate::wire::sip::Message;
use std::borrow::Cow;
use std::time::Duration;

/// The figure, or `None` if it is not one of retransmissions.
pub(super) fn read(reading: &Reading, entry: &Entry, view: &View<'_>) -> Option<Read> {
    if !matches!(
        reading.figure,
        Figure::Copies | Figure::CopiesChanged | Figure::Gap | Figure::GapsMaxError
    ) {
        return None;
    }
    let message = view.message(entry)?;
    let copies = copies(entry, message, view);
    let seqs = copies.iter().map(|copy| copy.seq);
    Some(match reading.figure {
        Figure::Copies => Read::of(Value::count(copies.len()), seqs),
        Figure::CopiesChanged => {
            let bytes = |entry: &Entry| view.message(entry).map(Message::bytes);
            let first = copies.first().and_then(|first| bytes(first));
            let changed: Vec<_> = copies.iter().filter(|copy| bytes(copy) != first).collect();
            let count = Value::count(changed.len());
            Read::of(count, std::iter::once(entry.seq).chain(changed.iter().map(|copy| copy.seq)))
        }
        Figure::Gap => {
            let Some(Argument::Index(index)) = reading.arguments.first() else {
                return Some(Read::unknown("the gap has no number", seqs));
            };
            match (copies.get(index - 1), copies.get(*index)) {
                (Some(one), Some(next)) => {
                    let gap = view.between(view.instant(one), view.instant(next));
                    Read::of(Value::Measured(gap), [one.seq, next.seq])
                }
                _ => Read::absent(format!("the message came only {} times", copies.len()), seqs),
            }
        }
        _ if copies.len() < 2 => Read::absent("the message came only once", seqs),
        _ => Read::of(Value::Measured(worst_gap(&copies, message, view)), seqs),
    })
}

/// The entries that bear the same message, in order, whichever of them met the step.
fn copies<'a>(entry: &Entry, message: &Message, view: &View<'a>) -> Vec<&'a Entry> {
    let sent = matches!(entry.seen, Seen::Sent(_));
    let Some((role, _)) = entry.pco.role() else { return Vec::new() };
    view.signalling(role)
        .filter(|(other, _)| matches!(other.seen, Seen::Sent(_)) == sent)
        .filter(|(_, other)| is_copy(message, other))
        .map(|(other, _)| other)
        .collect()
}

fn is_copy(one: &Message, other: &Message) -> bool {
    let branch = |message: &Message| message.top_via()?.branch().map(Cow::into_owned);
    let tag = |message: &Message| message.to()?.tag().map(Cow::into_owned);
    one.start() == other.start()
        && one.header("CSeq") == other.header("CSeq")
        && one.call_id() == other.call_id()
        && branch(one) == branch(other)
        && tag(one) == tag(other)
}

/// The gap that is farthest from its due, relative to it.
fn worst_gap(copies: &[&Entry], message: &Message, view: &View<'_>) -> Measured {
    let mut due = T1;
    let mut worst = Measured { value: 0.0, uncertainty: 0.0, unit: Unit::Ratio };
    for pair in copies.windows(2) {
        let [one, next] = pair else { continue };
        let gap = view.between(view.instant(one), view.instant(next));
        let error = (gap.value - seconds(due)).abs() / seconds(due);
        if error >= worst.value {
            let uncertainty = gap.uncertainty / seconds(due);
            worst = Measured { value: error, uncertainty, unit: Unit::Ratio };
        }
        due *= 2;
        //= RFC 3261 §17.1.1.2
        // Timer A has no limit; timers E and G, and the 2xx of §13.3.1.4, stop at T2.
        if message.method() != Some("INVITE") {
            due = due.min(T2);
        }
    }
    worst
}

const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
