//! Coverage as text and as JSON.

use super::choice::Choice;
use crate::coverage::ledger::Standing;
use crate::coverage::total::{Count, Total};
use crate::coverage::{Coverage, PurposeRow, Row};
use crate::requirement::{Role, Strength};
use crate::scenario::header::CaseHeader;
use serde_json::json;
use std::collections::BTreeSet;

/// Prints the rows that are wanted and asked for, unless only the totals are, and the totals.
pub(super) fn text(coverage: &Coverage<'_>, choice: &Choice<'_>, only_totals: bool) {
    let (rows, purposes) = wanted(coverage, choice);
    if !only_totals {
        for row in rows.iter().filter(|row| row.standing != Standing::Free) {
            requirement(row);
        }
        for row in purposes.iter().filter(|row| row.standing != Standing::Free) {
            let id = &row.purpose.id;
            say!("{id:<22} {:<11} {:<8} {}", status(row), row.standing.name(), behind_purpose(row));
        }
        say!();
    }
    totals(&Total::of(rows.iter().copied()));
    let unproven = |row: &&&Row<'_>| row.standing == Standing::Covered && row.defects.is_empty();
    let unproven = rows.iter().filter(unproven).count();
    if unproven > 0 {
        say!("{:<20} {unproven:>5}  covered, and no seeded defect breaks it", "no defect");
    }
    if !purposes.is_empty() {
        let mut count = Count::default();
        let live = purposes.iter().filter(|row| row.purpose.is_live());
        live.for_each(|row| count.add(&row.standing));
        say!("{:<20} {}", "ETSI TS 102 027-2", figures(&count));
    }
}

/// Prints the same as JSON, with what needs no case.
pub(super) fn json(coverage: &Coverage<'_>, choice: &Choice<'_>) {
    let (rows, purposes) = wanted(coverage, choice);
    let totals = Total::of(rows.iter().copied());
    let requirements = rows.iter().map(|row| {
        json!({
            "id": row.requirement.id,
            "strength": row.requirement.strength,
            "role": row.requirement.role,
            "text": row.requirement.text,
            "standing": row.standing.name(),
            "reason": reason(&row.standing),
            "code": row.code.iter().map(|citation| &citation.place).collect::<Vec<_>>(),
            "cases": ids(&row.cases),
            "defects": row.defects,
        })
    });
    let purposes = purposes.iter().map(|row| {
        json!({
            "id": row.purpose.id,
            "status": row.purpose.status,
            "clauses": row.purpose.clauses,
            "standing": row.standing.name(),
            "reason": reason(&row.standing),
            "cases": ids(&row.cases),
        })
    });
    let all = json!({
        "requirements": requirements.collect::<Vec<_>>(),
        "etsi": purposes.collect::<Vec<_>>(),
        "totals": totals,
        "complaints": coverage.complaints,
    });
    say!("{all:#}");
}

fn wanted<'a>(
    coverage: &'a Coverage<'a>,
    choice: &Choice<'_>,
) -> (Vec<&'a Row<'a>>, Vec<&'a PurposeRow<'a>>) {
    let rows = coverage.requirements.iter().filter(|row| choice.wants(row));
    let purposes = coverage.purposes.iter().filter(|row| choice.wants_purpose(row));
    (rows.collect(), purposes.collect())
}

fn requirement(row: &Row<'_>) {
    let sentence = row.requirement;
    let mut behind = vec![match row.standing {
        Standing::Covered => ids(&row.cases).join(", "),
        Standing::Excused(_) => reason(&row.standing).unwrap_or_default(),
        Standing::Open | Standing::Unlisted | Standing::Free => String::new(),
    }];
    if !row.defects.is_empty() {
        behind.push(format!("defects: {}", row.defects.join(", ")));
    }
    if !row.code.is_empty() {
        let places: Vec<&str> = row.code.iter().map(|citation| citation.place.as_str()).collect();
        behind.push(format!("code: {}", places.join(", ")));
    }
    behind.retain(|part| !part.is_empty());
    let (strength, role) = (sentence.strength.name(), sentence.role.name());
    let line = format!(
        "{:<22} {strength:<7} {role:<3} {:<8} {}",
        sentence.id.as_str(),
        row.standing.name(),
        behind.join(" | ")
    );
    say!("{}", line.trim_end());
}

fn status<'a>(row: &PurposeRow<'a>) -> &'a str {
    let status = row.purpose.status.as_str();
    if status.starts_with("PICS") { "PICS" } else { status.split(' ').next().unwrap_or(status) }
}

fn behind_purpose(row: &PurposeRow<'_>) -> String {
    reason(&row.standing).unwrap_or_else(|| ids(&row.cases).join(", "))
}

fn reason(standing: &Standing<'_>) -> Option<String> {
    match standing {
        Standing::Excused(reason) => {
            let because = reason.because.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(format!("{}: {because}", reason.excuse.label()))
        }
        Standing::Covered | Standing::Open | Standing::Unlisted | Standing::Free => None,
    }
}

fn ids<'a>(cases: &[&'a CaseHeader]) -> Vec<&'a str> {
    cases.iter().map(|case| case.case.id.as_str()).collect()
}

/// The MUSTs and the SHOULDs for a user agent by source, then all by role.
fn totals(totals: &[Total]) {
    let of = |fits: &dyn Fn(&Total) -> bool| {
        Count::sum(totals.iter().filter(|total| fits(total)).map(|total| &total.count))
    };
    for strength in [Strength::Must, Strength::Should, Strength::Stated, Strength::Profile] {
        let own: BTreeSet<&str> = totals
            .iter()
            .filter(|total| total.strength == strength && total.role.binds_user_agent())
            .map(|total| total.source.as_str())
            .collect();
        for source in &own {
            let count = of(&|total| {
                total.source == *source
                    && total.strength == strength
                    && total.role.binds_user_agent()
            });
            say!("{source:<10} {:<9} {}", strength.name(), figures(&count));
        }
        if own.len() > 1 {
            let count = of(&|total| total.strength == strength && total.role.binds_user_agent());
            say!("{:<10} {:<9} {}", "all", strength.name(), figures(&count));
        }
    }
    for role in [Role::Uac, Role::Uas, Role::Ua] {
        let count = of(&|total| total.strength == Strength::Must && total.role == role);
        if count.all > 0 {
            say!("{:<10} {:<9} {}", role.name(), "MUST", figures(&count));
        }
    }
    let others = of(&|total| !total.role.binds_user_agent());
    if others.all > 0 {
        say!("{:<20} {:>5}", "binds no user agent", others.all);
    }
}

fn figures(count: &Count) -> String {
    let Count { all, covered, excused, open, unlisted } = count;
    let others = [(excused, "excused"), (open, "open"), (unlisted, "unlisted")];
    let others = others.iter().filter(|(number, _)| **number > 0);
    let others: Vec<String> =
        others.map(|(number, word)| format!("  {number:>4} {word}")).collect();
    format!("{all:>5}  {covered:>4} covered{}", others.concat())
}
