//! `ringtrue prove`: every case against every seeded defect, in virtual time.
//!
//! A check that has never failed is not a check. A case is proven when it passes on the reference
//! device as it is, and fails on it with each of the defects that it names.

use super::Failure;
use super::judging::judged;
use super::select::Selection;
use super::suite::{Place, Suite};
use crate::campaign::names::names;
use crate::campaign::plan::{Plan, Planned};
use crate::drive::lane::{compile, fnv};
use crate::drive::project::{LoadedRig, Mistake};
use crate::evidence::record::CaseRecord;
use crate::report::JudgedCase;
use crate::verdict::Verdict;
use crate::virtual_world::{self, Specimen};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
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
    /// The seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One cell of the matrix: an execution on a device with a defect, or without.
struct Cell<'a> {
    planned: &'a Planned,
    defect: Option<&'a str>,
}

/// What a cell came to.
struct Result1 {
    verdict: Verdict,
    sentence: Option<String>,
    failed: BTreeSet<String>,
}

pub(super) fn prove(arguments: &Arguments) -> Result<u8, Failure> {
    let suite = Suite::read(&arguments.place)?;
    let rig = LoadedRig::read(&arguments.place.root.join(&arguments.rig))?;
    suite.refuse_errors(&|_| true)?;
    let cases = suite.cases.iter().map(|(path, header)| (path.as_str(), header));
    let plan = Plan::new(cases, &arguments.selection.filter(), &rig.pics());
    if plan.executions.is_empty() {
        return Err(Failure::NothingSelected("no case fits the filters".to_owned()));
    }
    let known = rig.device.defects.iter().map(|defect| defect.name.as_str());
    let defects: Vec<&str> = known
        .filter(|name| {
            arguments.defect.is_empty() || arguments.defect.iter().any(|own| own == name)
        })
        .collect();
    let cells: Vec<Cell<'_>> = std::iter::once(None)
        .chain(defects.iter().copied().map(Some))
        .flat_map(|defect| plan.executions.iter().map(move |planned| Cell { planned, defect }))
        .collect();
    let results = run_all(&cells, &suite, &rig, arguments.seed)?;
    let matrix = Matrix::new(&cells, &results);
    let claims = claims(&suite, &plan);
    let unproven = if arguments.json {
        say!("{:#}", matrix.json(&claims));
        matrix.unproven(&claims, &defects).len()
    } else {
        matrix.print(&claims, &rig, &defects)
    };
    Ok(u8::from(unproven > 0))
}

/// The defects that each case claims to be failed by.
fn claims(suite: &Suite, plan: &Plan) -> BTreeMap<String, Vec<String>> {
    let planned = |path: &str| plan.executions.iter().any(|planned| planned.scenario == path);
    let cases = suite.cases.iter().filter(|(path, _)| planned(path));
    cases.map(|(_, header)| (header.case.id.clone(), header.case.defects.clone())).collect()
}

/// Runs every cell, on all cores; each is a function of its cell, so the order does not matter.
fn run_all(
    cells: &[Cell<'_>],
    suite: &Suite,
    rig: &LoadedRig,
    seed: u64,
) -> Result<Vec<Result1>, Failure> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut done = Vec::new();
        while let Some((index, cell)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, cells.get(n)?)))
        {
            done.push((index, run_one(cell, suite, rig, seed)));
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
    done.into_iter().map(|(_, result)| result).collect()
}

fn run_one(cell: &Cell<'_>, suite: &Suite, rig: &LoadedRig, seed: u64) -> Result<Result1, Failure> {
    let case = execute(cell.planned, cell.defect, suite, rig, seed)?;
    let failed = case
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Fail)
        .map(|finding| finding.requirement.to_string())
        .collect();
    Ok(Result1 { verdict: case.verdict, sentence: case.sentence(), failed })
}

