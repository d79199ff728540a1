//! Why a requirement has no case.

use serde::Deserialize;

/// Why some ids have no case.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Written")]
pub struct Reason {
    /// The kind of reason.
    pub excuse: Excuse,
    /// The reason in a sentence.
    pub because: String,
    /// The ids that it is a reason for.
    pub ids: Vec<String>,
}

/// A kind of reason. That nobody has written the case yet is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Excuse {
    /// Nothing on the wire, on the console or in the ear tells whether the device obeys.
    NotObservable,
    /// A group outside the core of signalling has the cases, now or later.
    AnotherGroup(String),
    /// The feature is in no group of the catalogue.
    NoGroup,
    /// Another sentence says the same, and stands or falls with its own cases.
    Restates(String),
    /// A later standard takes it back.
    Superseded,
}

impl Excuse {
    /// The kind as the files write it, with what belongs to it.
    pub fn label(&self) -> String {
        match self {
            Self::NotObservable => "not-observable".to_owned(),
            Self::AnotherGroup(group) => format!("another-group {group}"),
            Self::NoGroup => "no-group".to_owned(),
            Self::Restates(of) => format!("restates {of}"),
            Self::Superseded => "superseded".to_owned(),
        }
    }
}

/// A reason as the files write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Kind,
    group: Option<String>,
    of: Option<String>,
    because: String,
    ids: Vec<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    NotObservable,
    AnotherGroup,
    NoGroup,
    Restates,
    Superseded,
}

impl TryFrom<Written> for Reason {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { kind, group, of, because, ids } = written;
        let excuse = match (kind, group, of) {
            (Kind::AnotherGroup, Some(group), None) => Excuse::AnotherGroup(group),
            (Kind::Restates, None, Some(of)) => Excuse::Restates(of),
            (Kind::NotObservable, None, None) => Excuse::NotObservable,
            (Kind::NoGroup, None, None) => Excuse::NoGroup,
            (Kind::Superseded, None, None) => Excuse::Superseded,
            _ => {
                let rule = "`another-group` has a `group`, `restates` has an `of`";
                return Err(format!("{rule}, and no other kind of reason has either"));
            }
        };
        if because.trim().is_empty() || ids.is_empty() {
            return Err("a reason says why, and for which ids".to_owned());
        }
        Ok(Self { excuse, because, ids })
    }
}
