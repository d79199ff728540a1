//! A comparison as a sheet.

use super::figures::{Moved, Place};
use super::{Comparison, Outcome, Terms};
use crate::check::measure::Measured;
use crate::report::JudgedRun;
use crate::report::flake::percent;
use crate::report::sheet::{Section, Sheet};
use crate::verdict::Verdict;

impl Comparison<'_> {
    /// The sheet.
    pub fn sheet(&self, terms: &Terms) -> Sheet {
        let outcome = self.outcome();
        let (word, tone) = match outcome {
            Outcome::NoWorse => ("no worse", Verdict::Pass),
            Outcome::Unsure => ("look at it", Verdict::Inconclusive),
            Outcome::Worse => ("worse", Verdict::Fail),
            Outcome::InDoubt => ("evidence in doubt", Verdict::Error),
        };
        let mut sections = Vec::new();
        if !self.notes.is_empty() {
            let sentences = self.notes.clone();
            sections.push(Section { sentences, ..Section::new("To be known first", &[]) });
        }
        sections.extend([
            self.verdict_section(),
            self.requirement_section(),
            self.family_section(terms),
            self.figure_section(),
            self.warning_section(),
        ]);
        if !self.alone.is_empty() {
            let mut section = Section::new("Ran in one of them only", &["case", "in"]);
            let row =
                |(id, which): &(&str, &str)| vec![(*id).to_owned(), format!("the {which} run")];
            section.rows = self.alone.iter().map(row).collect();
            sections.push(section);
        }
        Sheet {
            kicker: "Comparison of two runs".to_owned(),
            title: self.new.record.device.name.clone(),
            word: word.to_owned(),
            tone,
            statement: self.statement(),
            facts: [("Old", self.old), ("New", self.new)]
                .into_iter()
                .flat_map(|(which, run)| facts(which, run))
                .collect(),
            sections,
        }
    }

    fn statement(&self) -> String {
        let worse = self.verdicts.iter().filter(|change| change.is_worse()).count();
        let lost = self.requirements.iter().filter(|it| it.is_lost()).count();
        let gained = self.requirements.iter().filter(|it| it.is_gained()).count();
        let moved = self.figures.moved().count();
        let for_worse = self.figures.moved().filter(|moved| moved.is_worse()).count();
        format!(
            "{} verdict(s) changed, {worse} for the worse; {lost} requirement(s) lost, {gained} gained; {moved} figure(s) moved, {for_worse} for the worse; {} new warning(s) on the console.",
            self.verdicts.len(),
            self.warnings.len()
        )
    }

    fn verdict_section(&self) -> Section {
        let mut section = Section::new("Verdicts", &["case", "was", "is", "why"]);
        for change in &self.verdicts {
            let [was, is] = change.tallies.each_ref().map(super::Tally::words);
            let why = change.sentence.clone().unwrap_or_default();
            section.rows.push(vec![change.execution.to_owned(), was, is, why]);
        }
        if section.rows.is_empty() {
            section.sentences.push("No verdict changed.".to_owned());
        }
        section
    }

    fn requirement_section(&self) -> Section {
        let mut section = Section::new("Requirements", &["requirement", "was", "is", ""]);
        for standing in &self.requirements {
            let word = if standing.is_lost() {
                "lost"
            } else if standing.is_gained() {
                "gained"
            } else {
                ""
            };
            let [was, is] = standing.verdicts.map(|verdict| {
                if verdict == Verdict::None { "not judged".to_owned() } else { verdict.to_string() }
            });
            section.rows.push(vec![standing.id.to_string(), was, is, word.to_owned()]);
        }
        if section.rows.is_empty() {
            section.sentences.push("Every requirement stands as it did.".to_owned());
        }
        section
    }

    fn family_section(&self, terms: &Terms) -> Section {
        let mut section = Section::new("Figures, all of a kind together", &COLUMNS);
        section.sentences.push(format!(
            "Aligned rank test over all figures of a kind; a move of up to the allowance is none: what both uncertainties explain, and for times {} ms. Where nothing moved, anything at all is found with a probability of at most {}.",
            terms.tolerance.as_secs_f64() * 1e3,
            percent(terms.level),
        ));
        section.rows = self.figures.families.iter().map(row).collect();
        section
    }

    fn figure_section(&self) -> Section {
        let figures = &self.figures;
        let mut section = Section::new("Figures one by one", &COLUMNS);
        section.sentences.push(format!(
            "{} figures ran often enough to be tested by themselves, and {} moved.",
            figures.tested,
            figures.single.len()
        ));
        if !figures.suspects.is_empty() {
            section.sentences.push(format!(
                "Marked `?`: all new values lie beyond all old ones, too few to tell that from chance; `run --repeat {}` in both would, or fewer with fewer cases.",
                figures.enough
            ));
        }
        section.rows = figures.single.iter().map(row).collect();
        section.rows.extend(figures.suspects.iter().map(suspect));
        section
    }

    fn warning_section(&self) -> Section {
        let mut section =
            Section::new("New warnings on the console", &["line", "first in", "times"]);
        for warning in &self.warnings {
            let (line, execution) = (warning.line.to_owned(), warning.execution.to_owned());
            section.rows.push(vec![line, execution, warning.count.to_string()]);
        }
        if section.rows.is_empty() {
            let sentence = "The console warns of nothing of which the old run's did not.";
            section.sentences.push(sentence.to_owned());
        }
        section
    }
}

