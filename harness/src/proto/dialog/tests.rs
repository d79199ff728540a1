use super::*;
use rstest::rstest;

fn message(start: &str, tags: (&str, &str), extra: &str) -> Message {
    let (from, to) = tags;
    let text = format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
         From: <sip:a@192.0.2.1>{from}\r\nTo: <sip:b@192.0.2.2>{to}\r\nCall-ID: c\r\n\
         CSeq: 7 INVITE\r\n{extra}\r\n"
    );
    Message::read(text.as_bytes())
}

const INVITE: &str = "INVITE sip:b@192.0.2.2 SIP/2.0";
const OK: &str = "SIP/2.0 200 OK";

fn uac(extra: &str) -> Dialog {
    let request = message(INVITE, (";tag=1", ""), "");
    Dialog::as_uac(&request, &message(OK, (";tag=1", ";tag=2"), extra)).unwrap()
}

#[test]
fn a_caller_takes_the_routes_backwards_and_sends_to_the_first() {
    let dialog = uac(
        "Record-Route: <sip:192.0.2.8;lr>, <sip:192.0.2.9:5070;lr>\r\nContact: <sip:b@192.0.2.3:5061>\r\n",
    );
    let outline = dialog.next_request();
    assert_eq!(outline.uri, "sip:b@192.0.2.3:5061");
    assert_eq!(outline.routes, ["<sip:192.0.2.9:5070;lr>", "<sip:192.0.2.8;lr>"]);
    assert_eq!(outline.hop, Some(Hop::udp("192.0.2.9:5070".parse().unwrap())));
    assert_eq!(outline.from, "<sip:a@192.0.2.1>;tag=1");
    assert_eq!(outline.to, "<sip:b@192.0.2.2>;tag=2");
    assert_eq!(outline.cseq, 8);
}

/// RFC 3261 §12.2.1.1: the strict router finds itself in the Request-URI.
#[test]
fn a_strict_router_becomes_the_request_uri() {
    let dialog =
        uac("Record-Route: <sip:192.0.2.8;lr>, <sip:192.0.2.9>\r\nContact: <sip:b@192.0.2.3>\r\n");
    let outline = dialog.next_request();
    assert_eq!(outline.uri, "sip:192.0.2.9");
    assert_eq!(outline.routes, ["<sip:192.0.2.8;lr>", "<sip:b@192.0.2.3>"]);
    assert_eq!(outline.hop, Some(Hop::udp("192.0.2.9:5060".parse().unwrap())));
}

#[test]
fn a_callee_keeps_the_order_of_the_routes_and_swaps_the_addresses() {
    let request = message(
        INVITE,
        (";tag=1", ""),
        "Record-Route: <sip:192.0.2.8;lr>, <sip:192.0.2.9;lr>\r\nContact: <sip:a@gate.example>\r\n",
    );
    let dialog = Dialog::as_uas(&request, "2").unwrap();
    let outline = dialog.next_request();
    assert_eq!(outline.routes, ["<sip:192.0.2.8;lr>", "<sip:192.0.2.9;lr>"]);
    assert_eq!(outline.uri, "sip:a@gate.example");
    assert_eq!(outline.from, "<sip:b@192.0.2.2>;tag=2");
    assert_eq!(outline.to, "<sip:a@192.0.2.1>;tag=1");
    assert_eq!(outline.cseq, 1);
    // The first of the peer's requests after the INVITE has a higher number.
    let mut dialog = dialog;
    assert!(!dialog.accept_cseq(7));
    assert!(dialog.accept_cseq(8));
    assert!(!dialog.accept_cseq(8));
}

#[test]
fn a_name_in_the_contact_is_nowhere_to_send_to() {
    assert_eq!(uac("Contact: <sip:b@door.example>\r\n").next_request().hop, None);
}

#[test]
fn without_contact_the_request_uri_stays_the_target() {
    assert_eq!(uac("").next_request().uri, "sip:b@192.0.2.2");
}

#[test]
fn a_target_refresh_moves_the_target_and_not_the_routes() {
    let mut dialog = uac("Record-Route: <sip:192.0.2.8;lr>\r\nContact: <sip:b@192.0.2.3>\r\n");
    let again = "Record-Route: <sip:192.0.2.7;lr>\r\nContact: <sip:b@192.0.2.4>\r\n";
    dialog.refresh_target(&message(INVITE, (";tag=2", ";tag=1"), again));
    let outline = dialog.next_request();
    assert_eq!(outline.uri, "sip:b@192.0.2.4");
    assert_eq!(outline.routes, ["<sip:192.0.2.8;lr>"]);
}

#[rstest]
#[case::its_own((";tag=2", ";tag=1"), true)]
#[case::another_branch((";tag=3", ";tag=1"), false)]
#[case::tags_the_wrong_way_round((";tag=1", ";tag=2"), false)]
#[case::without_tags(("", ""), false)]
fn a_request_is_inside_if_both_tags_are(#[case] tags: (&str, &str), #[case] inside: bool) {
    let bye = message("BYE sip:a@192.0.2.1 SIP/2.0", tags, "");
    assert_eq!(uac("").holds_request(&bye), inside);
}

#[test]
fn numbers_rise_with_each_request_sent() {
    let mut dialog = uac("");
    dialog.note_sent(8);
    assert_eq!(dialog.next_request().cseq, 9);
    dialog.note_sent(3);
    assert_eq!(dialog.next_request().cseq, 9);
}

#[test]
fn no_tag_no_dialog() {
    let request = message(INVITE, (";tag=1", ""), "");
    assert_eq!(Dialog::as_uac(&request, &message(OK, (";tag=1", ""), "")), None);
}
