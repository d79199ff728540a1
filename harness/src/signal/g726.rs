//! G.726: adaptive differential PCM at 16, 24, 32 and 40 kbit/s.
//!
//! A sample at 8 kHz becomes a code of two to five bits. Between linear samples (Annex A of the
//! Recommendation) 14 bits count, at the top of a 16-bit sample; between companded ones the decoder
//! adjusts its output so that coding again and again adds no more noise. All arithmetic is that of
//! the Recommendation, bit by bit; names in capitals in comments are those of its blocks.

mod companded;
mod packing;
mod predictor;
mod quantiser;
mod scale;

pub use companded::Law;
pub use packing::Packing;

use super::arithmetic::{sample, wrap16};
use predictor::Predictor;
use quantiser::Quantiser;
use scale::Scale;

/// How many bits a second.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rate {
    /// 16 kbit/s: two bits a sample.
    Kbit16,
    /// 24 kbit/s: three bits a sample.
    Kbit24,
    /// 32 kbit/s: four bits a sample.
    Kbit32,
    /// 40 kbit/s: five bits a sample.
    Kbit40,
}

/// An encoder with its memory.
#[derive(Clone, Debug)]
pub struct Encoder(Loop);

/// A decoder with its memory.
#[derive(Clone, Debug)]
pub struct Decoder(Loop);

/// What both ends do alike with every code, so that they stay together.
#[derive(Clone, Debug)]
struct Loop {
    quantiser: &'static Quantiser,
    predictor: Predictor,
    scale: Scale,
}

impl Rate {
    /// Every rate.
    pub const ALL: [Self; 4] = [Self::Kbit16, Self::Kbit24, Self::Kbit32, Self::Kbit40];

    /// How many bits a sample has.
    pub const fn bits(self) -> u8 {
        match self {
            Self::Kbit16 => 2,
            Self::Kbit24 => 3,
            Self::Kbit32 => 4,
            Self::Kbit40 => 5,
        }
    }
}

impl Encoder {
    /// An encoder after reset.
    pub fn new(rate: Rate) -> Self {
        Self(Loop::new(rate))
    }

    /// The code of a linear sample.
    pub fn encode(&mut self, sample: i16) -> u8 {
        self.0.encode(i32::from(sample) >> 2)
    }

    /// The code of a companded sample.
    pub fn encode_companded(&mut self, sample: u8, law: Law) -> u8 {
        self.0.encode(law.expand(sample))
    }
}

impl Decoder {
    /// A decoder after reset.
    pub fn new(rate: Rate) -> Self {
        Self(Loop::new(rate))
    }

    /// The linear sample of a code; bits above those of the rate do not count.
    pub fn decode(&mut self, code: u8) -> i16 {
        // LIMO.
        sample(self.0.decode(code).reconstructed.clamp(-8_192, 8_191) << 2)
    }

    /// The companded sample of a code, adjusted for tandem coding.
    pub fn decode_companded(&mut self, code: u8, law: Law) -> u8 {
        let scale = self.0.scale.factor();
        let Decoded { reconstructed, estimate, code } = self.0.decode(code);
        let plain = law.compress(reconstructed);
        // SUBTA, LOG, SUBTB and SYNC: what would become of this sample in the next encoder?
        let again = self.0.quantiser.code(law.expand(plain) - estimate, scale);
        let rank = |code| self.0.quantiser.rank(code);
        law.adjusted(plain, rank(again).cmp(&rank(code)))
    }
}

/// What a decoder knows of a sample.
struct Decoded {
    /// The sample, 16 bits of which 14 are right.
    reconstructed: i32,
    /// What was expected before the code came.
    estimate: i32,
    code: u8,
}

impl Loop {
    fn new(rate: Rate) -> Self {
        let quantiser = Quantiser::of(rate);
        Self { quantiser, predictor: Predictor::default(), scale: Scale::default() }
    }

    fn encode(&mut self, input: i32) -> u8 {
        // SUBTA.
        let difference = wrap16(input - self.predictor.estimate());
        let code = self.quantiser.code(difference, self.scale.factor());
        self.decode(code);
        code
    }

    fn decode(&mut self, code: u8) -> Decoded {
        let code = self.quantiser.masked(code);
        let estimate = self.predictor.estimate();
        let difference = self.quantiser.difference(code, self.scale.factor());
        let transition = self.scale.is_transition(difference.magnitude, self.predictor.is_tone());
        let reconstructed = self.predictor.update(difference, self.quantiser.leak(), transition);
        self.scale.update(self.quantiser.step(code), transition, self.predictor.found_tone());
        Decoded { reconstructed, estimate, code }
    }
}

#[cfg(test)]
mod tests;
