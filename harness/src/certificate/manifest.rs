//! The list of all files of a bundle with their sums, which is what is signed.
//!
//! ```text
//! ringtrue bundle 1
//! key 9f86…              the SHA-256 of the public key that signs
//! 2c26…  certificate.json
//! …
//! sum 5e88…              the SHA-256 of all lines above
//! ```

use std::collections::BTreeMap;
use std::fmt;

/// The files of a bundle.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Manifest {
    /// The SHA-256 of the public key, in hexadecimal.
    pub key: String,
    /// The SHA-256 of each file, in hexadecimal, by its path.
    pub files: BTreeMap<String, String>,
}

/// What was done to a bundle after it was signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Tampering {
    /// The manifest itself: it is not as it was written.
    Manifest(String),
    /// The manifest is whole, it names this key, and the signature is not that of both.
    Signature,
    /// It was signed with another key.
    OtherKey(String),
    /// The content of the file is another.
    Changed(String),
    /// The file is not there.
    Removed(String),
    /// The manifest does not have the file.
    Added(String),
}

impl fmt::Display for Tampering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest(what) => write!(f, "{MANIFEST} was changed: {what}"),
            Self::Signature => {
                write!(f, "{SIGNATURE} was changed: it is no signature of {MANIFEST} by this key")
            }
            Self::OtherKey(key) => write!(
                f,
                "it was signed with another key, whose SHA-256 is {key}; ask for that public key, or do not trust it"
            ),
            Self::Changed(path) => write!(f, "{path} was changed"),
            Self::Removed(path) => write!(f, "{path} was removed"),
            Self::Added(path) => write!(f, "{path} was added"),
        }
    }
}

impl Manifest {
    /// The text; `sum` gives the SHA-256 of bytes in hexadecimal.
    pub fn text(&self, sum: impl Fn(&[u8]) -> String) -> String {
        let mut text = format!("{HEAD}\nkey {}\n", self.key);
        for (path, sum) in &self.files {
            text.push_str(sum);
            text.push_str("  ");
            text.push_str(path);
            text.push('\n');
        }
        let own = sum(text.as_bytes());
        text.push_str("sum ");
        text.push_str(&own);
        text.push('\n');
        text
    }

    /// Reads the text.
    ///
    /// # Errors
    ///
    /// In which way it is not as it was written.
    pub fn parse(text: &str, sum: impl Fn(&[u8]) -> String) -> Result<Self, Tampering> {
        let wrong = |what: &str| Tampering::Manifest(what.to_owned());
        let body = text.strip_suffix('\n').ok_or_else(|| wrong("it breaks off"))?;
        let (above, last) = body.rsplit_once('\n').ok_or_else(|| wrong("it breaks off"))?;
        let above = format!("{above}\n");
        let own = last.strip_prefix("sum ").ok_or_else(|| wrong("its last line is not its sum"))?;
        if own != sum(above.as_bytes()) {
            return Err(wrong("its lines do not have the sum that it says"));
        }
        let mut lines = above.lines();
        if lines.next() != Some(HEAD) {
            return Err(wrong(&format!("it does not begin with `{HEAD}`")));
        }
        let key = lines.next().and_then(|line| line.strip_prefix("key "));
        let key = key.ok_or_else(|| wrong("it names no key"))?.to_owned();
        let mut files = BTreeMap::new();
        for line in lines {
            let (sum, path) = line.split_once("  ").ok_or_else(|| wrong("a line is no file"))?;
            files.insert(path.to_owned(), sum.to_owned());
        }
        Ok(Self { key, files })
    }

    /// What differs in a folder that has `present`.
    pub fn differences(&self, present: &BTreeMap<String, String>) -> Vec<Tampering> {
        let mut found = Vec::new();
        for (path, sum) in &self.files {
            match present.get(path) {
                None => found.push(Tampering::Removed(path.clone())),
                Some(other) if other != sum => found.push(Tampering::Changed(path.clone())),
                Some(_) => {}
            }
        }
        let added = present.keys().filter(|path| !self.files.contains_key(*path));
        found.extend(added.map(|path| Tampering::Added(path.clone())));
        found
    }
}

/// The name of the list in a bundle.
pub const MANIFEST: &str = "MANIFEST";
/// The name of its signature: 64 bytes of Ed25519.
pub const SIGNATURE: &str = "MANIFEST.sig";
const HEAD: &str = "ringtrue bundle 1";

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands for a sum; what is signed is tried with real ones in the tests of the command.
    fn length(bytes: &[u8]) -> String {
        let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31) ^ u64::from(*byte));
        format!("{sum:x}")
    }

    fn manifest() -> Manifest {
        let files = [("a b.txt", "11"), ("run/run.json", "22")];
        let files = files.map(|(path, sum)| (path.to_owned(), sum.to_owned())).into();
        Manifest { key: "k1".to_owned(), files }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Manifest::parse(&manifest().text(length), length), Ok(manifest()));
    }

    #[test]
    fn each_changed_byte_shows() {
        let text = manifest().text(length);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let read = Manifest::parse(&changed, length);
            assert!(matches!(read, Err(Tampering::Manifest(_))), "byte {at}: {read:?}");
        }
    }

    #[test]
    fn files_that_come_go_and_change_are_named() {
        let present = [("a b.txt", "12"), ("new", "33")];
        let present = present.map(|(path, sum)| (path.to_owned(), sum.to_owned())).into();
        let named: Vec<_> =
            manifest().differences(&present).iter().map(ToString::to_string).collect();
        assert_eq!(named, ["a b.txt was changed", "run/run.json was removed", "new was added"]);
    }
}
