//! Capture files, read in large pieces.

use crate::evidence::capture::{Damage, Next, Reader};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A capture that tells nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file can't be opened or read.
    #[error("it can't be read: {0}")]
    Unread(io::Error),
    /// It is no capture.
    #[error("{0}")]
    Foreign(String),
}

/// What was read of a capture.
#[derive(Clone, Debug)]
pub struct Extent {
    /// How many bytes.
    pub bytes: u64,
    /// Where it is damaged, if it is.
    pub damage: Option<Damage>,
}

/// Reads a capture from beginning to end, or to where it is damaged; `-` is the standard input.
///
/// # Errors
///
/// The file can't be read, or is no capture.
pub fn read(path: &Path, mut each: impl FnMut(&Next<'_>)) -> Result<Extent, Unreadable> {
    let mut file: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(Unreadable::Unread)?)
    };
    let mut reader = Reader::default();
    let mut buffer = vec![0; PIECE];
    let (mut from, mut to) = (0, 0);
    let damage = loop {
        let ready = buffer.get(from..to).unwrap_or_default();
        match reader.next(ready) {
            Ok(Next::More(needed)) => {
                let left = to - from;
                buffer.copy_within(from..to, 0);
                (from, to) = (0, left);
                if buffer.len() < needed {
                    buffer.resize(needed.next_multiple_of(PIECE), 0);
                }
                let room = buffer.get_mut(to..).unwrap_or_default();
                let count = fill(&mut *file, room).map_err(Unreadable::Unread)?;
                to += count;
                if count == 0 {
                    break reader.end(buffer.get(..to).unwrap_or_default());
                }
            }
            Ok(ref next) => {
                from += match next {
                    Next::Frame(_, length) | Next::Secrets(_, length) | Next::Other(length) => {
                        *length
                    }
                    Next::More(_) => 0,
                };
                each(next);
            }
            Err(damage) => break Some(damage),
        }
    };
    match damage {
        Some(damage) if damage.offset == 0 => Err(Unreadable::Foreign(damage.what)),
        damage => Ok(Extent { bytes: reader.offset(), damage }),
    }
}

/// Reads once; a signal is no end.
fn fill(file: &mut dyn Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Large enough that calls do not count, small enough to leave most of a core's cache to what is known of streams.
const PIECE: usize = 128 * 1024;
