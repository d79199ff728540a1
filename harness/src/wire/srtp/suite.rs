//! Crypto suites and the keys that they want.

use std::fmt;
use std::str::FromStr;

/// A crypto suite: cipher, authentication and the lengths of both.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`: the default (RFC 4568 §6.2.1).
    AesCm128Sha80,
    /// `AES_CM_128_HMAC_SHA1_32`: a tag of 32 bits on RTP, of 80 on RTCP (RFC 4568 §6.2.2).
    AesCm128Sha32,
    /// `AES_256_CM_HMAC_SHA1_80` (RFC 6188).
    AesCm256Sha80,
    /// `AES_256_CM_HMAC_SHA1_32` (RFC 6188).
    AesCm256Sha32,
    /// `AEAD_AES_128_GCM` (RFC 7714).
    Gcm128,
    /// `AEAD_AES_256_GCM` (RFC 7714).
    Gcm256,
}

impl Suite {
    /// Every suite that we speak.
    pub const ALL: [Self; 6] = [
        Self::AesCm128Sha80,
        Self::AesCm128Sha32,
        Self::AesCm256Sha80,
        Self::AesCm256Sha32,
        Self::Gcm128,
        Self::Gcm256,
    ];

    /// The name in an `a=crypto` line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm128Sha80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128Sha32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AesCm256Sha80 => "AES_256_CM_HMAC_SHA1_80",
            Self::AesCm256Sha32 => "AES_256_CM_HMAC_SHA1_32",
            Self::Gcm128 => "AEAD_AES_128_GCM",
            Self::Gcm256 => "AEAD_AES_256_GCM",
        }
    }

    /// The length of the master key, and of the session key, in bytes.
    pub const fn key_length(self) -> usize {
        match self {
            Self::AesCm128Sha80 | Self::AesCm128Sha32 | Self::Gcm128 => 16,
            Self::AesCm256Sha80 | Self::AesCm256Sha32 | Self::Gcm256 => 32,
        }
    }

    /// The length of the master salt, and of the session salt, in bytes.
    pub const fn salt_length(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    /// The length of the tag on RTP, in bytes.
    pub const fn tag_length(self) -> usize {
        match self {
            Self::AesCm128Sha80 | Self::AesCm256Sha80 => 10,
            Self::AesCm128Sha32 | Self::AesCm256Sha32 => 4,
            Self::Gcm128 | Self::Gcm256 => 16,
        }
    }

    /// The length of the tag on RTCP, in bytes: the short one is not for reports.
    //= RFC 4568 §6.2
    pub const fn report_tag_length(self) -> usize {
        if self.is_aead() { 16 } else { 10 }
    }

    /// Whether cipher and authentication are one.
    pub const fn is_aead(self) -> bool {
        matches!(self, Self::Gcm128 | Self::Gcm256)
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is of no suite that we speak.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownSuite;

impl FromStr for Suite {
    type Err = UnknownSuite;

    /// Values of the crypto attribute have no case (RFC 4568 §4).
    fn from_str(name: &str) -> Result<Self, UnknownSuite> {
        let mut known = Self::ALL.into_iter();
        known.find(|suite| suite.name().eq_ignore_ascii_case(name)).ok_or(UnknownSuite)
    }
}

/// Whether payloads are encrypted; they are authenticated in any case.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Encryption {
    /// Encrypted: the default.
    #[default]
    On,
    /// In clear, as `UNENCRYPTED_SRTP` and `UNENCRYPTED_SRTCP` ask for.
    Off,
}

/// What one end protects its packets with: everything else is derived from it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MasterKey {
    /// The suite that it is for.
    pub suite: Suite,
    /// The key; shorter or longer than the suite wants only where a test wants that.
    pub key: Vec<u8>,
    /// The salt.
    pub salt: Vec<u8>,
    /// The master key identifier that every packet bears; empty where none does.
    pub mki: Vec<u8>,
}

impl MasterKey {
    /// The key and salt that `material` holds, one after the other; `None` if it is of another length.
    pub fn read(suite: Suite, material: &[u8]) -> Option<Self> {
        let (key, salt) = material.split_at_checked(suite.key_length())?;
        (salt.len() == suite.salt_length()).then(|| Self {
            suite,
            key: key.to_vec(),
            salt: salt.to_vec(),
            mki: Vec::new(),
        })
    }

    /// A key drawn from `rng`.
    pub fn draw(suite: Suite, rng: &mut fastrand::Rng) -> Self {
        let mut draw = |length| std::iter::repeat_with(|| rng.u8(..)).take(length).collect();
        let (key, salt) = (draw(suite.key_length()), draw(suite.salt_length()));
        Self { suite, key, salt, mki: Vec::new() }
    }

    /// Key and salt, one after the other.
    pub fn material(&self) -> Vec<u8> {
        [self.key.as_slice(), self.salt.as_slice()].concat()
    }

    /// Another key of the same form: every bit of it is another.
    #[must_use]
    pub fn wrong(&self) -> Self {
        Self { key: self.key.iter().map(|byte| !byte).collect(), ..self.clone() }
    }
}
