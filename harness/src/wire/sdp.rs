//! SDP as received: exact lines, and a view of what they say (RFC 4566, RFC 3264).
//!
//! As with SIP, reading never fails: a line that cannot be read is kept and listed as a defect, and
//! the rest is read as if it were not there.

pub mod attribute;
pub mod codec;
pub mod crypto;
pub mod draft;
pub mod edit;
pub mod media;
mod reader;

pub use attribute::Attribute;
pub use codec::Codec;
pub use crypto::Crypto;
pub use draft::{MediaDraft, SessionDraft};
pub use media::{Direction, Media};

use super::defect::Defect;
use std::fmt;
use std::ops::Range;

/// A session description as received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Session {
    /// The `o=` line, if it can be read.
    pub origin: Option<Origin>,
    /// The `s=` line.
    pub name: Option<String>,
    /// The `c=` line before the first `m=`, if it can be read.
    pub connection: Option<Connection>,
    /// The direction given before the first `m=`; `sendrecv` if none is.
    pub direction: Direction,
    /// The `a=` lines before the first `m=`.
    pub attributes: Vec<Attribute>,
    /// The `m=` lines, each with what follows it.
    pub media: Vec<Media>,
    bytes: Vec<u8>,
    lines: Vec<Line>,
    defects: Vec<Defect>,
}

impl Session {
    /// Reads a body. Places in defects and lines count from the start of the body.
    pub fn read(body: &[u8]) -> Self {
        reader::read(body)
    }

    /// The body, byte for byte.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The lines as written, in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What is wrong with the description, in the order of the bytes.
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// The first `m=` line of `kind`, such as `audio`.
    pub fn first(&self, kind: &str) -> Option<&Media> {
        self.media.iter().find(|media| media.kind.eq_ignore_ascii_case(kind))
    }

    /// The first `m=audio` line.
    pub fn audio(&self) -> Option<&Media> {
        self.first("audio")
    }

    /// The session-level attribute `name`.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.is(name))
    }
}

/// One line as received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What stands before `=`; `None` if the line is not `letter=value`.
    pub letter: Option<char>,
    /// What stands after `=`, or the whole line; bytes that are not UTF-8 are replaced.
    pub value: String,
    /// Where the line stands in the body, without its line ending.
    pub at: Range<usize>,
}

/// The `o=` line: RFC 4566 §5.2.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// The user name; `-` if the host has none.
    pub username: String,
    /// The session id, as written: digits, but of any length.
    pub session_id: String,
    /// The session version, as written. RFC 3264 §8 has it rise by one with each change.
    pub version: String,
    /// `IP4` or `IP6`.
    pub address_type: String,
    /// The address of the machine that made the session.
    pub address: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { username, session_id, version, address_type, address } = self;
        write!(f, "{username} {session_id} {version} IN {address_type} {address}")
    }
}

/// The `c=` line: RFC 4566 §5.7.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Connection {
    /// `IP4` or `IP6`.
    pub address_type: String,
    /// The address or name, without the TTL and count of multicast.
    pub address: String,
}

impl Connection {
    /// Whether the address is the 0.0.0.0 that RFC 2543 put a call on hold with.
    pub fn is_hold(&self) -> bool {
        self.address == "0.0.0.0"
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IN {} {}", self.address_type, self.address)
    }
}

#[cfg(test)]
mod tests;
