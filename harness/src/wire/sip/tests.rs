use super::*;
use crate::wire::{DefectCode, Severity};
use proptest::prelude::*;
use rstest::rstest;

const INVITE: &str = "INVITE sip:door@192.0.2.2 SIP/2.0\r\n\
    Via: SIP/2.0/UDP [2001:db8::1]:5062;rport;received=2001:db8::9;branch=z9hG4bK1\r\n\
    Via: SIP/2.0/TCP p1.example.com;branch=z9hG4bK2, SIP/2.0/TLS p2.example.com;branch=z9hG4bK3\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice, \\\"A\\\"\" <sips:alice@example.com>;tag=a1\r\n\
    To: <tel:+1-201-555-0123>\r\n\
    Call-ID: c1@example.com\r\n\
    CSeq: 2147483647 INVITE\r\n\
    Contact: \"A, B\" <sip:a,b@192.0.2.1>;expires=60, <sip:c@192.0.2.1>\r\n\
    Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\n\
    Allow: INVITE, ACK,BYE\r\n\
    k: 100rel\r\n\
    Require:\r\n timer\r\n\
    Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n\
    Proxy-Authorization: Digest username=\"a\", realm=\"x, y\", qop=auth, nc=00000001\r\n\
    RAck: 7 3 INVITE\r\nRSeq: 8\r\nExpires: 120\r\n\
    Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n";

fn codes(text: &[u8]) -> Vec<DefectCode> {
    Message::read(text).defects().iter().map(|defect| defect.code).collect()
}

#[test]
fn every_view_of_a_request() {
    let message = Message::read(INVITE.as_bytes());
    assert_eq!(message.defects(), []);
    assert!(message.is_request() && !message.is_response());
    assert_eq!(message.status(), None);
    assert_eq!(message.request_uri(), Some("sip:door@192.0.2.2"));
    assert_eq!(message.vias().len(), 3);
    let via = message.top_via().unwrap();
    assert_eq!(via.sent_by(), "[2001:db8::1]:5062");
    assert_eq!(via.received().unwrap(), "2001:db8::9");
    assert!(via.wants_rport() && via.has_cookie());
    assert_eq!(via.rport(), None);
    let from = message.from().unwrap();
    assert_eq!(from.display.as_deref(), Some("Alice, \"A\""));
    assert_eq!(from.to_string(), "\"Alice, \\\"A\\\"\" <sips:alice@example.com>;tag=a1");
    assert_eq!(message.to().unwrap().tag(), None);
    assert_eq!(message.cseq(), Some(CSeq { number: 2_147_483_647, method: "INVITE".to_owned() }));
    let contacts = message.contacts();
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[0].display.as_deref(), Some("A, B"));
    assert_eq!(contacts[0].params.get("Expires").unwrap(), "60");
    let routes: Vec<_> = message.record_routes().iter().map(|r| r.uri.host.clone()).collect();
    assert_eq!(routes, ["p2", "p1"]);
    assert_eq!(message.allow(), ["INVITE", "ACK", "BYE"]);
    assert_eq!(message.supported(), ["100rel"]);
    assert_eq!(message.require(), ["timer"]);
    assert_eq!(message.values("Date"), ["Sat, 13 Nov 2010 23:29:00 GMT"]);
    let [auth] = message.credentials().try_into().unwrap();
    assert!(auth.is_digest());
    assert_eq!(auth.get("realm").as_deref(), Some("x, y"));
    assert_eq!(auth.written("username"), Some("\"a\""));
    assert_eq!(auth.get("nc").as_deref(), Some("00000001"));
    assert_eq!(message.rack().unwrap(), RAck { rseq: 7, cseq: CSeq::read("3 INVITE").unwrap() });
    assert_eq!(message.rseq(), Some(8));
    assert_eq!(message.expires(), Some(120));
    assert!(message.content_type().unwrap().is("Application/SDP"));
    assert_eq!(message.body(), b"v=0\r\n");
}

