//! Payload bytes in stored entries: as text where they are printable text, else as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Stored<'a> {
    Text(std::borrow::Cow<'a, str>),
    Base64(String),
}

pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let printable = |text: &&str| text.chars().all(|c| !c.is_control() || "\r\n\t".contains(c));
    match std::str::from_utf8(bytes).ok().filter(printable) {
        Some(text) => Stored::Text(text.into()),
        None => Stored::Base64(STANDARD.encode(bytes)),
    }
    .serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    match Stored::deserialize(deserializer)? {
        Stored::Text(text) => Ok(text.into_owned().into_bytes()),
        Stored::Base64(text) => STANDARD.decode(text).map_err(serde::de::Error::custom),
    }
}
