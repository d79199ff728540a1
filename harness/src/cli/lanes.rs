//! Cases in real time: one after the other, or several at once where each can have a device.

use super::Failure;
use super::judging::judged;
use super::progress::{Progress, Task};
use super::suite::Suite;
use super::virtually::Execution;
use crate::campaign::estimate::Company;
use crate::campaign::plan::Planned;
use crate::drive::lane::{Executed, Lane, LaneError};
use crate::drive::project::LoadedRig;
use crate::drive::store::RunFolder;
use crate::evidence::durations::Durations;
use crate::report::JudgedCase;
use crate::rig::fault::Fault;
use crate::scenario::program::{Step, StepKind};
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

/// What all lanes write to; each holds it for as long as that takes, and never while a case runs.
struct Desk<'a> {
    queue: VecDeque<(usize, &'a Planned)>,
    folder: RunFolder,
    progress: Progress,
    cases: Vec<(usize, JudgedCase)>,
}

/// What a run in real time came to.
pub(super) struct Finished {
    pub(super) folder: RunFolder,
    /// In the order of the executions.
    pub(super) cases: Vec<JudgedCase>,
    /// The executions that an interruption left out.
    pub(super) left: Vec<String>,
}

/// The lanes of a run, and what is to run on them.
pub(super) struct Lanes<'a> {
    pub(super) suite: &'a Suite,
    pub(super) rig: &'a LoadedRig,
    /// What runs, in the order in which it begins where there is one lane.
    pub(super) executions: &'a [Planned],
    pub(super) durations: &'a Durations,
    pub(super) seed: u64,
    pub(super) count: usize,
}

impl<'a> Lanes<'a> {
    /// Runs everything, the first lane being `lane` and the others beside it, until it is done or
    /// `stop` says so.
    ///
    /// Where there is more than one lane, what plays or measures media comes last and alone: the
    /// other lanes would show in the figures.
    pub(super) fn run(
        &self,
        lane: &mut Lane,
        folder: RunFolder,
        runtime: &Runtime,
        stop: &watch::Receiver<bool>,
    ) -> Result<Finished, Failure> {
        let [beside, alone] = self.rounds()?;
        let tasks = self.tasks(&beside, Company::Beside);
        let tasks = tasks.chain(self.tasks(&alone, Company::Alone)).collect();
        let progress = Progress::new(tasks, self.count);
        let desk = Mutex::new(Desk { queue: beside, folder, progress, cases: Vec::new() });
        let others = (1..self.count).map(|number| lane.beside(number)).collect();
        self.round(lane, others, &desk, runtime, stop)?;
        lock(&desk).queue.extend(alone);
        self.round(lane, Vec::new(), &desk, runtime, stop)?;
        let desk = desk.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Desk { queue, folder, progress, mut cases } = desk;
        progress.finish();
        cases.sort_by_key(|(index, _)| *index);
        Ok(Finished {
            folder,
            cases: cases.into_iter().map(|(_, case)| case).collect(),
            left: queue.into_iter().map(|(_, planned)| planned.label()).collect(),
        })
    }

    fn tasks(
        &self,
        queue: &VecDeque<(usize, &'a Planned)>,
        company: Company,
    ) -> impl Iterator<Item = Task> {
        let task = move |(_, planned): &(usize, &Planned)| Task {
            label: planned.label(),
            expected: self.durations.expected(&planned.execution),
            company,
        };
        queue.iter().map(task).collect::<Vec<_>>().into_iter()
    }

    /// What runs beside others, longest first, and what runs alone.
    fn rounds(&self) -> Result<[VecDeque<(usize, &'a Planned)>; 2], Failure> {
        let all = self.executions.iter().enumerate();
        if self.count == 1 {
            return Ok([all.collect(), VecDeque::new()]);
        }
        let mut beside = Vec::new();
        let mut alone = VecDeque::new();
        for (index, planned) in all {
            let program = Execution::new(planned, self.suite, self.rig, self.seed)?.program;
            if program.steps.iter().any(sounds) {
                alone.push_back((index, planned));
            } else {
                let still: Duration = program.steps.iter().map(stillness).sum();
                beside.push((Reverse(still), index, planned));
            }
        }
        beside.sort_by_key(|(still, index, _)| (*still, *index));
        let beside = beside.into_iter().map(|(_, index, planned)| (index, planned)).collect();
        Ok([beside, alone])
    }

    /// Lets lanes take executions from the desk until there are none.
    fn round(
        &self,
        first: &mut Lane,
        others: Vec<Lane>,
        desk: &Mutex<Desk<'a>>,
        runtime: &Runtime,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), Failure> {
        std::thread::scope(|scope| {
            let (working, mut all_done) = mpsc::channel::<()>(1);
            let mut workers = Vec::new();
            for mut lane in others {
                let (working, stop) = (working.clone(), stop.clone());
                workers.push(scope.spawn(move || {
                    let result = lane.settle().map_err(Failure::from);
                    let result = result.and_then(|()| self.work(&mut lane, desk, stop));
                    drop(working);
                    result
                }));
            }
            workers.push(scope.spawn(move || {
                let result = self.work(first, desk, stop.clone());
                drop(working);
                result
            }));
            // Signals are heard on the runtime of this thread meanwhile.
            runtime.block_on(all_done.recv());
            for worker in workers {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            }
            Ok(())
        })
    }

    fn work(
        &self,
        lane: &mut Lane,
        desk: &Mutex<Desk<'a>>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), Failure> {
        let runtime = runtime()?;
        while !*stop.borrow() {
            let Some((index, planned)) = lock(desk).queue.pop_front() else { return Ok(()) };
            lock(desk).progress.begin(lane.number(), &planned.label());
            let mut begin = |record: &_| lock(desk).folder.begin_case(Clone::clone(record));
            let executed = lane.execute(planned, &self.suite.project, &mut stop, &mut begin);
            let (executed, files) = runtime.block_on(executed).map_err(|error| match error {
                LaneError::Author(mistake) => Failure::Mistake(mistake),
                LaneError::Store(error) => Failure::Store(error),
            })?;
            let Executed { record, program, timeline } = executed;
            lock(desk).folder.finish_case(files, record.clone(), &timeline)?;
            let face = &self.rig.device.face;
            let case = judged(record, program, timeline, &self.suite.project, face);
            let mut desk = lock(desk);
            desk.progress.done(lane.number(), &case);
            desk.cases.push((index, case));
        }
        Ok(())
    }
}

/// A runtime for the thread that calls.
///
/// # Errors
///
/// The machine has no resources for one.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Fault::new("bench", "start", error, "raise `ulimit -n`").into())
}

/// Whether a step plays media or listens to them.
fn sounds(step: &Step) -> bool {
    matches!(step.kind, StepKind::Media(_)) || step.within().into_iter().any(sounds)
}

/// How long a step does nothing but wait, at least.
const fn stillness(step: &Step) -> Duration {
    if let StepKind::Hold(span) | StepKind::NoneOf { span, .. } = &step.kind {
        return *span;
    }
    Duration::ZERO
}

fn lock<'l, 'a>(desk: &'l Mutex<Desk<'a>>) -> MutexGuard<'l, Desk<'a>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
