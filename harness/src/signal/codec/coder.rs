//! The two ends of a codec, with what they remember.

use super::Codec;
use crate::signal::{g711, g722, g726};
use std::fmt;

/// An encoder with its memory.
#[derive(Clone)]
pub struct Encoder {
    codec: Codec,
    state: Encoding,
}

/// A decoder with its memory.
#[derive(Clone)]
pub struct Decoder {
    codec: Codec,
    state: Decoding,
}

#[derive(Clone)]
enum Encoding {
    Octets(fn(i16) -> u8),
    G722(Box<g722::Encoder>),
    G726(Box<g726::Encoder>, g726::Packing, u8),
    Words,
}

#[derive(Clone)]
enum Decoding {
    Octets(fn(u8) -> i16),
    G722(Box<g722::Decoder>),
    G726(Box<g726::Decoder>, g726::Packing, u8),
    Words,
}

impl Encoder {
    /// An encoder after reset.
    pub fn new(codec: Codec) -> Self {
        let state = match codec {
            Codec::Pcmu => Encoding::Octets(g711::pcmu_encode),
            Codec::Pcma => Encoding::Octets(g711::pcma_encode),
            Codec::G722 => Encoding::G722(Box::default()),
            Codec::G726(rate, packing) => {
                Encoding::G726(Box::new(g726::Encoder::new(rate)), packing, rate.bits())
            }
            Codec::L16(..) => Encoding::Words,
        };
        Self { codec, state }
    }

    /// The codec.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Encodes the next samples. G.722 takes them in pairs and G.726 by the octet: what makes up no
    /// whole one at the end is left out there, and filled up with zero bits here.
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        match &mut self.state {
            Encoding::Octets(encode) => samples.iter().copied().map(*encode).collect(),
            Encoding::G722(encoder) => encoder.encode(samples),
            Encoding::G726(encoder, packing, bits) => {
                packing.pack(samples.iter().map(|&sample| encoder.encode(sample)), *bits)
            }
            //= RFC 3551 §4.5.11
            Encoding::Words => samples.iter().copied().flat_map(i16::to_be_bytes).collect(),
        }
    }
}

impl Decoder {
    /// A decoder after reset.
    pub fn new(codec: Codec) -> Self {
        let state = match codec {
            Codec::Pcmu => Decoding::Octets(g711::pcmu_decode),
            Codec::Pcma => Decoding::Octets(g711::pcma_decode),
            Codec::G722 => Decoding::G722(Box::default()),
            Codec::G726(rate, packing) => {
                Decoding::G726(Box::new(g726::Decoder::new(rate)), packing, rate.bits())
            }
            Codec::L16(..) => Decoding::Words,
        };
        Self { codec, state }
    }

    /// The codec.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Decodes the next bytes; every byte string is valid in these codecs.
    pub fn decode(&mut self, bytes: &[u8]) -> Vec<i16> {
        match &mut self.state {
            Decoding::Octets(decode) => bytes.iter().copied().map(*decode).collect(),
            Decoding::G722(decoder) => decoder.decode(bytes),
            Decoding::G726(decoder, packing, bits) => {
                packing.unpack(bytes, *bits).map(|code| decoder.decode(code)).collect()
            }
            Decoding::Words => {
                bytes.as_chunks().0.iter().copied().map(i16::from_be_bytes).collect()
            }
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoder({})", self.codec)
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoder({})", self.codec)
    }
}
