//! `ringtrue merge`: runs that shared a suite among them, put together and judged as one.
//!
//! Nothing is taken from the reports of the parts. The evidence of all their cases is put into one
//! folder and judged from there, so every figure comes from what was seen, and the merged folder is as
//! good as that of a run that did everything itself.

mod alike;

use super::judge;
use super::suite::Suite;
use super::{Failure, exit_code, reports, run};
use crate::drive::project::{Mistake, Project};
use crate::drive::store::{self, Doubt, RunFolder, StoreError, Stored};
use crate::evidence::extent::{Extent, PartEnd, PartRecord, Shard};
use crate::evidence::record::{CaseRecord, Ended, Order, RunRecord, execution_of};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The options of `ringtrue merge`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folders of the runs
    #[arg(value_name = "FOLDER", required = true)]
    folders: Vec<PathBuf>,
    /// The folder for the merged run's own folder
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
}

pub(super) fn merge(arguments: &Arguments) -> Result<u8, Failure> {
    let mut parts = Vec::new();
    for folder in &arguments.folders {
        parts.push(Part::read(folder)?);
    }
    let Some((first, others)) = parts.split_first() else {
        return Err(Failure::NothingSelected("no folder was given".to_owned()));
    };
    for other in others {
        if let Some(what) = alike::difference(&first.stored, &other.stored) {
            let against = first.folder.display();
            return Err(
                Mistake::new(other.folder, format!("not of a run with {against}: {what}")).into()
            );
        }
    }
    let missing = missing(&parts)?;
    refuse_twice(&parts)?;

    let (record, cases) = merged(&parts, &missing)?;
    let mut folder = RunFolder::create(&arguments.reports, record)?;
    for part in &parts {
        let name = part.rig_input(&parts);
        let inputs = part.stored.inputs.iter();
        folder.keep_inputs(inputs.map(|(input, bytes)| {
            (if input == RIG { name.clone() } else { input.clone() }, bytes.as_slice())
        }))?;
    }
    for (part, cases) in parts.iter().zip(cases) {
        folder.adopt_cases(part.folder, &cases)?;
    }
    let order = order(&first.project()?);
    let place = |case: &CaseRecord| (order.get(&case.execution).copied(), case.repeat);
    folder.amend(|record| record.cases.sort_by_key(place))?;
    let folder = folder.seal()?;
    for shard in &missing {
        tell!("ringtrue: shard {shard} is missing");
    }
    let judge::Read { run, project, .. } = judge::read(&folder, None)?;
    judge::write_reports(&run, &project, &folder)?;
    reports::write_index(&arguments.reports)?;
    judge::print(&run, &folder);
    Ok(exit_code(run.verdict()))
}

/// One of the runs that are merged.
struct Part<'a> {
    folder: &'a Path,
    stored: Stored,
}

impl<'a> Part<'a> {
    fn read(folder: &'a Path) -> Result<Self, Failure> {
        if store::is_in_progress(folder)? {
            return Err(StoreError::InProgress(folder.to_owned()).into());
        }
        let stored = store::read(folder)?;
        if stored.is_tampered() {
            let doubts: Vec<_> = stored.doubts.iter().map(ToString::to_string).collect();
            return Err(Mistake::new(folder, doubts.join("; ")).into());
        }
        if !stored.record.parts.is_empty() {
            let what = "it was merged itself; give the runs that it was made of";
            return Err(Mistake::new(folder, what).into());
        }
        Ok(Self { folder, stored })
    }

    fn record(&self) -> &RunRecord {
        &self.stored.record
    }

    fn shard(&self) -> Option<Shard> {
        self.record().extent.shard.as_ref().map(|record| record.shard)
    }

    fn ended(&self) -> PartEnd {
        if self.stored.doubts.contains(&Doubt::Unsealed) {
            PartEnd::Killed
        } else {
            PartEnd::Sealed
        }
    }

    /// The cases whose evidence is whole. The case in which a run was killed has none that is vouched
    /// for.
    fn cases(&self) -> Vec<CaseRecord> {
        let is_killed = self.ended() == PartEnd::Killed;
        let is_half = |case: &&CaseRecord| is_killed && case.ended == Ended::Interrupted;
        self.record().cases.iter().filter(|case| !is_half(case)).cloned().collect()
    }

    fn project(&self) -> Result<Project, Failure> {
        Ok(Project::from_inputs(&self.stored.inputs)?)
    }

    /// The name of its rig's file below the inputs of the merged run, where the first has `rig.yaml`.
    fn rig_input(&self, parts: &[Self]) -> String {
        let rig = self.stored.inputs.get(RIG);
        let is_first = parts.first().is_some_and(|first| first.stored.inputs.get(RIG) == rig);
        if is_first { RIG.to_owned() } else { format!("rigs/{}.yaml", self.record().id) }
    }

    fn part_record(&self, parts: &[Self]) -> PartRecord {
        let record = self.record();
        PartRecord {
            id: record.id.clone(),
            shard: self.shard(),
            ended: self.ended(),
            started_unix_ns: record.started_unix_ns,
            order: record.order,
            rig: self.rig_input(parts),
            board: record.board.clone(),
            calibration: record.calibration.clone(),
            cases: self.cases().len(),
        }
    }
}

