//! Each figure with a claim that is true and one that is false.

use super::world::world;
use crate::check::figure::Figure;
use crate::check::staged::line;
use crate::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet};

/// The step, a claim that is true there, and one that is false.
const CLAIMS: &[(&str, &str, &str)] = &[
    ("ok", "status == 200", "status == 486"),
    ("ok", "reason == OK", "reason == Ok"),
    ("invite", "method == INVITE", "method != INVITE"),
    ("ok", "method absent", "method exists"),
    ("invite", "request_uri contains door", "request_uri == sip:door@127.0.0.1"),
    ("invite", "request_uri.user == door", "request_uri.user == alice"),
    ("invite", "request_uri.host == 127.0.0.1", "request_uri.host == localhost"),
    ("invite", "request_uri.port == 5080", "request_uri.port == 5060"),
    ("invite", "request_uri.aor == sip:door@127.0.0.1", "request_uri.aor contains 5080"),
    ("invite", "request_uri.params.transport == udp", "request_uri.params.lr exists"),
    ("ok", "header.Call-ID == invite.header.i", "header.Call-ID == register1.header.Call-ID"),
    ("ok", "header.Warning absent", "header.Warning == x"),
    ("challenge", "header.WWW-Authenticate.count == 2", "header.Warning.count == 1"),
    ("ok", "header.Allow.list == [INVITE, ACK, BYE]", "header.Allow.list == [INVITE]"),
    ("invite", "header.Max-Forwards.number >= 70", "header.Max-Forwards.number > 70"),
    (
        "register2",
        "cseq.number == register1.cseq.number + 1",
        "cseq.number == register1.cseq.number",
    ),
    ("ok", "cseq.method == INVITE", "cseq.method == BYE"),
    ("ok", "from.tag == invite.from.tag", "from.tag == to.tag"),
    ("ok", "to.tag exists", "invite.to.tag exists"),
    ("ok", "from.uri == sip:alice@127.0.0.1", "from.uri == sip:ALICE@127.0.0.1"),
    ("ok", "to.uri contains door", "to.uri matches '^sips:'"),
    ("ok", "from.aor == sip:alice@127.0.0.1", "from.aor == to.aor"),
    ("ok", "to.aor == sip:door@127.0.0.1", "to.aor contains 5080"),
    ("ok", "via.count == 1", "via.count > 1"),
    ("ok", "via.branch == invite.via.branch", "via.branch == register1.via.branch"),
    ("challenge", "via.received == 127.0.0.1", "ok.via.received exists"),
    ("challenge", "via.rport == 5080", "register1.via.rport == 5080"),
    ("ok", "via.transport == udp", "via.transport == TCP"),
    ("ok", "contact.uri == sip:door@127.0.0.1:5080", "bye.contact.uri exists"),
    ("register1", "contact.params.expires == 60", "contact.params.q exists"),
    ("ok", "contact.count == 1", "contact.count == 2"),
    ("register1", "expires == 60 s", "expires < 1 min"),
    ("ok", "expires == 2 h", "bye.expires exists"),
    ("ok", "allow contains ACK", "allow contains ack"),
    ("ok", "supported contains REPLACES", "supported contains timer"),
    ("register1", "require contains outbound", "ok.require exists"),
    ("challenge", "unsupported == [FOO]", "unsupported == [foo, bar]"),
    ("ok", "content_type == Application/SDP", "content_type == text/plain"),
    ("ok", "body.bytes == 195", "body.bytes == 0"),
    ("ok", "body.text matches '(?m)^s=-'", "bye.body.text exists"),
    ("bye", "defects.count == 0", "ok.defects.count == 0"),
    ("ok", "defects.codes contains date-invalid", "defects.codes contains bare-lf"),
    ("ok", "sdp", "bye.sdp"),
    ("ok", "sdp exists and bye.sdp absent", "sdp absent or bye.sdp exists"),
    ("ok", "sdp.media.count == 1", "sdp.media.count == 2"),
    (
        "ok",
        "sdp.session.version == invite.sdp.session.version + 1",
        "sdp.session.version == invite.sdp.session.version",
    ),
    ("ok", "sdp.session.id == 5", "sdp.session.id == 6"),
    ("ok", "sdp.audio.codec == pcmu", "sdp.audio.codec == PCMA"),
    (
        "invite",
        "sdp.audio.codecs == [PCMU, PCMA, telephone-event]",
        "sdp.audio.codecs contains G722",
    ),
    ("ok", "sdp.audio.formats == [0, 101]", "sdp.audio.formats contains 8"),
    ("ok", "sdp.audio.port == 12000", "sdp.audio.port == 0"),
    ("ok", "sdp.audio.protocol == RTP/AVP", "sdp.audio.protocol == RTP/SAVP"),
    ("ok", "sdp.audio.address == 127.0.0.1", "sdp.audio.address == 0.0.0.0"),
    ("ok", "sdp.audio.direction == sendonly", "invite.sdp.audio.direction == sendonly"),
    ("ok", "sdp.audio.ptime == 20 ms", "sdp.audio.ptime > 20 ms"),
    ("ok", "sdp.audio.telephone_event == 101", "sdp.audio.telephone_event == 96"),
    ("invite", "sdp.audio.attribute.fmtp == '101 0-15'", "sdp.audio.attribute.crypto exists"),
    ("register2", "auth.scheme == digest", "register1.auth.scheme exists"),
    ("register2", "auth.algorithm == MD5", "auth.algorithm == SHA-256"),
    ("register2", "auth.username == door", "auth.username == Door"),
    ("register2", "auth.realm == challenge.challenge.realm", "auth.realm == other"),
    ("register2", "auth.nonce == challenge.challenge.nonce", "auth.nonce == n1"),
    ("register2", "auth.uri == sip:127.0.0.1", "auth.uri == sip:other"),
    ("register2", "auth.response matches '^[0-9a-f]{32}$'", "auth.response == x"),
    ("register2", "auth.qop == auth", "auth.qop == auth-int"),
    ("register2", "auth.nc == 00000001", "auth.nc == 00000002"),
    ("register2", "auth.cnonce == c0", "auth.cnonce absent"),
    ("register2", "auth.opaque == challenge.challenge.opaque", "auth.opaque == x"),
    ("register2", "auth.valid(door, secret)", "auth.valid(door, wrong)"),
    ("register2", "not auth.valid(other, secret)", "register1.auth.valid(door, secret)"),
    ("challenge", "challenge.count == 2", "challenge.count == 1"),
    ("challenge", "challenge.scheme == Digest", "challenge.scheme == Basic"),
    ("challenge", "challenge.algorithms == [MD5, SHA-256]", "challenge.algorithms == [MD5]"),
    ("challenge", "challenge.algorithm == md5", "challenge.algorithm == SHA-256"),
    ("challenge", "challenge.realm == ringtrue", "ok.challenge.realm exists"),
    ("challenge", "challenge.nonce == n0", "challenge.nonce == n1"),
    ("challenge", "challenge.qop contains auth", "challenge.qop contains auth-conf"),
    ("challenge", "challenge.opaque == o0", "challenge.opaque == o1"),
    ("challenge", "challenge.stale == false", "challenge.stale == true"),
    ("ok", "copies == 3", "copies == 2"),
    ("ok", "copies.changed == 1", "copies.changed == 0"),
    ("ok", "gap[1] == 500 ms ± 50 ms", "gap[1] > 500 ms"),
    ("ok", "gap[2] == 1.1 s", "gap[3] exists"),
    ("ok", "gaps.max_error == 10 % ± 0.001 %", "gaps.max_error < 10 %"),
    ("ok", "after == 200 ms", "after < 200 ms"),
    ("ok", "since.register1 == 1190 ms", "since.invite > 1 s"),
    ("heard", "took == 2.03 s", "took < 2 s"),
    ("relay", "console contains relay", "console contains reset"),
    ("relay", "rtp.after(bye) == 1", "rtp.after(bye) == 0"),
    ("relay", "line == 'relay open'", "line == relay"),
    ("relay", "detail == open", "detail == closed"),
    ("heard", "packets == 102", "packets == 100"),
    ("heard", "lost == 1", "lost == 0"),
    ("heard", "duplicates == 2", "duplicates == 0"),
    ("heard", "reordered == 0", "reordered == 1"),
    ("heard", "sequence.gaps == 3", "sequence.gaps == 0"),
    ("heard", "timestamp.step == 160", "timestamp.step == 80"),
    ("heard", "timestamp.errors == 1", "timestamp.errors == 0"),
    ("heard", "ssrc.count == 2", "ssrc.count == 1"),
    ("heard", "payload_type == 0", "payload_type == 8"),
    ("heard", "payload_types == [0]", "payload_types contains 8"),
    ("heard", "marker.first", "loop.marker.first absent"),
    ("heard", "source == '127.0.0.1:5080'", "source matches ':5082$'"),
    ("heard", "codec == PCMU", "codec == PCMA"),
    ("heard", "ptime == 20 ms", "ptime == 30 ms"),
    ("heard", "interarrival.p50 == 20 ms", "interarrival.p50 > 20 ms"),
    ("heard", "interarrival.p95 == 20 ms", "interarrival.p95 > 20 ms"),
    ("heard", "interarrival.p99 == 26 ms", "interarrival.p99 < 26 ms"),
    ("heard", "interarrival.max == 40 ms", "interarrival.max < 40 ms"),
    ("heard", "pacing.p50 == 0 ms", "pacing.p50 > 1 ms"),
    ("loop", "pacing.p95 == 0 ms", "pacing.p95 > 1 ms"),
    ("heard", "pacing.p99 == 6 ms", "pacing.p99 < 5 ms"),
    ("heard", "pacing.max == 6 ms", "pacing.max < 5 ms"),
    ("loop", "jitter == 0 ms", "jitter > 1 ms"),
    ("loop", "jitter.max == 0 ms", "heard.jitter.max < 0.1 ms"),
    ("loop", "jitter.p99 == 0 ms", "heard.jitter.p99 < 5 ms"),
    ("loop", "skew in -1 ppm..1 ppm", "skew > 100 ppm"),
    ("heard", "level == -10 dBm0 ± 1 dB", "level > -5 dBm0"),
    ("heard", "tone.level == -10 dBm0 ± 0.5 dB", "tone.level < -11 dBm0"),
    ("heard", "tone.frequency == 1004 Hz ± 1 Hz", "tone.frequency > 1010 Hz"),
    ("heard", "tone.sinad > 5 dB", "tone.sinad > 60 dB"),
    ("heard", "right.level absent", "right.level exists"),
    ("heard", "payload.codec == PCMU", "payload.codec == PCMA"),
    ("heard", "mos.estimate in 4.2..4.4", "mos.estimate < 4"),
    ("loop", "loop.latency == 60 ms ± 1 ms", "loop.latency < 50 ms"),
    ("loop", "loop.confidence > 2", "loop.confidence < 2"),
    ("heard", "first_packet == 10 ms", "first_packet < 10 ms"),
    ("heard", "rtcp.sr.count == 2", "rtcp.sr.count == 0"),
    ("heard", "rtcp.interval == 18 ms", "rtcp.interval > 1 s"),
    ("heard", "rtcp.packet_count_error == 1", "rtcp.packet_count_error == 0"),
    ("heard", "rtcp.rtt in 15 ms..25 ms", "rtcp.rtt > 1 s"),
    ("heard", "rtcp.cname contains door", "loop.rtcp.cname exists"),
    ("digits", "digits == 12", "digits == 21"),
    ("digits", "digit.count == 2", "digit.count == 1"),
    ("digits", "digit.duration == 60 ms ± 1 ms", "digit.duration > 70 ms"),
    ("digits", "digit.duration.max == 100 ms ± 1 ms", "digit.duration.max < 90 ms"),
    ("digits", "digit.end_packets == 2", "digit.end_packets >= 3"),
    ("digits", "not digit.timestamp_constant", "digit.timestamp_constant"),
    ("digits", "digit.timestamp_constant == false", "digit.timestamp_constant == true"),
    ("digits", "digit.volume == -10 dBm0 ± 1 dB", "digit.volume > -8 dBm0"),
    ("digits", "not digit.reserved", "digit.reserved"),
    ("digits", "digit.duration_grows", "not digit.duration_grows"),
    ("digits", "digit.sources == 1", "digit.sources == 2"),
    ("digits", "digit.marked", "digit.marked == false"),
    ("digits", "digit.interval == 40 ms ± 1 ms", "digit.interval > 50 ms"),
    ("digits", "digit.pause == 100 ms ± 1 ms", "digit.pause < 90 ms"),
    ("tones", "digits == 12", "digits == 21"),
    ("tones", "digit.duration == 60 ms ± 10 ms", "digit.duration > 70 ms"),
    ("tones", "digit.pause == 40 ms ± 10 ms", "digit.pause > 60 ms"),
    ("tones", "digit.level == -10 dBm0 ± 1 dB", "digit.level > -9 dBm0"),
    ("tones", "digit.twist.min == 2 dB ± 1 dB", "digit.twist.min > 3 dB"),
    ("tones", "digit.twist.max == 2 dB ± 1 dB", "digit.twist.max < 1 dB"),
    ("tones", "digit.frequency_error == 1 % ± 0.3 %", "digit.frequency_error < 0.5 %"),
];

