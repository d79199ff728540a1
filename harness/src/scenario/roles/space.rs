//! The protection space of a registrar or proxy: `algorithms`, `realm`, `user`, `password`.

use super::choose;
use crate::proto::auth::{Account, Algorithm, Space};
use crate::scenario::sink::Sink;
use crate::scenario::tree::{Map, Node};

/// Reads the keys; `algorithms` is what is offered where the file does not say.
pub(super) fn read(map: &Map, algorithms: &[Algorithm], sink: &mut Sink) -> Space {
    let mut text = |key: &str, default: &str| {
        let scalar = map.get(key).and_then(|node| node.scalar(&format!("`{key}`"), sink));
        scalar.map_or(default.to_owned(), |scalar| scalar.text.clone())
    };
    let realm = text("realm", "ringtrue");
    let account = Account { user: text("user", "intercom"), password: text("password", "secret") };
    let algorithms = map.get("algorithms").map_or(algorithms.to_vec(), |node| named(node, sink));
    Space { realm, algorithms, account }
}

fn named(node: &Node, sink: &mut Sink) -> Vec<Algorithm> {
    let words = Algorithm::ALL.map(Algorithm::name);
    let mut named = Vec::new();
    for scalar in node.texts("`algorithms`", sink) {
        let word = choose(scalar, "`algorithms`", &words, sink);
        named.extend(Algorithm::ALL.into_iter().find(|one| Some(one.name()) == word));
    }
    named
}
