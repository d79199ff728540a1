//! Audio codecs by the names that SDP gives them.

mod coder;

pub use super::g726::{Packing, Rate};
pub use coder::{Decoder, Encoder};

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// An audio codec that the harness can send and receive.
///
/// A signal of several channels is a row of samples that takes one of each channel in turn.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// G.726.
    G726(Rate, Packing),
    /// 16-bit linear samples in network byte order.
    L16(SampleRate, Channels),
}

/// How many samples of each channel L16 takes in a second.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SampleRate {
    Hz8000,
    Hz16000,
    Hz44100,
    Hz48000,
}

/// How many channels there are.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Channels {
    /// One.
    Mono,
    /// Left and right, in this order (RFC 3551 §4.1).
    Stereo,
}

/// No codec of that name is implemented.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a codec that the harness implements")]
pub struct UnknownCodec(pub String);

impl Codec {
    /// Every codec.
    pub const ALL: [Self; 19] = [
        Self::Pcmu,
        Self::Pcma,
        Self::G722,
        Self::G726(Rate::Kbit16, Packing::Little),
        Self::G726(Rate::Kbit24, Packing::Little),
        Self::G726(Rate::Kbit32, Packing::Little),
        Self::G726(Rate::Kbit40, Packing::Little),
        Self::G726(Rate::Kbit16, Packing::Big),
        Self::G726(Rate::Kbit24, Packing::Big),
        Self::G726(Rate::Kbit32, Packing::Big),
        Self::G726(Rate::Kbit40, Packing::Big),
        Self::L16(SampleRate::Hz8000, Channels::Mono),
        Self::L16(SampleRate::Hz16000, Channels::Mono),
        Self::L16(SampleRate::Hz44100, Channels::Mono),
        Self::L16(SampleRate::Hz48000, Channels::Mono),
        Self::L16(SampleRate::Hz8000, Channels::Stereo),
        Self::L16(SampleRate::Hz16000, Channels::Stereo),
        Self::L16(SampleRate::Hz44100, Channels::Stereo),
        Self::L16(SampleRate::Hz48000, Channels::Stereo),
    ];

