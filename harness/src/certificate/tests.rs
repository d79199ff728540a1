use super::standing::asks_for;
use super::*;
use crate::evidence::record::Tier;
use crate::report::tests::example;

fn circumstances() -> Circumstances {
    Circumstances {
        made: "2026-11-27".to_owned(),
        ringtrue: "0.1.0".to_owned(),
        harness_sha256: "aa".to_owned(),
        suite_sha256: "bb".to_owned(),
        profile_sha256: "cc".to_owned(),
        rig: "bench 3".to_owned(),
        clean_state: "new".to_owned(),
        instruments: Vec::new(),
    }
}

/// The example run, three times over, everything passed.
fn run() -> JudgedRun {
    let mut run = example();
    let all = std::mem::take(&mut run.cases);
    for repeat in 1..=3 {
        for case in &all {
            let mut case = case.clone();
            case.record.repeat = repeat;
            case.verdict = Verdict::Pass;
            case.findings.iter_mut().for_each(|finding| finding.verdict = Verdict::Pass);
            run.cases.push(case);
        }
    }
    run.record.repeats = Repeats::Fixed(3);
    run.record.order = Order::Shuffled(1);
    run.record.not_run.clear();
    run
}

fn reasons_of(run: &JudgedRun, circumstances: &Circumstances) -> Vec<String> {
    reasons_with(&[], run, circumstances)
}

fn reasons_with(claims: &[&str], run: &JudgedRun, circumstances: &Circumstances) -> Vec<String> {
    let profile =
        "profile: p\ntitle: t\ndescription: d\nclaims: []\nrequirements: [RFC3261-11.2-1]\n";
    let profile = Profile::parse(profile).unwrap();
    let grounds = Grounds {
        profile: &profile,
        suite: &[],
        claims: &claims.iter().map(|name| (*name).to_owned()).collect(),
        run,
        probe: None,
        circumstances,
    };
    Certificate::new(&grounds).reasons
}

#[test]
fn three_clean_rounds_are_enough() {
    assert_eq!(reasons_of(&run(), &circumstances()), Vec::<String>::new());
}

/// Two of three is no pass, whichever verdict the stray one has.
#[test]
fn a_flaky_case_is_never_a_pass() {
    for verdict in [Verdict::Fail, Verdict::Inconclusive, Verdict::Error] {
        let mut run = run();
        run.cases[0].verdict = verdict;
        let reasons = reasons_of(&run, &circumstances());
        let told = "1 case(s) are flaky, which is never a pass: UAS-INV-001";
        assert!(reasons.iter().any(|reason| reason == told), "{reasons:?}");
    }
}

/// A reason, and what brings it about.
type Spoilt = (&'static str, fn(&mut JudgedRun));

#[test]
fn what_makes_a_run_no_ground_for_a_certificate() {
    let spoil: [Spoilt; 6] = [
        ("not every case ran 3 times", |run| {
            run.cases.pop();
        }),
        ("the cases were not shuffled", |run| run.record.order = Order::File),
        ("1 case(s) did not run: X-1", |run| {
            run.record.not_run.push(("X-1".to_owned(), "interrupted".to_owned()));
        }),
        ("the evidence is in doubt: changed", |run| {
            let text = "changed".to_owned();
            run.doubts.push(crate::report::Doubt { text, at_best: Verdict::Error });
        }),
        ("seeded defects of the reference device were switched on: no-ringing", |run| {
            run.record.device.defects.push("no-ringing".to_owned());
        }),
        ("rig.yaml has no `calibration`: nobody knows whether the bench measures right", |run| {
            run.record.tier = Tier::Bench;
        }),
    ];
    for (told, spoil) in spoil {
        let mut run = run();
        spoil(&mut run);
        let reasons = reasons_of(&run, &circumstances());
        assert_eq!(reasons, [told]);
    }
}

/// Every case with the relay asks for an answering end too, and one does without the relay.
#[test]
fn what_fails_is_laid_to_the_most_special_claim() {
    let mut run = run();
    for (case, when) in run.cases.iter_mut().zip(["uas", "uas and relay"].iter().cycle()) {
        case.program.case.when = Some((*when).to_owned());
    }
    let claims_that_fail = |run: &JudgedRun| -> Vec<String> {
        let reasons = reasons_with(&["button", "relay", "uas"], run, &circumstances());
        let names = reasons.iter().filter_map(|reason| reason.strip_prefix("the device claims `"));
        names.map(|rest| rest.split('`').next().unwrap().to_owned()).collect()
    };
    assert_eq!(claims_that_fail(&run), [""; 0]);
    run.cases[1].verdict = Verdict::Fail;
    assert_eq!(claims_that_fail(&run), ["relay"]);
    run.cases[0].verdict = Verdict::Fail;
    assert_eq!(claims_that_fail(&run), ["relay", "uas"]);
    // Nothing speaks for an answering end where no case of it passed, each with something special.
    run.cases.truncate(2);
    run.cases[0].program.case.when = Some("uas and button".to_owned());
    assert_eq!(claims_that_fail(&run), ["button", "relay", "uas"]);
}

#[test]
fn a_claim_is_asked_for_by_what_does_not_hold_without_it() {
    assert!(asks_for("uas and relay", "relay") && !asks_for("uas or relay", "relay"));
    assert!(!asks_for("uas and not relay", "relay") && !asks_for("uas", "relay"));
    let claims = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(lacks("A-1", "uas and relay", &claims(&["uas"])), Some("relay".to_owned()));
    assert_eq!(lacks("A-1", "uas and relay", &claims(&["x"])), None);
    assert_eq!(lacks("A-1", "uas and tier.bench", &claims(&["uas"])), None);
    assert_eq!(lacks("A-1", "uas", &claims(&["uas"])), None);
    let (over, when) = ("A-1[transport=tls,ip=v6]", "uas and relay and over.udp");
    assert_eq!(lacks(over, when, &claims(&["uas"])), None);
    assert_eq!(lacks("A-1[ip=v6]", when, &claims(&["uas"])), Some("relay".to_owned()));
}
