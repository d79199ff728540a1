//! Markdown for the summary page of a CI run: what is wrong first, then the table.

use super::civil::utc;
use super::flake::Tally;
use super::{JudgedCase, JudgedRun};
use crate::requirement::Catalogue;
use crate::verdict::Verdict;
use std::fmt::{self, Write as _};

/// The summary.
pub fn render(run: &JudgedRun, catalogue: &Catalogue) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, run, catalogue);
    text
}

fn write(out: &mut String, run: &JudgedRun, catalogue: &Catalogue) -> fmt::Result {
    let record = &run.record;
    let device = &record.device;
    writeln!(out, "# {}: {}\n", escape(&device.name), run.verdict())?;
    writeln!(out, "{}\n", run.counts())?;
    let version = device.version.as_deref().map(|version| format!(", `{}`", code(version)));
    let (tier, ringtrue) = (record.tier.name(), &record.ringtrue);
    let started = utc(record.started_unix_ns);
    writeln!(
        out,
        "Run `{}` of {started} on tier `{tier}`{}, ringtrue {ringtrue}.",
        code(&record.id),
        version.unwrap_or_default()
    )?;
    if let Some(why) = &record.fell_back {
        writeln!(out, "A lesser tier than the one asked for: {}.", escape(why))?;
    }
    for doubt in &run.doubts {
        writeln!(out, "\n> **Evidence in doubt:** {}", escape(&doubt.text))?;
    }
    for worst in [Verdict::Error, Verdict::Fail, Verdict::Inconclusive, Verdict::None] {
        for case in run.cases.iter().filter(|case| case.verdict == worst) {
            write_case(out, case, catalogue)?;
            for noted in run.noted_of(&case.record.label()) {
                writeln!(out, "\n> {}", escape(&noted.sentence()))?;
            }
        }
    }
    write_flaky(out, run)?;
    write_errata(out, run)?;
    if !run.cases.is_empty() {
        writeln!(out, "\n| case | verdict | time | |\n|---|---|---:|---|")?;
    }
    for case in &run.cases {
        let (id, verdict) = (escape(&case.record.label()), mark(case.verdict));
        let (seconds, title) = (case.record.took.as_secs_f64(), escape(&case.program.case.title));
        writeln!(out, "| {id} | {verdict} | {seconds:.2} s | {title} |")?;
    }
    write_left(out, "Not applicable", &record.not_applicable)?;
    write_left(out, "Not run", &record.not_run)
}

fn write_case(out: &mut String, case: &JudgedCase, catalogue: &Catalogue) -> fmt::Result {
    let (id, title) = (escape(&case.record.label()), escape(&case.program.case.title));
    writeln!(out, "\n## {} {id}: {title}\n", mark(case.verdict))?;
    let is_no_finding =
        |sentence: &String| case.findings.iter().all(|found| found.text != *sentence);
    if let Some(sentence) = case.sentence().filter(is_no_finding) {
        writeln!(out, "**{}**\n", escape(&sentence))?;
    }
    for finding in case.findings.iter().filter(|finding| finding.verdict != Verdict::Pass) {
        let requirement = catalogue.get(&finding.requirement);
        let quoted = requirement.map(|sentence| format!(" “{}”", escape(&sentence.text)));
        let (id, verdict) = (&finding.requirement, finding.verdict);
        let text = escape(&finding.text);
        writeln!(out, "- {verdict} `{id}`: {text}{}", quoted.unwrap_or_default())?;
        if let Some(claim) = case.claim(finding) {
            let (file, line) = case.place(claim);
            writeln!(out, "  - `{}:{line}`: `{}`", code(file), code(&claim.text))?;
        }
    }
    Ok(())
}

fn write_flaky(out: &mut String, run: &JudgedRun) -> fmt::Result {
    let flaky: Vec<_> = run.tallies().filter(Tally::is_flaky).collect();
    if !flaky.is_empty() {
        writeln!(out, "\n## Flaky: {}\n", flaky.len())?;
    }
    for tally in flaky {
        let sentence = tally.sentence(run.record.repeats);
        writeln!(out, "- {}: {}", escape(tally.execution), escape(&sentence))?;
    }
    Ok(())
}

fn write_errata(out: &mut String, run: &JudgedRun) -> fmt::Result {
    if !run.errata.is_empty() {
        writeln!(out, "\n## Known departures: {}\n", run.errata.len())?;
    }
    for noted in &run.errata {
        let (what, sentence) = (noted.erratum.what(), noted.sentence());
        writeln!(out, "- {}: {}", escape(what), escape(&sentence))?;
    }
    Ok(())
}

fn write_left(out: &mut String, heading: &str, cases: &[(String, String)]) -> fmt::Result {
    if cases.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>{heading}: {}</summary>\n", cases.len())?;
    for (case, reason) in cases {
        writeln!(out, "- {}: {}", escape(case), escape(reason))?;
    }
    writeln!(out, "\n</details>")
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅ pass",
        Verdict::Fail => "❌ **fail**",
        Verdict::Inconclusive => "❔ inconclusive",
        Verdict::Error => "💥 error",
        Verdict::None => "⬜ none",
    }
}

/// Text in which no character of a device's words is taken for markup.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' | '\n' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Text for a code span, where there are no escapes.
fn code(text: &str) -> String {
    text.replace('`', "'").replace(['\r', '\n'], " ").replace('|', "¦")
}
