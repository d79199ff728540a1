//! `kind: proxy`.

use super::{server, space, word};
use crate::proto::proxy::{Fork, RecordRoute};
use crate::scenario::code::Code;
use crate::scenario::program::{Proxy, RoleId, RoleKind, Server};
use crate::scenario::quantity;
use crate::scenario::sink::{Sink, did_you_mean};
use crate::scenario::tree::Map;
use std::collections::BTreeMap;
use std::time::Duration;

/// The keys of a proxy.
pub(in crate::scenario) const KEYS: &[&str] = &[
    "kind",
    "transport",
    "scheme",
    "withhold",
    "routes",
    "location",
    "domains",
    "fork",
    "record-route",
    "algorithms",
    "realm",
    "user",
    "password",
    "timer-c",
];
/// Words of `fork:`.
pub(in crate::scenario) const FORKS: &[&str] = &["parallel", "sequential"];
/// Words of `record-route:`.
pub(in crate::scenario) const RECORD_ROUTES: &[&str] = &["loose", "strict", "none"];
/// More than three minutes (RFC 3261 §16.6 item 11).
const TIMER_C: Duration = Duration::from_secs(181);

pub(super) fn read(map: &Map, names: &[&str], sink: &mut Sink) -> RoleKind {
    let mut choice = |key: &str, words: &[&'static str]| {
        map.get(key).and_then(|node| word(node, &format!("`{key}`"), words, sink))
    };
    let fork = match choice("fork", FORKS) {
        Some("sequential") => Fork::Sequential,
        Some(_) | None => Fork::Parallel,
    };
    let record_route = match choice("record-route", RECORD_ROUTES) {
        Some("strict") => RecordRoute::Strict,
        Some("none") => RecordRoute::Absent,
        Some(_) | None => RecordRoute::Loose,
    };
    let domains = map.get("domains").map(|node| node.texts("`domains`", sink));
    let domains = domains.unwrap_or_default().into_iter().map(|name| name.text.clone()).collect();
    let timer_c = map.get("timer-c").and_then(|node| node.scalar("`timer-c`", sink));
    let timer_c = timer_c.and_then(|scalar| quantity::time(scalar, sink)).unwrap_or(TIMER_C);
    RoleKind::Proxy(Box::new(Proxy {
        routes: routes(map, names, sink),
        location: location(map, names, sink),
        domains,
        fork,
        record_route,
        space: space::read(map, &[], sink),
        timer_c,
    }))
}

/// `routes: {bob: [alice, carol]}`.
fn routes(map: &Map, names: &[&str], sink: &mut Sink) -> BTreeMap<String, Vec<Server>> {
    let routes = map.get("routes").and_then(|node| node.map("`routes`", sink));
    let mut read = BTreeMap::new();
    for (user, targets) in routes.into_iter().flat_map(|routes| &routes.entries) {
        let targets = targets.texts(&format!("`{}`", user.text), sink);
        let targets = targets.into_iter().map(|target| server::read(target, names, sink));
        read.insert(user.text.clone(), targets.collect());
    }
    read
}

/// The role whose bindings it uses, itself included.
fn location(map: &Map, names: &[&str], sink: &mut Sink) -> Option<RoleId> {
    let scalar = map.get("location")?.scalar("`location`", sink)?;
    let found = names.iter().position(|name| *name == scalar.text);
    if found.is_none() && !scalar.open {
        let title = format!("unknown role `{}`", scalar.text);
        sink.add(Code::UnknownRole, &scalar.place, title, "not among `roles`")
            .maybe_help(did_you_mean(&scalar.text, names.iter().copied()));
    }
    found.and_then(|at| u16::try_from(at).ok()).map(RoleId)
}
