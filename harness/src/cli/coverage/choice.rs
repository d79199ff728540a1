//! Which rows are wanted.

use super::Filter;
use crate::cli::Failure;
use crate::coverage::ledger::Standing;
use crate::coverage::reason::Excuse;
use crate::coverage::{Books, Coverage, PurposeRow, Row};
use crate::drive::project::Mistake;
use crate::scenario::header::CaseHeader;
use std::collections::BTreeSet;

/// A choice of rows.
pub(super) struct Choice<'a>(&'a Filter);

impl<'a> Choice<'a> {
    /// Takes the options, and refuses those that name nothing.
    pub(super) fn new(
        filter: &'a Filter,
        coverage: &Coverage<'_>,
        books: &Books,
    ) -> Result<Self, Failure> {
        let rows = coverage.requirements.iter();
        let rfcs: BTreeSet<u32> =
            rows.filter_map(|row| Some(row.requirement.id.rfc_section()?.0)).collect();
        if let Some(strange) = filter.rfc.iter().find(|rfc| !rfcs.contains(rfc)) {
            let known: Vec<String> = rfcs.iter().map(u32::to_string).collect();
            let what = format!("the catalogue has RFC {}", known.join(", "));
            return Err(Mistake::new(format!("--rfc {strange}"), what).into());
        }
        let is_known = |name: &String| books.groups.iter().any(|own| own.name == *name);
        if let Some(strange) = filter.group.iter().find(|name| !is_known(name)) {
            let known: Vec<&str> = books.groups.iter().map(|own| own.name.as_str()).collect();
            let what = format!("the groups are {}", known.join(", "));
            return Err(Mistake::new(format!("--group {strange}"), what).into());
        }
        let this = Self(filter);
        let any = coverage.requirements.iter().any(|row| this.wants(row))
            || coverage.purposes.iter().any(|row| this.wants_purpose(row));
        if any { Ok(this) } else { Err(Failure::NothingSelected("no id fits the filters".into())) }
    }

    /// Whether the row of a requirement is wanted.
    pub(super) fn wants(&self, row: &Row<'_>) -> bool {
        let rfc = row.requirement.id.rfc_section().map(|(rfc, _)| rfc);
        (self.0.rfc.is_empty() || rfc.is_some_and(|rfc| self.0.rfc.contains(&rfc)))
            && self.fits(row.requirement.id.as_str(), &row.standing, &row.cases)
    }

    /// Whether the row of a test purpose is wanted; those are of no RFC of their own.
    pub(super) fn wants_purpose(&self, row: &PurposeRow<'_>) -> bool {
        self.0.rfc.is_empty() && self.fits(&row.purpose.id, &row.standing, &row.cases)
    }

    fn fits(&self, id: &str, standing: &Standing<'_>, cases: &[&CaseHeader]) -> bool {
        let begins = |wanted: &String| {
            let rest = id.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        };
        let is_of = |group: &String| {
            let left_to = match standing {
                Standing::Excused(reason) => reason.excuse == Excuse::AnotherGroup(group.clone()),
                Standing::Covered | Standing::Open | Standing::Unlisted | Standing::Free => false,
            };
            left_to || cases.iter().any(|case| case.group == *group)
        };
        let lacks = !matches!(standing, Standing::Covered | Standing::Free);
        (self.0.ids.is_empty() || self.0.ids.iter().any(begins))
            && (self.0.group.is_empty() || self.0.group.iter().any(is_of))
            && (!self.0.uncovered || lacks)
    }
}