#[test]
fn places_are_those_of_the_bytes() {
    let message = Message::read(INVITE.as_bytes());
    let require = message.fields("Require").next().unwrap();
    assert_eq!(INVITE.get(require.at.clone()), Some("Require:\r\n timer"));
    assert_eq!(INVITE.get(require.value_at.clone()), Some("timer"));
    let supported = message.fields("Supported").next().unwrap();
    assert_eq!((supported.name.as_str(), supported.written.as_str()), ("Supported", "k"));
    assert_eq!(INVITE.get(message.start_at().clone()), INVITE.lines().next());

    let broken = INVITE.replace("CSeq: 2147483647", "CSeq: 2147483648");
    let message = Message::read(broken.as_bytes());
    let [defect] = message.defects() else { panic!("{:?}", message.defects()) };
    assert_eq!(defect.code, DefectCode::CseqOutOfRange);
    assert_eq!(broken.get(defect.at.clone()), Some("2147483648 INVITE"));
    assert_eq!(defect.clause, "RFC 3261 §8.1.1.5");
    assert_eq!(message.cseq().unwrap().number, 1 << 31);
}

#[rstest]
#[case("INVITE sip:door@192.0.2.2 SIP/2.0", "INVITE", DefectCode::StartLineUnreadable)]
#[case("INVITE sip:door@192.0.2.2 SIP/2.0", "SIP/2.0 20 OK", DefectCode::StatusOutOfRange)]
#[case("INVITE sip:door@192.0.2.2 SIP/2.0", "SIP/2.0 200", DefectCode::StartLineSpacing)]
#[case("INVITE sip:", "INV(ITE sip:", DefectCode::MethodInvalid)]
#[case("SIP/2.0\r\n", "SIP/2.1\r\n", DefectCode::VersionUnknown)]
#[case("Max-Forwards: 70\r\n", "", DefectCode::MissingHeader)]
#[case(
    "Contact: \"A, B\" <sip:a,b@192.0.2.1>;expires=60, <sip:c@192.0.2.1>\r\n",
    "",
    DefectCode::MissingHeader
)]
#[case(";tag=a1", "", DefectCode::MissingTag)]
#[case("Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 70", DefectCode::RepeatedHeader)]
#[case("Allow: INVITE, ACK", "Allow: INVITE,, ACK", DefectCode::EmptyListElement)]
#[case("Allow: INVITE,", "Allow: IN VITE,", DefectCode::ParameterInvalid)]
#[case("branch=z9hG4bK2", "branch=2", DefectCode::BranchWithoutCookie)]
#[case("SIP/2.0/TCP p1", "SIP/2.0/TCP p_1", DefectCode::ViaInvalid)]
#[case("expires=60", "expires=-1", DefectCode::ExpiresInvalid)]
#[case("<sip:c@192.0.2.1>", "*", DefectCode::WildcardNotAlone)]
#[case("Call-ID: c1@", "Call-ID: c 1@", DefectCode::CallIdInvalid)]
#[case("Date:", "Da te:", DefectCode::HeaderNameInvalid)]
#[case("timer", "ti\u{1}mer", DefectCode::ControlCharacter)]
#[case("timer", "ti\rmer", DefectCode::BareCr)]
#[case("Content-Type: application/sdp\r\n", "", DefectCode::ContentTypeInvalid)]
#[case("application/sdp", "application", DefectCode::ContentTypeInvalid)]
#[case("Content-Length: 5", "Content-Length: 4", DefectCode::TrailingBytes)]
#[case("Content-Length: 5", "Content-Length: 6", DefectCode::ContentLengthLong)]
#[case("Content-Length: 5", "Content-Length: five", DefectCode::ContentLengthInvalid)]
fn a_defect_is_listed(#[case] from: &str, #[case] to: &str, #[case] code: DefectCode) {
    let broken = INVITE.replacen(from, to, 1);
    assert_ne!(broken, INVITE);
    let found = codes(broken.as_bytes());
    assert!(found.contains(&code), "{found:?}");
    assert_eq!(Message::read(broken.as_bytes()).bytes(), broken.as_bytes());
}

#[rstest]
#[case::no_content_length("Content-Length: 5\r\n", "")]
#[case::space_before_colon("Max-Forwards: 70", "Max-Forwards \t: 70")]
#[case::no_space_after_colon("Max-Forwards: 70", "Max-Forwards:70")]
#[case::case_of_names("Max-Forwards: 70", "mAX-fORWARDS: 70")]
#[case::empty_supported("k: 100rel", "Supported:")]
#[case::escaped_host("sip:c@192.0.2.1", "sip:c@[::1]:5060;transport=tcp")]
#[case::leading_line_ends("INVITE sip:", "\r\n\r\nINVITE sip:")]
#[case::folded("Date: Sat,", "Date:\r\n\t Sat,")]
#[case::lower_case_version("SIP/2.0\r\n", "sip/2.0\r\n")]
fn what_is_legal_is_no_defect(#[case] from: &str, #[case] to: &str) {
    let other = INVITE.replacen(from, to, 1);
    assert_ne!(other, INVITE);
    assert_eq!(codes(other.as_bytes()), []);
    assert_eq!(Message::read(other.as_bytes()).body(), b"v=0\r\n");
}

