//! A message that is given whole: `raw`, `raw-hex`, and `raw-file` with `replace`.

use super::Compiler;
use crate::scenario::bytes;
use crate::scenario::code::Code;
use crate::scenario::sink::ticked;
use crate::scenario::tree::{Map, Node};

/// The keys that give the bytes of a whole message; a step has one of them at most.
pub(super) const WHOLE: &[&str] = &["raw", "raw-hex", "raw-file"];
/// Keys that say nothing beside the bytes of the whole message.
const NOT_WITH_RAW: &[&str] = &[
    "header",
    "add",
    "remove",
    "start-line",
    "request-uri",
    "sdp",
    "body",
    "mutate",
    "dialog",
    "again",
];

impl Compiler<'_> {
    /// The bytes of a message that is given whole.
    pub(super) fn raw(&mut self, keys: &Map) -> Option<Vec<u8>> {
        let mut given = WHOLE.iter().filter_map(|key| keys.entry(key));
        let Some((first, node)) = given.next() else {
            if let Some((key, _)) = keys.entry("replace") {
                let label = "only in a message from a file";
                self.sink.add(Code::Conflict, &key.place, "`replace` without `raw-file`", label);
            }
            return None;
        };
        for (other, _) in given {
            let title = format!("`{}` beside `{}`", other.text, first.text);
            self.sink.add(Code::Conflict, &other.place, title, "expected one of them");
        }
        for (key, _) in NOT_WITH_RAW.iter().filter_map(|key| keys.entry(key)) {
            let title = format!("`{}` beside `{}`", key.text, first.text);
            self.sink
                .add(Code::Conflict, &key.place, title, "has no effect")
                .related(&first.place, "the whole message is given here");
        }
        let scalar = node.scalar(&format!("`{}`", first.text), &mut self.sink)?;
        match first.text.as_str() {
            "raw" => bytes::from_text(scalar, &mut self.sink),
            "raw-hex" => bytes::from_hex(scalar, &mut self.sink),
            _ => {
                let Some(stored) = (self.context.messages)(&scalar.text) else {
                    let title = format!("cannot find the message `{}`", scalar.text);
                    self.sink
                        .add(Code::Include, &scalar.place, title, "to be sent here")
                        .help("the path is taken from `fixtures/torture`: `rfc4475/wsinv.dat`");
                    return None;
                };
                Some(self.replaced(stored, keys))
            }
        }
    }

    /// The message with the texts of `replace` put in.
    fn replaced(&mut self, mut message: Vec<u8>, keys: &Map) -> Vec<u8> {
        let Some(node) = keys.get("replace") else { return message };
        let Some(map) = node.map("`replace`", &mut self.sink) else { return message };
        for (old, new) in &map.entries {
            let value = match new {
                Node::Scalar(new) if new.null => String::new(),
                Node::Scalar(_) | Node::List(_) | Node::Map(_) => {
                    let Some(new) = new.scalar(&ticked([old.text.as_str()]), &mut self.sink) else {
                        continue;
                    };
                    new.text.clone()
                }
            };
            match substitute(&message, old.text.as_bytes(), value.as_bytes()) {
                Some(changed) => message = changed,
                None if old.open => {}
                None => {
                    let title = format!("`{}` does not stand in the message", old.text);
                    self.sink.add(Code::Bytes, &old.place, title, "nothing to replace");
                }
            }
        }
        message
    }
}

/// `message` with `new` wherever it has `old`; `None` where it has it nowhere.
fn substitute(message: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let mut changed = Vec::with_capacity(message.len());
    let mut rest = message;
    let find = |rest: &[u8]| rest.windows(old.len().max(1)).position(|window| window == old);
    while let Some(at) = find(rest) {
        changed.extend_from_slice(rest.get(..at).unwrap_or_default());
        changed.extend_from_slice(new);
        rest = rest.get(at + old.len()..).unwrap_or_default();
    }
    if rest.len() == message.len() {
        return None;
    }
    changed.extend_from_slice(rest);
    Some(changed)
}
