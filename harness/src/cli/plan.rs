//! `ringtrue plan`: what a run would do, and what it would leave out and why.

use super::Failure;
use super::portion::Portion;
use super::select::Selection;
use super::suite::{Place, Suite};
use crate::campaign::plan::{Excluded, Plan};
use crate::drive::lane::firmware;
use crate::drive::project::LoadedRig;
use crate::evidence::durations::{Basis, Durations, Expected};
use crate::evidence::extent::{Shard, ShardRecord};
use crate::evidence::record::Tier;
use crate::report::civil::span;
use crate::scenario::pics_expression::PicsExpression;
use crate::scenario::variation::is_of_execution;
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// The options of `ringtrue plan`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    portion: Portion,
    /// The rig, and by it the device
    #[arg(long, value_name = "FILE")]
    rig: PathBuf,
    /// The folder of earlier runs, which tell how long cases take
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn plan(arguments: &Arguments) -> Result<u8, Failure> {
    let suite = Suite::read(&arguments.place)?;
    let rig = LoadedRig::read(&arguments.rig)?;
    let (plan, shard, durations) =
        chosen(&suite, &rig, &arguments.selection, &arguments.portion, &arguments.reports)?;
    let planned = Planned { rig: &rig, plan: &plan, shard: shard.as_ref(), durations: &durations };
    if arguments.json {
        say!("{:#}", planned.json());
    } else {
        planned.print();
    }
    Ok(0)
}

/// What is to run, as the options of `run` and `plan` choose it.
pub(super) fn chosen(
    suite: &Suite,
    rig: &LoadedRig,
    selection: &Selection,
    portion: &Portion,
    reports: &std::path::Path,
) -> Result<(Plan, Option<ShardRecord>, Durations), Failure> {
    let cases = suite.cases.iter().map(|(path, header)| (path.as_str(), header));
    let mut plan = Plan::new(cases, &selection.filter(), &rig.pics(), &selection.variation());
    if plan.executions.is_empty() {
        let excluded = plan.not_applicable.len();
        let why = format!("no case fits the filters ({excluded} do not apply to the device)");
        return Err(Failure::NothingSelected(why));
    }
    let (shard, durations) = portion.apply(&mut plan, rig, reports)?;
    suite.refuse_errors(&|path| plan.executions.iter().any(|planned| planned.scenario == path))?;
    Ok((plan, shard, durations))
}

/// What is to be told.
struct Planned<'a> {
    rig: &'a LoadedRig,
    plan: &'a Plan,
    shard: Option<&'a ShardRecord>,
    durations: &'a Durations,
}

