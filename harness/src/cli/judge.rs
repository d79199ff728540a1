//! `ringtrue judge`: a stored run, judged from its folder alone.
//!
//! Evidence in doubt never makes a pass. A case of which a file was changed, removed or added after
//! the run is an error; so is every case where that file is one that all rest on, such as `run.json` or
//! an input. With `--root` the inputs of the folder are not used, so changes of those are told and do
//! no harm; changed evidence stays an error. A run that did not come to its end is inconclusive at best,
//! because nobody vouches for its record and nobody knows what else it would have tried.

pub(super) mod address;

use super::judging::{in_suite_order, judged, note_errata};
use super::{Failure, durations, exit_code, reports};
use crate::campaign::plan::Planned;
use crate::drive::lane::compile;
use crate::drive::project::{ERRATA, Errata, LoadedDevice, Mistake, Project};
use crate::drive::store::{self, Doubt, StoreError, Stored};
use crate::evidence::durations::Durations;
use crate::evidence::extent::PartEnd;
use crate::evidence::record::{Ended, RunRecord};
use crate::report::brief::Brief;
use crate::report::{self, JudgedRun};
use crate::verdict::Verdict;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// The options of `ringtrue judge`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folder of the run: `reports/latest`
    folder: PathBuf,
    /// Judge with the checks of this suite in place of the copies in the folder
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// Write the reports into this folder in place of the run's own; their links lead to the run's
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn judge(arguments: &Arguments) -> Result<u8, Failure> {
    let Read { run, project, .. } = read(&arguments.folder, arguments.root.as_deref())?;
    for doubt in &run.doubts {
        tell!("ringtrue: {doubt}");
    }
    let page = render(&run, &project, &arguments.folder, arguments.output.as_deref())?;
    super::print(format_args!("{}", report::text::table(&run)));
    say!("report: {}", page.display());
    Ok(exit_code(run.verdict()))
}

/// Writes the reports of the run in `folder` into it or into another, and says where the page is.
pub(super) fn render(
    run: &JudgedRun,
    project: &Project,
    folder: &Path,
    output: Option<&Path>,
) -> Result<PathBuf, Failure> {
    let output = output.unwrap_or(folder);
    let unwritten = |cause: std::io::Error| unwritten(output, &cause);
    fs::create_dir_all(output).map_err(unwritten)?;
    let evidence = address::between(output, folder).map_err(unwritten)?;
    write(run, project, output, &evidence)?;
    // The page that links the runs is there where `run` has made it.
    let reports = folder.parent().filter(|_| evidence.is_empty());
    if let Some(reports) = reports.filter(|reports| reports.join(reports::INDEX).is_file()) {
        reports::write_index(reports)?;
    }
    Ok(output.join("report.html"))
}

/// Prints the table of a run, and where its report is.
pub(super) fn print(run: &JudgedRun, folder: &Path) {
    super::print(format_args!("{}", report::text::table(run)));
    say!("report: {}", folder.join("report.html").display());
}

/// A stored run, judged, and what it was judged with.
pub(super) struct Read {
    pub(super) run: JudgedRun,
    pub(super) project: Project,
    pub(super) device: LoadedDevice,
}

/// Reads a stored run and judges it.
pub(super) fn read(folder: &Path, root: Option<&Path>) -> Result<Read, Failure> {
    let stored = store::read(folder)?;
    // A copy that does not compile is no fault of whoever judges it.
    let malformed = |mistake: Mistake| {
        let path = folder.join("inputs").join(mistake.path);
        Failure::Store(StoreError::Malformed { path, what: mistake.what })
    };
    let of_folder = |mistake: Mistake| match root {
        Some(_) => Failure::Mistake(mistake),
        None => malformed(mistake),
    };
    let project = match root {
        Some(root) => Project::read(root),
        None => Project::from_inputs(&stored.inputs),
    };
    let project = project.map_err(of_folder)?;
    // The profile says what tells of a crash; it is the run's own, whatever suite judges.
    let path = Path::new("device.yaml");
    let device =
        stored.inputs.get("device.yaml").ok_or_else(|| Mistake::new(path, "it is missing"));
    let device = device
        .and_then(|text| LoadedDevice::parse(path, String::from_utf8_lossy(text).into_owned()))
        .map_err(malformed)?;
    let errata = match stored.inputs.get(ERRATA) {
        Some(text) => Errata::parse(Path::new(ERRATA), String::from_utf8_lossy(text).into_owned())
            .map_err(malformed)?,
        None => Errata::default(),
    };
    let Stored { record, timelines, doubts, .. } = stored;
    let mut cases = Vec::new();
    for (case, timeline) in record.cases.iter().zip(timelines) {
        let planned = Planned {
            scenario: case.scenario.clone(),
            execution: case.execution.clone(),
            repeat: case.repeat,
            values: case.values.clone(),
            roles: Vec::new(),
            reaches: Vec::new(),
            certificates: Vec::new(),
        };
        let program = compile(&planned, &project, &case.names).map_err(of_folder)?;
        let mut case = case.clone();
        let spoils = |doubt: &&Doubt| spoilt(doubt, root).is_some_and(|path| touches(path, &case));
        if let Some(doubt) = doubts.iter().find(spoils) {
            case.ended = Ended::Fault(format!("the evidence is not what the run wrote: {doubt}"));
        }
        cases.push(judged(case, program, timeline, &project, &device.face));
    }
    in_suite_order(&mut cases, &project);
    let doubts = doubts.iter().map(|doubt| report::Doubt {
        text: doubt.to_string(),
        at_best: match spoilt(doubt, root) {
            Some(_) => Verdict::Error,
            None if matches!(doubt, Doubt::Unsealed | Doubt::BreaksOff(..)) => {
                Verdict::Inconclusive
            }
            None => Verdict::None,
        },
    });
    let doubts = doubts.chain(gaps(&record)).collect();
    let mut run = JudgedRun { record, cases, doubts, errata: Vec::new() };
    note_errata(&mut run, &errata.entries, &project);
    Ok(Read { run, project, device })
}

