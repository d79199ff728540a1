//! `ringtrue render`: the reports of a stored run, made again from its folder alone.

use super::{Failure, judge};
use clap::Args;
use std::path::PathBuf;

/// The options of `ringtrue render`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folder of the run: `reports/latest`
    folder: PathBuf,
    /// Write the reports into this folder in place of the run's own; their links lead to the run's
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

/// Renders what the checks of the folder find. The exit code tells whether the reports were written, and
/// not what they say: that is `judge`'s.
pub(super) fn render(arguments: &Arguments) -> Result<u8, Failure> {
    let judge::Read { run, project, .. } = judge::read(&arguments.folder, None)?;
    for doubt in &run.doubts {
        tell!("ringtrue: {doubt}");
    }
    let page = judge::render(&run, &project, &arguments.folder, arguments.output.as_deref())?;
    say!("report: {}", page.display());
    Ok(0)
}
