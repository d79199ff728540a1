//! `ringtrue compare`: what changed from one stored run to another. Both are judged again, from their
//! folders alone.

use super::Failure;
use super::judge::{self, Read};
use crate::drive::project::Mistake;
use crate::report::comparison::{Comparison, Outcome, Terms};
use crate::time::Span;
use clap::{Args, ValueEnum};
use std::fs;
use std::path::PathBuf;

/// The options of `ringtrue compare`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folder of the run before
    old: PathBuf,
    /// The folder of the run after
    new: PathBuf,
    /// Judge both with the checks of this suite in place of the copies in their folders
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// A time that moved by no more than this counts as unmoved
    #[arg(long, value_name = "TIME", default_value = "1 ms")]
    tolerance: Span,
    /// The probability that a figure is said to have moved where none did, in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 1.0, value_parser = level)]
    level: f64,
    /// The form in which it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write comparison.txt, comparison.md and comparison.html into this folder too
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Html,
}

pub(super) fn compare(arguments: &Arguments) -> Result<u8, Failure> {
    let read = |folder| judge::read(folder, arguments.root.as_deref());
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    refuse_unlike(arguments, &old, &new)?;
    let tolerance = arguments.tolerance.duration();
    let terms = Terms { tolerance, level: arguments.level / 100.0 };
    let comparison = Comparison::new(&old.run, &new.run, &new.device.warnings, &terms);
    let sheet = comparison.sheet(&terms);
    let page = || {
        let page = sheet.html();
        page.map_err(|error| judge::unwritten("comparison.html".as_ref(), &error))
    };
    let print = |text: String| super::print(format_args!("{text}"));
    match arguments.format {
        Format::Text => print(sheet.text()),
        Format::Markdown => print(sheet.markdown()),
        Format::Html => print(page()?),
    }
    if let Some(folder) = &arguments.output {
        fs::create_dir_all(folder).map_err(|error| judge::unwritten(folder, &error))?;
        let forms = [("txt", sheet.text()), ("md", sheet.markdown()), ("html", page()?)];
        for (extension, text) in forms {
            let path = folder.join(format!("comparison.{extension}"));
            fs::write(&path, text).map_err(|error| judge::unwritten(&path, &error))?;
        }
    }
    Ok(match comparison.outcome() {
        Outcome::NoWorse => 0,
        Outcome::Worse => 1,
        Outcome::Unsure => 2,
        Outcome::InDoubt => super::ERROR,
    })
}

/// Refuses runs that nothing can be read from side by side.
fn refuse_unlike(arguments: &Arguments, old: &Read, new: &Read) -> Result<(), Failure> {
    let [was, is] = [old, new].map(|read| read.run.record.tier);
    if was != is {
        let what = format!(
            "it ran on tier `{}` and {} on `{}`; results of different tiers are never compared: run both on one",
            is.name(),
            arguments.old.display(),
            was.name()
        );
        return Err(Mistake::new(&arguments.new, what).into());
    }
    let ran = |read: &Read| -> Vec<String> {
        read.run.cases.iter().map(|case| case.record.execution.clone()).collect()
    };
    let before = ran(old);
    if !ran(new).iter().any(|execution| before.contains(execution)) {
        let what = format!(
            "it has no case in common with {}; run the same cases on both",
            arguments.old.display()
        );
        return Err(Mistake::new(&arguments.new, what).into());
    }
    Ok(())
}

fn level(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    let number = number.filter(|number| *number > 0.0 && *number < 50.0);
    number.ok_or_else(|| format!("`{text}` is not between 0 and 50; write `1`"))
}
