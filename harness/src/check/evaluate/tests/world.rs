//! A case in which every figure has a value: a registration, a call with media, digits, a line.

use crate::check::staged::{Stage, rtp};
use crate::check::subject::SubjectKind;
use crate::evidence::keyed::{KeyPair, Keyed};
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::step::StepId;
use crate::evidence::timeline::Seen;
use crate::proto::auth::{Account, Algorithm, Proof, Protection, Session};
use crate::proto::digits::Method;
use crate::signal::dtmf::Dialling;
use crate::signal::{Codec, Dbm0, Digit, Talk, Tone};
use crate::wire::rtcp::extended::Block;
use crate::wire::rtcp::{Chunk, Packet, Report, SenderInfo, write};
use crate::wire::srtp::{Encryption, MasterKey, Sealer, Suite};
use std::time::Duration;

pub(super) fn world() -> Stage {
    let mut stage = Stage::new(Duration::ZERO);
    registration(&mut stage);
    call(&mut stage);
    tone(&mut stage);
    talk(&mut stage);
    digits(&mut stage);
    secure(&mut stage);
    tones(&mut stage);
    let step = stage.step("relay", "event: relay-open", SubjectKind::Line);
    stage.mark(30_000.0, Seen::Reached(step));
    let seq = stage.see(30_040.0, Pco::CONTROL, Seen::Line("relay open".to_owned()));
    stage.mark(30_040.0, Seen::Met(step, Some(seq)));
    stage.sends("bye", 31_000.0, BYE);
    stage.received(31_050.0, RolePoint::Rtp, &rtp(0, 900, 0, 7, &[0xff; 160]));
    stage.received(31_150.0, RolePoint::Rtp, &rtp(0, 901, 160, 7, &[0xff; 160]));
    let step = stage.step("gone", "wait: 200 ms", SubjectKind::Other);
    stage.mark(31_000.0, Seen::Reached(step));
    stage.mark(31_180.0, Seen::Met(step, None));
    stage.received(31_190.0, RolePoint::Rtp, &rtp(0, 902, 320, 7, &[0xff; 160]));
    quality(&mut stage);
    for (millis, answer) in [(31_200.0, BYE_OK), (31_500.0, REGISTER_OK)] {
        let bytes = crate::check::staged::wire(answer);
        if answer == BYE_OK {
            stage.received(millis, RolePoint::Sip, bytes.as_bytes());
        } else {
            stage.sent(millis, RolePoint::Sip, bytes.as_bytes());
        }
    }
    stage
}

