//! Well-formed session descriptions.

use super::{Attribute, Codec, Direction};
use core::net::IpAddr;
use std::fmt;

/// A session description that is being written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionDraft {
    /// Where media is wanted; also the origin address.
    pub address: IpAddr,
    /// The session id of `o=`.
    pub session_id: u64,
    /// The session version of `o=`.
    pub version: u64,
    /// The media, in order. An answer has as many as its offer (RFC 3264 §6).
    pub media: Vec<MediaDraft>,
}

impl SessionDraft {
    /// A description without media.
    pub const fn new(address: IpAddr, session_id: u64) -> Self {
        Self { address, session_id, version: session_id, media: Vec::new() }
    }

    /// The same description with one more stream.
    #[must_use]
    pub fn with(mut self, media: MediaDraft) -> Self {
        self.media.push(media);
        self
    }

    /// The description as bytes.
    pub fn build(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

impl fmt::Display for SessionDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, session_id, version, media } = self;
        let family = if address.is_ipv4() { "IP4" } else { "IP6" };
        write!(f, "v=0\r\no=- {session_id} {version} IN {family} {address}\r\ns=-\r\n")?;
        write!(f, "c=IN {family} {address}\r\nt=0 0\r\n")?;
        media.iter().try_for_each(|media| media.fmt(f))
    }
}

/// One stream of a description that is being written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MediaDraft {
    /// The kind, such as `audio`.
    pub kind: String,
    /// The port; 0 rejects or ends the stream.
    pub port: u16,
    /// The transport, such as `RTP/AVP`.
    pub protocol: String,
    /// The codecs, best first.
    pub codecs: Vec<Codec>,
    /// Formats that are not payload types, or whose meaning is not known: of a rejected stream.
    pub formats: Vec<String>,
    /// Who sends.
    pub direction: Direction,
    /// The packet time asked for, in milliseconds.
    pub ptime: Option<u32>,
    /// Further attributes.
    pub attributes: Vec<Attribute>,
}

impl MediaDraft {
    /// An audio stream over `RTP/AVP` in both directions.
    pub fn audio(port: u16, codecs: Vec<Codec>) -> Self {
        Self {
            kind: "audio".to_owned(),
            port,
            protocol: "RTP/AVP".to_owned(),
            codecs,
            formats: Vec::new(),
            direction: Direction::default(),
            ptime: None,
            attributes: Vec::new(),
        }
    }

    /// The refusal of `offered`: RFC 3264 §6 wants its kind, transport and a format, and port 0.
    pub fn rejecting(offered: &super::Media) -> Self {
        Self {
            kind: offered.kind.clone(),
            protocol: offered.protocol.clone(),
            formats: offered.formats.clone(),
            ..Self::audio(0, Vec::new())
        }
    }
}

impl fmt::Display for MediaDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.protocol)?;
        for codec in &self.codecs {
            write!(f, " {}", codec.payload_type)?;
        }
        for format in &self.formats {
            write!(f, " {format}")?;
        }
        f.write_str("\r\n")?;
        for codec in &self.codecs {
            write!(f, "a=rtpmap:{} {codec}\r\n", codec.payload_type)?;
            if let Some(fmtp) = &codec.fmtp {
                write!(f, "a=fmtp:{} {fmtp}\r\n", codec.payload_type)?;
            }
        }
        if let Some(ptime) = self.ptime {
            write!(f, "a=ptime:{ptime}\r\n")?;
        }
        if self.port != 0 {
            write!(f, "a={}\r\n", self.direction)?;
        }
        self.attributes.iter().try_for_each(|attribute| write!(f, "a={attribute}\r\n"))
    }
}
