//! From what was seen to what it means: a stored case, judged.

use crate::check;
use crate::drive::project::Project;
use crate::dut::crash::crashes;
use crate::dut::face::Face;
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
    let judging = || {
        let crashes = crashes(face, &timeline);
        let Program { claims, subjects, .. } = &program;
        check::judge::judge(claims, subjects, &record.points, &timeline, &crashes)
    };
    let findings = contained(judging).unwrap_or_else(|words| {
        record.ended = Ended::Panic(format!("the case could not be judged: {words}"));
        Vec::new()
    });
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
