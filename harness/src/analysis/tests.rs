mod batches;
mod reports;
mod sealed;

use super::*;
use crate::evidence::capture::Link;
use crate::wire::sdp::Codec;
use etherparse::PacketBuilder;

/// A capture in the making: frames in raw IPv4, a millisecond apart unless told otherwise.
struct Capture {
    analyser: Analyser,
    now: u64,
    frames: u64,
}

const A: ([u8; 4], u16) = ([192, 0, 2, 1], 5_060);
const B: ([u8; 4], u16) = ([192, 0, 2, 2], 5_060);

impl Capture {
    fn new(wishes: Wishes) -> Self {
        Self { analyser: Analyser::new(wishes), now: 0, frames: 0 }
    }

    fn frame(&mut self, bytes: &[u8]) {
        self.frames += 1;
        self.now += 1_000_000;
        let at = Tick::from_nanos(self.now);
        let length = bytes.len();
        self.analyser.frame(&Frame { number: self.frames, at, link: Link::RAW, bytes, length });
    }

    fn udp(&mut self, from: ([u8; 4], u16), to: ([u8; 4], u16), payload: &[u8]) {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4(from.0, to.0, 64).udp(from.1, to.1);
        builder.write(&mut packet, payload).unwrap();
        self.frame(&packet);
    }

    fn tcp(&mut self, from: ([u8; 4], u16), to: ([u8; 4], u16), sequence: u32, payload: &[u8]) {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4(from.0, to.0, 64).tcp(from.1, to.1, sequence, 1_000);
        builder.write(&mut packet, payload).unwrap();
        self.frame(&packet);
    }

    /// `count` packets of a source, 20 ms apart.
    fn rtp(&mut self, from: ([u8; 4], u16), to: ([u8; 4], u16), payload_type: u8, count: u16) {
        for number in 0..count {
            self.now += 19_000_000;
            self.udp(
                from,
                to,
                &packet(payload_type, number, u32::from(number) * 160, &[0xff; 160]),
            );
        }
    }

    fn done(self) -> Analysis {
        self.analyser.finish(None)
    }
}

fn packet(payload_type: u8, sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    crate::wire::rtp::Packet::new(payload_type, sequence, timestamp, 7, payload).write()
}

fn message(start: &str, cseq: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@192.0.2.1>;tag=1\r\n\
         To: <sip:b@192.0.2.2>;tag=2\r\nCall-ID: one\r\nCSeq: {cseq}\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

fn description(host: &str, port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 97 101\r\n\
         a=rtpmap:97 L16/16000\r\na=rtpmap:101 telephone-event/8000\r\n"
    )
}

fn call(capture: &mut Capture) {
    let sdp = "application/sdp";
    let offer = message(
        "INVITE sip:b@192.0.2.2 SIP/2.0",
        "1 INVITE",
        sdp,
        &description("192.0.2.1", 4_000),
    );
    capture.udp(A, B, offer.as_bytes());
    capture.udp(A, B, offer.as_bytes());
    capture.udp(B, A, message("SIP/2.0 180 Ringing", "1 INVITE", "text/plain", "").as_bytes());
    let answer = message("SIP/2.0 200 OK", "1 INVITE", sdp, &description("192.0.2.2", 4_002));
    capture.udp(B, A, answer.as_bytes());
}

#[test]
fn a_call_has_its_dialog_its_stream_and_its_times() {
    let mut capture = Capture::new(Wishes::default());
    call(&mut capture);
    capture.rtp((A.0, 4_000), (B.0, 4_002), 97, 50);
    capture.udp(A, B, message("BYE sip:b@192.0.2.2 SIP/2.0", "2 BYE", "text/plain", "").as_bytes());
    capture.udp(B, A, message("SIP/2.0 200 OK", "2 BYE", "text/plain", "").as_bytes());
    let analysis = capture.done();
    let [dialog] = &analysis.dialogs[..] else { panic!("{:?}", analysis.dialogs) };
    let outcome = dialog.outcome();
    let ms = |span: Option<std::time::Duration>| span.map(|span| span.as_millis());
    assert_eq!((ms(outcome.ringing), ms(outcome.answered)), (Some(2), Some(3)));
    assert_eq!((ms(outcome.talked), ms(outcome.released)), (Some(1_001), Some(1)));
    assert_eq!(dialog.messages[1].repeats, 1);
    let [stream] = &analysis.streams[..] else { panic!("{:?}", analysis.streams) };
    assert_eq!(
        (stream.dialog, stream.loss.received, stream.encoding()),
        (Some(0), 50, "L16".to_owned())
    );
    // By the clock of 16,000 Hz that the description gives, a step of 160 is 10 ms.
    assert_eq!(stream.packet_time, Some(0.01));
    assert!((stream.jitter.unwrap().change.p50.value - 0.01).abs() < 1e-9);
}

#[test]
fn digits_are_found_however_they_are_sent() {
    let mut capture = Capture::new(Wishes::default());
    call(&mut capture);
    for (end, number) in [(false, 0_u16), (false, 1), (true, 2), (true, 3), (true, 4)] {
        let event = crate::wire::telephone_event::Event { code: 5, end, volume: 10, duration: 800 };
        capture.udp((A.0, 4_000), (B.0, 4_002), &packet(101, number, 9, &event.write()));
    }
    let relay = message(
        "INFO sip:b@192.0.2.2 SIP/2.0",
        "2 INFO",
        "application/dtmf-relay",
        "Signal=#\r\nDuration=160\r\n",
    );
    capture.udp(A, B, relay.as_bytes());
    capture.udp(
        A,
        B,
        message("INFO sip:b@192.0.2.2 SIP/2.0", "3 INFO", "application/dtmf", "7").as_bytes(),
    );
    let analysis = capture.done();
    let digits: Vec<_> = analysis
        .digits
        .iter()
        .map(|digit| {
            (
                digit.way.name(),
                digit.name.as_str(),
                digit.duration.map(|it| (it.value * 1e3).round()),
            )
        })
        .collect();
    assert_eq!(
        digits,
        [
            ("telephone-event", "5", Some(100.0)),
            ("SIP INFO", "#", Some(160.0)),
            ("SIP INFO", "7", None),
        ]
    );
}

