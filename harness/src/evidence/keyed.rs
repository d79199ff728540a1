//! The keys of a role's media, as they are kept in the evidence.

use super::bytes;
use crate::wire::srtp::{Encryption, MasterKey, Suite};
use serde::{Deserialize, Serialize};

/// From now on, a role's media goes under these keys.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Keyed {
    /// The number of the role.
    pub role: u16,
    /// The keys; absent where media is in clear again.
    pub keys: Option<KeyPair>,
}

/// The master keys of both directions.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeyPair {
    /// The suite, by its name in RFC 4568.
    pub suite: String,
    /// Of what the role sends.
    pub sent: Key,
    /// Of what it receives.
    pub received: Key,
    /// Whether the payload of media is in clear: `UNENCRYPTED_SRTP`.
    #[serde(default)]
    pub clear_media: bool,
    /// Whether reports are: `UNENCRYPTED_SRTCP`.
    #[serde(default)]
    pub clear_reports: bool,
}

/// One master key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Key {
    /// Key and salt, one after the other.
    #[serde(with = "bytes")]
    pub material: Vec<u8>,
    /// The master key identifier of each packet; empty for none.
    #[serde(with = "bytes", default)]
    pub mki: Vec<u8>,
}

impl KeyPair {
    /// The record of two keys.
    pub fn new(
        sent: &MasterKey,
        received: &MasterKey,
        media: Encryption,
        reports: Encryption,
    ) -> Self {
        let key = |key: &MasterKey| Key { material: key.material(), mki: key.mki.clone() };
        Self {
            suite: sent.suite.name().to_owned(),
            sent: key(sent),
            received: key(received),
            clear_media: media == Encryption::Off,
            clear_reports: reports == Encryption::Off,
        }
    }

    /// The suite, if it is one that we speak.
    pub fn suite(&self) -> Option<Suite> {
        self.suite.parse().ok()
    }

    /// Whether media is encrypted.
    pub const fn media(&self) -> Encryption {
        if self.clear_media { Encryption::Off } else { Encryption::On }
    }

    /// One of the keys as SRTP takes it.
    pub fn master(&self, key: &Key) -> Option<MasterKey> {
        let master = MasterKey::read(self.suite()?, &key.material)?;
        Some(MasterKey { mki: key.mki.clone(), ..master })
    }
}
