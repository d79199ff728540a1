use super::route::{Next, Way, mark};
use super::*;
use crate::proto::auth::client::Challenge;
use crate::proto::auth::{Account, Algorithm};
use crate::proto::transport::Hop;
use crate::time::Tick;
use crate::wire::sip::Via;
use rstest::rstest;

fn config() -> Config {
    let route = |targets: &[&str]| targets.iter().map(|target| (*target).to_owned()).collect();
    Config {
        sip: "192.0.2.1:5060".parse().unwrap(),
        tls: "192.0.2.1:5061".parse().unwrap(),
        domains: vec!["example.org".to_owned()],
        routes: BTreeMap::from([(
            "bob".to_owned(),
            route(&["sip:b@192.0.2.2", "sip:c@192.0.2.3"]),
        )]),
        fork: Fork::Parallel,
        record_route: RecordRoute::Loose,
        space: Space {
            realm: "example".to_owned(),
            algorithms: Vec::new(),
            account: Account { user: "alice".to_owned(), password: "secret".to_owned() },
        },
        timer_c: Duration::from_secs(181),
    }
}

fn request(uri: &str, more: &str) -> Message {
    let text = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1\r\n{more}\
         From: <sip:a@192.0.2.9>;tag=1\r\nTo: <sip:bob@example.org>\r\nCall-ID: c\r\n\
         CSeq: 1 INVITE\r\n\r\n"
    );
    Message::read(text.as_bytes())
}

/// What the proxy puts on top of `request`.
fn via(request: &Message) -> String {
    format!("SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKtoken{}", mark(request))
}

fn way(uri: &str, routes: &[&str]) -> Way {
    Way { uri: uri.to_owned(), routes: routes.iter().map(|one| (*one).to_owned()).collect() }
}

#[rstest]
#[case::no_route("sip:bob@example.org", "", "sip:bob@example.org", &[])]
#[case::own_route_goes(
    "sip:b@192.0.2.2",
    "Route: <sip:192.0.2.1;lr>, <sip:192.0.2.7;lr>\r\n",
    "sip:b@192.0.2.2",
    &["<sip:192.0.2.7;lr>"]
)]
#[case::anothers_stays("sip:b@192.0.2.2", "Route: <sip:192.0.2.7;lr>\r\n", "sip:b@192.0.2.2", &["<sip:192.0.2.7;lr>"])]
#[case::after_a_strict_router(
    "sip:192.0.2.1;lr",
    "Route: <sip:192.0.2.7;lr>, <sip:b@192.0.2.2>\r\n",
    "sip:b@192.0.2.2",
    &["<sip:192.0.2.7;lr>"]
)]
fn the_proxy_finds_itself_in_the_way(
    #[case] uri: &str,
    #[case] route: &str,
    #[case] left: &str,
    #[case] routes: &[&str],
) {
    assert_eq!(Proxy::new(config()).way(&request(uri, route)), way(left, routes));
}

#[rstest]
#[case::of_another_domain("sip:b@192.0.2.2", Some(&["sip:b@192.0.2.2"][..]))]
#[case::of_ours("sip:bob@EXAMPLE.org", Some(&["sip:b@192.0.2.2", "sip:c@192.0.2.3"][..]))]
#[case::by_our_address("sip:bob@192.0.2.1", Some(&["sip:b@192.0.2.2", "sip:c@192.0.2.3"][..]))]
#[case::by_our_address_at_another_port("sip:bob@192.0.2.1:5070", Some(&["sip:bob@192.0.2.1:5070"][..]))]
#[case::unknown("sip:eve@example.org", Some(&[][..]))]
#[case::ourselves("sip:192.0.2.1", None)]
fn targets_come_from_the_domain(#[case] uri: &str, #[case] targets: Option<&[&str]>) {
    let found = Proxy::new(config()).targets(Tick::ZERO, &way(uri, &[]));
    let targets: Option<Vec<String>> =
        targets.map(|targets| targets.iter().map(|target| (*target).to_owned()).collect());
    assert_eq!(found, targets);
}

#[rstest]
#[case::to_the_target(&[], "sip:b@192.0.2.2", &[], "192.0.2.2:5060")]
#[case::through_a_loose_router(
    &["<sip:192.0.2.7:5070;lr>"],
    "sip:b@192.0.2.2",
    &["<sip:192.0.2.7:5070;lr>"],
    "192.0.2.7:5070"
)]
#[case::through_a_strict_router(
    &["<sip:192.0.2.7>", "<sip:192.0.2.8;lr>"],
    "sip:192.0.2.7",
    &["<sip:192.0.2.8;lr>", "<sip:b@192.0.2.2>"],
    "192.0.2.7:5060"
)]
fn the_first_route_is_the_next_hop(
    #[case] routes: &[&str],
    #[case] uri: &str,
    #[case] left: &[&str],
    #[case] remote: &str,
) {
    let next = Proxy::new(config()).next(&way("sip:bob@example.org", routes), "sip:b@192.0.2.2");
    let Way { uri, routes } = way(uri, left);
    let found = Some(Hop::udp(remote.parse().unwrap()));
    assert_eq!(next, Next { uri, routes, hop: found });
}

