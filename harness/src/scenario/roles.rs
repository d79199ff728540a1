//! The roles of a case: our ends.

pub(super) mod codecs;
pub(super) mod proxy;
pub(super) mod redirect;
pub(super) mod register;
pub(super) mod rtcp;
pub(super) mod security;
mod server;
mod space;

use super::code::Code;
use super::program::{Role, RoleKind};
use super::sink::{Sink, did_you_mean, near};
use super::tree::{Map, Node, Scalar};
use crate::proto::auth::Algorithm;
use crate::proto::certificate::Certificate;
use crate::proto::offer_answer::Security;
use crate::proto::policy::{Answers, Withhold};
use crate::proto::registrar::{self, Grant};
use crate::proto::transport::Reach;

/// The name of the device in every line.
pub(super) const DUT: &str = "dut";
/// What an endpoint offers where the file does not say.
const CODECS: &[&str] = &["PCMU", "PCMA", "telephone-event"];
/// Names that cannot be roles, because `${…}` uses them.
const RESERVED: &[&str] = &[DUT, "matrix", "pixit", "rig", "event"];
/// The most roles of one case.
const MOST: usize = 16;

const WITHHOLD: &[(&str, Withhold)] = &[
    ("ack", Withhold::Ack),
    ("failure-ack", Withhold::FailureAck),
    ("trying", Withhold::Trying),
    ("responses", Withhold::Responses),
    ("retransmissions", Withhold::Retransmissions),
    ("rtcp", Withhold::Rtcp),
];
pub(super) const GRANTS: &[&str] = &["parameter", "none"];
pub(super) const KINDS: &[&str] = &["endpoint", "registrar", "redirect", "proxy"];
pub(super) const ENDPOINT_KEYS: &[&str] = &[
    "kind",
    "transport",
    "scheme",
    "certificate",
    "codecs",
    "withhold",
    "user",
    "register",
    "proxy",
    "srtp",
    "rtcp",
];
/// The words of `transport:`.
pub(super) const TRANSPORTS: &[&str] = &["udp", "tcp", "tls"];
/// The words of `scheme:`.
pub(super) const SCHEMES: &[&str] = &["sip", "sips"];
/// The keys of a registrar.
pub(super) const REGISTRAR_KEYS: &[&str] = &[
    "kind",
    "transport",
    "scheme",
    "certificate",
    "codecs",
    "withhold",
    "answers",
    "algorithms",
    "realm",
    "user",
    "password",
    "min-expires",
    "max-expires",
    "grant",
];

/// The words of `withhold:`.
pub(super) fn withhold_words() -> impl Iterator<Item = &'static str> {
    WITHHOLD.iter().map(|(word, _)| *word)
}

/// The word of a policy in scenario files.
pub(super) fn withhold_word(policy: Withhold) -> &'static str {
    WITHHOLD.iter().find(|(_, each)| *each == policy).map_or("", |(word, _)| word)
}

/// Reads `roles:`; without it, `alice`. `reach` is for those who do not say.
pub(super) fn read(node: Option<&Node>, reach: Reach, sink: &mut Sink) -> Vec<Role> {
    let Some(node) = node else { return vec![endpoint("alice", reach)] };
    let Some(map) = node.map("`roles`", sink) else { return vec![endpoint("alice", reach)] };
    if map.entries.is_empty() || map.entries.len() > MOST {
        let title = format!("`roles` has {} roles", map.entries.len());
        sink.add(Code::Range, &map.place, title, format!("expected 1 to {MOST}"));
    }
    let entries = map.entries.iter().take(MOST);
    let names: Vec<_> = map.entries.iter().map(|(name, _)| name.text.as_str()).collect();
    let mut roles: Vec<_> =
        entries.map(|(name, value)| role(name, value, &names, reach, sink)).collect();
    register::read(map, &mut roles, sink);
    roles
}

fn endpoint(name: &str, reach: Reach) -> Role {
    Role {
        name: name.to_owned(),
        user: name.to_owned(),
        kind: RoleKind::Endpoint,
        codecs: CODECS.iter().map(|codec| (*codec).to_owned()).collect(),
        withhold: Vec::new(),
        outbound: Vec::new(),
        reach,
        register: None,
        certificate: Certificate::default(),
        security: Security::default(),
        rtcp: Vec::new(),
    }
}