/// Two seconds of reports: a device that says of itself and of us what is not so.
fn quality(stage: &mut Stage) {
    let step = stage.step("quality", "dut ~> alice: audio", SubjectKind::Heard(0));
    stage.mark(25_000.0, Seen::Reached(step));
    for index in 0_u16..50 {
        let millis = 25_000.0 + 20.0 * f64::from(index);
        let packet = rtp(0, 3_000 + index, 160 * u32::from(index), 11, &[0xff; 160]);
        stage.sent(millis, RolePoint::Rtp, &packet);
    }
    for index in (0_u16..99).filter(|index| !matches!(index, 30 | 31)) {
        let millis = 25_010.0 + 20.0 * f64::from(index);
        let mut packet = rtp(0, 5_000 + index, 160 * u32::from(index), 7, &[0; 160]);
        if index == 50 {
            packet[0] |= 0x20;
        }
        stage.received(millis, RolePoint::Rtp, &packet);
    }
    let report = |ntp: u64, rtp_timestamp, reports| Packet::SenderReport {
        ssrc: 7,
        sent: SenderInfo { ntp: ntp << 32, rtp_timestamp, packets: 100, octets: 0 },
        reports,
    };
    let description = Packet::SourceDescription(vec![Chunk::new(7, "door@dut")]);
    let block = Report {
        ssrc: 11,
        fraction_lost: 64,
        cumulative_lost: 5,
        highest_sequence: 3_049,
        jitter: 16,
        last_sr: 0x1234_5678,
        delay_since_last_sr: 1,
    };
    let words: &[u32] = &[
        7,
        0x06c0_0009,
        11,
        0x0bb8_0bea,
        3,
        1,
        0,
        0,
        0,
        0,
        0,
        0x0500_0006,
        11,
        0x3344_5566,
        3_277,
        11,
        0x9999_9999,
        1,
        0x0700_0008,
        11,
        0x1005_0000,
        0,
        0x0050_0028,
        0,
        0x5d7f_2a29,
        0x0000_0028,
        0x0050_0064,
    ];
    let data = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    let extended = Packet::Other { packet_type: 207, count: 0, data };
    let bye = Packet::Bye { sources: vec![7], reason: None };
    let leaving = Packet::ReceiverReport { ssrc: 7, reports: Vec::new() };
    let reference =
        Packet::Extended { ssrc: 11, blocks: vec![Block::ReferenceTime(0x1122_3344_5566_7788)] };
    let ours = Packet::ReceiverReport { ssrc: 11, reports: Vec::new() };
    stage.sent(26_400.0, RolePoint::Rtcp, &write(&[ours, reference]));
    let second = vec![report(11, 160 * 74 + 8_080, vec![block]), description.clone(), extended];
    for (millis, point, packets) in [
        (25_500.0, RolePoint::Rtcp, vec![report(10, 8_000, Vec::new())]),
        (26_500.0, RolePoint::Rtcp, second),
        (26_900.0, RolePoint::Rtp, vec![leaving, description, bye]),
    ] {
        stage.received(millis, point, &write(&packets));
    }
    stage.mark(27_000.0, Seen::Met(step, None));
}

fn registration(stage: &mut Stage) {
    stage.receives("register1", 10.0, REGISTER);
    stage.sends("challenge", 11.0, CHALLENGE);
    let proof = Proof {
        algorithm: Algorithm::Md5,
        realm: "ringtrue",
        nonce: "n0",
        method: "REGISTER",
        uri: "sip:127.0.0.1",
        session: Session::Plain,
        qop: Some(Protection { nc: "00000001", cnonce: "c0", body: None }),
    };
    let account = Account { user: "door".to_owned(), password: "secret".to_owned() };
    let credentials = format!(
        "Authorization: Digest username=\"door\", realm=\"ringtrue\", nonce=\"n0\", \
         uri=\"sip:127.0.0.1\", response=\"{}\", algorithm=MD5, qop=auth, nc=00000001, \
         cnonce=\"c0\", opaque=\"o0\"\nContent-Length",
        proof.response(&account)
    );
    let again = REGISTER.replace("Content-Length", &credentials).replace("CSeq: 1 ", "CSeq: 2 ");
    stage.receives("register2", 20.0, &again);
}

fn call(stage: &mut Stage) {
    stage.sends("invite", 1_000.0, INVITE);
    stage.receives("ok", 1_200.0, OK);
    let changed = OK.replace("m=audio 12000", "m=audio 12002");
    for (millis, copy) in [(1_700.0, OK), (2_800.0, changed.as_str())] {
        let bytes = crate::check::staged::wire(copy);
        stage.received(millis, RolePoint::Sip, bytes.as_bytes());
    }
}

