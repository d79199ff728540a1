//! How many requirements stand how.

use super::Row;
use super::ledger::Standing;
use crate::requirement::{Requirement, Role, Strength};
use serde::Serialize;
use std::collections::BTreeMap;

/// The count of the requirements of one source, strength and role.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Total {
    /// The standard: `RFC 3261`, or `project`.
    pub source: String,
    /// How strongly they bind.
    pub strength: Strength,
    /// Whom they bind.
    pub role: Role,
    /// All of them, and how they stand.
    #[serde(flatten)]
    pub count: Count,
}

/// How many stand how.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Count {
    /// All of them.
    pub all: usize,
    /// With a case.
    pub covered: usize,
    /// With a reason.
    pub excused: usize,
    /// On the open list.
    pub open: usize,
    /// Of which nothing is said.
    pub unlisted: usize,
}

impl Total {
    /// The totals of `rows`, by source, strength and role.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row<'a>>) -> Vec<Self> {
        let mut counts: BTreeMap<_, Count> = BTreeMap::new();
        for row in rows {
            let Requirement { strength, role, .. } = row.requirement;
            let key = (source(row.requirement), *strength, *role);
            counts.entry(key).or_default().add(&row.standing);
        }
        let total = |((source, strength, role), count)| Self { source, strength, role, count };
        counts.into_iter().map(total).collect()
    }
}

impl Count {
    /// Counts one more.
    pub fn add(&mut self, standing: &Standing<'_>) {
        self.all += 1;
        match standing {
            Standing::Covered => self.covered += 1,
            Standing::Excused(_) => self.excused += 1,
            Standing::Open => self.open += 1,
            Standing::Unlisted => self.unlisted += 1,
            Standing::Free => {}
        }
    }

    /// The sum of several.
    pub fn sum<'a>(counts: impl IntoIterator<Item = &'a Self>) -> Self {
        counts.into_iter().fold(Self::default(), |sum, own| Self {
            all: sum.all + own.all,
            covered: sum.covered + own.covered,
            excused: sum.excused + own.excused,
            open: sum.open + own.open,
            unlisted: sum.unlisted + own.unlisted,
        })
    }
}

/// The standard that a requirement is of.
pub fn source(requirement: &Requirement) -> String {
    let rfc = requirement.id.rfc_section();
    rfc.map_or_else(|| "project".to_owned(), |(rfc, _)| format!("RFC {rfc}"))
}
