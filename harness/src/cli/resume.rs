//! Going on with a run that was interrupted or killed.

use super::reports::BRIEF;
use super::suite::Suite;
use super::{Failure, judge};
use crate::campaign::filter::Filter;
use crate::campaign::plan::{Plan, Planned};
use crate::drive::clock;
use crate::drive::lane::firmware;
use crate::drive::project::{LoadedRig, Mistake};
use crate::drive::store::{self, RunFolder, StoreError};
use crate::evidence::record::{Calibration, Ended, Repeats, RunRecord, Tier};
use crate::report::JudgedCase;
use crate::scenario::variation::Variation;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A run that did not do all that it was to do.
#[derive(Debug)]
pub(super) struct Resumed {
    pub(super) folder: PathBuf,
    pub(super) record: RunRecord,
    /// What it was made from.
    inputs: BTreeMap<String, Vec<u8>>,
    /// The cases that came to their end, judged.
    pub(super) earlier: Vec<JudgedCase>,
}

impl Resumed {
    /// Opens the folder of the run.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let wrong = |what: String| Failure::from(Mistake::new(folder, what));
        // The link `latest` would lead elsewhere as soon as another run begins.
        let folder = &fs::canonicalize(folder).map_err(|error| wrong(error.to_string()))?;
        if store::is_in_progress(folder)? {
            return Err(StoreError::InProgress(folder.clone()).into());
        }
        let stored = store::read(folder)?;
        if stored.is_tampered() {
            let doubts: Vec<_> = stored.doubts.iter().map(ToString::to_string).collect();
            return Err(wrong(doubts.join("; ")));
        }
        let record = stored.record;
        if !record.parts.is_empty() {
            let what = "it was merged; go on with the run that it was made of, and merge again";
            return Err(wrong(what.to_owned()));
        }
        let (theirs, ours) = (&record.ringtrue, env!("CARGO_PKG_VERSION"));
        if theirs != ours || record.extent.executions.is_empty() {
            return Err(wrong(format!(
                "ringtrue {theirs} began it, and this is {ours}; begin a new run"
            )));
        }
        if stored.inputs.is_empty() {
            let what = "it was killed before it had kept what it was to run; begin a new run";
            return Err(wrong(what.to_owned()));
        }
        let judged = judge::read(folder, None)?.run;
        let is_whole = |case: &JudgedCase| case.record.ended != Ended::Interrupted;
        let earlier: Vec<_> = judged.cases.into_iter().filter(is_whole).collect();
        if let Repeats::Fixed(rounds) = record.repeats {
            let all =
                record.extent.executions.len() * usize::try_from(rounds).unwrap_or(usize::MAX);
            if earlier.len() >= all {
                let why = format!("all {all} case(s) of `{}` have run", folder.display());
                return Err(Failure::NothingSelected(why));
            }
        }
        Ok(Self { folder: folder.clone(), record, inputs: stored.inputs, earlier })
    }

    /// What the run was to do from its beginning, if everything is as it was then.
    pub(super) fn executions(
        &self,
        suite: &Suite,
        rig: &LoadedRig,
    ) -> Result<Vec<Planned>, Failure> {
        if let Some(what) = self.difference(suite, rig)? {
            let what = format!("{what}; restore it, or begin a new run");
            return Err(Mistake::new(&self.folder, what).into());
        }
        let own = &self.record.extent.executions;
        let own: BTreeMap<&str, usize> = own.iter().map(String::as_str).zip(0..).collect();
        let mut executions = BTreeMap::new();
        for variation in Variation::every() {
            let cases = suite.cases.iter().map(|(path, header)| (path.as_str(), header));
            let plan = Plan::new(cases, &Filter::default(), &rig.pics(), &variation);
            for planned in plan.executions {
                if let Some(place) = own.get(planned.execution.as_str()) {
                    executions.insert(*place, planned);
                }
            }
        }
        Ok(executions.into_values().collect())
    }

    /// What is not as it was when the run began.
    fn difference(&self, suite: &Suite, rig: &LoadedRig) -> Result<Option<String>, Failure> {
        let now: BTreeMap<String, &[u8]> = suite.inputs(rig).collect();
        let then = |name: &str| self.inputs.get(name).map(Vec::as_slice);
        let names = self.inputs.keys().chain(now.keys());
        let mut changed = names.filter(|name| then(name) != now.get(*name).copied());
        if let Some(name) = changed.next() {
            return Ok(Some(format!("{name} is not what the run began with")));
        }
        let began_with = &self.record.device.firmware;
        if rig.profile.tier != Tier::Virtual && firmware(rig)? != *began_with {
            return Ok(Some("the firmware is not what the run began with".to_owned()));
        }
        Ok(None)
    }

    /// The folder of the run, without the case in which it was interrupted.
    pub(super) fn reopen(
        &self,
        calibration: &Calibration,
        lanes: u8,
    ) -> Result<RunFolder, Failure> {
        let mut folder = RunFolder::reopen(&self.folder)?;
        // What the reports say of the run is not true any more.
        let _none = fs::remove_file(self.folder.join(BRIEF));
        let now = u64::try_from(clock::unix_now().as_nanos()).unwrap_or(u64::MAX);
        folder.amend(|record| {
            record.calibration = record.calibration.bound(calibration);
            record.extent.lanes = lanes;
            record.extent.resumed_unix_ns.push(now);
            record.not_run.clear();
        })?;
        Ok(folder)
    }
}