/// Two seconds of a tone: one packet is lost, one comes twice, two are exchanged, one is late.
fn tone(stage: &mut Stage) {
    let heard = stage.step("heard", "dut ~> alice: audio", SubjectKind::Heard(0));
    stage.mark(5_000.0, Seen::Reached(heard));
    sender_report(stage, 5_001.0, true);
    let samples: Vec<i16> = Tone::new(1_004.0, Dbm0(-10.0), Codec::Pcmu).take(16_000).collect();
    let mut timestamp = 5_000;
    for (index, frame) in (0_u8..).zip(samples.chunks(160)) {
        let sequence = 100 + u16::from(index);
        let marker = if index == 0 { 0x80 } else { 0 };
        let packet = rtp(marker, sequence, timestamp, 7, &Codec::Pcmu.encode(frame));
        let due = 5_010.0 + 20.0 * f64::from(index);
        match index {
            40 => {}
            50 => {
                stage.received(due, RolePoint::Rtp, &packet);
                stage.received(due, RolePoint::Rtp, &packet);
            }
            60 => {
                stage.received(due + 6.0, RolePoint::Rtp, &packet);
            }
            _ => {
                stage.received(due, RolePoint::Rtp, &packet);
            }
        }
        timestamp += if index == 80 { 161 } else { 160 };
    }
    stage.received(7_000.0, RolePoint::Rtp, &rtp(8, 4_000, 0, 8, &[0xd5; 160]));
    stage.received(7_001.0, RolePoint::Rtp, &rtp(0, 150, 5_000 + 50 * 160, 7, &[0xff; 160]));
    sender_report(stage, 7_002.0, false);
    sender_report(stage, 7_020.0, false);
    stage.mark(7_030.0, Seen::Met(heard, None));
}

/// A sender report of ours, or one of the device that answers it 1.999 s after having got it.
fn sender_report(stage: &mut Stage, millis: f64, ours: bool) {
    let (ssrc, packets, name): (u32, u32, &[u8]) =
        if ours { (9, 0, b"alice@test") } else { (7, 100, b"door@dut  ") };
    let mut bytes = vec![if ours { 0x80 } else { 0x81 }, 200, 0, if ours { 6 } else { 12 }];
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 0x80, 0, 0, 0]);
    bytes.extend(0_u32.to_be_bytes());
    bytes.extend(packets.to_be_bytes());
    bytes.extend((packets * 160).to_be_bytes());
    if !ours {
        // About us: the middle of the NTP time above, and how long it was held.
        bytes.extend(9_u32.to_be_bytes());
        bytes.extend([0; 12]);
        bytes.extend([0, 1, 0x80, 0]);
        bytes.extend(131_006_u32.to_be_bytes());
    }
    bytes.extend([0x81, 202, 0, 5]);
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend([1, 10]);
    bytes.extend(name);
    bytes.extend([0, 0, 0, 0]);
    if ours {
        stage.sent(millis, RolePoint::Rtcp, &bytes);
    } else {
        stage.received(millis, RolePoint::Rtcp, &bytes);
    }
}

/// Three seconds of talk that come back 60 ms later.
fn talk(stage: &mut Stage) {
    let played = stage.step("played", "alice ~> dut: talk", SubjectKind::Played(0));
    let looped = stage.step("loop", "dut ~> alice: audio", SubjectKind::Heard(0));
    stage.mark(10_000.0, Seen::Reached(played));
    stage.mark(10_000.0, Seen::Reached(looped));
    let samples: Vec<i16> = Talk::new(3, Dbm0(-16.0), Codec::Pcmu).take(24_000).collect();
    let frames: Vec<Vec<u8>> = samples.chunks(160).map(|frame| Codec::Pcmu.encode(frame)).collect();
    let mut timestamp = 0;
    for (index, sequence) in (0_u16..150).zip(2_000..) {
        let millis = 10_000.0 + 20.0 * f64::from(index);
        let frame = &frames[usize::from(index)];
        stage.sent(millis, RolePoint::Rtp, &rtp(0, sequence, timestamp, 9, frame));
        if let Some(back) = index.checked_sub(3).map(|back| &frames[usize::from(back)]) {
            stage.received(millis, RolePoint::Rtp, &rtp(0, sequence, timestamp, 7, back));
        }
        timestamp += 160;
    }
    stage.mark(13_000.0, Seen::Met(played, None));
    stage.mark(13_000.0, Seen::Met(looped, None));
}

