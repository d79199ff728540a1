//! AES in counter mode, and the session keys that it derives (RFC 3711 §4.1.1, §4.3).

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};

/// AES with a key of one of two lengths.
#[derive(Clone)]
pub(super) enum Aes {
    Of128(Box<Aes128>),
    Of256(Box<Aes256>),
}

impl Aes {
    /// `None` if the key has neither length.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Some(Self::Of128(Box::new(Aes128::new_from_slice(key).ok()?))),
            32 => Some(Self::Of256(Box::new(Aes256::new_from_slice(key).ok()?))),
            _ => None,
        }
    }

    /// Adds the key stream that begins at the counter block `start` to `data`.
    //= RFC 3711 §4.1.1
    pub(super) fn add_key_stream(&self, start: u128, data: &mut [u8]) {
        for (chunk, n) in data.chunks_mut(16).zip(0_u128..) {
            let mut block = Array::from(start.wrapping_add(n).to_be_bytes());
            match self {
                Self::Of128(aes) => aes.encrypt_block(&mut block),
                Self::Of256(aes) => aes.encrypt_block(&mut block),
            }
            for (byte, key) in chunk.iter_mut().zip(block) {
                *byte ^= key;
            }
        }
    }
}

impl std::fmt::Debug for Aes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aes")
    }
}

/// What a session key is for: the label of RFC 3711 §4.3.2.
#[derive(Clone, Copy, Debug)]
pub(super) enum Label {
    Encryption,
    Authentication,
    Salt,
}

/// `length` bytes derived from a master key for `label`; reports have labels of their own.
///
/// The key derivation rate is zero: there is one derivation.
//= RFC 3711 §4.3.1
pub(super) fn derive(
    master: &Aes,
    salt: &[u8],
    label: Label,
    plane: super::Plane,
    length: usize,
) -> Vec<u8> {
    let number = match label {
        Label::Encryption => 0,
        Label::Authentication => 1,
        Label::Salt => 2,
    };
    let label = number + if plane == super::Plane::Rtcp { 3 } else { 0 };
    let mut key = vec![0; length];
    master.add_key_stream(left(salt, 14) ^ (label << 64), &mut key);
    key
}

/// `bytes` at the left of a block, filled up with zeroes to `room` bytes and beyond.
///
/// A salt of 96 bits (RFC 7714 §12) is filled up on the right to the 112 of the derivation.
pub(super) fn left(bytes: &[u8], room: usize) -> u128 {
    let mut block = [0; 16];
    for (to, from) in block.iter_mut().take(room).zip(bytes) {
        *to = *from;
    }
    u128::from_be_bytes(block)
}
