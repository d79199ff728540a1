//! In which ways digits travel.

use crate::wire::dtmf_body::Format;
use std::time::Duration;

/// How a digit comes to the other end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Method {
    /// As a telephone event: RFC 4733.
    #[default]
    Rtp,
    /// In the body of an INFO request.
    Info(Format),
    /// As two tones in the audio.
    Inband,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 4] =
        [Self::Rtp, Self::Info(Format::Relay), Self::Info(Format::Plain), Self::Inband];

    /// The word of it in scenario files and on control faces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rtp => "rtp",
            Self::Info(Format::Relay) => "info",
            Self::Info(Format::Plain) => "info-dtmf",
            Self::Inband => "inband",
        }
    }
}

/// How telephone events are sent. The default is what RFC 4733 asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Events {
    /// The level that they state, in −dBm0: 0 to 63.
    pub volume: u8,
    /// The time between two packets.
    pub every: Duration,
    /// How often the last packet is sent.
    pub end_packets: u32,
    /// Which packets have the marker.
    pub marker: Marker,
    /// The payload type; absent: the one that was agreed.
    pub payload_type: Option<u8>,
    /// Whether the reserved bit is set, which it must not be.
    pub reserved: bool,
    /// Packets of each digit that are lost on their way: counted from 1, or from −1 at its end.
    pub lose: Vec<i32>,
}

/// Which packets of an event have the marker.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Marker {
    /// The first.
    First,
    /// None.
    Never,
    /// Every one.
    Always,
}

impl Marker {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::First, Self::Never, Self::Always];

    /// The word of it in scenario files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Never => "never",
            Self::Always => "always",
        }
    }
}

impl Default for Events {
    fn default() -> Self {
        Self {
            volume: 10,
            every: Duration::from_millis(20),
            end_packets: 3,
            marker: Marker::First,
            payload_type: None,
            reserved: false,
            lose: Vec::new(),
        }
    }
}
