//! Reads what the project keeps of its coverage, and writes the lists of what is open.

use super::project::{Mistake, parse, text, texts};
use crate::coverage::Books;
use crate::coverage::citation::Citation;
use crate::coverage::ledger::Ledger;
use crate::coverage::purpose::Purpose;
use crate::coverage::reason::Reason;
use std::fs;
use std::path::Path;

impl Books {
    /// Reads them below the folder `root` of the project.
    ///
    /// # Errors
    ///
    /// A file that can't be read, and what is wrong with it.
    pub fn read(root: &Path) -> Result<Self, Mistake> {
        let mut reasons: Vec<Reason> = Vec::new();
        for (name, text) in texts(&root.join(REASONS), "yaml")? {
            reasons.extend(parse::<Vec<Reason>>(Path::new(REASONS).join(name), &text)?);
        }
        let table = text(&root.join(PURPOSES))?;
        let etsi = parse(root.join(ETSI_REASONS), &text(&root.join(ETSI_REASONS))?)?;
        Ok(Self {
            groups: parse(root.join(GROUPS), &text(&root.join(GROUPS))?)?,
            citations: citations(root)?,
            requirements: Ledger { reasons, open: open(root, OPEN)? },
            purposes: Purpose::table(&table).map_err(|what| Mistake::new(PURPOSES, what))?,
            etsi: Ledger { reasons: etsi, open: open(root, ETSI_OPEN)? },
        })
    }

    /// Writes the lists of what is open.
    ///
    /// # Errors
    ///
    /// A file that can't be written.
    pub fn write_open(&self, root: &Path) -> Result<(), Mistake> {
        for (name, ledger) in [(OPEN, &self.requirements), (ETSI_OPEN, &self.etsi)] {
            let path = root.join(name);
            fs::write(&path, ledger.open.to_string())
                .map_err(|error| Mistake::new(&path, error))?;
        }
        Ok(())
    }
}

fn open<T: std::str::FromStr<Err = String>>(root: &Path, name: &str) -> Result<T, Mistake> {
    let path = root.join(name);
    text(&path)?.parse().map_err(|what| Mistake::new(&path, what))
}

/// The citations in the code of the harness and of the reference device, where their sources are.
fn citations(root: &Path) -> Result<Vec<Citation>, Mistake> {
    let mut found = Vec::new();
    for folder in CODE.iter().filter(|folder| root.join(folder).is_dir()) {
        for (name, text) in texts(&root.join(folder), "rs")? {
            found.extend(Citation::all(&format!("{folder}/{name}"), &text));
        }
    }
    Ok(found)
}

const GROUPS: &str = "fixtures/coverage/groups.yaml";
const REASONS: &str = "fixtures/coverage/reasons";
const OPEN: &str = "fixtures/coverage/open.txt";
const PURPOSES: &str = "fixtures/etsi/purposes.tsv";
const ETSI_REASONS: &str = "fixtures/etsi/reasons.yaml";
const ETSI_OPEN: &str = "fixtures/etsi/open.txt";
const CODE: [&str; 2] = ["harness/src", "firmware-under-test/intercom/src"];
