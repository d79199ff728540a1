use super::*;
use crate::check::subject::SubjectKind;
use crate::evidence::timeline::{Seen, Timeline};
use crate::report::tests::example;
use crate::time::Tick;
use std::time::Duration;

/// A run of the example call so many times, the device answering later by `late` in each, and by chance.
fn run(times: u32, late: Duration, seed: u64) -> JudgedRun {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut run = example();
    let call = run.cases.swap_remove(0);
    run.cases.clear();
    let mut call = call;
    let mut before = None;
    for subject in &mut call.program.subjects {
        if !subject.text.starts_with("dut ->") {
            let is_ours = subject.text.starts_with("alice ->");
            subject.kind = if is_ours { SubjectKind::Sent(0) } else { SubjectKind::Other };
        }
        subject.since = before.replace(subject.step);
    }
    for repeat in 1..=times {
        let mut case = call.clone();
        case.record.repeat = repeat;
        case.verdict = Verdict::Pass;
        let noise = Duration::from_micros(random.u64(..800));
        let mut timeline = Timeline::default();
        for entry in call.timeline.entries() {
            let is_answer = matches!(&entry.seen, Seen::Received(_));
            let by = if is_answer { late + noise } else { Duration::ZERO };
            timeline.record(entry.at + by, entry.pco, entry.seen.clone());
        }
        case.timeline = timeline;
        run.cases.push(case);
    }
    run
}

fn compared<'a>(old: &'a JudgedRun, new: &'a JudgedRun) -> Comparison<'a> {
    Comparison::new(old, new, &Warnings::new(&[]).unwrap(), &Terms::default())
}

#[test]
fn a_device_that_answers_3_ms_later_is_found_and_noise_is_not() {
    let (old, same) = (run(12, Duration::ZERO, 1), run(12, Duration::ZERO, 2));
    let slow = run(12, Duration::from_millis(3), 3);
    let found = compared(&old, &slow);
    assert_eq!(found.outcome(), Outcome::Worse, "{:#?}", found.figures);
    let answer = found.figures.moved().find(|it| it.what == "answer on the wire").unwrap();
    assert!((answer.shift.estimate - 0.003).abs() < 0.000_3, "{answer:?}");
    assert!(answer.is_worse());
    assert!(found.figures.single.iter().any(|it| it.what == "answer on the wire"));
    // The other way round it is faster, which is no fault.
    assert_eq!(compared(&slow, &old).outcome(), Outcome::NoWorse);
    let nothing = compared(&old, &same);
    assert_eq!(nothing.outcome(), Outcome::NoWorse);
    assert_eq!(nothing.figures.moved().count(), 0, "{:#?}", nothing.figures);
}

/// One run each tells nothing of chance; it is said, and how many would.
#[test]
fn too_few_runs_make_suspects() {
    let (old, slow) = (run(1, Duration::ZERO, 1), run(1, Duration::from_millis(50), 2));
    let found = compared(&old, &slow);
    assert_eq!(found.figures.moved().count(), 0);
    let suspect = found.figures.suspects.first().unwrap();
    assert_eq!(suspect.what, "answer on the wire");
    assert!(found.figures.enough > 3);
    let text = found.sheet(&Terms::default()).text();
    assert!(text.contains("would, or fewer with fewer cases"), "{text}");
}

#[test]
fn verdicts_and_requirements_that_got_worse_are_told() {
    let mut old = example();
    let mut new = example();
    for run in [&mut old, &mut new] {
        run.cases.iter_mut().for_each(|case| {
            case.verdict = Verdict::Pass;
            case.findings.iter_mut().for_each(|finding| finding.verdict = Verdict::Pass);
        });
    }
    let lost = new.cases[1].findings[0].requirement.clone();
    new.cases[1].verdict = Verdict::Fail;
    new.cases[1].findings[0].verdict = Verdict::Fail;
    let found = compared(&old, &new);
    assert_eq!(found.outcome(), Outcome::Worse);
    let [change] = &found.verdicts[..] else { panic!("one change") };
    assert!(change.execution == "UAS-OPT-001" && change.is_worse_for_the_device());
    let [standing] = &found.requirements[..] else { panic!("one requirement") };
    assert!(*standing.id == lost && standing.is_lost());
    let back = compared(&new, &old);
    assert_eq!(back.outcome(), Outcome::NoWorse);
    assert!(back.requirements[0].is_gained());
    let text = found.sheet(&Terms::default()).text();
    assert!(
        text.contains("worse: 1 verdict(s) changed, 1 for the worse; 1 requirement(s) lost"),
        "{text}"
    );
    assert!(text.contains("UAS-OPT-001  pass  fail  Expected 200 to OPTIONS"), "{text}");
}

#[test]
fn a_line_that_warns_is_new_if_no_such_line_was_there() {
    let (mut old, mut new) = (example(), example());
    let say = |run: &mut JudgedRun, line: &str| {
        let at = Tick::from_nanos(1);
        run.cases[0].timeline.record(
            at,
            crate::evidence::point::Pco::CONTROL,
            Seen::Line(line.to_owned()),
        );
    };
    say(&mut old, "[  1.0] rtp: 3 packets lost");
    say(&mut new, "[  9.1] rtp: 4 packets lost");
    say(&mut new, "[  9.2] heap: allocation of 512 failed <b>");
    say(&mut new, "[  9.3] heap: allocation of 100 failed <b>");
    say(&mut new, "[  9.4] call up");
    let found = compared(&old, &new);
    let [warning] = &found.warnings[..] else { panic!("{:?}", found.warnings) };
    assert_eq!((warning.line, warning.count), ("[  9.2] heap: allocation of 512 failed <b>", 2));
    assert_eq!(found.outcome(), Outcome::Unsure);
    assert!(found.sheet(&Terms::default()).html().unwrap().contains("failed &#60;b&#62;"));
}

#[test]
fn a_run_in_doubt_is_compared_and_never_no_worse() {
    let (old, mut new) = (example(), example());
    let text = "`run.json` was changed after the run".to_owned();
    new.doubts.push(crate::report::Doubt { text, at_best: Verdict::Error });
    assert_eq!(compared(&old, &new).outcome(), Outcome::InDoubt);
}
