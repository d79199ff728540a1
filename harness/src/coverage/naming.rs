//! What cases may name a purpose for.
//!
//! The table of purposes has no prose, so id, status and clauses have to say enough: a case names a
//! purpose only if it requires a sentence of its clauses, and purposes that nothing tells apart are
//! named together or not at all.

use super::PurposeRow;
use super::ledger::Standing;
use super::purpose::Purpose;
use crate::requirement::{Requirement, RequirementId, Role};
use crate::scenario::header::CaseHeader;
use std::collections::BTreeMap;

/// What is wrong with the live purposes that cases name, a sentence each; `open` are the sentences
/// that have no case yet.
pub(super) fn complaints(rows: &[PurposeRow<'_>], open: &[&Requirement]) -> Vec<String> {
    let mut families: BTreeMap<_, Vec<&PurposeRow<'_>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.purpose.is_live()) {
        let purpose = row.purpose;
        let key = (purpose.stem(), purpose.status.as_str(), purpose.clauses.as_slice());
        families.entry(key).or_default().push(row);
    }
    let strange = families.values().flatten().flat_map(|row| strange(row));
    let torn = families.values().filter(|family| family.len() > 1);
    strange.chain(torn.flat_map(|family| torn_apart(family, open))).collect()
}

/// Cases that name a purpose and require nothing of its clauses.
fn strange(row: &PurposeRow<'_>) -> Vec<String> {
    let purpose = row.purpose;
    let fits = |id: &RequirementId| section(id).is_some_and(|section| purpose.covers(section));
    let cases = row.cases.iter().filter(|case| !case.case.requires.iter().any(fits));
    let sentence = |case: &&CaseHeader| {
        let (case, clauses) = (&case.case.id, purpose.clauses.join(", "));
        format!("{case} names `{}` and requires nothing of {clauses}", purpose.id)
    };
    cases.map(sentence).collect()
}

/// What is wrong with how a family of purposes is named whose members nothing tells apart.
fn torn_apart(family: &[&PurposeRow<'_>], open: &[&Requirement]) -> Vec<String> {
    let [first, .., last] = family else { return Vec::new() };
    let name = format!("{} to {}", first.purpose.id, last.purpose.id);
    let mut naming: BTreeMap<&str, usize> = BTreeMap::new();
    for case in family.iter().flat_map(|row| &row.cases) {
        *naming.entry(case.case.id.as_str()).or_default() += 1;
    }
    if naming.is_empty() {
        return Vec::new();
    }
    let twice = naming.iter().filter(|(_, count)| **count > 1);
    let twice = twice.map(|(case, _)| format!("{case} names more than one of {name}"));
    let left = family
        .iter()
        .filter(|row| row.cases.is_empty() && !matches!(row.standing, Standing::Excused(_)));
    let left = left.map(|row| {
        format!("no case names `{}`, and nothing tells it from the rest of {name}", row.purpose.id)
    });
    let binds = |requirement: &&&Requirement| {
        requirement.role == Role::Ua || Some(requirement.role) == first.purpose.role()
    };
    let missing = open.iter().filter(binds).map(|requirement| &requirement.id);
    let missing =
        missing.filter(|id| section(id).is_some_and(|section| first.purpose.covers(section)));
    let missing = missing.map(|id| format!("`{id}` is open, and cases name {name}"));
    twice.chain(left).chain(missing).collect()
}

/// The section of RFC 3261 of which a requirement is.
fn section(id: &RequirementId) -> Option<&str> {
    id.rfc_section().filter(|(rfc, _)| *rfc == 3261).map(|(_, section)| section)
}

impl Purpose {
    /// Its id without the number: suite, group, role and kind.
    fn stem(&self) -> &str {
        self.id.rsplit_once('_').map_or(self.id.as_str(), |(stem, _)| stem)
    }

    /// Whom of two user agents it tests: who sends the request, or who answers it.
    fn role(&self) -> Option<Role> {
        self.id.split('_').find_map(|part| match part {
            "OE" | "RT" => Some(Role::Uac),
            "TE" => Some(Role::Uas),
            _ => None,
        })
    }

    /// Whether `section` is one of its clauses, or below one.
    fn covers(&self, section: &str) -> bool {
        self.clauses.iter().any(|clause| {
            let below = section.strip_prefix(clause.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}
