//! `srtp:` of a role: how it secures media.

use super::word;
use crate::proto::offer_answer::{Keying, Rekey, Security};
use crate::scenario::code::Code;
use crate::scenario::sink::{Sink, did_you_mean};
use crate::scenario::tree::{Map, Node, Scalar};
use crate::wire::srtp::Suite;

/// The keys of `srtp:`.
pub(in crate::scenario) const KEYS: &[&str] =
    &["keys", "suites", "profile", "mki", "parameters", "rekey", "first-sequence"];
/// The words of `keys:`.
pub(in crate::scenario) const KEYINGS: &[&str] = &["none", "sdes", "best-effort"];
/// The words of `profile:`.
pub(in crate::scenario) const PROFILES: &[&str] = &["RTP/SAVP", "RTP/SAVPF"];
/// The words of `rekey:`.
pub(in crate::scenario) const REKEYS: &[&str] = &["never", "each-offer"];

/// Reads `srtp: sdes`, or a map of keys.
pub(super) fn read(node: &Node, sink: &mut Sink) -> Security {
    let mut security = Security { keying: Keying::Sdes, ..Security::default() };
    let Node::Map(map) = node else {
        let found = word(node, "`srtp`", KEYINGS, sink);
        security.keying = keying(found);
        return security;
    };
    map.only(KEYS, "`srtp`", sink);
    let found = map.get("keys").map_or(Some("sdes"), |it| word(it, "`keys`", KEYINGS, sink));
    security.keying = keying(found);
    if let Some(suites) = map.get("suites") {
        let texts = suites.texts("`suites`", sink);
        security.suites = texts.into_iter().filter_map(|text| suite(text, sink)).collect();
    }
    if let Some(profile) = map.get("profile").and_then(|it| word(it, "`profile`", PROFILES, sink)) {
        profile.clone_into(&mut security.profile);
    }
    if let Some(parameters) = map.get("parameters") {
        let texts = parameters.texts("`parameters`", sink);
        security.parameters = texts.iter().map(|text| text.text.clone()).collect();
    }
    if map.get("rekey").and_then(|it| word(it, "`rekey`", REKEYS, sink)) == Some("each-offer") {
        security.rekey = Rekey::EachOffer;
    }
    if let Some(number) = number(map, "mki", 1, u16::MAX, sink) {
        security.mki = number.to_be_bytes().to_vec();
    }
    security.first_sequence = number(map, "first-sequence", 0, u16::MAX, sink);
    security
}

fn keying(word: Option<&str>) -> Keying {
    match word {
        Some("none") => Keying::Never,
        Some("best-effort") => Keying::BestEffort,
        _ => Keying::Sdes,
    }
}

fn suite(text: &Scalar, sink: &mut Sink) -> Option<Suite> {
    let found = text.text.parse().ok();
    if found.is_none() && !text.open {
        let title = format!("`{}` is not a suite that we speak", text.text);
        let names = Suite::ALL.map(Suite::name);
        sink.add(Code::Value, &text.place, title, "not a suite")
            .maybe_help(did_you_mean(&text.text, names));
    }
    found
}

fn number(map: &Map, key: &str, from: u16, to: u16, sink: &mut Sink) -> Option<u16> {
    let scalar = map.get(key)?.scalar(&format!("`{key}`"), sink)?;
    let found = scalar.text.parse().ok().filter(|number| (from..=to).contains(number));
    if found.is_none() && !scalar.open {
        let title = format!("`{key}` cannot be `{}`", scalar.text);
        let label = format!("expected a number from {from} to {to}");
        sink.add(Code::Value, &scalar.place, title, label);
    }
    found
}
