//! `ringtrue run`: cases on a device.

use super::judging::{in_suite_order, judged, note_errata};
use super::lanes::{self, Lanes};
use super::portion::Portion;
use super::progress::{Progress, Task};
use super::repetition::Repetition;
use super::resume::Resumed;
use super::select::Selection;
use super::suite::{Place, Suite};
use super::virtually::Execution;
use super::{Failure, durations, exit_code, judge, plan, reports};

use crate::campaign::estimate::Company;
use crate::campaign::plan::{Plan, Planned};
use crate::campaign::rounds::Rounds;
use crate::drive::clock;
use crate::drive::lane::{Executed, Lane, firmware, folder_of};
use crate::drive::netns;
use crate::drive::project::{LoadedRig, Mistake};
use crate::drive::store::RunFolder;
use crate::dut::event::EventKind;
use crate::evidence::durations::{Basis, Durations, Expected};
use crate::evidence::extent::{Extent, ShardRecord};
use crate::evidence::record::{Calibration, DeviceRecord, Order, RunRecord, Tier};
use crate::evidence::timeline::{Seen, Timeline};
use crate::report::{JudgedCase, JudgedRun};
use clap::Args;
use intercom::Defects;
use std::collections::BTreeSet;
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// The options of `ringtrue run`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    portion: Portion,
    #[command(flatten)]
    repetition: Repetition,
    /// The rig, and by it the device
    #[arg(long, value_name = "FILE", required_unless_present = "resume")]
    rig: Option<PathBuf>,
    /// Go on with this run, which was interrupted or killed, as it was begun
    #[arg(long, value_name = "FOLDER", conflicts_with_all = SET_BY_THE_RUN)]
    resume: Option<PathBuf>,
    /// The folder for the run's own folder
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
    /// Switch these seeded defects of the reference device on
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    defect: Vec<String>,
    /// The seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many cases run at once, each on a device of its own (host and qemu tier)
    /// (default: 1, or as the run that is resumed)
    #[arg(long, value_name = "N")]
    lanes: Option<NonZeroU8>,
    /// Why this tier is used in place of a better one; stated in the reports
    #[arg(long, value_name = "WHY")]
    fell_back: Option<String>,
}

/// The exit code of a run that was told twice to end: that of a program that SIGINT ended.
const INTERRUPTED: i32 = 128 + 2;

/// The options that say what a run is to do: one that is resumed knows.
const SET_BY_THE_RUN: [&str; 20] = [
    "ids",
    "group",
    "requirement",
    "tag",
    "without_tag",
    "transport",
    "ip",
    "root",
    "rerun",
    "from",
    "shard",
    "durations",
    "repeat",
    "until_confidence",
    "order",
    "order_seed",
    "reports",
    "defect",
    "seed",
    "fell_back",
];

impl Arguments {
    /// The options with which the run was begun; the rig may have been moved since, and the lanes others.
    fn of(self, resumed: &Resumed) -> Self {
        let RunRecord { extent, device, .. } = &resumed.record;
        Self {
            place: Place { root: PathBuf::from(&extent.root) },
            rig: self.rig.or_else(|| Some(PathBuf::from(&extent.rig))),
            reports: resumed.folder.parent().unwrap_or(Path::new(".")).to_owned(),
            defect: device.defects.clone(),
            seed: resumed.record.seed,
            lanes: self.lanes.or_else(|| NonZeroU8::new(extent.lanes)),
            fell_back: resumed.record.fell_back.clone(),
            ..self
        }
    }

    fn rig(&self) -> &Path {
        self.rig.as_deref().unwrap_or(Path::new("rig.yaml"))
    }

