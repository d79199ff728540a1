//! The `a=crypto` line: keys of SRTP in a session description (RFC 4568).

use crate::wire::srtp::{Encryption, MasterKey, Suite};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use std::fmt;

/// One `a=crypto` line, as far as it can be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Crypto {
    /// The tag as written.
    pub tag: String,
    /// The name of the suite as written.
    pub suite: String,
    /// The keys, in order.
    pub keys: Vec<InlineKey>,
    /// The session parameters as written.
    pub parameters: Vec<String>,
    /// What is wrong with it, in words; where something is, the line may not be accepted.
    pub flaws: Vec<String>,
}

/// One `inline:` key.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InlineKey {
    /// Key and salt, decoded.
    pub material: Vec<u8>,
    /// The lifetime as written.
    pub lifetime: Option<String>,
    /// The master key identifier as it stands in packets.
    pub mki: Vec<u8>,
}

impl InlineKey {
    /// Key and salt, coded.
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.material)
    }
}

/// A line that says all that is needed, under a suite that we speak.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offered {
    /// The tag.
    pub tag: String,
    /// The keys, in order; at least one.
    pub keys: Vec<MasterKey>,
    /// Whether media is encrypted.
    pub media: Encryption,
    /// Whether reports are.
    pub reports: Encryption,
}

impl Crypto {
    /// A line with one key of default lifetime.
    pub fn new(tag: &str, key: &MasterKey) -> Self {
        let inline = InlineKey { material: key.material(), lifetime: None, mki: key.mki.clone() };
        Self {
            tag: tag.to_owned(),
            suite: key.suite.name().to_owned(),
            keys: vec![inline],
            parameters: Vec::new(),
            flaws: Vec::new(),
        }
    }

    /// Reads what follows `a=crypto:`.
    //= RFC 4568 §9.1
    pub fn read(value: &str) -> Self {
        let mut words = value.split_ascii_whitespace();
        let mut next = || words.next().unwrap_or_default().to_owned();
        let (tag, suite, keys) = (next(), next(), next());
        let parameters: Vec<String> = words.map(str::to_owned).collect();
        let mut flaws = Vec::new();
        check_tag(&tag, &mut flaws);
        let known = suite.parse().ok();
        if suite.is_empty() || !suite.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            flaws.push(format!("`{suite}` is not the name of a suite"));
        }
        let keys: Vec<InlineKey> =
            keys.split(';').map(|key| read_key(key, known, &mut flaws)).collect();
        //= RFC 4568 §6.1
        if keys.len() > 1 && keys.iter().any(|key| key.mki.is_empty()) {
            flaws.push("of several keys each needs a master key identifier".to_owned());
        }
        let lengths = |key: &InlineKey| key.mki.len();
        if keys.windows(2).any(|pair| matches!(pair, [a, b] if lengths(a) != lengths(b))) {
            flaws.push("the master key identifiers are not of one length".to_owned());
        }
        for parameter in &parameters {
            check_parameter(parameter, &mut flaws);
        }
        Self { tag, suite, keys, parameters, flaws }
    }

    /// What it offers; `None` where it is not valid, or asks for what we do not speak.
    pub fn offered(&self) -> Option<Offered> {
        let suite: Suite = self.suite.parse().ok()?;
        let speaks = |parameter: &String| {
            let known = ["UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP"];
            known.iter().any(|it| parameter.eq_ignore_ascii_case(it))
                || parameter.starts_with('-')
                || starts(parameter, "WSH=")
        };
        if !self.flaws.is_empty() || !self.parameters.iter().all(speaks) {
            return None;
        }
        let keys = self.keys.iter().map(|key| {
            let master = MasterKey::read(suite, &key.material)?;
            Some(MasterKey { mki: key.mki.clone(), ..master })
        });
        Some(Offered {
            tag: self.tag.clone(),
            keys: keys.collect::<Option<_>>()?,
            media: self.encryption("UNENCRYPTED_SRTP"),
            reports: self.encryption("UNENCRYPTED_SRTCP"),
        })
    }

    fn encryption(&self, parameter: &str) -> Encryption {
        let off = self.parameters.iter().any(|it| it.eq_ignore_ascii_case(parameter));
        if off { Encryption::Off } else { Encryption::On }
    }
}

