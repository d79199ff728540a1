//! G.722: 7 kHz audio in 64 kbit/s, two bands of adaptive differential PCM.
//!
//! A frame of two samples at 16 kHz is one octet: six bits of the lower band below two of the
//! higher. The Recommendation lets a network take the lowest one or two bits of an octet away:
//! in [`Mode::Two`] and [`Mode::Three`] the decoder does not look at them. All arithmetic is that
//! of the Recommendation, bit by bit; names in capitals in comments are those of its blocks.

mod band;
mod predictor;
mod qmf;

use super::arithmetic::{clip16, low_octet, sample};
use band::{Higher, Lower};
use qmf::{Joiner, Splitter};

/// How many bits of the lower band are speech: which of the three variants a decoder works in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Mode {
    /// 64 kbit/s: all six bits.
    #[default]
    One,
    /// 56 kbit/s: the lowest bit is data.
    Two,
    /// 48 kbit/s: the two lowest bits are data.
    Three,
}

/// An encoder with its memory.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    splitter: Splitter,
    lower: Lower,
    higher: Higher,
}

/// A decoder with its memory.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    mode: Mode,
    joiner: Joiner,
    lower: Lower,
    higher: Higher,
}

impl Encoder {
    /// An encoder after reset.
    pub fn new() -> Self {
        Self::default()
    }

    /// Encodes pairs of samples at 16 kHz; a sample without its pair is left out.
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let bands = self.splitter.split(samples.as_chunks().0);
        let code = |(lower, higher)| code(&mut self.lower, &mut self.higher, lower, higher);
        bands.map(code).collect()
    }

    /// Encodes one sample of each band, as the filter bank yields them: 15 bits each.
    pub fn encode_bands(&mut self, lower: i16, higher: i16) -> u8 {
        code(&mut self.lower, &mut self.higher, lower.into(), higher.into())
    }
}

impl Decoder {
    /// A decoder after reset, in mode 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder after reset.
    pub fn in_mode(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// Decodes octets to two samples each.
    pub fn decode(&mut self, octets: &[u8]) -> Vec<i16> {
        let bands: Vec<_> = octets.iter().map(|&octet| self.bands(octet)).collect();
        self.joiner.join(&bands).collect()
    }

    /// Decodes an octet to one sample of each band, before the filter bank: 15 bits each.
    pub fn decode_bands(&mut self, octet: u8) -> (i16, i16) {
        let (lower, higher) = self.bands(octet);
        (sample(lower), sample(higher))
    }

    fn bands(&mut self, octet: u8) -> (i32, i32) {
        let octet = i32::from(octet);
        let lower = self.lower.decode(octet & 0x3f, self.mode);
        (limit(lower), limit(self.higher.decode(octet >> 6)))
    }
}

fn code(low: &mut Lower, high: &mut Higher, lower: i32, higher: i32) -> u8 {
    let low = low.encode(lower);
    low_octet(high.encode(higher) << 6 | low)
}

/// LIMIT: fifteen bits.
const fn limit(value: i32) -> i32 {
    let value = clip16(value);
    if value > 16_383 {
        16_383
    } else if value < -16_384 {
        -16_384
    } else {
        value
    }
}

#[cfg(test)]
mod tests;
