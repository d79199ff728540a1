use super::*;
use rstest::rstest;

#[rstest]
#[case("sip:alice@atlanta.com")]
#[case("sip:alice:secretword@atlanta.com;transport=tcp")]
#[case("sips:alice@atlanta.com?subject=project%20x&priority=urgent")]
#[case("sip:+1-212-555-1212:1234@gateway.com;user=phone")]
#[case("sip:1212@[2001:db8::1]:5061;lr")]
#[case("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com")]
#[case("sip:alice;day=tuesday@atlanta.com")]
#[case("tel:+1-201-555-0123;ext=4")]
#[case("tel:863-1234;phone-context=+1-914-555")]
#[case("isbn:2983792873")]
fn a_sound_uri_is_written_as_it_was_read(#[case] text: &str) {
    assert_eq!(Uri::parse(text).unwrap().to_string(), text);
}

#[rstest]
#[case("sip:")]
#[case("sip:alice@")]
#[case("sip:@atlanta.com")]
#[case("sip:al ice@atlanta.com")]
#[case("sip:alice@atlanta.com:99999")]
#[case("sip:alice@atlanta.com:")]
#[case("sip:alice@-atlanta.com")]
#[case("sip:alice@1.2.3.400")]
#[case("sip:alice@[::g]")]
#[case("sip:alice@atlanta.com;")]
#[case("sip:alice%4@atlanta.com")]
#[case("tel:abc-xyz")]
#[case("alice")]
#[case("")]
fn a_broken_uri_is_an_error_but_is_still_read(#[case] text: &str) {
    assert!(Uri::parse(text).is_err());
    let _ = Uri::read(text);
}

#[test]
fn the_parts_of_a_uri() {
    let uri = Uri::read("sips:j%40b:pw@[::1]:5062;transport=tls;lr?a=b&c=");
    assert_eq!(uri.scheme, Scheme::Sips);
    assert_eq!(uri.user.as_deref(), Some("j%40b"));
    assert_eq!(uri.user_decoded().as_deref(), Some("j@b"));
    assert_eq!(uri.password.as_deref(), Some("pw"));
    assert_eq!((uri.host.as_str(), uri.port), ("[::1]", Some(5062)));
    assert_eq!(uri.params.get("TRANSPORT").as_deref(), Some("tls"));
    assert!(uri.params.has("lr"));
    assert_eq!(uri.headers.len(), 2);
}

// The examples of RFC 3261 §19.1.4.
#[rstest]
#[case("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp")]
#[case("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5")]
#[case("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on")]
#[case(
    "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
    "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
)]
#[case(
    "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
    "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
)]
#[case("sip:a@[::1]", "sip:a@[0:0::1]")]
fn equivalent(#[case] a: &str, #[case] b: &str) {
    let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
    assert!(a.is_equivalent(&b) && b.is_equivalent(&a));
}

#[rstest]
#[case("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP")]
#[case("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060")]
#[case("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp")]
#[case("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp")]
#[case("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting")]
#[case("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4")]
#[case("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off")]
#[case("sip:bob@biloxi.com", "sips:bob@biloxi.com")]
fn not_equivalent(#[case] a: &str, #[case] b: &str) {
    let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
    assert!(!a.is_equivalent(&b) && !b.is_equivalent(&a));
}