    fn lanes(&self) -> NonZeroU8 {
        self.lanes.unwrap_or(NonZeroU8::MIN)
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let resumed = arguments.resume.as_deref().map(Resumed::open).transpose()?;
    let arguments = match &resumed {
        Some(resumed) => &arguments.clone().of(resumed),
        None => arguments,
    };
    let suite = Suite::read(&arguments.place)?;
    let rig = LoadedRig::read(arguments.rig())?;
    let done = carry_out_resumed(arguments, &suite, &rig, resumed.as_ref())?;
    Ok(exit_code(done.0.verdict()))
}

/// Runs cases of a suite on a rig; returns what came of it, and the folder of the run.
pub(super) fn carry_out(
    arguments: &Arguments,
    suite: &Suite,
    rig: &LoadedRig,
) -> Result<(JudgedRun, PathBuf), Failure> {
    carry_out_resumed(arguments, suite, rig, None)
}

/// The same, where a run may be gone on with.
fn carry_out_resumed(
    arguments: &Arguments,
    suite: &Suite,
    rig: &LoadedRig,
    resumed: Option<&Resumed>,
) -> Result<(JudgedRun, PathBuf), Failure> {
    for defect in &arguments.defect {
        if !rig.device.defects.iter().any(|known| known.name == *defect) {
            let what =
                format!("the device has no seeded defect `{defect}`; its defects.yaml lists them");
            return Err(Mistake::new(arguments.rig(), what).into());
        }
    }
    let Arguments { selection, portion, reports, .. } = arguments;
    let (plan, shard, durations) = match resumed {
        None => plan::chosen(suite, rig, selection, portion, reports)?,
        Some(resumed) => {
            let tier = rig.profile.tier;
            let mut durations = Durations::of(&resumed.record);
            durations.fill(durations::recent(reports, tier, &rig.device.profile.device));
            // What does not apply is in the record already.
            let executions = resumed.executions(suite, rig)?;
            (Plan { executions, not_applicable: Vec::new() }, None, durations)
        }
    };
    let has_one_device = match rig.profile.tier {
        Tier::Virtual | Tier::Bench => true,
        Tier::Host | Tier::Qemu => false,
    };
    if arguments.lanes() > NonZeroU8::MIN && has_one_device {
        let what = "its one device runs one case at a time: leave --lanes out";
        return Err(Mistake::new(arguments.rig(), what).into());
    }
    if rig.profile.tier == Tier::Qemu {
        netns::ensure()?;
    }
    let (order, repeats) = match resumed {
        None => (arguments.repetition.order(), arguments.repetition.repeats()),
        Some(resumed) => (resumed.record.order, resumed.record.repeats),
    };
    let rounds = Rounds { executions: &plan.executions, order, repeats };
    let (shard, plan, durations) = (shard.as_ref(), &plan, &durations);
    let run = Run { arguments, suite, rig, plan, shard, durations, resumed, rounds };
    run.announce();
    match rig.profile.tier {
        Tier::Virtual => run.in_virtual_time(),
        Tier::Host | Tier::Qemu | Tier::Bench => run.in_real_time(),
    }
}

struct Run<'a> {
    arguments: &'a Arguments,
    suite: &'a Suite,
    rig: &'a LoadedRig,
    plan: &'a Plan,
    shard: Option<&'a ShardRecord>,
    durations: &'a Durations,
    resumed: Option<&'a Resumed>,
    rounds: Rounds<'a>,
}

