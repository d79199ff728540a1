//! The messages of RFC 4475, decoded byte for byte from its appendix.

use super::Message;
use crate::wire::uri::Scheme;
use crate::wire::{DefectCode as Code, Severity};
use rstest::rstest;

macro_rules! archive {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!(
            "../../../../fixtures/torture/rfc4475/", $name, ".dat"
        )).as_slice()),)*]
    };
}

/// The whole archive: names and messages.
const ARCHIVE: [(&str, &[u8]); 49] = archive![
    "badaspec" "badbranch" "baddate" "baddn" "badinv01" "badvers" "bcast" "bext01"
    "bigcode" "clerr" "cparam01" "cparam02" "dblreq" "esc01" "esc02" "escnull"
    "escruri" "insuf" "intmeth" "inv2543" "invut" "longreq" "ltgtruri" "lwsdisp"
    "lwsruri" "lwsstart" "mcl01" "mismatch01" "mismatch02" "mpart01" "multi01" "ncl"
    "noreason" "novelsc" "quotbal" "regaut01" "regbadct" "regescrt" "scalar02" "scalarlg"
    "sdp01" "semiuri" "transports" "trws" "unkscm" "unksm2" "unreason" "wsinv"
    "zeromf"
];

fn bytes(name: &str) -> &'static [u8] {
    ARCHIVE.iter().find(|(known, _)| *known == name).unwrap().1
}

fn torture(name: &str) -> Message {
    Message::read(bytes(name))
}

/// The codes of the defects, in the order of the bytes.
fn codes(message: &Message, severity: Severity) -> Vec<Code> {
    message.defects().iter().filter(|d| d.severity() == severity).map(|d| d.code).collect()
}

#[rstest]
// §3.1.1: valid.
#[case("wsinv", &[Code::BranchWithoutCookie])]
#[case("intmeth", &[])]
#[case("esc01", &[])]
#[case("escnull", &[])]
#[case("esc02", &[])]
#[case("lwsdisp", &[])]
#[case("longreq", &[Code::BranchWithoutCookie; 34])]
#[case("dblreq", &[Code::TrailingBytes])]
#[case("semiuri", &[])]
#[case("transports", &[])]
#[case("mpart01", &[])]
#[case("unreason", &[])]
#[case("noreason", &[])]
// §3.3: well formed; what is wrong is for the application to find.
#[case("unkscm", &[])]
#[case("novelsc", &[])]
#[case("unksm2", &[])]
#[case("bext01", &[])]
#[case("invut", &[])]
#[case("regaut01", &[])]
#[case("bcast", &[])]
#[case("zeromf", &[])]
#[case("cparam01", &[])]
#[case("cparam02", &[])]
#[case("regescrt", &[])]
#[case("sdp01", &[])]
fn valid(#[case] name: &str, #[case] oddities: &[Code]) {
    let message = torture(name);
    assert_eq!(codes(&message, Severity::Violation), [], "{:?}", message.defects());
    assert_eq!(codes(&message, Severity::Oddity), oddities);
    assert_eq!(message.bytes(), bytes(name));
}

