//! The folder of reports: the runs in it, and the page that links them.

use super::Failure;
use super::judge::address;
use crate::drive::store::{self, CERTIFIED};
use crate::report::brief::Brief;
use crate::report::index::{self, Linked, State};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The page that links the runs.
pub(super) const INDEX: &str = "index.html";
/// The file in the folder of a run that says what the page tells of it.
pub(super) const BRIEF: &str = "brief.json";

/// One run in the folder of reports.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) path: PathBuf,
    /// The name of its folder.
    pub(super) name: String,
    pub(super) brief: Brief,
    pub(super) state: State,
    /// When its record was written for the last time.
    pub(super) ended: SystemTime,
}

/// The runs in a folder, the newest first. What is not the folder of a run is passed over.
pub(super) fn runs(reports: &Path) -> Result<Vec<Kept>, Failure> {
    let unread = |cause: io::Error| Failure::Report {
        doing: "read",
        path: reports.display().to_string(),
        cause: cause.to_string(),
    };
    let mut runs = Vec::new();
    for entry in fs::read_dir(reports).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // The link `latest` is not a run of its own, and hidden folders are those of runs at work.
        if name.starts_with('.') || !entry.file_type().map_err(unread)?.is_dir() {
            continue;
        }
        runs.extend(kept(entry.path(), name)?);
    }
    runs.sort_by(|one, other| {
        other.brief.began.cmp(&one.brief.began).then(other.name.cmp(&one.name))
    });
    Ok(runs)
}

/// The run in a folder; none where it is not one that this version can read.
fn kept(path: PathBuf, name: String) -> Result<Option<Kept>, Failure> {
    let Ok(ended) = fs::metadata(path.join("run.json")).and_then(|about| about.modified()) else {
        return Ok(None);
    };
    let brief = fs::read(path.join(BRIEF)).ok();
    let brief = brief.and_then(|text| serde_json::from_slice::<Brief>(&text).ok());
    let brief = brief.filter(|brief| brief.schema == Brief::SCHEMA);
    let is_judged = brief.is_some() && path.join("report.html").is_file();
    let Some(brief) = brief.or_else(|| Some(Brief::of_record(&store::record(&path).ok()?))) else {
        return Ok(None);
    };
    let state = match (store::is_in_progress(&path)?, is_judged) {
        (true, _) => State::InProgress,
        (false, true) if path.join(CERTIFIED).exists() => State::Certified,
        (false, true) => State::Reported,
        (false, false) => State::BrokenOff,
    };
    Ok(Some(Kept { path, name, brief, state, ended }))
}

/// Writes the page that links the runs anew.
pub(super) fn write_index(reports: &Path) -> Result<(), Failure> {
    let runs = runs(reports)?;
    let linked: Vec<Linked> = runs
        .into_iter()
        .map(|kept| Linked {
            address: address::encoded(kept.name.as_bytes()) + "/",
            brief: kept.brief,
            state: kept.state,
        })
        .collect();
    let path = reports.join(INDEX);
    let unwritten =
        |cause: String| Failure::Report { doing: "write", path: path.display().to_string(), cause };
    let page = index::render(&linked).map_err(|error| unwritten(error.to_string()))?;
    // Another run may write it at the same time; a reader sees the one page or the other.
    let beside = reports.join(format!(".{INDEX}.{}", std::process::id()));
    fs::write(&beside, page)
        .and_then(|()| fs::rename(&beside, &path))
        .map_err(|error| unwritten(error.to_string()))
}
