use super::*;
use crate::wire::DefectCode;
use proptest::prelude::*;

fn essentials() -> Essentials {
    Essentials {
        via: "SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKabc".to_owned(),
        from: "\"Alice\" <sip:alice@192.0.2.1>;tag=1".to_owned(),
        to: "<sip:door@192.0.2.2>".to_owned(),
        call_id: "c1@192.0.2.1".to_owned(),
        cseq: 7,
    }
}

fn invite() -> Draft {
    Draft::request("INVITE", "sip:door@192.0.2.2", &essentials())
        .add("Contact", "<sip:alice@192.0.2.1>")
}

#[test]
fn a_request_is_written_whole_and_reads_back_without_defects() {
    let bytes = invite().body("application/sdp", "v=0\r\n").build();
    insta::assert_snapshot!(String::from_utf8(bytes.clone()).unwrap().replace('\r', ""), @r#"
    INVITE sip:door@192.0.2.2 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKabc
    Max-Forwards: 70
    From: "Alice" <sip:alice@192.0.2.1>;tag=1
    To: <sip:door@192.0.2.2>
    Call-ID: c1@192.0.2.1
    CSeq: 7 INVITE
    Contact: <sip:alice@192.0.2.1>
    Content-Type: application/sdp
    Content-Length: 5

    v=0
    "#);
    assert_eq!(Message::read(&bytes).defects(), []);
}

#[test]
fn a_response_copies_what_it_must_and_tags_the_to_once() {
    let request = invite().prepend("Via", "SIP/2.0/TCP proxy;branch=z9hG4bKp").message();
    let draft = Draft::response(180, "Ringing", &request).to_tag("x").to_tag("y");
    let response = draft.message();
    assert_eq!(response.defects(), []);
    assert_eq!(response.status(), Some(180));
    assert_eq!(response.vias(), request.vias());
    assert_eq!(response.vias().len(), 2);
    assert_eq!(response.to().unwrap().tag().unwrap(), "x");
    assert_eq!(response.cseq(), request.cseq());
    assert_eq!(response.content_length(), Some(0));
}

#[test]
fn setting_adding_and_removing_a_field() {
    let draft = invite().add("Route", "<sip:a;lr>").add("Route", "<sip:b;lr>");
    assert_eq!(draft.message().values("Route"), ["<sip:a;lr>", "<sip:b;lr>"]);
    let draft = draft.prepend("Route", "<sip:z;lr>");
    assert_eq!(draft.message().routes().len(), 3);
    let draft = draft.set("route", "<sip:c;lr>");
    assert_eq!(draft.message().values("Route"), ["<sip:c;lr>"]);
    assert_eq!(draft.remove("ROUTE").message().values("Route"), [""; 0]);
    // A name may be given in compact form.
    assert_eq!(invite().set("i", "new").message().call_id(), Some("new"));
}

#[test]
fn content_length_is_computed_unless_it_is_set_or_removed() {
    let draft = invite().body("text/plain", "12345");
    assert_eq!(draft.message().content_length(), Some(5));
    let lying = draft.clone().set("l", "9");
    assert_eq!(lying.message().defects()[0].code, DefectCode::ContentLengthLong);
    let silent = draft.remove("Content-Length");
    assert_eq!(silent.message().content_length(), None);
    assert_eq!(silent.message().body(), b"12345");
}

#[test]
fn a_value_cannot_smuggle_a_header_field_in_but_a_raw_line_can() {
    let value = invite().add("Subject", "a\r\nX-Evil: yes").message();
    assert_eq!(value.header("X-Evil"), None);
    let raw = invite().raw_line("X-Evil: yes\r\nX-More: yes").message();
    assert_eq!(raw.header("X-More"), Some("yes"));
}

#[test]
fn a_message_that_was_read_can_be_edited_without_touching_the_rest() {
    let text =
        b"OPTIONS sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP c;branch=z9hG4bK1\r\nX:  folded\r\n here\r\n\
        no colon\r\nX-Bytes: \xff\r\nl: 2\r\n\r\nhi";
    let draft = Draft::from_message(&Message::read(text));
    assert_eq!(draft.build(), text);
    let edited = draft.set("X", "flat").request_uri("sip:z").body_bytes("longer").build();
    let expected = b"OPTIONS sip:z SIP/2.0\r\nv: SIP/2.0/UDP c;branch=z9hG4bK1\r\nX: flat\r\n\
        no colon\r\nX-Bytes: \xff\r\nl: 6\r\n\r\nlonger";
    assert_eq!(edited, expected);
}

proptest! {
    #[test]
    fn what_is_built_reads_back_without_defects(
        method in "[A-Z]{3,10}",
        user in "[a-z0-9]{1,12}",
        tag in "[a-z0-9]{1,12}",
        display in "[ -~]{0,20}",
        subject in "\\PC{0,30}",
        cseq in 0..(1_u32 << 31),
        body in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let from = format!("{} <sip:{user}@192.0.2.1>;tag={tag}", crate::wire::tokens::quote(&display));
        let essentials = Essentials { from, cseq, ..essentials() };
        let bytes = Draft::request(&method, "sip:door@192.0.2.2", &essentials)
            .add("Contact", "<sip:alice@192.0.2.1>")
            .add("Subject", &subject)
            .body("application/octet-stream", body.clone())
            .build();
        let message = Message::read(&bytes);
        prop_assert_eq!(message.defects(), []);
        prop_assert_eq!(message.bytes(), &bytes);
        prop_assert_eq!(message.body(), body);
        prop_assert_eq!(message.from().unwrap().display.unwrap(), display);
        prop_assert_eq!(message.cseq().unwrap().number, cseq);
    }
}
