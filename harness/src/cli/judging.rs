//! From what was seen to what it means: a stored case, judged.

use crate::check;
use crate::drive::project::Project;
use crate::evidence::record::CaseRecord;
use crate::evidence::timeline::Timeline;
use crate::report::{JudgedCase, Source};
use crate::scenario::program::{Program, Step};
use std::collections::BTreeSet;

/// Judges one case.
pub(super) fn judged(
    record: CaseRecord,
    program: Program,
    timeline: Timeline,
    project: &Project,
) -> JudgedCase {
    let findings =
        check::judge::judge(&program.claims, &program.subjects, &record.points, &timeline);
    let verdict = check::judge::verdict(&findings, &record.ended);
    let sources = sources(&record.scenario, &program, project);
    JudgedCase { record, program, sources, findings, verdict, timeline }
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
