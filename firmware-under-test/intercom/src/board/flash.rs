//! The board's flash: a small memory that survives a power cut.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// What the flash has room for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
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

/// The flash at a block device, or at none: such a board forgets.
#[derive(Clone, Debug)]
pub(super) struct Flash(PathBuf);

impl Flash {
    /// The board's flash.
    pub(super) fn on_board() -> Self {
        Self(PathBuf::from("/dev/vda"))
    }

    /// Writes `text`, and returns when it can no longer be lost.
    ///
    /// # Errors
    ///
    /// `text` is too long, or the flash is worn out. That there is none is no error.
    pub(super) fn store(&self, place: Place, text: &str) -> io::Result<()> {
        let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        // One write, so that a power cut leaves the old or the new.
        let stored = [MAGIC.as_slice(), &length.to_le_bytes(), text.as_bytes()].concat();
        if u64::try_from(stored.len()).is_ok_and(|length| length > BLOCK) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let file = match OpenOptions::new().write(true).open(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        file.write_all_at(&stored, place.offset())?;
        file.sync_all()
    }

    /// What was last stored, or `None` where that is nothing that can be read.
    pub(super) fn load(&self, place: Place) -> Option<String> {
        let mut block = vec![0; usize::try_from(BLOCK).ok()?];
        File::open(&self.0).ok()?.read_exact_at(&mut block, place.offset()).ok()?;
        let (length, text) = block.strip_prefix(MAGIC.as_slice())?.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        String::from_utf8(text.get(..length)?.to_vec()).ok()
    }
}

/// The size of a block, and so of the longest text, bytes.
const BLOCK: u64 = 4096;
/// What tells written flash from blank.
const MAGIC: [u8; 4] = *b"RTF1";

#[cfg(test)]
mod tests {
    use super::*;

    /// A flash in a file, with `content` at its beginning.
    fn flash(name: &str, content: &[u8]) -> Flash {
        let path = std::env::temp_dir().join(format!("intercom-{name}-{}", std::process::id()));
        let mut bytes = content.to_vec();
        bytes.resize(8192, 0);
        std::fs::write(&path, bytes).unwrap();
        Flash(path)
    }

    #[test]
    fn blank_or_damaged_flash_holds_nothing() {
        for content in [&b""[..], b"door", b"RTF1\xFF\xFF\0\0door", b"RTF1\x02\0\0\0\xFF\xFF"] {
            let flash = flash("damaged", content);
            assert_eq!(flash.load(Place::Settings), None, "{content:?}");
            std::fs::remove_file(flash.0).unwrap();
        }
    }

    #[test]
    fn what_is_stored_replaces_what_was_and_nothing_else() {
        let flash = flash("written", b"");
        flash.store(Place::Cause, "command").unwrap();
        flash.store(Place::Settings, "codecs pcmu pcma").unwrap();
        flash.store(Place::Settings, "codecs pcma").unwrap();
        assert!(flash.store(Place::Settings, &"x".repeat(5000)).is_err());
        assert_eq!(flash.load(Place::Settings).as_deref(), Some("codecs pcma"));
        assert_eq!(flash.load(Place::Cause).as_deref(), Some("command"));
        std::fs::remove_file(flash.0).unwrap();
    }

    #[test]
    fn a_board_without_flash_forgets_and_does_not_mind() {
        let none = Flash(PathBuf::from("/nonexistent/flash"));
        none.store(Place::Settings, "codecs pcma").unwrap();
        assert_eq!(none.load(Place::Settings), None);
    }
}
