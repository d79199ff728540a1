//! Keys of secure media in descriptions: RFC 4568, and when the device wants them.

use std::fmt::Write as _;

use crate::defects::{Defect, Defects};
use crate::srtp::{Master, Suite};

/// When media is secure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Policy {
    /// Never: what is offered secure is refused.
    Off,
    /// As the other side offers; the device's own offers are plain.
    Accept,
    /// Its own offers are plain too, but have keys in them (RFC 8643).
    BestEffort,
    /// Always, with keys in the description: what is offered plain is refused.
    Sdes,
}

/// How one call's media is to be secured.
#[derive(Clone, Debug)]
pub(crate) struct Security {
    pub(crate) policy: Policy,
    /// Preferred first.
    pub(crate) suites: Vec<Suite>,
    /// What the device's own keys come from: another for each call.
    pub(crate) seed: u64,
    /// Whether the description travels in clear though keys may not.
    pub(crate) overheard: bool,
    /// Whether the call has had a description before.
    pub(crate) again: bool,
    pub(crate) defects: Defects,
}

/// The keys of both directions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pair {
    pub(crate) ours: Master,
    pub(crate) theirs: Master,
}

/// What the device does with a stream that is offered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Choice {
    Refuse,
    Plain,
    /// Takes it with these keys, and says so in these lines.
    Secure(Box<Pair>, Vec<String>),
}

/// A line of a description, read.
#[derive(Debug)]
struct Line<'a> {
    tag: &'a str,
    master: Master,
    parameters: Vec<&'a str>,
}

impl Policy {
    const ALL: [Self; 4] = [Self::Off, Self::Accept, Self::BestEffort, Self::Sdes];

    /// The word on the console.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Accept => "accept",
            Self::BestEffort => "best-effort",
            Self::Sdes => "sdes",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

impl Default for Security {
    /// That of a device fresh from the factory.
    fn default() -> Self {
        Self {
            policy: Policy::Accept,
            suites: Suite::ALL.to_vec(),
            seed: 0,
            overheard: false,
            again: false,
            defects: Defects::default(),
        }
    }
}

impl Security {
    /// The profile of the device's own offers.
    pub(crate) fn profile(&self) -> &'static str {
        match self.policy {
            Policy::BestEffort if self.defects.has(Defect::SRTP_BEST_EFFORT_AS_SAVP) => "RTP/SAVP",
            Policy::Off | Policy::Accept | Policy::BestEffort => "RTP/AVP",
            Policy::Sdes => "RTP/SAVP",
        }
    }

    /// The lines of the device's own offers, without `a=`.
    //= RFC 4568 §5.1.1
    pub(crate) fn offer(&self) -> Vec<String> {
        let without = self.defects.has(Defect::SRTP_OFFER_WITHOUT_KEY);
        if !matches!(self.policy, Policy::BestEffort | Policy::Sdes) || without {
            return Vec::new();
        }
        let same = self.defects.has(Defect::SRTP_TAGS_REPEATED);
        let suites = self.suites.iter().zip(1..);
        suites.map(|(suite, tag)| line(if same { 1 } else { tag }, &self.key(*suite), "")).collect()
    }

