//! What a run owns, on disk, so that the next one can clear up after a harness that was killed.

use crate::rig::fault::Fault;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// The record of what this run owns. Removed, with what is recorded, when dropped.
#[derive(Debug)]
pub struct Janitor {
    file: PathBuf,
    owned: Owned,
}

impl Janitor {
    /// Clears up what killed runs left in `folder`, and begins this run's record there.
    ///
    /// Returns also what was cleared up, in words.
    ///
    /// # Errors
    ///
    /// The folder cannot be read or written.
    pub fn start(folder: &Path) -> Result<(Self, Vec<String>), Fault> {
        let at = |error: io::Error| {
            let remedy = "may we write there, and is there room on the disk?";
            Fault::new("reports", format!("keep a record in {}", folder.display()), error, remedy)
        };
        fs::create_dir_all(folder).map_err(at)?;
        let cleared = clear(folder).map_err(at)?;
        let own = Identity::of(process::id()).ok_or_else(|| at(io::ErrorKind::NotFound.into()))?;
        let file = folder.join(format!("{PREFIX}{}.json", own.pid));
        let owned = Owned { owner: own, processes: BTreeSet::new(), paths: BTreeSet::new() };
        let this = Self { file, owned };
        this.save()?;
        Ok((this, cleared))
    }

    /// Records a process that we started. One that is gone already is not recorded.
    ///
    /// # Errors
    ///
    /// The record cannot be written.
    pub fn own_process(&mut self, pid: u32) -> Result<(), Fault> {
        self.owned.processes.extend(Identity::of(pid));
        self.save()
    }

    /// Records a socket, file or folder that is only ours and of use only to this run.
    ///
    /// # Errors
    ///
    /// The record cannot be written.
    pub fn own_path(&mut self, path: &Path) -> Result<(), Fault> {
        self.owned.paths.insert(path.to_owned());
        self.save()
    }

    fn save(&self) -> Result<(), Fault> {
        let fault = |cause: String| {
            let doing = format!("write {}", self.file.display());
            Fault::new(
                "reports",
                doing,
                cause,
                "may we write there, and is there room on the disk?",
            )
        };
        let text = serde_json::to_vec(&self.owned).map_err(|error| fault(error.to_string()))?;
        // Written beside and moved over: a harness killed between the two leaves the old record.
        let beside = self.file.with_extension("new");
        fs::write(&beside, text).map_err(|error| fault(error.to_string()))?;
        fs::rename(&beside, &self.file).map_err(|error| fault(error.to_string()))
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        self.owned.clear();
        // The next start does what is left undone here.
        let _removed = fs::remove_file(&self.file);
    }
}

/// What a run owns.
#[derive(Debug, Deserialize, Serialize)]
struct Owned {
    owner: Identity,
    processes: BTreeSet<Identity>,
    paths: BTreeSet<PathBuf>,
}

impl Owned {
    /// Ends and removes what is still there, and says what that was.
    fn clear(&self) -> Vec<String> {
        let mut cleared = Vec::new();
        for process in &self.processes {
            if process.is_alive() && process.kill() {
                cleared.push(format!("process {}", process.pid));
            }
        }
        for path in &self.paths {
            let removed =
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            if removed.is_ok() {
                cleared.push(path.display().to_string());
            }
        }
        cleared
    }
}

/// A process, told from a later one with the same number by when it started.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
struct Identity {
    pid: u32,
    /// Clock ticks since the machine booted: field 22 of `/proc/PID/stat`.
    started: u64,
}

impl Identity {
    fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some(Self { pid, started: started(&stat)? })
    }

    fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Ends the process; `false` where it was gone already.
    fn kill(self) -> bool {
        let pid = i32::try_from(self.pid).map(Pid::from_raw);
        pid.is_ok_and(|pid| kill(pid, Signal::SIGKILL) != Err(Errno::ESRCH))
    }
}

/// When a process started, from its `stat`. Its name, in parentheses, may hold anything.
fn started(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    // One that is dead and waits to be reaped owns nothing any more.
    if after_name.trim_start().starts_with('Z') {
        return None;
    }
    after_name.split_whitespace().nth(FIELDS_BETWEEN)?.parse().ok()
}

/// Clears up after every run recorded in `folder` whose harness is gone, and says what was there.
fn clear(folder: &Path) -> io::Result<Vec<String>> {
    let mut cleared = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with(PREFIX) {
            continue;
        }
        let owned =
            fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Owned>(&text).ok());
        match owned {
            Some(owned) if owned.owner.is_alive() => continue,
            Some(owned) => cleared.extend(owned.clear()),
            // Not ours to guess from: a record that cannot be read names nothing.
            None => cleared.push(format!("an unreadable record, {}", path.display())),
        }
        fs::remove_file(&path)?;
    }
    Ok(cleared)
}

/// How the names of records begin. Hidden: they lie among the reports.
const PREFIX: &str = ".running-";
/// Fields of `/proc/PID/stat` between the name and the start time.
const FIELDS_BETWEEN: usize = 19;

#[cfg(test)]
mod tests;