/// What follows `a=crypto:`.
impl fmt::Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.tag, self.suite)?;
        for (n, key) in self.keys.iter().enumerate() {
            let separator = if n == 0 { "" } else { ";" };
            write!(f, "{separator}inline:{}", key.to_base64())?;
            if let Some(lifetime) = &key.lifetime {
                write!(f, "|{lifetime}")?;
            }
            if !key.mki.is_empty() {
                let number = key.mki.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
                write!(f, "|{number}:{}", key.mki.len())?;
            }
        }
        self.parameters.iter().try_for_each(|parameter| write!(f, " {parameter}"))
    }
}

//= RFC 4568 §4.1
fn check_tag(tag: &str, flaws: &mut Vec<String>) {
    if !is_number(tag) || tag.len() > 9 {
        flaws.push(format!("the tag `{tag}` is not one to nine digits without leading zero"));
    }
}

fn read_key(text: &str, suite: Option<Suite>, flaws: &mut Vec<String>) -> InlineKey {
    let Some((method, info)) = text.split_once(':') else {
        flaws.push(format!("`{text}` is not a key method, a colon and a key"));
        return InlineKey::default();
    };
    if !method.eq_ignore_ascii_case("inline") {
        flaws.push(format!("`{method}` is not a key method: there is only `inline`"));
        return InlineKey::default();
    }
    let mut parts = info.split('|');
    let coded = parts.next().unwrap_or_default();
    let Ok(material) = BASE64.decode(coded.trim_end_matches('=')) else {
        flaws.push(format!("`{coded}` is not base64"));
        return InlineKey::default();
    };
    if let Some(suite) = suite {
        let wanted = suite.key_length() + suite.salt_length();
        if material.len() != wanted {
            let length = material.len();
            flaws.push(format!("key and salt are {length} bytes; {suite} wants {wanted}"));
        }
    }
    let mut key = InlineKey { material, ..InlineKey::default() };
    for part in parts {
        match part.split_once(':') {
            Some((number, length)) if key.mki.is_empty() => {
                key.mki = read_mki(number, length, flaws);
            }
            None if key.lifetime.is_none() && key.mki.is_empty() => {
                check_lifetime(part, flaws);
                key.lifetime = Some(part.to_owned());
            }
            _ => flaws.push(format!("`{part}` has no place in a key")),
        }
    }
    key
}

/// The identifier `number`, big-endian in `length` bytes.
//= RFC 4568 §6.1
fn read_mki(number: &str, length: &str, flaws: &mut Vec<String>) -> Vec<u8> {
    let wrong = || format!("`{number}:{length}` is not a master key identifier and its length");
    let size = length.parse().ok().filter(|size| (1..=128).contains(size) && is_number(length));
    let (Some(size), Ok(number), true) = (size, number.parse::<u128>(), is_number(number)) else {
        flaws.push(wrong());
        return Vec::new();
    };
    let size: usize = size;
    let bytes = number.to_be_bytes();
    let mut mki = vec![0; size];
    for (to, from) in mki.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    if bytes.iter().rev().skip(size).any(|byte| *byte != 0) {
        flaws.push(format!("the master key identifier {number} has no room in {size} byte(s)"));
    }
    mki
}

/// A lifetime is at most 2⁴⁸ packets.
//= RFC 4568 §6.1
fn check_lifetime(text: &str, flaws: &mut Vec<String>) {
    let packets = match text.strip_prefix("2^") {
        Some(power) if is_number(power) => power.parse().ok().filter(|power: &u64| *power <= 48),
        Some(_) => None,
        None if is_number(text) => text.parse().ok().filter(|packets: &u64| *packets <= 1 << 48),
        None => None,
    };
    if packets.is_none() {
        flaws.push(format!("`{text}` is not a lifetime of 1 to 2^48 packets"));
    }
}

