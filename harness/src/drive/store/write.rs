//! Writing the folder of a run.

use super::read::{Opened, open};
use super::sums::{Sums, is_below};
use super::{CAPTURE, CONSOLE, INPUTS, LOCK, RUN, SUMS, StoreError, TIMELINE, below};
use crate::evidence::point::RolePoint;
use crate::evidence::record::{CaseRecord, Ended, RunRecord};
use crate::evidence::timeline::{Entry, Timeline};
use crate::evidence::{console, jsonl, pcapng, wav};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of a run in progress.
#[derive(Debug)]
pub struct RunFolder {
    root: PathBuf,
    record: RunRecord,
    sums: Sums,
    /// Held as long as the run goes on; the kernel lets go of it with the process.
    lock: Flock<File>,
}

impl RunFolder {
    /// Makes the folder of a new run below `reports`, named by the record's id, and points the link
    /// `latest` at it.
    ///
    /// # Errors
    ///
    /// If the folder is there already or cannot be written.
    pub fn create(reports: &Path, record: RunRecord) -> Result<Self, StoreError> {
        let root = below(reports, &record.id)?;
        fs::create_dir_all(reports).map_err(StoreError::io("create", reports))?;
        if root.exists() {
            return Err(StoreError::Exists(root));
        }
        fs::create_dir(&root).map_err(StoreError::io("create", &root))?;
        let lock = lock(&root)?;
        let this = Self { root, record, sums: Sums::default(), lock };
        this.write_record()?;
        this.write_sums()?;
        link_latest(reports, &this.record.id)?;
        Ok(this)
    }

    /// Opens the folder of a run that was interrupted or killed, to go on with it.
    ///
    /// A case that did not come to its end is taken out, evidence and all: it is to run anew.
    ///
    /// # Errors
    ///
    /// If the run still goes on, or the folder cannot be read or written.
    pub fn reopen(root: &Path) -> Result<Self, StoreError> {
        let lock = lock(root)?;
        let Opened { mut record, mut sums } = open(root)?;
        sums.remove(RUN);
        let half = |case: &CaseRecord| case.ended == Ended::Interrupted;
        let (cut, whole): (Vec<_>, Vec<_>) = record.cases.into_iter().partition(half);
        record.cases = whole;
        for case in &cut {
            sums.remove_below(&case.folder);
        }
        let this = Self { root: root.to_owned(), record, sums, lock };
        // The record first: killed in between, it names nothing that is not there.
        this.write_record()?;
        this.write_sums()?;
        for case in cut {
            let folder = below(&this.root, &case.folder)?;
            fs::remove_dir_all(&folder).map_err(StoreError::io("remove", &folder))?;
        }
        Ok(this)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The record, as it stands.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Keeps copies of what the run was made from, by name: scenarios (`scenarios/…`), `device.yaml`,
    /// `rig.yaml`, the catalogue. Until all are there, the folder says that it has none.
    ///
    /// # Errors
    ///
    /// If one cannot be written, or was kept before with other content.
    pub fn keep_inputs<'a>(
        &mut self,
        inputs: impl IntoIterator<Item = (String, &'a [u8])>,
    ) -> Result<(), StoreError> {
        for (name, text) in inputs {
            let name = format!("{INPUTS}/{name}");
            match self.sums.agree(&name, text) {
                Some(true) => {}
                Some(false) => return Err(StoreError::Twice(name)),
                None => self.keep(&name, text)?,
            }
        }
        self.write_sums()
    }

    /// Begins a case. Until it is finished, the stored run says that it was interrupted.
    ///
    /// # Errors
    ///
    /// If its folder cannot be written.
    pub fn begin_case(&mut self, mut record: CaseRecord) -> Result<CaseFiles, StoreError> {
        let folder = below(&self.root, &record.folder)?;
        fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
        let path = folder.join(TIMELINE);
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(StoreError::io("create", &path))?;
        record.ended = Ended::Interrupted;
        self.record.cases.push(record);
        self.write_record()?;
        Ok(CaseFiles { path, file })
    }

    /// Takes finished cases over from the folder of another run, with all that its sums list of them.
    ///
    /// # Errors
    ///
    /// If a file is not what its sum says, or cannot be read or written.
    pub fn adopt_cases(&mut self, from: &Path, cases: &[CaseRecord]) -> Result<(), StoreError> {
        let Opened { sums, .. } = open(from)?;
        for case in cases {
            for name in sums.paths().filter(|name| is_below(name, &case.folder)) {
                let path = below(from, name)?;
                let bytes = fs::read(&path).map_err(StoreError::io("read", &path))?;
                if sums.agree(name, &bytes) != Some(true) {
                    return Err(StoreError::malformed(&path, &"it was changed after its run"));
                }
                self.keep(name, &bytes)?;
            }
            self.record.cases.push(case.clone());
        }
        self.write_sums()?;
        self.write_record()
    }

    /// Ends a case that was begun: stores its record, and makes the files that its timeline implies.
    ///
    /// # Errors
    ///
    /// If one of them cannot be written.
    pub fn finish_case(
        &mut self,
        files: CaseFiles,
        record: CaseRecord,
        timeline: &Timeline,
    ) -> Result<(), StoreError> {
        let folder = record.folder.clone();
        let path = files.path;
        files.file.sync_data().map_err(StoreError::io("write", &path))?;
        let written = fs::read(&path).map_err(StoreError::io("read", &path))?;
        self.sums.insert(&format!("{folder}/{TIMELINE}"), &written);
        let application = format!("ringtrue {}", self.record.ringtrue);
        let capture = pcapng::capture(&record, timeline, &application)
            .map_err(|cause| StoreError::encode(CAPTURE, &cause))?;
        self.keep(&format!("{folder}/{CAPTURE}"), &capture)?;
        self.keep(&format!("{folder}/{CONSOLE}"), console::log(timeline).as_bytes())?;
        for point in &record.points {
            let Some((_, RolePoint::Rtp)) = point.pco.role() else { continue };
            let Some(heard) = wav::heard(timeline, point.pco) else { continue };
            let name = wav::file_name(point);
            let bytes = wav::encode(&heard).map_err(|cause| StoreError::encode(&name, &cause))?;
            self.keep(&format!("{folder}/{name}"), &bytes)?;
        }
        self.write_sums()?;
        // Several lanes have each a case in progress.
        match self.record.cases.iter_mut().find(|case| case.folder == folder) {
            Some(begun) => *begun = record,
            None => self.record.cases.push(record),
        }
        self.write_record()
    }

    /// Changes what the record says of the run as a whole, such as the calibration.
    ///
    /// # Errors
    ///
    /// If the record cannot be written.
    pub fn amend(&mut self, change: impl FnOnce(&mut RunRecord)) -> Result<(), StoreError> {
        change(&mut self.record);
        self.write_record()
    }

    /// Ends the run: from now on a change of its record, too, shows on reading.
    ///
    /// # Errors
    ///
    /// If the sums cannot be written.
    pub fn seal(mut self) -> Result<PathBuf, StoreError> {
        let text = self.record_text()?;
        // The sum stands for the bytes that are there.
        self.write_record()?;
        self.sums.insert(RUN, text.as_bytes());
        self.write_sums()?;
        let path = self.root.join(LOCK);
        fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        drop(self.lock);
        Ok(self.root)
    }

    fn keep(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = below(&self.root, name)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(StoreError::io("create", parent))?;
        }
        fs::write(&path, bytes).map_err(StoreError::io("write", &path))?;
        self.sums.insert(name, bytes);
        Ok(())
    }

