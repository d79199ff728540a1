//! Reading figures off a view of the timeline.

mod auth;
mod console;
mod copies;
mod digits;
mod heard;
mod kpi;
mod message;
mod rtcp;
mod sdp;
mod secure;
mod secured;
mod time;
mod window;

use super::expression::node::{Argument, Reading};
use super::value::{Missing, Read, Value};
use super::view::View;
use crate::evidence::step::StepId;

/// Reads a figure.
///
/// A [`Missing::Absent`] says that the device did not send it, a [`Missing::Unknown`] that nobody
/// can say.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Read {
    let figure = reading.figure;
    let read = time::read(reading, view)
        .or_else(|| console::read(reading, view))
        .or_else(|| secured::read(reading, view))
        .or_else(|| kpi::read(reading, view))
        .or_else(|| rtcp::read(reading, view))
        .or_else(|| heard::read(reading, view))
        .or_else(|| digits::read(reading, view));
    if let Some(read) = read {
        return read;
    }
    let Some(entry) = view.met_by(reading.step) else {
        return Read::unknown(format!("nothing met the step of {}", reading.text), []);
    };
    if let Some(read) = copies::read(reading, entry, view) {
        return read;
    }
    let Some(message) = view.message(entry) else {
        return Read::unknown(format!("{} is not read off a message", reading.text), [entry.seq]);
    };
    let value = message::read(figure, reading.name(), message)
        .or_else(|| auth::read(reading, entry, message, view))
        .or_else(|| sdp::read(figure, reading.name(), entry, view))
        .unwrap_or_else(|| Err(Missing::Unknown(format!("{} is not read yet", reading.text))));
    Read { value, evidence: vec![entry.seq] }
}

/// A value that is there, or else absent under its own name.
fn present(value: Option<Value>, name: &str) -> Result<Value, Missing> {
    value.ok_or_else(|| Missing::Absent(format!("there is no {name}")))
}

/// The step that a figure names, such as that of `since.invite`.
fn named(reading: &Reading) -> Option<StepId> {
    reading.arguments.iter().find_map(|argument| match argument {
        Argument::Step(step) => Some(*step),
        Argument::Text(_) | Argument::Index(_) => None,
    })
}
