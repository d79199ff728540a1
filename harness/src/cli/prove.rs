//! `ringtrue prove`: every case against every seeded defect, in virtual time.
//!
//! A check that has never failed is not a check. A case is proven when it passes on the reference
//! device as it is, and fails on it with each of the defects that it names.

use super::Failure;
use super::judging::{findings, judged};
use super::select::Selection;
use super::suite::{Place, Suite};
use super::virtually::Execution;
use crate::campaign::plan::{Plan, Planned};
use crate::check;
use crate::check::claim::Finding;
use crate::drive::project::{LoadedRig, Mistake};
use crate::report::JudgedCase;
use crate::scenario::program::Program;
use crate::verdict::Verdict;
use crate::virtual_world::Outcome;
use clap::Args;
use intercom::{Defect, Defects};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The options of `ringtrue prove`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
    /// The rig of the virtual tier
    #[arg(
        long,
        value_name = "FILE",
        default_value = "firmware-under-test/intercom/virtual.rig.yaml"
    )]
    rig: PathBuf,
    /// Only these defects (default: all)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    defect: Vec<String>,
    /// Run every case with every defect, those too that its device is never asked for
    #[arg(long)]
    every: bool,
    /// The seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What one execution came to.
struct Row<'a> {
    planned: &'a Planned,
    /// What went wrong on the device as it is, if anything.
    wrong: Option<String>,
    /// With each of the defects that can make a difference.
    cells: Vec<(&'static str, Cell)>,
}

/// What an execution came to with one defect.
struct Cell {
    verdict: Verdict,
    failed: BTreeSet<String>,
}

pub(super) fn prove(arguments: &Arguments) -> Result<u8, Failure> {
    let suite = Suite::read(&arguments.place)?;
    let rig = LoadedRig::read(&arguments.place.root.join(&arguments.rig))?;
    suite.refuse_errors(&|_| true)?;
    let cases = suite.cases.iter().map(|(path, header)| (path.as_str(), header));
    let variation = arguments.selection.variation();
    let plan = Plan::new(cases, &arguments.selection.filter(), &rig.pics(), &variation);
    if plan.executions.is_empty() {
        return Err(Failure::NothingSelected("no case fits the filters".to_owned()));
    }
    let known = rig.device.defects.iter().map(|defect| defect.name.as_str());
    let chosen = known.filter(|name| {
        arguments.defect.is_empty() || arguments.defect.iter().any(|own| own == name)
    });
    let defects = chosen.map(seeded).collect::<Result<Vec<_>, _>>()?;
    let rows = run_all(&plan.executions, &defects, &suite, &rig, arguments)?;
    let claims = claims(&suite, &plan);
    // What a part of the suite does not catch, another part may.
    let whole = claims.len() == suite.cases.len() && arguments.defect.is_empty();
    let matrix = Matrix::new(&rows, whole);
    let defects: Vec<&str> = defects.iter().map(|defect| defect.name).collect();
    let gaps = matrix.gaps(&claims, &rig, &defects);
    if arguments.json {
        say!("{:#}", matrix.json(&claims));
    } else {
        matrix.print(&claims, &defects);
        for (words, sentence) in &gaps {
            say!("{words}: {sentence}");
        }
    }
    Ok(u8::from(!gaps.is_empty()))
}

/// The defect of that name.
fn seeded(name: &str) -> Result<&'static Defect, Mistake> {
    let found = Defects::all().find(|defect| defect.name == name);
    let unknown = || match name.parse::<Defects>() {
        Err(error) => Mistake::new("defects.yaml", error),
        Ok(_) => Mistake::new("defects.yaml", format!("no defect is named {name:?}")),
    };
    found.ok_or_else(unknown)
}

/// The defects that each case claims to be failed by.
fn claims(suite: &Suite, plan: &Plan) -> BTreeMap<String, Vec<String>> {
    let planned = |path: &str| plan.executions.iter().any(|planned| planned.scenario == path);
    let cases = suite.cases.iter().filter(|(path, _)| planned(path));
    cases.map(|(_, header)| (header.case.id.clone(), header.case.defects.clone())).collect()
}

/// Runs every row, on all cores; each is a function of its execution, so the order does not matter.
fn run_all<'a>(
    executions: &'a [Planned],
    defects: &[&'static Defect],
    suite: &Suite,
    rig: &LoadedRig,
    arguments: &Arguments,
) -> Result<Vec<Row<'a>>, Failure> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut done = Vec::new();
        while let Some((index, planned)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, executions.get(n)?)))
        {
            done.push((index, run_row(planned, defects, suite, rig, arguments)));
        }
        done
    };
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, row)| row).collect()
}

