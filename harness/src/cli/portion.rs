//! The options that choose by what other runs do or did: a shard, and what failed earlier.

use super::durations;
use super::{Failure, judge};
use crate::campaign::plan::Plan;
use crate::campaign::shard;
use crate::drive::project::{LoadedRig, Mistake};
use crate::evidence::durations::Durations;
use crate::evidence::extent::{Shard, ShardRecord};
use crate::evidence::record::execution_of;
use crate::verdict::Verdict;
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which part of what is selected.
#[derive(Args, Clone, Debug)]
pub(super) struct Portion {
    /// Only what did not pass in an earlier run
    #[arg(long, value_name = "WHICH")]
    pub(super) rerun: Option<Rerun>,
    /// The folder of that earlier run (default: the newest in the folder of reports)
    #[arg(long, value_name = "FOLDER", requires = "rerun")]
    pub(super) from: Option<PathBuf>,
    /// Only this of so many parts that take about as long: 2/4 is the second of four
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,
    /// How long cases took: the folder of a run, or a durations.json. Shards of one run need the same;
    /// without it, every execution counts the same
    #[arg(long, value_name = "PATH")]
    pub(super) durations: Option<PathBuf>,
}

/// What of an earlier run is run again.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Rerun {
    /// What came to another verdict than pass, and what did not run
    Failed,
}

impl Portion {
    /// Takes out of `plan` what is not to run. Returns the shard, and how long things take.
    pub(super) fn apply(
        &self,
        plan: &mut Plan,
        rig: &LoadedRig,
        reports: &Path,
    ) -> Result<(Option<ShardRecord>, Durations), Failure> {
        let tier = rig.profile.tier;
        if let Some(Rerun::Failed) = self.rerun {
            let latest = reports.join("latest");
            keep_failed(plan, self.from.as_deref().unwrap_or(&latest))?;
        }
        let given = self.durations.as_deref().map(|path| durations::read(path, tier));
        let given = given.transpose()?;
        let Some(shard) = self.shard else {
            let recent = || durations::recent(reports, tier, &rig.device.profile.device);
            return Ok((None, given.unwrap_or_else(recent)));
        };
        // What happens to lie in the folder of reports differs from machine to machine.
        let durations = given.unwrap_or_else(|| Durations::unknown(tier));
        let ids = plan.ids();
        let record = shard::record(&ids, shard, &durations);
        let all = ids.len();
        let own = record.plan.get(shard.index()).into_iter().flatten();
        let own: BTreeSet<String> = own.cloned().collect();
        plan.executions.retain(|planned| own.contains(&planned.execution));
        if own.is_empty() && all > 0 {
            let why =
                format!("shard {shard} has nothing to do; only {all} execution(s) are shared out");
            return Err(Failure::NothingSelected(why));
        }
        Ok((Some(record), durations))
    }
}

/// Keeps what did not pass in a run.
fn keep_failed(plan: &mut Plan, from: &Path) -> Result<(), Failure> {
    let run = judge::read(from, None)?.run;
    let mut failed: BTreeSet<&str> = run
        .cases
        .iter()
        .filter(|case| case.verdict != Verdict::Pass)
        .map(|case| case.record.execution.as_str())
        .collect();
    failed.extend(run.record.not_run.iter().map(|(label, _)| execution_of(label)));
    if failed.is_empty() {
        let why = format!("everything passed in `{}`", from.display());
        return Err(Failure::NothingSelected(why));
    }
    let known: BTreeSet<String> = plan.ids().into_iter().map(str::to_owned).collect();
    for gone in failed.iter().filter(|execution| !known.contains(**execution)) {
        tell!("ringtrue: {gone} did not pass there, and is not among what is selected here");
    }
    plan.retain(|execution| failed.contains(execution));
    if plan.executions.is_empty() {
        let what = "nothing that did not pass in it is selected here";
        return Err(Mistake::new(from, what).into());
    }
    Ok(())
}
