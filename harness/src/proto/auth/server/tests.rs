use super::*;
use crate::proto::auth::Account;
use crate::proto::auth::client::Challenge;
use crate::wire::sip::Message;
use rstest::rstest;

const URI: &str = "sip:example.com";

fn account(password: &str) -> Account {
    Account { user: "door".to_owned(), password: password.to_owned() }
}

fn guard() -> Guard {
    let algorithms = vec![Algorithm::Sha256, Algorithm::Md5];
    let account = account("secret");
    Guard::new(Space { realm: "example".to_owned(), algorithms, account })
}

/// The challenges of `guard` as a client reads them.
fn challenges(guard: &mut Guard) -> String {
    let asked = guard.challenge("0123456789abcdef", &Fault::Missing);
    asked.iter().fold(String::new(), |text, one| format!("{text}WWW-Authenticate: {one}\r\n"))
}

fn credentials(guard: &mut Guard, password: &str) -> AuthParams {
    let text = format!("SIP/2.0 401 Unauthorized\r\n{}\r\n", challenges(guard));
    let mut challenge = Challenge::read(&Message::read(text.as_bytes())).unwrap();
    let (name, value) = challenge.answer(&account(password), "REGISTER", URI, "cafe");
    assert_eq!(name, "Authorization");
    AuthParams::read(&value).unwrap()
}

#[test]
fn the_challenges_in_order_of_preference() {
    insta::assert_snapshot!(challenges(&mut guard()).replace('\r', ""), @r#"
    WWW-Authenticate: Digest realm="example", nonce="0123456789abcdef", opaque="fedcba98", algorithm=SHA-256, qop="auth"
    WWW-Authenticate: Digest realm="example", nonce="0123456789abcdef", opaque="fedcba98", algorithm=MD5, qop="auth"
    "#);
}

#[test]
fn credentials_pass_once_with_each_count() {
    let mut guard = guard();
    let given = credentials(&mut guard, "secret");
    insta::assert_snapshot!(given.to_string(), @r#"Digest username="door", realm="example", nonce="0123456789abcdef", uri="sip:example.com", response="a4c7c5c1fb9a7e9afc16e6b8f256d02403e0c25f5f5ca8d25496caea45525b9c", algorithm=SHA-256, cnonce="cafe", qop=auth, nc=00000001, opaque="fedcba98""#);
    assert_eq!(guard.check("REGISTER", URI, std::slice::from_ref(&given)), Ok(()));
    let again = guard.check("REGISTER", URI, &[given]);
    assert_eq!(again, Err(Fault::CountReused(1, 1)));
    assert!(again.unwrap_err().is_stale());
}

/// `given` with one parameter replaced, or taken away.
fn with(given: &AuthParams, name: &str, value: Option<&str>) -> AuthParams {
    let kept = given.params().iter().filter(|(known, _)| known != name);
    let kept = kept.fold(AuthParams::new("Digest"), |made, (name, value)| made.token(name, value));
    match value {
        Some(value) => kept.token(name, value),
        None => kept,
    }
}

#[rstest]
#[case::no_user("username", None, Fault::Lacks("username"))]
#[case::no_nonce("nonce", None, Fault::Lacks("nonce"))]
#[case::no_response("response", None, Fault::Lacks("response"))]
#[case::no_uri("uri", None, Fault::Lacks("uri"))]
#[case::no_count("nc", None, Fault::Lacks("nc"))]
#[case::no_cnonce("cnonce", None, Fault::Lacks("cnonce"))]
#[case::realm("realm", Some("\"other\""), Fault::Realm("other".to_owned()))]
#[case::user("username", Some("\"bell\""), Fault::User("bell".to_owned()))]
#[case::algorithm("algorithm", Some("SHA-1"), Fault::Algorithm("SHA-1".to_owned()))]
#[case::nonce("nonce", Some("\"1\""), Fault::UnknownNonce)]
#[case::opaque("opaque", Some("\"1\""), Fault::Opaque)]
#[case::qop("qop", Some("auth-int"), Fault::Qop("auth-int".to_owned()))]
#[case::count("nc", Some("1"), Fault::Response)]
#[case::response("response", Some("\"00\""), Fault::Response)]
fn what_is_wrong_is_said(#[case] name: &str, #[case] value: Option<&str>, #[case] fault: Fault) {
    let mut guard = guard();
    let given = with(&credentials(&mut guard, "secret"), name, value);
    assert_eq!(guard.check("REGISTER", URI, &[given]), Err(fault));
}

#[test]
fn a_wrong_password_another_method_another_uri_no_credentials() {
    let mut guard = guard();
    let wrong = credentials(&mut guard, "guess");
    assert_eq!(guard.check("REGISTER", URI, &[wrong]), Err(Fault::Response));
    let given = credentials(&mut guard, "secret");
    let given = std::slice::from_ref(&given);
    assert_eq!(guard.check("INVITE", URI, given), Err(Fault::Response));
    let elsewhere = guard.check("REGISTER", "sip:example.org", given);
    assert_eq!(elsewhere, Err(Fault::Uri(URI.to_owned())));
    assert_eq!(guard.check("REGISTER", URI, &[]), Err(Fault::Missing));
    let basic = AuthParams::read("Basic ZG9vcjpzZWNyZXQ=").unwrap();
    assert_eq!(guard.check("REGISTER", URI, &[basic]), Err(Fault::Missing));
}

#[test]
fn without_algorithms_all_may_pass() {
    let realm = "example".to_owned();
    let space = Space { realm, algorithms: Vec::new(), account: account("secret") };
    let mut open = Guard::new(space);
    assert_eq!(open.check("REGISTER", URI, &[]), Ok(()));
}

#[test]
fn without_qop_as_before_rfc_2617() {
    let mut guard = guard();
    let mut challenge = Challenge::read(&Message::read(
        b"SIP/2.0 407 X\r\nProxy-Authenticate: Digest realm=\"example\", nonce=\"n\"\r\n\r\n",
    ))
    .unwrap();
    guard.challenge("n", &Fault::Missing);
    let (name, value) = challenge.answer(&account("secret"), "INVITE", URI, "cafe");
    assert_eq!(name, "Proxy-Authorization");
    let given = AuthParams::read(&value).unwrap();
    assert_eq!((given.get("qop"), given.get("cnonce"), given.get("nc")), (None, None, None));
    assert_eq!(guard.check("INVITE", URI, &[given]), Ok(()));
}
