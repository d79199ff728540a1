mod figures;
mod world;

use crate::check::expression::node::Node;
use crate::check::staged::{Stage, line};
use crate::check::subject::SubjectKind;
use crate::evidence::point::Pco;
use crate::evidence::timeline::Seen;
use crate::verdict::Verdict;
use insta::assert_snapshot;
use rstest::rstest;
use std::time::Duration;

/// A line that came 500 ms after another, with stamps good to 2 ms each.
fn timed() -> Stage {
    let mut stage = Stage::new(Duration::from_millis(2));
    for (label, millis) in [("first", 100.0), ("second", 600.0)] {
        let step = stage.step(label, "event: ringing", SubjectKind::Line);
        stage.mark(millis - 50.0, Seen::Reached(step));
        let seq = stage.see(millis, Pco::CONTROL, Seen::Line(format!("call {label}")));
        stage.mark(millis, Seen::Met(step, Some(seq)));
    }
    stage
}

#[rstest]
#[case("after < 504.1 ms", Verdict::Pass)]
#[case("after < 504 ms", Verdict::Inconclusive)]
#[case("after < 496 ms", Verdict::Fail)]
#[case("after <= 504 ms", Verdict::Pass)]
#[case("after > 495.9 ms", Verdict::Pass)]
#[case("after > 500 ms", Verdict::Inconclusive)]
#[case("after >= 496 ms", Verdict::Pass)]
#[case("after == 500 ms", Verdict::Inconclusive)]
#[case("after == 505 ms", Verdict::Fail)]
#[case("after != 505 ms", Verdict::Pass)]
#[case("after != 500 ms", Verdict::Inconclusive)]
#[case("after == 495 ms ± 9 ms", Verdict::Pass)]
#[case("after == 495 ms ± 8 ms", Verdict::Inconclusive)]
#[case("after == 455 ms ± 10 %", Verdict::Inconclusive)]
#[case("after == 455 ms ± 12 %", Verdict::Pass)]
#[case("after in 496..504 ms", Verdict::Pass)]
#[case("after in 498..510 ms", Verdict::Inconclusive)]
#[case("after in 505..510 ms", Verdict::Fail)]
#[case("after in [1 s, 500 ms]", Verdict::Inconclusive)]
#[case("after in [1 s, 2 s]", Verdict::Fail)]
#[case("after == since.first", Verdict::Inconclusive)]
#[case("after == since.first ± 8 ms", Verdict::Pass)]
#[case("after > since.first - 9 ms", Verdict::Pass)]
#[case("not after < 504 ms", Verdict::Inconclusive)]
#[case("not after < 496 ms", Verdict::Pass)]
#[case("after < 496 ms given since.first > 400 ms", Verdict::Fail)]
#[case("after < 505 ms given since.first > 400 ms", Verdict::Pass)]
#[case("after < 505 ms given since.first > 600 ms", Verdict::Inconclusive)]
#[case("after < 496 ms given since.first > 600 ms", Verdict::Inconclusive)]
fn the_uncertainty_guards_the_bound(#[case] text: &str, #[case] expected: Verdict) {
    let finding = timed().check("second", text);
    assert_eq!(finding.verdict, expected, "{text}: {}", finding.text);
}

#[rstest]
#[case("after < 600 ms", &[(None, Some(0.6))])]
#[case("after == 455 ms ± 12 %", &[(Some(0.4004), Some(0.5096))])]
#[case("after in 496..504 ms", &[(Some(0.496), Some(0.504))])]
#[case("after > 1 ms and after < 2 s", &[(Some(0.001), None), (None, Some(2.0))])]
#[case("after > 1 ms or after > 9 s", &[(Some(0.001), None)])]
#[case("after < 400 ms and after > 1 ms", &[(None, Some(0.4))])]
#[case("after > since.first - 9 ms", &[(Some(0.491), None)])]
#[case("not after > 1 s", &[])]
#[case("after != 505 ms", &[])]
fn a_finding_has_the_limits_that_decided_it(
    #[case] text: &str,
    #[case] expected: &[(Option<f64>, Option<f64>)],
) {
    let finding = timed().check("second", text);
    let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one == other,
    };
    let found: Vec<_> = finding.margins.iter().map(|it| (it.low(), it.high())).collect();
    assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
    for ((low, high), (lower, higher)) in found.iter().zip(expected) {
        assert!(near(*low, *lower) && near(*high, *higher), "{text}: {found:?}");
    }
    assert!(finding.margins.iter().all(|it| it.measured.holds(0.5) && it.figure == "after"));
}

