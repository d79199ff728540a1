//! `ringtrue judge`: a stored run, judged from its folder alone.

use super::judging::judged;
use super::{Failure, exit_code};
use crate::campaign::plan::Planned;
use crate::drive::lane::compile;
use crate::drive::project::Project;
use crate::drive::store::{self, Stored};
use crate::report::{self, JudgedRun};
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
    /// Write the reports into this folder in place of the run's own
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn judge(arguments: &Arguments) -> Result<u8, Failure> {
    let (run, project) = read(&arguments.folder, arguments.root.as_deref())?;
    for doubt in &run.doubts {
        eprintln!("ringtrue: {doubt}");
    }
    let output = arguments.output.as_deref().unwrap_or(&arguments.folder);
    write_reports(&run, &project, output)?;
    print!("{}", report::text::table(&run));
    println!("report: {}", output.join("report.html").display());
    Ok(exit_code(run.verdict()))
}

/// Reads a stored run and judges it.
pub(super) fn read(folder: &Path, root: Option<&Path>) -> Result<(JudgedRun, Project), Failure> {
    let stored = store::read(folder)?;
    let project = match root {
        Some(root) => Project::read(root)?,
        None => Project::from_inputs(&stored.inputs)?,
    };
    let Stored { record, timelines, doubts, .. } = stored;
    let mut cases = Vec::new();
    for (case, timeline) in record.cases.iter().zip(timelines) {
        let planned = Planned {
            scenario: case.scenario.clone(),
            execution: case.execution.clone(),
            values: case.values.clone(),
            roles: Vec::new(),
        };
        let program = compile(&planned, &project, &case.names)?;
        cases.push(judged(case.clone(), program, timeline, &project));
    }
    let doubts = doubts.iter().map(ToString::to_string).collect();
    Ok((JudgedRun { record, cases, doubts }, project))
}

/// Writes every report of a run into `folder`.
pub(super) fn write_reports(
    run: &JudgedRun,
    project: &Project,
    folder: &Path,
) -> Result<(), Failure> {
    let catalogue = &project.catalogue;
    let failure = |path: &Path, cause: &dyn ToString| Failure::Report {
        path: path.display().to_string(),
        cause: cause.to_string(),
    };
    let write = |name: &str, text: Result<String, String>| {
        let path = folder.join(name);
        let text = text.map_err(|cause| failure(&path, &cause))?;
        fs::write(&path, text).map_err(|cause| failure(&path, &cause))
    };
    let words = |error: &dyn ToString| error.to_string();
    fs::create_dir_all(folder).map_err(|cause| failure(folder, &cause))?;
    write("report.html", report::html::render(run, catalogue).map_err(|error| words(&error)))?;
    write("junit.xml", report::junit::render(run).map_err(|error| words(&error)))?;
    write("report.json", report::json::render(run, catalogue).map_err(|error| words(&error)))?;
    write("summary.md", Ok(report::markdown::render(run, catalogue)))
}
