//! Call flows, drawn: virtual milliseconds, alice on the left, bob on the right, `x` where lost.

use super::network::{Network, config, request, response};
use crate::proto::auth::{Account, Algorithm, Space};
use crate::proto::policy::{SessionSpec, Withhold};
use crate::proto::registrar;
use crate::proto::user_agent::{Incoming, Output, RequestSpec, ResponseSpec, Switch};
use crate::wire::sdp::Direction;
use crate::wire::sip::Message;

/// A call that is up, 200 ms after it began.
pub(super) fn call() -> Network {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(180);
    network.run(50);
    network.bob_answers(200);
    network.run(50);
    network.alice_sends("ACK");
    network.run(50);
    network
}

#[test]
fn basic_call() {
    let mut network = call();
    let (alice, bob) = (network.alice.session().unwrap(), network.bob.session().unwrap());
    assert_eq!(alice.remote_rtp, "192.0.2.2:40000".parse().unwrap());
    assert_eq!(bob.remote_rtcp, "192.0.2.1:40001".parse().unwrap());
    assert_eq!((alice.codec.name.as_str(), alice.payload_types.sent), ("PCMU", 0));
    assert_eq!(bob.telephone_event.unwrap().received, 101);
    network.alice_sends("BYE");
    network.run(50);
    network.bob_answers_by_default();
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.is_idle() && network.bob.is_idle());
    assert_eq!(network.alice.poll_timeout(), None);
}

#[test]
fn busy() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers_by_default();
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.is_idle() && network.bob.is_idle());
}

#[test]
fn cancel() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(180);
    network.run(50);
    network.alice_sends("CANCEL");
    network.run(50);
    network.bob_answers_by_default();
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.is_idle() && network.bob.is_idle());
}

#[test]
fn a_2xx_without_ack_is_repeated_for_32_s() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(200);
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    network.alice.hang_up(network.now);
    network.run(10);
    network.bob.hang_up(network.now);
    network.run(40_000);
    assert!(network.alice.is_idle() && network.bob.is_idle());
}

