//! Reading the folder of a run back.

use super::sums::Sums;
use super::{INPUTS, RUN, SUMS, StoreError, TIMELINE, below};
use crate::evidence::jsonl::{self, Cut};
use crate::evidence::record::{CaseRecord, Ended, RunRecord};
use crate::evidence::timeline::Timeline;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A run as it is on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The record. A case whose timeline breaks off has ended as interrupted.
    pub record: RunRecord,
    /// The timelines, in the order of the record's cases.
    pub timelines: Vec<Timeline>,
    /// What the run was made from, by name below `inputs`: `scenarios/…`, `device.yaml`.
    pub inputs: BTreeMap<String, Vec<u8>>,
    /// Why the folder may not hold what the run wrote. Empty: it does.
    pub doubts: Vec<Doubt>,
}

/// One case of a stored run.
#[derive(Clone, Copy, Debug)]
pub struct StoredCase<'a> {
    /// Its record.
    pub record: &'a CaseRecord,
    /// Its timeline.
    pub timeline: &'a Timeline,
}

impl Stored {
    /// The cases, in the order in which they ran.
    pub fn cases(&self) -> impl Iterator<Item = StoredCase<'_>> {
        let pairs = self.record.cases.iter().zip(&self.timelines);
        pairs.map(|(record, timeline)| StoredCase { record, timeline })
    }

    /// The text of an input.
    ///
    /// # Errors
    ///
    /// If it is not in the folder or is not UTF-8.
    pub fn input(&self, name: &str) -> Result<&str, StoreError> {
        let path = || Path::new(INPUTS).join(name);
        let bytes = self
            .inputs
            .get(name)
            .ok_or_else(|| StoreError::malformed(&path(), &"it is not in the folder"))?;
        std::str::from_utf8(bytes).map_err(|error| StoreError::malformed(&path(), &error))
    }

    /// Whether a file was changed after the run: its verdicts are then worth nothing.
    pub fn is_tampered(&self) -> bool {
        self.doubts.iter().any(|doubt| match doubt {
            Doubt::Changed(_) | Doubt::Missing(_) | Doubt::Unlisted(_) => true,
            Doubt::Unsealed | Doubt::BreaksOff(..) => false,
        })
    }
}

/// Why a folder may not hold what its run wrote.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Doubt {
    /// The run did not come to its end, so its record has no sum.
    Unsealed,
    /// The timeline breaks off inside a line: the run was killed while it wrote.
    BreaksOff(String, Cut),
    /// The content is not what the sums say.
    Changed(String),
    /// The sums list it, and it is not there.
    Missing(String),
    /// It is evidence, and the sums do not list it.
    Unlisted(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsealed => f.write_str("the run did not come to its end; its record has no sum"),
            Self::BreaksOff(path, cut) => write!(f, "`{path}`: {cut}"),
            Self::Changed(path) => write!(f, "`{path}` was changed after the run"),
            Self::Missing(path) => write!(f, "`{path}` was removed after the run"),
            Self::Unlisted(path) => write!(f, "`{path}` has no sum in `{SUMS}`"),
        }
    }
}

/// Reads the folder of a run.
///
/// # Errors
///
/// If a file that judging needs is missing or is not what the store writes. A file that only
/// differs from its sum is a [doubt](Stored::doubts), not an error.
pub fn read(folder: &Path) -> Result<Stored, StoreError> {
    let mut reader = Reader::new(folder)?;
    let record = reader.record()?;
    let mut stored =
        Stored { record, timelines: Vec::new(), inputs: BTreeMap::new(), doubts: Vec::new() };
    for case in &mut stored.record.cases {
        let timeline = reader.timeline(case)?;
        stored.timelines.push(timeline);
    }
    let names: Vec<String> = reader.sums.paths().map(str::to_owned).collect();
    for name in names {
        if reader.seen.contains(&name) {
            continue;
        }
        let path = below(folder, &name)?;
        if !path.exists() {
            reader.doubts.push(Doubt::Missing(name));
            continue;
        }
        let bytes = reader.bytes(&name)?;
        if let Some(input) = name.strip_prefix(INPUTS).and_then(|name| name.strip_prefix('/')) {
            stored.inputs.insert(input.to_owned(), bytes);
        }
    }
    stored.doubts = reader.doubts;
    Ok(stored)
}

