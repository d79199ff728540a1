use super::verdict;
use crate::check::claim::{Finding, Holds};
use crate::check::crash::Crash;
use crate::check::staged::Stage;
use crate::check::subject::SubjectKind;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::record::Ended;
use crate::evidence::step::{Part, StepId};
use crate::evidence::timeline::Seen;
use crate::verdict::Verdict;
use insta::assert_snapshot;
use rstest::rstest;
use std::time::Duration;

const OPTIONS: &str = "OPTIONS sip:dut SIP/2.0\nCSeq: 1 OPTIONS\n\n";
const OK: &str = "SIP/2.0 200 OK\nCSeq: 1 OPTIONS\n\n";

/// A request at 100 ms, answered at 300 ms; stamps are good to 2 ms.
fn answered() -> (Stage, StepId) {
    let mut stage = Stage::new(Duration::from_millis(2));
    stage.sends("OPTIONS", 100.0, OPTIONS);
    let step = stage.receives("200", 300.0, OK);
    (stage, step)
}

/// A request at 100 ms that nothing answered until 4 s; then a step that was never come to.
fn unanswered() -> (Stage, StepId, StepId) {
    let mut stage = Stage::new(Duration::ZERO);
    stage.sends("OPTIONS", 100.0, OPTIONS);
    let step = stage.step("200", "dut -> alice: 200", SubjectKind::Received(0));
    let later = stage.step("180", "dut -> alice: 180", SubjectKind::Received(0));
    stage.mark(100.0, Seen::Reached(step));
    stage.mark(4_100.0, Seen::Unmet(step, "nothing came within 4 s".to_owned()));
    (stage, step, later)
}

fn met(millis: u64) -> Holds {
    Holds::Met { within: Some(Duration::from_millis(millis)) }
}

