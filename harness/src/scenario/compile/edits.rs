//! What a step changes about the message that it sends.

use super::Compiler;
use crate::proto::policy::SessionSpec;
use crate::scenario::bytes;
use crate::scenario::code::Code;
use crate::scenario::roles::{choose, codecs};
use crate::scenario::sink::did_you_mean;
use crate::scenario::tree::{Map, Node};
use crate::wire::edits::Edits;
use crate::wire::mutate::Mutation;

/// Keys of a message that we send, beside those of every step.
pub(in crate::scenario) const SEND_KEYS: &[&str] = &[
    "header",
    "add",
    "remove",
    "start-line",
    "request-uri",
    "sdp",
    "body",
    "raw",
    "raw-hex",
    "raw-file",
    "replace",
    "mutate",
    "dialog",
    "again",
    "reliable",
];
/// Keys of `sdp:`.
pub(in crate::scenario) const SDP_KEYS: &[&str] =
    &["codecs", "direction", "lines", "set", "remove"];
/// Values of `direction:` (RFC 8866 §6.7).
pub(in crate::scenario) const DIRECTIONS: &[&str] =
    &["sendrecv", "sendonly", "recvonly", "inactive"];

/// How a message departs from the usual one.
#[derive(Default)]
pub(super) struct Sent {
    /// The bytes of the whole message.
    pub(super) raw: Option<Vec<u8>>,
    pub(super) edits: Edits,
    pub(super) session: SessionSpec,
}

impl Compiler<'_> {
    /// Reads the keys that change a message.
    pub(super) fn edits(&mut self, keys: &Map) -> Sent {
        let mut sent = Sent { raw: self.raw(keys), ..Sent::default() };
        let edits = &mut sent.edits;
        edits.start_line = self.text(keys, "start-line");
        edits.request_uri = self.text(keys, "request-uri");
        edits.set = self.pairs(keys, "header");
        edits.add = self.pairs(keys, "add");
        edits.remove = keys
            .get("remove")
            .map(|node| node.texts("`remove`", &mut self.sink))
            .unwrap_or_default()
            .into_iter()
            .map(|name| name.text.clone())
            .collect();
        edits.body = self.body(keys);
        edits.mutations = self.mutations(keys);
        sent.session = self.session(keys, &mut sent.edits);
        sent
    }

    fn text(&mut self, keys: &Map, key: &str) -> Option<String> {
        let scalar = keys.get(key)?.scalar(&format!("`{key}`"), &mut self.sink)?;
        Some(scalar.text.clone())
    }

    fn pairs(&mut self, keys: &Map, key: &str) -> Vec<(String, String)> {
        let Some(node) = keys.get(key) else { return Vec::new() };
        let Some(map) = node.map(&format!("`{key}`"), &mut self.sink) else { return Vec::new() };
        let mut pairs = Vec::new();
        for (name, value) in &map.entries {
            let values = match value {
                Node::Scalar(scalar) if scalar.null => vec![String::new()],
                Node::Scalar(_) | Node::List(_) | Node::Map(_) => value
                    .texts(&format!("`{}`", name.text), &mut self.sink)
                    .into_iter()
                    .map(|value| value.text.clone())
                    .collect(),
            };
            if key == "header" && values.len() > 1 {
                let title = format!("`{}` is set to several values", name.text);
                self.sink
                    .add(Code::Conflict, &name.place, title, "expected one")
                    .help("`header` gives a field one value; `add` adds as many as you like");
            }
            pairs.extend(values.into_iter().map(|value| (name.text.clone(), value)));
        }
        pairs
    }

    fn body(&mut self, keys: &Map) -> Option<Vec<u8>> {
        let (key, node) = keys.entry("body")?;
        if let Some((sdp, _)) = keys.entry("sdp") {
            self.sink
                .add(Code::Conflict, &key.place, "`body` beside `sdp`", "both say what the body is")
                .related(&sdp.place, "the other one");
        }
        let scalar = node.scalar("`body`", &mut self.sink)?;
        bytes::from_text(scalar, &mut self.sink)
    }

    fn mutations(&mut self, keys: &Map) -> Vec<Mutation> {
        let Some(node) = keys.get("mutate") else { return Vec::new() };
        let mut mutations = Vec::new();
        for name in node.texts("`mutate`", &mut self.sink) {
            let found = Mutation::all().find(|mutation| mutation.name() == name.text);
            if found.is_none() && !name.open {
                let title = format!("unknown damage `{}`", name.text);
                let known = Mutation::all().map(Mutation::name);
                self.sink
                    .add(Code::UnknownWord, &name.place, title, "not a kind of damage")
                    .maybe_help(did_you_mean(&name.text, known));
            }
            mutations.extend(found);
        }
        mutations
    }

    fn session(&mut self, keys: &Map, edits: &mut Edits) -> SessionSpec {
        match keys.get("sdp") {
            None => SessionSpec::Usual,
            Some(Node::Map(map)) => self.session_changes(map, edits),
            Some(Node::Scalar(scalar)) if scalar.text == "none" => SessionSpec::Without,
            Some(Node::Scalar(scalar)) if scalar.text.contains('\n') => {
                SessionSpec::Text(bytes::with_crlf(&scalar.text))
            }
            Some(other) => {
                if !matches!(other, Node::Scalar(scalar) if scalar.open) {
                    let title = "`sdp` is neither `none`, nor a mapping, nor a description";
                    self.sink
                        .add(Code::Value, other.place(), title, "not a session description")
                        .help("such as `sdp: {direction: sendonly}`, or `sdp: |` and its lines");
                }
                SessionSpec::Usual
            }
        }
    }

    fn session_changes(&mut self, map: &Map, edits: &mut Edits) -> SessionSpec {
        map.only(SDP_KEYS, "`sdp`", &mut self.sink);
        let texts = |key: &str, this: &mut Self| -> Option<Vec<String>> {
            let scalars = map.get(key)?.texts(&format!("`{key}`"), &mut this.sink);
            Some(scalars.into_iter().map(|scalar| scalar.text.clone()).collect())
        };
        let direction = map
            .get("direction")
            .and_then(|node| node.scalar("`direction`", &mut self.sink))
            .and_then(|scalar| choose(scalar, "`direction`", DIRECTIONS, &mut self.sink))
            .map(str::to_owned);
        let codecs = map.get("codecs").map(|node| codecs::read(node, &mut self.sink));
        let lines = texts("lines", self).unwrap_or_default();
        edits.sdp =
            self.pairs(map, "set").into_iter().map(|(start, line)| (start, Some(line))).collect();
        let removed = texts("remove", self).unwrap_or_default();
        edits.sdp.extend(removed.into_iter().map(|start| (start, None)));
        if codecs.is_none() && direction.is_none() && lines.is_empty() {
            return SessionSpec::Usual;
        }
        SessionSpec::With { codecs, direction, lines }
    }
}
