//! What `rig: impair` means.

use super::*;
use crate::evidence::point::RolePoint;
use crate::impair::{Impairment, Jitter, Loss, Rate, Reorder, Way};
use crate::scenario::program::{Impair, RoleId, StepKind};
use std::time::Duration;

fn impair(step: &str) -> Impair {
    let program = program(&format!("  - rig: impair {step}\n  - dut -> alice: OPTIONS\n"));
    let StepKind::Impair(impair) = program.steps[0].kind.clone() else { panic!("{step}") };
    impair
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn every_key_is_asked_of_the_network() {
    let found = impair(
        "alice.rtp to dut\n    delay: 40 ms\n    jitter: normal 5 ms\n    loss: 5 % in bursts of 4\n    \
         duplicate: 1 %\n    reorder: 2 % by 30 ms\n    rate: 64 kbit/s\n    queue: 80 ms",
    );
    let asked = Impairment {
        delay: ms(40),
        jitter: Some(Jitter::Normal(ms(5))),
        loss: Some(Loss::bursts(0.05, 4.0)),
        duplicate: 0.01,
        reorder: Some(Reorder { part: 0.02, by: ms(30) }),
        rate: Some(Rate { bits: 64_000.0, queue: ms(80) }),
    };
    assert_eq!(found.asked, asked);
    assert_eq!(found.ways, [(RoleId(0), RolePoint::Rtp, Way::ToDevice)]);
    assert_eq!(
        found.words,
        "impair alice.rtp to dut: delay 40 ms, jitter normal 5 ms, loss 5 % in bursts of 4, \
         duplicate 1 %, reorder 2 % by 30 ms, rate 64 kbit/s, queue 80 ms"
    );
}

#[test]
fn without_a_way_or_a_point_it_is_both_and_all() {
    let found = impair("alice.sip\n    delay: 1 s");
    let ways: Vec<_> = found.ways.iter().map(|(_, point, way)| (*point, *way)).collect();
    assert_eq!(ways, [(RolePoint::Sip, Way::ToDevice), (RolePoint::Sip, Way::FromDevice)]);
    assert_eq!(impair("alice from dut\n    loss: 1 %").ways.len(), 3);
    let ended = impair("nothing");
    assert_eq!(
        (ended.ways.len(), ended.asked, ended.words.as_str()),
        (6, Impairment::default(), "impair nothing")
    );
}

#[test]
fn a_model_of_loss_can_be_given_whole() {
    let found = impair("alice\n    loss: { enter: 2 %, leave: 25 %, good: 0.1 %, bad: 60 % }");
    let loss = Loss { enter: 0.02, leave: 0.25, good: 0.001, bad: 0.6 };
    assert_eq!(found.asked.loss, Some(loss));
    assert_eq!(impair("alice\n    jitter: 8 ms").asked.jitter, Some(Jitter::Uniform(ms(8))));
}