impl Run<'_> {
    fn in_virtual_time(&self) -> Result<(JudgedRun, PathBuf), Failure> {
        let defects = self.arguments.defect.join(",");
        let defects: Defects =
            defects.parse().map_err(|error| Mistake::new(self.arguments.rig(), error))?;
        let mut folder = self.folder(0, Calibration::default())?;
        let mut cases = self.earlier();
        for round in 1.. {
            let Some(executions) = self.round(round, &cases) else { break };
            let mut progress = Progress::new(self.tasks(&executions), 1);
            for planned in &executions {
                progress.begin(0, &planned.label());
                let execution = Execution::new(planned, self.suite, self.rig, self.arguments.seed)?;
                let (record, timeline) =
                    execution.run(defects.clone(), folder_of(&planned.label()));
                let mut files = folder.begin_case(record.clone())?;
                files.append(timeline.entries())?;
                folder.finish_case(files, record.clone(), &timeline)?;
                let program = Arc::unwrap_or_clone(execution.program);
                cases.push(self.judge(Executed { record, program, timeline }, &mut progress));
            }
            progress.finish();
        }
        self.finish(folder, cases)
    }

    fn in_real_time(&self) -> Result<(JudgedRun, PathBuf), Failure> {
        let arguments = self.arguments;
        let runtime = lanes::runtime()?;
        let (interrupt, stop) = watch::channel(false);
        runtime.spawn(async move {
            let terminated =
                tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
            let terminated = async {
                match terminated {
                    Ok(mut signal) => signal.recv().await.is_some(),
                    Err(_) => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated => {}
            }
            // Nobody listens any more once the run is over.
            let _ = interrupt.send(true);
            tell!("ringtrue: ends when the devices are off; once more to end at once");
            if tokio::signal::ctrl_c().await.is_ok() {
                // The devices die with us, and the next run clears up what else is left.
                std::process::exit(INTERRUPTED);
            }
            std::future::pending::<()>().await;
        });
        let (mut lane, cleared) = runtime.block_on(Lane::start(
            self.rig.clone(),
            &arguments.reports,
            arguments.defect.clone(),
            arguments.seed,
        ))?;
        for left_over in cleared {
            tell!("ringtrue: a killed run had left {left_over}; cleared up");
        }
        let mut folder = self.folder(lane.started_unix_ns(), lane.calibration().clone())?;
        let firmware = firmware(self.rig)?;
        let board = lane.board().map(str::to_owned);
        if let Some(board) = &board {
            say!("virtual board on {board}");
        }
        folder.amend(|record| {
            record.device.firmware = firmware;
            record.board = board;
        })?;
        let Self { suite, rig, .. } = *self;
        let count = usize::from(arguments.lanes().get());
        let mut cases = self.earlier();
        for round in 1.. {
            let Some(executions) = self.round(round, &cases) else { break };
            let (seed, durations) = (arguments.seed, self.durations);
            let lanes = Lanes { suite, rig, executions: &executions, durations, seed, count };
            let finished = lanes.run(&mut lane, folder, &runtime, &stop)?;
            folder = finished.folder;
            cases.extend(finished.cases);
            let left = finished.left.into_iter().map(|label| (label, "interrupted".to_owned()));
            folder.amend(|record| record.not_run.extend(left))?;
            if *stop.borrow() {
                break;
            }
        }
        folder.amend(|record| record.calibration.sending = lane.sending())?;
        self.finish(folder, cases)
    }

    /// The cases that ran before the run was gone on with.
    fn earlier(&self) -> Vec<JudgedCase> {
        self.resumed.map(|resumed| resumed.earlier.clone()).unwrap_or_default()
    }

    /// What the next round has still to run, if there is another; says which round it is, where there
    /// are several.
    fn round(&self, round: u32, cases: &[JudgedCase]) -> Option<Vec<Planned>> {
        let mut executions = self.rounds.round(round, cases);
        if executions.is_empty() {
            return None;
        }
        if self.resumed.is_some() {
            let done: BTreeSet<String> = cases.iter().map(|case| case.record.label()).collect();
            executions.retain(|planned| !done.contains(&planned.label()));
        }
        let at_most = self.rounds.repeats.at_most();
        if at_most > 1 && !executions.is_empty() {
            say!("round {round} of {at_most} at most: {} to run", executions.len());
        }
        Some(executions)
    }

    /// What is to be told of executions in virtual time. Their times are not those of a clock on the
    /// wall, and tell only how much of the whole each is.
    fn tasks(&self, executions: &[Planned]) -> Vec<Task> {
        let task = |planned: &Planned| Task {
            label: planned.label(),
            expected: Expected {
                basis: Basis::Nothing,
                ..self.durations.expected(&planned.execution)
            },
            company: Company::Beside,
        };
        executions.iter().map(task).collect()
    }

    /// Says how to have the same order again.
    fn announce(&self) {
        if let (Order::Shuffled(seed), [_, _, ..]) = (self.rounds.order, self.rounds.executions) {
            say!("shuffled: --order-seed {seed} makes the same order again");
        }
    }

    fn judge(&self, executed: Executed, progress: &mut Progress) -> JudgedCase {
        let Executed { record, program, timeline } = executed;
        let case = judged(record, program, timeline, &self.suite.project, &self.rig.device.face);
        progress.done(0, &case);
        case
    }

    /// Begins the folder of the run, with copies of all that it is made from.
    fn folder(&self, started_unix_ns: u64, calibration: Calibration) -> Result<RunFolder, Failure> {
        if let Some(resumed) = self.resumed {
            return resumed.reopen(&calibration, self.arguments.lanes().get());
        }
        let device = &self.rig.device;
        let record = RunRecord {
            schema: RunRecord::SCHEMA,
            id: run_id(self.rig.profile.tier, &device.profile.device),
            ringtrue: env!("CARGO_PKG_VERSION").to_owned(),
            started_unix_ns,
            tier: self.rig.profile.tier,
            fell_back: self.arguments.fell_back.clone(),
            board: None,
            seed: self.arguments.seed,
            order: self.rounds.order,
            repeats: self.rounds.repeats,
            extent: self.extent(),
            parts: Vec::new(),
            device: DeviceRecord {
                name: device.profile.device.clone(),
                version: None,
                firmware: std::collections::BTreeMap::new(),
                defects: self.arguments.defect.clone(),
            },
            calibration,
            cases: Vec::new(),
            not_applicable: self.plan.excluded(),
            not_run: Vec::new(),
        };
        let mut folder = RunFolder::create(&self.arguments.reports, record)?;
        folder.keep_inputs(self.suite.inputs(self.rig))?;
        Ok(folder)
    }

    /// What the run is to do.
    fn extent(&self) -> Extent {
        let Arguments { place, .. } = self.arguments;
        Extent {
            executions: self.plan.ids().into_iter().map(str::to_owned).collect(),
            shard: self.shard.cloned(),
            rig: self.arguments.rig().display().to_string(),
            root: place.root.display().to_string(),
            lanes: self.arguments.lanes().get(),
            missing: Vec::new(),
            resumed_unix_ns: Vec::new(),
        }
    }

    fn finish(
        &self,
        mut folder: RunFolder,
        mut cases: Vec<JudgedCase>,
    ) -> Result<(JudgedRun, PathBuf), Failure> {
        in_suite_order(&mut cases, &self.suite.project);
        let version = cases.iter().find_map(|case| self.version(&case.timeline));
        folder.amend(|record| record.device.version = version)?;
        let record = folder.record().clone();
        let mut run = JudgedRun { record, cases, doubts: Vec::new(), errata: Vec::new() };
        note_errata(&mut run, &self.rig.device.errata.entries, &self.suite.project);
        let folder = folder.seal()?;
        judge::write_reports(&run, &self.suite.project, &folder)?;
        reports::write_index(&self.arguments.reports)?;
        judge::print(&run, &folder);
        Ok((run, folder))
    }

    /// What the device told of its firmware.
    fn version(&self, timeline: &Timeline) -> Option<String> {
        timeline.entries().iter().find_map(|entry| {
            let Seen::Line(line) = &entry.seen else { return None };
            let told = self.rig.device.face.events(line);
            told.into_iter()
                .find(|event| event.kind == EventKind::Version)
                .map(|event| event.detail)
        })
    }
}

/// The name of a run's folder: `2026-11-22T19-00-00.123Z-host-intercom`.
pub(super) fn run_id(tier: Tier, device: &str) -> String {
    let unix = clock::unix_now();
    let nanos = u64::try_from(unix.as_nanos()).unwrap_or(u64::MAX);
    let time = crate::report::civil::utc(nanos).replace(':', "-");
    let time = time.trim_end_matches('Z');
    format!("{time}.{:03}Z-{}-{device}", unix.subsec_millis(), tier.name())
}
