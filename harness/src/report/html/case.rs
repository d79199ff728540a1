//! What the page shows of one case before it is unfolded.

use super::anchor;
use super::badge::Badge;
use super::departure::{self, Note};
use crate::report::{JudgedCase, JudgedRun};
use crate::requirement::RequirementId;

/// One case, ready for the template.
pub(super) struct CaseView<'a> {
    pub(super) anchor: String,
    pub(super) id: String,
    /// What it is filtered by: the part of its id before the number.
    pub(super) group: &'a str,
    pub(super) title: &'a str,
    pub(super) verdict: Badge,
    pub(super) sentence: Option<String>,
    pub(super) departures: Vec<Note>,
    pub(super) seconds: String,
    /// The requirements that it stands for, with spaces between.
    pub(super) requirements: String,
    /// What is unfolded, where the page has it; else it is loaded from beside the page.
    pub(super) detail: Option<String>,
}

impl<'a> CaseView<'a> {
    /// Whether a departure of this class explains it.
    pub(super) fn is(&self, class: &str) -> bool {
        self.departures.iter().any(|(own, _)| *own == class)
    }

    pub(super) fn new(run: &JudgedRun, case: &'a JudgedCase, detail: Option<String>) -> Self {
        let id = &case.program.case.id;
        let requirements = case.requirements().into_iter().map(RequirementId::as_str);
        Self {
            anchor: anchor(&case.record.folder),
            id: case.record.label(),
            group: id.rsplit_once('-').map_or(id, |(group, _)| group),
            title: &case.program.case.title,
            verdict: Badge::new(case.verdict),
            sentence: case.sentence(),
            departures: departure::of_case(run, &case.record.label()),
            seconds: format!("{:.2}", case.record.took.as_secs_f64()),
            requirements: requirements.collect::<Vec<_>>().join(" "),
            detail,
        }
    }
}
