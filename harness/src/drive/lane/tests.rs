use super::*;
use crate::drive::link::{LinkEvent, Stamped};
use crate::drive::store::RunFolder;
use crate::evidence::example;
use crate::evidence::timeline::{Entry, Seen};
use crate::proto::certificate::Certificate;
use crate::proto::transport::Reach;
use tempfile::TempDir;

/// A device that tells its process id, and then answers whatever it is told.
const DEVICE: &str = "device: parrot
user: dut
pics: []
control:
  framing: lines
  actions: { status: { send: [status] } }
  events:
    - { event: done, line: '^ok' }
    - { event: booted, line: '^ready' }
";
const RIG: &str = r#"rig: test
tier: host
device: device.yaml
network: { harness: 127.0.0.1, device: 127.0.0.1 }
control: { kind: pty }
process:
  command: [sh, -c, 'echo "pid $$"; echo ready; while read line; do echo ok; done']
"#;
const CASE: &str = "id: DEV-001
title: The device answers
purpose: Ensure that it does.
requires: [DEV-ALIVE]
defect: none
body:
  - dut: status
  - alice -> dut: OPTIONS
  - dut -> alice: 200
    within: 100 ms
";

/// A lane on a device of its own, and what a run of one case needs.
struct World {
    place: TempDir,
    project: Project,
    lane: Lane,
    run: RunFolder,
    stop: watch::Receiver<bool>,
    interrupt: watch::Sender<bool>,
}

impl World {
    async fn new() -> Self {
        Self::on(RIG).await
    }

    async fn on(rig: &str) -> Self {
        let place = TempDir::new().unwrap();
        for (name, text) in [("device.yaml", DEVICE), ("rig.yaml", rig)] {
            fs::write(place.path().join(name), text).unwrap();
        }
        let rig = LoadedRig::read(&place.path().join("rig.yaml")).unwrap();
        let requirement = "- { id: DEV-ALIVE, strength: PROFILE, text: It lives. }";
        let inputs = [("scenarios/DEV-001.yaml", CASE), ("requirements/own.yaml", requirement)];
        let inputs = inputs.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let project = Project::from_inputs(&inputs.into()).unwrap();
        let reports = place.path().join("reports");
        let (lane, cleared) = Lane::start(rig, &reports, Vec::new(), 1).await.unwrap();
        assert_eq!(cleared, [""; 0]);
        let run = RunFolder::create(&reports, example::run("run")).unwrap();
        let (interrupt, stop) = watch::channel(false);
        Self { place, project, lane, run, stop, interrupt }
    }

    /// Runs the case as [`Lane::execute`] does, but for what it sends and keeps.
    async fn drive(
        &mut self,
        first: Option<LinkEvent>,
        keep: impl FnMut(&Entry) -> Result<(), Fault>,
    ) -> (Ended, Timeline) {
        let planned = planned("DEV-001[1]");
        let (feed, inbox) = channel();
        let (links, setup) = self.lane.wire(&planned, inbox, &feed, 1).unwrap();
        let names = names(&setup, &planned, &self.lane.rig.device.profile);
        let program = compile(&planned, &self.project, &names).unwrap();
        if let Some(what) = first {
            feed.try_send(Stamped { at: Tick::ZERO, what }).unwrap();
        }
        let driven = self.lane.drive(&program, links, setup, &mut self.stop, Box::new(keep));
        let (ended, timeline, _) = driven.await;
        (ended, timeline)
    }

    /// Runs the case as a run does.
    async fn execute(&mut self) -> Executed {
        let Self { project, lane, run, stop, .. } = self;
        let mut begin = |record: &CaseRecord| run.begin_case(record.clone());
        let executed = lane.execute(&planned("DEV-001"), project, stop, &mut begin).await;
        let (executed, files) = executed.unwrap();
        run.finish_case(files, executed.record.clone(), &executed.timeline).unwrap();
        executed
    }

    /// What the run has left beside its reports.
    fn left_over(self) -> Vec<String> {
        let Self { place, lane, .. } = self;
        drop(lane);
        let names = fs::read_dir(place.path().join("reports")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with('.')).collect()
    }
}

fn planned(execution: &str) -> Planned {
    Planned {
        scenario: "DEV-001.yaml".to_owned(),
        execution: execution.to_owned(),
        repeat: 1,
        values: BTreeMap::new(),
        roles: vec!["alice".to_owned()],
        reaches: vec![Reach::default()],
        certificates: vec![Certificate::default()],
    }
}