/// The record and the sums of a run, without its evidence.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) record: RunRecord,
    pub(super) sums: Sums,
}

/// Opens the folder of a run.
pub(super) fn open(folder: &Path) -> Result<Opened, StoreError> {
    let mut reader = Reader::new(folder)?;
    let record = reader.record()?;
    Ok(Opened { record, sums: reader.sums })
}

/// Reads what `run.json` says of a run, without its evidence.
///
/// # Errors
///
/// If it is missing or is not what the store writes.
pub fn record(folder: &Path) -> Result<RunRecord, StoreError> {
    Ok(open(folder)?.record)
}

struct Reader<'a> {
    folder: &'a Path,
    sums: Sums,
    seen: Vec<String>,
    doubts: Vec<Doubt>,
}

impl<'a> Reader<'a> {
    fn new(folder: &'a Path) -> Result<Self, StoreError> {
        let path = folder.join(SUMS);
        let text = fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
        let sums = Sums::read(&text).map_err(|line| {
            StoreError::malformed(&path, &format!("line {line} is not a sum and a path"))
        })?;
        Ok(Self { folder, sums, seen: Vec::new(), doubts: Vec::new() })
    }

    fn record(&mut self) -> Result<RunRecord, StoreError> {
        let path = self.folder.join(RUN);
        let bytes = fs::read(&path).map_err(StoreError::io("read", &path))?;
        self.seen.push(RUN.to_owned());
        match self.sums.agree(RUN, &bytes) {
            Some(true) => {}
            Some(false) => self.doubts.push(Doubt::Changed(RUN.to_owned())),
            None => self.doubts.push(Doubt::Unsealed),
        }
        let record: RunRecord =
            serde_json::from_slice(&bytes).map_err(|error| StoreError::malformed(&path, &error))?;
        if record.schema != RunRecord::SCHEMA {
            let what = format!(
                "its layout is version {}, and this ringtrue reads version {}",
                record.schema,
                RunRecord::SCHEMA
            );
            return Err(StoreError::malformed(&path, &what));
        }
        Ok(record)
    }

    fn timeline(&mut self, case: &mut CaseRecord) -> Result<Timeline, StoreError> {
        let name = format!("{}/{TIMELINE}", case.folder);
        let in_progress = case.ended == Ended::Interrupted;
        let path = below(self.folder, &name)?;
        let bytes = fs::read(&path).map_err(StoreError::io("read", &path))?;
        match self.sums.agree(&name, &bytes) {
            Some(true) => {}
            Some(false) => self.doubts.push(Doubt::Changed(name.clone())),
            None if in_progress => {}
            None => self.doubts.push(Doubt::Unlisted(name.clone())),
        }
        let stored = jsonl::read(&bytes).map_err(|line| StoreError::malformed(&path, &line))?;
        if let Some(cut) = stored.cut {
            self.doubts.push(Doubt::BreaksOff(name.clone(), cut));
            case.ended = Ended::Interrupted;
        }
        self.seen.push(name);
        Ok(stored.timeline)
    }

    fn bytes(&mut self, name: &str) -> Result<Vec<u8>, StoreError> {
        let path: PathBuf = below(self.folder, name)?;
        let bytes = fs::read(&path).map_err(StoreError::io("read", &path))?;
        if self.sums.agree(name, &bytes) == Some(false) {
            self.doubts.push(Doubt::Changed(name.to_owned()));
        }
        Ok(bytes)
    }
}
