//! Session descriptions and the offer/answer exchange: RFC 8866, RFC 3264, for one audio stream.

mod answer;
mod description;

pub(crate) use description::Description;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use crate::audio::Codec;
use crate::defects::{Defect, Defects};
use crate::rtcp::extended::Wanted;
use crate::sdes::{Pair, Security};
use crate::settings::Settings;

/// Which way media flows, seen from the one who says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    /// Both ways.
    SendRecv,
    /// Out only.
    SendOnly,
    /// In only.
    RecvOnly,
    /// Neither way.
    Inactive,
}

/// What both sides agreed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Agreed {
    /// The codec that the device sends.
    pub(crate) codec: Codec,
    /// The payload type that the device sends it with.
    pub(crate) payload_type: u8,
    /// How much audio a packet of the device carries.
    pub(crate) ptime: Duration,
    /// Payload types that may come in.
    pub(crate) incoming: Vec<(u8, Codec)>,
    /// Payload types of telephone events, if both know them.
    pub(crate) events: Option<Events>,
    /// Where RTP goes; port 0 where the stream is off.
    pub(crate) rtp: SocketAddr,
    /// Where RTCP goes; where RTP goes, if they share a port (RFC 5761).
    pub(crate) rtcp: SocketAddr,
    /// Which way media flows, seen from the device.
    pub(crate) direction: Direction,
    /// The extended reports that the other side asks for.
    pub(crate) xr: Wanted,
    /// What secures it, if anything does.
    pub(crate) keys: Option<Box<Pair>>,
    /// The `m=` lines of the session, each but that of the audio as it was refused.
    pub(crate) streams: Vec<Option<String>>,
}

/// Payload types of telephone events: each side names what it wants to receive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Events {
    /// With which the device sends them.
    pub(crate) sent: u8,
    /// With which they come.
    pub(crate) received: u8,
}

/// The device's own end of a session.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    /// Where it receives RTP.
    pub(crate) rtp: SocketAddr,
    /// Codecs that it offers, preferred first.
    pub(crate) codecs: Vec<Codec>,
    /// Codecs that it takes where others offer them.
    pub(crate) accepted: Vec<Codec>,
    /// Session identifier of `o=`.
    pub(crate) session: u32,
    /// Session version of `o=`; one more for each description that differs.
    pub(crate) version: u32,
    /// Whether its offers want reports at the port of media.
    pub(crate) mux: bool,
    /// How it secures media.
    pub(crate) security: Security,
    pub(crate) defects: Defects,
}

/// What the `m=` line of the audio and the lines below it say.
struct Audio<'a> {
    profile: &'a str,
    codecs: &'a [(u8, Codec)],
    events: Option<u8>,
    direction: Direction,
    /// Further attributes.
    lines: &'a [String],
}

impl Direction {
    const fn attribute(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn from_attribute(name: &str) -> Option<Self> {
        let all = [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive];
        all.into_iter().find(|direction| direction.attribute() == name)
    }

    const fn reversed(self) -> Self {
        match self {
            Self::SendRecv => Self::SendRecv,
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::Inactive => Self::Inactive,
        }
    }

    /// Whether media comes to the one who says it.
    pub(crate) const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// Whether media leaves the one who says it.
    pub(crate) const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }
}

impl Agreed {
    /// Whether the stream is off, both ways and for reports.
    pub(crate) const fn is_off(&self) -> bool {
        self.rtp.port() == 0
    }

    /// Whether reports share the port of media.
    pub(crate) fn shares_port(&self) -> bool {
        self.rtcp == self.rtp
    }
}

impl Local {
    /// What describes this end next, with these settings: one version later.
    //= RFC 3264 §8
    pub(crate) fn next(&self, settings: &Settings) -> Self {
        let mut next = self.clone();
        (next.codecs, next.accepted) = (settings.codecs.clone(), settings.accepted());
        next.version += 1;
        next.security.again = true;
        next
    }