#[test]
fn a_met_step_is_judged_by_its_time() {
    let (mut stage, step) = answered();
    for within in [204, 203, 190] {
        stage.claim(Part::Body, step, met(within));
    }
    stage.claim(Part::Body, step, Holds::Met { within: None });
    stage.claim(Part::Preamble, step, met(190));
    stage.claim(Part::Postamble, step, met(190));
    stage.claim(Part::Body, StepId(0), met(1));
    assert_snapshot!(stage.judged(), @r#"
    pass: `dut -> alice: 200` was met 200 ± 4 ms after `alice -> dut: OPTIONS`, within 204 ms [1 4]
    inconclusive: `dut -> alice: 200` was met 200 ± 4 ms after `alice -> dut: OPTIONS`, too close to 203 ms to tell whether in time [1 4]
    fail: `dut -> alice: 200` was met 200 ± 4 ms after `alice -> dut: OPTIONS`, not within 190 ms [1 4]
    pass: `dut -> alice: 200` was met [4]
    inconclusive: `dut -> alice: 200` was met 200 ± 4 ms after `alice -> dut: OPTIONS`, not within 190 ms [1 4]
    none: `dut -> alice: 200` was met 200 ± 4 ms after `alice -> dut: OPTIONS`, not within 190 ms [1 4]
    inconclusive: `alice -> dut: OPTIONS` was met 0 ± 4 ms, too close to 1 ms to tell whether in time [0 1]
    "#);
}

#[test]
fn an_unmet_step_fails_in_the_body_alone() {
    let (mut stage, step, _) = unanswered();
    for part in [Part::Preamble, Part::Body, Part::Postamble] {
        stage.claim(part, step, met(4_000));
    }
    assert_snapshot!(stage.judged(), @r#"
    inconclusive: `dut -> alice: 200` was not met: nothing came within 4 s [3 4]
    fail: `dut -> alice: 200` was not met: nothing came within 4 s [3 4]
    none: `dut -> alice: 200` was not met: nothing came within 4 s [3 4]
    "#);
}

#[test]
fn what_was_not_come_to_is_silent_where_something_else_says_why() {
    let (mut stage, step, later) = unanswered();
    stage.claim(Part::Body, later, met(500));
    let expression = stage.parse(step, "status == 200");
    stage.claim(Part::Body, step, Holds::True(expression));
    assert_snapshot!(stage.judged(), @r#"
    inconclusive: not judged: `dut -> alice: 180` was not reached, as `dut -> alice: 200` was not met []
    inconclusive: not judged: `dut -> alice: 200` was not met [4]
    "#);
    stage.claim(Part::Body, step, met(4_000));
    assert_snapshot!(stage.judged(), @r#"
    none: not judged: `dut -> alice: 180` was not reached, as `dut -> alice: 200` was not met []
    none: not judged: `dut -> alice: 200` was not met [4]
    fail: `dut -> alice: 200` was not met: nothing came within 4 s [3 4]
    "#);
}

#[test]
fn an_optional_step_voids_its_claims_and_passes_its_reference_on() {
    let mut stage = Stage::new(Duration::ZERO);
    stage.sends("OPTIONS", 100.0, OPTIONS);
    let ringing = stage.step("180", "dut -> alice: 180", SubjectKind::Received(0));
    stage.mark(100.0, Seen::Reached(ringing));
    stage.mark(300.0, Seen::Skipped(ringing));
    let step = stage.receives("200", 300.0, OK);
    let expressions =
        [(ringing, "status == 180"), (step, "since.180 < 1 s"), (step, "after > 1 s")];
    for (step, text) in expressions {
        let expression = stage.parse(step, text);
        stage.claim(Part::Body, step, Holds::True(expression));
    }
    stage.claim(Part::Body, ringing, met(100));
    stage.claim(Part::Body, step, met(200));
    assert_snapshot!(stage.judged(), @r#"
    none: not judged: `dut -> alice: 180` was optional and did not come []
    none: not judged: `dut -> alice: 180` was optional and did not come []
    fail: after is 200 ms, not above 1 s [1 6]
    none: not judged: `dut -> alice: 180` was optional and did not come []
    pass: `dut -> alice: 200` was met 200 ms after `alice -> dut: OPTIONS`, within 200 ms [1 6]
    "#);
}

#[test]
fn a_branch_that_was_not_taken_is_not_judged() {
    let (mut stage, step) = answered();
    let other = stage.step("486", "dut -> alice: 486", SubjectKind::Received(0));
    stage.claim(Part::Body, step, met(500));
    stage.claim(Part::Body, other, met(500));
    assert_snapshot!(stage.judged(), @r#"
    pass: `dut -> alice: 200` was met 200 ± 4 ms after `alice -> dut: OPTIONS`, within 500 ms [1 4]
    none: not judged: `dut -> alice: 486` was not reached []
    "#);
}

#[test]
fn silence_is_broken_by_what_came_last() {
    for seen in [None, Some("still BYE: dut -> alice")] {
        let mut stage = Stage::new(Duration::ZERO);
        let step = stage.step("quiet", "none of: dut -> alice: BYE", SubjectKind::Other);
        stage.claim(Part::Body, step, Holds::Silent);
        stage.mark(0.0, Seen::Reached(step));
        if let Some(why) = seen {
            stage.received(10.0, RolePoint::Rtp, &[0x80]);
            stage.received(20.0, RolePoint::Sip, b"BYE");
            stage.mark(20.0, Seen::Unmet(step, why.to_owned()));
            assert_snapshot!(stage.judged(), @r#"
    fail: `none of: dut -> alice: BYE`: still BYE: dut -> alice [0 2 3]
    "#);
        } else {
            stage.mark(5_000.0, Seen::Met(step, None));
            assert_snapshot!(stage.judged(), @r#"
    pass: `none of: dut -> alice: BYE`: nothing of it was seen [0 1]
    "#);
        }
    }
}

#[test]
fn the_death_of_the_device_is_cited() {
    let mut stage = Stage::new(Duration::ZERO);
    let step = stage.step("200", "dut -> alice: 200", SubjectKind::Received(0));
    stage.claim(Part::Body, step, met(500));
    stage.mark(0.0, Seen::Reached(step));
    stage.see(10.0, Pco::BENCH, Seen::Died("killed by signal 11".to_owned()));
    stage.mark(500.0, Seen::Unmet(step, "nothing came within 500 ms".to_owned()));
    assert_snapshot!(stage.judged(), @r#"
    fail: `dut -> alice: 200` was not met: nothing came within 500 ms [0 1 2]
    "#);
}

/// A device that crashes at a step which claims nothing, and then again after the last step.
#[rstest]
#[case(
    Part::Preamble,
    "inconclusive: the device crashed in the preamble, during `wait: 2 s`: panic [0 1]"
)]
#[case(Part::Body, "fail: the device crashed during `wait: 2 s`: panic [0 1]")]
#[case(
    Part::Postamble,
    "none: the device crashed in the postamble, during `wait: 2 s`, which taints the rig and not the verdict: panic [0 1]"
)]
fn a_crash_is_found_whatever_step_is_at_hand(#[case] part: Part, #[case] expected: &str) {
    let mut stage = Stage::new(Duration::ZERO);
    stage.part = part;
    let step = stage.step("wait", "wait: 2 s", SubjectKind::Other);
    stage.mark(0.0, Seen::Reached(step));
    let told = stage.see(10.0, Pco::CONTROL, Seen::Line("panic".to_owned()));
    stage.mark(10.0, Seen::Unmet(step, "the device crashed: panic".to_owned()));
    let again = stage.see(90.0, Pco::CONTROL, Seen::Line("panic".to_owned()));
    let crash = |seq| Crash { told: vec![seq], words: "panic".to_owned() };
    stage.crashes = vec![crash(told)];
    assert_eq!(stage.judged(), expected);
    stage.crashes = vec![crash(again)];
    assert_eq!(
        stage.judged(),
        "none: the device crashed after the last step, which taints the rig and not the verdict: panic [3]"
    );
}

#[test]
fn a_crash_before_the_first_step_leaves_the_case_open() {
    let mut stage = Stage::new(Duration::ZERO);
    let died = stage.see(10.0, Pco::BENCH, Seen::Died("exit code 1".to_owned()));
    stage.sends("OPTIONS", 100.0, OPTIONS);
    stage.crashes = vec![Crash { told: vec![died], words: "exit code 1".to_owned() }];
    assert_snapshot!(stage.judged(), @"inconclusive: the device crashed before the first step: exit code 1 [0]");
}

#[test]
fn a_crash_that_a_step_waits_for_is_no_finding() {
    let mut stage = Stage::new(Duration::ZERO);
    let step = stage.step("crash", "event: crashed", SubjectKind::Line);
    stage.mark(0.0, Seen::Reached(step));
    let told = stage.see(10.0, Pco::CONTROL, Seen::Line("watchdog".to_owned()));
    stage.mark(10.0, Seen::Met(step, Some(told)));
    let died = stage.see(11.0, Pco::BENCH, Seen::Died("exit code 1".to_owned()));
    stage.crashes = vec![Crash { told: vec![told, died], words: "watchdog".to_owned() }];
    assert_eq!(stage.judged(), "");
}

#[rstest]
#[case(&[], &Ended::Finished, Verdict::None)]
#[case(&[Verdict::None, Verdict::None], &Ended::Finished, Verdict::None)]
#[case(&[Verdict::Pass, Verdict::None], &Ended::Finished, Verdict::Pass)]
#[case(&[Verdict::Pass, Verdict::Inconclusive], &Ended::Finished, Verdict::Inconclusive)]
#[case(&[Verdict::Fail, Verdict::Inconclusive], &Ended::Finished, Verdict::Fail)]
#[case(&[Verdict::Pass], &Ended::Interrupted, Verdict::Inconclusive)]
#[case(&[Verdict::Fail], &Ended::Interrupted, Verdict::Fail)]
#[case(&[Verdict::Fail], &Ended::Fault(String::new()), Verdict::Error)]
#[case(&[Verdict::Pass], &Ended::Panic(String::new()), Verdict::Error)]
fn the_verdict_of_a_case(
    #[case] found: &[Verdict],
    #[case] ended: &Ended,
    #[case] expected: Verdict,
) {
    let finding = |verdict: &Verdict| Finding {
        margins: Vec::new(),
        claim: Some(0),
        requirement: "RFC3261-8.1.1-1".parse().unwrap(),
        verdict: *verdict,
        text: String::new(),
        evidence: Vec::new(),
    };
    let findings: Vec<_> = found.iter().map(finding).collect();
    assert_eq!(verdict(&findings, ended), expected);
}
