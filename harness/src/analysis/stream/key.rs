//! Finding a stream by its addresses, for every packet of a capture.

use std::hash::{BuildHasher, Hasher};

/// Makes [`Mixer`]s: a multiplication for each word, as the default hash would take half the time of
/// the analysis. Who crafts a capture so that its streams collide makes it slow, and no more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hashed;

/// The hash of the words so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixer(u64);

impl BuildHasher for Hashed {
    type Hasher = Mixer;

    fn build_hasher(&self) -> Mixer {
        Mixer(SEED)
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(SEED);
        let [low, high] = [product & u128::from(u64::MAX), product >> 64];
        self.0 = u64::try_from(low ^ high).unwrap_or_default();
    }

    fn write_u128(&mut self, word: u128) {
        let [low, high] = [word & u128::from(u64::MAX), word >> 64];
        self.write_u64(u64::try_from(low).unwrap_or_default());
        self.write_u64(u64::try_from(high).unwrap_or_default());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// An odd number without a pattern: 2⁶⁴ over the golden ratio.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