    /// The device's own offer, over the streams that the session has had, if it has.
    pub(crate) fn offer(&self, direction: Direction, session: Option<&Agreed>) -> String {
        let mut codecs = self.numbers();
        let alone = codecs.len() > 1 && self.defects.has(Defect::OFFER_NARROW);
        codecs.truncate(if alone { 1 } else { codecs.len() });
        if self.defects.has(Defect::OFFER_DISORDERED) {
            codecs.sort_by_key(|&(number, _)| number);
        }
        let moved = session.is_some() && self.defects.has(Defect::REOFFER_RENUMBERS);
        let (profile, mut lines) = (self.security.profile(), self.security.offer());
        //= RFC 5761 §5.1.1
        let muxed = self.mux || session.is_some_and(Agreed::shares_port);
        if muxed && !self.defects.has(Defect::MUX_OFFER_SILENT) {
            lines.push("rtcp-mux".to_owned());
        }
        let conflict = self.mux && self.defects.has(Defect::MUX_TYPE_CONFLICTS);
        let audio = Audio {
            profile,
            codecs: &codecs,
            events: Some(if conflict { 72 } else { EVENTS + u8::from(moved) }),
            direction,
            lines: &lines,
        };
        let mut text = self.head("0 0");
        //= RFC 3264 §8
        let streams = session.map_or(&[][..], |agreed| agreed.streams.as_slice());
        if streams.len() > 1 && !self.defects.has(Defect::REOFFER_DROPS_STREAMS) {
            for stream in streams {
                match stream {
                    Some(refused) => text.push_str(refused),
                    None => self.audio(&mut text, &audio),
                }
            }
        } else {
            self.audio(&mut text, &audio);
        }
        self.misprint(text)
    }

    /// The codecs of its offers, with their payload types.
    fn numbers(&self) -> Vec<(u8, Codec)> {
        let mut free = (DYNAMIC..128).filter(|&number| number != EVENTS);
        let number = |&codec: &Codec| Some((codec.payload_type().or_else(|| free.next())?, codec));
        self.codecs.iter().filter_map(number).collect()
    }

    /// What a device with one of these defects offers.
    fn misprint(&self, text: String) -> String {
        let swaps: [(Defect, &str, String); 4] = [
            (Defect::OFFER_TIME_NOW, "t=0 0", "t=3976214400 3976218000".to_owned()),
            (Defect::OFFER_WITHOUT_TIME, "t=0 0\r\n", String::new()),
            (Defect::OFFER_NAME_EMPTY, "s=-", "s=".to_owned()),
            (
                Defect::ORIGIN_TOO_LARGE,
                "o=intercom ",
                "o=intercom 18446744073709551615 18446744073709551615 IN IP4 192.0.2.1\r\n"
                    .to_owned(),
            ),
        ];
        let mut text = text;
        for (defect, from, to) in swaps {
            if !self.defects.has(defect) {
                continue;
            }
            text = if from.starts_with("o=") {
                let lines = text.split_inclusive('\n');
                lines.map(|line| if line.starts_with(from) { to.as_str() } else { line }).collect()
            } else {
                text.replacen(from, &to, 1)
            };
        }
        text
    }

    fn head(&self, time: &str) -> String {
        let Self { rtp, session, version, .. } = self;
        let ip = rtp.ip();
        let family =
            if rtp.is_ipv6() && !self.defects.has(Defect::IP6_CALLED_IP4) { "IP6" } else { "IP4" };
        format!(
            "v=0\r\no=intercom {session} {version} IN {family} {ip}\r\ns=-\r\n\
             c=IN {family} {ip}\r\nt={time}\r\n"
        )
    }

    fn audio(&self, text: &mut String, audio: &Audio<'_>) {
        let Audio { profile, codecs, events, direction, lines } = audio;
        let formats: Vec<_> = codecs.iter().map(|&(pt, _)| pt).chain(*events).collect();
        let formats: Vec<_> = formats.iter().map(ToString::to_string).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "m=audio {} {profile} {}\r\n", self.rtp.port(), formats.join(" "));
        for (payload_type, codec) in *codecs {
            let _ = write!(text, "a=rtpmap:{payload_type} {}\r\n", codec.encoding());
        }
        if let Some(events) = events {
            if !self.defects.has(Defect::DYNAMIC_WITHOUT_RTPMAP) {
                let _ = write!(text, "a=rtpmap:{events} telephone-event/8000\r\n");
            }
            let _ = write!(text, "a=fmtp:{events} 0-15\r\n");
        }
        let ptime = if self.defects.has(Defect::PTIME_ZERO) { 0 } else { 20 };
        let _ = write!(text, "a=ptime:{ptime}\r\na={}\r\n", direction.attribute());
        for line in *lines {
            let _ = write!(text, "a={line}\r\n");
        }
    }
}

/// The payload type that the device's own offers give telephone events.
const EVENTS: u8 = 101;

/// The first dynamic payload type.
const DYNAMIC: u8 = 96;

#[cfg(test)]
mod tests;
