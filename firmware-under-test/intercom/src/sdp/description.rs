//! What a description of the other side says, as far as the device uses it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::Direction;
use crate::audio::Codec;
use crate::defects::{Defect, Defects};
use crate::rtcp::extended::Wanted;

/// What a description says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Description {
    /// The values of `o=` and of `t=`.
    pub(super) origin: String,
    pub(super) time: String,
    pub(super) media: Vec<Stream>,
    /// The `c=` of all streams that have none of their own.
    address: Option<IpAddr>,
    /// The direction of all streams that have none of their own.
    direction: Option<Direction>,
    /// The values of `a=group`.
    pub(super) groups: Vec<String>,
    /// Whether it has an attribute, or a bandwidth, that the device does not know.
    pub(super) unknown: Unknown,
}

/// What a description has that the device does not know.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Unknown {
    pub(super) attributes: usize,
    pub(super) bandwidths: usize,
}

/// One `m=` line and what belongs to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Stream {
    pub(super) kind: String,
    pub(super) port: u16,
    pub(super) profile: String,
    pub(super) formats: Vec<String>,
    /// `a=rtpmap`: format and encoding.
    maps: Vec<(String, String)>,
    address: Option<IpAddr>,
    rtcp: Option<(u16, Option<IpAddr>)>,
    /// Whether reports are wanted at the port of media: `a=rtcp-mux`.
    pub(super) mux: bool,
    /// The extended reports that the other side asks for: `a=rtcp-xr`.
    pub(super) xr: Wanted,
    ptime: Option<u64>,
    maxptime: Option<u64>,
    direction: Option<Direction>,
    /// The values of `a=crypto`.
    pub(super) cryptos: Vec<String>,
}

impl Description {
    /// Reads a description; `None` if it is not one.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = str::from_utf8(body).ok()?;
        let mut lines = text.lines().filter(|line| !line.is_empty());
        if lines.next()? != "v=0" {
            return None;
        }
        let mut read = Self::default();
        for line in lines {
            let (kind, value) = line.split_once('=')?;
            match (kind, read.media.last_mut()) {
                ("m", _) => read.media.push(Stream::parse(value)?),
                ("c", None) => read.address = Some(parse_address(value)?),
                ("c", Some(stream)) => stream.address = Some(parse_address(value)?),
                ("o", _) => value.clone_into(&mut read.origin),
                ("t", _) if read.time.is_empty() => value.clone_into(&mut read.time),
                ("a", None) => read.attribute(value),
                ("a", Some(stream)) => {
                    read.unknown.attributes += usize::from(!stream.attribute(value));
                }
                ("b", _) => {
                    let known = ["AS:", "CT:", "TIAS:", "RS:", "RR:"];
                    let known = known.iter().any(|modifier| value.starts_with(modifier));
                    read.unknown.bandwidths += usize::from(!known);
                }
                _ => {}
            }
        }
        Some(read)
    }

    fn attribute(&mut self, value: &str) {
        if let Some(direction) = Direction::from_attribute(value) {
            self.direction = Some(direction);
        } else if let Some(group) = value.strip_prefix("group:") {
            self.groups.push(group.to_owned());
        } else {
            self.unknown.attributes += 1;
        }
    }

    /// Which way a stream flows, seen from the other side.
    pub(super) fn direction(&self, stream: &Stream, defects: &Defects) -> Direction {
        let session = self.direction.filter(|_| !defects.has(Defect::SESSION_DIRECTION_IGNORED));
        stream.direction.or(session).unwrap_or(Direction::SendRecv)
    }

    /// Where RTP and RTCP of a stream go.
    //= RFC 8866 §5.7
    pub(super) fn addresses(&self, stream: &Stream, defects: &Defects) -> Option<[SocketAddr; 2]> {
        let own = stream
            .address
            .filter(|_| self.address.is_none() || !defects.has(Defect::SESSION_ADDRESS_WINS));
        let address = own.or(self.address)?;
        let rtp = SocketAddr::new(address, stream.port);
        //= RFC 3605 §2.1
        let told = stream.rtcp.filter(|_| !defects.has(Defect::RTCP_ATTRIBUTE_IGNORED));
        let (port, at) = told.unwrap_or((stream.port.saturating_add(1), None));
        Some([rtp, SocketAddr::new(at.unwrap_or(address), port)])
    }
}

