//! The two directions of a codec, each with what it remembers.

use super::g722::{G722Decoder, G722Encoder};
use super::g726::G726;
use super::{Codec, Frame, g711};

/// One direction out.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    codec: Codec,
    g722: G722Encoder,
    g726: G726,
}

/// One direction in.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    codec: Codec,
    g722: G722Decoder,
    g726: G726,
}

impl Encoder {
    pub(crate) fn new(codec: Codec) -> Self {
        Self { codec, g722: G722Encoder::default(), g726: G726::new(bits(codec)) }
    }

    /// The payload of a packet.
    pub(crate) fn encode(&mut self, frames: &[Frame]) -> Vec<u8> {
        let mono = frames.iter().map(|[left, _]| *left);
        match self.codec {
            Codec::Pcmu => mono.map(g711::encode_ulaw).collect(),
            Codec::Pcma => mono.map(g711::encode_alaw).collect(),
            Codec::G722 => self.g722.encode(&mono.collect::<Vec<_>>()),
            Codec::G726(bits) => pack_low(mono.map(|sample| self.g726.encode(sample)), bits),
            Codec::Aal2G726(bits) => pack_high(mono.map(|sample| self.g726.encode(sample)), bits),
            Codec::L16(_, 2) => frames.iter().flatten().flat_map(|s| s.to_be_bytes()).collect(),
            Codec::L16(..) => mono.flat_map(i16::to_be_bytes).collect(),
        }
    }
}

impl Decoder {
    pub(crate) fn new(codec: Codec) -> Self {
        Self { codec, g722: G722Decoder::default(), g726: G726::new(bits(codec)) }
    }

    /// What a payload sounds like.
    pub(crate) fn decode(&mut self, payload: &[u8]) -> Vec<Frame> {
        let both = |sample| [sample, sample];
        let octets = payload.iter().copied();
        match self.codec {
            Codec::Pcmu => octets.map(g711::decode_ulaw).map(both).collect(),
            Codec::Pcma => octets.map(g711::decode_alaw).map(both).collect(),
            Codec::G722 => self.g722.decode(payload).into_iter().map(both).collect(),
            Codec::G726(bits) => {
                unpack_low(payload, bits).map(|code| both(self.g726.decode(code))).collect()
            }
            Codec::Aal2G726(bits) => {
                unpack_high(payload, bits).map(|code| both(self.g726.decode(code))).collect()
            }
            Codec::L16(_, 2) => {
                let word = |a, b| i16::from_be_bytes([a, b]);
                payload.as_chunks().0.iter().map(|&[a, b, c, d]| [word(a, b), word(c, d)]).collect()
            }
            Codec::L16(..) => {
                payload.as_chunks().0.iter().map(|&word| both(i16::from_be_bytes(word))).collect()
            }
        }
    }
}

const fn bits(codec: Codec) -> u8 {
    match codec {
        Codec::G726(bits) | Codec::Aal2G726(bits) => bits,
        Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::L16(..) => 4,
    }
}

/// Codes as one long number, the first at the bottom.
//= RFC 3551 §4.5.4
fn pack_low(codes: impl Iterator<Item = u8>, bits: u8) -> Vec<u8> {
    let flat: Vec<bool> =
        codes.flat_map(|code| (0..bits).map(move |bit| code >> bit & 1 == 1)).collect();
    let octet = |bits: &[bool]| bits.iter().rev().fold(0, |octet, &bit| octet << 1 | u8::from(bit));
    flat.chunks(8).map(octet).collect()
}

/// Codes as a stream of bits, the first bit at the top.
fn pack_high(codes: impl Iterator<Item = u8>, bits: u8) -> Vec<u8> {
    let flat: Vec<bool> =
        codes.flat_map(|code| (0..bits).rev().map(move |bit| code >> bit & 1 == 1)).collect();
    let octet = |bits: &[bool]| bits.iter().fold(0, |octet, &bit| octet << 1 | u8::from(bit));
    flat.chunks(8).map(octet).collect()
}

fn unpack_low(octets: &[u8], bits: u8) -> impl Iterator<Item = u8> {
    let flat: Vec<bool> =
        octets.iter().flat_map(|octet| (0..8).map(move |bit| octet >> bit & 1 == 1)).collect();
    let code = |bits: &[bool]| bits.iter().rev().fold(0, |code, &bit| code << 1 | u8::from(bit));
    flat.chunks_exact(bits.into()).map(code).collect::<Vec<_>>().into_iter()
}

fn unpack_high(octets: &[u8], bits: u8) -> impl Iterator<Item = u8> {
    let flat: Vec<bool> = octets
        .iter()
        .flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1))
        .collect();
    let code = |bits: &[bool]| bits.iter().fold(0, |code, &bit| code << 1 | u8::from(bit));
    flat.chunks_exact(bits.into()).map(code).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_tone_survives_every_codec() {
        for codec in Codec::ALL {
            let rate = f64::from(codec.rate());
            let tone = |n: i32| {
                let value = super::super::microphone::round(
                    9000.0 * (TAU * 440.0 * f64::from(n) / rate).sin(),
                );
                [value, value]
            };
            let frames: Vec<Frame> = (0..8_000).map(tone).collect();
            let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
            let heard: Vec<Frame> =
                frames.chunks(800).flat_map(|part| decoder.decode(&encoder.encode(part))).collect();
            assert_eq!(heard.len(), frames.len(), "{codec:?}");
            // The filters of G.722 take 22 samples.
            let late = if codec == Codec::G722 { 22 } else { 0 };
            let (mut signal, mut noise) = (0.0, 0.0);
            for (sent, heard) in frames.iter().zip(&heard[late..]).skip(800) {
                signal += f64::from(sent[0]).powi(2);
                noise += (f64::from(sent[1]) - f64::from(heard[1])).powi(2);
            }
            let decibel = 10.0 * (signal / noise).log10();
            let least = if codec.name().ends_with("-16") { 8.0 } else { 15.0 };
            assert!(decibel > least, "{codec:?}: {decibel}");
        }
    }

    #[test]
    fn the_first_code_is_at_the_bottom_or_at_the_top() {
        assert_eq!(pack_low([1, 2, 3, 4].into_iter(), 4), [0x21, 0x43]);
        assert_eq!(pack_high([1, 2, 3, 4].into_iter(), 4), [0x12, 0x34]);
        assert!(unpack_low(&[0x21, 0x43], 4).eq([1, 2, 3, 4]));
        assert!(unpack_high(&[0x12, 0x34], 4).eq([1, 2, 3, 4]));
    }
}
