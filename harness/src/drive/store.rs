//! The folder of a run: evidence written as it is seen, and read back.
//!
//! ```text
//! reports/2026-11-22T19-00-00Z-host-intercom/
//!   run.json            what ran, rewritten whole as each case begins and ends
//!   SHA256SUMS          sums of everything below, of run.json too once the run is sealed
//!   inputs/…            scenario files with their includes, device.yaml, rig.yaml, the catalogue
//!   cases/NAME/timeline.jsonl, capture.pcapng, console.log, ROLE.wav
//! ```
//!
//! While a run goes on, `.lock` is there and locked. A file `certified` beside `run.json` says that
//! somebody relies on the run: it is never pruned.
//!
//! A run that is killed leaves `run.json` with the case in progress as interrupted, and its timeline
//! up to the last complete line. Reports lie beside the evidence and are not part of it.

mod read;
mod sums;
mod write;

pub use read::{Doubt, Stored, StoredCase, read, record};
pub use write::{CaseFiles, RunFolder, is_in_progress};

use std::io;
use std::path::{Path, PathBuf};

/// Why evidence cannot be written or read. The bench is at fault, and the verdict is error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {doing} `{}`: {cause}; {}", path.display(), remedy(cause))]
    Io {
        /// What was tried: `write`, `create`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The folder of a new run is there already.
    #[error("cannot create `{}`: it is there already; name the run otherwise", .0.display())]
    Exists(PathBuf),
    /// Another process writes to the folder.
    #[error("cannot use `{}`: its run still goes on; wait for its end, or interrupt it", .0.display())]
    InProgress(PathBuf),
    /// A file of the folder is not what the store writes.
    #[error("cannot read `{}`: {what}; was it changed by hand, or by another version?", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A name leads out of the folder of the run.
    #[error(
        "cannot store `{0}`: it does not stay below the folder of the run; give a relative path without `..`"
    )]
    Outside(String),
    /// A name was stored before, with other content.
    #[error("cannot store `{0}` twice with different content; include it under two names")]
    Twice(String),
    /// Something cannot be put into its stored form.
    #[error("cannot encode {what}: {cause}; this is a fault of ringtrue, please report it")]
    Encode {
        /// What.
        what: String,
        /// Why.
        cause: String,
    },
}

impl StoreError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { doing, path: path.to_owned(), cause }
    }

    fn malformed(path: &Path, what: &impl ToString) -> Self {
        Self::Malformed { path: path.to_owned(), what: what.to_string() }
    }

    fn encode(what: impl Into<String>, cause: &impl ToString) -> Self {
        Self::Encode { what: what.into(), cause: cause.to_string() }
    }
}

fn remedy(cause: &io::Error) -> &'static str {
    use io::ErrorKind;
    #[expect(clippy::wildcard_enum_match_arm, reason = "non-exhaustive; the last arm says less")]
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "is the folder writable by this user?"
        }
        ErrorKind::NotFound => "is it the folder of a run?",
        _ => "is the disk in order?",
    }
}

/// `relative` below `root`, if it stays there.
fn below(root: &Path, relative: &str) -> Result<PathBuf, StoreError> {
    use std::path::Component;
    let path = Path::new(relative);
    let stays = path.components().all(|part| matches!(part, Component::Normal(_)));
    if stays && !relative.is_empty() && !relative.contains(['\n', '\\']) {
        Ok(root.join(path))
    } else {
        Err(StoreError::Outside(relative.to_owned()))
    }
}

/// The name of a file beside `run.json` that says that the run is certified, and in which bundle.
pub const CERTIFIED: &str = "certified";
const LOCK: &str = ".lock";
const RUN: &str = "run.json";
const SUMS: &str = "SHA256SUMS";
const INPUTS: &str = "inputs";
const TIMELINE: &str = "timeline.jsonl";
const CAPTURE: &str = "capture.pcapng";
const CONSOLE: &str = "console.log";

#[cfg(test)]
mod tests;
