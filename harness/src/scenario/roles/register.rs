//! `register:` of a role: where and as whom it registers.

use super::{seconds, server};
use crate::proto::auth::Account;
use crate::scenario::code::Code;
use crate::scenario::program::{Register, Role, Server};
use crate::scenario::sink::Sink;
use crate::scenario::tree::{Map, Node, Scalar};

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
    let server = at.map_or(Server::Uri(String::new()), |at| registrar(at, roles, sink));
    let Account { user, password } = match account(&server, roles) {
        Some(account) => account.clone(),
        None => Account { user: name.to_owned(), password: "secret".to_owned() },
    };
    let mut text = |key: &str, default: String| {
        let scalar = keys.and_then(|keys| keys.get(key));
        let scalar = scalar.and_then(|node| node.scalar(&format!("`{key}`"), sink));
        scalar.map_or(default, |scalar| scalar.text.clone())
    };
    let account = Account { user: text("user", user), password: text("password", password) };
    let expires = keys.map_or(EXPIRES, |keys| seconds(keys, "expires", EXPIRES, sink));
    Register { at: server, account, expires }
}

/// A role that is a registrar, or a URI whose host is an address.
fn registrar(at: &Scalar, roles: &[Role], sink: &mut Sink) -> Server {
    let names: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    let server = server::read(at, &names, sink);
    if matches!(server, Server::Role(_)) && account(&server, roles).is_none() {
        let title = format!("`{}` is no registrar", at.text);
        sink.add(Code::Conflict, &at.place, title, "cannot be registered with")
            .help("give it `kind: registrar`");
    }
    server
}

/// The account that a role asks for, if it is a registrar.
fn account<'a>(server: &Server, roles: &'a [Role]) -> Option<&'a Account> {
    match server {
        Server::Role(role) => {
            let role = roles.get(usize::from(role.0))?;
            role.kind.space().map(|space| &space.account)
        }
        Server::Uri(_) => None,
    }
}