#[test]
fn a_hopeless_datagram_is_still_a_message() {
    for hopeless in [&b""[..], b"\r\n", b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n", b"\xff\xfe"] {
        let message = Message::read(hopeless);
        assert_eq!(*message.start(), StartLine::Unreadable);
        assert_eq!(message.bytes(), hopeless);
        assert!(message.defects().iter().any(|d| d.severity() == Severity::Violation));
        assert!(message.top_via().is_none() && message.cseq().is_none());
    }
}

#[test]
fn a_stream_is_cut_at_content_length() {
    let stream = [INVITE.as_bytes(), INVITE.as_bytes()].concat();
    assert_eq!(message_length(&stream), Some(INVITE.len()));
    assert_eq!(message_length(&stream[..INVITE.len() - 8]), None);
    // The header is complete, the body is still to come.
    assert_eq!(message_length(&stream[..INVITE.len() - 3]), Some(INVITE.len()));
    assert_eq!(message_length(b"\r\n\r\n"), None);
    // Leading line ends count; bare line feeds end a header as they end a line.
    let kept_alive = [b"\r\n\r\n", INVITE.as_bytes()].concat();
    assert_eq!(message_length(&kept_alive), Some(INVITE.len() + 4));
    for text in ["OPTIONS sip:a SIP/2.0\nl: 2\n\nhi", "OPTIONS sip:a SIP/2.0\nl: 2\n\r\nhi"] {
        assert_eq!(message_length(format!("{text} more").as_bytes()), Some(text.len()));
    }
}

#[test]
fn bytes_that_are_not_utf8_are_kept_and_pointed_at() {
    let broken = [b"OPTIONS sip:a SIP/2.0\r\nSubject: x\xffy\r\n", &b"\r\n"[..]].concat();
    let message = Message::read(&broken);
    let defect = message.defects().iter().find(|d| d.code == DefectCode::NotUtf8).unwrap();
    assert_eq!(broken[defect.at.clone()], [0xff]);
    assert_eq!(message.header("Subject"), Some("x\u{fffd}y"));
}

/// A message with a few of its bytes changed: deeper into the readers than noise gets.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((0..INVITE.len(), any::<u8>()), 0..12);
    (changes, 0..INVITE.len()).prop_map(|(changes, end)| {
        let mut bytes = INVITE.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(INVITE.len() - end / 4);
        bytes
    })
}

fn look_at_everything(bytes: &[u8]) {
    let message = Message::read(bytes);
    assert_eq!(message.bytes(), bytes);
    for defect in message.defects() {
        assert!(defect.at.start <= defect.at.end && defect.at.end <= bytes.len(), "{defect:?}");
    }
    for header in message.headers() {
        assert!(bytes.get(header.at.clone()).is_some());
        assert!(bytes.get(header.value_at.clone()).is_some());
    }
    let _ = (message.vias(), message.from(), message.to(), message.contacts(), message.cseq());
    let _ = (message.routes(), message.challenges(), message.credentials(), message.sdp());
    let _ = (message.rack(), message.to_rsip(), message.allow(), message_length(bytes));
}

proptest! {
    #[test]
    fn reading_anything_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        look_at_everything(&bytes);
    }

    #[test]
    fn reading_a_damaged_message_never_panics(bytes in damaged()) {
        look_at_everything(&bytes);
    }

    #[test]
    fn reading_is_stable_under_editing_nothing(bytes in damaged()) {
        let message = Message::read(&bytes);
        let again = crate::wire::builder::Draft::from_message(&message).message();
        let values = |m: &Message| m.headers().map(|h| h.value.clone()).collect::<Vec<_>>();
        if message.defects().is_empty() {
            prop_assert_eq!(values(&message), values(&again));
        }
    }
}
