//! Plain text for a terminal: the table of verdicts, and the ladder of one case.

mod ladder;

pub(super) use ladder::draw;
pub use ladder::render as ladder;

use super::flake::Tally;
use super::{Counts, JudgedCase, JudgedRun};
use crate::evidence::console::printable;
use std::fmt::{self, Write as _};

/// The table of verdicts, a line a case, the reason below each that is not a pass, and the counts.
pub fn table(run: &JudgedRun) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, run);
    text
}

fn write(out: &mut String, run: &JudgedRun) -> fmt::Result {
    let width = run.cases.iter().map(|case| case.record.label().chars().count());
    let width = width.max().unwrap_or(0);
    for case in &run.cases {
        let (verdict, id) = (case.verdict.to_string(), case.record.label());
        let (seconds, title) = (case.record.took.as_secs_f64(), &case.program.case.title);
        writeln!(out, "{verdict:<12}  {id:<width$}  {seconds:7.2} s  {title}")?;
        if let Some(sentence) = case.sentence() {
            let sentence = printable(&sentence);
            writeln!(out, "{:<12}  {:<width$}             {sentence}", "", "")?;
        }
        for noted in run.noted_of(&id) {
            writeln!(out, "{:<12}  {:<width$}             {}", "", "", noted.sentence())?;
        }
    }
    for (heading, cases) in
        [("not applicable", &run.record.not_applicable), ("not run", &run.record.not_run)]
    {
        // What has one reason, such as an interruption, is one line.
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for (case, reason) in cases {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, cases)) => cases.push(case),
                None => reasons.push((reason, vec![case])),
            }
        }
        for (reason, cases) in reasons {
            writeln!(out, "{heading:<14}  {}: {reason}", cases.join(", "))?;
        }
    }
    for noted in run.errata.iter().filter(|noted| noted.labels.is_empty()) {
        writeln!(out, "{:<14}  {}: {}", "erratum", noted.erratum.what(), noted.sentence())?;
    }
    for tally in run.tallies().filter(Tally::is_flaky) {
        writeln!(
            out,
            "{:<14}  {}: {}",
            "flaky",
            tally.execution,
            tally.sentence(run.record.repeats)
        )?;
    }
    for doubt in &run.doubts {
        writeln!(out, "evidence in doubt: {doubt}")?;
    }
    writeln!(out, "\n{}: {}", run.verdict(), run.counts())
}

/// One case: its verdict, its ladder, and every finding with its requirement and its place.
pub fn case(case: &JudgedCase) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_case(&mut text, case);
    text
}

fn write_case(out: &mut String, case: &JudgedCase) -> fmt::Result {
    let (label, title) = (case.record.label(), &case.program.case.title);
    writeln!(out, "{label}: {title}\n{}", case.verdict)?;
    if let Some(sentence) = case.sentence() {
        writeln!(out, "{}", printable(&sentence))?;
    }
    writeln!(out, "\n{}", ladder(case))?;
    for finding in &case.findings {
        let (verdict, requirement) = (finding.verdict.to_string(), &finding.requirement);
        writeln!(out, "{verdict:<12}  {requirement}: {}", printable(&finding.text))?;
        if let Some(claim) = case.claim(finding) {
            let (file, line) = case.place(claim);
            writeln!(out, "{:<12}  {file}:{line} `{}`", "", claim.text)?;
        }
    }
    Ok(())
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.pass, "pass"),
            (self.fail, "fail"),
            (self.inconclusive, "inconclusive"),
            (self.error, "error"),
            (self.none, "none"),
            (self.not_applicable, "not applicable"),
            (self.not_run, "not run"),
            (self.flaky, "flaky"),
        ];
        let mut shown = counts.iter().filter(|(count, _)| *count > 0).peekable();
        if shown.peek().is_none() {
            return f.write_str("no case");
        }
        while let Some((count, what)) = shown.next() {
            write!(f, "{count} {what}")?;
            if shown.peek().is_some() {
                f.write_str(", ")?;
            }
        }
        Ok(())
    }
}