fn role(name: &Scalar, value: &Node, names: &[&str], reach: Reach, sink: &mut Sink) -> Role {
    let mut role = endpoint(&name.text, reach);
    let shaped = name.text.starts_with(|c: char| c.is_ascii_lowercase())
        && name.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if RESERVED.contains(&name.text.as_str()) || !shaped {
        let title = format!("`{}` cannot be the name of a role", name.text);
        let label = "expected small letters, digits and `-`, such as `alice`";
        sink.add(Code::Value, &name.place, title, label)
            .help(format!("reserved: {}", super::sink::ticked(RESERVED.iter().copied())));
    }
    if matches!(value, Node::Scalar(scalar) if scalar.null) {
        return role;
    }
    let Some(map) = value.map(&format!("the role `{}`", name.text), sink) else { return role };
    let kind = map.get("kind").and_then(|kind| word(kind, "`kind`", KINDS, sink));
    let (keys, what) = match kind {
        Some("registrar") => (REGISTRAR_KEYS, "a registrar"),
        Some("redirect") => (redirect::KEYS, "a redirect server"),
        Some("proxy") => (proxy::KEYS, "a proxy"),
        Some(_) | None => (ENDPOINT_KEYS, "an endpoint"),
    };
    map.only(keys, what, sink);
    if let Some(codecs) = map.get("codecs") {
        role.codecs = codecs::read(codecs, sink);
    }
    if let Some(policies) = map.get("withhold") {
        let texts = policies.texts("`withhold`", sink);
        role.withhold = texts.into_iter().filter_map(|text| withhold(text, sink)).collect();
    }
    if let Some(srtp) = map.get("srtp") {
        role.security = security::read(srtp, sink);
    }
    if let Some(rtcp) = map.get("rtcp") {
        role.rtcp = rtcp::read(rtcp, sink);
    }
    if let Some(node) = map.get("certificate") {
        let words: Vec<_> = Certificate::ALL.iter().map(|kind| kind.word()).collect();
        let word = word(node, "`certificate`", &words, sink).and_then(Certificate::of_word);
        role.certificate = word.unwrap_or_default();
    }
    let transport = map.get("transport").and_then(|it| word(it, "`transport`", TRANSPORTS, sink));
    let scheme = map.get("scheme").and_then(|scheme| word(scheme, "`scheme`", SCHEMES, sink));
    if scheme == Some("sips") && transport.is_some_and(|transport| transport != "tls") {
        let place = map.entry("scheme").map_or(&map.place, |(key, _)| &key.place);
        let title = "`sips` goes over TLS";
        sink.add(Code::Conflict, place, title, "with `transport: tls`, or without it");
    }
    role.reach = reach.with(transport, scheme);
    match kind {
        Some("registrar") => role.kind = registrar_kind(map, sink),
        Some("proxy") => role.kind = proxy::read(map, names, sink),
        Some(_) | None => {
            if let Some(user) = map.get("user").and_then(|user| user.scalar("`user`", sink)) {
                role.user.clone_from(&user.text);
            }
            if kind == Some("redirect") {
                role.kind = redirect::read(map, names, sink);
            }
            let outbound = map.get("proxy").map(|node| node.texts("`proxy`", sink));
            let outbound = outbound.unwrap_or_default().into_iter();
            role.outbound = outbound.map(|text| server::read(text, names, sink)).collect();
        }
    }
    role
}

fn withhold(text: &Scalar, sink: &mut Sink) -> Option<Withhold> {
    let lower = text.text.to_ascii_lowercase();
    let found = WITHHOLD.iter().find(|(word, _)| *word == lower).map(|(_, policy)| *policy);
    if found.is_none() && !text.open {
        let title = format!("a role cannot withhold `{}`", text.text);
        sink.add(Code::Value, &text.place, title, "not a policy")
            .maybe_help(did_you_mean(&lower, withhold_words()));
    }
    found
}

fn registrar_kind(map: &Map, sink: &mut Sink) -> RoleKind {
    let answers =
        map.get("answers").and_then(|node| word(node, "`answers`", &["itself", "scripted"], sink));
    let min_expires = seconds(map, "min-expires", 1, sink);
    let max_expires = seconds(map, "max-expires", 3_600, sink);
    if min_expires > max_expires {
        let place = map.entry("min-expires").map_or(&map.place, |(key, _)| &key.place);
        let title = format!("min-expires {min_expires} is above max-expires {max_expires}");
        sink.add(Code::Range, place, title, "the shortest expiry that is granted");
    }
    let answers = if answers == Some("scripted") { Answers::Scripted } else { Answers::Itself };
    let grant = map.get("grant").and_then(|node| word(node, "`grant`", GRANTS, sink));
    let grant = if grant == Some("none") { Grant::Silent } else { Grant::Parameter };
    let space = space::read(map, &[Algorithm::Md5], sink);
    RoleKind::Registrar {
        answers,
        config: registrar::Config { space, min_expires, max_expires, grant },
    }
}

/// Whole seconds: SIP counts expiry in them, so a bare number is allowed beside `60 s`.
fn seconds(map: &Map, key: &str, default: u32, sink: &mut Sink) -> u32 {
    let Some(scalar) = map.get(key).and_then(|node| node.scalar(&format!("`{key}`"), sink)) else {
        return default;
    };
    if let Ok(seconds) = scalar.text.parse() {
        return seconds;
    }
    let Some(span) = super::quantity::time(scalar, sink) else { return default };
    u32::try_from(span.as_secs()).unwrap_or(u32::MAX)
}

pub(super) fn word(
    node: &Node,
    what: &str,
    words: &[&'static str],
    sink: &mut Sink,
) -> Option<&'static str> {
    let scalar = node.scalar(what, sink)?;
    choose(scalar, what, words, sink)
}

/// One of a few words, or a diagnostic.
pub(super) fn choose(
    scalar: &Scalar,
    what: &str,
    words: &[&'static str],
    sink: &mut Sink,
) -> Option<&'static str> {
    let found = words.iter().find(|word| **word == scalar.text).copied();
    if found.is_none() && !scalar.open {
        let title = format!("{what} cannot be `{}`", scalar.text);
        let label = format!("expected {}", super::sink::ticked(words.iter().copied()));
        sink.add(Code::Value, &scalar.place, title, label)
            .maybe_help(near(&scalar.text, words.iter().copied()));
    }
    found
}
