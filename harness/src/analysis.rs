//! What a capture made elsewhere shows: SIP dialogs, the RTP streams that they describe and those that
//! nothing describes, digits, and the figures of it all.
//!
//! [`Analyser`] takes a capture frame by frame and keeps, of each stream, what its figures need and no
//! packet; so memory grows with the number of dialogs and streams and not with the length of the
//! capture. The figures are made by the same parts of [`crate::check::measure`] that judge live runs.

pub mod control;
mod described;
pub mod dialog;
pub mod digits;
mod signalling;
pub mod stream;
mod tally;

pub use control::Control;
pub use dialog::{Dialog, Message};
pub use digits::{Digit, Way};
pub use stream::{Ear, Payload, Stream};
pub use tally::Tally;

use crate::evidence::capture::segments::Part;
use crate::evidence::capture::{
    Content, Damage, Fragments, Frame, Packet, Passed, Plain, Segments,
};
use crate::time::Tick;
use crate::wire::Transport;
use crate::wire::classify::{Kind, classify};
use crate::wire::sdp::crypto::Offered;
use control::Reports;
use described::Described;
use signalling::Signalling;
use std::net::SocketAddr;
use stream::Media;

/// What is wanted of an analysis beyond what a capture says itself.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Ports to or from which everything that can be RTP is RTP.
    pub rtp_ports: Vec<u16>,
    /// What payload types stand for where no session description says: `111=opus/48000`.
    pub payloads: Vec<crate::wire::sdp::Codec>,
    /// Keys of SRTP that no session description has, as those of DTLS-SRTP.
    pub keys: Vec<Offered>,
    /// What is done with the sound.
    pub ear: Ear,
}

/// Everything that a capture shows.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// What there was in the file, and what was passed over.
    pub tally: Tally,
    /// When the first frame was captured.
    pub began: Tick,
    /// When the last was.
    pub ended: Tick,
    /// Where the file is damaged, if it is.
    pub damage: Option<Damage>,
    /// The dialogs, in the order in which they began.
    pub dialogs: Vec<Dialog>,
    /// The streams, in the order in which they began.
    pub streams: Vec<Stream>,
    /// The digits, in the order in which they began.
    pub digits: Vec<Digit>,
}

/// Analyses a capture frame by frame.
#[derive(Debug, Default)]
pub struct Analyser {
    tally: Tally,
    began: Option<Tick>,
    ended: Tick,
    fragments: Fragments,
    segments: Segments,
    signalling: Signalling,
    described: Described,
    media: Media,
    reports: Reports,
}

impl Analyser {
    /// An analysis that has seen nothing.
    pub fn new(wishes: Wishes) -> Self {
        let media = Media::new(wishes.ear);
        let described = Described::new(wishes);
        Self { described, media, ..Self::default() }
    }

    /// Takes the next frame.
    #[inline]
    pub fn frame(&mut self, frame: &Frame<'_>) {
        self.began = Some(self.began.map_or(frame.at, |began| began.min(frame.at)));
        self.ended = self.ended.max(frame.at);
        self.tally.frames += 1;
        if let Some(plain) = Plain::read(frame)
            && self.media.expects(frame.at, &plain, &self.described)
        {
            return;
        }
        self.unexpected(frame);
    }

    /// Takes a frame that is not the next of a stream that is known and plain.
    fn unexpected(&mut self, frame: &Frame<'_>) {
        match Packet::read(frame) {
            Ok(packet) => self.packet(frame.at, frame.number, &packet),
            Err(Passed::Fragment(ip)) => {
                let mut fragments = std::mem::take(&mut self.fragments);
                fragments.add(frame.at, ip, |whole| self.packet(frame.at, frame.number, &whole));
                self.fragments = fragments;
            }
            Err(passed) => self.tally.pass(passed),
        }
    }

    /// Takes secrets of TLS. They are counted: streams in TLS are not decrypted.
    pub fn secrets(&mut self) {
        self.tally.secrets += 1;
    }

    /// Ends the analysis; `damage` is where the file ended before its end.
    pub fn finish(mut self, damage: Option<Damage>) -> Analysis {
        self.tally.fragments = (self.fragments.parts(), self.fragments.joined());
        let dialogs = self.signalling.finish();
        let (mut streams, mut digits) = self.media.finish(&self.described);
        for stream in &mut streams {
            stream.control = self.reports.of(stream.ssrc, stream.from, stream.to, &self.described);
        }
        digits.extend(dialogs.iter().flat_map(digits::in_info));
        digits.sort_by_key(|digit| digit.at);
        Analysis {
            tally: self.tally,
            began: self.began.unwrap_or_default(),
            ended: self.ended,
            damage,
            dialogs,
            streams,
            digits,
        }
    }

    fn packet(&mut self, at: Tick, number: u64, packet: &Packet<'_>) {
        let Packet { from, to, content } = *packet;
        match content {
            Content::Datagram(bytes) => match classify(bytes) {
                Kind::Rtp => self.media.rtp(at, from, to, bytes, &self.described),
                Kind::Rtcp => {
                    self.tally.rtcp += 1;
                    let opened = self.described.control(from, to, bytes);
                    match opened {
                        None => self.tally.rtcp_shut += 1,
                        Some(plain) if self.reports.take(at, from, to, &plain) => {}
                        Some(_) => self.tally.rtcp_broken += 1,
                    }
                }
                Kind::Stun => self.tally.stun += 1,
                Kind::Sip if signalling::is_sip(bytes) => {
                    self.sip(at, number, (from, to), Transport::Udp, bytes);
                }
                Kind::KeepAlive | Kind::Sip | Kind::Unknown => self.tally.other += 1,
            },
            Content::Segment { sequence, opens, ends, bytes } => {
                self.tally.segments += 1;
                for part in self.segments.add((from, to), sequence, opens, ends, bytes) {
                    self.part(at, number, (from, to), part);
                }
            }
        }
    }

    fn part(&mut self, at: Tick, number: u64, way: (SocketAddr, SocketAddr), part: Part) {
        let (wanted, messages) = self.signalling.stream(way, part, &mut self.tally);
        if !wanted {
            self.segments.ignore(&way);
        }
        for message in messages {
            self.sip(at, number, way, Transport::Tcp, &message);
        }
    }

    fn sip(
        &mut self,
        at: Tick,
        number: u64,
        way: (SocketAddr, SocketAddr),
        transport: Transport,
        bytes: &[u8],
    ) {
        self.tally.sip += 1;
        if let Some((dialog, session)) = self.signalling.message(at, number, way, transport, bytes)
        {
            self.described.learn(dialog, &session);
        }
    }
}

#[cfg(test)]
mod tests;