    /// What to do with a stream of this profile and with these `a=crypto` values.
    //= RFC 4568 §5.1.2
    pub(crate) fn choose(&self, profile: &str, cryptos: &[String]) -> Choice {
        let secure = matches!(profile, "RTP/SAVP" | "RTP/SAVPF");
        let lax = self.defects.has(Defect::SRTP_PLAIN_CALL_ACCEPTED);
        let leaks = self.defects.has(Defect::SRTP_KEYS_IN_CLEAR);
        let deaf = !secure && self.defects.has(Defect::SRTP_BEST_EFFORT_ANSWERED_PLAIN);
        if !secure && cryptos.is_empty() || deaf || self.policy == Policy::Off {
            let refuse = secure || self.policy == Policy::Sdes && !lax;
            return if refuse { Choice::Refuse } else { Choice::Plain };
        }
        let without =
            if secure || self.policy == Policy::Sdes { Choice::Refuse } else { Choice::Plain };
        if self.overheard && !leaks {
            return without;
        }
        let mut lines: Vec<_> = cryptos.iter().filter_map(|text| self.read(text)).collect();
        if self.defects.has(Defect::SRTP_SUITE_OWN_ORDER) {
            lines.sort_by_key(|line| self.suites.iter().position(|own| *own == line.master.suite));
        }
        let Some(first) = lines.first() else {
            let careless = self.defects.has(Defect::SRTP_UNKNOWN_SUITE_ACCEPTED);
            return if careless { self.invent(cryptos) } else { without };
        };
        let Line { tag, master, parameters } = first;
        let mut ours = self.key(master.suite);
        ours.clear_media = master.clear_media;
        ours.clear_reports = master.clear_reports;
        if self.defects.has(Defect::SRTP_KEY_ECHOED) {
            ours.material.clone_from(&master.material);
        }
        let negotiated = ["UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP"];
        let mut said = String::new();
        for parameter in parameters.iter().filter(|it| negotiated.contains(it)) {
            let _ = write!(said, " {parameter}");
        }
        if self.defects.has(Defect::SRTP_PARAMETER_NOT_ANSWERED) {
            said.clear();
        }
        let number: u32 = tag.parse().unwrap_or_default();
        let wrong = u32::from(self.defects.has(Defect::SRTP_ANSWER_TAG_OTHER));
        let mut answer = vec![line(number + wrong, &ours, &said)];
        if self.defects.has(Defect::SRTP_ANSWER_TWO_LINES) {
            answer.push(line(number + 1, &self.key(Suite::Cm128Tag80), ""));
        }
        if self.defects.has(Defect::SRTP_ANSWER_SUITE_OTHER) {
            let other = Suite::ALL
                .into_iter()
                .find(|it| *it != master.suite && it.lengths() == master.suite.lengths());
            let renamed = other.map_or("NONE", Suite::name);
            answer = answer.iter().map(|it| it.replace(master.suite.name(), renamed)).collect();
        }
        if self.again && self.defects.has(Defect::SRTP_REINVITE_WITHOUT_KEY) {
            answer.clear();
        }
        let own = self.defects.has(Defect::SRTP_OPENED_WITH_OWN_KEY);
        let theirs = if own { ours.clone() } else { master.clone() };
        Choice::Secure(Box::new(Pair { ours, theirs }), answer)
    }

    /// What this answer to the device's offer comes to.
    //= RFC 4568 §5.1.3
    pub(crate) fn accepted(&self, profile: &str, cryptos: &[String]) -> Choice {
        let offered = matches!(self.policy, Policy::BestEffort | Policy::Sdes);
        let careless = self.defects.has(Defect::SRTP_ANSWER_UNCHECKED);
        match cryptos {
            _ if profile != self.profile() => Choice::Refuse,
            _ if !offered => Choice::Plain,
            _ if self.policy == Policy::BestEffort
                && self.defects.has(Defect::SRTP_BEST_EFFORT_IGNORED) =>
            {
                Choice::Plain
            }
            [] if self.policy == Policy::BestEffort
                && self.defects.has(Defect::SRTP_BEST_EFFORT_PLAIN_REFUSED) =>
            {
                Choice::Refuse
            }
            [] if self.policy == Policy::BestEffort || careless => Choice::Plain,
            [one] => self
                .agreed(one, careless)
                .map_or(Choice::Refuse, |pair| Choice::Secure(Box::new(pair), Vec::new())),
            _ => Choice::Refuse,
        }
    }

    /// The keys that a line of an answer agrees; none where it is none that was offered.
    fn agreed(&self, text: &str, careless: bool) -> Option<Pair> {
        let Line { tag, master, .. } = self.read(text)?;
        let place = tag.parse().ok().and_then(|tag: usize| tag.checked_sub(1));
        let offered = place.and_then(|place| self.suites.get(place));
        if offered != Some(&master.suite) && !careless {
            return None;
        }
        let mut ours = self.key(master.suite);
        ours.clear_media = master.clear_media;
        ours.clear_reports = master.clear_reports;
        Some(Pair { ours, theirs: master })
    }