    fn record_text(&self) -> Result<String, StoreError> {
        let text = serde_json::to_string_pretty(&self.record)
            .map_err(|cause| StoreError::encode(RUN, &cause))?;
        Ok(text + "\n")
    }

    fn write_record(&self) -> Result<(), StoreError> {
        replace(&self.root.join(RUN), self.record_text()?.as_bytes())
    }

    fn write_sums(&self) -> Result<(), StoreError> {
        replace(&self.root.join(SUMS), self.sums.text().as_bytes())
    }
}

/// The timeline of a case in progress.
#[derive(Debug)]
pub struct CaseFiles {
    path: PathBuf,
    file: File,
}

impl CaseFiles {
    /// Stores entries; on return they survive the end of the process, however it ends.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn append(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut lines = String::new();
        for entry in entries {
            let line = jsonl::line(entry);
            let what = || format!("entry {}", entry.seq.0);
            lines.push_str(&line.map_err(|cause| StoreError::encode(what(), &cause))?);
        }
        self.file.write_all(lines.as_bytes()).map_err(StoreError::io("write", &self.path))
    }
}

/// Whether a run goes on in this folder.
///
/// # Errors
///
/// If the operating system refuses to tell.
pub fn is_in_progress(root: &Path) -> Result<bool, StoreError> {
    let path = root.join(LOCK);
    if !path.exists() {
        return Ok(false);
    }
    match lock(root) {
        Ok(_) => Ok(false),
        Err(StoreError::InProgress(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Takes the folder of a run for this process.
fn lock(root: &Path) -> Result<Flock<File>, StoreError> {
    let path = root.join(LOCK);
    let file = File::create(&path).map_err(StoreError::io("create", &path))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, cause)| {
        if cause == Errno::EWOULDBLOCK {
            return StoreError::InProgress(root.to_owned());
        }
        StoreError::io("lock", &path)(cause.into())
    })
}

/// Writes a file so that a reader sees the old or the new content, never a part.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside).map_err(StoreError::io("write", &beside))?;
    file.write_all(bytes).map_err(StoreError::io("write", &beside))?;
    file.sync_data().map_err(StoreError::io("write", &beside))?;
    fs::rename(&beside, path).map_err(StoreError::io("replace", path))
}

/// Points `latest` at the run; a file of that name that is not a link is left alone.
fn link_latest(reports: &Path, id: &str) -> Result<(), StoreError> {
    let link = reports.join("latest");
    let is_link = fs::symlink_metadata(&link).map(|about| about.file_type().is_symlink());
    if let Ok(false) = is_link {
        return Ok(());
    }
    let beside = reports.join(".latest.new");
    let _ = fs::remove_file(&beside);
    std::os::unix::fs::symlink(id, &beside).map_err(StoreError::io("link", &beside))?;
    fs::rename(&beside, &link).map_err(StoreError::io("link", &link))
}
