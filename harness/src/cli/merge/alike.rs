//! Whether two runs are of one kind, so that their results may stand in one report.

use crate::drive::store::Stored;
use crate::evidence::record::RunRecord;

/// What tells two runs apart that must not be mixed: the first that is found, with both sides.
pub(super) fn difference(one: &Stored, other: &Stored) -> Option<String> {
    by_record(&one.record, &other.record).or_else(|| by_inputs(one, other))
}

fn by_record(one: &RunRecord, other: &RunRecord) -> Option<String> {
    let differ = |what: &str, theirs: &str, ours: &str| {
        (theirs != ours).then(|| format!("its {what} is {theirs}, not {ours}"))
    };
    differ("tier", other.tier.name(), one.tier.name())
        .or_else(|| differ("device", &other.device.name, &one.device.name))
        .or_else(|| differ("ringtrue", &other.ringtrue, &one.ringtrue))
        .or_else(|| firmware(one, other))
        .or_else(|| {
            let (ours, theirs) = (one.device.version.as_ref()?, other.device.version.as_ref()?);
            differ("firmware", &format!("`{theirs}`"), &format!("`{ours}`"))
        })
        .or_else(|| {
            let list = |names: &[String]| format!("[{}]", names.join(", "));
            let (ours, theirs) = (&one.device.defects, &other.device.defects);
            differ("list of seeded defects", &list(theirs), &list(ours))
        })
        .or_else(|| {
            let differs = one.repeats != other.repeats;
            differs.then(|| "it was to run its cases another number of times".to_owned())
        })
        .or_else(|| differ("seed", &other.seed.to_string(), &one.seed.to_string()))
}

fn firmware(one: &RunRecord, other: &RunRecord) -> Option<String> {
    let (ours, theirs) = (&one.device.firmware, &other.device.firmware);
    let names = ours.keys().chain(theirs.keys());
    let name = names.into_iter().find(|name| ours.get(*name) != theirs.get(*name))?;
    let sum = |sum: Option<&String>| sum.map_or_else(|| "none".to_owned(), Clone::clone);
    Some(format!(
        "the SHA-256 of its firmware {name} is {}, not {}",
        sum(theirs.get(name)),
        sum(ours.get(name))
    ))
}

/// Each rig has a file of its own; all else that runs are made from is the same.
fn by_inputs(one: &Stored, other: &Stored) -> Option<String> {
    let names = one.inputs.keys().chain(other.inputs.keys()).filter(|name| *name != super::RIG);
    let name = names.into_iter().find(|name| one.inputs.get(*name) != other.inputs.get(*name))?;
    Some(match (one.inputs.get(name), other.inputs.get(name)) {
        (Some(_), Some(_)) => format!("its inputs/{name} differs"),
        (Some(_), None) => format!("it lacks inputs/{name}"),
        (None, _) => format!("it has inputs/{name} besides"),
    })
}