impl Planned<'_> {
    fn print(&self) {
        let Self { rig, plan, durations, .. } = self;
        let (tier, device) = (rig.profile.tier, &rig.device.profile.device);
        say!("on {device}, by rig {} of tier {}", rig.profile.rig, tier.name());
        match firmware(rig) {
            Ok(files) => {
                for (file, sum) in files {
                    say!("firmware {file}: SHA-256 {sum}");
                }
            }
            Err(fault) => say!("firmware: cannot {fault}"),
        }
        say!();
        let ids = plan.ids();
        let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
        for id in &ids {
            say!("{id:<width$}  {}", words(durations.expected(id)));
        }
        if !plan.not_applicable.is_empty() {
            say!("\nnot applicable:");
        }
        for left in &plan.not_applicable {
            say!("{:<width$}  {}", left.execution, why(left));
        }
        if let Some(ShardRecord { shard, plan: shares }) = self.shard {
            say!("\nshards:");
            for (one, own) in Shard::all(shard.of()).zip(shares) {
                let here = if one == *shard { "  this one" } else { "" };
                let own = own.iter().map(String::as_str);
                say!(
                    "{one}  {} execution(s), {}{here}",
                    own.len(),
                    self.time(&sum(durations, own))
                );
            }
        }
        let total = self.time(&sum(durations, ids.iter().copied()));
        say!("\n{} execution(s), {total}; {} not applicable", ids.len(), plan.not_applicable.len());
    }

    /// How long some executions take, as far as it is known.
    fn time(&self, (time, guessed): &(Duration, usize)) -> String {
        if self.durations.is_empty() {
            return "how long is not known: none ran before".to_owned();
        }
        let guessed = match guessed {
            0 => String::new(),
            count => format!(" ({count} of them did not run before and count as their like)"),
        };
        let kind =
            if self.rig.profile.tier == Tier::Virtual { "virtual time" } else { "one by one" };
        format!("{} of {kind}{guessed}", span(*time))
    }

    fn json(&self) -> Value {
        let Self { rig, plan, durations, .. } = self;
        let executions = plan.executions.iter().map(|planned| {
            let expected = durations.expected(&planned.execution);
            json!({
                "execution": planned.execution,
                "scenario": planned.scenario,
                "expected_s": seconds(expected),
                "basis": basis(expected.basis),
            })
        });
        let left = plan.not_applicable.iter().map(
            |left| json!({ "execution": left.execution, "when": left.when, "why": why(left) }),
        );
        let shards = self.shard.map(|record| {
            let shares = Shard::all(record.shard.of()).zip(&record.plan).map(|(shard, own)| {
                let (time, _) = sum(durations, own.iter().map(String::as_str));
                json!({ "shard": shard, "executions": own, "expected_s": time.as_secs_f64() })
            });
            shares.collect::<Vec<_>>()
        });
        json!({
            "rig": rig.profile.rig,
            "tier": rig.profile.tier,
            "device": rig.device.profile.device,
            "firmware": firmware(rig).ok(),
            "executions": executions.collect::<Vec<_>>(),
            "not_applicable": left.collect::<Vec<_>>(),
            "shard": self.shard.map(|record| record.shard),
            "shards": shards,
        })
    }
}

/// Why an execution does not apply.
fn why(Excluded { when, pics, .. }: &Excluded) -> String {
    let expression = PicsExpression::parse(when);
    let names = expression.as_ref().map(|it| it.decided_by(pics)).unwrap_or_default();
    let (over, claims): (BTreeSet<_>, BTreeSet<_>) =
        names.into_iter().partition(|name| is_of_execution(name));
    let (claimed, unclaimed): (BTreeSet<_>, BTreeSet<_>) =
        claims.into_iter().partition(|name| pics.contains(*name));
    let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    let here = pics.iter().map(String::as_str).filter(|name| is_of_execution(name));
    let here = if over.is_empty() { BTreeSet::new() } else { here.collect() };
    let parts = [("not claimed", unclaimed), ("claimed", claimed), ("this execution is", here)];
    let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<_> = parts.map(|(words, names)| format!("{words}: {}", list(names))).collect();
    format!("needs `{when}`; {}", parts.join("; "))
}

/// How long executions take one after the other, and of how many of them that is a guess.
fn sum<'a>(durations: &Durations, ids: impl Iterator<Item = &'a str>) -> (Duration, usize) {
    let expected = ids.map(|id| durations.expected(id));
    expected.fold((Duration::ZERO, 0), |(time, guessed), expected| {
        let is_guess = expected.basis != Basis::Execution;
        (time + expected.time, guessed + usize::from(is_guess))
    })
}

fn words(expected: Expected) -> String {
    let seconds = expected.time.as_secs_f64();
    match expected.basis {
        Basis::Execution => format!("{seconds:7.1} s"),
        Basis::Case => format!("{seconds:7.1} s, as its case"),
        Basis::Suite => format!("{seconds:7.1} s, as the mean of all"),
        Basis::Nothing => "      ?".to_owned(),
    }
}

fn seconds(expected: Expected) -> Option<f64> {
    (expected.basis != Basis::Nothing).then_some(expected.time.as_secs_f64())
}

const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Execution => "execution",
        Basis::Case => "case",
        Basis::Suite => "suite",
        Basis::Nothing => "nothing",
    }
}
