//! The folder of a certificate: what it is made from, what it says, and the signature over all of it.
//!
//! ```text
//! certificate.json   what is certified, or why not
//! certificate.txt, .md, .html
//! profile.yaml       by which it was judged
//! run/               the run, as it lies in `reports`
//! probe/             the run of what is not claimed, where there was any
//! MANIFEST           the SHA-256 of each of these files
//! MANIFEST.sig       its Ed25519 signature, 64 bytes
//! ```

use super::project::Mistake;
use super::signing::{PrivateKey, PublicKey};
use super::store::StoreError;
use crate::certificate::manifest::{MANIFEST, Manifest, SIGNATURE, Tampering};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of a bundle that is being made.
#[derive(Debug)]
pub struct Bundle {
    root: PathBuf,
}

impl Bundle {
    /// Makes the folder.
    ///
    /// # Errors
    ///
    /// It is there already, or cannot be made.
    pub fn create(root: &Path) -> Result<Self, StoreError> {
        if root.exists() {
            return Err(StoreError::Exists(root.to_owned()));
        }
        fs::create_dir_all(root).map_err(StoreError::io("create", root))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.root.join(name);
        fs::write(&path, bytes).map_err(StoreError::io("write", &path))
    }

    /// Takes a copy of the folder of a run.
    ///
    /// # Errors
    ///
    /// It cannot be read or written.
    pub fn copy(&self, run: &Path, name: &str) -> Result<(), StoreError> {
        copy(run, &self.root.join(name))
    }

    /// Lists all that is in it, and signs the list.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written.
    pub fn seal(self, key: &PrivateKey) -> Result<PathBuf, StoreError> {
        let manifest = Manifest { key: sha256(key.public().bytes()), files: files(&self.root)? };
        let text = manifest.text(sha256);
        self.write(MANIFEST, text.as_bytes())?;
        self.write(SIGNATURE, &key.sign(text.as_bytes()))?;
        Ok(self.root)
    }
}

/// What was done to a bundle since the owner of a key signed it. Nothing: it is as it was.
///
/// # Errors
///
/// It is no bundle, or a file cannot be read.
pub fn examine(root: &Path, key: &PublicKey) -> Result<Vec<Tampering>, Mistake> {
    let wrong = |error: StoreError| Mistake::new(root, error);
    let present = files(root).map_err(wrong)?;
    let read = |name: &str| match fs::read(root.join(name)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Mistake::new(root.join(name), error)),
    };
    let Some(text) = read(MANIFEST)? else {
        if present.contains_key(CERTIFICATE) {
            return Ok(vec![Tampering::Removed(MANIFEST.to_owned())]);
        }
        return Err(Mistake::new(root, "it is no bundle of a certificate: there is no MANIFEST"));
    };
    let manifest = match std::str::from_utf8(&text) {
        Ok(text) => Manifest::parse(text, sha256),
        Err(_) => Err(Tampering::Manifest("it is no text".to_owned())),
    };
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(tampering) => return Ok(vec![tampering]),
    };
    let mut found = Vec::new();
    match read(SIGNATURE)? {
        None => found.push(Tampering::Removed(SIGNATURE.to_owned())),
        Some(_) if manifest.key != sha256(key.bytes()) => {
            found.push(Tampering::OtherKey(manifest.key.clone()));
        }
        Some(signature) if !key.verifies(&text, &signature) => found.push(Tampering::Signature),
        Some(_) => {}
    }
    found.extend(manifest.differences(&present));
    Ok(found)
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The sums of all files below a folder, but for the list of them and its signature. A link is a file that
/// says where it leads.
fn files(root: &Path) -> Result<BTreeMap<String, String>, StoreError> {
    let mut sums = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).map_err(StoreError::io("read", &folder))? {
            let path = entry.map_err(StoreError::io("read", &folder))?.path();
            let about = fs::symlink_metadata(&path).map_err(StoreError::io("read", &path))?;
            if about.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            if name == MANIFEST || name == SIGNATURE {
                continue;
            }
            let bytes = if about.is_symlink() {
                let to = fs::read_link(&path).map_err(StoreError::io("read", &path))?;
                format!("link to {}", to.display()).into_bytes()
            } else {
                fs::read(&path).map_err(StoreError::io("read", &path))?
            };
            sums.insert(name, sha256(&bytes));
        }
    }
    Ok(sums)
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(to).map_err(StoreError::io("create", to))?;
    for entry in fs::read_dir(from).map_err(StoreError::io("read", from))? {
        let entry = entry.map_err(StoreError::io("read", from))?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(StoreError::io("read", &path))?;
        if kind.is_dir() {
            copy(&path, &to)?;
        } else if kind.is_file() && !entry.file_name().to_string_lossy().starts_with('.') {
            fs::copy(&path, &to).map_err(StoreError::io("copy", &path))?;
        }
    }
    Ok(())
}

/// What a bundle is about.
pub const CERTIFICATE: &str = "certificate.json";
