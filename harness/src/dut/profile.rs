//! `device.yaml`: what a particular device claims to implement, its values, and its control face.

use crate::time::Span;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A device as its file describes it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Its name in reports.
    pub device: String,
    /// One line for people.
    #[serde(default)]
    pub description: String,
    /// What it claims to implement (ISO 9646 PICS): the names that `when:` expressions use.
    pub pics: BTreeSet<String>,
    /// Values that running cases needs (ISO 9646 PIXIT); `${pixit.NAME}` in scenarios.
    #[serde(default)]
    pub pixit: BTreeMap<String, String>,
    /// The user part of its SIP address.
    pub user: String,
    /// How it is told things and how it tells them.
    pub control: Control,
    /// Seeded defects that it has, where it is a reference device: the path of their list.
    #[serde(default)]
    pub defects: Option<String>,
}

/// The control face of a device.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Control {
    /// How lines are framed.
    pub framing: Framing,
    /// What the device prints when it waits for a command; taken off the front of lines.
    #[serde(default)]
    pub prompt: String,
    /// How each verb is said: `answer`, or `auto-answer on` for one value of its first argument. A
    /// verb that is not listed, the device does not have.
    pub actions: BTreeMap<String, Telling>,
    /// How each event is told. A line can tell several.
    pub events: Vec<Told>,
    /// Regular expressions of lines that warn of something. Absent: lines with the usual words.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// How lines are framed on the control face.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// Lines ended by CR, LF or both; commands end in CR LF.
    Lines,
    /// Netstrings of JSON objects, as baresip's `ctrl_tcp` module speaks: a command line `dial X`
    /// becomes `{"command":"dial","params":"X"}`.
    NetstringJson,
}

/// How a device is told to do something.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Telling {
    /// The lines to write; `{uri}` and the like stand for the arguments of the verb, of `unregister`
    /// for those of the last `register`. None at all: the device is always so, and there is nothing
    /// to confirm.
    pub send: Vec<String>,
    /// The event that confirms it.
    #[serde(default = "done")]
    pub until: String,
    /// What a refusal means.
    #[serde(default)]
    pub refused: Refusal,
    /// How long to wait before the lines are written again, until the event comes. Absent: once.
    #[serde(default)]
    pub again: Option<Span>,
}

/// What it means that the device refuses a command.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The step is unmet.
    #[default]
    Unmet,
    /// Nothing: the command is not needed in that state.
    Ignored,
}

/// How a line tells an event.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Told {
    /// The word of the event.
    pub event: String,
    /// A regular expression that the line matches; its first group is the detail.
    pub line: String,
}

fn done() -> String {
    super::event::EventKind::Done.word().to_owned()
}
