//! How claims and requirements stand: what the runs of the cases that ask for them say together.

use super::Grounds;
use crate::evidence::record::Tier;
use crate::report::JudgedCase;
use crate::requirement::RequirementId;
use crate::scenario::header::CaseHeader;
use crate::scenario::pics_expression::PicsExpression;
use crate::scenario::variation::{is_of_execution, over_of};
use crate::verdict::Verdict;
use crate::wire::Transport;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A claim of the device, held against its behaviour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claimed {
    /// The name in `pics`.
    pub name: String,
    /// Whether the profile asks for it.
    pub mandatory: bool,
    /// How it behaved.
    pub stands: Stands,
    /// How many executions ask for it.
    pub cases: usize,
    /// Those that show that it is not so, or leave it open.
    pub against: Vec<String>,
}

/// A requirement that the profile makes mandatory.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Required {
    /// Its name.
    pub id: RequirementId,
    /// How it stands.
    pub stands: Stands,
    /// Why, where it is not met.
    pub why: String,
}

/// How a claim or a requirement stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// Every run of every case that asks for it passed.
    Met,
    /// A run failed.
    Violated,
    /// A run could not decide it.
    Undecided,
    /// The profile asks for it and the device does not claim it.
    NotClaimed,
    /// No case of the suite asks for it.
    NoCase,
    /// All cases that do are excluded by what the device claims, or did not run.
    NotRun,
}

/// Each claim and each mandatory claim, held against the cases that ask for it.
///
/// A case that asks for several is laid to the most special of them: to `codec.g722` and not to `uas` where
/// every case of `codec.g722` asks for `uas` too, and others ask for `uas` alone.
pub(super) fn claimed(grounds: &Grounds<'_>) -> Vec<Claimed> {
    let Grounds { profile, suite, claims, run, .. } = *grounds;
    let names: BTreeSet<&String> = claims.iter().chain(&profile.claims).collect();
    let asks = |when: Option<&String>, name| when.is_some_and(|when| asks_for(when, name));
    let asking: BTreeMap<&String, BTreeSet<usize>> = names
        .iter()
        .map(|name| {
            let asking = run.cases.iter().enumerate().filter(|(_, case)| {
                asks(case.program.case.when.as_ref(), name) || is_over(case, name)
            });
            (*name, asking.map(|(index, _)| index).collect())
        })
        .collect();
    asking
        .iter()
        .map(|(&name, own)| {
            let special: BTreeSet<usize> = asking
                .values()
                .filter(|other| other.len() < own.len() && other.is_subset(own))
                .flatten()
                .copied()
                .collect();
            let all = || own.iter().filter_map(|index| Some((*index, run.cases.get(*index)?)));
            let mut ran: Vec<&JudgedCase> = all()
                .filter(|(index, case)| case.verdict == Verdict::Pass || !special.contains(index))
                .map(|(_, case)| case)
                .collect();
            // Where nothing of its own speaks for it, what speaks against the special one does against it.
            if ran.is_empty() {
                ran = all().map(|(_, case)| case).collect();
            }
            let in_suite = suite.iter().any(|header| asks(header.case.when.as_ref(), name));
            let (stands, against) = if claims.contains(name) {
                weigh(&ran, in_suite, |case| case.verdict)
            } else {
                (Stands::NotClaimed, Vec::new())
            };
            let executions: BTreeSet<&str> =
                all().map(|(_, case)| case.record.execution.as_str()).collect();
            let mandatory = profile.claims.contains(name);
            Claimed { name: name.clone(), mandatory, stands, cases: executions.len(), against }
        })
        .collect()
}

/// A requirement of the profile, held against the cases that stand for it.
pub(super) fn required(id: &RequirementId, grounds: &Grounds<'_>) -> Required {
    let Grounds { suite, run, .. } = *grounds;
    let stand: Vec<&CaseHeader> =
        suite.iter().filter(|header| header.case.requires.contains(id)).collect();
    let ran: Vec<&JudgedCase> =
        run.cases.iter().filter(|case| case.program.case.requires.contains(id)).collect();
    // What a case says of the requirement, and no better than the case as a whole where it says nothing.
    let verdict = |case: &JudgedCase| {
        let found = case.verdict_of(id);
        if found == Verdict::None { case.verdict } else { found }
    };
    let (stands, against) = weigh(&ran, !stand.is_empty(), verdict);
    let ids = || stand.iter().map(|header| header.case.id.clone()).collect::<Vec<_>>();
    let why = match stands {
        Stands::Met => String::new(),
        Stands::Violated => format!("violated: {}", some(&against)),
        Stands::Undecided => format!("could not be decided: {}", some(&against)),
        Stands::NoCase | Stands::NotClaimed => "no case of the suite stands for it".to_owned(),
        Stands::NotRun => {
            let left = &run.record.not_applicable;
            let excluded = left.iter().find(|(execution, _)| {
                ids().iter().any(|id| execution == id || execution.starts_with(&format!("{id}[")))
            });
            match excluded {
                Some((execution, when)) => format!(
                    "its case {execution} does not apply, for the device does not claim `{when}`"
                ),
                None => format!("none of its cases ran: {}", some(&ids())),
            }
        }
    };
    Required { id: id.clone(), stands, why }
}

