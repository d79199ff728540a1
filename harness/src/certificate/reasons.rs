//! Why a certificate is not granted, and what is to be known to read it right.

use super::standing::{Claimed, Required, Stands, some};
use super::{Circumstances, Grounds, ROUNDS};
use crate::evidence::record::{Order, RunRecord, Tier};
use crate::report::flake::Tally;
use crate::verdict::Verdict;

/// What stands in the way.
pub(super) fn reasons(
    grounds: &Grounds<'_>,
    claims: &[Claimed],
    required: &[Required],
) -> Vec<String> {
    let Grounds { run, circumstances, .. } = *grounds;
    let record = &run.record;
    let mut reasons: Vec<String> =
        run.doubts.iter().map(|doubt| format!("the evidence is in doubt: {doubt}")).collect();
    for claim in claims {
        let name = &claim.name;
        match claim.stands {
            Stands::NotClaimed => reasons
                .push(format!("the profile asks for `{name}`, which the device does not claim")),
            Stands::Violated => reasons.push(format!(
                "the device claims `{name}` and does not behave so: {}",
                some(&claim.against)
            )),
            Stands::NoCase if claim.mandatory => reasons
                .push(format!("the profile asks for `{name}`, and no case of the suite tests it")),
            Stands::NotRun if claim.mandatory => reasons
                .push(format!("the profile asks for `{name}`, and no case that tests it ran")),
            Stands::Undecided if claim.mandatory => reasons.push(format!(
                "the profile asks for `{name}`, which could not be decided: {}",
                some(&claim.against)
            )),
            Stands::Met | Stands::NoCase | Stands::NotRun | Stands::Undecided => {}
        }
    }
    for requirement in required.iter().filter(|requirement| requirement.stands != Stands::Met) {
        reasons.push(format!("{}: {}", requirement.id, requirement.why));
    }
    let (flaky, stable): (Vec<_>, Vec<_>) = run.tallies().partition(Tally::is_flaky);
    let named = |tallies: &[Tally<'_>], wanted: &[Verdict]| -> Vec<String> {
        let wanted = tallies.iter().filter(|tally| wanted.contains(&tally.worst()));
        wanted.map(|tally| tally.execution.to_owned()).collect()
    };
    let broken = [Verdict::Error, Verdict::None];
    let any = [Verdict::Fail, Verdict::Inconclusive, Verdict::Error];
    for (what, found) in [
        ("failed", named(&stable, &[Verdict::Fail])),
        ("are flaky, which is never a pass", named(&flaky, &any)),
        ("ended in an error of the bench or of the harness", named(&stable, &broken)),
    ] {
        if !found.is_empty() {
            reasons.push(format!("{} case(s) {what}: {}", found.len(), some(&found)));
        }
    }
    if !record.not_run.is_empty() {
        let left: Vec<String> = record.not_run.iter().map(|(label, _)| label.clone()).collect();
        reasons.push(format!("{} case(s) did not run: {}", left.len(), some(&left)));
    }
    let rounds = record.repeats.at_most();
    let is_short = run.tallies().any(|tally| tally.count() < rounds);
    if rounds < ROUNDS || is_short {
        reasons.push(format!("not every case ran {ROUNDS} times"));
    }
    if record.order == Order::File {
        reasons.push("the cases were not shuffled".to_owned());
    }
    if !record.device.defects.is_empty() {
        let defects = record.device.defects.join(", ");
        reasons.push(format!("seeded defects of the reference device were switched on: {defects}"));
    }
    if record.tier == Tier::Bench && circumstances.instruments.is_empty() {
        reasons.push(
            "rig.yaml has no `calibration`: nobody knows whether the bench measures right"
                .to_owned(),
        );
    }
    for it in circumstances.instruments.iter().filter(|it| it.due < circumstances.made) {
        reasons.push(format!("the calibration of `{}` was due on {}", it.instrument, it.due));
    }
    reasons
}

/// What is to be known to read the certificate right.
pub(super) fn reservations(record: &RunRecord, circumstances: &Circumstances) -> Vec<String> {
    let mut all = vec![match record.tier {
        Tier::Virtual => "The device is the reference device's core in virtual time, not a product.".to_owned(),
        Tier::Host => "The device is a process on this machine, not hardware: nothing is said of a board, its network port or its power.".to_owned(),
        Tier::Qemu => "The device is a firmware image on a virtual board, not hardware: nothing is said of its network port or its power.".to_owned(),
        Tier::Bench => "The device is the one specimen that was on the bench.".to_owned(),
    }];
    if let Some(why) = &record.fell_back {
        all.push(format!("A lesser tier than was asked for: {why}."));
    }
    if circumstances.instruments.is_empty() && record.tier != Tier::Virtual {
        all.push("No instrument of the rig has a calibration; times rest on the clock of this machine, whose errors were measured in the run.".to_owned());
    }
    if record.device.firmware.is_empty() {
        all.push("The rig names no file of the firmware, so no sum of it is known; only what the device told of its version.".to_owned());
    }
    all
}
