//! Provisional responses that are acknowledged: RFC 3262.

use super::network::{Network, request, response};
use crate::proto::policy::{Reliability, SessionSpec};
use crate::proto::user_agent::{Incoming, Refused, RequestSpec, ResponseSpec};

fn reliable(status: u16, session: SessionSpec) -> ResponseSpec {
    ResponseSpec { reliability: Reliability::Reliable, session, ..response(status) }
}

fn usual() -> SessionSpec {
    SessionSpec::With { codecs: None, direction: None, lines: Vec::new() }
}

fn came(network: &Network, wanted: u16) -> usize {
    let counts = |incoming: &Incoming| matches!(incoming, Incoming::Response { status, .. } if *status == wanted);
    network.seen.iter().filter(|(_, incoming)| counts(incoming)).count()
}

#[test]
fn it_is_repeated_until_its_prack_comes() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob.respond(network.now, &reliable(183, SessionSpec::Usual)).unwrap();
    network.run(2_000);
    assert_eq!(came(&network, 183), 1, "repetitions are discarded");
    network.alice_sends("PRACK");
    network.run(50);
    network.bob_answers_by_default();
    network.run(5_000);
    network.alice_sends("PRACK");
    network.run(50);
    network.bob_answers_by_default();
    network.run(50);
    insta::assert_snapshot!(network.ladder);
    assert_eq!((came(&network, 200), came(&network, 481)), (1, 1));
}

#[test]
fn without_prack_it_is_given_up_after_32_s() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob.respond(network.now, &reliable(180, SessionSpec::Usual)).unwrap();
    network.run(40_000);
    let given_up = |incoming: &Incoming| matches!(incoming, Incoming::TransactionFailed { method, .. } if method == "PRACK");
    assert_eq!(network.seen.iter().filter(|(_, incoming)| given_up(incoming)).count(), 1);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn the_next_has_the_next_number_and_a_final_response_stops_it() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob.respond(network.now, &reliable(183, SessionSpec::Usual)).unwrap();
    network.run(50);
    network.alice_sends("PRACK");
    network.run(50);
    network.bob_answers_by_default();
    network.run(50);
    network.bob.respond(network.now, &reliable(180, SessionSpec::Usual)).unwrap();
    network.run(50);
    network.bob_answers(200);
    network.run(50);
    network.alice_sends("ACK");
    network.run(5_000);
    let numbers: Vec<_> = network
        .seen
        .iter()
        .filter_map(|(_, incoming)| match incoming {
            Incoming::Response { message, .. } => message.rseq(),
            Incoming::Request { .. }
            | Incoming::TransactionFailed { .. }
            | Incoming::Stray { .. } => None,
        })
        .collect();
    assert_eq!(numbers.len(), 2);
    assert_eq!(numbers[1], numbers[0] + 1);
    assert_eq!(came(&network, 180), 1);
}

#[test]
fn an_offer_in_it_is_answered_by_prack() {
    let mut network = Network::new();
    let spec = RequestSpec { session: SessionSpec::Without, ..request("INVITE") };
    network.alice.request(network.now, &spec).unwrap();
    network.run(50);
    network.bob.respond(network.now, &reliable(183, SessionSpec::Usual)).unwrap();
    network.run(50);
    network.alice_sends("PRACK");
    network.run(50);
    assert!(network.alice.session().is_some() && network.bob.session().is_some());
    network.bob_answers_by_default();
    network.run(50);
    network.bob_answers(200);
    network.run(50);
    network.alice_sends("ACK");
    network.run(50);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn an_answer_in_it_is_final_and_prack_may_offer_anew() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob.respond(network.now, &reliable(183, usual())).unwrap();
    network.run(50);
    let codecs = Some(vec!["PCMA".to_owned()]);
    let session = SessionSpec::With { codecs, direction: None, lines: Vec::new() };
    network.alice.request(network.now, &RequestSpec { session, ..request("PRACK") }).unwrap();
    network.run(50);
    network.bob_answers_by_default();
    network.run(50);
    for end in [&network.alice, &network.bob] {
        assert_eq!(end.session().unwrap().codec.name, "PCMA");
    }
    network.bob_answers(200);
    network.run(50);
    network.alice_sends("ACK");
    network.run(50);
    for end in [&network.alice, &network.bob] {
        assert_eq!(end.session().unwrap().codec.name, "PCMA", "the 2xx says nothing more");
    }
}

#[test]
fn there_has_to_be_something_to_acknowledge() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(180);
    network.run(50);
    let refused = network.alice.request(network.now, &request("PRACK"));
    assert_eq!(refused, Err(Refused::NothingReliable));
}
