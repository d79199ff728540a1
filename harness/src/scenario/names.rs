//! The names that scenario text may use as `${name}`, and putting their values in.

use super::code::Code;
use super::sink::{Sink, did_you_mean};
use super::tree::{List, Map, Node, Part, Scalar};
use std::collections::BTreeMap;

/// The values that the caller gives: addresses, and the device's PIXIT.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    values: BTreeMap<String, String>,
    known: Known,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Known {
    /// Every name has its value.
    Values,
    /// The names are known, their values not yet.
    NamesOnly,
}

impl Names {
    /// What can be said of the device: its address of record, its parts, and its transport address.
    pub const DEVICE: &[&str] = &[
        "dut.uri",
        "dut.user",
        "dut.host",
        "dut.port",
        "dut.sip",
        "dut.hop",
        "dut.via",
        "dut.inet",
        "dut.escaped",
    ];

    /// What can be said of each role, after its name: `${alice.uri}`.
    pub const ROLE: &[&str] =
        &["uri", "user", "host", "port", "sip", "hop", "via", "inet", "escaped", "rtp", "rtcp"];

    /// What is made for each execution: a word for the branches, tags and Call-IDs of messages that
    /// are given whole, so that the device takes none for a repetition of another.
    pub const RUN: &[&str] = &["fresh"];

    /// Names with the values of a run. A name that is not among them is a mistake.
    pub const fn of(values: BTreeMap<String, String>) -> Self {
        Self { values, known: Known::Values }
    }

    /// Names without values, for linting without a device: [`Self::DEVICE`], [`Self::RUN`],
    /// [`Self::ROLE`] of each role, and any `pixit.NAME`.
    pub const fn declared() -> Self {
        Self { values: BTreeMap::new(), known: Known::NamesOnly }
    }
}

/// The names in force at one place of the text, innermost last.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    values: BTreeMap<String, String>,
    /// Names that are known and whose values are not.
    open: Vec<String>,
    /// Whether any `pixit.NAME` is to be taken as known.
    any_pixit: bool,
    /// Matrix keys whose values were used.
    used: Vec<String>,
}

impl Scope {
    /// The names of the caller, of the matrix and of the roles.
    pub(super) fn new<'r>(
        names: &Names,
        matrix: &BTreeMap<String, String>,
        roles: impl Iterator<Item = &'r str>,
    ) -> Self {
        let mut values = names.values.clone();
        values.extend(matrix.iter().map(|(key, value)| (format!("matrix.{key}"), value.clone())));
        let any_pixit = names.known == Known::NamesOnly;
        let mut open = Vec::new();
        if any_pixit {
            let fixed = Names::DEVICE.iter().chain(Names::RUN);
            open.extend(fixed.map(|name| (*name).to_owned()));
            for role in roles {
                open.extend(Names::ROLE.iter().map(|part| format!("{role}.{part}")));
            }
            open.retain(|name| !values.contains_key(name));
        }
        Self { values, open, any_pixit, used: Vec::new() }
    }

    /// Adds a name, over one of the same name that was there.
    pub(super) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), value.into());
    }

    /// Makes a name known without a value, so that its uses are not reported.
    pub(super) fn leave_open(&mut self, name: impl Into<String>) {
        let name = name.into();
        self.unset(&name);
        self.open.push(name);
    }

    /// Takes a name away.
    pub(super) fn unset(&mut self, name: &str) {
        self.values.remove(name);
    }

    /// The value of a name, if it has one.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether a matrix key was used.
    pub(super) fn used(&self, key: &str) -> bool {
        self.used.iter().any(|used| used.strip_prefix("matrix.") == Some(key))
    }

    /// Takes over what was used in an inner scope.
    pub(super) fn take_used(&mut self, inner: Self) {
        self.used.extend(inner.used);
    }

    /// The node with the values of all names put in, below the keys for which `into` holds.
    pub(super) fn node(&mut self, node: &Node, into: fn(&str) -> bool, sink: &mut Sink) -> Node {
        match node {
            Node::Scalar(scalar) => Node::Scalar(self.scalar(scalar, sink)),
            Node::List(list) => Node::List(List {
                items: list.items.iter().map(|item| self.node(item, into, sink)).collect(),
                place: list.place.clone(),
            }),
            Node::Map(map) => Node::Map(Map {
                entries: map
                    .entries
                    .iter()
                    .map(|(key, value)| {
                        let deep = into(&key.text);
                        let key = self.scalar(key, sink);
                        let value = if deep { self.node(value, into, sink) } else { value.clone() };
                        (key, value)
                    })
                    .collect(),
                place: map.place.clone(),
            }),
        }
    }

    /// The scalar with the values of all names put in. `$${` stands for `${`.
    pub(super) fn scalar(&mut self, scalar: &Scalar, sink: &mut Sink) -> Scalar {
        if !scalar.text.contains("${") {
            return scalar.clone();
        }
        let mut parts = Vec::new();
        let mut open = false;
        let mut at = 0;
        let text = &scalar.text;
        let find = |at: usize, what: &str| {
            text.get(at..).and_then(|rest| rest.find(what)).map(|found| at + found)
        };
        while let Some(start) = find(at, "${") {
            if start > at && text.as_bytes().get(start - 1) == Some(&b'$') {
                parts.push(Part::Kept(at..start - 1));
                parts.push(Part::Kept(start..start + 2));
                at = start + 2;
                continue;
            }
            parts.push(Part::Kept(at..start));
            let Some(end) = find(start, "}") else {
                let place = scalar.place_of(&(start..text.len()));
                sink.add(Code::Placeholder, &place, "a `${` is not closed", "no `}` follows")
                    .help("write `${name}`; `$${` stands for the characters themselves");
                at = text.len();
                break;
            };
            let name = text.get(start + 2..end).unwrap_or_default().trim();
            let whole = start..end + 1;
            if let Some((key, value)) = self.values.get_key_value(name) {
                parts.push(Part::New(value));
                self.used.push(key.clone());
            } else {
                // Left as it stands, so that nothing else is reported about it.
                open = true;
                parts.push(Part::Kept(whole.clone()));
                if !self.is_open(name) {
                    self.unknown(name, scalar, &whole, sink);
                }
            }
            at = whole.end;
        }
        parts.push(Part::Kept(at..text.len()));
        scalar.rewritten(&parts, open)
    }

    fn is_open(&self, name: &str) -> bool {
        let pixit = name.strip_prefix("pixit.").is_some_and(|rest| !rest.is_empty());
        (self.any_pixit && pixit) || self.open.iter().any(|open| open == name)
    }

    fn unknown(&self, name: &str, scalar: &Scalar, at: &std::ops::Range<usize>, sink: &mut Sink) {
        let place = scalar.place_of(at);
        if name.is_empty() {
            sink.add(Code::Placeholder, &place, "a `${}` without a name", "expected a name in it");
            return;
        }
        let known =
            self.values.keys().map(String::as_str).chain(self.open.iter().map(String::as_str));
        let help = did_you_mean(name, known).or_else(|| {
            name.strip_prefix("pixit.")
                .map(|rest| format!("add `{rest}: …` under `pixit:` of the device's profile"))
        });
        sink.add(Code::UnknownName, &place, format!("unknown name `{name}`"), "not known here")
            .maybe_help(help);
    }
}
