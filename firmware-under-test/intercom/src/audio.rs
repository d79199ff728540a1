//! Samples of 16 bits, and the codecs that carry them.

mod adpcm;
mod coder;
mod g711;
mod g722;
mod g726;
mod microphone;
mod speaker;

use std::time::Duration;

pub(crate) use coder::{Decoder, Encoder};
#[cfg(test)]
pub(crate) use microphone::round;
pub(crate) use microphone::{Microphone, Tone};
pub(crate) use speaker::Speaker;

/// What both ears hear at one instant; with one channel both the same.
pub(crate) type Frame = [i16; 2];

/// A codec for audio.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Codec {
    /// G.711 mu-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// G.726 with so many bits a sample, 2 to 5, the first code in the low bits of an octet.
    G726(u8),
    /// The same, the first code in the high bits: AAL2.
    Aal2G726(u8),
    /// Linear samples: how many a second, and of how many channels.
    L16(u32, u8),
}

impl Codec {
    /// Every codec that the device knows.
    pub const ALL: [Self; 19] = [
        Self::Pcmu,
        Self::Pcma,
        Self::G722,
        Self::G726(2),
        Self::G726(3),
        Self::G726(4),
        Self::G726(5),
        Self::Aal2G726(2),
        Self::Aal2G726(3),
        Self::Aal2G726(4),
        Self::Aal2G726(5),
        Self::L16(8_000, 1),
        Self::L16(16_000, 1),
        Self::L16(44_100, 1),
        Self::L16(48_000, 1),
        Self::L16(8_000, 2),
        Self::L16(16_000, 2),
        Self::L16(44_100, 2),
        Self::L16(48_000, 2),
    ];

    /// The encoding of `a=rtpmap`: name, clock rate, and channels where there are two.
    pub fn encoding(self) -> String {
        let (name, rate) = (self.name(), self.clock());
        if self.channels() == 2 { format!("{name}/{rate}/2") } else { format!("{name}/{rate}") }
    }

    /// The name in `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::G726(2) => "G726-16",
            Self::G726(3) => "G726-24",
            Self::G726(4) => "G726-32",
            Self::G726(_) => "G726-40",
            Self::Aal2G726(2) => "AAL2-G726-16",
            Self::Aal2G726(3) => "AAL2-G726-24",
            Self::Aal2G726(4) => "AAL2-G726-32",
            Self::Aal2G726(_) => "AAL2-G726-40",
            Self::L16(..) => "L16",
        }
    }

    /// The static payload type of RFC 3551, if it has one.
    pub const fn payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G722 => Some(9),
            Self::L16(44_100, 2) => Some(10),
            Self::L16(44_100, 1) => Some(11),
            Self::G726(_) | Self::Aal2G726(_) | Self::L16(..) => None,
        }
    }

    /// Ticks of the RTP timestamp in a second. That of G.722 is half of what one would expect.
    //= RFC 3551 §4.5.2
    pub const fn clock(self) -> u32 {
        match self {
            Self::L16(rate, _) => rate,
            Self::Pcmu | Self::Pcma | Self::G722 | Self::G726(_) | Self::Aal2G726(_) => 8_000,
        }
    }

    /// Samples of a channel in a second.
    pub(crate) const fn rate(self) -> u32 {
        match self {
            Self::G722 => 16_000,
            Self::L16(rate, _) => rate,
            Self::Pcmu | Self::Pcma | Self::G726(_) | Self::Aal2G726(_) => 8_000,
        }
    }

    /// How many channels it has.
    pub(crate) const fn channels(self) -> u8 {
        match self {
            Self::L16(_, channels) => channels,
            Self::Pcmu | Self::Pcma | Self::G722 | Self::G726(_) | Self::Aal2G726(_) => 1,
        }
    }

    /// How many samples of a channel last so long.
    pub(crate) fn samples(self, span: Duration) -> usize {
        let count = span.as_micros() * u128::from(self.rate()) / 1_000_000;
        usize::try_from(count).unwrap_or_default()
    }

    /// How many ticks of the timestamp last so long.
    pub(crate) fn ticks(self, span: Duration) -> u32 {
        let count = span.as_micros() * u128::from(self.clock()) / 1_000_000;
        u32::try_from(count).unwrap_or_default()
    }

    /// What it is called on the console: what [`from_name`](Self::from_name) reads.
    pub fn label(self) -> String {
        let short = self.clock() == 8_000 && self.channels() == 1;
        if short { self.name().to_owned() } else { self.encoding() }
    }

    /// The codec of that name and, where it is not 8000 Hz and one channel, rate and channels.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.label().eq_ignore_ascii_case(name))
    }

    /// The codec of an `a=rtpmap`.
    pub(crate) fn from_encoding(encoding: &str) -> Option<Self> {
        let encoding = encoding.strip_suffix("/1").unwrap_or(encoding);
        Self::ALL.into_iter().find(|codec| codec.encoding().eq_ignore_ascii_case(encoding))
    }
}
