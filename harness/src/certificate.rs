//! Whether a judged run makes a device certified by a profile, and what the certificate says.
//!
//! A certificate is a function of the run, the profile and the circumstances that are written into it, so
//! that whoever has the bundle makes it again and compares.

pub mod manifest;
pub mod profile;
mod reasons;
mod sheet;
mod standing;

use crate::check::margin::Margin;
use crate::evidence::record::{Calibration, Order, Repeats};
use crate::report::JudgedRun;
use crate::report::flake::Tally;
use crate::requirement::RequirementId;
use crate::scenario::header::CaseHeader;
use crate::verdict::Verdict;
use profile::Profile;
use reasons::{reasons, reservations};
use serde::{Deserialize, Serialize};
use standing::{claimed, required, unclaimed};
use std::collections::{BTreeMap, BTreeSet};

pub use standing::{Claimed, Required, Stands, lacks};

/// What a certificate is made from beside the run itself.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The cases of the suite.
    pub suite: &'a [CaseHeader],
    /// What the device claims to implement.
    pub claims: &'a BTreeSet<String>,
    /// The run of all that applies.
    pub run: &'a JudgedRun,
    /// A run of what does not apply because of one thing that is not claimed, if there is any.
    pub probe: Option<&'a JudgedRun>,
    /// The circumstances.
    pub circumstances: &'a Circumstances,
}

/// What nobody can find out afterwards.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Circumstances {
    /// The day on which it was made.
    pub made: String,
    /// The version of the harness.
    pub ringtrue: String,
    /// The SHA-256 of its program.
    pub harness_sha256: String,
    /// The SHA-256 over the sums of the scenarios, the catalogue and the stored messages.
    pub suite_sha256: String,
    /// The SHA-256 of the profile.
    pub profile_sha256: String,
    /// The name of the rig.
    pub rig: String,
    /// How the device was brought to a clean state before each case.
    pub clean_state: String,
    /// The instruments of the rig and when they were calibrated.
    pub instruments: Vec<Instrument>,
}

/// An instrument of a bench, and its calibration.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Instrument {
    /// What it is.
    pub instrument: String,
    /// The day on which it was calibrated.
    pub calibrated: String,
    /// The last day for which that holds.
    pub due: String,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// A certificate, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// The version of this layout.
    pub schema: u32,
    /// Whether the device is certified.
    pub granted: bool,
    /// Why not; empty where it is.
    pub reasons: Vec<String>,
    /// What is to be known to read it right.
    pub reservations: Vec<String>,
    /// The name and the title of the profile.
    pub profile: [String; 2],
    /// The device: its name, what it told of its firmware, and the sums of that.
    pub device: Device,
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The run: its folder's name, when it began, on what, in which order and how often.
    pub run: Run,
    /// The errors of the harness itself, measured in that run.
    pub calibration: Calibration,
    /// What the device claims, and how it behaved.
    pub claims: Vec<Claimed>,
    /// What works though it is not claimed.
    pub unclaimed: Vec<String>,
    /// The mandatory requirements.
    pub requirements: Vec<Required>,
    /// Every execution and what each of its runs came to.
    pub cases: Vec<CaseLine>,
    /// Every quantity that was held against limits, and its nearest run to them.
    pub limits: Vec<LimitLine>,
    /// How uncertainty went into the verdicts.
    pub guard_band: &'static str,
}

/// The device of a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// What it told of its firmware.
    pub version: Option<String>,
    /// The files of its firmware and their SHA-256.
    pub firmware: BTreeMap<String, String>,
}

/// The run of a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// The name of its folder.
    pub id: String,
    /// When it began, in nanoseconds since 1970-01-01 UTC.
    pub started_unix_ns: u64,
    /// How real the device was.
    pub tier: &'static str,
    /// The seed of every random choice.
    pub seed: u64,
    /// The order of the cases.
    pub order: Order,
    /// How often each ran.
    pub repeats: Repeats,
}

/// One execution.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseLine {
    /// Its id.
    pub execution: String,
    /// What its runs came to: `pass`, or `flaky: 1 fail, 2 pass`.
    pub came_to: String,
    /// How often it ran.
    pub runs: u32,
}

/// One quantity that was held against limits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitLine {
    /// Where: the run of the case that came nearest.
    pub case: String,
    /// For which requirement.
    pub requirement: RequirementId,
    /// What was measured, with its uncertainty, and the limits.
    pub margin: Margin,
    /// What came of it.
    pub verdict: Verdict,
}

impl Certificate {
    /// The layout that this version writes.
    pub const SCHEMA: u32 = 1;

    /// Judges a run by a profile.
    pub fn new(grounds: &Grounds<'_>) -> Self {
        let Grounds { profile, run, circumstances, .. } = *grounds;
        let record = &run.record;
        let claims = claimed(grounds);
        let requirements: Vec<Required> =
            profile.requirements.iter().map(|id| required(id, grounds)).collect();
        let reasons = reasons(grounds, &claims, &requirements);
        Self {
            schema: Self::SCHEMA,
            granted: reasons.is_empty(),
            reasons,
            reservations: reservations(record, circumstances),
            profile: [profile.profile.clone(), profile.title.clone()],
            device: Device {
                name: record.device.name.clone(),
                version: record.device.version.clone(),
                firmware: record.device.firmware.clone(),
            },
            circumstances: circumstances.clone(),
            run: Run {
                id: record.id.clone(),
                started_unix_ns: record.started_unix_ns,
                tier: record.tier.name(),
                seed: record.seed,
                order: record.order,
                repeats: record.repeats,
            },
            calibration: record.calibration.clone(),
            claims,
            unclaimed: unclaimed(grounds),
            requirements,
            cases: run.tallies().map(|tally| CaseLine::new(&tally)).collect(),
            limits: limits(run),
            guard_band: GUARD_BAND,
        }
    }

    /// The certificate as it is stored, with a line feed at its end.
    ///
    /// # Errors
    ///
    /// Never in practice; those of the serializer are passed on.
    pub fn json(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl CaseLine {
    fn new(tally: &Tally<'_>) -> Self {
        let execution = tally.execution.to_owned();
        Self { execution, came_to: tally.words(), runs: tally.count() }
    }
}

/// Of all runs of a claim, the one with the least room to its limits.
fn limits(run: &JudgedRun) -> Vec<LimitLine> {
    let mut nearest: BTreeMap<(String, RequirementId, String), LimitLine> = BTreeMap::new();
    for case in &run.cases {
        for finding in &case.findings {
            for margin in &finding.margins {
                let key = (
                    case.record.execution.clone(),
                    finding.requirement.clone(),
                    margin.figure.clone(),
                );
                let line = LimitLine {
                    case: case.record.label(),
                    requirement: finding.requirement.clone(),
                    margin: margin.clone(),
                    verdict: finding.verdict,
                };
                let room = |line: &LimitLine| line.margin.room().unwrap_or(f64::INFINITY);
                match nearest.get(&key) {
                    Some(known) if room(known) <= room(&line) => {}
                    _ => {
                        nearest.insert(key, line);
                    }
                }
            }
        }
    }
    nearest.into_values().collect()
}

/// How often every case runs.
pub const ROUNDS: u32 = 3;
const GUARD_BAND: &str = "A figure passes only if the whole of measured ± uncertainty lies within its limits, fails only if the whole of it lies outside, and is inconclusive otherwise; the uncertainty is that of the stamps of the points between which it was measured, widened by the length of any stall of the machine meanwhile.";

#[cfg(test)]
mod tests;
