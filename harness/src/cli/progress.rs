//! What a run shows while it runs: on a terminal the case on each lane and how long the rest takes,
//! elsewhere a line a case.

use crate::campaign::estimate::{Company, Estimate};
use crate::drive::clock::RunClock;
use crate::evidence::durations::Expected;
use crate::report::JudgedCase;
use crate::report::civil::span;
use crate::time::Tick;
use crate::verdict::Verdict;
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// An execution that is to run.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) label: String,
    pub(super) expected: Expected,
    pub(super) company: Company,
}

/// The progress of a run.
#[derive(Debug)]
pub(super) struct Progress {
    screen: Option<Screen>,
    done: usize,
    tasks: BTreeMap<String, (Expected, Company)>,
    estimate: Estimate,
    clock: RunClock,
    /// When it was last told how long the rest takes.
    told: Tick,
}

impl Progress {
    pub(super) fn new(tasks: Vec<Task>, lanes: usize) -> Self {
        let mut estimate = Estimate::new(lanes);
        for task in &tasks {
            estimate.add(task.expected, task.company);
        }
        let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
        let is_screen = std::io::stderr().is_terminal() && !dumb;
        let tasks = tasks.into_iter().map(|it| (it.label, (it.expected, it.company)));
        let tasks: BTreeMap<_, _> = tasks.collect();
        let screen = is_screen.then(|| Screen::new(tasks.len(), lanes));
        let clock = RunClock::start();
        let this = Self { screen, done: 0, tasks, estimate, clock, told: Tick::ZERO };
        match (&this.screen, this.estimate.left(Duration::ZERO)) {
            (Some(screen), left) => screen.ends_at(left),
            (None, Some(left)) => say!("{} to run, about {}", this.tasks.len(), span(left)),
            (None, None) => {}
        }
        this
    }

    /// A case begins on a lane, counted from 0.
    pub(super) fn begin(&self, lane: usize, label: &str) {
        if let Some(screen) = &self.screen {
            screen.begin(lane, label);
        }
    }

    /// The case on a lane is done.
    pub(super) fn done(&mut self, lane: usize, case: &JudgedCase) {
        self.done += 1;
        let label = case.record.label();
        if let Some((expected, company)) = self.tasks.get(&label) {
            self.estimate.done(*expected, *company);
        }
        let sentence = case.sentence().map_or_else(String::new, |text| format!("  {text}"));
        let told = format!(
            "{:>3}/{}  {:<12} {label:<26} {:>6.1} s{sentence}",
            self.done,
            self.tasks.len(),
            case.verdict.to_string(),
            case.record.took.as_secs_f64(),
        );
        let now = self.clock.now();
        let elapsed = now.since(Tick::ZERO);
        let left = self.estimate.left(elapsed);
        if let Some(screen) = &self.screen {
            if case.verdict != Verdict::Pass {
                screen.print(&told);
            }
            screen.end(lane);
            screen.ends_at(left.map(|left| left + elapsed));
            return;
        }
        say!("{told}");
        if let Some(left) = left.filter(|_| now.since(self.told) >= TELL_EVERY) {
            self.told = now;
            say!("about {} left", span(left));
        }
    }

    pub(super) fn finish(self) {
        if let Some(screen) = self.screen {
            screen.clear();
        }
    }
}

/// How often a log says how long the rest takes, at most.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// The lines at the bottom of a terminal: one a lane, and one for the whole.
#[derive(Debug)]
struct Screen {
    all: MultiProgress,
    lanes: Vec<ProgressBar>,
    whole: ProgressBar,
    /// After how many seconds of the run it is expected to end.
    end: Arc<AtomicU64>,
}

impl Screen {
    fn new(tasks: usize, lanes: usize) -> Self {
        let all = MultiProgress::new();
        let end = Arc::new(AtomicU64::new(UNKNOWN));
        let lanes = (0..lanes)
            .map(|_| {
                let line = all.add(ProgressBar::new_spinner());
                line.set_style(style("{spinner} {wide_msg} {elapsed}"));
                line
            })
            .collect();
        let whole = all.add(ProgressBar::new(u64::try_from(tasks).unwrap_or(u64::MAX)));
        let expected = Arc::clone(&end);
        let left = move |state: &ProgressState, out: &mut dyn Write| {
            let end = expected.load(Ordering::Relaxed);
            if end != UNKNOWN {
                let left = end.saturating_sub(state.elapsed().as_secs());
                // Nobody is told where the terminal takes no more.
                let _ = write!(out, ", about {} left", span(Duration::from_secs(left)));
            }
        };
        whole.set_style(style("{bar:30} {pos}/{len} in {elapsed}{left}").with_key("left", left));
        whole.enable_steady_tick(Duration::from_secs(1));
        Self { all, lanes, whole, end }
    }

    fn begin(&self, lane: usize, label: &str) {
        if let Some(bar) = self.lanes.get(lane) {
            bar.reset_elapsed();
            bar.set_message(label.to_owned());
            bar.enable_steady_tick(Duration::from_secs(1));
        }
    }

    fn end(&self, lane: usize) {
        if let Some(bar) = self.lanes.get(lane) {
            bar.disable_steady_tick();
            bar.set_message("");
        }
        self.whole.inc(1);
    }

    fn ends_at(&self, end: Option<Duration>) {
        self.end.store(end.map_or(UNKNOWN, |end| end.as_secs()), Ordering::Relaxed);
    }

    /// Prints a line above.
    fn print(&self, line: &str) {
        // A terminal that is gone shows nothing.
        let _ = self.all.println(line);
    }

    fn clear(self) {
        for line in self.lanes {
            line.finish_and_clear();
        }
        self.whole.finish_and_clear();
    }
}

/// A style of a line; ours are right, which the test on a terminal shows.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// No end is expected yet.
const UNKNOWN: u64 = u64::MAX;
