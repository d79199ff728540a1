//! Requests outside a call, and how they are refused.

use crate::world::{World, header, invite, ms, request, sip};
use intercom::Defects;

/// What the device answers to a request.
fn answer(text: &str) -> String {
    let mut world = World::new(1, &Defects::default());
    world.send(sip(100), sip(0), text);
    world.run(ms(10));
    world.last_to(sip(100))
}

#[test]
fn options_says_what_it_can() {
    let ok = answer(&request("OPTIONS", "a", ""));
    assert!(ok.starts_with("SIP/2.0 200 OK"));
    assert_eq!(header(&ok, "Allow"), "INVITE, ACK, CANCEL, OPTIONS, BYE, INFO, UPDATE, PRACK");
    assert_eq!(header(&ok, "Content-Type"), "application/sdp");
    assert_eq!(header(&ok, "Accept"), "application/sdp");
}

#[test]
fn refusals_say_why() {
    let refused = |text: &str, status: &str, name: &str, value: &str| {
        let response = answer(text);
        assert!(response.starts_with(&format!("SIP/2.0 {status} ")), "{response}");
        assert!(header(&response, name).contains(value), "{response}");
    };
    refused(&request("FLY", "a", ""), "405", "Allow", "INVITE");
    refused(
        &request("OPTIONS", "a", "Require: foo, 100rel, nothing\n"),
        "420",
        "Unsupported",
        "foo, nothing",
    );
    refused(&request("BYE", "a", ""), "481", "To", "tag=");
    refused(&invite("a", "18"), "488", "Warning", "305");
    refused(
        &invite("a", "0").replace("application/sdp", "text/x"),
        "415",
        "Accept",
        "application/sdp",
    );
    refused(
        &request("OPTIONS", "a", "").replace("sip:door@192.0.2.0 ", "tel:+1 "),
        "416",
        "To",
        "tag=",
    );
    refused(
        &request("OPTIONS", "a", "").replace("CSeq: 1", "CSeq: x"),
        "400",
        "Warning",
        "bad CSeq",
    );
    refused(
        &request("OPTIONS", "a", "").replace("SIP/2.0\nVia", "SIP/7.0\nVia"),
        "505",
        "To",
        "tag=",
    );
    refused(&request("CANCEL", "a", ""), "481", "To", "tag=");
}

#[test]
fn a_request_that_came_by_two_ways_is_merged() {
    let mut world = World::new(1, &Defects::default());
    let first = invite("a", "0");
    world.send(sip(100), sip(0), &first);
    world.send(sip(100), sip(0), &first.replace("branch=z9hG4bKa", "branch=z9hG4bKother"));
    world.run(ms(10));
    assert!(world.last_to(sip(100)).starts_with("SIP/2.0 482"));
}

#[test]
fn vias_and_rport_are_kept() {
    let via = "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKfar\n";
    let text = request("OPTIONS", "a", via);
    let mut world = World::new(1, &Defects::default());
    let source = "192.0.2.100:40000".parse().unwrap();
    world.send(source, sip(0), &text);
    world.run(ms(10));
    let ok = world.last_to(source);
    let vias: Vec<_> = ok.lines().filter(|line| line.starts_with("Via")).collect();
    assert_eq!(
        vias,
        [
            "Via: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bKa;rport=40000;received=192.0.2.100",
            "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKfar"
        ]
    );
}

#[test]
fn a_failure_is_repeated_until_its_ack() {
    let mut world = World::new(1, &Defects::default());
    world.send(sip(100), sip(0), &invite("a", "18"));
    world.run(ms(2000));
    let refusal = world.last_to(sip(100));
    assert_eq!(world.times("488"), [1, 501, 1501]);
    let ack = request("ACK", "a", "")
        .replace("To: <sip:door@192.0.2.0>", &format!("To: {}", header(&refusal, "To")));
    world.send(sip(100), sip(0), &ack);
    world.run(ms(10_000));
    assert_eq!(world.times("488").len(), 3);
}
