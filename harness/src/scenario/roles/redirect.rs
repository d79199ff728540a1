//! `kind: redirect`.

use super::{choose, server};
use crate::scenario::code::Code;
use crate::scenario::program::{Contact, RoleKind};
use crate::scenario::sink::Sink;
use crate::scenario::tree::{Map, Scalar};

/// The keys of a redirect server.
pub(in crate::scenario) const KEYS: &[&str] =
    &["kind", "transport", "scheme", "user", "withhold", "status", "contacts"];
/// What it can answer (RFC 3261 §21.3).
pub(in crate::scenario) const STATUSES: &[&str] = &["301", "302", "305", "380"];

pub(super) fn read(map: &Map, names: &[&str], sink: &mut Sink) -> RoleKind {
    let status = map.get("status").and_then(|node| node.scalar("`status`", sink));
    let status = status.and_then(|status| choose(status, "`status`", STATUSES, sink));
    let status = status.and_then(|status| status.parse().ok()).unwrap_or(302);
    let contacts = map.get("contacts").map(|node| node.texts("`contacts`", sink));
    if contacts.as_ref().is_none_or(Vec::is_empty) && status != 380 {
        let title = "a redirect server needs `contacts`";
        sink.add(Code::MissingKey, &map.place, title, "missing here")
            .help("where it sends its callers: `contacts: [bob]`");
    }
    let contacts = contacts.unwrap_or_default();
    let contacts = contacts.into_iter().map(|scalar| contact(scalar, names, sink)).collect();
    RoleKind::Redirect { status, contacts }
}

/// `bob`, `bob;q=0.5`, `<sip:bob@192.0.2.1>;q=0.5`.
fn contact(scalar: &Scalar, names: &[&str], sink: &mut Sink) -> Contact {
    let text = scalar.text.trim();
    let (uri, params) = match text.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((uri, params)) => (uri, params),
        None => text.split_at(text.find(';').unwrap_or(text.len())),
    };
    Contact {
        server: server::read_part(uri, scalar, names, sink),
        params: params.trim().to_owned(),
    }
}