    /// The device's own key for a suite.
    fn key(&self, suite: Suite) -> Master {
        let place = Suite::ALL.iter().position(|it| *it == suite).unwrap_or_default();
        let seed = if self.defects.has(Defect::SRTP_KEY_SAME_FOR_ALL) { 1 } else { self.seed };
        let place = u64::try_from(place).unwrap_or_default() + 1;
        let mut rng = fastrand::Rng::with_seed(seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (key, salt) = suite.lengths();
        let material = (0..key + salt).map(|_| rng.u8(..)).collect();
        Master { suite, material, mki: Vec::new(), clear_media: false, clear_reports: false }
    }

    /// A line that is valid, with a suite that the device is set to.
    fn read<'a>(&self, text: &'a str) -> Option<Line<'a>> {
        let mut words = text.split_ascii_whitespace();
        let (tag, suite, key) = (words.next()?, words.next()?, words.next()?);
        let parameters: Vec<_> = words.collect();
        let number: Option<u32> = tag.parse().ok();
        number.filter(|number| *number > 0 && *number < 1_000_000_000 && !tag.starts_with('0'))?;
        let suite = Suite::from_name(suite).filter(|suite| self.suites.contains(suite))?;
        // Several keys: the first is in use until another is seen, and the device keeps to it.
        let mut parts = key.split(';').next()?.strip_prefix("inline:")?.split('|');
        let mut material = decode(parts.next()?)?;
        let (key, salt) = suite.lengths();
        if self.defects.has(Defect::SRTP_KEY_LENGTH_UNCHECKED) {
            material.resize(key + salt, 0);
        }
        if material.len() != key + salt {
            return None;
        }
        let mut mki = Vec::new();
        for part in parts {
            match part.split_once(':') {
                Some((value, length)) => {
                    let length: usize = length.parse().ok().filter(|it| (1..=128).contains(it))?;
                    let value: u64 = value.parse().ok()?;
                    mki = vec![0; length];
                    let octets = value.to_be_bytes();
                    mki.iter_mut()
                        .rev()
                        .zip(octets.iter().rev())
                        .for_each(|(to, from)| *to = *from);
                }
                None => lifetime(part, &self.defects)?,
            }
        }
        let tolerant = self.defects.has(Defect::SRTP_PARAMETER_UNCHECKED);
        let known = |it: &&str| {
            matches!(it.as_bytes(), b"UNENCRYPTED_SRTP" | b"UNENCRYPTED_SRTCP")
                || it.starts_with('-')
                || it.starts_with("WSH=")
        };
        if !parameters.iter().all(|it| known(it) || tolerant) {
            return None;
        }
        let clear_media = parameters.contains(&"UNENCRYPTED_SRTP");
        let clear_reports = parameters.contains(&"UNENCRYPTED_SRTCP");
        let master = Master { suite, material, mki, clear_media, clear_reports };
        Some(Line { tag, master, parameters })
    }

    /// An answer to an offer that has nothing for the device.
    fn invent(&self, cryptos: &[String]) -> Choice {
        let key = self.key(Suite::Cm128Tag80);
        let tag = cryptos.first().and_then(|text| text.split(' ').next()?.parse().ok());
        let answer = line(tag.unwrap_or(1), &key, "");
        Choice::Secure(Box::new(Pair { ours: key.clone(), theirs: key }), vec![answer])
    }
}

/// A lifetime that is allowed: 1 to 2⁴⁸ packets.
//= RFC 4568 §6.1
fn lifetime(text: &str, defects: &Defects) -> Option<()> {
    if defects.has(Defect::SRTP_LIFETIME_UNCHECKED) {
        return Some(());
    }
    let packets: Option<u64> = match text.strip_prefix("2^") {
        Some(power) => power.parse().ok().and_then(|power: u32| 1_u64.checked_shl(power)),
        None => text.parse().ok(),
    };
    packets.filter(|packets| (1..=1 << 48).contains(packets)).map(|_| ())
}

