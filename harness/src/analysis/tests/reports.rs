//! What RTCP says of streams.

use super::*;
use crate::analysis::control::{Agreement, Port};
use crate::wire::rtcp::extended::{Block, Summary, Voip};
use crate::wire::rtcp::{self, Chunk, Report, SenderInfo};

/// A call whose caller sends a sender report and whose callee answers it 40 ms later, 30 of which
/// it held it.
fn reported(offer: &str) -> Analysis {
    let mut capture = Capture::new(Wishes::default());
    let invite = message("INVITE sip:b@192.0.2.2 SIP/2.0", "1 INVITE", "application/sdp", offer);
    capture.udp(A, B, invite.as_bytes());
    capture.rtp((A.0, 4_000), (B.0, 4_002), 0, 60);
    let sent = SenderInfo {
        ntp: 0x1122_3344_5566_7788,
        packets: 63,
        octets: 9_600,
        ..SenderInfo::default()
    };
    let report = rtcp::write(&[
        rtcp::Packet::SenderReport { ssrc: 7, sent, reports: Vec::new() },
        rtcp::Packet::SourceDescription(vec![Chunk::new(7, "caller")]),
    ]);
    capture.udp((A.0, 4_001), (B.0, 4_003), &report);
    capture.now += 39_000_000;
    let block = Report {
        ssrc: 7,
        fraction_lost: 13,
        cumulative_lost: 3,
        jitter: 80,
        last_sr: sent.compact_ntp(),
        delay_since_last_sr: 1_966,
        ..Report::default()
    };
    let answer = rtcp::Packet::ReceiverReport { ssrc: 8, reports: vec![block] };
    let name = rtcp::Packet::SourceDescription(vec![Chunk::new(8, "callee")]);
    capture.udp((B.0, 4_003), (A.0, 4_001), &rtcp::write(&[answer, name]));
    capture.udp((B.0, 4_003), (A.0, 4_001), &[0x81, 201, 0, 9, 1, 2, 3, 4]);
    capture.done()
}

#[test]
fn a_stream_has_what_both_ends_report_and_the_way_there_and_back() {
    let analysis = reported(&description("192.0.2.1", 4_000));
    let control = analysis.streams[0].control.as_ref().unwrap();
    assert_eq!((control.sender_reports, control.sent.unwrap().packets), (1, 63));
    assert_eq!(control.cname.as_deref(), Some("caller"));
    let heard = control.heard.unwrap();
    assert_eq!((heard.last.cumulative_lost, heard.worst_fraction, heard.most_jitter), (3, 13, 80));
    let trip = heard.round_trip.unwrap();
    assert!(trip.holds(0.040 - 1_966.0 / 65_536.0), "{trip}");
    assert_eq!((analysis.tally.rtcp, analysis.tally.rtcp_broken), (3, 1));
}

/// Reports on the port of media, between two ends of which each says so or not.
fn multiplexed(ends: [&str; 2]) -> Control {
    let mut capture = Capture::new(Wishes::default());
    let [offer, answer] = [(ends[0], "192.0.2.1", 4_000), (ends[1], "192.0.2.2", 4_002)]
        .map(|(mux, host, port)| description(host, port) + mux);
    let invite = message("INVITE sip:b@192.0.2.2 SIP/2.0", "1 INVITE", "application/sdp", &offer);
    capture.udp(A, B, invite.as_bytes());
    let ok = message("SIP/2.0 200 OK", "1 INVITE", "application/sdp", &answer);
    capture.udp(B, A, ok.as_bytes());
    capture.rtp((A.0, 4_000), (B.0, 4_002), 0, 60);
    let report = rtcp::write(&[
        rtcp::Packet::SenderReport { ssrc: 7, sent: SenderInfo::default(), reports: Vec::new() },
        rtcp::Packet::SourceDescription(vec![Chunk::new(7, "caller")]),
    ]);
    capture.udp((A.0, 4_000), (B.0, 4_002), &report);
    let analysis = capture.done();
    assert_eq!(analysis.streams.len(), 1, "a report is no stream");
    analysis.streams[0].control.clone().unwrap()
}

#[test]
fn reports_on_the_port_of_media_are_told_apart_from_it() {
    let mux = "a=rtcp-mux\r\n";
    let found = [[mux, mux], [mux, ""]].map(|ends| multiplexed(ends).port);
    assert_eq!(found, [Port::Media(Agreement::Agreed), Port::Media(Agreement::Missing)]);
    let apart = reported(&description("192.0.2.1", 4_000));
    assert_eq!(apart.streams[0].control.as_ref().unwrap().port, Port::Own);
}

#[test]
fn reports_under_a_key_are_counted_and_not_believed() {
    let analysis = reported(&description("192.0.2.1", 4_000).replace("RTP/AVP", "RTP/SAVP"));
    assert_eq!(analysis.streams[0].control, None);
    assert_eq!((analysis.tally.rtcp, analysis.tally.rtcp_shut), (3, 3));
}

#[test]
fn a_stream_is_worth_what_the_model_makes_of_its_codec_and_loss() {
    let mut capture = Capture::new(Wishes::default());
    capture.rtp((A.0, 9_000), (B.0, 9_002), 0, 50);
    capture.rtp((A.0, 9_000), (B.0, 9_004), 9, 50);
    let analysis = capture.done();
    let worth: Vec<_> = analysis.streams.iter().map(|it| it.quality.map(|it| it.r)).collect();
    assert_eq!(worth, [Some(93.2), None]);
}

#[test]
fn extended_reports_of_the_receiver_are_told_of_the_stream() {
    let mut capture = Capture::new(Wishes::default());
    capture.rtp((A.0, 9_000), (B.0, 9_002), 0, 50);
    let voip = Voip { ssrc: 7, loss_rate: 13, r_factor: 91, mos: [41, 127], ..Voip::default() };
    let summary = Summary { ssrc: 7, lost: Some(3), duplicates: Some(1), ..Summary::default() };
    let blocks = vec![Block::Summary(summary), Block::Voip(voip)];
    let report = rtcp::write(&[
        rtcp::Packet::ReceiverReport { ssrc: 8, reports: Vec::new() },
        rtcp::Packet::SourceDescription(vec![Chunk::new(8, "callee")]),
        rtcp::Packet::Extended { ssrc: 8, blocks },
    ]);
    for _ in 0..2 {
        capture.udp((B.0, 9_003), (A.0, 9_001), &report);
    }
    let analysis = capture.done();
    let said = analysis.streams[0].control.as_ref().unwrap().extended.unwrap();
    assert_eq!((said.summaries, said.voip), ((2, 6, 2), Some(voip)));
}
