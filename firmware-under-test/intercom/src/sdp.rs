//! Session descriptions and the offer/answer exchange: RFC 4566, RFC 3264, for one audio stream.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::audio::Codec;
use crate::defects::{Defect, Defects};
use crate::sdes::{Choice, Pair, Security};
use crate::settings::Settings;

/// What a description says, as far as the device uses it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Description {
    media: Vec<Stream>,
}

/// One `m=` line and what belongs to it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Stream {
    kind: String,
    port: u16,
    profile: String,
    formats: Vec<String>,
    /// `a=rtpmap`: format and encoding.
    maps: Vec<(String, String)>,
    address: Option<IpAddr>,
    rtcp_port: Option<u16>,
    ptime: Option<u64>,
    direction: Direction,
    /// The values of `a=crypto`.
    cryptos: Vec<String>,
}

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
    /// Payload type of telephone events, if both know them.
    pub(crate) events: Option<u8>,
    /// Where RTP goes.
    pub(crate) rtp: SocketAddr,
    /// Where RTCP goes.
    pub(crate) rtcp: SocketAddr,
    /// Which way media flows, seen from the device.
    pub(crate) direction: Direction,
    /// What secures it, if anything does.
    pub(crate) keys: Option<Box<Pair>>,
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
    /// How it secures media.
    pub(crate) security: Security,
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

impl Description {
    /// Reads a description; `None` if it is not one.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = str::from_utf8(body).ok()?;
        let mut lines = text.lines().filter(|line| !line.is_empty());
        if lines.next()? != "v=0" {
            return None;
        }
        let mut media: Vec<Stream> = Vec::new();
        let (mut address, mut direction) = (None, Direction::SendRecv);
        for line in lines {
            let (kind, value) = line.split_once('=')?;
            match (kind, media.last_mut()) {
                ("m", _) => media.push(Stream::parse(value, address, direction)?),
                ("c", None) => address = Some(parse_address(value)?),
                ("c", Some(stream)) => stream.address = Some(parse_address(value)?),
                ("a", None) => {
                    direction = Direction::from_attribute(value).unwrap_or(direction);
                }
                ("a", Some(stream)) => stream.attribute(value),
                _ => {}
            }
        }
        Some(Self { media })
    }

    /// The answer to this offer and what it agrees; `None` if no audio stream can be had.
    pub(crate) fn answer(&self, local: &Local, defects: &Defects) -> Option<(String, Agreed)> {
        let audio = self.media.iter().enumerate().filter(|(_, stream)| stream.is_audio());
        let mut choices = audio.map(|(at, stream)| {
            (at, stream, local.security.choose(&stream.profile, &stream.cryptos))
        });
        let (at, stream, choice) = choices.find(|(.., choice)| *choice != Choice::Refuse)?;
        let (keys, lines) = match choice {
            Choice::Secure(pair, lines) => (Some(pair), lines),
            Choice::Plain | Choice::Refuse => (None, Vec::new()),
        };
        let mut common = stream.codecs(&local.accepted);
        if defects.has(Defect::CODEC_G711_ONLY) {
            common.retain(|(_, codec)| matches!(codec, Codec::Pcmu | Codec::Pcma));
        }
        if defects.has(Defect::CODEC_OWN_ORDER) {
            common.sort_by_key(|(_, codec)| local.accepted.iter().position(|own| own == codec));
        }
        //= RFC 3264 §6.1
        let mut agreed = stream.agree(&common, stream.direction.reversed(), keys);
        if let Some(agreed) = &mut agreed {
            agreed.ptime = stream.packet_time(defects);
        }
        if agreed.is_none() && !defects.has(Defect::NO_COMMON_CODEC_200) {
            return None;
        }
        let mut text = local.head();
        for (index, other) in self.media.iter().enumerate() {
            match &agreed {
                Some(agreed) if index == at => {
                    let changed = defects.has(Defect::SRTP_PROFILE_CHANGED);
                    let profile = if changed { "RTP/AVP" } else { &stream.profile };
                    local.stream(&mut text, profile, agreed, &lines);
                }
                //= RFC 3264 §6
                _ => {
                    let Stream { kind, profile, formats, .. } = other;
                    let _ = write!(text, "m={kind} 0 {profile} {}\r\n", formats.join(" "));
                }
            }
        }
        if let Some(agreed) = &agreed
            && defects.has(Defect::ANSWER_OTHER_CODEC)
        {
            text = text.replace(&agreed.codec.encoding(), "GSM/8000");
        }
        let agreed =
            agreed.or_else(|| stream.agree(&[(0, Codec::Pcmu)], Direction::Inactive, None));
        Some((text, agreed?))
    }

    /// What this answer to the device's offer agrees; `None` if the stream was refused.
    pub(crate) fn accepted(&self, local: &Local) -> Option<Agreed> {
        let stream = self.media.first().filter(|stream| stream.is_audio())?;
        let keys = match local.security.accepted(&stream.profile, &stream.cryptos) {
            Choice::Refuse => return None,
            Choice::Plain => None,
            Choice::Secure(pair, _) => Some(pair),
        };
        stream.agree(&stream.codecs(&local.codecs), stream.direction.reversed(), keys)
    }
}

