//! What is said of ids that no case stands for.

use super::group::Group;
use super::open::Open;
use super::reason::{Excuse, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// Reasons, and the list of what has none yet.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Why ids have no case.
    pub reasons: Vec<Reason>,
    /// The ids that have neither a case nor a reason.
    pub open: Open,
}

/// How an id stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing<'a> {
    /// A case stands for it.
    Covered,
    /// It has no case, for a reason.
    Excused(&'a Reason),
    /// It has no case yet.
    Open,
    /// It has no case, and nobody said anything.
    Unlisted,
    /// It has no case and needs none: it binds no user agent, or less than a MUST does.
    Free,
}

impl Standing<'_> {
    /// One word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Excused(_) => "excused",
            Self::Open => "open",
            Self::Unlisted => "unlisted",
            Self::Free => "-",
        }
    }
}

/// Whether a case stands for an id.
type IsCovered<'a> = &'a dyn Fn(&str) -> bool;

impl Ledger {
    /// How `id` stands where cases or reasons are asked for `demanded`.
    pub fn standing(
        &self,
        id: &str,
        demanded: &BTreeSet<&str>,
        is_covered: IsCovered<'_>,
    ) -> Standing<'_> {
        if is_covered(id) {
            Standing::Covered
        } else if !demanded.contains(id) {
            Standing::Free
        } else if let Some(reason) = self.reason(id).filter(|reason| self.holds(reason, is_covered))
        {
            Standing::Excused(reason)
        } else if self.open.ids.contains(id) {
            Standing::Open
        } else {
            Standing::Unlisted
        }
    }

    /// What is wrong, a sentence each.
    pub fn complaints(
        &self,
        demanded: &BTreeSet<&str>,
        is_covered: IsCovered<'_>,
        groups: &[Group],
    ) -> Vec<String> {
        let mut complaints = self.about_reasons(demanded, is_covered, groups);
        for id in demanded {
            if self.standing(id, demanded, is_covered) == Standing::Unlisted {
                complaints.push(format!("`{id}` is neither covered nor excused nor open"));
            }
        }
        for id in &self.open.ids {
            let why = match self.standing(id, demanded, is_covered) {
                Standing::Open => continue,
                Standing::Covered => "is covered now",
                Standing::Excused(_) => "has a reason",
                Standing::Unlisted | Standing::Free => "asks for no case",
            };
            let remedy = "take it off the open list (`ringtrue coverage --update`)";
            complaints.push(format!("`{id}` {why}: {remedy}"));
        }
        let (count, limit) = (self.open.ids.len(), self.open.at_most);
        if count > limit {
            complaints.push(format!("{count} are open, and at most {limit} may be"));
        }
        complaints
    }

    fn about_reasons(
        &self,
        demanded: &BTreeSet<&str>,
        is_covered: IsCovered<'_>,
        groups: &[Group],
    ) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut seen = BTreeMap::new();
        for reason in &self.reasons {
            let label = reason.excuse.label();
            match &reason.excuse {
                Excuse::AnotherGroup(name) => {
                    match groups.iter().find(|group| group.name == *name) {
                        None => complaints.push(format!("`{label}`: there is no such group")),
                        Some(group) if group.core => {
                            complaints.push(format!("`{label}`: a core group excuses nothing"));
                        }
                        Some(_) => {}
                    }
                }
                Excuse::Restates(of) if !demanded.contains(of.as_str()) => {
                    complaints.push(format!("`{label}`: that one asks for no case itself"));
                }
                Excuse::Restates(_) | Excuse::NotObservable => {}
                Excuse::NoGroup | Excuse::Superseded => {}
            }
            for id in &reason.ids {
                if let Some(other) = seen.insert(id, label.clone()) {
                    complaints.push(format!("`{id}` has two reasons, `{other}` and `{label}`"));
                }
                if !demanded.contains(id.as_str()) {
                    complaints.push(format!("`{id}` asks for no case and needs no reason"));
                } else if is_covered(id) && !matches!(reason.excuse, Excuse::AnotherGroup(_)) {
                    complaints.push(format!("`{id}` is covered and has the reason `{label}`"));
                }
            }
        }
        complaints
    }

    fn reason(&self, id: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.ids.iter().any(|own| own == id))
    }

    /// Whether a reason excuses: one that points to another sentence, only while that one is
    /// covered, or excused by itself.
    fn holds(&self, reason: &Reason, is_covered: IsCovered<'_>) -> bool {
        let Excuse::Restates(of) = &reason.excuse else { return true };
        let own = self.reason(of).is_some_and(|own| !matches!(own.excuse, Excuse::Restates(_)));
        is_covered(of) || own
    }
}