/// Runs one execution in virtual time, and judges it.
fn execute(
    planned: &Planned,
    defect: Option<&str>,
    suite: &Suite,
    rig: &LoadedRig,
    seed: u64,
) -> Result<JudgedCase, Failure> {
    let device = &rig.device;
    let defects = defect.unwrap_or_default().parse();
    let defects = defects.map_err(|error| Mistake::new("defects.yaml", error))?;
    let specimen = Specimen { defects, prepare: rig.profile.prepare.clone() };
    let seed = seed ^ fnv(planned.execution.as_bytes());
    let setup = virtual_world::setup(planned, &device.profile.user, seed);
    let names = names(&setup, planned, &device.profile);
    let program = Arc::new(compile(planned, &suite.project, &names)?);
    let outcome = virtual_world::run(&program, &device.face, &setup, &specimen);
    let record = CaseRecord {
        execution: planned.execution.clone(),
        scenario: planned.scenario.clone(),
        folder: String::new(),
        values: planned.values.clone(),
        names,
        points: virtual_world::points(&program, &setup),
        started_unix_ns: 0,
        took: outcome.took,
        ended: outcome.ended,
    };
    Ok(judged(record, Arc::unwrap_or_clone(program), outcome.timeline, &suite.project))
}

/// What the cells came to, by case.
struct Matrix {
    /// Per case: what went wrong on the reference device as it is.
    baseline: BTreeMap<String, Vec<String>>,
    /// Per defect and case: the executions that failed.
    caught: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Per defect: the requirements that failed.
    failed: BTreeMap<String, BTreeSet<String>>,
    cells: usize,
}

impl Matrix {
    fn new(cells: &[Cell<'_>], results: &[Result1]) -> Self {
        let mut this = Self {
            baseline: BTreeMap::new(),
            caught: BTreeMap::new(),
            failed: BTreeMap::new(),
            cells: cells.len(),
        };
        for (cell, result) in cells.iter().zip(results) {
            let execution = &cell.planned.execution;
            let case = execution.split('[').next().unwrap_or(execution).to_owned();
            match cell.defect {
                None => {
                    let wrong = this.baseline.entry(case).or_default();
                    if result.verdict != Verdict::Pass {
                        let sentence = result.sentence.as_deref().unwrap_or_default();
                        wrong.push(format!("{execution}: {}: {sentence}", result.verdict));
                    }
                }
                Some(defect) => {
                    let row = this.caught.entry(defect.to_owned()).or_default();
                    if result.verdict == Verdict::Fail {
                        row.entry(case).or_default().push(execution.clone());
                    }
                    this.failed.entry(defect.to_owned()).or_default().extend(result.failed.clone());
                }
            }
        }
        this
    }

    fn catches(&self, defect: &str, case: &str) -> bool {
        self.caught.get(defect).is_some_and(|row| row.contains_key(case))
    }

    /// Sentences about what is not proven.
    fn unproven(&self, claims: &BTreeMap<String, Vec<String>>, defects: &[&str]) -> Vec<String> {
        let mut sentences: Vec<String> = self.baseline.values().flatten().cloned().collect();
        for (case, claimed) in claims {
            for defect in claimed.iter().filter(|defect| defects.contains(&defect.as_str())) {
                if !self.catches(defect, case) {
                    sentences.push(format!("{case}: does not fail on `{defect}`, which it names"));
                }
            }
        }
        sentences
    }

    /// Prints the matrix, and returns how much is not proven.
    fn print(
        &self,
        claims: &BTreeMap<String, Vec<String>>,
        rig: &LoadedRig,
        defects: &[&str],
    ) -> usize {
        say!("{:<28} {:<24} also caught by", "defect", "claimed by");
        let mut uncaught = Vec::new();
        let mut requirements = Vec::new();
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
            say!("{defect:<28} {:<24} {}", claimed.join(" "), also.join(" "));
            if row.is_none_or(BTreeMap::is_empty) {
                uncaught.push(*defect);
            }
            let failed = self.failed.get(*defect);
            let seeded = rig.device.defects.iter().find(|seeded| seeded.name == *defect);
            for requirement in seeded.into_iter().flat_map(|seeded| &seeded.requirements) {
                if failed.is_none_or(|failed| !failed.contains(requirement)) {
                    requirements.push(format!("{defect}: {requirement} does not fail"));
                }
            }
        }
        let unproven = self.unproven(claims, defects);
        let pass = self.baseline.values().filter(|wrong| wrong.is_empty()).count();
        say!();
        say!(
            "{} cases, {} defects, {} executions in virtual time; {pass} cases pass on the device as it is",
            claims.len(),
            defects.len(),
            self.cells,
        );
        for (words, list) in [
            ("no case catches", uncaught.iter().map(ToString::to_string).collect()),
            ("requirement that should fail and does not", requirements),
            ("not proven", unproven.clone()),
        ] {
            let list: Vec<String> = list;
            for sentence in list {
                say!("{words}: {sentence}");
            }
        }
        unproven.len()
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
