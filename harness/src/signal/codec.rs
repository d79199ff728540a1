//! Audio codecs by the names that SDP gives them.

use super::g711;
use std::fmt;
use std::str::FromStr;

/// An audio codec that the harness can send and receive.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

/// No codec of that name is implemented.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a codec that the harness implements")]
pub struct UnknownCodec(pub String);

impl Codec {
    /// Every codec, in order of static payload type.
    pub const ALL: [Self; 2] = [Self::Pcmu, Self::Pcma];

    /// The codec of a static RTP payload type (RFC 3551 §6), if it is implemented.
    pub fn of_payload_type(payload_type: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.payload_type() == payload_type)
    }

    /// The encoding name as SDP writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The static RTP payload type of RFC 3551 §6.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// Ticks of the RTP timestamp in a second; here also samples in a second.
    pub const fn clock_rate(self) -> u32 {
        8_000
    }

    /// The byte that decodes to the quietest sample.
    pub const fn silence(self) -> u8 {
        match self {
            Self::Pcmu => g711::pcmu_encode(0),
            Self::Pcma => g711::pcma_encode(0),
        }
    }

    /// Encodes a frame of any length.
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        let encode = match self {
            Self::Pcmu => g711::pcmu_encode,
            Self::Pcma => g711::pcma_encode,
        };
        samples.iter().copied().map(encode).collect()
    }

    /// Decodes a frame of any length; every byte string is a valid frame of these codecs.
    pub fn decode(self, bytes: &[u8]) -> Vec<i16> {
        let decode = match self {
            Self::Pcmu => g711::pcmu_decode,
            Self::Pcma => g711::pcma_decode,
        };
        bytes.iter().copied().map(decode).collect()
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Codec {
    type Err = UnknownCodec;

    /// Reads an encoding name, whose case does not matter (RFC 4855 §3).
    fn from_str(name: &str) -> Result<Self, UnknownCodec> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownCodec(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_payload_type_lead_back_to_the_codec() {
        for codec in Codec::ALL {
            assert_eq!(codec.to_string().to_lowercase().parse(), Ok(codec));
            assert_eq!(Codec::of_payload_type(codec.payload_type()), Some(codec));
        }
        assert_eq!(Codec::of_payload_type(9), None);
        assert_eq!("G722".parse::<Codec>(), Err(UnknownCodec("G722".into())));
    }

    #[test]
    fn silence_is_the_byte_of_rfc_3551() {
        assert_eq!((Codec::Pcmu.silence(), Codec::Pcma.silence()), (0xff, 0xd5));
    }
}
