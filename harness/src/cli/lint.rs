//! `ringtrue lint`: scenario files, checked.

use super::Failure;
use super::suite::{Place, Suite, is_error, style};
use crate::drive::project::{LoadedDevice, Mistake};
use crate::scenario::diagnostic::{self, Diagnostic};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The options of `ringtrue lint`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// Files of the suite, or other scenario files (default: the whole suite)
    files: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// The device whose seeded defects cases may name
    #[arg(long, value_name = "FILE", default_value = "firmware-under-test/intercom/device.yaml")]
    device: PathBuf,
    /// Print the diagnostics as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn lint(arguments: &Arguments) -> Result<u8, Failure> {
    let mut suite = Suite::read(&arguments.place)?;
    let mut wanted = BTreeSet::new();
    for file in &arguments.files {
        wanted.insert(add(&mut suite, arguments, file)?);
    }
    let suite = Suite::new(suite.project);
    let defects = LoadedDevice::read(&arguments.place.root.join(&arguments.device))?.defects;
    let defects: Vec<String> = defects.into_iter().map(|defect| defect.name).collect();
    let is_wanted = |path: &str| wanted.is_empty() || wanted.contains(path);
    let found = suite.lint(&is_wanted, Some(&defects));
    let twice = if wanted.is_empty() { suite.twice() } else { Vec::new() };
    if arguments.json {
        let values: Vec<_> = found.iter().map(Diagnostic::json).collect();
        say!("{:#}", serde_json::Value::from(values));
    } else {
        super::complain(format_args!("{}", diagnostic::render(&found, style())));
        for sentence in &twice {
            tell!("error: {sentence}");
        }
        let errors = found.iter().filter(|found| is_error(found)).count() + twice.len();
        let files = if wanted.is_empty() { suite.project.cases().count() } else { wanted.len() };
        say!(
            "{files} file(s): {errors} error(s), {} warning(s)",
            found.len() + twice.len() - errors
        );
    }
    Ok(if !twice.is_empty() || found.iter().any(is_error) { super::USAGE } else { 0 })
}

/// The name of a file in the suite; a file from elsewhere is added to it.
fn add(suite: &mut Suite, arguments: &Arguments, file: &Path) -> Result<String, Failure> {
    let name = file.strip_prefix(arguments.place.root.join("scenarios")).unwrap_or(file);
    let name = name.strip_prefix("scenarios").unwrap_or(name).display().to_string();
    if !suite.project.scenarios.contains_key(&name) {
        let text = std::fs::read_to_string(file).map_err(|error| Mistake::new(file, error))?;
        suite.project.scenarios.insert(name.clone(), text);
    }
    Ok(name)
}