#[rstest]
// §3.1.2: invalid.
#[case("badinv01", &[Code::EmptyListElement, Code::ParameterInvalid, Code::ViaInvalid])]
#[case("clerr", &[Code::ContentLengthLong])]
#[case("ncl", &[Code::ContentLengthInvalid])]
#[case("scalar02", &[Code::CseqOutOfRange, Code::MaxForwardsInvalid, Code::ExpiresInvalid])]
#[case("scalarlg", &[Code::CseqOutOfRange, Code::WarningInvalid])]
#[case("quotbal", &[Code::UnterminatedQuote])]
#[case("ltgtruri", &[Code::RequestUriInvalid])]
#[case("lwsruri", &[Code::RequestUriInvalid])]
#[case("lwsstart", &[Code::StartLineSpacing])]
#[case("trws", &[Code::StartLineSpacing])]
#[case("escruri", &[Code::RequestUriInvalid])]
#[case("baddate", &[Code::DateInvalid])]
#[case("regbadct", &[Code::UriNotBracketed])]
#[case("badaspec", &[Code::UriInvalid])]
// The archive's copy of baddn ends without an empty line, which the RFC does not mention.
#[case("baddn", &[Code::DisplayNameInvalid, Code::NoBlankLine])]
#[case("badvers", &[Code::VersionUnknown])]
#[case("mismatch01", &[Code::CseqMethodMismatch])]
#[case("mismatch02", &[Code::CseqMethodMismatch])]
#[case("bigcode", &[Code::StatusOutOfRange])]
// §3.2 and §3.3.
#[case("badbranch", &[Code::BranchEmpty])]
#[case("insuf", &[Code::MissingHeader])]
#[case("multi01", &[Code::RepeatedHeader])]
#[case("mcl01", &[Code::RepeatedHeader, Code::ContentLengthInvalid])]
// §3.4: legal by RFC 2543 only.
#[case("inv2543", &[Code::MissingHeader, Code::MissingTag])]
fn invalid(#[case] name: &str, #[case] expected: &[Code]) {
    let message = torture(name);
    let mut found = codes(&message, Severity::Violation);
    found.sort();
    found.dedup();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(found, expected, "{:?}", message.defects());
    assert_eq!(message.bytes(), bytes(name));
}

#[test]
fn every_message_of_the_archive_is_covered() {
    let source = include_str!("torture.rs");
    for (name, _) in ARCHIVE {
        assert!(source.contains(&format!("#[case(\"{name}\"")), "{name} is not covered");
    }
}

