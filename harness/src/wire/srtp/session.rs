//! The session keys of one plane of one end, and what they do to a packet of a known index.

use super::derive::{Aes, Label, derive, left};
use super::suite::{Encryption, MasterKey, Suite};
use super::{ENCRYPTED, Plane};
use ring::aead::{self, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;

/// Session keys.
#[derive(Clone, Debug)]
pub(super) struct Session {
    cipher: Cipher,
    salt: Vec<u8>,
    tag: usize,
    encryption: Encryption,
}

#[derive(Clone, Debug)]
enum Cipher {
    Counter(Box<(Aes, hmac::Key)>),
    Aead(Box<LessSafeKey>),
}

/// Which packet of a source it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Index {
    pub(super) ssrc: u32,
    /// Rollover counter and sequence number of RTP, 48 bits; index of RTCP, 31 bits.
    pub(super) number: u64,
}

impl Session {
    /// The keys that `master` gives; `None` if its key has not the length of its suite.
    pub(super) fn derived(
        master: &MasterKey,
        plane: Plane,
        encryption: Encryption,
    ) -> Option<Self> {
        let suite = master.suite;
        let aes = Aes::new(&master.key)?;
        let key = |label, length| derive(&aes, &master.salt, label, plane, length);
        let authentication = key(Label::Authentication, AUTHENTICATION_KEY);
        let salt = key(Label::Salt, suite.salt_length());
        let key = key(Label::Encryption, suite.key_length());
        Self::new(suite, plane, encryption, &key, &authentication, salt)
    }

