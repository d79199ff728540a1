//! What the descriptions of a case agree on, and how much of a network that takes.

use crate::evidence::point::RolePoint;
use crate::evidence::streams::Streams;
use crate::evidence::timeline::{Seen, Timeline};
use crate::proto::offer_answer::session::{Answerer, Session};
use crate::signal::Codec;
use crate::wire::sdp;
use crate::wire::sip::Message;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Audio one way, as two descriptions agree on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Bandwidth {
    /// The role.
    pub(super) role: String,
    /// Which way it flows.
    pub(super) way: Way,
    /// The encoding, as an `rtpmap` names it.
    pub(super) codec: String,
    /// How much of it a packet carries.
    pub(super) ptime_ms: u64,
    /// Payload in a packet.
    pub(super) payload_bytes: usize,
    /// Headers of IP, UDP and RTP around it.
    pub(super) header_bytes: usize,
    /// What SRTP adds: the tag and the master key identifier.
    pub(super) srtp_bytes: usize,
    /// All of it, while it flows, on the layer of IP.
    pub(super) kbit_s: f64,
}

/// Which way audio flows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(super) enum Way {
    /// The role sends it.
    #[serde(rename = "to device")]
    ToDevice,
    /// The device does.
    #[serde(rename = "from device")]
    FromDevice,
}

impl Way {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::ToDevice => "to the device",
            Self::FromDevice => "from the device",
        }
    }
}

/// Who wrote a description.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Writer {
    Us,
    Device,
}

impl Bandwidth {
    /// What is agreed in a timeline, role by role, in the order in which it was agreed; each once.
    ///
    /// A description in a request, or in a response to a request without one, is an offer; the next of
    /// the other end in the same transaction, or in its ACK, is the answer.
    //= RFC 3264 §4
    pub(super) fn agreed<'a>(
        timeline: &Timeline,
        roles: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Self> {
        let roles: Vec<&str> = roles.into_iter().collect();
        let streams = Streams::of(timeline);
        let mut offers: BTreeMap<(u16, String, u32), (Writer, sdp::Session)> = BTreeMap::new();
        let mut found: Vec<Self> = Vec::new();
        for entry in timeline.entries() {
            let Some((role, RolePoint::Sip)) = entry.pco.role() else { continue };
            let ours = matches!(entry.seen, Seen::Sent(_));
            let writer = if ours { Writer::Us } else { Writer::Device };
            let Some(message) = streams.message(entry).map(Message::read) else { continue };
            let is_sdp = message.content_type().is_some_and(|kind| kind.is("application/sdp"));
            let number = message.cseq().map(|cseq| cseq.number);
            let (Some(call), Some(number)) = (message.call_id(), number) else { continue };
            if !is_sdp || message.body().is_empty() {
                continue;
            }
            let said = sdp::Session::read(message.body());
            let key = (role, call.to_owned(), number);
            match offers.get(&key) {
                Some((offerer, offer)) if *offerer != writer => {
                    let (ours, theirs, answerer) = match writer {
                        Writer::Us => (&said, offer, Answerer::Us),
                        Writer::Device => (offer, &said, Answerer::Them),
                    };
                    let name = roles.get(usize::from(role)).copied().unwrap_or_default();
                    let ways = Self::both_ways(name, ours, theirs, answerer);
                    found.extend(ways.filter(|it| !found.contains(it)).collect::<Vec<_>>());
                }
                _ => {
                    offers.insert(key, (writer, said));
                }
            }
        }
        found
    }

    fn both_ways(
        role: &str,
        ours: &sdp::Session,
        theirs: &sdp::Session,
        answerer: Answerer,
    ) -> impl Iterator<Item = Self> {
        let sent = Session::agree(ours, theirs, answerer);
        let received = Session::agree(theirs, ours, answerer.reversed());
        let ways = [(Way::ToDevice, sent), (Way::FromDevice, received)];
        let of = |(way, session): (Way, Option<Session>)| Self::of(role, way, &session?);
        ways.into_iter().filter_map(of)
    }

    /// What the end whose session it is sends; `None` if it does not, or in a codec that we do not know.
    fn of(role: &str, way: Way, session: &Session) -> Option<Self> {
        let named = &session.codec;
        let codec = Codec::of(&named.name, named.clock_rate, named.channels)?;
        if !session.direction.sends() {
            return None;
        }
        let payload_bytes = codec.bytes_in(session.ptime);
        let ip = if session.remote_rtp.is_ipv4() { 20 } else { 40 };
        let header_bytes = ip + UDP + RTP;
        let ours = session.keys.as_ref().map(|keys| &keys.ours);
        let srtp_bytes = ours.map_or(0, |key| key.suite.tag_length() + key.mki.len());
        Some(Self {
            role: role.to_owned(),
            way,
            codec: codec.to_string(),
            ptime_ms: u64::try_from(session.ptime.as_millis()).unwrap_or(u64::MAX),
            payload_bytes,
            header_bytes,
            srtp_bytes,
            kbit_s: rate(payload_bytes + header_bytes + srtp_bytes, session.ptime),
        })
    }
}