//= RFC 4568 §6.3.7
fn check_parameter(text: &str, flaws: &mut Vec<String>) {
    let value = |name: &str| starts(text, name).then(|| text.get(name.len()..)).flatten();
    let range = |text: &str, from: u32, to: u32| {
        is_number(text) && text.parse().is_ok_and(|n: u32| (from..=to).contains(&n))
    };
    let known = ["UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP"];
    let fine = if let Some(rate) = value("KDR=") {
        range(rate, 1, 24)
    } else if let Some(window) = value("WSH=") {
        range(window, 64, u32::MAX)
    } else if let Some(order) = value("FEC_ORDER=") {
        order.eq_ignore_ascii_case("FEC_SRTP") || order.eq_ignore_ascii_case("SRTP_FEC")
    } else if let Some(key) = value("FEC_KEY=") {
        starts(key, "inline:")
    } else {
        text.starts_with('-') || known.iter().any(|it| text.eq_ignore_ascii_case(it))
    };
    if !fine {
        flaws.push(format!("the session parameter `{text}` is not known, and no dash excuses it"));
    }
}

fn starts(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
}

/// A decimal number above zero without leading zero.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() && !text.starts_with('0')
}

/// Base64 with or without padding, and whatever the unused bits of the last letter are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";

    fn flaws(value: &str) -> Vec<String> {
        Crypto::read(value).flaws
    }

    #[test]
    fn a_line_with_everything_is_read_and_written_again() {
        let text = format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}|2^20|1:4 UNENCRYPTED_SRTCP WSH=128");
        let crypto = Crypto::read(&text);
        assert_eq!(crypto.flaws, Vec::<String>::new());
        assert_eq!(crypto.to_string(), text);
        let offered = crypto.offered().unwrap();
        let [key] = offered.keys.as_slice() else { panic!("{offered:?}") };
        assert_eq!(key.mki, [0, 0, 0, 1]);
        assert_eq!((offered.media, offered.reports), (Encryption::On, Encryption::Off));
        assert_eq!((key.key.len(), key.salt.len()), (16, 14));
    }

    #[test]
    fn each_suite_wants_a_key_of_its_length() {
        for suite in Suite::ALL {
            let key = MasterKey::draw(suite, &mut fastrand::Rng::with_seed(1));
            let line = Crypto::new("7", &key);
            assert_eq!(
                Crypto::read(&line.to_string()).offered().unwrap().keys,
                std::slice::from_ref(&key)
            );
            let mut short = line;
            for key in &mut short.keys {
                key.material.truncate(20);
            }
            let read = Crypto::read(&short.to_string());
            assert_eq!(read.flaws.len(), 1, "{read:?}");
            assert_eq!(read.offered(), None);
        }
    }

    #[test]
    fn several_keys_need_identifiers_of_one_length() {
        let line = |first: &str, second: &str| {
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}{first};{KEY}{second}")
        };
        assert_eq!(flaws(&line("|1:4", "|2:4")), Vec::<String>::new());
        assert_eq!(flaws(&line("|1:4", "|2:1")).len(), 1);
        assert_eq!(flaws(&line("", "")).len(), 1);
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        let lines = [
            "",
            "1",
            "01 AES_CM_128_HMAC_SHA1_80 KEY",
            "1234567890 AES_CM_128_HMAC_SHA1_80 KEY",
            "1 AES-CM KEY",
            "1 AES_CM_128_HMAC_SHA1_80 uri:https://example.org",
            "1 AES_CM_128_HMAC_SHA1_80 inline:@@@",
            "1 AES_CM_128_HMAC_SHA1_80 KEY|2^49",
            "1 AES_CM_128_HMAC_SHA1_80 KEY|0",
            "1 AES_CM_128_HMAC_SHA1_80 KEY|1:129",
            "1 AES_CM_128_HMAC_SHA1_80 KEY|256:1",
            "1 AES_CM_128_HMAC_SHA1_80 KEY|1:4|2^20",
            "1 AES_CM_128_HMAC_SHA1_80 KEY KDR=25",
            "1 AES_CM_128_HMAC_SHA1_80 KEY WSH=63",
            "1 AES_CM_128_HMAC_SHA1_80 KEY COFFEE",
        ];
        for line in lines {
            assert_ne!(flaws(&line.replace("KEY", KEY)), Vec::<String>::new(), "{line}");
        }
        assert_eq!(flaws(&format!("1 AES_CM_128_HMAC_SHA1_80 {KEY} -COFFEE")).len(), 0);
        // Another suite is no flaw; we do not speak it.
        let other = Crypto::read(&format!("1 F8_128_HMAC_SHA1_80 {KEY}"));
        assert_eq!((other.flaws.len(), other.offered()), (0, None));
    }
}
