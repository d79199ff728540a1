//! Alice registers with bob, drawn.

use super::network::{Network, config};
use crate::proto::auth::{Account, Algorithm, Space};
use crate::proto::registrar;
use crate::proto::registration::{self, Refusal, Registration, State};

fn account(password: &str) -> Account {
    Account { user: "alice".to_owned(), password: password.to_owned() }
}

/// Alice with this password, and bob, who grants 60 s to 100 s.
fn network(algorithms: &[Algorithm], password: &str, expires: u32) -> Network {
    let mut bob = config("registrar", "192.0.2.2", 2);
    bob.registrar = Some(registrar::Config {
        space: Space {
            realm: "example".to_owned(),
            algorithms: algorithms.to_vec(),
            account: account("secret"),
        },
        min_expires: 60,
        max_expires: 100,
        grant: registrar::Grant::default(),
    });
    let mut network = Network::of(config("alice", "192.0.2.1", 1), bob);
    network.alice = network.alice.with_registration(registration::Config {
        uri: "sip:192.0.2.2:5060".to_owned(),
        hop: crate::proto::transport::Hop::udp("192.0.2.2:5060".parse().unwrap()),
        account: account(password),
        expires,
    });
    network
}

/// Lets bob answer what has come, so many times.
fn served(network: &mut Network, times: usize) {
    for _ in 0..times {
        network.run(50);
        network.bob_answers_by_default();
    }
    network.run(50);
}

fn state(network: &Network) -> State {
    network.alice.registration().map(Registration::state).unwrap()
}

#[rstest::rstest]
#[case::md5(&[Algorithm::Md5])]
#[case::sha_256(&[Algorithm::Sha256, Algorithm::Md5])]
fn registers_refreshes_and_leaves(#[case] algorithms: &[Algorithm]) {
    let mut network = network(algorithms, "secret", 10);
    network.alice.register(network.now);
    served(&mut network, 3);
    assert!(matches!(state(&network), State::Registered { .. }), "challenged, and too brief");
    assert_eq!(network.bob.bindings().len(), 1);
    let credentials = network.last_message("bob").credentials();
    assert_eq!(credentials[0].get("algorithm").unwrap(), algorithms[0].name());
    // 60 s were granted; the nonce is used again.
    network.run(30_000);
    served(&mut network, 1);
    network.alice.unregister(network.now);
    served(&mut network, 1);
    assert_eq!((state(&network), network.bob.bindings().len()), (State::Absent, 0));
    network.run(100_000);
    insta::allow_duplicates! { insta::assert_snapshot!(network.ladder) };
    assert!(network.alice.is_idle());
    let scenario = network.seen.iter().filter(|(who, _)| *who == "alice").count();
    assert_eq!(scenario, 0, "what belongs to the registration is not for the scenario");
}

#[test]
fn a_wrong_password_ends_it() {
    let mut network = network(&[Algorithm::Md5], "guess", 60);
    network.alice.register(network.now);
    served(&mut network, 2);
    assert_eq!(state(&network), State::Stopped(Refusal::Credentials));
    network.run(100_000);
    assert_eq!(network.bob.bindings(), []);
}

#[test]
fn nobody_answers() {
    let mut network = network(&[], "secret", 60);
    network.lost = (0..100).collect();
    network.alice.register(network.now);
    network.run(40_000);
    assert_eq!(state(&network), State::Stopped(Refusal::Silence));
    assert!(network.alice.is_idle());
}

#[test]
fn the_end_of_a_case_removes_the_binding() {
    let mut network = network(&[], "secret", 60);
    network.alice.register(network.now);
    served(&mut network, 1);
    network.alice.hang_up(network.now);
    assert!(!network.alice.is_idle(), "the REGISTER is out");
    served(&mut network, 1);
    assert_eq!((network.bob.bindings().len(), network.alice.is_idle()), (0, true));
    network.run(100_000);
    assert_eq!(state(&network), State::Absent, "nothing refreshes it");
}
