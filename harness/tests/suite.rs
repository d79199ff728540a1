//! The suite against the reference device, in virtual time: every case compiles without complaint,
//! passes on the device as it is, and fails on it with a defect that it names. `ringtrue prove` has
//! the whole matrix of cases and defects.

#![expect(clippy::panic, reason = "a test says by a panic what is wrong")]

use intercom::{Defect, Defects};
use ringtrue::campaign::filter::Filter;
use ringtrue::campaign::names::names;
use ringtrue::campaign::plan::{Plan, Planned};
use ringtrue::certificate::profile::Profile;
use ringtrue::check::judge::{judge, verdict};
use ringtrue::coverage::{Books, Coverage};
use ringtrue::drive::lane::{compile, fnv};
use ringtrue::drive::project::{LoadedRig, Project};
use ringtrue::dut::crash::crashes;
use ringtrue::evidence::timeline::Timeline;
use ringtrue::run::setup::Setup;
use ringtrue::scenario::diagnostic::{self, Style};
use ringtrue::scenario::header::CaseHeader;
use ringtrue::scenario::names::Names;
use ringtrue::scenario::pics_expression::PicsExpression;
use ringtrue::scenario::program::Program;
use ringtrue::scenario::variation::Variation;
use ringtrue::scenario::variation::over_of;
use ringtrue::scenario::{self, Context};
use ringtrue::verdict::Verdict;
use ringtrue::virtual_world::{self, Specimen};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_case_compiles_without_complaint() {
    let suite = Suite::read();
    let defects: Vec<String> =
        suite.rig.device.defects.iter().map(|defect| defect.name.clone()).collect();
    let include = |path: &str| suite.project.source(path);
    let message = |path: &str| suite.project.message(path);
    let context = Context {
        catalogue: &suite.project.catalogue,
        includes: &include,
        messages: &message,
        defects: Some(&defects),
        names: Names::declared(),
    };
    let found: Vec<_> =
        suite.project.cases().flat_map(|source| scenario::lint(&source, &context)).collect();
    assert!(found.is_empty(), "{}", diagnostic::render(&found, Style::Plain));
}

/// Fails where a MUST for a user agent or a live purpose of ETSI is neither covered nor excused nor
/// open, where an open one is covered, and where a case names a purpose that is not in the table.
#[test]
fn every_demand_is_covered_excused_or_open() {
    let suite = Suite::read();
    let books = Books::read(&root()).unwrap_or_else(|mistake| panic!("{mistake}"));
    let cases: Vec<_> = suite.headers.iter().map(|(_, header)| header).collect();
    let coverage = Coverage::new(&suite.project.catalogue, &cases, &[], &books);
    none_of(&coverage.complaints);
}

/// A profile that asks for a requirement without a case that its claims make apply could never be met.
#[test]
fn every_profile_can_be_met_as_far_as_requirements_go() {
    let suite = Suite::read();
    let mut complaints = Vec::new();
    for entry in std::fs::read_dir(root().join("fixtures/profiles")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let profile =
            Profile::parse(&text).unwrap_or_else(|what| panic!("{}: {what}", path.display()));
        let name = &profile.profile;
        assert_eq!(path.file_stem().unwrap().to_str(), Some(name.as_str()));
        complaints.extend(profile.mistakes(&suite.project.catalogue));
        // As it is where no run says otherwise: over UDP and IPv4.
        let claims: BTreeSet<String> = &profile.claims | &over_of("");
        let applies = |header: &CaseHeader| {
            let when = header.case.when.as_ref();
            let holds = |when: &String| PicsExpression::parse(when).unwrap().holds(&claims);
            profile.groups.contains(&header.group) && when.is_none_or(holds)
        };
        for id in &profile.requirements {
            let mut cases = suite.headers.iter().map(|(_, header)| header);
            if !cases.any(|header| header.case.requires.contains(id) && applies(header)) {
                complaints.push(format!("{name}: no case stands for {id}"));
            }
        }
    }
    none_of(&complaints);
}

#[test]
fn every_case_passes_on_the_device_as_it_is() {
    let suite = Suite::read();
    let failed = each(&suite.plan.executions, |planned| {
        let run = suite.run(planned, "");
        (run.verdict != Verdict::Pass).then(|| format!("{}: {}", planned.execution, run.sentences))
    });
    none_of(&failed);
}

#[test]
fn every_case_fails_on_a_defect_that_it_names() {
    let suite = Suite::read();
    let planned: BTreeSet<&str> =
        suite.plan.executions.iter().map(|planned| planned.scenario.as_str()).collect();
    let cases: Vec<_> =
        suite.headers.iter().filter(|(path, _)| planned.contains(path.as_str())).collect();
    let survived = each(&cases, |(path, header)| {
        let own = suite.plan.executions.iter().filter(|planned| planned.scenario == *path);
        let defect = header.case.defects.first().map_or("", String::as_str);
        let caught =
            own.into_iter().any(|planned| suite.run(planned, defect).verdict == Verdict::Fail);
        (!caught).then(|| format!("{}: does not fail on `{defect}`", header.case.id))
    });
    none_of(&survived);
}

