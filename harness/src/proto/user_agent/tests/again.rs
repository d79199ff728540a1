//! What is sent once more.

use super::ladder::call;
use super::network::{Network, response};
use crate::proto::user_agent::{Refused, ResponseSpec};
use crate::wire::edits::Edits;

#[test]
fn a_2xx_sent_again_is_acknowledged_again() {
    let mut network = call();
    network.bob.respond_again(network.now, &response(200)).unwrap();
    network.run(50);
    network.alice.request_again("INVITE", &Edits::default()).unwrap();
    network.run(50);
    insta::assert_snapshot!(network.ladder);
}

#[test]
fn a_2xx_with_another_tag_is_a_dialog_more() {
    let mut network = call();
    let edits = Edits {
        set: vec![("To".to_owned(), "<sip:bob@192.0.2.2>;tag=fork".to_owned())],
        ..Edits::default()
    };
    let spec = ResponseSpec { edits, ..response(200) };
    network.bob.respond_again(network.now, &spec).unwrap();
    network.run(50);
    for _ in 0..2 {
        network.alice_sends("ACK");
        network.run(50);
        network.alice_sends("BYE");
        network.run(50);
        network.bob_answers_by_default();
        network.run(40_000);
    }
    insta::assert_snapshot!(network.ladder);
    assert!(network.bob.is_idle());
}

#[test]
fn what_has_not_been_sent_cannot_be_sent_again() {
    let mut network = Network::new();
    let refused = Refused::NothingSent("BYE".to_owned());
    assert_eq!(network.alice.request_again("BYE", &Edits::default()), Err(refused));
    assert!(network.bob.respond_again(network.now, &response(200)).is_err());
}