/// What the runs of cases come to together, and which speak against it.
fn weigh(
    ran: &[&JudgedCase],
    in_suite: bool,
    verdict: impl Fn(&JudgedCase) -> Verdict,
) -> (Stands, Vec<String>) {
    let labels = |wanted: &dyn Fn(Verdict) -> bool| -> Vec<String> {
        let found = ran.iter().filter(|case| wanted(verdict(case)));
        found.map(|case| case.record.label()).collect()
    };
    let failed = labels(&|verdict| verdict == Verdict::Fail);
    let undecided = labels(&|verdict| !matches!(verdict, Verdict::Pass | Verdict::Fail));
    match (ran.is_empty(), in_suite) {
        (true, false) => (Stands::NoCase, Vec::new()),
        (true, true) => (Stands::NotRun, Vec::new()),
        _ if !failed.is_empty() => (Stands::Violated, failed),
        _ if !undecided.is_empty() => (Stands::Undecided, undecided),
        _ => (Stands::Met, Vec::new()),
    }
}

/// What the probe shows to work: all cases that it alone kept from applying passed.
pub(super) fn unclaimed(grounds: &Grounds<'_>) -> Vec<String> {
    let Some(probe) = grounds.probe else { return Vec::new() };
    let record = &grounds.run.record;
    let excluded: BTreeMap<&String, &String> =
        record.not_applicable.iter().map(|(execution, when)| (execution, when)).collect();
    let mut claims = grounds.claims.clone();
    claims.insert(format!("tier.{}", record.tier.name()));
    if record.tier != Tier::Bench {
        claims.insert("power".to_owned());
    }
    let mut works: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for case in &probe.cases {
        let when = excluded.get(&case.record.execution);
        let execution = &case.record.execution;
        let Some(name) = when.and_then(|when| lacks(execution, when, &claims)) else { continue };
        let (count, all) = works.entry(name).or_insert((0, true));
        *count += 1;
        *all &= case.verdict == Verdict::Pass;
    }
    let working = works.into_iter().filter(|(_, (_, all))| *all);
    working
        .map(|(name, (count, _))| {
            format!("`{name}` is not claimed and works: {count} case(s) passed")
        })
        .collect()
}

/// The one name that a device would have to claim beside what it claims for an expression to hold that
/// excludes an execution.
pub fn lacks(execution: &str, when: &str, claims: &BTreeSet<String>) -> Option<String> {
    let expression = PicsExpression::parse(when).ok()?;
    let claims: BTreeSet<_> = claims.iter().cloned().chain(over_of(execution)).collect();
    if expression.holds(&claims) {
        return None;
    }
    let names = expression.names().into_iter().filter(|name| !claims.contains(*name));
    let of_device = names
        .filter(|name| !name.starts_with("tier.") && *name != "power" && !is_of_execution(name));
    let enough = |name: &&str| {
        let mut more = claims.clone();
        more.insert((*name).to_owned());
        expression.holds(&more)
    };
    of_device.filter(enough).map(str::to_owned).next()
}

/// Whether an expression holds for a device that claims everything it names, and not without `name`.
pub(super) fn asks_for(when: &str, name: &str) -> bool {
    let Ok(expression) = PicsExpression::parse(when) else { return false };
    let mut all: BTreeSet<String> = expression.names().into_iter().map(str::to_owned).collect();
    if !all.contains(name) {
        return false;
    }
    let with = expression.holds(&all);
    all.remove(name);
    with && !expression.holds(&all)
}

/// Whether a case runs over the transport or the version of IP that a claim is about.
fn is_over(case: &JudgedCase, name: &str) -> bool {
    let over = |transport| case.program.roles.iter().any(|role| role.reach.transport == transport);
    match name {
        "transport.udp" => over(Transport::Udp),
        "transport.tcp" => over(Transport::Tcp),
        "transport.tls" => over(Transport::Tls),
        "ipv6" => case.record.values.get("ip").is_some_and(|ip| ip == "v6"),
        _ => false,
    }
}

/// The first few of a list, and how many more there are.
pub(super) fn some(list: &[String]) -> String {
    let shown: Vec<_> = list.iter().take(SHOWN).map(String::as_str).collect();
    match list.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// So many are named.
const SHOWN: usize = 8;