#[test]
fn rtp_that_nothing_describes_is_found_and_noise_is_not() {
    let mut capture = Capture::new(Wishes::default());
    capture.rtp((A.0, 9_000), (B.0, 9_002), 8, 20);
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..500 {
        let mut noise: Vec<u8> = (0..60).map(|_| random.u8(..)).collect();
        noise[0] = 0x80 | noise[0] & 0x3f;
        capture.udp((A.0, 53), (B.0, 7_000), &noise);
    }
    let analysis = capture.done();
    let found: Vec<_> =
        analysis.streams.iter().map(|stream| (stream.dialog, stream.encoding())).collect();
    assert_eq!(found, [(None, "PCMA".to_owned())]);
}

#[test]
fn the_operator_says_what_no_description_does() {
    let mut capture = Capture::new(Wishes {
        rtp_ports: vec![9_002],
        payloads: vec![Codec::of_mapping("111=opus/48000/2").unwrap()],
        ..Wishes::default()
    });
    capture.rtp((A.0, 9_000), (B.0, 9_002), 111, 2);
    let analysis = capture.done();
    assert_eq!(analysis.streams[0].encoding(), "opus");
    assert!(Codec::of_mapping("300=opus/48000").is_err() && Codec::of_mapping("opus").is_err());
}

#[test]
fn sip_over_tcp_is_read_across_segments_and_gaps() {
    let mut capture = Capture::new(Wishes::default());
    let text = message("OPTIONS sip:b@192.0.2.2 SIP/2.0", "1 OPTIONS", "text/plain", "");
    let (head, tail) = text.as_bytes().split_at(100);
    capture.tcp((A.0, 40_000), B, 1_100, tail);
    capture.tcp((A.0, 40_000), B, 1_000, head);
    // It was under way when the capture began: the first segment seen is where it starts.
    let length = u32::try_from(text.len()).unwrap();
    capture.tcp((A.0, 40_000), B, 1_000 + length, text.as_bytes());
    let analysis = capture.done();
    assert_eq!((analysis.tally.segments, analysis.tally.sip), (3, 1));
    assert_eq!(analysis.dialogs[0].messages[0].transport, Transport::Tcp);
}

#[test]
fn tls_that_nobody_decrypts_is_counted() {
    let mut capture = Capture::new(Wishes::default());
    capture.tcp((A.0, 40_000), (B.0, 5_061), 1, b"\x16\x03\x01\x00\x05hello");
    capture.tcp((A.0, 40_001), (B.0, 80), 1, b"GET / HTTP/1.1\r\n\r\n");
    let analysis = capture.done();
    assert_eq!((analysis.tally.tls, analysis.tally.sip), (1, 0));
}

/// A sample; those of the test are all in range.
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole(sample: f64) -> i16 {
    sample as i16
}

#[test]
fn digits_are_heard_in_the_sound_and_through_srtp() {
    use crate::signal::{self, dtmf};
    use crate::wire::srtp::{Encryption, MasterKey, Sealer, Suite};
    let key = MasterKey::draw(Suite::ALL[0], &mut fastrand::Rng::with_seed(1));
    let crypto = crate::wire::sdp::crypto::Crypto::new("1", &key);
    let offer = description("192.0.2.1", 4_000).replace("RTP/AVP", "RTP/SAVP")
        + &format!("a=crypto:{crypto}\r\n");
    let invite = message("INVITE sip:b@192.0.2.2 SIP/2.0", "1 INVITE", "application/sdp", &offer);
    let mut sealer = Sealer::new(&key, Encryption::On, Encryption::On).unwrap();
    let digit: dtmf::Digit = dtmf::Digit::of_event(5).unwrap();
    let (low, high) = digit.tones();
    let tone = |n: f64, hertz: f64| 6_000.0 * (n * hertz * std::f64::consts::TAU / 8_000.0).sin();
    let mut capture = Capture::new(Wishes { ear: Ear::Keeps, ..Wishes::default() });
    capture.udp(A, B, invite.as_bytes());
    for number in 0..20_u16 {
        let sounds = (5..10).contains(&number);
        let samples: Vec<i16> = (0..160_u32)
            .map(|n| {
                let n = f64::from(u32::from(number) * 160 + n);
                if sounds { whole(tone(n, low) + tone(n, high)) } else { 0 }
            })
            .collect();
        let plain =
            packet(0, number, u32::from(number) * 160, &signal::Codec::Pcmu.encode(&samples));
        capture.now += 19_000_000;
        capture.udp((A.0, 4_000), (B.0, 4_002), &sealer.seal_rtp(&plain).unwrap());
    }
    let analysis = capture.done();
    let stream = &analysis.streams[0];
    assert_eq!(stream.encrypted, Some(("RTP/SAVP".to_owned(), 20)));
    assert_eq!(
        stream.sound.as_ref().map(|sound| (sound.rate, sound.samples.len())),
        Some((8_000, 3_200))
    );
    let [heard] = &analysis.digits[..] else { panic!("{:?}", analysis.digits) };
    assert_eq!((heard.way, heard.name.as_str()), (Way::InBand, "5"));
    assert!(heard.duration.unwrap().holds(0.1), "{heard:?}");
    let since = heard.at.since(stream.began).as_secs_f64();
    assert!((since - 0.1).abs() < 0.004, "{since}");
}