/// The process that was the device of a case.
fn device_of(timeline: &Timeline) -> PathBuf {
    let told = timeline.entries().iter().find_map(process_id);
    told.expect("a line with its process id")
}

/// The process that tells its own id by an entry.
fn process_id(entry: &Entry) -> Option<PathBuf> {
    let Seen::Line(line) = &entry.seen else { return None };
    line.strip_prefix("pid ").map(|pid| Path::new("/proc").join(pid))
}

#[tokio::test]
async fn a_panic_ends_the_case_and_leaves_the_bench_as_it_was() {
    let mut world = World::new().await;
    let record = example::record("DEV-001[1]", Duration::ZERO);
    let timeline_of_case = world.run.path().join(&record.folder).join("timeline.jsonl");
    let mut files = world.run.begin_case(record).unwrap();
    let mut was_alive = None;
    let (ended, timeline) = world
        .drive(None, |entry| {
            files.append(std::slice::from_ref(entry)).unwrap();
            was_alive = was_alive.or(process_id(entry).map(|process| process.exists()));
            assert!(!matches!(entry.seen, Seen::Sent(_)), "the broken invariant");
            Ok(())
        })
        .await;
    assert_eq!(ended, Ended::Panic("the broken invariant".to_owned()));
    assert_eq!(was_alive, Some(true));
    assert!(!device_of(&timeline).exists(), "the device runs on");

    // What was seen up to then is kept, the last of it being what broke us.
    let kept = fs::read_to_string(timeline_of_case).unwrap();
    assert_eq!(kept.lines().count(), timeline.entries().len());
    assert!(matches!(timeline.entries().last().unwrap().seen, Seen::Sent(_)));

    let next = world.execute().await;
    assert_eq!(next.record.ended, Ended::Finished);
    assert!(!device_of(&next.timeline).exists());
    assert_eq!(world.left_over(), [""; 0]);
}

#[tokio::test]
async fn a_panic_beside_the_loop_ends_the_case_too() {
    let mut world = World::new().await;
    let words = "the pacer lost count".to_owned();
    let broken = LinkEvent::Broken { words: words.clone() };
    let (ended, _) = world.drive(Some(broken), |_| Ok(())).await;
    assert_eq!(ended, Ended::Panic(words));
    assert_eq!(world.execute().await.record.ended, Ended::Finished);
}

#[tokio::test]
async fn a_panic_outside_a_case_leaves_nothing_over() {
    let World { place, project, mut lane, mut stop, .. } = World::new().await;
    let hidden = || {
        let names = fs::read_dir(place.path().join("reports")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with('.')).count()
    };
    assert_eq!(hidden(), 2, "a folder of the run's own, and the record of it");
    let planned = planned("DEV-001");
    let said = contained_async(async move {
        let mut begin = |_: &CaseRecord| panic!("the report broke down");
        lane.execute(&planned, &project, &mut stop, &mut begin).await.map(drop)
    });
    assert_eq!(Box::pin(said).await.unwrap_err(), "the report broke down");
    assert_eq!(hidden(), 0);
}

#[tokio::test]
async fn an_interruption_ends_a_boot_too() {
    let mut world = World::on(&RIG.replace("echo ready; ", "")).await;
    world.interrupt.send(true).unwrap();
    assert_eq!(world.execute().await.record.ended, Ended::Interrupted);
    assert_eq!(world.left_over(), [""; 0]);
}

#[tokio::test]
async fn a_device_that_ends_before_it_listens_is_not_waited_for() {
    let rig = RIG.replace("kind: pty", "kind: tcp").replace("echo \"pid $$\"; ", "exit 3; ");
    let mut world = World::on(&rig).await;
    let ended = world.execute().await.record.ended;
    let Ended::Fault(words) = ended else { panic!("{ended:?}") };
    assert!(words.contains("it ended before it listened at 127.0.0.1:"), "{words}");
    assert!(words.contains("device.err"), "{words}");
}

#[tokio::test]
async fn a_case_cannot_act_where_the_bench_has_a_stand_in() {
    let mut world = World::new().await;
    let pbx = "127.0.0.1:5060".parse().unwrap();
    world.lane.rig.profile.stand_ins.insert("alice".to_owned(), pbx);
    let executed = world.execute().await;
    let Ended::Fault(said) = &executed.record.ended else { panic!("{:?}", executed.record.ended) };
    assert!(said.contains("the bench plays `alice`"), "{said}");
    assert!(executed.record.points.iter().any(|point| point.local == Some(pbx)));
    assert_eq!(world.left_over(), [""; 0]);
}