#[test]
fn a_lost_2xx_is_sent_again() {
    let mut network = Network::new();
    network.lost = vec![1];
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(200);
    network.run(1_000);
    network.alice_sends("ACK");
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn a_lost_ack_is_sent_again_when_the_2xx_is() {
    let mut network = Network::new();
    network.lost = vec![2];
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(200);
    network.run(50);
    network.alice_sends("ACK");
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    // The repeated 2xx was not for the scenario to see.
    let responses =
        |(_, incoming): &&(&str, Incoming)| matches!(incoming, Incoming::Response { .. });
    assert_eq!(network.seen.iter().filter(responses).count(), 1);
}

#[test]
fn what_is_withheld_is_not_sent() {
    let mut network = Network::new();
    network.alice.withhold(Withhold::Retransmissions, Switch::On);
    network.alice.withhold(Withhold::FailureAck, Switch::On);
    network.bob.withhold(Withhold::Trying, Switch::On);
    network.alice_sends("INVITE");
    network.run(5_000);
    network.bob_answers(603);
    network.run(600);
    network.alice.withhold(Withhold::FailureAck, Switch::Off);
    network.run(5_000);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn a_slow_answer_is_preceded_by_100() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(1_000);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn nobody_there() {
    let mut network = Network::new();
    network.lost = (0..100).collect();
    network.alice_sends("OPTIONS");
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn hold_and_resume() {
    let mut network = call();
    let with = |direction: &str| SessionSpec::With {
        codecs: None,
        direction: Some(direction.to_owned()),
        lines: vec!["a=x-held".to_owned()],
    };
    let before = network.last_message("bob").bytes().to_vec();
    assert!(Message::read(&before).sdp().is_none());
    for (direction, alice, bob) in [
        ("sendonly", Direction::SendOnly, Direction::RecvOnly),
        ("inactive", Direction::Inactive, Direction::Inactive),
        ("sendrecv", Direction::SendRecv, Direction::SendRecv),
    ] {
        let mut spec = request("INVITE");
        spec.session = with(direction);
        network.alice.request(network.now, &spec).unwrap();
        network.run(50);
        network.bob_answers_by_default();
        network.run(50);
        network.alice_sends("ACK");
        network.run(50);
        assert_eq!(network.alice.session().unwrap().direction, alice);
        assert_eq!(network.bob.session().unwrap().direction, bob);
    }
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn a_delayed_offer_is_answered_in_the_ack() {
    let mut network = Network::new();
    let spec = RequestSpec { session: SessionSpec::Without, ..request("INVITE") };
    network.alice.request(network.now, &spec).unwrap();
    network.run(50);
    network.bob_answers(200);
    network.run(50);
    network.alice_sends("ACK");
    network.run(50);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.session().is_some() && network.bob.session().is_some());
}

#[test]
fn an_early_answer_opens_the_media() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    let with = SessionSpec::With { codecs: None, direction: None, lines: Vec::new() };
    let spec = ResponseSpec { session: with, ..response(183) };
    network.bob.respond(network.now, &spec).unwrap();
    network.run(50);
    assert!(network.alice.session().is_some() && network.bob.session().is_some());
}

#[test]
fn no_codec_in_common_in_a_re_invite() {
    let mut network = call();
    let codecs = Some(vec!["GSM".to_owned()]);
    let mut spec = request("INVITE");
    spec.session = SessionSpec::With { codecs, direction: None, lines: Vec::new() };
    network.alice.request(network.now, &spec).unwrap();
    network.run(50);
    network.bob_answers_by_default();
    network.run(50);
    assert_eq!(network.last_message("alice").status(), Some(488));
    // The session goes on as it was.
    assert_eq!(network.bob.session().unwrap().codec.name, "PCMU");
    assert_eq!(network.alice.session().unwrap().codec.name, "PCMU");
}

#[test]
fn a_forked_invite_makes_two_dialogs() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(200);
    network.run(50);
    // The other branch answers too: the same response with another tag.
    let response = network.last_message("alice");
    let to = response.header("To").unwrap();
    let tag = response.to().unwrap().tag().unwrap().into_owned();
    let text = String::from_utf8(response.bytes().to_vec()).unwrap();
    let forked = text.replace(to, &to.replace(&tag, "other"));
    let from = "192.0.2.2:5060".parse().unwrap();
    network.alice.handle_datagram(network.now, from, forked.as_bytes());
    network.alice_sends("ACK");
    network.alice_sends("ACK");
    let acked = |output: Output| match output {
        Output::Transmit { bytes, .. } => {
            Message::read(&bytes).to().unwrap().tag().unwrap().into_owned()
        }
        Output::Connect { .. } | Output::Write { .. } | Output::Incoming(_) => String::new(),
    };
    // A copy of the first 2xx gets the ACK of the first dialog again.
    network.run(50);
    network.alice.handle_datagram(network.now, from, text.as_bytes());
    assert_eq!(acked(network.alice.poll_output().unwrap()), tag);
    network.alice.handle_datagram(network.now, from, forked.as_bytes());
    assert_eq!(acked(network.alice.poll_output().unwrap()), "other");
    assert_eq!(network.alice.poll_output(), None);
}

#[test]
fn bye_from_the_callee_ends_a_call_that_the_postamble_finds() {
    let mut network = call();
    network.bob.hang_up(network.now);
    network.run(50);
    let id = network.last_request("alice");
    network.alice.answer_by_default(network.now, id);
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.is_idle() && network.bob.is_idle());
}

#[test]
fn crossing_re_invites_are_both_refused() {
    let mut network = call();
    network.alice_sends("INVITE");
    network.bob_sends("INVITE");
    network.run(11);
    for name in ["alice", "bob"] {
        let id = network.last_request(name);
        let now = network.now;
        let agent = if name == "alice" { &mut network.alice } else { &mut network.bob };
        agent.answer_by_default(now, id);
    }
    network.run(1_000);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.session().is_some() && network.bob.session().is_some());
}

#[test]
fn a_bye_ends_the_session_at_once_and_the_dialog_when_it_is_answered() {
    let mut network = call();
    network.bob_sends("BYE");
    assert!(network.bob.session().is_none());
    assert!(!network.bob.is_idle());
    network.run(50);
    let id = network.last_request("alice");
    network.alice.answer_by_default(network.now, id);
    network.run(50);
    assert!(network.alice.session().is_none());
    assert!(network.alice.is_idle() && network.bob.is_idle());
}

