//! How our end secures media, and the keys that two descriptions agree on (RFC 4568, RFC 8643).

use super::session::Answerer;
use crate::wire::sdp::crypto::Offered;
use crate::wire::sdp::{Attribute, Crypto, Media};
use crate::wire::srtp::{Encryption, MasterKey, Suite};

/// How our end secures media.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Security {
    /// Where the keys come from.
    pub keying: Keying,
    /// The suites that it offers, and accepts, best first.
    pub suites: Vec<Suite>,
    /// The profile of its offers where media is to be secure: `RTP/SAVP` or `RTP/SAVPF`.
    pub profile: String,
    /// The master key identifier of its packets; empty for none.
    pub mki: Vec<u8>,
    /// Session parameters of its lines, as written.
    pub parameters: Vec<String>,
    /// When it takes another key.
    pub rekey: Rekey,
    /// The sequence number of its first packet, where a test wants a certain one.
    pub first_sequence: Option<u16>,
}

/// Where keys come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keying {
    /// From nowhere: media is in clear, and what is offered secure is refused.
    Never,
    /// From the description: what is offered in clear is refused.
    Sdes,
    /// From the description where both ends know how, of a profile that is that of clear media.
    BestEffort,
}

/// When an end takes another key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rekey {
    /// Never in one dialog.
    Never,
    /// With each offer.
    EachOffer,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            keying: Keying::Never,
            suites: vec![Suite::AesCm128Sha80],
            profile: SECURE.to_owned(),
            mki: Vec::new(),
            parameters: Vec::new(),
            rekey: Rekey::Never,
            first_sequence: None,
        }
    }
}

impl Security {
    /// The profile of an offer.
    pub(super) fn protocol(&self) -> String {
        match self.keying {
            Keying::Sdes => self.profile.clone(),
            //= RFC 8643 §3.1
            Keying::Never | Keying::BestEffort => CLEAR.to_owned(),
        }
    }

    /// The `a=crypto` lines of an offer, under keys drawn from `seed`.
    //= RFC 4568 §5.1.1
    pub(super) fn offer(&self, seed: u64) -> Vec<Attribute> {
        if self.keying == Keying::Never {
            return Vec::new();
        }
        let lines = self.suites.iter().zip(1..);
        lines.map(|(suite, tag)| self.line(&format!("{tag}"), *suite, seed, None)).collect()
    }

    /// Whether a stream that is offered can be taken.
    pub(super) fn can_accept(&self, offered: &Media) -> bool {
        match offered.protocol.as_str() {
            CLEAR => self.keying != Keying::Sdes,
            SECURE | SECURE_FEEDBACK => self.choose(offered).is_some(),
            _ => false,
        }
    }

    /// The `a=crypto` line that answers an offer, under a key drawn from `seed`, if one does.
    //= RFC 4568 §5.1.2
    pub(super) fn answer(&self, offered: &Media, seed: u64) -> Option<Attribute> {
        let (suite, chosen) = self.choose(offered)?;
        Some(self.line(&chosen.tag, suite, seed, Some(&chosen)))
    }

    /// The first line of an offer that is valid and of a suite of ours.
    fn choose(&self, offered: &Media) -> Option<(Suite, Offered)> {
        if self.keying == Keying::Never {
            return None;
        }
        offered.cryptos().iter().filter_map(Crypto::offered).find_map(|line| {
            let suite = line.keys.first()?.suite;
            self.suites.contains(&suite).then_some((suite, line))
        })
    }

    fn line(&self, tag: &str, suite: Suite, seed: u64, offered: Option<&Offered>) -> Attribute {
        let place = Suite::ALL.iter().position(|each| *each == suite).unwrap_or_default();
        let place = u64::try_from(place).unwrap_or_default();
        let mut rng = fastrand::Rng::with_seed(seed.wrapping_add(place));
        let key = MasterKey { mki: self.mki.clone(), ..MasterKey::draw(suite, &mut rng) };
        let mut crypto = Crypto::new(tag, &key);
        match offered {
            None => crypto.parameters.clone_from(&self.parameters),
            //= RFC 4568 §5.1.2
            Some(offered) => {
                let mut also = |encryption, name: &str| {
                    if encryption == Encryption::Off {
                        crypto.parameters.push(name.to_owned());
                    }
                };
                also(offered.media, "UNENCRYPTED_SRTP");
                also(offered.reports, "UNENCRYPTED_SRTCP");
            }
        }
        Attribute { name: "crypto".to_owned(), value: Some(crypto.to_string()) }
    }
}

/// What both ends protect their packets with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Keys {
    /// Of what we send.
    pub ours: MasterKey,
    /// Of what we receive.
    pub theirs: MasterKey,
    /// Whether media is encrypted, both ways.
    pub media: Encryption,
    /// Whether reports are.
    pub reports: Encryption,
}

impl Keys {
    /// The keys that an offer and its answer agree on; `None` where media is in clear, or where no line
    /// of the answer is of one of the offer.
    //= RFC 4568 §5.1.3
    pub(super) fn agree(ours: &Media, theirs: &Media, answerer: Answerer) -> Option<Self> {
        let lines = |media: &Media| -> Vec<Offered> {
            media.cryptos().iter().filter_map(Crypto::offered).collect()
        };
        let (mine, yours) = (lines(ours), lines(theirs));
        let (offer, answer) = match answerer {
            Answerer::Us => (&yours, &mine),
            Answerer::Them => (&mine, &yours),
        };
        let suite = |line: &Offered| line.keys.first().map(|key| key.suite);
        let accepted = answer.first()?;
        let taken = offer.iter().find(|line| line.tag == accepted.tag);
        let taken = taken.filter(|line| suite(line) == suite(accepted));
        // Tolerant: a wrong tag is for checks to find; the suite tells which line was meant.
        let taken = taken.or_else(|| offer.iter().find(|line| suite(line) == suite(accepted)))?;
        let (our_line, their_line) = match answerer {
            Answerer::Us => (accepted, taken),
            Answerer::Them => (taken, accepted),
        };
        Some(Self {
            ours: our_line.keys.first()?.clone(),
            theirs: their_line.keys.first()?.clone(),
            media: accepted.media,
            reports: accepted.reports,
        })
    }
}

const CLEAR: &str = "RTP/AVP";
const SECURE: &str = "RTP/SAVP";
const SECURE_FEEDBACK: &str = "RTP/SAVPF";