impl Stream {
    fn parse(value: &str, address: Option<IpAddr>, direction: Direction) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let kind = words.next()?.to_owned();
        let port = words.next()?.split('/').next()?.parse().ok()?;
        let profile = words.next()?.to_owned();
        let formats = words.map(str::to_owned).collect();
        let (maps, cryptos, rtcp_port, ptime) = (Vec::new(), Vec::new(), None, None);
        Some(Self {
            kind,
            port,
            profile,
            formats,
            maps,
            address,
            rtcp_port,
            ptime,
            direction,
            cryptos,
        })
    }

    fn attribute(&mut self, value: &str) {
        if let Some(map) = value.strip_prefix("rtpmap:") {
            if let Some((format, encoding)) = map.split_once(' ') {
                self.maps.push((format.to_owned(), encoding.trim().to_owned()));
            }
        } else if let Some(rtcp) = value.strip_prefix("rtcp:") {
            let port = rtcp.split(' ').next().unwrap_or_default();
            self.rtcp_port = port.parse().ok();
        } else if let Some(crypto) = value.strip_prefix("crypto:") {
            self.cryptos.push(crypto.to_owned());
        } else if let Some(ptime) = value.strip_prefix("ptime:") {
            self.ptime = ptime.trim().parse().ok();
        } else if let Some(direction) = Direction::from_attribute(value) {
            self.direction = direction;
        }
    }

    fn is_audio(&self) -> bool {
        let known = matches!(self.profile.as_str(), "RTP/AVP" | "RTP/SAVP" | "RTP/SAVPF");
        self.kind == "audio" && known && self.port != 0
    }

    /// The encoding of a format: as mapped, or as RFC 3551 fixes it.
    fn encoding(&self, format: &str) -> String {
        let mapped = self.maps.iter().find(|(f, _)| f == format);
        let fixed = || {
            let number = format.parse().ok();
            let mut all = Codec::ALL.into_iter();
            all.find(|codec| number.is_some() && codec.payload_type() == number)
        };
        match mapped {
            Some((_, encoding)) => encoding.clone(),
            None => fixed().map(Codec::encoding).unwrap_or_default(),
        }
    }

    /// How much audio a packet is to carry: what is asked for, if the device can, else 20 ms.
    //= RFC 3551 §4.2
    fn packet_time(&self, defects: &Defects) -> Duration {
        let asked = self.ptime.filter(|asked| PACKET_TIMES.contains(asked));
        let asked = asked.filter(|_| !defects.has(Defect::PTIME_IGNORED));
        let usual = if defects.has(Defect::PTIME_30) { 30 } else { 20 };
        Duration::from_millis(asked.unwrap_or(usual))
    }

    /// The codecs that both know, in this description's order.
    fn codecs(&self, known: &[Codec]) -> Vec<(u8, Codec)> {
        let codec = |format: &String| {
            let payload_type = format.parse().ok().filter(|&pt: &u8| pt < 128)?;
            let codec = Codec::from_encoding(&self.encoding(format))?;
            known.contains(&codec).then_some((payload_type, codec))
        };
        self.formats.iter().filter_map(codec).collect()
    }

    fn events(&self) -> Option<u8> {
        let named = |f: &&String| self.encoding(f).eq_ignore_ascii_case("telephone-event/8000");
        self.formats.iter().find(named)?.parse().ok()
    }

    fn agree(
        &self,
        common: &[(u8, Codec)],
        direction: Direction,
        keys: Option<Box<Pair>>,
    ) -> Option<Agreed> {
        let &(payload_type, codec) = common.first()?;
        let address = self.address?;
        // A null address is the hold of RFC 2543.
        let direction = match direction {
            Direction::SendRecv if address.is_unspecified() => Direction::RecvOnly,
            Direction::SendOnly if address.is_unspecified() => Direction::Inactive,
            Direction::SendRecv
            | Direction::SendOnly
            | Direction::RecvOnly
            | Direction::Inactive => direction,
        };
        Some(Agreed {
            codec,
            payload_type,
            ptime: self.packet_time(&Defects::default()),
            incoming: common.to_vec(),
            events: self.events(),
            rtp: SocketAddr::new(address, self.port),
            rtcp: SocketAddr::new(address, self.rtcp_port.unwrap_or(self.port.wrapping_add(1))),
            direction,
            keys,
        })
    }
}

impl Local {
    /// The device's own offer.
    pub(crate) fn offer(&self, direction: Direction) -> String {
        let mut text = self.head();
        let mut free = (DYNAMIC..128).filter(|&number| number != EVENTS);
        let number = |&codec: &Codec| Some((codec.payload_type().or_else(|| free.next())?, codec));
        let common: Vec<_> = self.codecs.iter().filter_map(number).collect();
        let (profile, lines) = (self.security.profile(), self.security.offer());
        self.line(&mut text, profile, &common, Some(EVENTS), direction, &lines);
        text
    }