/// Runs one execution without a defect, and with each that the device was asked for meanwhile, or with
/// every one from its beginning.
fn run_row<'a>(
    planned: &'a Planned,
    defects: &[&'static Defect],
    suite: &Suite,
    rig: &LoadedRig,
    arguments: &Arguments,
) -> Result<Row<'a>, Failure> {
    let execution = Execution::new(planned, suite, rig, arguments.seed)?;
    let (face, points) = (&rig.device.face, execution.points());
    let mut sound: Option<JudgedCase> = None;
    let mut cells = Vec::new();
    let cell = |Outcome { timeline, ended, .. }: &Outcome, sound: Option<&JudgedCase>| {
        // What is found is a function of what was seen.
        let alike =
            |sound: &&JudgedCase| sound.timeline == *timeline && sound.record.ended == *ended;
        if let Some(sound) = sound.filter(alike) {
            return Cell::of(sound.verdict, &sound.findings);
        }
        let findings = findings(&execution.program, &points, timeline, face);
        Cell::of(check::judge::verdict(&findings, ended), &findings)
    };
    let forks = if arguments.every { &[] } else { defects };
    execution.run_with_each(forks, |defect, outcome| {
        if let Some(defect) = defect {
            cells.push((defect.name, cell(&outcome, sound.as_ref())));
        } else {
            let (record, timeline) = execution.record(outcome, String::new());
            let program = Program::clone(&execution.program);
            sound = Some(judged(record, program, timeline, &suite.project, face));
        }
    });
    if arguments.every {
        let from_the_start = |defect: &&'static Defect| {
            let outcome = execution.outcome(Defects::default().with(**defect));
            (defect.name, cell(&outcome, None))
        };
        cells.extend(defects.iter().map(from_the_start));
    }
    let wrong = sound.filter(|sound| sound.verdict != Verdict::Pass).map(|sound| {
        let sentence = sound.sentence().unwrap_or_default();
        format!("{}: {}: {sentence}", planned.execution, sound.verdict)
    });
    Ok(Row { planned, wrong, cells })
}

impl Cell {
    fn of(verdict: Verdict, findings: &[Finding]) -> Self {
        let failed = findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
        Self { verdict, failed: failed.map(|finding| finding.requirement.to_string()).collect() }
    }
}

/// What the cells came to, by case.
struct Matrix {
    /// Per case: what went wrong on the reference device as it is.
    baseline: BTreeMap<String, Vec<String>>,
    /// Per defect and case: the executions that failed.
    caught: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Per defect: the requirements that failed.
    failed: BTreeMap<String, BTreeSet<String>>,
    /// Whether every case was run with every defect.
    whole: bool,
    /// How many were run.
    executions: usize,
}

impl Matrix {
    fn new(rows: &[Row<'_>], whole: bool) -> Self {
        let mut this = Self {
            baseline: BTreeMap::new(),
            caught: BTreeMap::new(),
            failed: BTreeMap::new(),
            whole,
            executions: rows.iter().map(|row| 1 + row.cells.len()).sum(),
        };
        for Row { planned, wrong, cells } in rows {
            let execution = &planned.execution;
            let case = execution.split('[').next().unwrap_or(execution).to_owned();
            this.baseline.entry(case.clone()).or_default().extend(wrong.clone());
            for (defect, cell) in cells {
                let row = this.caught.entry((*defect).to_owned()).or_default();
                if cell.verdict == Verdict::Fail {
                    row.entry(case.clone()).or_default().push(execution.clone());
                }
                this.failed.entry((*defect).to_owned()).or_default().extend(cell.failed.clone());
            }
        }
        this
    }

    fn catches(&self, defect: &str, case: &str) -> bool {
        self.caught.get(defect).is_some_and(|row| row.contains_key(case))
    }

    /// What is not proven: what kind of gap it is, and where.
    ///
    /// That no case catches a defect is said of the whole suite alone.
    fn gaps(
        &self,
        claims: &BTreeMap<String, Vec<String>>,
        rig: &LoadedRig,
        defects: &[&str],
    ) -> Vec<(&'static str, String)> {
        let mut gaps = Vec::new();
        if self.whole {
            let uncaught = defects.iter().filter(|defect| !self.is_caught(defect));
            gaps.extend(uncaught.map(|defect| ("no case catches", (*defect).to_owned())));
            for seeded in &rig.device.defects {
                let failed = self.failed.get(&seeded.name);
                let holds =
                    |id: &&String| failed.is_none_or(|failed| !failed.contains(id.as_str()));
                gaps.extend(seeded.requirements.iter().filter(holds).map(|id| {
                    let words = "requirement that should fail and does not";
                    (words, format!("{}: {id} does not fail", seeded.name))
                }));
            }
        }
        let unproven = "not proven";
        let wrong = self.baseline.values().flatten();
        gaps.extend(wrong.map(|sentence| (unproven, sentence.clone())));
        for (case, claimed) in claims {
            for defect in claimed.iter().filter(|defect| defects.contains(&defect.as_str())) {
                if !self.catches(defect, case) {
                    let sentence = format!("{case}: does not fail on `{defect}`, which it names");
                    gaps.push((unproven, sentence));
                }
            }
        }
        gaps
    }

    fn is_caught(&self, defect: &str) -> bool {
        self.caught.get(defect).is_some_and(|row| !row.is_empty())
    }

    fn print(&self, claims: &BTreeMap<String, Vec<String>>, defects: &[&str]) {
        say!("{:<28} {:<24} also caught by", "defect", "claimed by");
        for defect in defects {
            let claimed: Vec<&str> = claims
                .iter()
                .filter(|(_, names)| names.iter().any(|name| name == defect))
                .map(|(case, _)| case.as_str())
                .collect();
            let row = self.caught.get(*defect);
            let also: Vec<&str> = row
                .into_iter()
                .flat_map(BTreeMap::keys)
                .map(String::as_str)
                .filter(|case| !claimed.contains(case))
                .collect();
            if self.whole || !claimed.is_empty() || !also.is_empty() {
                say!("{defect:<28} {:<24} {}", claimed.join(" "), also.join(" "));
            }
        }
        let pass = self.baseline.values().filter(|wrong| wrong.is_empty()).count();
        say!();
        say!(
            "{} cases, {} defects, {} executions in virtual time; {pass} cases pass on the device as it is",
            claims.len(),
            defects.len(),
            self.executions,
        );
    }

    fn json(&self, claims: &BTreeMap<String, Vec<String>>) -> serde_json::Value {
        serde_json::json!({
            "baseline": self.baseline,
            "caught": self.caught,
            "failed": self.failed,
            "claims": claims,
        })
    }
}
