//! Known departures on the page: they colour what they are about, and hide and count away none of it.

use super::anchor;
use crate::report::JudgedRun;
use crate::report::errata::{Noted, Standing};
use crate::requirement::RequirementId;
use crate::verdict::Verdict;

/// One known departure of the device, ready for the template.
pub(super) struct DepartureView<'a> {
    pub(super) standing: StandingView,
    /// The case or requirement that it is about.
    pub(super) what: &'a str,
    pub(super) firmware: String,
    pub(super) owner: &'a str,
    pub(super) reason: &'a str,
    pub(super) expires: String,
    /// Anchor and name of the cases that it explains.
    pub(super) cases: Vec<(String, String)>,
}

/// What a departure comes to.
#[derive(Clone, Copy)]
pub(super) struct StandingView {
    /// The class of its colour: `known` where it explains something, `void` where somebody has to look at
    /// it, `idle` where nothing came of it.
    pub(super) class: &'static str,
    pub(super) word: &'static str,
}

/// A departure at what it is about: its class, and what is said of it.
pub(super) type Note = (&'static str, String);

impl<'a> DepartureView<'a> {
    pub(super) fn all(run: &'a JudgedRun) -> Vec<Self> {
        run.errata.iter().map(|noted| Self::new(run, noted)).collect()
    }

    fn new(run: &JudgedRun, noted: &'a Noted) -> Self {
        let Noted { erratum, standing, labels } = noted;
        let cases = run.cases.iter().filter(|case| labels.contains(&case.record.label()));
        Self {
            standing: StandingView::new(*standing),
            what: erratum.what(),
            firmware: erratum.firmware.to_string(),
            owner: &erratum.owner,
            reason: erratum.reason.trim(),
            expires: erratum.expires.to_string(),
            cases: cases.map(|it| (anchor(&it.record.folder), it.record.label())).collect(),
        }
    }
}

impl StandingView {
    const fn new(standing: Standing) -> Self {
        let (class, word) = match standing {
            Standing::Known => ("known", "known"),
            Standing::Expired => ("void", "expired"),
            Standing::NotNeeded => ("idle", "not seen, can go"),
            Standing::NotRun => ("idle", "its cases did not run"),
            Standing::Unknown => ("void", "about nothing there is"),
            Standing::NoVersion => ("void", "no version to hold it against"),
        };
        Self { class, word }
    }
}

/// The departures that explain a run of a case, or once did.
pub(super) fn of_case(run: &JudgedRun, label: &str) -> Vec<Note> {
    run.noted_of(label).map(note).collect()
}

/// The departures that explain why a requirement is not met: those about it, and those about a case that
/// says so.
pub(super) fn of_requirement(run: &JudgedRun, id: &RequirementId) -> Vec<Note> {
    let saying = |label: &String| {
        let case = run.cases.iter().find(|case| case.record.label() == *label);
        case.is_some_and(|case| case.verdict_of(id) > Verdict::Pass)
    };
    let explains = |noted: &&Noted| match &noted.erratum.requirement {
        Some(about) => about == id && !noted.labels.is_empty(),
        None => noted.labels.iter().any(saying),
    };
    run.errata.iter().filter(explains).map(note).collect()
}

/// How many cases did not pass, and how many of them a departure explains that is known to this day.
pub(super) fn explained(run: &JudgedRun) -> (usize, usize) {
    let bad = run.cases.iter().filter(|case| case.verdict > Verdict::Pass);
    let is_known = |label: &str| run.noted_of(label).any(|it| it.standing == Standing::Known);
    let known = bad.clone().filter(|case| is_known(&case.record.label()));
    (bad.count(), known.count())
}

fn note(noted: &Noted) -> Note {
    (StandingView::new(noted.standing).class, noted.sentence())
}
