//! A made-up call and a made-up request that fails, for the tests of everything that reads evidence.

use super::extent::{Extent, HERE};
use super::point::{Pco, Point, RolePoint, StampClock};
use super::record::{
    Calibration, CaseRecord, DeviceRecord, Ended, Order, Repeats, RunRecord, Spread, Tier,
};
use super::step::StepId;
use super::timeline::{Datagram, Seen, Seq, Timeline};
use crate::signal::codec::Codec;
use crate::time::Tick;
use crate::wire::rtp::Packet;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) const SIP: Pco = Pco::of_role(0, RolePoint::Sip);
pub(crate) const RTP: Pco = Pco::of_role(0, RolePoint::Rtp);

/// A run without cases.
pub(crate) fn run(id: &str) -> RunRecord {
    let spread =
        |p50, p99, max| Some(Spread { count: 5_000, p50, p99, p999: Some(max - 1_000), max });
    RunRecord {
        schema: RunRecord::SCHEMA,
        id: id.to_owned(),
        ringtrue: "0.1.0".to_owned(),
        started_unix_ns: 1_795_374_000_000_000_000,
        tier: Tier::Host,
        fell_back: Some("qemu-system-x86_64 is not installed".to_owned()),
        board: None,
        seed: 42,
        order: Order::default(),
        repeats: Repeats::default(),
        extent: Extent {
            rig: "rigs/host.rig.yaml".to_owned(),
            root: HERE.to_owned(),
            ..Extent::default()
        },
        parts: Vec::new(),
        device: DeviceRecord {
            name: "intercom".to_owned(),
            version: Some("intercom 0.1.0 (reference)".to_owned()),
            firmware: BTreeMap::from([("intercom".to_owned(), "9f86d081".repeat(8))]),
            defects: Vec::new(),
        },
        calibration: Calibration {
            pacing: spread(11_000, 102_000, 480_000),
            stamping: spread(9_000, 31_000, 60_000),
            scheduling: Some("other".to_owned()),
            sending: spread(12_000, 110_000, 510_000),
        },
        cases: Vec::new(),
        not_applicable: vec![("TLS-001".to_owned(), "sips".to_owned())],
        not_run: vec![("UAC-009".to_owned(), "interrupted before it".to_owned())],
    }
}

/// The record of a case with one role, `alice`.
pub(crate) fn record(id: &str, took: Duration) -> CaseRecord {
    let point = |pco, name: &str, local: Option<&str>, clock| Point {
        pco,
        name: name.to_owned(),
        local: local.map(|local| local.parse().unwrap()),
        clock,
        uncertainty: Duration::from_micros(60),
    };
    CaseRecord {
        execution: id.to_owned(),
        repeat: 1,
        scenario: format!("calls/{}.yaml", id.to_lowercase()),
        folder: format!("cases/{id}"),
        values: BTreeMap::new(),
        names: BTreeMap::from([("dut".to_owned(), "127.0.0.20:5060".to_owned())]),
        points: vec![
            point(Pco::TEST, "test", None, StampClock::User),
            point(Pco::BENCH, "bench", None, StampClock::User),
            point(Pco::CONTROL, "console", None, StampClock::User),
            point(SIP, "alice.sip", Some("127.0.0.10:5062"), StampClock::Kernel),
            point(RTP, "alice.rtp", Some("127.0.0.10:40000"), StampClock::Kernel),
        ],
        started_unix_ns: 1_795_374_001_250_000_000,
        took,
        sending: None,
        ended: Ended::Finished,
    }
}

/// A call that is answered from the console, with audio both ways, a digit and a BYE.
pub(crate) fn call() -> Timeline {
    let mut seen = Recorder::default();
    seen.step(0, 0.0);
    seen.wrote(0.1, "status");
    seen.line(1.4, "state idle");
    seen.met(0, None);
    seen.step(1, 1.6);
    let invite = request("INVITE", 1, Some(OFFER));
    seen.sent(1.8, &invite);
    seen.met(1, None);
    seen.step(2, 1.9);
    seen.sent(501.8, &invite);
    let by = seen.received(503.1, &response("180 Ringing", "1 INVITE", None));
    seen.met(2, Some(by));
    seen.line(503.4, "[   12.103] incoming sip:alice@127.0.0.10");
    seen.wrote(504.0, "answer");
    seen.step(3, 504.1);
    seen.line(505.2, "established <PCMU/8000>");
    let by = seen.received(506.0, &response("200 OK", "1 INVITE", Some(ANSWER)));
    seen.met(3, Some(by));
    seen.step(4, 506.2);
    seen.sent(506.6, &request("ACK", 1, None));
    seen.step(5, 507.0);
    let mut random = fastrand::Rng::with_seed(7);
    for n in 0..100_u16 {
        let at = 510.0 + f64::from(n) * 20.0;
        let timestamp = 8_000 + 160 * u32::from(n);
        let payload = Codec::Pcmu.encode(&[1_000; 160]);
        seen.rtp(at, &Packet::new(0, 100 + n, timestamp, 0x0a11_ce00, &payload), true);
        if n == 40 {
            continue; // Lost.
        }
        let at = at + 3.0 + random.f64() * 4.0;
        seen.rtp(at, &Packet::new(0, 7_000 + n, 160 * u32::from(n), 0x00d0_0d00, &payload), false);
    }
    for n in 0..6_u16 {
        let event = [5, if n > 2 { 0x8a } else { 0x0a }, 0, 160];
        let at = 2_520.0 + f64::from(n) * 20.0;
        seen.rtp(at, &Packet::new(101, 200 + n, 24_000, 0x0a11_ce00, &event), true);
    }
    seen.line(2_590.5, "relay open");
    seen.step(6, 2_640.0);
    seen.sent(2_641.0, &request("BYE", 2, None));
    let by = seen.received(2_642.9, &response("200 OK", "2 BYE", None));
    seen.met(6, Some(by));
    seen.timeline
}