    /// With these session keys.
    pub(super) fn new(
        suite: Suite,
        plane: Plane,
        encryption: Encryption,
        key: &[u8],
        authentication: &[u8],
        salt: Vec<u8>,
    ) -> Option<Self> {
        let aead = |algorithm| {
            UnboundKey::new(algorithm, key)
                .ok()
                .map(|key| Cipher::Aead(Box::new(LessSafeKey::new(key))))
        };
        let cipher = match suite {
            Suite::Gcm128 => aead(&aead::AES_128_GCM)?,
            Suite::Gcm256 => aead(&aead::AES_256_GCM)?,
            Suite::AesCm128Sha80
            | Suite::AesCm128Sha32
            | Suite::AesCm256Sha80
            | Suite::AesCm256Sha32 => Cipher::Counter(Box::new((
                Aes::new(key)?,
                // The suites name SHA-1, whose weakness does not touch a MAC.
                hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, authentication),
            ))),
        };
        let tag = match plane {
            Plane::Rtp => suite.tag_length(),
            Plane::Rtcp => suite.report_tag_length(),
        };
        Some(Self { cipher, salt, tag, encryption })
    }

    /// Whether the tag is part of the cipher.
    pub(super) const fn is_aead(&self) -> bool {
        matches!(self.cipher, Cipher::Aead(_))
    }

    /// The length of the tag.
    pub(super) const fn tag_length(&self) -> usize {
        self.tag
    }

    /// An RTP packet, protected, between whose cipher and tag nothing stands yet.
    pub(super) fn seal_rtp(&self, header: &[u8], payload: &[u8], at: Index) -> Sealed {
        let mut body = payload.to_vec();
        let tag = match &self.cipher {
            Cipher::Counter(keys) => {
                let (aes, mac) = &**keys;
                self.add_key_stream(aes, at, &mut body);
                let counter = rollover(at);
                self.mac(mac, &[header, &body, &counter])
            }
            Cipher::Aead(key) => self.seal_aead(key, at, &[header], &mut body),
        };
        Sealed { body, tag }
    }

    /// An RTCP packet; its header is the first eight bytes, `word` the index with the E bit.
    pub(super) fn seal_rtcp(&self, header: &[u8], payload: &[u8], word: u32, at: Index) -> Sealed {
        let mut body = payload.to_vec();
        let word = word.to_be_bytes();
        let tag = match &self.cipher {
            Cipher::Counter(keys) => {
                let (aes, mac) = &**keys;
                self.add_key_stream(aes, at, &mut body);
                self.mac(mac, &[header, &body, &word])
            }
            Cipher::Aead(key) => self.seal_aead(key, at, &[header, &word], &mut body),
        };
        Sealed { body, tag }
    }

    /// What stood in the RTP packet; `None` where the tag is not that of these keys.
    pub(super) fn open_rtp(
        &self,
        header: &[u8],
        body: &[u8],
        tag: &[u8],
        at: Index,
    ) -> Option<Vec<u8>> {
        match &self.cipher {
            Cipher::Counter(keys) => {
                let (aes, mac) = &**keys;
                let counter = rollover(at);
                self.verify(mac, &[header, body, &counter], tag)?;
                let mut plain = body.to_vec();
                self.add_key_stream(aes, at, &mut plain);
                Some(plain)
            }
            Cipher::Aead(key) => self.open_aead(key, at, &[header], body, tag),
        }
    }

    /// What stood in the RTCP packet; `None` where the tag is not that of these keys.
    pub(super) fn open_rtcp(
        &self,
        header: &[u8],
        body: &[u8],
        tag: &[u8],
        word: u32,
        at: Index,
    ) -> Option<Vec<u8>> {
        let words = word.to_be_bytes();
        let encrypted = word & ENCRYPTED != 0;
        match &self.cipher {
            Cipher::Counter(keys) => {
                let (aes, mac) = &**keys;
                self.verify(mac, &[header, body, &words], tag)?;
                let mut plain = body.to_vec();
                if encrypted {
                    aes.add_key_stream(self.counter(at), &mut plain);
                }
                Some(plain)
            }
            Cipher::Aead(key) if encrypted => {
                aead(key, self.nonce(at), &[header, &words], body, tag)
            }
            Cipher::Aead(key) => {
                aead(key, self.nonce(at), &[header, body, &words], &[], tag)?;
                Some(body.to_vec())
            }
        }
    }

    fn add_key_stream(&self, aes: &Aes, at: Index, data: &mut [u8]) {
        if self.encryption == Encryption::On {
            aes.add_key_stream(self.counter(at), data);
        }
    }

    /// The first counter block of a packet.
    //= RFC 3711 §4.1.1
    fn counter(&self, at: Index) -> u128 {
        left(&self.salt, 14) ^ (u128::from(at.ssrc) << 64) ^ (u128::from(at.number) << 16)
    }

    fn mac(&self, key: &hmac::Key, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(key);
        for part in parts {
            context.update(part);
        }
        let tag = context.sign();
        tag.as_ref().iter().take(self.tag).copied().collect()
    }

    fn verify(&self, key: &hmac::Key, parts: &[&[u8]], tag: &[u8]) -> Option<()> {
        // Nobody measures how long we take: our end keeps no secret from the device.
        (self.mac(key, parts) == tag).then_some(())
    }

    /// Encrypts `body` in its place and returns the tag.
    fn seal_aead(
        &self,
        key: &LessSafeKey,
        at: Index,
        associated: &[&[u8]],
        body: &mut [u8],
    ) -> Vec<u8> {
        let nonce = self.nonce(at);
        let sealed = if self.encryption == Encryption::On {
            let associated = aead::Aad::from(associated.concat());
            key.seal_in_place_separate_tag(nonce, associated, body)
        } else {
            // What is not encrypted is authenticated in its place: before the index of a report.
            let (first, rest) = associated.split_at(associated.len().min(1));
            let associated = [&first.concat(), &*body, &rest.concat()].concat();
            key.seal_in_place_separate_tag(nonce, aead::Aad::from(associated), &mut [])
        };
        // It fails only for gigabytes.
        sealed.map(|tag| tag.as_ref().to_vec()).unwrap_or_default()
    }

    fn open_aead(
        &self,
        key: &LessSafeKey,
        at: Index,
        associated: &[&[u8]],
        body: &[u8],
        tag: &[u8],
    ) -> Option<Vec<u8>> {
        let nonce = self.nonce(at);
        if self.encryption == Encryption::On {
            return aead(key, nonce, associated, body, tag);
        }
        aead(key, nonce, &[&associated.concat(), body], &[], tag)?;
        Some(body.to_vec())
    }

    /// The initialization vector of a packet.
    //= RFC 7714 §8.1
    fn nonce(&self, at: Index) -> Nonce {
        let bytes = (left(&self.salt, 12) ^ at.block()).to_be_bytes();
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().zip(bytes) {
            *to = from;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}

/// A protected payload and its tag.
#[derive(Clone, Debug)]
pub(super) struct Sealed {
    pub(super) body: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl Index {
    /// Two bytes of zero, the source, and six bytes of index: the same for both planes.
    //= RFC 7714 §8.1
    //= RFC 7714 §9.1
    fn block(self) -> u128 {
        (u128::from(self.ssrc) << 80) ^ (u128::from(self.number) << 32)
    }
}

fn aead(
    key: &LessSafeKey,
    nonce: Nonce,
    associated: &[&[u8]],
    body: &[u8],
    tag: &[u8],
) -> Option<Vec<u8>> {
    let mut sealed = [body, tag].concat();
    let associated = aead::Aad::from(associated.concat());
    let plain = key.open_in_place(nonce, associated, &mut sealed).ok()?;
    Some(plain.to_vec())
}

/// The rollover counter of an RTP packet, as it is authenticated behind the packet.
fn rollover(at: Index) -> [u8; 4] {
    u32::try_from(at.number >> 16).unwrap_or(u32::MAX).to_be_bytes()
}

/// The length of the key of HMAC-SHA1, in bytes.
const AUTHENTICATION_KEY: usize = 20;
