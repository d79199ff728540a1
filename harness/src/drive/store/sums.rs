//! `SHA256SUMS`, in the form that `sha256sum --check` reads.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The sums of the files of a run, by their path below its folder.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Sums(BTreeMap<String, String>);

impl Sums {
    /// Reads the file; the error is the line that is not one.
    pub(super) fn read(text: &str) -> Result<Self, usize> {
        let mut sums = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let (sum, path) = line.split_once("  ").ok_or(index + 1)?;
            if sum.len() != 64 || !sum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(index + 1);
            }
            sums.insert(path.to_owned(), sum.to_ascii_lowercase());
        }
        Ok(Self(sums))
    }

    pub(super) fn insert(&mut self, path: &str, bytes: &[u8]) {
        self.0.insert(path.to_owned(), sum(bytes));
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// Takes out every file below a folder.
    pub(super) fn remove_below(&mut self, folder: &str) {
        self.0.retain(|path, _| !is_below(path, folder));
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, (path, sum)| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{sum}  {path}");
            text
        })
    }

    /// Whether `bytes` are what stood at `path`; `None` where it is not listed.
    pub(super) fn agree(&self, path: &str, bytes: &[u8]) -> Option<bool> {
        self.0.get(path).map(|listed| *listed == sum(bytes))
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Whether a path is that of a file below a folder.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The SHA-256 of `bytes` in hexadecimal.
fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
