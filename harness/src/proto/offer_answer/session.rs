//! The audio session that an offer and its answer agree on.

use super::security::Keys;
use crate::proto::transport::literal;
use crate::wire::sdp::{self, Codec, Direction, Media};
use std::net::SocketAddr;
use std::time::Duration;

/// The audio session that an offer and its answer agree on, seen from our end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Session {
    /// Where our RTP goes.
    pub remote_rtp: SocketAddr,
    /// Where our RTCP goes: the port of media where both say `a=rtcp-mux`; else `a=rtcp`, else one
    /// port above.
    pub remote_rtcp: SocketAddr,
    /// Which port of ours reports go from.
    pub rtcp_port: RtcpPort,
    /// The encoding: the first of the answer.
    pub codec: Codec,
    /// Its payload types; `codec.payload_type` is the one sent.
    pub payload_types: PayloadTypes,
    /// The payload types of RFC 4733 events, where both have them.
    pub telephone_event: Option<PayloadTypes>,
    /// Whether we send and receive.
    pub direction: Direction,
    /// How much audio one packet of ours carries: what the peer asks for, else 20 ms.
    pub ptime: Duration,
    /// What secures it, if anything does.
    pub keys: Option<Keys>,
}

/// Which port the reports of a stream go over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RtcpPort {
    /// One of their own.
    Own,
    /// That of media (RFC 5761).
    Media,
}

/// A payload type may differ by direction: each side names what it wants to receive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PayloadTypes {
    /// In packets that we send.
    pub sent: u8,
    /// In packets that we receive.
    pub received: u8,
}

/// Who wrote the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answerer {
    /// The end whose session it is.
    Us,
    /// The other end.
    Them,
}

impl Answerer {
    /// The same, seen from the other end.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Us => Self::Them,
            Self::Them => Self::Us,
        }
    }
}

impl Session {
    /// What `ours` and `theirs` agree on; `None` if there is no audio in it.
    pub fn agree(ours: &sdp::Session, theirs: &sdp::Session, answerer: Answerer) -> Option<Self> {
        //= RFC 3264 §6
        let (our_audio, their_audio) =
            ours.media.iter().zip(&theirs.media).find(|(us, them)| {
                [us, them].iter().all(|media| media.kind == "audio" && media.port != 0)
            })?;
        let (offer, answer) = match answerer {
            Answerer::Us => (their_audio, our_audio),
            Answerer::Them => (our_audio, their_audio),
        };
        let in_both = answer.codecs().into_iter().filter(|codec| has(offer, codec));
        let common: Vec<Codec> = in_both.collect();
        let payload_types = |codec: &Codec| {
            let number = |media: &Media| {
                media.codecs().into_iter().find(|other| other.is_same_encoding(codec))
            };
            Some(PayloadTypes {
                sent: number(their_audio)?.payload_type,
                received: number(our_audio)?.payload_type,
            })
        };
        let is_event = |codec: &&Codec| codec.is("telephone-event");
        let codec = common.iter().find(|codec| !is_event(codec) && !codec.is("CN"))?;
        let types = payload_types(codec)?;
        let connection = their_audio.connection.as_ref()?;
        let address = literal(&connection.address)?;
        //= RFC 5761 §5.1.1
        let muxed = [our_audio, their_audio].iter().all(|media| media.multiplexes());
        let rtcp_port = if muxed { RtcpPort::Media } else { RtcpPort::Own };
        let rtcp = their_audio.rtcp_port().filter(|_| !muxed).unwrap_or(their_audio.port);
        let ptime = their_audio.ptime().filter(|&ptime| (1..=1_000).contains(&ptime));
        Some(Self {
            remote_rtp: SocketAddr::new(address, their_audio.port),
            remote_rtcp: SocketAddr::new(address, rtcp),
            rtcp_port,
            codec: Codec { payload_type: types.sent, ..codec.clone() },
            payload_types: types,
            telephone_event: common.iter().find(is_event).and_then(payload_types),
            direction: both(
                our_audio.direction,
                their_audio.direction.reversed(),
                connection.is_hold(),
            ),
            ptime: Duration::from_millis(ptime.unwrap_or(20).into()),
            keys: Keys::agree(our_audio, their_audio, answerer),
        })
    }
}

/// Whether `media` has the encoding of `codec`.
pub(super) fn has(media: &Media, codec: &Codec) -> bool {
    media.codecs().iter().any(|other| other.is_same_encoding(codec))
}

/// What two descriptions allow us, both seen from our end.
const fn both(ours: Direction, theirs: Direction, hold: bool) -> Direction {
    let sends = ours.sends() && theirs.sends() && !hold;
    match (sends, ours.receives() && theirs.receives()) {
        (true, true) => Direction::SendRecv,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::RecvOnly,
        (false, false) => Direction::Inactive,
    }
}
