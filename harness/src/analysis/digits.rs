//! Digits, in whichever of three ways they were sent.

use super::Dialog;
use crate::check::measure::{Measured, Unit};
use crate::time::Tick;
use std::net::SocketAddr;

/// One digit.
#[derive(Clone, Debug, PartialEq)]
pub struct Digit {
    /// How it was sent.
    pub way: Way,
    /// What it is: `5`, `#`; the number of an event that is no digit.
    pub name: String,
    /// When it began.
    pub at: Tick,
    /// How long it lasted, where that is said or can be measured.
    pub duration: Option<Measured>,
    /// The sender.
    pub from: SocketAddr,
    /// The receiver.
    pub to: SocketAddr,
    /// What else is to be told: end packets, levels.
    pub detail: String,
}

/// How digits are sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// As telephone events in RTP (RFC 4733).
    Event,
    /// In SIP INFO.
    Info,
    /// As tones in the sound.
    InBand,
}

impl Way {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "telephone-event",
            Self::Info => "SIP INFO",
            Self::InBand => "in band",
        }
    }
}

/// The digits in the INFO requests of a dialog, retransmissions left out.
pub(super) fn in_info(dialog: &Dialog) -> Vec<Digit> {
    let requests = dialog
        .messages
        .iter()
        .filter(|message| message.repeats == 0 && message.message.method() == Some("INFO"));
    let digits = requests.filter_map(|message| {
        let kind = message.message.content_type()?;
        let is_relay = kind.is("application/dtmf-relay");
        if !is_relay && !kind.is("application/dtmf") {
            return None;
        }
        let text = String::from_utf8_lossy(message.message.body()).into_owned();
        let field = |name: &str| {
            text.lines().filter_map(|line| line.split_once('=')).find_map(|(key, value)| {
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let name = field("Signal").unwrap_or_else(|| text.trim().to_owned());
        let millis = field("Duration").and_then(|value| value.parse::<f64>().ok());
        Some(Digit {
            way: Way::Info,
            name,
            at: message.at,
            duration: millis.map(|ms| Measured {
                value: ms / 1e3,
                uncertainty: 0.0,
                unit: Unit::Seconds,
            }),
            from: message.from,
            to: message.to,
            detail: if is_relay { "application/dtmf-relay" } else { "application/dtmf" }.to_owned(),
        })
    });
    digits.collect()
}