const COLUMNS: [&str; 8] =
    ["figure", "where", "was", "is", "moved by (95 %)", "allowance", "p, adjusted", ""];

fn row(moved: &Moved<'_>) -> Vec<String> {
    // Nothing less than nothing is shown, however the last bit was rounded.
    let show = |value: f64| {
        Measured { value: (value * 1e9).round() / 1e9 + 0.0, uncertainty: 0.0, unit: moved.unit }
            .to_string()
    };
    let bound = |value: f64| match value {
        f64::INFINITY => "∞".to_owned(),
        f64::NEG_INFINITY => "−∞".to_owned(),
        _ => show(value),
    };
    let place = match &moved.place {
        Place::Family(count) => format!("{count} figures"),
        Place::Figure(execution, step) => format!("{execution}: {step}"),
    };
    let [was, is] = moved.medians.map(show);
    let shift = &moved.shift;
    let by = format!("{} ({} to {})", show(shift.estimate), bound(shift.low), bound(shift.high));
    let word = match (moved.has_moved, moved.is_worse()) {
        (true, true) => "worse",
        (true, false) => "moved",
        (false, _) => "",
    };
    let p = if moved.adjusted < 0.001 {
        format!("{:.0e}", moved.adjusted)
    } else {
        format!("{:.3}", moved.adjusted)
    };
    vec![moved.what.clone(), place, was, is, by, show(moved.allowance), p, word.to_owned()]
}

fn suspect(moved: &Moved<'_>) -> Vec<String> {
    let mut cells = row(moved);
    if let Some(last) = cells.last_mut() {
        "?".clone_into(last);
    }
    cells
}

fn facts(which: &str, run: &JudgedRun) -> Vec<(String, String)> {
    let record = &run.record;
    let mut facts =
        vec![(which.to_owned(), format!("{}, {}: {}", record.id, run.verdict(), run.counts()))];
    let version = record.device.version.as_deref().unwrap_or("tells no version");
    let sums = record.device.firmware.iter().map(|(file, sum)| format!("{file} {sum}"));
    let defects = &record.device.defects;
    let defects = (!defects.is_empty()).then(|| format!("seeded defects: {}", defects.join(", ")));
    let parts: Vec<_> = std::iter::once(version.to_owned()).chain(sums).chain(defects).collect();
    facts.push((format!("{which} firmware"), parts.join("; ")));
    facts
}