#[test]
fn each_claim_is_judged_as_it_should_be() {
    let world = world();
    let mut wrong = Vec::new();
    for (step, yes, no) in CLAIMS {
        for (claim, expected) in [(yes, Verdict::Pass), (no, Verdict::Fail)] {
            let finding = world.check(step, claim);
            if finding.verdict != expected {
                wrong.push(format!("{claim}: {}", line(&finding)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn there_is_a_claim_of_each_figure() {
    let world = world();
    let mut claimed: BTreeMap<bool, BTreeSet<&str>> = BTreeMap::new();
    for (label, yes, no) in CLAIMS {
        let is = |it: &&crate::check::subject::Subject| it.label.as_deref() == Some(label);
        let step = world.subjects.iter().find(is).unwrap().step;
        for (claim, truth) in [(yes, true), (no, false)] {
            world.parse(step, claim).claim.each_reading(&mut |reading| {
                claimed.entry(truth).or_default().insert(reading.figure.pattern());
            });
        }
    }
    let all: BTreeSet<_> = Figure::ALL.iter().map(|figure| figure.pattern()).collect();
    assert_eq!(all.difference(&claimed[&true]).count(), 0, "without a truth");
    assert_eq!(all.difference(&claimed[&false]).collect::<Vec<_>>(), Vec::<&&str>::new());
}