/// Digit 1 for 100 ms, and digit 2 for 60 ms with a timestamp that moves and two end packets.
fn digits(stage: &mut Stage) {
    let step: StepId =
        stage.step("digits", "dut ~> alice: digits 12", SubjectKind::Digits(0, Method::Rtp));
    stage.mark(20_000.0, Seen::Reached(step));
    let event = |sequence, timestamp, code, end: u8, duration: u16| {
        let [high, low] = duration.to_be_bytes();
        let kind = if duration == 160 { 0x80 + 101 } else { 101 };
        rtp(kind, sequence, timestamp, 7, &[code, end + 8 + code, high, low])
    };
    for (millis, packet) in [
        (20_020.0, event(1, 800, 1, 0, 160)),
        (20_060.0, event(2, 800, 1, 0, 480)),
        (20_100.0, event(3, 800, 1, 0x80, 800)),
        (20_100.0, event(4, 800, 1, 0x80, 800)),
        (20_100.0, event(5, 800, 1, 0x80, 800)),
        (20_200.0, event(6, 2_400, 2, 0, 160)),
        (20_220.0, event(7, 2_560, 2, 0, 320)),
        (20_240.0, event(8, 2_560, 2, 0x80, 480)),
    ] {
        stage.received(millis, RolePoint::Rtp, &packet);
    }
    stage.mark(20_240.0, Seen::Met(step, None));
    stage.received(20_250.0, RolePoint::Rtp, &event(9, 2_560, 2, 0x80, 480));
}

/// An offer of keys; two packets and two reports under them, and one of each with a wrong tag.
fn secure(stage: &mut Stage) {
    stage.sends("offer", 21_000.0, OFFER);
    let key = MasterKey::draw(Suite::AesCm128Sha80, &mut fastrand::Rng::with_seed(5));
    let keys = KeyPair::new(&key, &key, Encryption::On, Encryption::On);
    let keyed = Keyed { role: 0, keys: Some(keys) };
    stage.mark(21_100.0, Seen::Keyed(Box::new(keyed)));
    let step = stage.step("secured", "dut ~> alice: audio", SubjectKind::Heard(0));
    stage.mark(21_100.0, Seen::Reached(step));
    let mut sealer = Sealer::new(&key, Encryption::On, Encryption::On).unwrap();
    for (sequence, millis) in (9..12).zip([21_120.0, 21_140.0, 21_160.0]) {
        let mut media = sealer.seal_rtp(&rtp(0, sequence, 0, 7, &[0xff; 160])).unwrap();
        let index = u32::from(sequence.min(10)) - 9;
        let report = [0x80, 201, 0, 1, 0, 0, 0, 7];
        let mut report = sealer.seal_rtcp_at(&report, index).unwrap();
        if sequence == 11 {
            *media.last_mut().unwrap() ^= 1;
            *report.last_mut().unwrap() ^= 1;
        }
        stage.received(millis, RolePoint::Rtp, &media);
        stage.received(millis, RolePoint::Rtcp, &report);
    }
    stage.mark(21_200.0, Seen::Met(step, None));
    // What follows is in clear again.
    stage.mark(21_200.0, Seen::Keyed(Box::new(Keyed { role: 0, keys: None })));
}

/// Digits 1 and 2 as tones, 60 ms each with 40 ms between, twisted by 2 dB and 1 % too high.
fn tones(stage: &mut Stage) {
    let step: StepId =
        stage.step("tones", "dut ~> alice: digits 12", SubjectKind::Digits(0, Method::Inband));
    stage.mark(22_000.0, Seen::Reached(step));
    let (on, off) = (Duration::from_millis(60), Duration::from_millis(40));
    let dialling = Dialling { on, off, level: Dbm0(-10.0), twist: 2.0, offset: 0.01 };
    let digits = "12".chars().filter_map(Digit::of_char);
    let samples: Vec<i16> = dialling.samples(digits, Codec::Pcmu).collect();
    for ((frame, n), sequence) in samples.chunks(160).zip(0_u32..).zip(3_000_u16..) {
        let packet = rtp(0, sequence, 160 * n, 8, &Codec::Pcmu.encode(frame));
        stage.received(22_000.0 + 20.0 * f64::from(n), RolePoint::Rtp, &packet);
    }
    stage.mark(22_300.0, Seen::Met(step, None));
}

