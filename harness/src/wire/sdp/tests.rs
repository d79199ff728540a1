use super::*;
use crate::wire::DefectCode;
use proptest::prelude::*;
use rstest::rstest;

const OFFER: &str = "v=0\r\no=alice 2890844526 2890844527 IN IP4 host.example.com\r\ns=call\r\n\
    c=IN IP4 192.0.2.1\r\nt=0 0\r\na=sendonly\r\n\
    m=audio 49170 RTP/AVP 8 0 97 101 3\r\na=rtpmap:97 opus/48000/2\r\na=fmtp:97 useinbandfec=1\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n\
    m=video 0 RTP/AVP 31\r\nc=IN IP6 2001:db8::1\r\na=inactive\r\n";

#[test]
fn an_offer() {
    let session = Session::read(OFFER.as_bytes());
    assert_eq!(session.defects(), []);
    assert_eq!(session.bytes(), OFFER.as_bytes());
    let origin = session.origin.as_ref().unwrap();
    assert_eq!(origin.to_string(), "alice 2890844526 2890844527 IN IP4 host.example.com");
    assert_eq!(session.direction, Direction::SendOnly);

    let audio = session.audio().unwrap();
    assert_eq!(audio.port, 49170);
    assert_eq!(audio.payload_types(), [8, 0, 97, 101, 3]);
    let named: Vec<String> = audio.codecs().iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        ["PCMA/8000", "PCMU/8000", "opus/48000/2", "telephone-event/8000", "GSM/8000"]
    );
    assert_eq!(audio.fmtp(101), Some("0-15"));
    assert_eq!(audio.fmtp(10), None);
    assert_eq!(audio.codec_named("OPUS").unwrap().fmtp.as_deref(), Some("useinbandfec=1"));
    assert_eq!(audio.ptime(), Some(20));
    assert_eq!(audio.rtcp_port(), Some(49171));
    // What the stream does not say, the session says.
    assert_eq!(audio.direction, Direction::SendOnly);
    assert_eq!(audio.connection.as_ref().unwrap().address, "192.0.2.1");

    let video = session.first("video").unwrap();
    assert!(video.is_rejected());
    assert_eq!(video.direction, Direction::Inactive);
    assert_eq!(video.connection.as_ref().unwrap().to_string(), "IN IP6 2001:db8::1");
}

#[rstest]
#[case("v=0\r\n", "", DefectCode::SdpMissingLine)]
#[case("c=IN IP4 192.0.2.1\r\n", "", DefectCode::SdpMissingLine)]
#[case("c=IN IP4 192.0.2.1", "c=IN 192.0.2.1", DefectCode::SdpValueInvalid)]
#[case("v=0", "v=1", DefectCode::SdpValueInvalid)]
#[case("t=0 0", "t=0", DefectCode::SdpValueInvalid)]
#[case("m=audio 49170", "m=audio 99999", DefectCode::SdpValueInvalid)]
#[case("a=rtpmap:97 opus/48000/2", "a=rtpmap:97 opus", DefectCode::SdpValueInvalid)]
#[case("a=rtpmap:97 opus/48000/2\r\n", "", DefectCode::SdpNoRtpmap)]
#[case("s=call\r\n", "s=call\r\ns=again\r\n", DefectCode::SdpRepeatedLine)]
#[case("t=0 0\r\n", "t=0 0\r\nb=AS:64\r\n", DefectCode::SdpOrder)]
#[case("a=ptime:20\r\n", "a=ptime:20\r\nt=0 0\r\n", DefectCode::SdpOrder)]
#[case("a=ptime:20", "ptime 20", DefectCode::SdpLineInvalid)]
#[case("a=inactive\r\n", "a=inactive", DefectCode::SdpUnended)]
#[case("s=call\r\n", "s=call\n", DefectCode::SdpBareLf)]
fn a_defect_is_listed_and_the_rest_is_read(
    #[case] from: &str,
    #[case] to: &str,
    #[case] code: DefectCode,
) {
    let broken = OFFER.replacen(from, to, 1);
    assert_ne!(broken, OFFER);
    let session = Session::read(broken.as_bytes());
    let codes: Vec<DefectCode> = session.defects().iter().map(|defect| defect.code).collect();
    assert!(codes.contains(&code), "{codes:?}");
    assert_eq!(session.first("video").unwrap().formats, ["31"]);
}

#[test]
fn times_may_repeat_and_come_again() {
    let text = OFFER.replace("t=0 0\r\n", "t=1 2\r\nr=7d 1h 0 25h\r\nt=3 4\r\nr=7d 1h 0\r\n");
    assert_eq!(Session::read(text.as_bytes()).defects(), []);
}

#[test]
fn a_defect_points_at_its_line() {
    let broken = OFFER.replace("t=0 0", "t=now");
    let session = Session::read(broken.as_bytes());
    let [defect] = session.defects() else { panic!("{:?}", session.defects()) };
    assert_eq!(broken.get(defect.at.clone()), Some("t=now"));
}

#[test]
fn what_is_written_reads_back_without_defects() {
    let draft = SessionDraft::new("2001:db8::7".parse().unwrap(), 42)
        .with(MediaDraft {
            ptime: Some(20),
            direction: Direction::RecvOnly,
            ..MediaDraft::audio(
                4000,
                vec![
                    Codec::new(0, "PCMU", 8_000),
                    Codec { channels: 2, ..Codec::new(96, "L16", 48_000) },
                    Codec::telephone_event(101),
                ],
            )
        })
        .with(MediaDraft::rejecting(&Session::read(OFFER.as_bytes()).media[1]));
    insta::assert_snapshot!(draft.to_string().replace('\r', ""), @r"
    v=0
    o=- 42 42 IN IP6 2001:db8::7
    s=-
    c=IN IP6 2001:db8::7
    t=0 0
    m=audio 4000 RTP/AVP 0 96 101
    a=rtpmap:0 PCMU/8000
    a=rtpmap:96 L16/48000/2
    a=rtpmap:101 telephone-event/8000
    a=fmtp:101 0-15
    a=ptime:20
    a=recvonly
    m=video 0 RTP/AVP 31
    ");
    let session = Session::read(&draft.build());
    assert_eq!(session.defects(), []);
    assert_eq!(session.audio().unwrap().codecs(), draft.media[0].codecs);
    assert_eq!(session.audio().unwrap().direction, Direction::RecvOnly);
    assert!(session.media[1].is_rejected());
}

#[test]
fn an_rtpmap_overrides_the_static_table() {
    let text = OFFER.replace("a=ptime:20", "a=rtpmap:3 iLBC/8000");
    let audio = Session::read(text.as_bytes());
    assert_eq!(audio.audio().unwrap().codec(3).unwrap().name, "iLBC");
    assert_eq!(Codec::of_static(2), None);
}

proptest! {
    #[test]
    fn reading_anything_keeps_its_bytes(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let session = Session::read(&body);
        prop_assert_eq!(session.bytes(), &body);
        for defect in session.defects() {
            prop_assert!(defect.at.end <= body.len());
        }
    }

    #[test]
    fn reading_lines_of_any_kind_never_panics(lines in "([a-z]=[ -~]{0,20}\r?\n){0,12}") {
        let session = Session::read(lines.as_bytes());
        prop_assert_eq!(session.lines().len(), lines.matches('\n').count());
    }
}