impl Stream {
    fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let kind = words.next()?.to_owned();
        let port = words.next()?.split('/').next()?.parse().ok()?;
        let profile = words.next()?.to_owned();
        let formats = words.map(str::to_owned).collect();
        Some(Self {
            kind,
            port,
            profile,
            formats,
            maps: Vec::new(),
            address: None,
            rtcp: None,
            mux: false,
            xr: Wanted::default(),
            ptime: None,
            maxptime: None,
            direction: None,
            cryptos: Vec::new(),
        })
    }

    /// Takes an attribute; false if it is not known.
    fn attribute(&mut self, value: &str) -> bool {
        let (name, rest) = value.split_once(':').unwrap_or((value, ""));
        match name {
            "rtpmap" => {
                let map = rest.split_once(' ');
                let owned =
                    |(it, encoding): (&str, &str)| (it.to_owned(), encoding.trim().to_owned());
                self.maps.extend(map.map(owned));
            }
            "rtcp" => {
                let mut words = rest.split_ascii_whitespace();
                let port = words.next().and_then(|port| port.parse().ok());
                let address = words.nth(2).and_then(|address| address.parse().ok());
                self.rtcp = port.map(|port| (port, address));
            }
            "rtcp-mux" => self.mux = true,
            "rtcp-xr" => self.xr = Wanted::parse(rest),
            "crypto" => self.cryptos.push(rest.to_owned()),
            "ptime" => self.ptime = rest.trim().parse().ok(),
            "maxptime" => self.maxptime = rest.trim().parse().ok(),
            "fmtp" => {}
            _ => {
                self.direction = Direction::from_attribute(value).or(self.direction);
                return Direction::from_attribute(value).is_some();
            }
        }
        true
    }

    /// Whether it is audio over a transport that the device has, be it off.
    pub(super) fn is_audio(&self) -> bool {
        let known = matches!(self.profile.as_str(), "RTP/AVP" | "RTP/SAVP" | "RTP/SAVPF");
        self.kind == "audio" && known
    }

    /// The line that refuses it.
    //= RFC 3264 §6
    pub(super) fn refused(&self, defects: &Defects) -> String {
        let Self { kind, profile, formats, .. } = self;
        let none = defects.has(Defect::REFUSED_WITHOUT_FORMAT);
        let formats = if none { String::new() } else { format!(" {}", formats.join(" ")) };
        let port = if defects.has(Defect::UNKNOWN_STREAM_TAKEN) { 4_040 } else { 0 };
        format!("m={kind} {port} {profile}{formats}\r\n")
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

    /// How much audio a packet is to carry: what is asked for, if the device can, else 20 ms, and no
    /// more than may be.
    //= RFC 3551 §4.2
    pub(super) fn packet_time(&self, defects: &Defects) -> Duration {
        let asked = self.ptime.filter(|asked| PACKET_TIMES.contains(asked));
        let asked = asked.filter(|_| !defects.has(Defect::PTIME_IGNORED));
        let usual = if defects.has(Defect::PTIME_30) { 30 } else { 20 };
        let wanted = asked.unwrap_or(usual);
        //= RFC 8866 §6.5
        let most = self.maxptime.filter(|&most| most < wanted);
        let most = most.filter(|_| !defects.has(Defect::MAXPTIME_IGNORED));
        let fits = |most: u64| PACKET_TIMES.into_iter().rev().find(|&time| time <= most);
        Duration::from_millis(most.and_then(fits).unwrap_or(wanted))
    }

    /// The codecs that both know, in this description's order.
    pub(super) fn codecs(&self, known: &[Codec]) -> Vec<(u8, Codec)> {
        let codec = |format: &String| {
            let payload_type = format.parse().ok().filter(|&pt: &u8| pt < 128)?;
            let codec = Codec::from_encoding(&self.encoding(format))?;
            known.contains(&codec).then_some((payload_type, codec))
        };
        self.formats.iter().filter_map(codec).collect()
    }

    /// The payload type of telephone events.
    pub(super) fn events(&self) -> Option<u8> {
        let named = |f: &&String| self.encoding(f).eq_ignore_ascii_case("telephone-event/8000");
        self.formats.iter().find(named)?.parse().ok()
    }
}

fn parse_address(value: &str) -> Option<IpAddr> {
    value.split_ascii_whitespace().nth(2)?.split('/').next()?.parse().ok()
}

/// What a packet may carry, in milliseconds.
const PACKET_TIMES: [u64; 5] = [10, 20, 30, 40, 60];