/// Bytes once in so much time, in kbit/s to one decimal.
fn rate(bytes: usize, each: Duration) -> f64 {
    let bits = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) * 8.0;
    (bits / each.as_secs_f64() / 100.0).round() / 10.0
}

const UDP: usize = 8;
/// Without contributing sources and extensions.
const RTP: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::point::Pco;
    use crate::evidence::timeline::Datagram;
    use crate::time::Tick;
    use rstest::rstest;

    /// The lines of the audio section, by whom, and with which start line.
    fn timeline(said: &[(Writer, &str, &str)], host: &str) -> Timeline {
        let mut timeline = Timeline::default();
        let family = if host.contains(':') { "IP6" } else { "IP4" };
        for (writer, start, lines) in said {
            let body = format!("v=0\r\nc=IN {family} {host}\r\n{lines}");
            let text = format!(
                "{start}\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\n{body}"
            );
            let address = "192.0.2.1:5060".parse().unwrap();
            let bytes = text.into_bytes();
            let datagram = Datagram { local: address, remote: address, bytes, connection: None };
            let seen = match writer {
                Writer::Us => Seen::Sent(datagram),
                Writer::Device => Seen::Received(datagram),
            };
            timeline.record(Tick::ZERO, Pco::of_role(0, RolePoint::Sip), seen);
        }
        timeline
    }

    fn rates(said: &[(Writer, &str, &str)], host: &str) -> Vec<(Way, String, f64)> {
        let found = Bandwidth::agreed(&timeline(said, host), ["alice"]);
        found.into_iter().map(|it| (it.way, it.codec, it.kbit_s)).collect()
    }

    const INVITE: &str = "INVITE sip:door@192.0.2.2 SIP/2.0";
    const OK: &str = "SIP/2.0 200 OK";
    const AUDIO: &str = "m=audio 4000 RTP/AVP 0\r\n";

    #[rstest]
    // 160 bytes and 40 of headers, fifty times a second.
    #[case("192.0.2.1", "", 80.0)]
    #[case("2001:db8::1", "", 88.0)]
    #[case("192.0.2.1", "a=ptime:30\r\n", 74.7)]
    fn headers_weigh_by_family_and_packet_time(
        #[case] host: &str,
        #[case] ptime: &str,
        #[case] kbit_s: f64,
    ) {
        let asked = format!("{AUDIO}{ptime}");
        let found = rates(&[(Writer::Us, INVITE, &asked), (Writer::Device, OK, &asked)], host);
        let both = [Way::ToDevice, Way::FromDevice];
        assert_eq!(found, both.map(|way| (way, "PCMU".to_owned(), kbit_s)));
    }

    #[test]
    fn each_way_has_the_packet_time_that_its_receiver_asks_for() {
        let asked = format!("{AUDIO}a=ptime:10\r\n");
        let found =
            rates(&[(Writer::Us, INVITE, AUDIO), (Writer::Device, OK, &asked)], "192.0.2.1");
        let of = |way, kbit_s| (way, "PCMU".to_owned(), kbit_s);
        assert_eq!(found, [of(Way::ToDevice, 96.0), of(Way::FromDevice, 80.0)]);
    }

    #[test]
    fn srtp_adds_its_tag_and_hold_takes_a_way_off() {
        let key = "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
        let line = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 {key}\r\n");
        let offer = format!("m=audio 4000 RTP/SAVP 0\r\n{line}a=sendonly\r\n");
        let answer = format!("m=audio 4000 RTP/SAVP 0\r\n{line}a=recvonly\r\n");
        let said = [(Writer::Us, INVITE, offer.as_str()), (Writer::Device, OK, &answer)];
        assert_eq!(rates(&said, "192.0.2.1"), [(Way::ToDevice, "PCMU".to_owned(), 84.0)]);
    }

    #[test]
    fn an_offer_in_the_response_is_answered_by_the_ack_and_what_is_repeated_counts_once() {
        let ack = "ACK sip:door@192.0.2.2 SIP/2.0";
        let ok = (Writer::Device, OK, AUDIO);
        let found = rates(&[ok, ok, (Writer::Us, ack, AUDIO), ok], "192.0.2.1");
        assert_eq!(found.len(), 2);
        assert_eq!(rates(&[ok, ok], "192.0.2.1"), []);
    }
}
