use super::*;
use crate::proto::offer_answer::{RtcpPort, Security};
use crate::proto::policy::Rtcp;
use crate::wire::sdp::Direction;
use rstest::rstest;
use std::time::Duration;

fn negotiation(codecs: &[&str]) -> Negotiation {
    let codecs = codecs.iter().map(|&name| name.to_owned()).collect();
    let rtp = "192.0.2.1:40000".parse().unwrap();
    let security = Security::default();
    Negotiation::new(Capability { rtp, codecs, security, rtcp: Vec::new(), key_seed: 1 }, 7)
}

fn text(bytes: Option<Vec<u8>>) -> String {
    String::from_utf8(bytes.unwrap()).unwrap().replace('\r', "")
}

fn theirs(media: &str) -> sdp::Session {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n";
    sdp::Session::read(format!("{head}{media}").as_bytes())
}

/// Answers `media` as usual and returns the answer.
fn answer(ours: &mut Negotiation, media: &str) -> Option<sdp::Session> {
    ours.received_offer(theirs(media));
    let answer = sdp::Session::read(&ours.answer(&SessionSpec::Usual)?);
    ours.sent_answer(&answer);
    Some(answer)
}

#[test]
fn an_offer_names_every_codec_in_order() {
    let mut ours = negotiation(&["PCMA", "PCMU", "L16/16000", "telephone-event"]);
    insta::assert_snapshot!(text(ours.offer(&SessionSpec::Usual)), @r"
    v=0
    o=- 7 7 IN IP4 192.0.2.1
    s=-
    c=IN IP4 192.0.2.1
    t=0 0
    m=audio 40000 RTP/AVP 8 0 96 101
    a=rtpmap:8 PCMA/8000
    a=rtpmap:0 PCMU/8000
    a=rtpmap:96 L16/16000
    a=rtpmap:101 telephone-event/8000
    a=fmtp:101 0-15
    a=sendrecv
    ");
}

#[test]
fn an_answer_keeps_the_order_numbers_and_streams_of_the_offer() {
    let mut ours = negotiation(&["PCMU", "PCMA", "telephone-event"]);
    let spec =
        SessionSpec::With { codecs: None, direction: None, lines: vec!["a=x-ours".to_owned()] };
    ours.received_offer(theirs(
        "m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 18 8 0 97\r\n\
         a=rtpmap:97 telephone-event/8000\r\na=sendonly\r\nm=audio 4002 RTP/AVP 0\r\n",
    ));
    insta::assert_snapshot!(text(ours.answer(&spec)), @r"
    v=0
    o=- 7 7 IN IP4 192.0.2.1
    s=-
    c=IN IP4 192.0.2.1
    t=0 0
    m=video 0 RTP/AVP 31
    m=audio 40000 RTP/AVP 8 0 97
    a=rtpmap:8 PCMA/8000
    a=rtpmap:0 PCMU/8000
    a=rtpmap:97 telephone-event/8000
    a=fmtp:97 0-15
    a=recvonly
    a=x-ours
    m=audio 0 RTP/AVP 0
    ");
}

#[rstest]
#[case::another_codec("m=audio 4000 RTP/AVP 18\r\n")]
#[case::digits_alone("m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n")]
#[case::rejected("m=audio 0 RTP/AVP 0\r\n")]
#[case::encrypted("m=audio 4000 RTP/SAVP 0\r\n")]
#[case::no_audio("m=video 4000 RTP/AVP 31\r\n")]
fn without_a_common_codec_there_is_no_answer(#[case] media: &str) {
    assert_eq!(answer(&mut negotiation(&["PCMU", "telephone-event"]), media), None);
}

#[test]
fn each_side_is_sent_the_numbers_that_it_asked_for() {
    let mut ours = negotiation(&["PCMU", "telephone-event"]);
    let offer = ours.offer(&SessionSpec::Usual).unwrap();
    ours.sent_offer(sdp::Session::read(&offer));
    ours.received_answer(&theirs(
        "m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 telephone-event/8000\r\na=ptime:40\r\na=rtcp:4100\r\n",
    ));
    let session = ours.session().unwrap();
    assert_eq!(session.remote_rtp, "192.0.2.2:4000".parse().unwrap());
    assert_eq!(session.remote_rtcp, "192.0.2.2:4100".parse().unwrap());
    assert_eq!(session.codec.name, "PCMU");
    let events = session.telephone_event.unwrap();
    assert_eq!((events.sent, events.received), (97, 101));
    assert_eq!(session.ptime, Duration::from_millis(40));
}

#[rstest]
#[case("a=sendrecv", Direction::SendRecv)]
#[case("a=sendonly", Direction::RecvOnly)]
#[case("a=recvonly", Direction::SendOnly)]
#[case("a=inactive", Direction::Inactive)]
#[case::old_style("c=IN IP4 0.0.0.0", Direction::RecvOnly)]
fn hold_is_seen_from_our_end(#[case] line: &str, #[case] direction: Direction) {
    let mut ours = negotiation(&["PCMU"]);
    answer(&mut ours, &format!("m=audio 4000 RTP/AVP 0\r\n{line}\r\n")).unwrap();
    assert_eq!(ours.session().unwrap().direction, direction);
}

#[test]
fn the_version_rises_with_each_change_and_only_then() {
    let mut ours = negotiation(&["PCMU"]);
    let mut version = |direction: Option<&str>| {
        let direction = direction.map(str::to_owned);
        let spec = SessionSpec::With { codecs: None, direction, lines: Vec::new() };
        sdp::Session::read(&ours.offer(&spec).unwrap()).origin.unwrap().version
    };
    assert_eq!(version(None), "7");
    assert_eq!(version(None), "7");
    assert_eq!(version(Some("sendonly")), "8");
    assert_eq!(version(Some("sendonly")), "8");
    assert_eq!(version(None), "9");
}

#[test]
fn what_has_gone_out_counts_and_not_what_was_composed() {
    let mut ours = negotiation(&["PCMU"]);
    let _ = ours.offer(&SessionSpec::Usual);
    ours.sent_offer(theirs("m=audio 40000 RTP/AVP 8\r\n"));
    ours.received_answer(&theirs("m=audio 4000 RTP/AVP 8\r\n"));
    assert_eq!(ours.session().unwrap().codec.name, "PCMA");
}

#[test]
fn an_answer_that_accepts_nothing_ends_the_session() {
    let mut ours = negotiation(&["PCMU"]);
    answer(&mut ours, "m=audio 4000 RTP/AVP 0\r\n").unwrap();
    assert!(ours.session().is_some());
    let offer = ours.offer(&SessionSpec::Usual).unwrap();
    ours.sent_offer(sdp::Session::read(&offer));
    ours.received_answer(&theirs("m=audio 0 RTP/AVP 0\r\n"));
    assert_eq!(ours.session(), None);
}

#[test]
fn reports_share_the_port_of_media_where_both_ends_say_so() {
    let mut ours = negotiation(&["PCMU"]);
    let audio = "m=audio 4000 RTP/AVP 0\r\n";
    let muxed = format!("{audio}a=rtcp-mux\r\n");
    let answered = answer(&mut ours, &muxed).unwrap();
    assert!(!answered.media[0].multiplexes(), "not unless we want it");
    assert_eq!(ours.session().unwrap().rtcp_port, RtcpPort::Own);
    ours.capability.rtcp.push(Rtcp::Mux);
    for (offer, multiplexed, port) in [(audio, false, 4_001), (muxed.as_str(), true, 4_000)] {
        let answered = answer(&mut ours, offer).unwrap();
        let session = ours.session().unwrap();
        assert_eq!(answered.media[0].multiplexes(), multiplexed);
        assert_eq!(session.remote_rtcp.port(), port);
        assert_eq!(session.rtcp_port == RtcpPort::Media, multiplexed);
    }
    let offer = sdp::Session::read(&ours.offer(&SessionSpec::Usual).unwrap());
    assert!(offer.media[0].multiplexes());
    ours.sent_offer(offer);
    ours.received_answer(&theirs(audio));
    assert_eq!(ours.session().unwrap().rtcp_port, RtcpPort::Own);
}
