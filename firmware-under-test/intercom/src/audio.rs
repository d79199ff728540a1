//! Samples: 8 kHz, 16 bits, one channel.

mod g711;
mod microphone;
mod speaker;

#[cfg(test)]
pub(crate) use microphone::round;
pub(crate) use microphone::{Microphone, Tone};
pub(crate) use speaker::Speaker;

/// Samples in 20 ms.
pub(crate) const FRAME: usize = 160;

/// A codec for audio; both are G.711 at 8 kHz, one octet a sample.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Codec {
    /// mu-law.
    Pcmu,
    /// A-law.
    Pcma,
}

impl Codec {
    /// The name in `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The static payload type of RFC 3551.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The codec of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pcmu, Self::Pcma].into_iter().find(|c| c.name().eq_ignore_ascii_case(name))
    }

    /// Encodes one sample.
    pub(crate) fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Pcmu => g711::encode_ulaw(sample),
            Self::Pcma => g711::encode_alaw(sample),
        }
    }

    /// Decodes one octet.
    pub(crate) fn decode(self, octet: u8) -> i16 {
        match self {
            Self::Pcmu => g711::decode_ulaw(octet),
            Self::Pcma => g711::decode_alaw(octet),
        }
    }
}
