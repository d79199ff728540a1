//! From what was seen to what it means: a stored case, judged.

use crate::check;
use crate::check::claim::Finding;
use crate::drive::clock;
use crate::drive::project::Project;
use crate::dut::crash::crashes;
use crate::dut::event::Event;
use crate::dut::face::Face;
use crate::evidence::point::Point;
use crate::evidence::record::{CaseRecord, Ended};
use crate::evidence::timeline::{Seen, Seq, Timeline};
use crate::report::civil::day;
use crate::report::errata::{self, Erratum};
use crate::report::{JudgedCase, JudgedRun, Source};
use crate::run::boundary::contained;
use crate::scenario;
use crate::scenario::program::{Program, Step};
use std::collections::{BTreeMap, BTreeSet};

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
    let told = told(&timeline, face);
    JudgedCase { record, program, sources, findings, verdict, timeline, told }
}

/// Puts cases into the order of the suite, whatever order they ran in.
pub(super) fn in_suite_order(cases: &mut [JudgedCase], project: &Project) {
    let mut places: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for case in cases.iter() {
        let scenario = &case.record.scenario;
        if !places.contains_key(scenario) {
            let header = project.source(scenario).and_then(|source| scenario::header(&source).0);
            let executions = header.map(|header| header.all_executions()).unwrap_or_default();
            let executions = executions.into_iter().map(|(execution, _)| execution).zip(0..);
            places.insert(scenario.clone(), executions.collect());
        }
    }
    let place = |record: &CaseRecord| places.get(&record.scenario)?.get(&record.execution).copied();
    cases.sort_by_cached_key(|case| {
        (case.record.scenario.clone(), place(&case.record), case.record.repeat)
    });
}

/// Says of each known departure of the device what the run says of it.
pub(super) fn note_errata(run: &mut JudgedRun, errata: &[Erratum], project: &Project) {
    if errata.is_empty() {
        return;
    }
    let cases: Vec<String> =
        project.cases().filter_map(|source| Some(scenario::header(&source).0?.case.id)).collect();
    let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
    let now = u64::try_from(clock::unix_now().as_nanos()).unwrap_or(u64::MAX);
    run.errata = errata::noted(errata, run, &cases, &project.catalogue, &day(now));
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

/// What the device told, and by which line.
fn told(timeline: &Timeline, face: &Face) -> Vec<(Seq, Event)> {
    let lines = timeline.entries().iter().filter_map(|entry| {
        let Seen::Line(line) = &entry.seen else { return None };
        Some((entry.seq, line))
    });
    lines
        .flat_map(|(seq, line)| face.events(line).into_iter().map(move |event| (seq, event)))
        .collect()
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
