//! What a run shows while it runs: a bar on a terminal, a line a case elsewhere.

use crate::report::JudgedCase;
use crate::verdict::Verdict;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;

/// The progress of a run.
#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    done: usize,
    all: usize,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg} {elapsed}")
            {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, done: 0, all }
    }

    pub(super) fn begin(&self, execution: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(execution.to_owned());
            bar.tick();
        }
    }

    pub(super) fn done(&mut self, case: &JudgedCase) {
        self.done += 1;
        let sentence = case.sentence().map_or_else(String::new, |text| format!("  {text}"));
        let line = format!(
            "{:>3}/{}  {:<12} {:<26} {:>6.1} s{sentence}",
            self.done,
            self.all,
            case.verdict.to_string(),
            case.record.label(),
            case.record.took.as_secs_f64(),
        );
        match &self.bar {
            Some(bar) => {
                if case.verdict != Verdict::Pass {
                    bar.println(line);
                }
                bar.inc(1);
            }
            None => say!("{line}"),
        }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
