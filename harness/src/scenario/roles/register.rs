//! `register:` of a role: where and as whom it registers.

use super::seconds;
use crate::proto::transport::Hop;
use crate::scenario::code::Code;
use crate::scenario::program::{Register, Role, RoleId, RoleKind, Server};
use crate::scenario::sink::{Sink, did_you_mean};
use crate::scenario::tree::{Map, Node, Scalar};
use crate::wire::uri::Uri;

/// The keys of `register:`.
pub(in crate::scenario) const KEYS: &[&str] = &["at", "user", "password", "expires"];
/// What is asked for, in seconds, where the file does not say.
const EXPIRES: u32 = 3_600;

/// Reads `register:` of the roles, each of which is known by now.
pub(super) fn read(map: &Map, roles: &mut [Role], sink: &mut Sink) {
    for (name, value) in &map.entries {
        let Node::Map(keys) = value else { continue };
        let Some(node) = keys.get("register") else { continue };
        let register = one(&name.text, node, roles, sink);
        if let Some(role) = roles.iter_mut().find(|role| role.name == name.text) {
            role.register = Some(register);
        }
    }
}

fn one(name: &str, node: &Node, roles: &[Role], sink: &mut Sink) -> Register {
    let (at, keys) = match node {
        Node::Map(keys) => {
            keys.only(KEYS, "`register`", sink);
            let at = keys.get("at");
            if at.is_none() {
                sink.add(Code::MissingKey, &keys.place, "`register` needs `at`", "missing here")
                    .help("a registrar among the roles, or its address: `sip:HOST:PORT`");
            }
            (at.and_then(|at| at.scalar("`at`", sink)), Some(keys))
        }
        Node::Scalar(_) | Node::List(_) => (node.scalar("`register`", sink), None),
    };
    let server = at.map_or(Server::Uri(String::new()), |at| server(at, roles, sink));
    let (user, password) = match account(&server, roles) {
        Some((user, password)) => (user, password),
        None => (name.to_owned(), "secret".to_owned()),
    };
    let mut text = |key: &str, default: String| {
        let scalar = keys.and_then(|keys| keys.get(key));
        let scalar = scalar.and_then(|node| node.scalar(&format!("`{key}`"), sink));
        scalar.map_or(default, |scalar| scalar.text.clone())
    };
    let (user, password) = (text("user", user), text("password", password));
    let expires = keys.map_or(EXPIRES, |keys| seconds(keys, "expires", EXPIRES, sink));
    Register { at: server, user, password, expires }
}

/// A role that is a registrar, or a URI whose host is an address.
fn server(at: &Scalar, roles: &[Role], sink: &mut Sink) -> Server {
    if let Some(found) = roles.iter().position(|role| role.name == at.text) {
        let registrar = roles.get(found).is_some_and(|role| account_of(role).is_some());
        if !registrar {
            let title = format!("`{}` is no registrar", at.text);
            sink.add(Code::Conflict, &at.place, title, "cannot be registered with")
                .help("give it `kind: registrar`");
        }
        return Server::Role(RoleId(u16::try_from(found).unwrap_or(u16::MAX)));
    }
    let text = if at.text.contains("sip:") { at.text.clone() } else { format!("sip:{}", at.text) };
    let uri = Uri::read(&text);
    if !at.open && Hop::of(&uri).is_none() {
        let known = roles.iter().map(|role| role.name.as_str());
        let title = format!("`{}` is neither a role nor an address", at.text);
        let help = did_you_mean(&at.text, known);
        sink.add(Code::UnknownRole, &at.place, title, "expected a role or `sip:HOST:PORT`")
            .maybe_help(help);
    }
    Server::Uri(text)
}

fn account(server: &Server, roles: &[Role]) -> Option<(String, String)> {
    match server {
        Server::Role(role) => roles.get(usize::from(role.0)).and_then(account_of),
        Server::Uri(_) => None,
    }
}

/// The account of a role that is a registrar.
fn account_of(role: &Role) -> Option<(String, String)> {
    match &role.kind {
        RoleKind::Registrar { user, password, .. } => Some((user.clone(), password.clone())),
        RoleKind::Endpoint => None,
    }
}