/// A request that the device answers with a status that it must not.
pub(crate) fn options() -> Timeline {
    let mut seen = Recorder::default();
    seen.timeline.record(Tick::ZERO, Pco::BENCH, Seen::Bench("reset".to_owned()));
    seen.step(0, 0.2);
    seen.sent(0.4, &request("OPTIONS", 9, None));
    seen.step(1, 0.5);
    seen.received(3.3, &response("500 <Server> & Error", "9 OPTIONS", None));
    let stall = Seen::Stall(Duration::from_millis(17));
    seen.timeline.record(ms(900.0), Pco::BENCH, stall);
    let why = "no 200 from dut within 2 s; 500 came instead".to_owned();
    seen.timeline.record(ms(2_000.5), Pco::TEST, Seen::Unmet(StepId(1), why));
    seen.timeline
}

#[derive(Default)]
struct Recorder {
    timeline: Timeline,
}

impl Recorder {
    fn datagram(bytes: Vec<u8>, ports: (u16, u16)) -> Datagram {
        let at = |host: [u8; 4], port| SocketAddr::from((host, port));
        let (ours, theirs) = ports;
        let (local, remote) = (at([127, 0, 0, 10], ours), at([127, 0, 0, 20], theirs));
        Datagram { local, remote, bytes, connection: None }
    }

    fn sent(&mut self, at: f64, text: &str) {
        let datagram = Self::datagram(text.into(), (5_062, 5_060));
        self.timeline.record(ms(at), SIP, Seen::Sent(datagram));
    }

    fn received(&mut self, at: f64, text: &str) -> Seq {
        let datagram = Self::datagram(text.into(), (5_062, 5_060));
        self.timeline.record(ms(at), SIP, Seen::Received(datagram)).seq
    }

    fn rtp(&mut self, at: f64, packet: &Packet<'_>, ours: bool) {
        let datagram = Self::datagram(packet.write(), (40_000, 41_000));
        let seen = if ours { Seen::Sent(datagram) } else { Seen::Received(datagram) };
        self.timeline.record(ms(at), RTP, seen);
    }

    fn line(&mut self, at: f64, text: &str) {
        self.timeline.record(ms(at), Pco::CONTROL, Seen::Line(text.to_owned()));
    }

    fn wrote(&mut self, at: f64, text: &str) {
        self.timeline.record(ms(at), Pco::CONTROL, Seen::Wrote(text.to_owned()));
    }

    fn step(&mut self, step: u16, at: f64) {
        self.timeline.record(ms(at), Pco::TEST, Seen::Reached(StepId(step)));
    }

    fn met(&mut self, step: u16, by: Option<Seq>) {
        let at = self.timeline.entries().last().map_or(Tick::ZERO, |entry| entry.at);
        self.timeline.record(at, Pco::TEST, Seen::Met(StepId(step), by));
    }
}

fn ms(at: f64) -> Tick {
    Tick::ZERO + Duration::from_secs_f64(at / 1e3)
}

fn request(method: &str, cseq: u32, sdp: Option<&str>) -> String {
    let start = format!("{method} sip:door@127.0.0.20:5060 SIP/2.0");
    message(&start, &format!("{cseq} {method}"), sdp)
}

fn response(status: &str, cseq: &str, sdp: Option<&str>) -> String {
    message(&format!("SIP/2.0 {status}"), cseq, sdp)
}

fn message(start: &str, cseq: &str, sdp: Option<&str>) -> String {
    let body = sdp.unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{start}\r\n\
         Via: SIP/2.0/UDP 127.0.0.10:5062;branch=z9hG4bK-{cseq};rport\r\n\
         From: <sip:alice@127.0.0.10>;tag=a1\r\n\
         To: <sip:door@127.0.0.20>;tag=d1\r\n\
         Call-ID: 7f3@127.0.0.10\r\n\
         CSeq: {cseq}\r\n\
         Contact: <sip:alice@127.0.0.10:5062>\r\n\
         Max-Forwards: 70\r\n\
         {kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .replace(&format!("z9hG4bK-{cseq}"), &format!("z9hG4bK-{}", cseq.replace(' ', "-")))
}

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.10\r\ns=-\r\nc=IN IP4 127.0.0.10\r\nt=0 0\r\n\
    m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n";
const ANSWER: &str = "v=0\r\no=- 2 2 IN IP4 127.0.0.20\r\ns=-\r\nc=IN IP4 127.0.0.20\r\nt=0 0\r\n\
    m=audio 41000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n";