#[test]
fn what_is_forwarded_differs_where_it_must() {
    let proxy = Proxy::new(config());
    let request = request("sip:bob@example.org", "Max-Forwards: 7\r\nRecord-Route: <sip:x;lr>\r\n");
    let next = proxy.next(&proxy.way(&request), "sip:b@192.0.2.2");
    let received =
        Via::read("SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1;received=192.0.2.10").unwrap();
    let bytes = proxy.forwarded(&request, Some(&received), &next, &via(&request)).build();
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap().replace("\r\n", "\n"));
}

/// The status of what the proxy answers, if it does not let the request pass.
fn refused(more: &str) -> Option<u16> {
    let request = request("sip:bob@example.org", more);
    Proxy::new(config()).admit(&request, "n").err().map(|rejection| rejection.status)
}

#[test]
fn only_what_may_pass_passes() {
    assert_eq!(refused("Max-Forwards: 1\r\n"), None);
    assert_eq!(refused("Max-Forwards: 0\r\n"), Some(483));
    assert_eq!(refused("Proxy-Require: magic\r\n"), Some(420));
    let other = request("news:x", "");
    let refused = Proxy::new(config()).admit(&other, "n").unwrap_err();
    assert_eq!(refused.status, 416);
}

#[test]
fn a_loop_is_found_and_a_spiral_is_not() {
    let proxy = Proxy::new(config());
    let first = request("sip:bob@example.org", "");
    let next = proxy.next(&proxy.way(&first), "sip:bob@192.0.2.2");
    let sent = proxy.forwarded(&first, None, &next, &via(&first)).message();
    let back = |uri: &str| {
        let via = format!("Via: {}\r\n", sent.values("Via")[0]);
        Proxy::new(config()).admit(&request(uri, &via), "n").err().map(|it| it.status)
    };
    assert_eq!(back("sip:bob@example.org"), Some(482));
    assert_eq!(back("sip:carol@example.org"), None, "with another Request-URI it is a spiral");
}

#[test]
fn who_proves_the_password_passes_and_takes_his_proof_along_no_further() {
    let mut asking = config();
    asking.space.algorithms = vec![Algorithm::Sha256, Algorithm::Md5];
    let mut proxy = Proxy::new(asking);
    let uri = "sip:bob@example.org";
    let refused = proxy.admit(&request(uri, ""), "nonce").unwrap_err();
    assert_eq!((refused.status, refused.headers.len()), (407, 2));
    let asked =
        format!("SIP/2.0 407 x\r\n{}: {}\r\n\r\n", refused.headers[0].0, refused.headers[0].1);
    let mut challenge = Challenge::read(&Message::read(asked.as_bytes())).unwrap();
    let (name, value) = challenge.answer(&config().space.account, "INVITE", uri, "c");
    let other = "Proxy-Authorization: Digest realm=\"other\"\r\n";
    let proven = request(uri, &format!("{name}: {value}\r\n{other}"));
    assert_eq!(proxy.admit(&proven, "next"), Ok(()));
    let next = proxy.next(&proxy.way(&proven), "sip:b@192.0.2.2");
    let sent = proxy.forwarded(&proven, None, &next, &via(&proven)).message();
    assert_eq!(sent.values("Proxy-Authorization"), ["Digest realm=\"other\""]);
}

/// RFC 3261 §22.3: what a proxy asks for, it reads in Proxy-Authorization.
#[rstest]
#[case::for_the_proxy("Proxy-Authorization", true)]
#[case::for_a_server("Authorization", false)]
fn credentials_for_a_server_are_none_for_a_proxy(#[case] name: &str, #[case] admitted: bool) {
    let mut config = config();
    config.space.algorithms = vec![Algorithm::Md5];
    let account = config.space.account.clone();
    let mut proxy = Proxy::new(config);
    let uri = "sip:bob@example.org";
    let rejection = proxy.admit(&request(uri, ""), "nonce").unwrap_err();
    assert_eq!(rejection.status, 407);
    let fields = rejection.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let text = format!("SIP/2.0 407 No\r\n{}\r\n", fields.collect::<String>());
    let mut challenge = Challenge::read(&Message::read(text.as_bytes())).unwrap();
    let (_, value) = challenge.answer(&account, "INVITE", uri, "cnonce");
    let again = request(uri, &format!("{name}: {value}\r\n"));
    assert_eq!(proxy.admit(&again, "another").is_ok(), admitted);
}