    /// The codec of an encoding as an `rtpmap` names it, if it is implemented.
    pub fn of(name: &str, clock_rate: u32, channels: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| {
            codec.name().eq_ignore_ascii_case(name)
                && codec.clock_rate() == clock_rate
                && codec.channels() == channels
        })
    }

    /// The codec of a static RTP payload type, if it is implemented.
    //= RFC 3551 §6
    pub fn of_payload_type(payload_type: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.payload_type() == Some(payload_type))
    }

    /// The encoding name as SDP writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::G726(Rate::Kbit16, Packing::Little) => "G726-16",
            Self::G726(Rate::Kbit24, Packing::Little) => "G726-24",
            Self::G726(Rate::Kbit32, Packing::Little) => "G726-32",
            Self::G726(Rate::Kbit40, Packing::Little) => "G726-40",
            Self::G726(Rate::Kbit16, Packing::Big) => "AAL2-G726-16",
            Self::G726(Rate::Kbit24, Packing::Big) => "AAL2-G726-24",
            Self::G726(Rate::Kbit32, Packing::Big) => "AAL2-G726-32",
            Self::G726(Rate::Kbit40, Packing::Big) => "AAL2-G726-40",
            Self::L16(..) => "L16",
        }
    }

    /// The static RTP payload type of RFC 3551 §6, if it has one.
    pub const fn payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G722 => Some(9),
            Self::L16(SampleRate::Hz44100, Channels::Stereo) => Some(10),
            Self::L16(SampleRate::Hz44100, Channels::Mono) => Some(11),
            Self::G726(..) | Self::L16(..) => None,
        }
    }

    /// Ticks of the RTP timestamp in a second.
    pub const fn clock_rate(self) -> u32 {
        match self {
            //= RFC 3551 §4.5.2
            Self::G722 => 8_000,
            Self::Pcmu | Self::Pcma | Self::G726(..) | Self::L16(..) => self.sample_rate(),
        }
    }

    /// Samples of each channel in a second.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G726(..) => 8_000,
            Self::G722 => 16_000,
            Self::L16(rate, _) => rate.hertz(),
        }
    }

    /// The number of channels.
    pub const fn channels(self) -> u8 {
        match self {
            Self::L16(_, Channels::Stereo) => 2,
            Self::Pcmu | Self::Pcma | Self::G722 | Self::G726(..) | Self::L16(..) => 1,
        }
    }

    /// Bits in a second, of all channels.
    pub const fn bit_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 64_000,
            Self::G726(rate, _) => rate.bits() as u32 * 8_000,
            Self::L16(rate, _) => rate.hertz() * self.channels() as u32 * 16,
        }
    }

    /// Bytes of payload in so much time, cut to whole ones.
    pub fn bytes_in(self, span: Duration) -> usize {
        let bytes = span.as_nanos() * u128::from(self.bit_rate()) / 8_000_000_000;
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// Samples of all channels in so much time, cut to whole ones.
    pub fn samples_in(self, span: Duration) -> usize {
        let of_each = span.as_nanos() * u128::from(self.sample_rate()) / 1_000_000_000;
        usize::try_from(of_each * u128::from(self.channels())).unwrap_or(usize::MAX)
    }

    /// Ticks of the RTP timestamp in so much time, cut to whole ones, as they wrap.
    #[expect(clippy::cast_possible_truncation, reason = "an RTP timestamp wraps at 2^32")]
    pub const fn ticks_in(self, span: Duration) -> u32 {
        (span.as_nanos() * self.clock_rate() as u128 / 1_000_000_000) as u32
    }

    /// A new encoder.
    pub fn encoder(self) -> Encoder {
        Encoder::new(self)
    }

    /// A new decoder.
    pub fn decoder(self) -> Decoder {
        Decoder::new(self)
    }

    /// Encodes what nothing goes before.
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        self.encoder().encode(samples)
    }

    /// Decodes what nothing goes before; every byte string is valid in these codecs.
    pub fn decode(self, bytes: &[u8]) -> Vec<i16> {
        self.decoder().decode(bytes)
    }
}

impl SampleRate {
    const fn hertz(self) -> u32 {
        match self {
            Self::Hz8000 => 8_000,
            Self::Hz16000 => 16_000,
            Self::Hz44100 => 44_100,
            Self::Hz48000 => 48_000,
        }
    }
}

/// The encoding name, and where it does not say them the rate and the channels: `L16/44100/2`.
impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::L16(rate, Channels::Mono) => f.pad(&format!("L16/{}", rate.hertz())),
            Self::L16(rate, Channels::Stereo) => f.pad(&format!("L16/{}/2", rate.hertz())),
            Self::Pcmu | Self::Pcma | Self::G722 | Self::G726(..) => f.pad(self.name()),
        }
    }
}

impl FromStr for Codec {
    type Err = UnknownCodec;

    /// Reads an encoding as an `rtpmap` has it, whose case does not matter (RFC 4855 §3); a rate that
    /// is not there is 8,000 Hz, and channels that are not there are one.
    fn from_str(text: &str) -> Result<Self, UnknownCodec> {
        let unknown = || UnknownCodec(text.to_owned());
        let mut parts = text.split('/');
        let name = parts.next().ok_or_else(unknown)?;
        let rate = parts.next().map_or(Ok(8_000), str::parse).map_err(|_| unknown())?;
        let channels = parts.next().map_or(Ok(1), str::parse).map_err(|_| unknown())?;
        let codec = Self::of(name, rate, channels).ok_or_else(unknown)?;
        if parts.next().is_some() { Err(unknown()) } else { Ok(codec) }
    }
}

#[cfg(test)]
mod tests;
