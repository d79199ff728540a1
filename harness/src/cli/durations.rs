//! Where it is read how long cases take.

use super::Failure;
use crate::drive::project::Mistake;
use crate::drive::store;
use crate::evidence::durations::Durations;
use crate::evidence::record::Tier;
use std::fs;
use std::path::Path;

/// The file of them in the folder of a run.
pub(super) const FILE: &str = "durations.json";

/// Reads them from the folder of a run, or from a file.
pub(super) fn read(path: &Path, tier: Tier) -> Result<Durations, Failure> {
    let durations = if path.is_dir() { Durations::of(&store::record(path)?) } else { parse(path)? };
    if let Some(what) = durations.complaint() {
        return Err(Mistake::new(path, what).into());
    }
    if durations.tier() != tier {
        let (theirs, ours) = (durations.tier().name(), tier.name());
        let what = format!("its times are of tier `{theirs}`, and the rig is of tier `{ours}`");
        return Err(Mistake::new(path, what).into());
    }
    Ok(durations)
}

fn parse(path: &Path) -> Result<Durations, Failure> {
    let text = fs::read(path).map_err(|error| Mistake::new(path, error))?;
    let read = serde_json::from_slice(&text);
    Ok(read.map_err(|error| {
        let remedy = "give the folder of a run, or the durations.json of one";
        Mistake::new(path, format!("{error}; {remedy}"))
    })?)
}

/// What the newest runs of the device on this tier tell, if anything; only for telling how long a run
/// takes, so nothing is amiss where there are none.
pub(super) fn recent(reports: &Path, tier: Tier, device: &str) -> Durations {
    let like = format!("-{}-{device}", tier.name());
    let mut names: Vec<String> = fs::read_dir(reports)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && name.contains(&like))
        .collect();
    // The names begin with when the run began.
    names.sort_unstable_by(|one, other| other.cmp(one));
    let known = names.iter().filter_map(|name| {
        let durations = parse(&reports.join(name).join(FILE)).ok()?;
        (durations.complaint().is_none() && durations.tier() == tier).then_some(durations)
    });
    let mut all = Durations::unknown(tier);
    for durations in known.take(RECENT) {
        all.fill(durations);
    }
    all
}

/// How many runs tell how long cases take: the newest may be of a few only.
const RECENT: usize = 5;