#[test]
fn a_cancelled_invite_without_final_response_is_abandoned_after_32_s() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(180);
    network.run(50);
    network.alice_sends("CANCEL");
    network.run(50);
    network
        .bob
        .respond(network.now, &ResponseSpec { method: Some("CANCEL".to_owned()), ..response(200) })
        .unwrap();
    network.run(40_000);
    insta::assert_snapshot!(network.ladder);
    assert!(network.alice.is_idle());
}

#[test]
fn the_postamble_cancels_what_rings() {
    let mut network = Network::new();
    network.alice_sends("INVITE");
    network.run(50);
    network.bob_answers(180);
    network.run(50);
    network.alice.hang_up(network.now);
    network.run(50);
    network.bob_answers_by_default();
    network.run(40_000);
    assert!(network.alice.is_idle() && network.bob.is_idle());
    assert!(network.ladder.contains("487 (INVITE)"), "{}", network.ladder);
}

fn with_registrar(algorithms: &[Algorithm], password: &str) -> Network {
    let account =
        |password: &str| Account { user: "alice".to_owned(), password: password.to_owned() };
    let mut alice = config("alice", "192.0.2.1", 1);
    alice.credentials = Some(account(password));
    let mut bob = config("registrar", "192.0.2.2", 2);
    bob.registrar = Some(registrar::Config {
        space: Space {
            realm: "example".to_owned(),
            algorithms: algorithms.to_vec(),
            account: account("secret"),
        },
        min_expires: 60,
        max_expires: 600,
        grant: registrar::Grant::default(),
    });
    Network::of(alice, bob)
}

#[rstest::rstest]
#[case::md5(Algorithm::Md5)]
#[case::sha_256(Algorithm::Sha256)]
fn registration_with_a_challenge(#[case] algorithm: Algorithm) {
    let mut network = with_registrar(&[algorithm], "secret");
    for _ in 0..2 {
        network.alice_sends("REGISTER");
        network.run(50);
        network.bob_answers_by_default();
        network.run(50);
    }
    assert_eq!(network.last_message("alice").status(), Some(200));
    assert_eq!(network.bob.bindings().len(), 1);
    let granted = network.last_message("alice").contacts();
    assert_eq!(granted[0].params.get("expires").unwrap(), "600");
    let asked: Vec<u32> = network
        .seen
        .iter()
        .filter_map(|(_, incoming)| match incoming {
            Incoming::Request { message, .. } => Some(message.cseq().unwrap().number),
            Incoming::Response { .. }
            | Incoming::TransactionFailed { .. }
            | Incoming::Stray { .. } => None,
        })
        .collect();
    assert_eq!(asked[1], asked[0] + 1);
    let credentials = network.last_message("bob").credentials();
    assert_eq!(credentials[0].get("algorithm").unwrap(), algorithm.name());
}

#[test]
fn registration_with_a_wrong_password_is_challenged_again() {
    let mut network = with_registrar(&[Algorithm::Sha256, Algorithm::Md5], "guess");
    for _ in 0..3 {
        network.alice_sends("REGISTER");
        network.run(50);
        network.bob_answers_by_default();
        network.run(50);
    }
    insta::assert_snapshot!(network.ladder);
    assert_eq!(network.bob.bindings(), []);
}

#[test]
fn a_registrar_that_is_told_the_status_still_says_what_goes_with_it() {
    let mut network = with_registrar(&[Algorithm::Md5], "secret");
    for (status, field) in
        [(401, "WWW-Authenticate"), (423, "Min-Expires"), (200, "Contact"), (403, "Server")]
    {
        network.alice_sends("REGISTER");
        network.run(50);
        network.bob_answers(status);
        network.run(50);
        let response = network.last_message("alice");
        assert_eq!(response.status(), Some(status));
        assert!(response.header(field).is_some(), "{status}");
    }
    let register = network.last_message("bob");
    assert_eq!(register.to().unwrap().uri, register.from().unwrap().uri);
}
