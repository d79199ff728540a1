use super::*;

fn registration() -> Registration {
    let config = Config {
        uri: "sip:192.0.2.9".to_owned(),
        hop: Hop::udp("192.0.2.9:5060".parse().unwrap()),
        account: Account { user: "alice".to_owned(), password: "secret".to_owned() },
        expires: 60,
    };
    let mut this = Registration::new(config, Uri::read("sip:alice@192.0.2.1:5060"));
    this.bind();
    this
}

fn message(response: &str) -> Message {
    Message::read(format!("SIP/2.0 {response}\r\n\r\n").as_bytes())
}

/// A registration after these responses, and whether the last one made a REGISTER due.
fn after(responses: &[&str]) -> (Registration, bool) {
    let mut this = registration();
    let mut due = true;
    for response in responses {
        due = this.handle_response(Tick::ZERO, &message(response));
    }
    (this, due)
}

fn state(responses: &[&str]) -> State {
    after(responses).0.state()
}

const GRANTED: &str = "200 OK\r\nContact: <sip:x@192.0.2.9>;expires=5, \
                       <sip:alice@192.0.2.1:5060>;expires=100";
const ASKED: &str = "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"1\"";
const ASKED_BY_ANOTHER: &str =
    "407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"b\", nonce=\"2\"";
const STALE: &str =
    "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"3\", stale=TRUE";

#[test]
fn what_is_granted_to_us_is_refreshed_at_half_time() {
    let (mut this, due) = after(&[ASKED, GRANTED]);
    assert!(!due);
    let refresh = Tick::ZERO + Duration::from_secs(50);
    assert_eq!(this.poll_timeout(), Some(refresh));
    assert!(!this.handle_timeout(Tick::ZERO + Duration::from_secs(49)));
    assert_eq!(this.state(), Registered { refresh });
    assert!(this.handle_timeout(refresh));
    assert_eq!(this.state(), Asking);
}

#[test]
fn a_second_challenge_of_a_realm_means_that_the_password_is_wrong() {
    assert_eq!(state(&[ASKED]), Asking);
    assert_eq!(state(&[ASKED; 2]), Stopped(Refusal::Credentials));
    let (mut this, _) = after(&[ASKED, GRANTED]);
    assert!(this.handle_timeout(this.poll_timeout().unwrap()));
    assert!(this.handle_response(Tick::ZERO, &message(ASKED)), "the nonce has expired meanwhile");
    assert_eq!(this.state(), Asking);
    assert_eq!(state(&["401 Unauthorized"]), Stopped(Refusal::Credentials), "nothing to answer");
}

#[test]
fn a_stale_nonce_is_replaced_but_not_for_ever() {
    assert_eq!(state(&[ASKED, STALE]), Asking);
    assert_eq!(state(&[ASKED, STALE, STALE, STALE]), Asking);
    assert_eq!(state(&[ASKED, STALE, STALE, STALE, STALE]), Stopped(Refusal::Credentials));
}

#[test]
fn a_proxy_on_the_way_is_answered_beside_the_registrar() {
    let (mut this, due) = after(&[ASKED_BY_ANOTHER, ASKED]);
    assert!(due);
    let credentials = this.credentials("c");
    let fields: Vec<_> = credentials.iter().map(|(name, _)| *name).collect();
    assert_eq!(fields, ["Proxy-Authorization", "Authorization"]);
}

#[test]
fn too_brief_is_asked_for_again_with_what_is_wanted() {
    let (this, due) = after(&["423 Interval Too Brief\r\nMin-Expires: 1800"]);
    assert_eq!((this.expires(), this.state(), due), (1_800, Asking, true));
    let refused = Stopped(Refusal::Status(423));
    assert_eq!(state(&["423 Interval Too Brief"]), refused);
    assert_eq!(state(&["423 Interval Too Brief\r\nMin-Expires: 10"]), refused);
}

#[test]
fn without_our_contact_in_the_answer_there_is_no_binding() {
    assert_eq!(state(&["200 OK"]), Stopped(Refusal::NotListed));
    assert_eq!(state(&["403 Forbidden"]), Stopped(Refusal::Status(403)));
}

#[test]
fn a_binding_is_removed_with_an_expiry_of_zero() {
    let (mut this, _) = after(&[GRANTED]);
    this.release();
    assert_eq!((this.expires(), this.state()), (0, Releasing));
    assert!(!this.handle_response(Tick::ZERO, &message("200 OK")));
    assert_eq!((this.state(), this.poll_timeout()), (Absent, None));
    this.release();
    assert_eq!(this.state(), Absent, "there is nothing to remove");
}