/// The shards that have something to do and are not among the parts.
fn missing(parts: &[Part<'_>]) -> Result<Vec<Shard>, Failure> {
    let mut shards =
        parts.iter().filter_map(|part| Some((part, part.record().extent.shard.as_ref()?)));
    let Some((first, record)) = shards.next() else { return Ok(Vec::new()) };
    let mut seen = BTreeMap::from([(record.shard, first.folder)]);
    if let Some(whole) = parts.iter().find(|part| part.shard().is_none()) {
        let what =
            format!("it is no shard, and `{}` is shard {}", first.folder.display(), record.shard);
        return Err(Mistake::new(whole.folder, what).into());
    }
    for (part, other) in shards {
        let against = first.folder.display();
        if other.shard.of() != record.shard.of() {
            let what =
                format!("it is shard {}, and `{against}` is shard {}", other.shard, record.shard);
            return Err(Mistake::new(part.folder, what).into());
        }
        if other.plan != record.plan {
            let what = format!(
                "its suite was shared out otherwise than that of `{against}`; give all shards the same \
                 cases and the same --durations"
            );
            return Err(Mistake::new(part.folder, what).into());
        }
        if let Some(twin) = seen.insert(other.shard, part.folder) {
            let what = format!("it is shard {}, and so is `{}`", other.shard, twin.display());
            return Err(Mistake::new(part.folder, what).into());
        }
    }
    let all = Shard::all(record.shard.of()).zip(&record.plan);
    let missing = all.filter(|(shard, own)| !own.is_empty() && !seen.contains_key(shard));
    Ok(missing.map(|(shard, _)| shard).collect())
}

/// Refuses parts that ran the same execution.
fn refuse_twice(parts: &[Part<'_>]) -> Result<(), Failure> {
    let mut seen: BTreeMap<String, &Path> = BTreeMap::new();
    for part in parts {
        for case in &part.record().cases {
            if let Some(other) = seen.insert(case.folder.clone(), part.folder) {
                let (id, other) = (&case.execution, other.display());
                let what =
                    format!("it has {id}, and so has `{other}`; merge runs of different cases");
                return Err(Mistake::new(part.folder, what).into());
            }
        }
    }
    Ok(())
}

/// The record of the merged run, without its cases, and the cases of each part.
fn merged(
    parts: &[Part<'_>],
    missing: &[Shard],
) -> Result<(RunRecord, Vec<Vec<CaseRecord>>), Failure> {
    let Some(first) = parts.first() else {
        return Err(Failure::NothingSelected("no folder was given".to_owned()));
    };
    let records = || parts.iter().map(Part::record);
    let cases: Vec<_> = parts.iter().map(Part::cases).collect();
    let mut record = first.record().clone();
    record.cases = Vec::new();
    // Each part had an order of its own.
    record.order = Order::File;
    record.id = run::run_id(record.tier, &record.device.name) + "-merged";
    record.started_unix_ns = records().map(|it| it.started_unix_ns).min().unwrap_or_default();
    record.device.version = records().find_map(|it| it.device.version.clone());
    record.fell_back = joined(records().filter_map(|it| it.fell_back.as_deref()));
    record.board = joined(records().filter_map(|it| it.board.as_deref()));
    record.calibration = records()
        .map(|it| it.calibration.clone())
        .reduce(|one, other| one.bound(&other))
        .unwrap_or_default();
    record.parts = parts.iter().map(|part| part.part_record(parts)).collect();
    record.not_applicable = distinct(records().flat_map(|it| it.not_applicable.clone()));
    record.not_run = not_run(parts, &cases, missing);
    let order = order(&first.project()?);
    let mut executions: Vec<String> = records()
        .flat_map(|it| it.extent.executions.iter().cloned())
        .chain(missing_executions(parts, missing).map(|(_, execution)| execution))
        .collect();
    executions.sort_by_key(|execution| order.get(execution).copied());
    record.extent = Extent {
        executions,
        shard: None,
        missing: missing.to_vec(),
        lanes: records().map(|it| it.extent.lanes).max().unwrap_or_default(),
        resumed_unix_ns: Vec::new(),
        ..first.record().extent.clone()
    };
    Ok((record, cases))
}

/// What did not run, and why.
fn not_run(
    parts: &[Part<'_>],
    cases: &[Vec<CaseRecord>],
    missing: &[Shard],
) -> Vec<(String, String)> {
    let mut left: Vec<(String, String)> = Vec::new();
    for (part, cases) in parts.iter().zip(cases) {
        let told = &part.record().not_run;
        let ran: BTreeSet<&str> = cases
            .iter()
            .map(|case| case.execution.as_str())
            .chain(told.iter().map(|(label, _)| execution_of(label)))
            .collect();
        left.extend(told.iter().cloned());
        let killed = format!("the run {} was killed", part.record().id);
        let silent = part.record().extent.executions.iter();
        let silent = silent.filter(|execution| !ran.contains(execution.as_str()));
        left.extend(silent.map(|execution| (execution.clone(), killed.clone())));
    }
    let missing = missing_executions(parts, missing);
    left.extend(missing.map(|(shard, id)| (id, format!("shard {shard} is missing"))));
    left
}

/// The executions of missing shards.
fn missing_executions(
    parts: &[Part<'_>],
    missing: &[Shard],
) -> impl Iterator<Item = (Shard, String)> {
    let plan = parts.iter().find_map(|part| part.record().extent.shard.as_ref());
    missing.iter().flat_map(move |shard| {
        let own = plan.and_then(|record| record.plan.get(shard.index()));
        own.into_iter().flatten().map(|execution| (*shard, execution.clone()))
    })
}

/// The place of each execution in the suite.
fn order(project: &Project) -> BTreeMap<String, usize> {
    let suite = Suite::new(project.clone());
    let executions = suite.cases.iter().flat_map(|(_, header)| header.all_executions());
    executions.map(|(execution, _)| execution).zip(0..).collect()
}

/// The different ones of some texts, as one.
fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let different = distinct(texts);
    (!different.is_empty()).then(|| different.join("; "))
}

/// Each once, in the order in which they come first.
fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut different, item| {
        if !different.contains(&item) {
            different.push(item);
        }
        different
    })
}

const RIG: &str = "rig.yaml";
