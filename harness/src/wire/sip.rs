//! SIP messages as received: exact bytes, and views of them.

pub mod auth;
pub mod cseq;
pub mod framer;
pub mod header;
pub mod media_type;
pub mod name_addr;
mod names;
mod option_tag;
mod reader;
pub mod start_line;
mod survey;
mod typed;
pub mod via;
mod views;

pub use auth::AuthParams;
pub use cseq::CSeq;
pub use framer::{Frame, FrameKind, Framer};
pub use header::Header;
pub use media_type::MediaType;
pub use name_addr::NameAddr;
pub(in crate::wire) use names::compact_name;
pub use names::long_name;
pub use option_tag::is_registered;
pub use reader::message_length;
pub use start_line::StartLine;
pub use via::Via;
pub use views::RAck;

use super::defect::Defect;
use std::ops::Range;
use std::sync::OnceLock;

/// One SIP message as it was received.
///
/// [`read`](Self::read) never fails: a datagram that is not SIP at all has
/// [`StartLine::Unreadable`], perhaps no header fields, and defects. Typed views are read from the
/// bytes on each call, and defects are looked for when they are first asked for: most messages are read
/// by somebody whom they do not matter to.
#[derive(Clone, Debug)]
pub struct Message {
    bytes: Vec<u8>,
    start: StartLine,
    start_at: Range<usize>,
    headers: Vec<Header>,
    body_at: Range<usize>,
    /// What was wrong with its frame.
    framing: Vec<Defect>,
    defects: OnceLock<Vec<Defect>>,
}

/// All that there is to a message is in its bytes.
impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Message {}

impl Message {
    /// Reads one datagram, or one message that a [`Framer`] has cut from a stream.
    pub fn read(datagram: &[u8]) -> Self {
        reader::read(datagram)
    }

    /// The datagram, byte for byte.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The start line.
    pub const fn start(&self) -> &StartLine {
        &self.start
    }

    /// Where the start line stands, without its line ending.
    pub const fn start_at(&self) -> &Range<usize> {
        &self.start_at
    }

    /// What is wrong with the message, in the order of the bytes.
    pub fn defects(&self) -> &[Defect] {
        self.defects.get_or_init(|| {
            let mut defects = self.framing.clone();
            defects.append(&mut survey::survey(self));
            defects.sort_by_key(|defect| (defect.at.start, defect.code));
            defects
        })
    }

    /// Whether the start line is a request line.
    pub const fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// Whether the start line is a status line.
    pub const fn is_response(&self) -> bool {
        matches!(self.start, StartLine::Response { .. })
    }

    /// The method of the request line; `None` for a response.
    pub fn method(&self) -> Option<&str> {
        match &self.start {
            StartLine::Request { method, .. } => Some(method),
            StartLine::Response { .. } | StartLine::Unreadable => None,
        }
    }

    /// The Request-URI as written; `None` for a response.
    pub fn request_uri(&self) -> Option<&str> {
        match &self.start {
            StartLine::Request { uri, .. } => Some(uri),
            StartLine::Response { .. } | StartLine::Unreadable => None,
        }
    }

    /// The status code; 65,535 stands for anything too large. `None` for a request.
    pub const fn status(&self) -> Option<u16> {
        match &self.start {
            StartLine::Response { status, .. } => Some(*status),
            StartLine::Request { .. } | StartLine::Unreadable => None,
        }
    }

    /// The reason phrase, which may be empty; `None` for a request.
    pub fn reason(&self) -> Option<&str> {
        match &self.start {
            StartLine::Response { reason, .. } => Some(reason),
            StartLine::Request { .. } | StartLine::Unreadable => None,
        }
    }

    /// The version in the first line, as written.
    pub fn version(&self) -> Option<&str> {
        match &self.start {
            StartLine::Request { version, .. } | StartLine::Response { version, .. } => {
                Some(version)
            }
            StartLine::Unreadable => None,
        }
    }

    /// The header fields as written, in order.
    pub fn headers(&self) -> impl Iterator<Item = &Header> {
        self.headers.iter()
    }

    /// The whole value of the first header field `name`, unfolded.
    ///
    /// `name` may be long or compact, in any case. A comma-separated list is not split here;
    /// [`values`](Self::values) does that.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.fields(name).next().map(|header| header.value.as_str())
    }

    /// The header fields called `name`, long or compact, in order.
    pub fn fields(&self, name: &str) -> impl Iterator<Item = &Header> {
        let name = long_name(name);
        self.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name))
    }

    /// Every value of `name`, in order.
    ///
    /// A field whose grammar is a list is split at its commas, with respect for quotes and angle
    /// brackets, and empty elements are left out; any other field is one value.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.fields(name).flat_map(Header::values).collect()
    }

    /// The body, as long as `Content-Length` says and the datagram has.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(self.body_at.clone()).unwrap_or_default()
    }

    /// Where the body stands in the datagram.
    pub const fn body_at(&self) -> &Range<usize> {
        &self.body_at
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod torture;