#[test]
fn a_case_that_runs_again_leaves_the_same_timeline() {
    let suite = Suite::read();
    let mut groups = BTreeSet::new();
    let one_of_each: Vec<_> = suite
        .plan
        .executions
        .iter()
        .filter(|planned| groups.insert(planned.scenario.split('/').next().map(str::to_owned)))
        .collect();
    assert!(one_of_each.len() > 10, "the suite has few groups: {groups:?}");
    let differ = each(&one_of_each, |planned| {
        let (one, again) = (suite.run(planned, "").timeline, suite.run(planned, "").timeline);
        let text = |timeline: &Timeline| format!("{:?}", timeline.entries());
        (text(&one) != text(&again)).then(|| planned.execution.clone())
    });
    none_of(&differ);
}

/// What `ringtrue prove` relies on: what it takes from the middle of a sound run is what a run from the
/// beginning comes to, to the last byte.
#[test]
fn a_device_that_turns_bad_where_it_is_asked_was_bad_from_the_beginning() {
    let suite = Suite::read();
    let chosen = ["OPT-001", "REG-002", "UAS-INV-001", "DLG-001", "DTMF-001", "HIL-001"];
    let executions: Vec<_> = suite
        .plan
        .executions
        .iter()
        .filter(|planned| chosen.iter().any(|id| planned.scenario.ends_with(&format!("{id}.yaml"))))
        .collect();
    assert!(executions.len() >= chosen.len());
    let defects: Vec<&'static Defect> = Defects::all().collect();
    let differ = each(&executions, |planned| {
        let (program, setup) = suite.compiled(planned);
        let (face, prepare) = (&suite.rig.device.face, &suite.rig.profile.prepare);
        let (mut forks, mut differ) = (0, 0);
        let mut wrong = Vec::new();
        let mut sound = None;
        virtual_world::run_with_each(&program, face, &setup, prepare, &defects, |defect, fork| {
            let Some(defect) = defect else {
                sound = Some(fork.timeline);
                return;
            };
            let defects = Defects::default().with(*defect).unnamed();
            let specimen = Specimen { defects, prepare: prepare.clone() };
            let whole = virtual_world::run(&program, face, &setup, &specimen);
            forks += 1;
            differ += usize::from(sound.as_ref() != Some(&whole.timeline));
            if (fork.timeline, fork.ended, fork.took) != (whole.timeline, whole.ended, whole.took) {
                wrong.push(defect.name);
            }
        });
        (!wrong.is_empty() || forks < 3 || differ == 0).then(|| {
            format!("{}: {forks} forks, {differ} differ, wrong: {wrong:?}", planned.execution)
        })
    });
    none_of(&differ);
}

/// The suite and the rig of the virtual tier.
struct Suite {
    project: Project,
    rig: LoadedRig,
    headers: Vec<(String, CaseHeader)>,
    plan: Plan,
}

/// What one execution came to.
struct Run {
    verdict: Verdict,
    /// What was found that is not a pass.
    sentences: String,
    timeline: Timeline,
}

impl Suite {
    fn read() -> Self {
        let root = root();
        let project = Project::read(&root).unwrap_or_else(|mistake| panic!("{mistake}"));
        let rig = root.join("firmware-under-test/intercom/virtual.rig.yaml");
        let rig = LoadedRig::read(&rig).unwrap_or_else(|mistake| panic!("{mistake}"));
        let header = |source| scenario::header(&source).0.map(|header| (source.path, header));
        let headers: Vec<_> = project.cases().filter_map(header).collect();
        let cases = headers.iter().map(|(path, header)| (path.as_str(), header));
        let plan = Plan::new(cases, &Filter::default(), &rig.pics(), &Variation::default());
        assert_eq!(plan.not_applicable, [], "the reference device claims all that the suite asks");
        Self { project, rig, headers, plan }
    }

    /// Runs one execution on the device with `defect`, or with none, and judges it.
    fn run(&self, planned: &Planned, defect: &str) -> Run {
        let device = &self.rig.device;
        let defects = defect.parse().unwrap_or_else(|error| panic!("{error}"));
        let specimen = Specimen { defects, prepare: self.rig.profile.prepare.clone() };
        let (program, setup) = self.compiled(planned);
        let outcome = virtual_world::run(&program, &device.face, &setup, &specimen);
        let points = virtual_world::points(&program, &setup);
        let findings = judge(
            &program.claims,
            &program.subjects,
            &points,
            &outcome.timeline,
            &crashes(&device.face, &outcome.timeline),
        );
        let other = findings.iter().filter(|finding| finding.verdict != Verdict::Pass);
        let sentences: Vec<&str> = other.map(|finding| finding.text.as_str()).collect();
        Run {
            verdict: verdict(&findings, &outcome.ended),
            sentences: sentences.join("; "),
            timeline: outcome.timeline,
        }
    }

    /// The program of an execution, and the addresses that it was compiled for.
    fn compiled(&self, planned: &Planned) -> (Arc<Program>, Setup) {
        let profile = &self.rig.device.profile;
        let seed = 1 ^ fnv(planned.execution.as_bytes());
        let setup =
            virtual_world::setup(planned.roles.len(), planned.ip_version(), &profile.user, seed);
        let names: BTreeMap<_, _> = names(&setup, planned, profile);
        let program = compile(planned, &self.project, &names);
        (Arc::new(program.unwrap_or_else(|mistake| panic!("{mistake}"))), setup)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn none_of(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// What `judge` complains of, over all `items`, on all cores.
fn each<T: Sync>(items: &[T], judge: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut complaints = Vec::new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            complaints.extend(judge(item));
        }
        complaints
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut complaints: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        done.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    complaints.sort();
    complaints
}
