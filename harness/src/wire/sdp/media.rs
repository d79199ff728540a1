//! One `m=` line and what follows it.

use super::{Attribute, Codec, Connection, Crypto};
use std::fmt;
use std::ops::Range;

/// A media description as received: RFC 4566 §5.14.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Media {
    /// The kind, such as `audio`.
    pub kind: String,
    /// The port; 0 rejects or ends the stream (RFC 3264 §6).
    pub port: u16,
    /// The transport, such as `RTP/AVP`.
    pub protocol: String,
    /// The formats as written, in order of preference.
    pub formats: Vec<String>,
    /// The connection of this stream: its own, else that of the session.
    pub connection: Option<Connection>,
    /// The direction of this stream: its own, else that of the session, else `sendrecv`.
    pub direction: Direction,
    /// The `a=` lines.
    pub attributes: Vec<Attribute>,
    /// Where the `m=` line stands in the body.
    pub at: Range<usize>,
}

impl Media {
    /// Whether the port says that the stream is rejected or ended.
    pub const fn is_rejected(&self) -> bool {
        self.port == 0
    }

    /// The formats that are payload types, in order.
    pub fn payload_types(&self) -> Vec<u8> {
        self.formats.iter().filter_map(|f| f.parse().ok()).filter(|&pt: &u8| pt < 128).collect()
    }

    /// What each payload type stands for, in order; those that nothing explains are left out.
    pub fn codecs(&self) -> Vec<Codec> {
        self.payload_types().into_iter().filter_map(|pt| self.codec(pt)).collect()
    }

    /// What `payload_type` stands for: its `rtpmap`, else the static table; with its `fmtp`.
    pub fn codec(&self, payload_type: u8) -> Option<Codec> {
        let word = payload_type.to_string();
        let codec =
            self.all("rtpmap").find_map(|attribute| attribute.value_for(&word)).map_or_else(
                || Codec::of_static(payload_type),
                |encoding| Codec::read(payload_type, encoding),
            )?;
        Some(Codec { fmtp: self.fmtp(payload_type).map(str::to_owned), ..codec })
    }

    /// The codec called `name`, in any case.
    pub fn codec_named(&self, name: &str) -> Option<Codec> {
        self.codecs().into_iter().find(|codec| codec.is(name))
    }

    /// The format parameters of `payload_type`, as written.
    pub fn fmtp(&self, payload_type: u8) -> Option<&str> {
        let word = payload_type.to_string();
        self.all("fmtp").find_map(|attribute| attribute.value_for(&word))
    }

    /// The packet time asked for, in milliseconds.
    pub fn ptime(&self) -> Option<u32> {
        self.number("ptime")
    }

    /// The keys of SRTP that are offered or answered, in order.
    pub fn cryptos(&self) -> Vec<Crypto> {
        let values = self.all("crypto").map(|it| it.value.as_deref().unwrap_or_default());
        values.map(Crypto::read).collect()
    }

    /// What is wrong with those lines, each by itself and together.
    pub fn crypto_flaws(&self) -> Vec<String> {
        let mut tags = Vec::new();
        let mut flaws = Vec::new();
        for crypto in self.cryptos() {
            flaws.extend(crypto.flaws);
            //= RFC 4568 §4.1
            if tags.contains(&crypto.tag) {
                flaws.push(format!("the tag `{}` stands twice", crypto.tag));
            }
            tags.push(crypto.tag);
        }
        flaws
    }

    /// The port for RTCP: that of `a=rtcp` (RFC 3605), else the next above the RTP port.
    pub fn rtcp_port(&self) -> Option<u16> {
        self.number("rtcp").or_else(|| self.port.checked_add(1).filter(|_| self.port != 0))
    }

    /// Whether reports are to come to the port of media: `a=rtcp-mux` (RFC 5761 §5.1.1).
    pub fn multiplexes(&self) -> bool {
        self.attribute("rtcp-mux").is_some()
    }

    /// The first attribute called `name`.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.all(name).next()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.is(name))
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.value.as_deref()?.split_whitespace().next()?.parse().ok()
    }
}

/// Who sends: RFC 3264 §5.1. Seen from the one whose description it is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Direction {
    /// Both send.
    #[default]
    SendRecv,
    /// Only the writer sends.
    SendOnly,
    /// Only the reader sends.
    RecvOnly,
    /// Nobody sends; RTCP still flows.
    Inactive,
}

impl Direction {
    /// The direction that `attribute` names, if it names one.
    pub fn of(attribute: &Attribute) -> Option<Self> {
        let known = [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive];
        known
            .into_iter()
            .find(|direction| attribute.value.is_none() && attribute.is(direction.name()))
    }

    /// The name of the attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// Whether the writer sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the writer receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same stream seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::SendRecv | Self::Inactive => self,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
