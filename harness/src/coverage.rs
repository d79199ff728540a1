//! What the suite covers of the catalogue, and what is said of the rest.
//!
//! Every MUST that binds a user agent, and every live test purpose of ETSI TS 102 027-2, has a case,
//! a reason why it has none, or a place on the list of the open ones, which only gets shorter.

pub mod citation;
pub mod group;
pub mod ledger;
mod naming;
pub mod open;
pub mod purpose;
pub mod reason;
pub mod total;

#[cfg(test)]
mod tests;

use crate::requirement::{Catalogue, Requirement, RequirementId, Strength};
use crate::scenario::header::CaseHeader;
use citation::Citation;
use group::Group;
use ledger::{Ledger, Standing};
use purpose::Purpose;
use std::collections::{BTreeMap, BTreeSet};

/// What the project keeps beside the catalogue and the suite.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// The groups of the catalogue of cases.
    pub groups: Vec<Group>,
    /// Where the code cites a clause.
    pub citations: Vec<Citation>,
    /// What is said of requirements.
    pub requirements: Ledger,
    /// The test purposes of ETSI TS 102 027-2 for a user agent.
    pub purposes: Vec<Purpose>,
    /// What is said of these.
    pub etsi: Ledger,
}

/// What is covered of the catalogue and of the test purposes.
#[derive(Debug)]
pub struct Coverage<'a> {
    /// A row for each requirement, by its id.
    pub requirements: Vec<Row<'a>>,
    /// A row for each test purpose, in the order of the table.
    pub purposes: Vec<PurposeRow<'a>>,
    /// What is wrong with the books, a sentence each.
    pub complaints: Vec<String>,
}

/// A requirement, and what stands for it.
#[derive(Debug)]
pub struct Row<'a> {
    /// The sentence.
    pub requirement: &'a Requirement,
    /// How it stands.
    pub standing: Standing<'a>,
    /// Where the code cites its clause.
    pub code: Vec<&'a Citation>,
    /// The cases that stand for it.
    pub cases: Vec<&'a CaseHeader>,
    /// The seeded defects that break it.
    pub defects: Vec<&'a str>,
}

/// A test purpose, and the cases that cover it.
#[derive(Debug)]
pub struct PurposeRow<'a> {
    /// The purpose.
    pub purpose: &'a Purpose,
    /// How it stands.
    pub standing: Standing<'a>,
    /// The cases that name it.
    pub cases: Vec<&'a CaseHeader>,
}

impl<'a> Coverage<'a> {
    /// What `cases` cover; `defects` are the names of seeded defects and the ids that each breaks.
    pub fn new(
        catalogue: &'a Catalogue,
        cases: &[&'a CaseHeader],
        defects: &'a [(String, Vec<String>)],
        books: &'a Books,
    ) -> Self {
        let mut complaints = Vec::new();
        let requiring = by_id(cases, |case| case.case.requires.iter().map(RequirementId::as_str));
        let naming = by_id(cases, |case| case.case.etsi.iter().map(String::as_str));
        let demanded = |row: &&Requirement| is_demanded(row);
        let demanded = catalogue.iter().filter(demanded).map(|row| row.id.as_str()).collect();
        let live = books.purposes.iter().filter(|purpose| purpose.is_live());
        let live: BTreeSet<&str> = live.map(|purpose| purpose.id.as_str()).collect();

        let is_covered = |id: &str| requiring.contains_key(id);
        complaints.extend(books.requirements.complaints(&demanded, &is_covered, &books.groups));
        let requirements = catalogue.iter().map(|requirement| {
            let id = requirement.id.as_str();
            let breaking = defects.iter().filter(|(_, ids)| ids.iter().any(|own| own == id));
            Row {
                requirement,
                standing: books.requirements.standing(id, &demanded, &is_covered),
                code: cited(requirement, &books.citations),
                cases: requiring.get(id).cloned().unwrap_or_default(),
                defects: breaking.map(|(name, _)| name.as_str()).collect(),
            }
        });
        let requirements: Vec<_> = requirements.collect();

        let is_named = |id: &str| naming.contains_key(id);
        complaints.extend(unknown(&naming, &live));
        complaints.extend(books.etsi.complaints(&live, &is_named, &books.groups));
        let purposes = books.purposes.iter().map(|purpose| PurposeRow {
            purpose,
            standing: books.etsi.standing(&purpose.id, &live, &is_named),
            cases: naming.get(purpose.id.as_str()).cloned().unwrap_or_default(),
        });
        let purposes: Vec<_> = purposes.collect();
        let open = requirements.iter().filter(|row| row.standing == Standing::Open);
        let open: Vec<_> = open.map(|row| row.requirement).collect();
        complaints.extend(naming::complaints(&purposes, &open));
        Self { requirements, purposes, complaints }
    }
}

/// Whether a sentence asks for a case or a reason.
fn is_demanded(requirement: &Requirement) -> bool {
    requirement.strength == Strength::Must && requirement.role.binds_user_agent()
}

/// The cases by the ids that each names.
fn by_id<'a, I: Iterator<Item = &'a str>>(
    cases: &[&'a CaseHeader],
    ids: impl Fn(&'a CaseHeader) -> I,
) -> BTreeMap<&'a str, Vec<&'a CaseHeader>> {
    let mut found: BTreeMap<&str, Vec<&CaseHeader>> = BTreeMap::new();
    for case in cases.iter().copied() {
        for id in ids(case) {
            found.entry(id).or_default().push(case);
        }
    }
    found
}

/// The citations of the clause that a requirement is of.
fn cited<'a>(requirement: &Requirement, citations: &'a [Citation]) -> Vec<&'a Citation> {
    let Some((rfc, section)) = requirement.id.rfc_section() else { return Vec::new() };
    citations.iter().filter(|own| own.rfc == rfc && own.section == section).collect()
}

/// Purposes that cases name and that are not live ones of the table.
fn unknown(naming: &BTreeMap<&str, Vec<&CaseHeader>>, live: &BTreeSet<&str>) -> Vec<String> {
    let strange = naming.iter().filter(|(id, _)| !live.contains(*id));
    let sentence = |(id, cases): (&&str, &Vec<&CaseHeader>)| {
        let cases: Vec<&str> = cases.iter().map(|case| case.case.id.as_str()).collect();
        format!("{}: the table has no live purpose `{id}`", cases.join(", "))
    };
    strange.map(sentence).collect()
}