/// What a merged run lacks.
fn gaps(record: &RunRecord) -> Vec<report::Doubt> {
    let doubt = |text| report::Doubt { text, at_best: Verdict::Inconclusive };
    let missing = record.extent.missing.iter();
    let missing = missing.map(|shard| doubt(format!("shard {shard} is missing")));
    let killed = record.parts.iter().filter(|part| part.ended == PartEnd::Killed);
    let killed = killed.map(|part| doubt(format!("the run `{}` did not come to its end", part.id)));
    missing.chain(killed).collect()
}

/// Writes every report of a run into its folder.
pub(super) fn write_reports(
    run: &JudgedRun,
    project: &Project,
    folder: &Path,
) -> Result<(), Failure> {
    write(run, project, folder, "")
}

/// Writes every report into `folder`, from where `evidence` leads to the folder of the run.
fn write(run: &JudgedRun, project: &Project, folder: &Path, evidence: &str) -> Result<(), Failure> {
    let catalogue = &project.catalogue;
    let write = |name: &str, text: Result<String, String>| {
        let path = folder.join(name);
        let text = text.map_err(|cause| unwritten(&path, &cause))?;
        fs::write(&path, text).map_err(|cause| unwritten(&path, &cause))
    };
    let words = |error: &dyn ToString| error.to_string();
    let site = report::html::render(run, catalogue, evidence);
    let site = site.map_err(|error| unwritten(&folder.join("report.html"), &error))?;
    let beside = folder.join(report::html::BESIDE);
    fs::create_dir_all(&beside).map_err(|cause| unwritten(&beside, &cause))?;
    for (name, text) in site.beside {
        let path = beside.join(name);
        fs::write(&path, text).map_err(|cause| unwritten(&path, &cause))?;
    }
    write("report.html", Ok(site.page))?;
    write("junit.xml", report::junit::render(run).map_err(|error| words(&error)))?;
    write("report.json", report::json::render(run, catalogue).map_err(|error| words(&error)))?;
    write("summary.md", Ok(report::markdown::render(run, catalogue)))?;
    let json = |value: serde_json::Result<String>| value.map_err(|error| words(&error));
    write(durations::FILE, json(serde_json::to_string_pretty(&Durations::of(&run.record))))?;
    write(reports::BRIEF, json(serde_json::to_string_pretty(&Brief::of(run))))
}

pub(super) fn unwritten(path: &Path, cause: &dyn ToString) -> Failure {
    Failure::Report { doing: "write", path: path.display().to_string(), cause: cause.to_string() }
}

/// The file whose change spoils verdicts, if a doubt is about one.
fn spoilt<'a>(doubt: &'a Doubt, root: Option<&Path>) -> Option<&'a str> {
    match doubt {
        Doubt::Changed(path) | Doubt::Missing(path) | Doubt::Unlisted(path) => {
            let is_unused = root.is_some() && path.starts_with("inputs/");
            (!is_unused).then_some(path)
        }
        Doubt::Unsealed | Doubt::BreaksOff(..) => None,
    }
}

/// Whether a case rests on a file: one of its own, or one of the run as a whole.
fn touches(path: &str, case: &crate::evidence::record::CaseRecord) -> bool {
    let is_of_a_case = path.starts_with("cases/");
    !is_of_a_case || path.strip_prefix(&case.folder).is_some_and(|rest| rest.starts_with('/'))
}
