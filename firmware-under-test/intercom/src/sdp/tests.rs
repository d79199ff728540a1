use super::*;

fn local() -> Local {
    let codecs = vec![Codec::Pcmu, Codec::Pcma];
    let accepted = codecs.clone();
    Local {
        mux: false,
        rtp: "192.0.2.1:4000".parse().unwrap(),
        codecs,
        accepted,
        session: 7,
        version: 1,
        security: Security::default(),
        defects: Defects::default(),
    }
}

const OFFER: &str = "v=0\r\no=a 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
    m=video 6000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\
    m=audio 5000 RTP/AVP 9 8 0 100\r\na=rtpmap:100 telephone-event/8000\r\na=sendonly\r\n";

fn answer(offer: &str, defects: &Defects) -> Option<(String, Agreed)> {
    Description::parse(offer.as_bytes())
        .unwrap()
        .answer(&Local { defects: defects.clone(), ..local() })
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
    assert_eq!(
        (agreed.codec, agreed.events),
        (Codec::Pcma, Some(Events { sent: 100, received: 100 }))
    );
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
    let offer = OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 0.0.0.0").replace("sendonly", "x");
    let direction = answer(&offer, &Defects::default()).unwrap().1.direction;
    assert_eq!(direction, Direction::RecvOnly);
}

#[test]
fn an_own_offer_is_accepted() {
    let offer = local().offer(Direction::SendRecv, None);
    let agreed = Description::parse(offer.as_bytes()).unwrap().accepted(&local()).unwrap();
    assert_eq!(agreed.incoming, [(0, Codec::Pcmu), (8, Codec::Pcma)]);
    assert_eq!(agreed.events, Some(Events { sent: 101, received: 101 }));
}
