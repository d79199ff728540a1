use super::*;
use crate::evidence::step::{Part, StepId};
use crate::impair::{Fate, Impairment, Loss, Way};
use crate::rig::fault::Fault;
use crate::scenario::program::{Case, Program, Step, StepKind};
use rstest::rstest;

fn face() -> Face {
    let control =
        "framing: lines\nactions: {}\nevents:\n  - { event: booted, line: 'boot: ready' }\n";
    Face::new(&serde_saphyr::from_str(control).unwrap()).unwrap()
}

/// A program without steps.
fn program() -> Program {
    let words = String::new;
    let case = Case {
        id: words(),
        title: words(),
        purpose: words(),
        requires: Vec::new(),
        etsi: Vec::new(),
        tags: Vec::new(),
        when: None,
        defects: Vec::new(),
    };
    Program {
        case,
        execution: words(),
        values: BTreeMap::new(),
        roles: Vec::new(),
        steps: Vec::new(),
        claims: Vec::new(),
        subjects: Vec::new(),
    }
}

/// Lets a world run with a device that has booted.
fn with_world(script: impl FnOnce(&mut World<'_>, &mut Machine)) {
    let (face, setup) = (Arc::new(face()), setup(1, IpVersion::V4, "door", 5));
    let specimen = Specimen { defects: Defects::default(), prepare: Vec::new() };
    let Course { mut world, mut machine, .. } =
        Course::new(&Arc::new(program()), &face, &setup, &specimen).started();
    assert_eq!(boots(&world), 1);
    script(&mut world, &mut machine);
}

#[test]
fn power_is_put_on_once() {
    let (face, setup) = (face(), setup(1, IpVersion::V4, "door", 5));
    let specimen = Specimen { defects: Defects::default(), prepare: Vec::new() };
    let outcome = |commands: &[Command]| {
        let mut program = program();
        for (command, id) in commands.iter().zip(0..) {
            let kind = StepKind::Bench(*command);
            let (text, file) = (String::new(), String::new());
            let id = StepId(id);
            program.steps.push(Step { id, part: Part::Body, text, file, line: 0, kind });
        }
        run(&Arc::new(program), &Arc::new(face.clone()), &setup, &specimen).ended
    };
    let fault = Ended::Fault(format!("cannot {}", Fault::is_on()));
    assert_eq!(outcome(&[Command::PowerOn]), fault);
    assert_eq!(outcome(&[Command::PowerOff, Command::PowerOn]), Ended::Finished);
    // The device does not run yet, but it has power.
    assert_eq!(outcome(&[Command::PowerOff, Command::PowerOn, Command::PowerOn]), fault);
}

fn boots(world: &World<'_>) -> usize {
    let entries = world.timeline.entries().iter();
    entries
        .filter(|entry| matches!(&entry.seen, Seen::Line(line) if line.contains("boot: ready")))
        .count()
}

fn pass(world: &mut World<'_>, span: Duration) {
    let until = world.now + span;
    while world.now < until {
        world.step(None, Some(until));
    }
}

const LONG: Duration = Duration::from_secs(5);

#[test]
fn a_device_without_power_does_nothing_until_it_has_power_again() {
    with_world(|world, machine| {
        world.perform(machine, Action::Bench(Command::PowerOff));
        world.perform(machine, Action::Write("status".to_owned()));
        let lines = world.timeline.entries().len();
        pass(world, LONG);
        assert_eq!(world.timeline.entries().len(), lines);
        world.perform(machine, Action::Bench(Command::PowerOn));
        pass(world, LONG);
        assert_eq!(boots(world), 2);
    });
}

#[rstest]
#[case::power_cut_while_it_starts(Command::PowerOff, 1)]
#[case::reset_while_it_starts(Command::Reset, 2)]
fn a_start_that_was_under_way_is_over_when_the_power_goes(
    #[case] command: Command,
    #[case] booted: usize,
) {
    with_world(|world, machine| {
        world.perform(machine, Action::Bench(Command::Reset));
        pass(world, BOOT_DELAY / 2);
        world.perform(machine, Action::Bench(command));
        pass(world, LONG);
        assert_eq!(boots(world), booted);
        assert_eq!(world.device.is_some(), command != Command::PowerOff);
    });
}

#[test]
fn silence_ends_what_one_point_plays_and_not_what_another_does() {
    with_world(|world, machine| {
        let (played, reported) =
            (Pco::of_role(0, RolePoint::Rtp), Pco::of_role(0, RolePoint::Rtcp));
        let remote = SocketAddr::new(setup(1, IpVersion::V4, "door", 5).device_sip.ip(), 20_000);
        let packets = || (0..10).map(|at| (Duration::from_millis(20 * at), vec![0; 12])).collect();
        for pco in [played, reported] {
            world.perform(machine, Action::Stream { pco, remote, packets: packets() });
        }
        pass(world, Duration::from_millis(50));
        world.perform(machine, Action::Silence(played));
        pass(world, LONG);
        let sent = |pco| {
            let entries = world.timeline.entries().iter();
            entries.filter(|entry| entry.pco == pco && matches!(entry.seen, Seen::Sent(_))).count()
        };
        assert_eq!((sent(played), sent(reported)), (3, 10));
    });
}

#[test]
fn our_ends_reach_each_other() {
    let (face, setup) = (Arc::new(face()), setup(2, IpVersion::V4, "door", 5));
    let specimen = Specimen { defects: Defects::default(), prepare: Vec::new() };
    let Course { mut world, mut machine, .. } =
        Course::new(&Arc::new(program()), &face, &setup, &specimen).started();
    let (alice, bob) = (Pco::of_role(0, RolePoint::Sip), Pco::of_role(1, RolePoint::Sip));
    let (local, remote) = (setup.seats[0].sip, setup.seats[1].sip);
    let bytes = b"OPTIONS sip:bob SIP/2.0\r\n\r\n".to_vec();
    world.perform(&mut machine, Action::Transmit { pco: alice, remote, bytes: bytes.clone() });
    pass(&mut world, WIRE_DELAY);
    let entries = world.timeline.entries().iter().rev().take(2);
    let seen: Vec<_> = entries.map(|entry| (entry.pco, entry.seen.clone())).collect();
    let received =
        Datagram { local: remote, remote: local, bytes: bytes.clone(), connection: None };
    let sent = Datagram { local, remote, bytes, connection: None };
    assert_eq!(seen, [(bob, Seen::Received(received)), (alice, Seen::Sent(sent))]);
}

/// What the impaired network of a point did, and what came out of it, while packets went both ways.
fn carried(way: Way, asked: Impairment) -> (Vec<Fate>, Vec<(Tick, u8)>) {
    let pco = Pco::of_role(0, RolePoint::Rtcp);
    let mut seen = (Vec::new(), Vec::new());
    with_world(|world, machine| {
        let (ways, words) = (vec![(pco, way)], String::new());
        world.perform(machine, Action::Impair { ways, asked, words });
        let device = SocketAddr::new(world.setup.device_sip.ip(), DEVICE_RTP + 1);
        for n in 0..200 {
            match way {
                Way::ToDevice => world.transmit(None, pco, device, vec![n]),
                Way::FromDevice => world.arrive(device, world.address(pco), &[n]),
            }
            pass(world, Duration::from_millis(20));
        }
        pass(world, LONG);
        for entry in world.timeline.entries() {
            match (&entry.seen, way) {
                (Seen::Impaired(impaired), _) => {
                    seen.0.push(impaired.fate);
                    if way == Way::ToDevice && matches!(impaired.fate, Fate::Carried { .. }) {
                        seen.1.push((entry.at, impaired.datagram.bytes[0]));
                    }
                }
                (Seen::Received(datagram), Way::FromDevice) => {
                    seen.1.push((entry.at, datagram.bytes[0]));
                }
                _ => {}
            }
        }
    });
    seen
}

#[rstest]
#[case(Way::ToDevice)]
#[case(Way::FromDevice)]
fn a_network_loses_and_delays_and_says_what_it_did(#[case] way: Way) {
    let asked = Impairment {
        delay: Duration::from_millis(30),
        loss: Some(Loss::random(0.2)),
        ..Impairment::default()
    };
    let (fates, came) = carried(way, asked);
    let lost = fates.iter().filter(|fate| matches!(fate, Fate::Lost(_))).count();
    assert_eq!(fates.len(), 200);
    assert!((20..60).contains(&lost), "{lost}");
    assert_eq!(came.len(), 200 - lost, "what was not lost came, once");
    let late = Fate::Carried { delay: asked.delay, copies: 1 };
    assert!(fates.iter().all(|fate| *fate == late || matches!(fate, Fate::Lost(_))));
    let [first, last] = [came[0], came[came.len() - 1]];
    assert_eq!(last.0.since(first.0), Duration::from_millis(20) * u32::from(last.1 - first.1));
}
