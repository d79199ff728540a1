//! Whether a judged run makes a device certified by a profile, and what the certificate says.
//!
//! A certificate is a function of the run, the profile and the circumstances that are written into it, so
//! that whoever has the bundle makes it again and compares.

pub mod manifest;
pub mod profile;
mod sheet;

use crate::check::margin::Margin;
use crate::evidence::record::{Calibration, Order, Repeats, RunRecord, Tier};
use crate::report::flake::Tally;
use crate::report::{JudgedCase, JudgedRun};
use crate::requirement::RequirementId;
use crate::scenario::header::CaseHeader;
use crate::scenario::pics_expression::PicsExpression;
use crate::verdict::Verdict;
use crate::wire::Transport;
use profile::Profile;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a certificate is made from beside the run itself.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The cases of the suite.
    pub suite: &'a [CaseHeader],
    /// What the device claims to implement.
    pub claims: &'a BTreeSet<String>,
    /// The run of all that applies.
    pub run: &'a JudgedRun,
    /// A run of what does not apply because of one thing that is not claimed, if there is any.
    pub probe: Option<&'a JudgedRun>,
    /// The circumstances.
    pub circumstances: &'a Circumstances,
}

/// What nobody can find out afterwards.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Circumstances {
    /// The day on which it was made.
    pub made: String,
    /// The version of the harness.
    pub ringtrue: String,
    /// The SHA-256 of its program.
    pub harness_sha256: String,
    /// The SHA-256 over the sums of the scenarios, the catalogue and the stored messages.
    pub suite_sha256: String,
    /// The SHA-256 of the profile.
    pub profile_sha256: String,
    /// The name of the rig.
    pub rig: String,
    /// How the device was brought to a clean state before each case.
    pub clean_state: String,
    /// The instruments of the rig and when they were calibrated.
    pub instruments: Vec<Instrument>,
}

/// An instrument of a bench, and its calibration.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Instrument {
    /// What it is.
    pub instrument: String,
    /// The day on which it was calibrated.
    pub calibrated: String,
    /// The last day for which that holds.
    pub due: String,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// A certificate, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// The version of this layout.
    pub schema: u32,
    /// Whether the device is certified.
    pub granted: bool,
    /// Why not; empty where it is.
    pub reasons: Vec<String>,
    /// What is to be known to read it right.
    pub reservations: Vec<String>,
    /// The name and the title of the profile.
    pub profile: [String; 2],
    /// The device: its name, what it told of its firmware, and the sums of that.
    pub device: Device,
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The run: its folder's name, when it began, on what, in which order and how often.
    pub run: Run,
    /// The errors of the harness itself, measured in that run.
    pub calibration: Calibration,
    /// What the device claims, and how it behaved.
    pub claims: Vec<Claimed>,
    /// What works though it is not claimed.
    pub unclaimed: Vec<String>,
    /// The mandatory requirements.
    pub requirements: Vec<Required>,
    /// Every execution and what each of its runs came to.
    pub cases: Vec<CaseLine>,
    /// Every quantity that was held against limits, and its nearest run to them.
    pub limits: Vec<LimitLine>,
    /// How uncertainty went into the verdicts.
    pub guard_band: &'static str,
}

/// The device of a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// What it told of its firmware.
    pub version: Option<String>,
    /// The files of its firmware and their SHA-256.
    pub firmware: BTreeMap<String, String>,
}

/// The run of a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// The name of its folder.
    pub id: String,
    /// When it began, in nanoseconds since 1970-01-01 UTC.
    pub started_unix_ns: u64,
    /// How real the device was.
    pub tier: &'static str,
    /// The seed of every random choice.
    pub seed: u64,
    /// The order of the cases.
    pub order: Order,
    /// How often each ran.
    pub repeats: Repeats,
}

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

/// One execution.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseLine {
    /// Its id.
    pub execution: String,
    /// What its runs came to: `pass`, or `flaky: 1 fail, 2 pass`.
    pub came_to: String,
    /// How often it ran.
    pub runs: u32,
}

/// One quantity that was held against limits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitLine {
    /// Where: the run of the case that came nearest.
    pub case: String,
    /// For which requirement.
    pub requirement: RequirementId,
    /// What was measured, with its uncertainty, and the limits.
    pub margin: Margin,
    /// What came of it.
    pub verdict: Verdict,
}

impl Certificate {
    /// The layout that this version writes.
    pub const SCHEMA: u32 = 1;

