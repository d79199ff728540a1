//! Captures made elsewhere: pcap and pcapng, block by block, from bytes that the caller reads.
//!
//! [`Reader`] takes what there is of a file and says what comes next in it; whoever owns the file
//! reads on when [`Next::More`] says so, and memory holds no more than one block. Damage ends the
//! reading and is told with its place: everything before it has been handed out by then.
//!
//! Blocks are read here and not by `pcap-parser`, which writes ours: it refuses resolutions that are
//! powers of two and reads `if_tsoffset` in one byte order only.

pub mod fragments;
pub mod packet;
mod pcap;
mod pcapng;
pub mod segments;

pub use fragments::Fragments;
pub use packet::{Content, Packet, Passed, Plain};
pub use segments::Segments;

use crate::time::Tick;
use std::fmt;

/// What a frame begins with: the `LINKTYPE_` of pcap.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Link(pub u16);

/// One captured frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'b> {
    /// Its place among the frames of the file, counted from 1 as Wireshark does.
    pub number: u64,
    /// When it was captured: nanoseconds since 1970-01-01 UTC. A frame without a time has that of
    /// the one before it.
    pub at: Tick,
    /// What it begins with.
    pub link: Link,
    /// What was captured of it.
    pub bytes: &'b [u8],
    /// How long it was on the wire.
    pub length: usize,
}

/// What comes next in a capture, and how many bytes of the buffer it takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next<'b> {
    /// A frame.
    Frame(Frame<'b>, usize),
    /// Secrets of TLS, in the format of a key log.
    Secrets(&'b [u8], usize),
    /// Nothing that is of interest here.
    Other(usize),
    /// As many bytes in all are needed to go on.
    More(usize),
}

/// Where and how a capture is damaged. What stands before it is sound.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damage {
    /// The place in the file, in bytes.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.what)
    }
}

/// Reads a capture from its first byte on.
#[derive(Debug, Default)]
pub struct Reader {
    format: Format,
    /// How many bytes came before the buffer.
    offset: u64,
    frames: u64,
    last: Tick,
}

#[derive(Debug, Default)]
enum Format {
    /// Nothing has been read.
    #[default]
    Unknown,
    Pcap(pcap::Pcap),
    Pcapng(pcapng::Pcapng),
}

impl Reader {
    /// What comes next, of a buffer that begins where the last answer ended.
    ///
    /// # Errors
    ///
    /// Where the file is damaged, or is no capture. Reading on makes no sense.
    #[inline]
    pub fn next<'b>(&mut self, buffer: &'b [u8]) -> Result<Next<'b>, Damage> {
        if let Format::Pcap(pcap) = &self.format
            && let Some((frame, length)) = pcap.whole(buffer)
        {
            self.frames += 1;
            self.last = frame.at;
            self.offset += u64::try_from(length).unwrap_or(u64::MAX);
            return Ok(Next::Frame(Frame { number: self.frames, ..frame }, length));
        }
        self.other(buffer)
    }

    /// What comes next, unless it is a whole record of pcap.
    fn other<'b>(&mut self, buffer: &'b [u8]) -> Result<Next<'b>, Damage> {
        if let Format::Unknown = self.format {
            let Some(&magic) = buffer.first_chunk::<4>() else { return Ok(Next::More(4)) };
            self.format = match pcap::Magic::of(magic) {
                Some(magic) => {
                    let Some((pcap, length)) = pcap::Pcap::read(magic, buffer) else {
                        return Ok(Next::More(pcap::HEADER));
                    };
                    self.format = Format::Pcap(pcap);
                    return Ok(self.took(Next::Other(length)));
                }
                None if magic == pcapng::SECTION => Format::Pcapng(pcapng::Pcapng::default()),
                None => return Err(self.damage(not_a_capture(buffer))),
            };
        }
        let next = match &mut self.format {
            Format::Unknown => Ok(Next::More(4)),
            Format::Pcap(pcap) => pcap.missing(buffer),
            Format::Pcapng(pcapng) => pcapng.next(buffer),
        };
        match next {
            Ok(next) => Ok(self.took(next)),
            Err(what) => Err(self.damage(what)),
        }
    }

    /// What it means that the file ends with `rest` unread, if that means anything.
    pub fn end(&self, rest: &[u8]) -> Option<Damage> {
        let what = match &self.format {
            Format::Unknown if rest.is_empty() => "the file is empty".to_owned(),
            Format::Unknown => not_a_capture(rest),
            Format::Pcap(_) | Format::Pcapng(_) if rest.is_empty() => return None,
            Format::Pcap(_) | Format::Pcapng(_) => format!(
                "the file ends after {} of the bytes of what follows frame {}; it was cut, or is \
                 still being written",
                rest.len(),
                self.frames
            ),
        };
        Some(self.damage(what))
    }

    /// How many frames there were.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// How many bytes have been read.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    #[inline]
    fn took<'b>(&mut self, mut next: Next<'b>) -> Next<'b> {
        let length = match &mut next {
            Next::Frame(frame, length) => {
                self.frames += 1;
                frame.number = self.frames;
                if frame.at == UNSTAMPED {
                    frame.at = self.last;
                } else {
                    self.last = frame.at;
                }
                *length
            }
            Next::Secrets(_, length) | Next::Other(length) => *length,
            Next::More(_) => 0,
        };
        self.offset += u64::try_from(length).unwrap_or(u64::MAX);
        next
    }

    fn damage(&self, what: String) -> Damage {
        Damage { offset: self.offset, what }
    }
}

/// What a file is that is no capture, where that can be told.
fn not_a_capture(bytes: &[u8]) -> String {
    let is = |magic: &[u8]| bytes.starts_with(magic);
    if is(&[0x1f, 0x8b]) {
        "it is packed by gzip; unpack it first: gunzip".to_owned()
    } else if is(&[0x28, 0xb5, 0x2f, 0xfd]) {
        "it is packed by zstd; unpack it first: unzstd".to_owned()
    } else if is(b"BZh") || is(&[0xfd, b'7', b'z', b'X', b'Z']) {
        "it is packed; unpack it first".to_owned()
    } else {
        "it is neither pcap nor pcapng: it does not begin like one".to_owned()
    }
}

/// A number in the byte order of the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let &bytes = bytes.get(at..)?.first_chunk()?;
        Some(if self == Self::Big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    #[inline]
    fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let &bytes = bytes.get(at..)?.first_chunk()?;
        Some(if self == Self::Big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let &bytes = bytes.get(at..)?.first_chunk()?;
        Some(if self == Self::Big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// A length or count, which fits where memory does.
    fn length(self, bytes: &[u8], at: usize) -> Option<usize> {
        usize::try_from(self.u32(bytes, at)?).ok()
    }
}

/// The time of a frame that has none.
const UNSTAMPED: Tick = Tick::from_nanos(u64::MAX);
/// More than this in one frame no link carries; Wireshark's limit for USB is 128 MiB, all else is
/// 256 KiB.
const LONGEST_FRAME: usize = 16 * 1024 * 1024;

#[cfg(test)]
pub(crate) mod tests;
