//! `ringtrue show`: one case on a terminal: its verdict, its ladder and its findings.

use super::{Failure, judge};
use crate::drive::project::Mistake;
use crate::report;
use clap::Args;
use std::path::PathBuf;

/// The options of `ringtrue show`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folder of the run: `reports/latest`
    folder: PathBuf,
    /// The id of the case or execution
    case: String,
}

pub(super) fn show(arguments: &Arguments) -> Result<u8, Failure> {
    let run = judge::read(&arguments.folder, None)?.run;
    for doubt in &run.doubts {
        tell!("ringtrue: {doubt}");
    }
    let wanted = |case: &&report::JudgedCase| {
        case.record.label() == arguments.case
            || case.record.execution == arguments.case
            || case.program.case.id == arguments.case
    };
    let mut found = run.cases.iter().filter(wanted).peekable();
    if found.peek().is_none() {
        let what = format!("it has no case `{}`; `ringtrue judge` lists its cases", arguments.case);
        return Err(Mistake::new(&arguments.folder, what).into());
    }
    for case in found {
        say!("{}", report::text::case(case));
    }
    Ok(0)
}