    /// Judges a run by a profile.
    pub fn new(grounds: &Grounds<'_>) -> Self {
        let Grounds { profile, run, circumstances, .. } = *grounds;
        let record = &run.record;
        let claims = claimed(grounds);
        let requirements: Vec<Required> =
            profile.requirements.iter().map(|id| required(id, grounds)).collect();
        let reasons = reasons(grounds, &claims, &requirements);
        Self {
            schema: Self::SCHEMA,
            granted: reasons.is_empty(),
            reasons,
            reservations: reservations(record, circumstances),
            profile: [profile.profile.clone(), profile.title.clone()],
            device: Device {
                name: record.device.name.clone(),
                version: record.device.version.clone(),
                firmware: record.device.firmware.clone(),
            },
            circumstances: circumstances.clone(),
            run: Run {
                id: record.id.clone(),
                started_unix_ns: record.started_unix_ns,
                tier: record.tier.name(),
                seed: record.seed,
                order: record.order,
                repeats: record.repeats,
            },
            calibration: record.calibration.clone(),
            claims,
            unclaimed: unclaimed(grounds),
            requirements,
            cases: run.tallies().map(|tally| CaseLine::new(&tally)).collect(),
            limits: limits(run),
            guard_band: GUARD_BAND,
        }
    }

    /// The certificate as it is stored, with a line feed at its end.
    ///
    /// # Errors
    ///
    /// Never in practice; those of the serializer are passed on.
    pub fn json(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl CaseLine {
    fn new(tally: &Tally<'_>) -> Self {
        let execution = tally.execution.to_owned();
        Self { execution, came_to: tally.words(), runs: tally.count() }
    }
}

/// What stands in the way.
fn reasons(grounds: &Grounds<'_>, claims: &[Claimed], required: &[Required]) -> Vec<String> {
    let Grounds { run, circumstances, .. } = *grounds;
    let record = &run.record;
    let mut reasons: Vec<String> =
        run.doubts.iter().map(|doubt| format!("the evidence is in doubt: {doubt}")).collect();
    for claim in claims {
        let name = &claim.name;
        match claim.stands {
            Stands::NotClaimed => reasons
                .push(format!("the profile asks for `{name}`, which the device does not claim")),
            Stands::Violated => reasons.push(format!(
                "the device claims `{name}` and does not behave so: {}",
                some(&claim.against)
            )),
            Stands::NoCase if claim.mandatory => reasons
                .push(format!("the profile asks for `{name}`, and no case of the suite tests it")),
            Stands::NotRun if claim.mandatory => reasons
                .push(format!("the profile asks for `{name}`, and no case that tests it ran")),
            Stands::Undecided if claim.mandatory => reasons.push(format!(
                "the profile asks for `{name}`, which could not be decided: {}",
                some(&claim.against)
            )),
            Stands::Met | Stands::NoCase | Stands::NotRun | Stands::Undecided => {}
        }
    }
    for requirement in required.iter().filter(|requirement| requirement.stands != Stands::Met) {
        reasons.push(format!("{}: {}", requirement.id, requirement.why));
    }
    let (flaky, stable): (Vec<_>, Vec<_>) = run.tallies().partition(Tally::is_flaky);
    let named = |tallies: &[Tally<'_>], wanted: &[Verdict]| -> Vec<String> {
        let wanted = tallies.iter().filter(|tally| wanted.contains(&tally.worst()));
        wanted.map(|tally| tally.execution.to_owned()).collect()
    };
    let broken = [Verdict::Error, Verdict::None];
    let any = [Verdict::Fail, Verdict::Inconclusive, Verdict::Error];
    for (what, found) in [
        ("failed", named(&stable, &[Verdict::Fail])),
        ("are flaky, which is never a pass", named(&flaky, &any)),
        ("ended in an error of the bench or of the harness", named(&stable, &broken)),
    ] {
        if !found.is_empty() {
            reasons.push(format!("{} case(s) {what}: {}", found.len(), some(&found)));
        }
    }
    if !record.not_run.is_empty() {
        let left: Vec<String> = record.not_run.iter().map(|(label, _)| label.clone()).collect();
        reasons.push(format!("{} case(s) did not run: {}", left.len(), some(&left)));
    }
    let rounds = record.repeats.at_most();
    let is_short = run.tallies().any(|tally| tally.count() < rounds);
    if rounds < ROUNDS || is_short {
        reasons.push(format!("not every case ran {ROUNDS} times"));
    }
    if record.order == Order::File {
        reasons.push("the cases were not shuffled".to_owned());
    }
    if !record.device.defects.is_empty() {
        let defects = record.device.defects.join(", ");
        reasons.push(format!("seeded defects of the reference device were switched on: {defects}"));
    }
    if record.tier == Tier::Bench && circumstances.instruments.is_empty() {
        reasons.push(
            "rig.yaml has no `calibration`: nobody knows whether the bench measures right"
                .to_owned(),
        );
    }
    for it in circumstances.instruments.iter().filter(|it| it.due < circumstances.made) {
        reasons.push(format!("the calibration of `{}` was due on {}", it.instrument, it.due));
    }
    reasons
}

fn reservations(record: &RunRecord, circumstances: &Circumstances) -> Vec<String> {
    let mut all = vec![match record.tier {
        Tier::Virtual => "The device is the reference device's core in virtual time, not a product.".to_owned(),
        Tier::Host => "The device is a process on this machine, not hardware: nothing is said of a board, its network port or its power.".to_owned(),
        Tier::Qemu => "The device is a firmware image on a virtual board, not hardware: nothing is said of its network port or its power.".to_owned(),
        Tier::Bench => "The device is the one specimen that was on the bench.".to_owned(),
    }];
    if let Some(why) = &record.fell_back {
        all.push(format!("A lesser tier than was asked for: {why}."));
    }
    if circumstances.instruments.is_empty() && record.tier != Tier::Virtual {
        all.push("No instrument of the rig has a calibration; times rest on the clock of this machine, whose errors were measured in the run.".to_owned());
    }
    if record.device.firmware.is_empty() {
        all.push("The rig names no file of the firmware, so no sum of it is known; only what the device told of its version.".to_owned());
    }
    all
}

/// Each claim and each mandatory claim, held against the cases that ask for it.
fn claimed(grounds: &Grounds<'_>) -> Vec<Claimed> {
    let Grounds { profile, suite, claims, run, .. } = *grounds;
    let names: BTreeSet<&String> = claims.iter().chain(&profile.claims).collect();
    names
        .into_iter()
        .map(|name| {
            let mandatory = profile.claims.contains(name);
            let asks = |when: Option<&String>| when.is_some_and(|when| asks_for(when, name));
            let ran: Vec<&JudgedCase> = run
                .cases
                .iter()
                .filter(|case| asks(case.program.case.when.as_ref()) || is_over(case, name))
                .collect();
            let in_suite = suite.iter().any(|header| asks(header.case.when.as_ref()));
            let (stands, against) = if claims.contains(name) {
                weigh(&ran, in_suite, |case| case.verdict)
            } else {
                (Stands::NotClaimed, Vec::new())
            };
            let executions: BTreeSet<&str> =
                ran.iter().map(|case| case.record.execution.as_str()).collect();
            Claimed { name: name.clone(), mandatory, stands, cases: executions.len(), against }
        })
        .collect()
}

fn required(id: &RequirementId, grounds: &Grounds<'_>) -> Required {
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
fn unclaimed(grounds: &Grounds<'_>) -> Vec<String> {
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
        let Some(name) = when.and_then(|when| lacks(when, &claims)) else { continue };
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

/// The one name that a device would have to claim beside what it claims for an expression to hold.
pub fn lacks(when: &str, claims: &BTreeSet<String>) -> Option<String> {
    let expression = PicsExpression::parse(when).ok()?;
    if expression.holds(claims) {
        return None;
    }
    let names = expression.names().into_iter().filter(|name| !claims.contains(*name));
    let of_device = names.filter(|name| !name.starts_with("tier.") && *name != "power");
    let enough = |name: &&str| {
        let mut more = claims.clone();
        more.insert((*name).to_owned());
        expression.holds(&more)
    };
    of_device.filter(enough).map(str::to_owned).next()
}

/// Whether an expression holds for a device that claims everything it names, and not without `name`.
fn asks_for(when: &str, name: &str) -> bool {
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

/// Of all runs of a claim, the one with the least room to its limits.
fn limits(run: &JudgedRun) -> Vec<LimitLine> {
    let mut nearest: BTreeMap<(String, RequirementId, String), LimitLine> = BTreeMap::new();
    for case in &run.cases {
        for finding in &case.findings {
            for margin in &finding.margins {
                let key = (
                    case.record.execution.clone(),
                    finding.requirement.clone(),
                    margin.figure.clone(),
                );
                let line = LimitLine {
                    case: case.record.label(),
                    requirement: finding.requirement.clone(),
                    margin: margin.clone(),
                    verdict: finding.verdict,
                };
                let room = |line: &LimitLine| line.margin.room().unwrap_or(f64::INFINITY);
                match nearest.get(&key) {
                    Some(known) if room(known) <= room(&line) => {}
                    _ => {
                        nearest.insert(key, line);
                    }
                }
            }
        }
    }
    nearest.into_values().collect()
}

/// The first few of a list, and how many more there are.
fn some(list: &[String]) -> String {
    let shown: Vec<_> = list.iter().take(SHOWN).map(String::as_str).collect();
    match list.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// How often every case runs.
pub const ROUNDS: u32 = 3;
const SHOWN: usize = 8;
const GUARD_BAND: &str = "A figure passes only if the whole of measured ± uncertainty lies within its limits, fails only if the whole of it lies outside, and is inconclusive otherwise; the uncertainty is that of the stamps of the points between which it was measured, widened by the length of any stall of the machine meanwhile.";

#[cfg(test)]
mod tests;
