//! From what was seen to what it means: a stored case, judged.

use crate::check;
use crate::check::claim::Finding;
use crate::drive::project::Project;
use crate::dut::crash::crashes;
use crate::dut::face::Face;
use crate::evidence::point::Point;
use crate::evidence::record::{CaseRecord, Ended};
use crate::evidence::timeline::Timeline;
use crate::report::{JudgedCase, Source};
use crate::run::boundary::contained;
use crate::scenario::program::{Program, Step};
use std::collections::BTreeSet;

/// Judges one case. Where judging it breaks down, its verdict is error, and the other cases are judged
/// all the same.
pub(super) fn judged(
    mut record: CaseRecord,
    program: Program,
    timeline: Timeline,
    project: &Project,
    face: &Face,
) -> JudgedCase {
    let findings = contained(|| findings(&program, &record.points, &timeline, face))
        .unwrap_or_else(|words| {
            record.ended = Ended::Panic(format!("the case could not be judged: {words}"));
            Vec::new()
        });
    let verdict = check::judge::verdict(&findings, &record.ended);
    let sources = sources(&record.scenario, &program, project);
    JudgedCase { record, program, sources, findings, verdict, timeline }
}

/// What is found in the timeline of `program`, by its claims and by the device's crashes.
pub(super) fn findings(
    program: &Program,
    points: &[Point],
    timeline: &Timeline,
    face: &Face,
) -> Vec<Finding> {
    let crashes = crashes(face, timeline);
    check::judge::judge(&program.claims, &program.subjects, points, timeline, &crashes)
}

/// The texts that the program was made from, the scenario first.
fn sources(scenario: &str, program: &Program, project: &Project) -> Vec<Source> {
    let mut files = BTreeSet::new();
    collect(&program.steps, &mut files);
    files.remove(scenario);
    let all = std::iter::once(scenario).chain(files);
    all.filter_map(|file| {
        let text = project.scenarios.get(file)?.clone();
        Some(Source { file: file.to_owned(), text })
    })
    .collect()
}

fn collect<'a>(steps: impl IntoIterator<Item = &'a Step>, files: &mut BTreeSet<&'a str>) {
    for step in steps {
        files.insert(&step.file);
        collect(step.within(), files);
    }
}
