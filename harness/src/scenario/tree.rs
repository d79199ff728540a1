//! YAML as a tree that knows where everything stands.

mod build;

use super::code::Code;
use super::sink::{Sink, did_you_mean};
use super::source::{Place, Source};
use std::ops::Range;
use std::sync::Arc;

/// A scalar, a list or a mapping.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Scalar(Scalar),
    List(List),
    Map(Map),
}

/// Text.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    pub(super) place: Place,
    /// A name in it has no value yet: the file is being linted without a device.
    pub(super) open: bool,
    /// Nothing was written.
    pub(super) null: bool,
    /// Which stretches of the text stand in the source as they are.
    pieces: Vec<Piece>,
}

/// A stretch of a scalar's text that was copied from the source.
#[derive(Clone, Debug)]
struct Piece {
    text: Range<usize>,
    source: usize,
}

/// Nodes in a row.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) items: Vec<Node>,
    pub(super) place: Place,
}

/// Nodes by name, in the order of the text.
#[derive(Clone, Debug)]
pub(super) struct Map {
    pub(super) entries: Vec<(Scalar, Node)>,
    pub(super) place: Place,
}

/// Reads a file. What is not a scenario's YAML is reported; what can be read of it is returned.
pub(super) fn parse(source: &Arc<Source>, sink: &mut Sink) -> Option<Node> {
    build::parse(source, sink)
}

impl Node {
    /// Where to point at: the value of a scalar, the first line of anything else.
    pub(super) fn place(&self) -> &Place {
        match self {
            Self::Scalar(scalar) => &scalar.place,
            Self::List(list) => &list.place,
            Self::Map(map) => &map.place,
        }
    }

    /// The text, or a diagnostic.
    pub(super) fn scalar(&self, what: &str, sink: &mut Sink) -> Option<&Scalar> {
        match self {
            Self::Scalar(scalar) if !scalar.null => Some(scalar),
            Self::Scalar(_) | Self::List(_) | Self::Map(_) => self.misshapen(what, "text", sink),
        }
    }

    /// The items, or a diagnostic.
    pub(super) fn list(&self, what: &str, sink: &mut Sink) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            Self::Scalar(_) | Self::Map(_) => self.misshapen(what, "a list", sink),
        }
    }

    /// The entries, or a diagnostic.
    pub(super) fn map(&self, what: &str, sink: &mut Sink) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            Self::Scalar(_) | Self::List(_) => self.misshapen(what, "a mapping", sink),
        }
    }

    /// The scalars of a list of text; a single text is a list of one.
    pub(super) fn texts(&self, what: &str, sink: &mut Sink) -> Vec<&Scalar> {
        match self {
            Self::Scalar(scalar) if !scalar.null => vec![scalar],
            Self::List(list) => {
                list.items.iter().filter_map(|item| item.scalar(what, sink)).collect()
            }
            Self::Scalar(_) | Self::Map(_) => {
                self.misshapen::<()>(what, "text or a list of texts", sink);
                Vec::new()
            }
        }
    }

    fn misshapen<T>(&self, what: &str, expected: &str, sink: &mut Sink) -> Option<T> {
        let found = match self {
            Self::Scalar(scalar) if scalar.null => "nothing",
            Self::Scalar(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        };
        let title = format!("{what} has to be {expected}, not {found}");
        sink.add(Code::Shape, self.place(), title, format!("expected {expected}"));
        None
    }
}

impl Map {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key and its value.
    pub(super) fn entry(&self, key: &str) -> Option<&(Scalar, Node)> {
        self.entries.iter().find(|(name, _)| name.text == key)
    }

    /// Reports the keys that are not among `known`.
    pub(super) fn only(&self, known: &[&str], what: &str, sink: &mut Sink) {
        for (key, _) in &self.entries {
            if !known.contains(&key.text.as_str()) {
                let title = format!("unknown key `{}` in {what}", key.text);
                sink.add(Code::UnknownKey, &key.place, title, "not known here")
                    .maybe_help(did_you_mean(&key.text, known.iter().copied()));
            }
        }
    }
}

impl Scalar {
    /// The place of a stretch of the text: of that stretch where it stands in the source as it is,
    /// else of the whole scalar.
    pub(super) fn place_of(&self, at: &Range<usize>) -> Place {
        let find = |at: usize| {
            let holds = |piece: &&Piece| piece.text.start <= at && at <= piece.text.end;
            let piece = self.pieces.iter().rev().find(holds)?;
            Some(piece.source + at - piece.text.start)
        };
        match (find(at.start), find(at.end)) {
            (Some(start), Some(end)) if start <= end => self.place.with(start..end),
            _ => self.place.clone(),
        }
    }

    /// The same scalar with other text: `parts` are stretches of the old text to keep, or new text.
    pub(super) fn rewritten(&self, parts: &[Part<'_>], open: bool) -> Self {
        let mut text = String::new();
        let mut pieces = Vec::new();
        for part in parts {
            let start = text.len();
            match part {
                Part::Kept(range) => {
                    text.push_str(self.text.get(range.clone()).unwrap_or_default());
                    let verbatim = self
                        .pieces
                        .iter()
                        .find(|p| p.text.start <= range.start && range.end <= p.text.end);
                    if let Some(piece) = verbatim {
                        let source = piece.source + range.start - piece.text.start;
                        pieces.push(Piece { text: start..text.len(), source });
                    }
                }
                Part::New(new) => text.push_str(new),
            }
        }
        Self { text, place: self.place.clone(), open: self.open || open, null: self.null, pieces }
    }
}

/// A part of a rewritten scalar.
pub(super) enum Part<'a> {
    /// A stretch of the old text.
    Kept(Range<usize>),
    /// New text.
    New(&'a str),
}

#[cfg(test)]
mod tests;