#[test]
fn wsinv_is_read_through_all_its_white_space() {
    let message = torture("wsinv");
    assert_eq!(message.method(), Some("INVITE"));
    assert_eq!(message.to().unwrap().tag().unwrap(), "1918181833n");
    let from = message.from().unwrap();
    assert_eq!(from.display.as_deref(), Some(r#"J Rosenberg \""#));
    assert_eq!(from.tag().unwrap(), "98asjd8");
    assert_eq!(message.max_forwards(), Some(68));
    assert_eq!(message.cseq().unwrap().to_string(), "9 INVITE");
    assert_eq!(message.header("s"), Some(""));
    assert_eq!(
        message.header("NewFangledHeader"),
        Some("newfangled value continued newfangled value")
    );
    let vias = message.vias();
    let hosts: Vec<&str> = vias.iter().map(|via| via.host.as_str()).collect();
    assert_eq!(hosts, ["192.0.2.2", "spindle.example.com", "192.168.255.111"]);
    let branches: Vec<_> = vias.iter().map(|via| via.branch().unwrap().into_owned()).collect();
    assert_eq!(branches, ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]);
    assert_eq!(vias[1].transport, "TCP");
    let [contact] = message.contacts().try_into().unwrap();
    assert_eq!(contact.display.as_deref(), Some(r#"Quoted string """#));
    assert_eq!(contact.params.get("q").unwrap(), "0.33");
    assert!(contact.params.has("secondparam"));
    let [route] = message.routes().try_into().unwrap();
    assert!(route.uri.params.has("lr"));
    assert_eq!(message.body().len(), 150);
    assert_eq!(message.sdp().unwrap().media.len(), 2);
}

#[test]
fn intmeth_uses_every_character_that_it_may() {
    let message = torture("intmeth");
    assert_eq!(message.method(), Some("!interesting-Method0123456789_*+`.%indeed'~"));
    assert_eq!(message.cseq().unwrap().method, message.method().unwrap());
    let to = message.to().unwrap();
    assert_eq!(to.display.as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    let from = message.from().unwrap();
    assert_eq!(from.display.as_deref(), Some("token1~` token2'+_ token3*%!.-"));
    assert_eq!(from.tag().unwrap(), "_token~1'+`*%!-.");
    assert_eq!(from.params.get("fromParam''~+*_!.-%").unwrap(), "работающий");
    let uri = super::super::uri::Uri::parse(message.request_uri().unwrap()).unwrap();
    assert_eq!(uri.host, "example.com");
    assert!(uri.password.unwrap().starts_with("&it+has=1"));
}

#[test]
fn escapes_stay_where_they_are() {
    let message = torture("esc01");
    let [contact] = message.contacts().try_into().unwrap();
    assert_eq!(contact.uri.user_decoded().unwrap(), "caller");
    assert_eq!(message.to().unwrap().uri.user_decoded().unwrap(), "user");
    assert_eq!(torture("esc02").method(), Some("RE%47IST%45R"));
    assert_eq!(torture("esc02").contacts().len(), 2, "C%6Fntact is another field");
    let null = torture("escnull");
    assert_eq!(null.contacts()[0].uri.user_decoded().unwrap(), "\0");
    let semi = super::super::uri::Uri::parse(torture("semiuri").request_uri().unwrap()).unwrap();
    assert_eq!(semi.user_decoded().unwrap(), "user;par=u@example.net");
}

#[test]
fn the_rest_of_what_the_appendix_says() {
    assert_eq!(torture("lwsdisp").from().unwrap().display.as_deref(), Some("caller"));
    assert_eq!(torture("longreq").vias().len(), 34);
    assert_eq!(torture("noreason").reason(), Some(""));
    assert!(torture("unreason").reason().unwrap().starts_with("= 2**3 * 5**2 но "));
    assert_eq!(torture("bigcode").status(), Some(u16::MAX));
    assert_eq!(torture("scalar02").cseq(), None);
    assert_eq!(torture("lwsstart").request_uri(), Some("sip:user@example.com"));
    assert_eq!(torture("lwsruri").request_uri(), Some("sip:user@example.com; lr"));
    assert_eq!(torture("transports").vias()[3].transport, "UNKNOWN");
    assert_eq!(torture("bext01").proxy_require().len(), 2);
    assert_eq!(torture("zeromf").max_forwards(), Some(0));
    let quoted = torture("quotbal").to().unwrap();
    assert_eq!(quoted.uri.to_string(), "sip:j.user@example.com", "the quote is inferred");

    let auth = &torture("regaut01").credentials()[0];
    assert_eq!(
        (auth.scheme.as_str(), auth.get("opaque-data").unwrap()),
        ("NoOneKnowsThisScheme", "here".to_owned(),)
    );

    // Whether the parameter is the URI's or the field's is what §3.3.12 and §3.3.13 are about.
    let [contact] = torture("cparam01").contacts().try_into().unwrap();
    assert!(contact.params.has("unknownparam") && !contact.uri.params.has("unknownparam"));
    let [contact] = torture("cparam02").contacts().try_into().unwrap();
    assert!(!contact.params.has("unknownparam") && contact.uri.params.has("unknownparam"));
    let [contact] = torture("regescrt").contacts().try_into().unwrap();
    assert_eq!(contact.uri.headers[0].0, "Route");

    let contact = &torture("unksm2").contacts()[0];
    assert_eq!(contact.uri.scheme, Scheme::Other("name".to_owned()));

    // A datagram may hold bytes after the message, but on a stream they are the next message.
    let double = bytes("dblreq");
    let first = super::message_length(double).unwrap();
    let second = Message::read(&double[first..]);
    assert_eq!(second.method(), Some("INVITE"));
    assert_eq!(second.call_id(), Some("dblreq.0ha0isnda977644900765@192.0.2.15"));
    assert_eq!(codes(&second, Severity::Violation), [Code::MissingHeader]);
    assert_eq!(second.defects()[0].text, "an INVITE has no Contact");
}

/// Where `rsip` gets through at all, it must not see another message than we do.
#[test]
fn rsip_agrees_where_it_can_read() {
    use rsip::prelude::*;
    let mut agreed = 0;
    for (name, bytes) in ARCHIVE {
        let message = Message::read(bytes);
        let Some(theirs) = message.to_rsip() else { continue };
        if let (Some(ours), Ok(theirs)) = (message.call_id(), theirs.call_id_header()) {
            assert_eq!(ours, theirs.value(), "{name}");
            agreed += 1;
        }
        if let (Some(ours), Ok(theirs)) =
            (message.cseq(), theirs.cseq_header().and_then(rsip::headers::CSeq::typed))
        {
            assert_eq!((ours.number, ours.method), (theirs.seq, theirs.method.to_string()));
            agreed += 1;
        }
    }
    assert!(agreed > 60, "{agreed}");
}