#[rstest]
#[case(Verdict::Pass, Verdict::Pass, Verdict::Pass, Verdict::Pass)]
#[case(Verdict::Pass, Verdict::Inconclusive, Verdict::Inconclusive, Verdict::Pass)]
#[case(Verdict::Pass, Verdict::Fail, Verdict::Fail, Verdict::Pass)]
#[case(Verdict::Inconclusive, Verdict::Inconclusive, Verdict::Inconclusive, Verdict::Inconclusive)]
#[case(Verdict::Inconclusive, Verdict::Fail, Verdict::Fail, Verdict::Inconclusive)]
#[case(Verdict::Fail, Verdict::Fail, Verdict::Fail, Verdict::Fail)]
fn and_and_or_have_three_values(
    #[case] one: Verdict,
    #[case] other: Verdict,
    #[case] and: Verdict,
    #[case] or: Verdict,
) {
    let words = |verdict| match verdict {
        Verdict::Pass => "after < 1 s",
        Verdict::Fail => "after > 1 s",
        Verdict::Inconclusive | Verdict::None | Verdict::Error => "after < 500 ms",
    };
    let stage = timed();
    for (a, b) in [(one, other), (other, one)] {
        let (a, b) = (words(a), words(b));
        assert_eq!(stage.check("second", &format!("{a} and {b}")).verdict, and);
        assert_eq!(stage.check("second", &format!("{a} or {b}")).verdict, or);
    }
}

#[test]
fn a_stall_widens_what_was_timed_across_it() {
    let mut stage = timed();
    assert_eq!(stage.check("second", "after < 510 ms").verdict, Verdict::Pass);
    stage.see(300.0, Pco::BENCH, Seen::Stall(Duration::from_millis(20)));
    let finding = stage.check("second", "after < 510 ms");
    assert_snapshot!(line(&finding), @r#"
    inconclusive: after is 500 ± 24 ms: too close to tell whether it is below 510 ms [1 4]
    "#);
    assert_eq!(stage.check("second", "after < 530 ms").verdict, Verdict::Pass);
    assert_eq!(stage.check("first", "took < 60 ms").verdict, Verdict::Pass);
}

#[test]
fn sentences_say_what_was_measured_and_against_what() {
    let stage = timed();
    let said = |text| line(&stage.check("second", text));
    assert_snapshot!(said("after < 1 s"), @r#"
    pass: after is 500 ± 4 ms, below 1 s [1 4]
    "#);
    assert_snapshot!(said("after < 0.5 s"), @r#"
    inconclusive: after is 500 ± 4 ms: too close to tell whether it is below 500 ms [1 4]
    "#);
    assert_snapshot!(said("after == 450 ms ± 5 %"), @r#"
    fail: after is 500 ± 4 ms, not within 450 ms ± 5 % [1 4]
    "#);
    assert_snapshot!(said("after in 100..200 ms"), @r#"
    fail: after is 500 ± 4 ms, not between 100 ms and 200 ms [1 4]
    "#);
    assert_snapshot!(said("since.first == after + 50 ms"), @r#"
    fail: since.first is 500 ± 4 ms, not after + 50 ms, which is 550 ± 4 ms [1 4]
    "#);
    assert_snapshot!(said("line == \"call third\" or line contains first"), @r#"
    fail: line is `call second`, not `call third`; line is `call second`, not containing `first` [4]
    "#);
    assert_snapshot!(said("line != first.line and detail in [a, second]"), @r#"
    pass: line is `call second`, unlike first.line, which is `call first`; detail is `second`, one of `a`, `second` [1 4]
    "#);
    assert_snapshot!(said("console matches \"f.rst$\""), @r#"
    pass: console has the line `call first`, matching `f.rst$` [1]
    "#);
    assert_snapshot!(said("line == 'call second' and console exists"), @r#"
    pass: line is `call second`; console is [call first, call second] [1 4]
    "#);
    assert_snapshot!(said("console contains watchdog"), @r#"
    fail: console has no line containing `watchdog` among 2 []
    "#);
}

#[test]
fn an_expression_is_judged_as_it_is_nested() {
    let stage = timed();
    let second = stage.subjects[1].step;
    let parsed = stage.parse(second, "after < 1 s and after > 1 s or line exists");
    assert!(matches!(&parsed.claim, Node::Any(parts) if matches!(parts[0], Node::All(_))));
    assert_eq!(
        stage.check("second", "after < 1 s and (after > 1 s or line exists)").verdict,
        Verdict::Pass
    );
}