fn line(tag: u32, key: &Master, parameters: &str) -> String {
    format!("crypto:{tag} {} inline:{}{parameters}", key.suite.name(), encode(&key.material))
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(octets: &[u8]) -> String {
    let mut text = String::new();
    for group in octets.chunks(3) {
        let mut bits = 0_u32;
        for at in 0..3 {
            bits = bits << 8 | u32::from(group.get(at).copied().unwrap_or_default());
        }
        for at in 0..4 {
            let letter = LETTERS.get(usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0));
            let used = at <= group.len();
            text.push(if used { char::from(letter.copied().unwrap_or(b'=')) } else { '=' });
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let (mut octets, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|it| *it == letter)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push(u8::try_from(bits >> count & 255).ok()?);
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn security(policy: Policy) -> Security {
        Security { policy, ..Security::default() }
    }

    const KEY: &str = "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";

    fn choose(policy: Policy, profile: &str, lines: &[&str]) -> Choice {
        let lines: Vec<_> = lines.iter().map(|line| line.replace("KEY", KEY)).collect();
        security(policy).choose(profile, &lines)
    }

    #[test]
    fn base64_there_and_back() {
        for length in 0..50_u8 {
            let octets: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
            assert_eq!(decode(&encode(&octets)), Some(octets));
        }
        assert_eq!(encode(b"ab"), "YWI=");
        assert_eq!(decode("a-b"), None);
    }

    #[test]
    fn the_first_line_that_is_valid_is_taken() {
        let lines = [
            "1 F8_128_HMAC_SHA1_80 KEY",
            "2 AES_CM_128_HMAC_SHA1_80 KEY COFFEE",
            "3 AES_256_CM_HMAC_SHA1_80 KEY",
            "4 AES_CM_128_HMAC_SHA1_32 KEY|2^20|1:4 UNENCRYPTED_SRTCP",
            "5 AES_CM_128_HMAC_SHA1_80 KEY",
        ];
        let Choice::Secure(pair, said) = choose(Policy::Accept, "RTP/SAVP", &lines) else {
            panic!("refused")
        };
        assert_eq!((pair.theirs.suite, pair.theirs.mki.len()), (Suite::Cm128Tag32, 4));
        assert!(said[0].starts_with("crypto:4 AES_CM_128_HMAC_SHA1_32 inline:"), "{said:?}");
        assert!(said[0].ends_with(" UNENCRYPTED_SRTCP"), "{said:?}");
    }

    #[test]
    fn the_policy_decides_what_is_refused() {
        let line = ["1 AES_CM_128_HMAC_SHA1_80 KEY"];
        assert_eq!(choose(Policy::Off, "RTP/SAVP", &line), Choice::Refuse);
        assert_eq!(choose(Policy::Off, "RTP/AVP", &line), Choice::Plain);
        assert_eq!(choose(Policy::Accept, "RTP/AVP", &[]), Choice::Plain);
        assert_eq!(choose(Policy::Accept, "RTP/SAVP", &[]), Choice::Refuse);
        assert_eq!(choose(Policy::Sdes, "RTP/AVP", &[]), Choice::Refuse);
        assert!(matches!(choose(Policy::Accept, "RTP/AVP", &line), Choice::Secure(..)));
    }

    #[test]
    fn an_answer_has_to_take_what_was_offered() {
        let security = security(Policy::Sdes);
        let offered = security.offer();
        let own = offered.first().unwrap().strip_prefix("crypto:").unwrap().to_owned();
        let accepted = |profile: &str, line: &str| security.accepted(profile, &[line.to_owned()]);
        assert!(matches!(accepted("RTP/SAVP", &own), Choice::Secure(..)));
        assert_eq!(accepted("RTP/AVP", &own), Choice::Refuse);
        assert_eq!(security.accepted("RTP/SAVP", &[]), Choice::Refuse);
        assert_eq!(accepted("RTP/SAVP", &own.replacen('1', "2", 1)), Choice::Refuse);
    }
}