const REGISTER: &str = "
REGISTER sip:127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKr1;rport
From: <sip:door@127.0.0.1>;tag=f1
To: <sip:door@127.0.0.1>
Call-ID: reg-1
CSeq: 1 REGISTER
Max-Forwards: 70
Contact: <sip:door@127.0.0.1:5080>;expires=60
Require: outbound
Content-Length: 0

";

const CHALLENGE: &str = "
SIP/2.0 401 Unauthorized
Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKr1;rport=5080;received=127.0.0.1
From: <sip:door@127.0.0.1>;tag=f1
To: <sip:door@127.0.0.1>;tag=t1
Call-ID: reg-1
CSeq: 1 REGISTER
WWW-Authenticate: Digest realm=\"ringtrue\", nonce=\"n0\", opaque=\"o0\", qop=\"auth,auth-int\", algorithm=MD5, stale=FALSE
WWW-Authenticate: Digest realm=\"ringtrue\", nonce=\"n0\", opaque=\"o0\", algorithm=SHA-256
Unsupported: foo
Content-Length: 0

";

const INVITE: &str = "
INVITE sip:door@127.0.0.1:5080;transport=udp SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKi1
From: <sip:alice@127.0.0.1>;tag=a1
To: <sip:door@127.0.0.1:5080>
Call-ID: call-1
CSeq: 1 INVITE
Max-Forwards: 70
Contact: <sip:alice@127.0.0.1:5060>
Content-Type: application/sdp
Content-Length: 193

v=0
o=alice 5 18446744073709551614 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 10000 RTP/AVP 0 8 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
";

const OFFER: &str = "
INVITE sip:door@127.0.0.1:5080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKi2
From: <sip:alice@127.0.0.1>;tag=a2
To: <sip:door@127.0.0.1:5080>
Call-ID: call-2
CSeq: 1 INVITE
Max-Forwards: 70
Contact: <sip:alice@127.0.0.1:5060>
Content-Type: application/sdp
Content-Length: 279

v=0
o=alice 5 6 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 10000 RTP/SAVP 0
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR UNENCRYPTED_SRTCP
a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR
";

const OK: &str = "
SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKi1
From: <sip:alice@127.0.0.1>;tag=a1
To: <sip:door@127.0.0.1:5080>;tag=d1
Call-ID: call-1
CSeq: 1 INVITE
Contact: <sip:door@127.0.0.1:5080>
Allow: INVITE, ACK, BYE
Supported: replaces, 100rel
Expires: 7200
Date: yesterday
Content-Type: application/sdp; charset=utf-8
Content-Length: 195

v=0
o=door 5 18446744073709551615 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 12000 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20
a=sendonly
";

const BYE: &str = "
BYE sip:door@127.0.0.1:5080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKb1
From: <sip:alice@127.0.0.1>;tag=a1
To: <sip:door@127.0.0.1:5080>;tag=d1
Call-ID: call-1
RAck: 7 3 INVITE
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

";

const BYE_OK: &str = "
SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKb1
From: <sip:alice@127.0.0.1>;tag=a1
To: <sip:door@127.0.0.1:5080>;tag=d1
Call-ID: call-1
CSeq: 2 BYE
Content-Length: 0

";

const REGISTER_OK: &str = "
SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKr1;rport=5080;received=127.0.0.1
From: <sip:door@127.0.0.1>;tag=f1
To: <sip:door@127.0.0.1>;tag=t1
Call-ID: reg-1
CSeq: 2 REGISTER
Content-Length: 0

";
