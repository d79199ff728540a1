//! `ringtrue run`: cases on a device.

use super::judging::{in_suite_order, judged, note_errata};
use super::lanes::{self, Lanes};
use super::progress::Progress;
use super::repetition::Repetition;
use super::select::Selection;
use super::suite::{Place, Suite};
use super::virtually::Execution;
use super::{Failure, exit_code};

use crate::campaign::plan::{Plan, Planned};
use crate::campaign::rounds::Rounds;
use crate::drive::clock;
use crate::drive::lane::{Executed, Lane, folder_of};
use crate::drive::netns;
use crate::drive::project::{ERRATA, LoadedRig, Mistake};
use crate::drive::store::RunFolder;
use crate::dut::event::EventKind;
use crate::evidence::record::{Calibration, DeviceRecord, Order, RunRecord, Tier};
use crate::evidence::timeline::{Seen, Timeline};
use crate::report::{JudgedCase, JudgedRun};
use clap::Args;
use intercom::Defects;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The options of `ringtrue run`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    repetition: Repetition,
    /// The rig, and by it the device
    #[arg(long, value_name = "FILE")]
    rig: PathBuf,
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
    #[arg(long, value_name = "N", default_value_t = NonZeroU8::MIN)]
    lanes: NonZeroU8,
    /// Why this tier is used in place of a better one; stated in the reports
    #[arg(long, value_name = "WHY")]
    fell_back: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let suite = Suite::read(&arguments.place)?;
    let rig = LoadedRig::read(&arguments.rig)?;
    Ok(exit_code(carry_out(arguments, &suite, &rig)?.0.verdict()))
}

/// Runs cases of a suite on a rig; returns what came of it, and the folder of the run.
pub(super) fn carry_out(
    arguments: &Arguments,
    suite: &Suite,
    rig: &LoadedRig,
) -> Result<(JudgedRun, PathBuf), Failure> {
    for defect in &arguments.defect {
        if !rig.device.defects.iter().any(|known| known.name == *defect) {
            let what =
                format!("the device has no seeded defect `{defect}`; its defects.yaml lists them");
            return Err(Mistake::new(&arguments.rig, what).into());
        }
    }
    let cases = suite.cases.iter().map(|(path, header)| (path.as_str(), header));
    let plan = Plan::new(cases, &arguments.selection.filter(), &rig.pics());
    if plan.executions.is_empty() {
        let excluded = plan.not_applicable.len();
        let why = format!("no case fits the filters ({excluded} do not apply to the device)");
        return Err(Failure::NothingSelected(why));
    }
    suite.refuse_errors(&|path| plan.executions.iter().any(|planned| planned.scenario == path))?;
    let has_one_device = match rig.profile.tier {
        Tier::Virtual | Tier::Bench => true,
        Tier::Host | Tier::Qemu => false,
    };
    if arguments.lanes > NonZeroU8::MIN && has_one_device {
        let what = "its one device runs one case at a time: leave --lanes out";
        return Err(Mistake::new(&arguments.rig, what).into());
    }
    if rig.profile.tier == Tier::Qemu {
        netns::ensure()?;
    }
    let (order, repeats) = (arguments.repetition.order(), arguments.repetition.repeats());
    let rounds = Rounds { executions: &plan.executions, order, repeats };
    let run = Run { arguments, suite, rig, plan: &plan, rounds };
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
    rounds: Rounds<'a>,
}

impl Run<'_> {
    fn in_virtual_time(&self) -> Result<(JudgedRun, PathBuf), Failure> {
        let defects = self.arguments.defect.join(",");
        let defects: Defects =
            defects.parse().map_err(|error| Mistake::new(&self.arguments.rig, error))?;
        let mut folder = self.folder(0, Calibration::default())?;
        let mut cases = Vec::new();
        for round in 1.. {
            let executions = self.round(round, &cases);
            if executions.is_empty() {
                break;
            }
            let mut progress = Progress::new(executions.len());
            for planned in &executions {
                progress.begin(&planned.label());
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
        let firmware = lane.firmware()?;
        let board = lane.board().map(str::to_owned);
        if let Some(board) = &board {
            say!("virtual board on {board}");
        }
        folder.amend(|record| {
            record.device.firmware = firmware;
            record.board = board;
        })?;
        let Self { suite, rig, .. } = *self;
        let count = usize::from(arguments.lanes.get());
        let mut cases = Vec::new();
        for round in 1.. {
            let executions = self.round(round, &cases);
            if executions.is_empty() {
                break;
            }
            let lanes = Lanes { suite, rig, executions: &executions, seed: arguments.seed, count };
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

    /// What the next round has to run; says which round it is, where there are several.
    fn round(&self, round: u32, cases: &[JudgedCase]) -> Vec<Planned> {
        let executions = self.rounds.round(round, cases);
        let at_most = self.rounds.repeats.at_most();
        if at_most > 1 && !executions.is_empty() {
            say!("round {round} of {at_most} at most: {} to run", executions.len());
        }
        executions
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
        progress.done(&case);
        case
    }

    /// Begins the folder of the run, with copies of all that it is made from.
    fn folder(&self, started_unix_ns: u64, calibration: Calibration) -> Result<RunFolder, Failure> {
        let now = clock::unix_now();
        let device = &self.rig.device;
        let record = RunRecord {
            schema: RunRecord::SCHEMA,
            id: run_id(now, self.rig.profile.tier, &device.profile.device),
            ringtrue: env!("CARGO_PKG_VERSION").to_owned(),
            started_unix_ns,
            tier: self.rig.profile.tier,
            fell_back: self.arguments.fell_back.clone(),
            board: None,
            seed: self.arguments.seed,
            order: self.rounds.order,
            repeats: self.rounds.repeats,
            device: DeviceRecord {
                name: device.profile.device.clone(),
                version: None,
                firmware: std::collections::BTreeMap::new(),
                defects: self.arguments.defect.clone(),
            },
            calibration,
            cases: Vec::new(),
            not_applicable: self.plan.not_applicable.clone(),
            not_run: Vec::new(),
        };
        let mut folder = RunFolder::create(&self.arguments.reports, record)?;
        for (name, bytes) in self.suite.project.inputs() {
            folder.keep_input(&name, bytes)?;
        }
        folder.keep_input("device.yaml", device.text.as_bytes())?;
        folder.keep_input("rig.yaml", self.rig.text.as_bytes())?;
        if let Some(errata) = &device.errata.text {
            folder.keep_input(ERRATA, errata.as_bytes())?;
        }
        Ok(folder)
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
        super::judge::write_reports(&run, &self.suite.project, &folder)?;
        super::print(format_args!("{}", crate::report::text::table(&run)));
        say!("report: {}", folder.join("report.html").display());
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
fn run_id(unix: Duration, tier: Tier, device: &str) -> String {
    let nanos = u64::try_from(unix.as_nanos()).unwrap_or(u64::MAX);
    let time = crate::report::civil::utc(nanos).replace(':', "-");
    let time = time.trim_end_matches('Z');
    format!("{time}.{:03}Z-{}-{device}", unix.subsec_millis(), tier.name())
}
