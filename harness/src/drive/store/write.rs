//! Writing the folder of a run.

use super::sums::Sums;
use super::{CAPTURE, CONSOLE, INPUTS, RUN, SUMS, StoreError, TIMELINE, below};
use crate::evidence::point::RolePoint;
use crate::evidence::record::{CaseRecord, Ended, RunRecord};
use crate::evidence::timeline::{Entry, Timeline};
use crate::evidence::{console, jsonl, pcapng, wav};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of a run in progress.
#[derive(Debug)]
pub struct RunFolder {
    root: PathBuf,
    record: RunRecord,
    sums: Sums,
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
        let this = Self { root, record, sums: Sums::default() };
        this.write_record()?;
        this.write_sums()?;
        link_latest(reports, &this.record.id)?;
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

    /// Keeps a copy of a text that the run was made from: a scenario (`scenarios/…`), `device.yaml`,
    /// `rig.yaml`, the catalogue.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or was kept before with other content.
    pub fn keep_input(&mut self, name: &str, text: &[u8]) -> Result<(), StoreError> {
        let name = format!("{INPUTS}/{name}");
        match self.sums.agree(&name, text) {
            Some(true) => Ok(()),
            Some(false) => Err(StoreError::Twice(name)),
            None => {
                self.keep(&name, text)?;
                self.write_sums()
            }
        }
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

    /// Ends a case that was begun: stores its record, and makes the files that its timeline
    /// implies.
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
        self.sums.insert(RUN, text.as_bytes());
        self.write_sums()?;
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
