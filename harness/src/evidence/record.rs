//! What `run.json` says of a run: everything that its timelines do not, and that judging needs.

use super::extent::{Extent, PartRecord};
use super::point::Point;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A stored run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RunRecord {
    /// The version of this layout; see [`RunRecord::SCHEMA`].
    pub schema: u32,
    /// The name of the run's folder.
    pub id: String,
    /// The version of ringtrue that made the run.
    pub ringtrue: String,
    /// When the run began, in nanoseconds since 1970-01-01 UTC.
    pub started_unix_ns: u64,
    /// How real the device was. Results of different tiers are never mixed.
    pub tier: Tier,
    /// Why a lesser tier than the one asked for was used, if so.
    pub fell_back: Option<String>,
    /// What executed the instructions of a virtual board, where the device is one.
    #[serde(default)]
    pub board: Option<String>,
    /// The seed of every random choice.
    pub seed: u64,
    /// The order in which the cases ran.
    #[serde(default)]
    pub order: Order,
    /// How often each execution was to run.
    #[serde(default)]
    pub repeats: Repeats,
    /// What it was to do, and where it found that.
    #[serde(default)]
    pub extent: Extent,
    /// The runs that it is made of, where it was merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartRecord>,
    /// The device.
    pub device: DeviceRecord,
    /// The errors of the harness itself, measured in this run.
    pub calibration: Calibration,
    /// The cases that ran, in the order in which they ran.
    pub cases: Vec<CaseRecord>,
    /// The cases that the device's PICS excludes, with the expression that did.
    pub not_applicable: Vec<(String, String)>,
    /// The cases that were selected and did not run, with the reason.
    pub not_run: Vec<(String, String)>,
}

impl RunRecord {
    /// The layout that this version writes.
    pub const SCHEMA: u32 = 1;
}

/// In which order the cases of a run come.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As the suite has them.
    #[default]
    File,
    /// Shuffled, each round in its own way; the number makes the same order again.
    Shuffled(u64),
}

/// How often each execution of a run was to run. A run goes through all that it has to do once before it
/// begins the next round.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeats {
    /// So many rounds.
    Fixed(u32),
    /// Until the flake rate of each is known to be at most `bound` or above it, in so many rounds at most.
    Until {
        /// The flake rate that is asked about, between 0 and 1.
        bound: f64,
        /// With which confidence, between 0 and 1.
        confidence: f64,
        /// The last round in any case.
        at_most: u32,
    },
}

impl Default for Repeats {
    fn default() -> Self {
        Self::Fixed(1)
    }
}

impl Repeats {
    /// How many rounds there are at most.
    pub const fn at_most(self) -> u32 {
        match self {
            Self::Fixed(rounds) | Self::Until { at_most: rounds, .. } => rounds,
        }
    }
}

/// How real the device under test is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The reference device's core in process, in virtual time.
    Virtual,
    /// A process on this machine.
    Host,
    /// A firmware image on a virtual board.
    Qemu,
    /// Real hardware.
    Bench,
}

impl Tier {
    /// The name in `rig.yaml` and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Host => "host",
            Self::Qemu => "qemu",
            Self::Bench => "bench",
        }
    }
}

/// The device of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DeviceRecord {
    /// The name in `device.yaml`.
    pub name: String,
    /// What identifies the firmware: the line of the banner, or the version that a command told.
    pub version: Option<String>,
    /// Files that make up the firmware and their SHA-256 in hexadecimal.
    pub firmware: BTreeMap<String, String>,
    /// The seeded defects that were switched on.
    pub defects: Vec<String>,
}

/// The errors of the harness itself. Absent in virtual time, where they are nil.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Calibration {
    /// Actual send time less the deadline, of the paced sender.
    pub pacing: Option<Spread>,
    /// Stamp of arrival less the true time of sending, over a loopback pair.
    pub stamping: Option<Spread>,
    /// How the paced sender was scheduled: `fifo` or `other`.
    pub scheduling: Option<String>,
    /// Actual send time less the deadline, of all media that the cases of the run sent.
    #[serde(default)]
    pub sending: Option<Spread>,
}

/// The spread of a measured error, in nanoseconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Spread {
    /// How many were measured.
    pub count: u64,
    /// Median.
    pub p50: i64,
    /// 99th percentile.
    pub p99: i64,
    /// 99.9th percentile; absent in runs of versions that did not store it.
    #[serde(default)]
    pub p999: Option<i64>,
    /// Largest.
    pub max: i64,
}

/// One execution of a case.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CaseRecord {
    /// The id of the case with its matrix values: `UAS-INV-001[transport=udp]`.
    pub execution: String,
    /// Which run of this execution it is, counted from 1: the round. The id stays the same.
    #[serde(default = "once")]
    pub repeat: u32,
    /// The path of the scenario below the folder `scenarios` of the run.
    pub scenario: String,
    /// The folder of the evidence, below the folder of the run.
    pub folder: String,
    /// The matrix values of this execution.
    pub values: BTreeMap<String, String>,
    /// Names that the scenario could use and their values: addresses, PIXIT.
    pub names: BTreeMap<String, String>,
    /// The points of control and observation.
    pub points: Vec<Point>,
    /// When the case began, in nanoseconds since 1970-01-01 UTC: tick zero of its timeline.
    pub started_unix_ns: u64,
    /// How long it took.
    #[serde(with = "crate::time::nanos")]
    pub took: Duration,
    /// Actual send time less the deadline, of the media that the case sent; absent where it sent none,
    /// and in virtual time.
    #[serde(default)]
    pub sending: Option<Spread>,
    /// How it ended.
    pub ended: Ended,
}

impl CaseRecord {
    /// What tells this run of the execution from the others: `UAS-INV-001`, then `UAS-INV-001#2`.
    pub fn label(&self) -> String {
        label(&self.execution, self.repeat)
    }
}

/// See [`CaseRecord::label`].
pub fn label(execution: &str, repeat: u32) -> String {
    if repeat <= 1 { execution.to_owned() } else { format!("{execution}#{repeat}") }
}

/// The execution that a [label](CaseRecord::label) is of.
pub fn execution_of(label: &str) -> &str {
    label
        .rsplit_once('#')
        .filter(|(_, repeat)| repeat.parse::<u32>().is_ok())
        .map_or(label, |it| it.0)
}

const fn once() -> u32 {
    1
}

/// How the execution of a case ended, which is not its verdict.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// The interpreter came to the end of the program or of its postamble.
    Finished,
    /// The bench failed; the text of the fault.
    Fault(String),
    /// We failed; the text of the panic.
    Panic(String),
    /// The operator stopped the run.
    Interrupted,
}
