use super::*;
use crate::proto::auth::{Account, Algorithm};
use rstest::rstest;

fn registrar() -> Registrar {
    let account = Account { user: "door".to_owned(), password: "secret".to_owned() };
    Registrar::new(Config {
        space: Space { realm: "example".to_owned(), algorithms: Vec::new(), account },
        min_expires: 60,
        max_expires: 600,
        grant: Grant::default(),
    })
}

fn register(cseq: u32, extra: &str) -> Message {
    let text = format!(
        "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n\
         From: <sip:door@example.com>;tag=1\r\nTo: <sip:door@Example.com>\r\nCall-ID: c\r\n\
         CSeq: {cseq} REGISTER\r\n{extra}\r\n"
    );
    Message::read(text.as_bytes())
}

fn contacts(reply: &Reply) -> Vec<&str> {
    let contacts = reply.headers.iter().filter(|(name, _)| *name == "Contact");
    contacts.map(|(_, value)| value.as_str()).collect()
}

#[rstest]
#[case::header("Contact: <sip:door@192.0.2.2>\r\nExpires: 300\r\n", "300")]
#[case::parameter_first("Contact: <sip:door@192.0.2.2>;expires=200\r\nExpires: 300\r\n", "200")]
#[case::too_long("Contact: <sip:door@192.0.2.2>;expires=3600\r\n", "600")]
#[case::not_asked("Contact: <sip:door@192.0.2.2>\r\n", "600")]
#[case::shortest("Contact: <sip:door@192.0.2.2>;expires=60\r\n", "60")]
fn what_is_granted(#[case] extra: &str, #[case] expires: &str) {
    let reply = registrar().handle(Tick::ZERO, &register(1, extra), "n");
    assert_eq!(reply.status, 200);
    assert_eq!(contacts(&reply), [format!("<sip:door@192.0.2.2>;expires={expires}")]);
}

#[test]
fn too_brief_is_423_and_binds_nothing() {
    let mut registrar = registrar();
    let brief = "Contact: <sip:a@192.0.2.2>, <sip:b@192.0.2.2>;expires=59\r\n";
    let reply = registrar.handle(Tick::ZERO, &register(1, brief), "n");
    assert_eq!(reply.status, 423);
    assert_eq!(reply.headers, [("Min-Expires", "60".to_owned())]);
    assert_eq!(registrar.bindings(), []);
}

#[test]
fn a_binding_lives_lapses_is_refreshed_and_removed() {
    let mut registrar = registrar();
    let at = |seconds| Tick::ZERO + Duration::from_secs(seconds);
    let contact = "Contact: <sip:door@192.0.2.2>;expires=100\r\n";
    registrar.handle(at(0), &register(1, contact), "n");
    let query = registrar.handle(at(40), &register(2, ""), "n");
    assert_eq!(contacts(&query), ["<sip:door@192.0.2.2>;expires=60"]);
    let refreshed = registrar.handle(at(50), &register(3, contact), "n");
    assert_eq!(contacts(&refreshed), ["<sip:door@192.0.2.2>;expires=100"]);
    let other = registrar.handle(at(60), &register(4, "Contact: <sip:x@192.0.2.3>\r\n"), "n");
    assert_eq!(contacts(&other).len(), 2);
    assert_eq!(contacts(&registrar.handle(at(150), &register(5, ""), "n")).len(), 1);
    let gone = "Contact: <sip:x@192.0.2.3>;expires=0\r\n";
    let removed = registrar.handle(at(160), &register(6, gone), "n");
    assert_eq!((removed.status, contacts(&removed).len()), (200, 0));
}

#[rstest]
#[case::all("Contact: *\r\nExpires: 0\r\n", 200, 0)]
#[case::with_expiry("Contact: *\r\nExpires: 60\r\n", 400, 1)]
#[case::without_expires("Contact: *\r\n", 400, 1)]
#[case::with_another("Contact: *, <sip:x@192.0.2.3>\r\nExpires: 0\r\n", 400, 1)]
fn the_wildcard(#[case] extra: &str, #[case] status: u16, #[case] left: usize) {
    let mut registrar = registrar();
    registrar.handle(Tick::ZERO, &register(1, "Contact: <sip:door@192.0.2.2>\r\n"), "n");
    let reply = registrar.handle(Tick::ZERO, &register(2, extra), "n");
    assert_eq!((reply.status, registrar.bindings().len()), (status, left));
}

#[rstest]
#[case::same_number(5)]
#[case::lower_number(4)]
fn a_late_register_changes_nothing(#[case] cseq: u32) {
    let mut registrar = registrar();
    registrar.handle(Tick::ZERO, &register(5, "Contact: <sip:door@192.0.2.2>\r\n"), "n");
    let late = "Contact: <sip:door@192.0.2.2>;expires=0\r\n";
    assert_eq!(registrar.handle(Tick::ZERO, &register(cseq, late), "n").status, 500);
    assert_eq!(registrar.bindings().len(), 1);
}

#[test]
fn without_credentials_it_challenges_and_says_why() {
    let mut config = registrar().config;
    config.space.algorithms = vec![Algorithm::Md5];
    let mut registrar = Registrar::new(config);
    let reply = registrar.handle(Tick::ZERO, &register(1, ""), "n");
    assert_eq!((reply.status, reply.fault), (401, Some(Fault::Missing)));
    let stale = "Authorization: Digest username=\"door\", realm=\"example\", nonce=\"old\", \
                 uri=\"sip:example.com\", response=\"00\"\r\n";
    let reply = registrar.handle(Tick::ZERO, &register(2, stale), "m");
    assert_eq!(reply.fault, Some(Fault::UnknownNonce));
    assert!(reply.headers[0].1.contains("stale=true"), "{reply:?}");
}
