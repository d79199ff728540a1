//! The board's flash: a small memory that survives a power cut.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What the flash has room for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// What the device remembers through a power cut.
    Settings,
    /// Why it last reset itself, until it has booted again.
    Cause,
}

impl Place {
    /// Where it begins, bytes. Each lies in a block of its own.
    const fn offset(self) -> u64 {
        match self {
            Self::Settings => 0,
            Self::Cause => BLOCK,
        }
    }
}

/// Writes `text`, and returns when it can no longer be lost.
///
/// # Errors
///
/// The board has no flash, or `text` is too long for it.
pub(crate) fn store(place: Place, text: &str) -> io::Result<()> {
    store_to(Path::new(FLASH), place, text)
}

/// What was last stored, or `None` where that is nothing, or where the board has no flash.
pub(crate) fn load(place: Place) -> Option<String> {
    load_from(&File::open(FLASH).ok()?, place)
}

fn store_to(flash: &Path, place: Place, text: &str) -> io::Result<()> {
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    // One write, so that a power cut leaves the old or the new.
    let stored = [MAGIC.as_slice(), &length.to_le_bytes(), text.as_bytes()].concat();
    if u64::try_from(stored.len()).is_ok_and(|length| length > BLOCK) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let file = OpenOptions::new().write(true).open(flash)?;
    file.write_all_at(&stored, place.offset())?;
    file.sync_all()
}

fn load_from(flash: &File, place: Place) -> Option<String> {
    let mut block = vec![0; usize::try_from(BLOCK).ok()?];
    flash.read_exact_at(&mut block, place.offset()).ok()?;
    let (length, text) = block.strip_prefix(MAGIC.as_slice())?.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    String::from_utf8(text.get(..length)?.to_vec()).ok()
}

/// The block device of the flash.
const FLASH: &str = "/dev/vda";
/// The size of a block, and so of the longest text, bytes.
const BLOCK: u64 = 4096;
/// What tells written flash from blank.
const MAGIC: [u8; 4] = *b"RTF1";

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A flash in a file, with `content` at its beginning.
    fn flash(name: &str, content: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("intercom-{name}-{}", std::process::id()));
        let mut bytes = content.to_vec();
        bytes.resize(8192, 0);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn loaded(path: &Path, place: Place) -> Option<String> {
        load_from(&File::open(path).unwrap(), place)
    }

    #[test]
    fn blank_or_damaged_flash_holds_nothing() {
        for content in [&b""[..], b"door", b"RTF1\xFF\xFF\0\0door", b"RTF1\x02\0\0\0\xFF\xFF"] {
            let path = flash("damaged", content);
            assert_eq!(loaded(&path, Place::Settings), None, "{content:?}");
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn what_is_stored_replaces_what_was_and_nothing_else() {
        let path = flash("written", b"");
        store_to(&path, Place::Cause, "command").unwrap();
        store_to(&path, Place::Settings, "codecs pcmu pcma").unwrap();
        store_to(&path, Place::Settings, "codecs pcma").unwrap();
        assert!(store_to(&path, Place::Settings, &"x".repeat(5000)).is_err());
        assert_eq!(loaded(&path, Place::Settings).as_deref(), Some("codecs pcma"));
        assert_eq!(loaded(&path, Place::Cause).as_deref(), Some("command"));
        std::fs::remove_file(path).unwrap();
    }
}