    fn head(&self) -> String {
        let Self { rtp, session, version, .. } = self;
        let ip = rtp.ip();
        let family = if rtp.is_ipv6() { "IP6" } else { "IP4" };
        format!(
            "v=0\r\no=intercom {session} {version} IN {family} {ip}\r\ns=-\r\n\
             c=IN {family} {ip}\r\nt=0 0\r\n"
        )
    }

    fn stream(&self, text: &mut String, profile: &str, agreed: &Agreed, lines: &[String]) {
        self.line(text, profile, &agreed.incoming, agreed.events, agreed.direction, lines);
    }

    fn line(
        &self,
        text: &mut String,
        profile: &str,
        codecs: &[(u8, Codec)],
        events: Option<u8>,
        direction: Direction,
        lines: &[String],
    ) {
        let formats: Vec<_> = codecs.iter().map(|&(pt, _)| pt).chain(events).collect();
        let formats: Vec<_> = formats.iter().map(ToString::to_string).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "m=audio {} {profile} {}\r\n", self.rtp.port(), formats.join(" "));
        for (payload_type, codec) in codecs {
            let _ = write!(text, "a=rtpmap:{payload_type} {}\r\n", codec.encoding());
        }
        if let Some(events) = events {
            let _ = write!(text, "a=rtpmap:{events} telephone-event/8000\r\n");
            let _ = write!(text, "a=fmtp:{events} 0-15\r\n");
        }
        let _ = write!(text, "a=ptime:20\r\na={}\r\n", direction.attribute());
        for line in lines {
            let _ = write!(text, "a={line}\r\n");
        }
    }
}

fn parse_address(value: &str) -> Option<IpAddr> {
    value.split_ascii_whitespace().nth(2)?.split('/').next()?.parse().ok()
}

/// The payload type that the device's own offers give telephone events.
const EVENTS: u8 = 101;

/// The first dynamic payload type.
const DYNAMIC: u8 = 96;

/// What a packet may carry, in milliseconds.
const PACKET_TIMES: [u64; 5] = [10, 20, 30, 40, 60];

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> Local {
        let codecs = vec![Codec::Pcmu, Codec::Pcma];
        let accepted = codecs.clone();
        Local {
            rtp: "192.0.2.1:4000".parse().unwrap(),
            codecs,
            accepted,
            session: 7,
            version: 1,
            security: Security::default(),
        }
    }

    const OFFER: &str = "v=0\r\no=a 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
        m=video 6000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\
        m=audio 5000 RTP/AVP 9 8 0 100\r\na=rtpmap:100 telephone-event/8000\r\na=sendonly\r\n";

    fn answer(offer: &str, defects: &Defects) -> Option<(String, Agreed)> {
        Description::parse(offer.as_bytes()).unwrap().answer(&local(), defects)
    }

    #[test]
    fn the_answer_follows_the_offer() {
        let (text, agreed) = answer(OFFER, &Defects::default()).unwrap();
        insta::assert_snapshot!(text.replace('\r', ""), @"
        v=0
        o=intercom 7 1 IN IP4 192.0.2.1
        s=-
        c=IN IP4 192.0.2.1
        t=0 0
        m=video 0 RTP/AVP 96
        m=audio 4000 RTP/AVP 8 0 100
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:100 telephone-event/8000
        a=fmtp:100 0-15
        a=ptime:20
        a=recvonly
        ");
        assert_eq!((agreed.codec, agreed.events), (Codec::Pcma, Some(100)));
        assert!(!agreed.direction.sends());
        assert_eq!(agreed.rtcp, "192.0.2.2:5001".parse().unwrap());
    }

    #[test]
    fn own_order_is_a_defect() {
        let defects = Defects::default().with(Defect::CODEC_OWN_ORDER);
        assert_eq!(answer(OFFER, &defects).unwrap().1.codec, Codec::Pcmu);
    }

    #[test]
    fn no_common_codec_is_no_answer() {
        let offer = OFFER.replace("9 8 0 100", "9 18");
        assert_eq!(answer(&offer, &Defects::default()), None);
        let defects = Defects::default().with(Defect::NO_COMMON_CODEC_200);
        assert!(answer(&offer, &defects).unwrap().0.contains("m=audio 0 RTP/AVP 9 18"));
    }

    #[test]
    fn a_null_address_holds() {
        let offer =
            OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 0.0.0.0").replace("sendonly", "x");
        let direction = answer(&offer, &Defects::default()).unwrap().1.direction;
        assert_eq!(direction, Direction::RecvOnly);
    }

    #[test]
    fn an_own_offer_is_accepted() {
        let offer = local().offer(Direction::SendRecv);
        let agreed = Description::parse(offer.as_bytes()).unwrap().accepted(&local()).unwrap();
        assert_eq!(agreed.incoming, [(0, Codec::Pcmu), (8, Codec::Pcma)]);
        assert_eq!(agreed.events, Some(101));
    }
}
