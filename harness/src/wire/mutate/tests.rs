use super::*;
use crate::wire::Severity;
use crate::wire::builder::{Draft, Essentials};
use crate::wire::sip::Message;
use rstest::rstest;
use std::collections::HashSet;

fn request(body: &str) -> Vec<u8> {
    let essentials = Essentials {
        via: "SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKabc".to_owned(),
        from: "\"Alice\" <sip:alice@192.0.2.1>;tag=1".to_owned(),
        to: "<sip:door@192.0.2.2>".to_owned(),
        call_id: "c1@192.0.2.1".to_owned(),
        cseq: 7,
    };
    let draft = Draft::request("INVITE", "sip:door@192.0.2.2:5060", &essentials)
        .add("Contact", "<sip:alice@192.0.2.1>")
        .add("Authorization", CREDENTIALS);
    if body.is_empty() { draft.build() } else { draft.body("text/plain", body).build() }
}

#[rstest]
#[case::with_a_body("a body")]
#[case::without_a_body("")]
fn each_damage_adds_its_defect_and_legal_damage_none(#[case] body: &str) {
    let sound = request(body);
    assert_eq!(Message::read(&sound).defects(), []);
    for mutation in Mutation::all() {
        let damaged = mutation.apply(&sound, 7);
        assert_ne!(damaged, sound, "{mutation}");
        let message = Message::read(&damaged);
        let codes: Vec<DefectCode> = message.defects().iter().map(|defect| defect.code).collect();
        match mutation.expects() {
            Some(code) => assert!(codes.contains(&code), "{mutation}: {codes:?}"),
            None => assert_eq!(codes, [], "{mutation}"),
        }
        assert_eq!(mutation.apply(&sound, 7), damaged, "{mutation} is not deterministic");
    }
}

/// Damage does as little else as possible.
#[test]
fn damage_to_one_part_leaves_the_others() {
    let allowed: &[(Mutation, &[DefectCode])] = &[
        // A header that is cut has nothing of what comes after the cut, and garbage has nothing.
        (Mutation::Truncated, DefectCode::ALL),
        (Mutation::NoBlankLine, DefectCode::ALL),
        (Mutation::Garbage, DefectCode::ALL),
        (Mutation::ContentLengthTwice, &[DefectCode::RepeatedHeader]),
        (Mutation::ViaSeparators, &[DefectCode::EmptyListElement, DefectCode::ViaInvalid]),
    ];
    for mutation in Mutation::all() {
        let message = Message::read(&mutation.apply(&request("body"), 7));
        let extra = allowed.iter().find(|(known, _)| *known == mutation).map_or(&[][..], |a| a.1);
        for defect in message.defects() {
            let expected = Some(defect.code) == mutation.expects() || extra.contains(&defect.code);
            assert!(expected, "{mutation}: {defect}");
        }
    }
}

#[test]
fn legal_damage_changes_no_value() {
    let sound = request("body");
    let before = Message::read(&sound);
    let legal = [
        Mutation::Folded,
        Mutation::Compact,
        Mutation::UpperCaseNames,
        Mutation::ExtraWhitespace,
        Mutation::ManyUnknownHeaders,
    ];
    for mutation in legal {
        let after = Message::read(&mutation.apply(&sound, 0));
        for header in before.headers() {
            assert_eq!(after.header(&header.name), Some(header.value.as_str()), "{mutation}");
        }
        assert_eq!(after.body(), before.body(), "{mutation}");
    }
}

#[test]
fn a_response_can_be_damaged_too() {
    let response = Draft::response(200, "OK", &Message::read(&request(""))).to_tag("t").build();
    let codes = |mutation: Mutation| -> Vec<DefectCode> {
        let message = Message::read(&mutation.apply(&response, 0));
        message.defects().iter().map(|defect| defect.code).collect()
    };
    assert_eq!(codes(Mutation::UnknownVersion), [DefectCode::VersionUnknown]);
    assert_eq!(codes(Mutation::NoCallId), [DefectCode::MissingHeader]);
    assert!(codes(Mutation::BadUri).contains(&DefectCode::UriInvalid));
    assert_eq!(codes(Mutation::Compact), []);
    let other = Mutation::ViaOfAnother.apply(&response, 0);
    let vias = [&response, &other].map(|bytes| Message::read(bytes).vias());
    let [own, other] = vias.map(|mut vias| vias.remove(0));
    assert_eq!(other.host, "another.example.com");
    assert_eq!(other.params, own.params);
}

#[test]
fn damage_to_what_is_damaged_already_never_panics() {
    let mut inputs = vec![Vec::new(), b"\r\n".to_vec(), b"x".to_vec(), b"SIP/2.0".to_vec()];
    inputs.extend(Mutation::all().map(|mutation| mutation.apply(&request("body"), 1)));
    for input in inputs {
        for mutation in Mutation::all() {
            let _ = Message::read(&mutation.apply(&input, 1));
        }
    }
}

#[test]
fn every_name_is_its_own_and_reads_back() {
    let names: HashSet<&str> = Mutation::all().map(Mutation::name).collect();
    assert_eq!(names.len(), Mutation::ALL.len());
    for mutation in Mutation::all() {
        assert_eq!(mutation.to_string().parse(), Ok(mutation));
    }
    assert_eq!("no-such".parse::<Mutation>(), Err(UnknownMutation("no-such".to_owned())));
}

#[test]
fn seeds_matter_where_there_is_chance() {
    let sound = request("body");
    assert_ne!(Mutation::Garbage.apply(&sound, 1), Mutation::Garbage.apply(&sound, 2));
    let oddity = Mutation::BranchWithoutCookie.expects().unwrap();
    assert_eq!(oddity.severity(), Severity::Oddity);
}

const CREDENTIALS: &str =
    r#"Digest username="alice", realm="r", nonce="n", uri="sip:r", response="00""#;
