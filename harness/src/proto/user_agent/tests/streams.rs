use super::network::{Network, request, response};
use crate::proto::transport::Hop;
use crate::proto::user_agent::RequestSpec;
use crate::wire::Transport;
use crate::wire::edits::Edits;

fn over(transport: Transport, method: &str, uri: &str) -> RequestSpec {
    let mut spec = request(method);
    let port = transport.default_port();
    spec.target.uri = uri.to_owned();
    spec.target.hop = Hop { transport, remote: ([192, 0, 2, 2], port).into() };
    spec
}

#[test]
fn a_call_over_tcp_goes_both_ways_along_the_connections_and_retransmits_nothing() {
    let mut network = Network::new();
    let invite = over(Transport::Tcp, "INVITE", "sip:bob@192.0.2.2;transport=tcp");
    network.alice.request(network.now, &invite).unwrap();
    network.run(1_000);
    network.bob_answers(180);
    network.run(1_000);
    network.bob_answers(200);
    network.run(100);
    network.alice_sends("ACK");
    network.run(100);
    network.bob_sends("BYE");
    network.run(100);
    network.alice.respond(network.now, &response(200)).unwrap();
    network.run(40_000);
    insta::assert_snapshot!(network.ladder, @r"

         0  alice connects to 192.0.2.2:5060 over tcp
         0 |========= INVITE sdp ==========>|
       210 |<========= 100 (INVITE) ========|
      1000 |<========= 180 (INVITE) ========|
      2000 |<======= 200 (INVITE) sdp ======|
      2100 |============ ACK ==============>|
      2200  bob connects to 192.0.2.1:5060 over tcp
      2200 |<============= BYE =============|
      2300 |========= 200 (BYE) ===========>|
    ");
    assert!(network.alice.is_idle() && network.bob.is_idle());
}

#[test]
fn addresses_say_the_transport() {
    for (transport, uri, via, contact) in [
        (
            Transport::Udp,
            "sip:bob@192.0.2.2",
            "SIP/2.0/UDP 192.0.2.1:5060",
            "<sip:alice@192.0.2.1:5060>",
        ),
        (
            Transport::Tcp,
            "sip:bob@192.0.2.2;transport=tcp",
            "SIP/2.0/TCP 192.0.2.1:5060",
            "<sip:alice@192.0.2.1:5060;transport=tcp>",
        ),
        (
            Transport::Tls,
            "sip:bob@192.0.2.2;transport=tls",
            "SIP/2.0/TLS 192.0.2.1:5061",
            "<sip:alice@192.0.2.1:5061;transport=tls>",
        ),
        (
            Transport::Tls,
            "sips:bob@192.0.2.2",
            "SIP/2.0/TLS 192.0.2.1:5061",
            "<sips:alice@192.0.2.1:5061>",
        ),
    ] {
        let mut network = Network::new();
        network.alice.request(network.now, &over(transport, "INVITE", uri)).unwrap();
        network.run(20);
        network.bob_answers(200);
        network.run(20);
        let invite = network.last_message("bob");
        assert!(invite.header("Via").unwrap().starts_with(via), "{:?}", invite.header("Via"));
        assert_eq!(invite.header("Contact"), Some(contact));
        let contact = network.last_message("alice").header("Contact").unwrap();
        assert_eq!(
            contact,
            invite.header("Contact").unwrap().replace("alice@192.0.2.1", "bob@192.0.2.2")
        );
    }
}

#[test]
fn a_request_too_large_for_a_datagram_goes_over_tcp_and_one_made_large_on_purpose_does_not() {
    let mut network = Network::new();
    let mut invite = request("INVITE");
    invite.session = crate::proto::policy::SessionSpec::With {
        codecs: None,
        direction: None,
        lines: (0..60_u32).map(|number| format!("a=x-long-attribute:{number:030}")).collect(),
    };
    network.alice.request(network.now, &invite).unwrap();
    network.run(50);
    let via = network.last_message("bob").header("Via").unwrap();
    assert!(via.starts_with("SIP/2.0/TCP "), "{via}");
    assert!(network.ladder.contains("alice connects to 192.0.2.2:5060 over tcp"));

    let mut network = Network::new();
    let mut options = request("OPTIONS");
    options.edits = Edits { add: vec![("X".to_owned(), "y".repeat(2_000))], ..Edits::default() };
    network.alice.request(network.now, &options).unwrap();
    network.run(50);
    let via = network.last_message("bob").header("Via").unwrap();
    assert!(via.starts_with("SIP/2.0/UDP "), "{via}");
}

#[test]
fn a_connection_that_is_refused_fails_the_request() {
    let mut network = Network::new();
    let options = over(Transport::Tcp, "OPTIONS", "sip:bob@192.0.2.2;transport=tcp");
    network.alice.request(network.now, &options).unwrap();
    let connection = crate::wire::ConnectionId(1);
    network.alice.handle_closed(network.now, connection);
    assert!(network.alice.is_idle());
    // Once refused is not refused for ever: the next request opens a connection again.
    network.alice.poll_output();
    network.run(0);
    network.alice.request(network.now, &options).unwrap();
    network.run(50);
    assert_eq!(network.last_message("bob").method(), Some("OPTIONS"));
}
