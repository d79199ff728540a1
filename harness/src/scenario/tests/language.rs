//! What the language means.

use super::*;
use crate::check::claim::Holds;
use crate::check::subject::SubjectKind;
use crate::evidence::step::{Part, StepId};
use crate::proto::digits::Method;
use crate::proto::policy::{Answers, DialogUse, Reliability, SessionSpec};
use crate::scenario::code::Code;
use crate::scenario::program::{Await, Flow, Outgoing, Pattern, Presence, Send, Step, StepKind};
use crate::scenario::variation::{Variation, over, over_of};
use proptest::prelude::*;
use std::time::Duration;

const SAMPLE: &str = include_str!("sample.yaml");
const EVERY_STEP: &str = include_str!("every_step.yaml");

fn awaits(program: &Program) -> Vec<&Await> {
    program.steps.iter().filter_map(wait).collect()
}

fn wait(step: &Step) -> Option<&Await> {
    if let StepKind::Await(wait) = &step.kind { Some(wait) } else { None }
}

fn send(step: &Step) -> Option<&Send> {
    if let StepKind::Send(send) = &step.kind { Some(send) } else { None }
}

/// The message of a body that sends one.
fn sent(body: &str) -> Send {
    let program = program(&format!("{body}  - dut -> alice: OPTIONS\n"));
    send(&program.steps[0]).unwrap().clone()
}

#[test]
fn the_sample_of_the_language_compiles() {
    let (program, found) = compiled(SAMPLE, &[("transport", "udp")]);
    assert!(found.is_empty(), "{}", diagnostic::render(&found, diagnostic::Style::Plain));
    let program = program.unwrap();
    assert_eq!(program.execution, "UAS-INV-001[transport=udp]");
    assert_eq!(program.steps.len(), 11);
    assert_eq!(program.subjects.len(), 13, "media lines count");
}

#[test]
fn a_matrix_multiplies_executions_in_a_stable_order() {
    let source = Source { path: "t.yaml".to_owned(), text: EVERY_STEP.to_owned() };
    let ids: Vec<_> = executions(&source).into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        ids,
        [
            "T-ALL-001[transport=udp,cause=486]",
            "T-ALL-001[transport=udp,cause=603]",
            "T-ALL-001[transport=tcp,cause=486]",
            "T-ALL-001[transport=tcp,cause=603]",
        ]
    );
    let header = header(&source).0.unwrap();
    assert_eq!((header.group.as_str(), header.roles.len()), ("T-ALL", 7));
    let values = executions(&source).remove(1).1;
    assert_eq!(header.execution(&values), ids[1]);
}

#[test]
fn a_run_varies_what_the_case_leaves_open() {
    let ids = |text: &str, transports: &[&str], versions: &[&str]| -> Vec<String> {
        let source = Source { path: "t.yaml".to_owned(), text: text.to_owned() };
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let variation = Variation { transports: words(transports), versions: words(versions) };
        let header = header(&source).0.unwrap();
        let varied = header.varied(&variation);
        for (id, values) in &varied {
            assert_eq!(header.execution(values), *id);
            assert_eq!(over_of(id), over(values));
            assert!(header.all_executions().iter().any(|(known, _)| known == id), "{id}");
        }
        varied.into_iter().map(|(id, _)| id).collect()
    };
    let plain = case("  - dut -> alice: 200\n");
    assert_eq!(ids(&plain, &[], &[]), ["T-1"]);
    assert_eq!(
        ids(&plain, &["tcp", "tls"], &["v4", "v6"]),
        [
            "T-1[transport=tcp,ip=v4]",
            "T-1[transport=tcp,ip=v6]",
            "T-1[transport=tls,ip=v4]",
            "T-1[transport=tls,ip=v6]",
        ]
    );
    // The case says itself over which transports it is.
    let own = ids(EVERY_STEP, &["tls"], &["v6"]);
    assert_eq!(own.len(), 4);
    assert_eq!(own[0], "T-ALL-001[transport=udp,cause=486,ip=v6]");
}

#[test]
fn within_claims_and_waits_half_as_long_again() {
    let program = program(
        "  - alice -> dut: OPTIONS\n  - dut -> alice: 1xx\n    optional: true\n  - dut -> alice: 200\n    within: 2 s\n  - dut -> alice: NOTIFY\n    within: 100 ms\n  - dut -> alice: NOTIFY\n    wait: 1 min\n",
    );
    let millis: Vec<_> = awaits(&program).iter().map(|wait| wait.wait.as_millis()).collect();
    assert_eq!(millis, [10_000, 3_000, 600, 60_000]);
    assert_eq!(awaits(&program)[0].presence, Presence::Optional);
    let within: Vec<_> = program.claims.iter().map(|claim| claim.holds.clone()).collect();
    let met = |millis| Holds::Met { within: Some(Duration::from_millis(millis)) };
    assert_eq!(within, [met(2_000), met(100), Holds::Met { within: None }]);
    assert_eq!(program.claims[0].line, 11);
    assert_eq!(program.subjects[2].since, Some(StepId(0)), "an optional step is no reference");
    assert_eq!(program.subjects[0].since, None);
}

#[test]
fn messages_are_methods_statuses_and_classes() {
    let program = program(
        "  - alice -> dut: PING\n  - dut -> alice: 1xx\n  - dut -> alice: 18x\n  - dut -> alice: 200 (INVITE)\n  - dut -> alice: BYE\n",
    );
    let patterns: Vec<_> = awaits(&program).iter().map(|wait| wait.pattern.clone()).collect();
    let response = |from, to, method: Option<&str>| Pattern::Response {
        from,
        to,
        method: method.map(str::to_owned),
    };
    assert_eq!(patterns[..2], [response(100, 199, None), response(180, 189, None)]);
    assert_eq!(patterns[2], response(200, 200, Some("INVITE")));
    assert_eq!(patterns[3], Pattern::Request("BYE".to_owned()));
}

#[test]
fn a_provisional_response_can_be_reliable() {
    let body = "  - dut -> alice: INVITE\n  - alice -> dut: 183\n    reliable: true\n";
    let program = program(body);
    let send = send(&program.steps[1]).unwrap();
    let wanted =
        Outgoing::Response { status: 183, method: None, reliability: Reliability::Reliable };
    assert_eq!(send.message, wanted);
    let final_one = "  - dut -> alice: INVITE\n  - alice -> dut: 486\n    reliable: true\n";
    assert_eq!(codes(final_one), [Code::Conflict]);
    assert_eq!(
        codes("  - alice -> dut: PING\n    reliable: true\n  - dut -> alice: 200\n"),
        [Code::Conflict]
    );
}

#[test]
fn a_later_response_makes_a_request_scripted() {
    let program = program(
        "  - dut -> alice: INVITE\n  - dut -> alice: CANCEL\n  - alice -> dut: 180 (INVITE)\n  - alice -> dut: 200 (CANCEL)\n  - dut -> alice: BYE\n",
    );
    let answers: Vec<_> = awaits(&program).iter().map(|wait| wait.answers).collect();
    assert_eq!(answers, [Answers::Scripted, Answers::Scripted, Answers::Itself]);
}

#[test]
fn one_thing_of_a_message_can_be_changed() {
    let send = sent(
        "  - alice -> dut: INVITE\n    dialog: unknown\n    header: {Max-Forwards: 0}\n    add: {X: [a, b]}\n    remove: Contact\n    request-uri: sip:x\n    sdp: {codecs: G729, direction: inactive}\n    mutate: folded\n",
    );
    let Outgoing::Request { method, dialog } = send.message else { panic!("a request") };
    assert_eq!((method.as_str(), dialog), ("INVITE", DialogUse::Unknown));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(send.edits.set, [pair("Max-Forwards", "0")]);
    assert_eq!(send.edits.add, [pair("X", "a"), pair("X", "b")]);
    assert_eq!(send.edits.remove, ["Contact"]);
    assert_eq!(send.edits.request_uri.as_deref(), Some("sip:x"));
    assert_eq!(send.edits.mutations.len(), 1);
    let codecs = Some(vec!["G729".to_owned()]);
    let direction = Some("inactive".to_owned());
    assert_eq!(send.session, SessionSpec::With { codecs, direction, lines: Vec::new() });
    assert_eq!(sent("  - alice -> dut: INVITE\n    sdp: none\n").session, SessionSpec::Without);
}

#[test]
fn raw_bytes_are_as_written_with_crlf() {
    let body = "  - alice -> dut: any text\n    raw: |\n      A \\x00\\xff\\\\\n\n  - alice -> dut: x\n    raw-hex: 0d 0A\n";
    let program = program(&format!("{body}  - dut -> alice: OPTIONS\n"));
    let bytes: Vec<_> = program
        .steps
        .iter()
        .filter_map(send)
        .filter_map(|send| {
            if let Outgoing::Raw(bytes) = &send.message { Some(bytes.as_slice()) } else { None }
        })
        .collect();
    assert_eq!(bytes, [b"A \x00\xff\\\r\n".as_slice(), b"\r\n"]);
    assert_eq!(
        codes("  - alice -> dut: x\n    raw-hex: 0\n  - dut -> alice: 200\n"),
        [Code::Bytes]
    );
}

#[test]
fn a_stored_message_is_sent_with_what_is_put_in() {
    let file = |rest: &str| {
        format!("  - alice -> dut: PING\n    raw-file: {rest}\n  - dut -> alice: 200\n")
    };
    let program = program(&file("ping.dat\n    replace: {\"sip:a\": \"sip:b@c\"}"));
    let Outgoing::Raw(bytes) = &program.steps.iter().find_map(send).unwrap().message else {
        panic!("it is not sent as it is")
    };
    assert_eq!(bytes, b"PING sip:b@c SIP/2.0\r\nTo: sip:b@c\r\n\r\n\0");
    assert_eq!(codes(&file("pong.dat")), [Code::Include]);
    assert_eq!(codes(&file("ping.dat\n    replace: {Via: x}")), [Code::Bytes]);
    assert_eq!(codes(&file("ping.dat\n    raw-hex: 00")), [Code::Conflict]);
    assert_eq!(codes(&file("ping.dat\n    body: x")), [Code::Conflict]);
    let without = "  - alice -> dut: PING\n    replace: {a: b}\n  - dut -> alice: 200\n";
    assert_eq!(codes(without), [Code::Conflict]);
}

#[test]
fn neighbouring_media_lines_are_one_step() {
    let program = program(
        "  - alice ~> dut: tone 1 kHz at -20 dBm0\n    for: 500 ms\n  - dut ~> alice: digits 5#\n    within: 1 s\n  - dut -> alice: BYE\n    as: bye\n",
    );
    let StepKind::Media(lines) = &program.steps[0].kind else { panic!("media") };
    assert_eq!(lines.len(), 2);
    assert!(matches!(&lines[1].flow, Flow::Digits { digits, .. } if digits == "5#"));
    let kinds: Vec<_> = program.subjects.iter().map(|subject| subject.kind).collect();
    assert_eq!(
        kinds[1..4],
        [SubjectKind::Played(0), SubjectKind::Digits(0, Method::Rtp), SubjectKind::Received(0)]
    );
    let since: Vec<_> = program.subjects.iter().map(|subject| subject.since).collect();
    assert_eq!(since[1..4], [None, None, Some(StepId(0))]);
    assert_eq!(program.subjects[3].label.as_deref(), Some("bye"));
}

#[test]
fn groups_are_references_of_what_follows() {
    let program = program(
        "  - dut: answer\n  - any of:\n      - - dut -> alice: 200\n        - dut -> alice: BYE\n      - event: ended\n  - dut -> alice: OPTIONS\n",
    );
    let since: Vec<_> =
        program.subjects.iter().map(|subject| subject.since.map(|step| step.0)).collect();
    assert_eq!(since[..6], [None, Some(0), Some(0), Some(2), Some(0), Some(1)]);
    let steps: Vec<_> = program.claims.iter().map(|claim| claim.step.0).collect();
    assert_eq!(steps, [1, 3, 5], "the group is claimed, not the first step of each branch");
}

#[test]
fn repeated_steps_are_written_out() {
    let program = program(
        "  - repeat: 3\n    steps:\n      - dut -> alice: BYE\n        as: bye-${repeat}\n",
    );
    let labels: Vec<_> =
        program.subjects.iter().filter_map(|subject| subject.label.as_deref()).collect();
    assert_eq!(labels, ["bye-1", "bye-2", "bye-3"]);
}

#[test]
fn shared_steps_take_parameters() {
    let program = program("  - include: shared/call.yaml\n    with: {status: 200}\n");
    let texts: Vec<_> = program.steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(texts[..3], ["alice -> dut: INVITE", "dut -> alice: 200", "alice -> dut: ACK"]);
    assert_eq!((program.steps[1].file.as_str(), program.steps[1].line), ("shared/call.yaml", 4));
    let found = |body: &str| codes(body);
    assert_eq!(found("  - include: shared/call.yaml\n"), [Code::Parameters]);
    assert_eq!(
        found("  - include: shared/call.yaml\n    with: {status: 200, staus: 1}\n"),
        [Code::Parameters]
    );
    assert_eq!(found("  - include: shared/loop.yaml\n"), [Code::IncludeCycle]);
    assert_eq!(found("  - include: shared/none.yaml\n"), [Code::Include]);
    let (_, broken) = compiled(&case("  - include: shared/broken.yaml\n"), &[]);
    assert_eq!(broken[0].place.path(), "shared/broken.yaml");
    assert_eq!(broken[0].related[0].0.path(), "t.yaml");
}

#[test]
fn names_have_values_in_a_run() {
    let catalogue = catalogue();
    let names = |value: &str| {
        Names::of([("pixit.ring-time".to_owned(), value.to_owned())].into_iter().collect())
    };
    let text = case("  - dut -> alice: INVITE\n    within: ${pixit.ring-time}\n");
    let source = Source { path: "t.yaml".to_owned(), text };
    let compile_with = |names: Names| {
        let context = Context {
            catalogue: &catalogue,
            includes: &|_: &str| None,
            messages: &|_: &str| None,
            defects: None,
            names,
        };
        compile(&source, &BTreeMap::new(), &context)
    };
    let program = compile_with(names("4 s")).0.unwrap();
    assert_eq!(awaits(&program)[0].wait, Duration::from_secs(6));
    assert_eq!(compile_with(names("4")).1[0].code, Code::Unit);
    assert_eq!(compile_with(Names::of(BTreeMap::new())).1[0].code, Code::UnknownName);
    assert!(compile_with(Names::declared()).0.is_some());
}

#[test]
fn a_case_without_roles_has_alice_and_without_postamble_ends_idle() {
    let text = case("  - dut -> alice: INVITE\n").replace("postamble: [dut: idle]\n", "");
    let (program, found) = compiled(&text, &[]);
    assert_eq!(found.iter().map(|each| each.code).collect::<Vec<_>>(), [Code::NoPostamble]);
    let last = program.unwrap().steps.pop().unwrap();
    assert_eq!((last.text.as_str(), last.part), ("dut: idle", Part::Postamble));
}

#[rstest::rstest]
#[case("  - alice -> dut: 200\n  - dut -> alice: BYE\n", Code::NoRequest)]
#[case("  - alice -> dut: BYE\n  - dut -> alice: 200\n", Code::NoDialog)]
#[case("  - alice -> dut: INVITE\n  - dut -> alice: 200\n", Code::NoAck)]
#[case("  - alice -> dut: INVITE\n", Code::NoClaim)]
#[case("  []\n", Code::Empty)]
#[case("  - dut -> alice: 200\n    within: 1 s\n    optional: true\n", Code::OptionalWithin)]
#[case("  - any of: [[dut: answer, dut -> alice: BYE]]\n", Code::NotAWait)]
#[case("  - any of: [[dut -> alice: 1xx], [dut -> alice: 180]]\n", Code::Unreachable)]
#[case("  - repeat: 1000\n    steps: [repeat: 1000, steps: [dut -> alice: BYE]]\n", Code::NotAStep)]
#[case("  - repeat: 900\n    steps: [{repeat: 9, steps: [dut -> alice: BYE]}]\n", Code::TooLong)]
#[case("  - dut -> alice: 200\n  - alice -> dut: INVITE\n    dut -> alice: 200\n", Code::TwoSteps)]
#[case("  - dut -> alice: 200\n    wait: 1 s\n    within: 2 s\n", Code::Range)]
#[case("  - dut -> alice: 200 OK\n", Code::Message)]
#[case("  - none of: [dut -> alice: BYE]\n", Code::MissingKey)]
#[case("  - dut -> alice: 200\n  - alice ~> dut: tone 9 kHz\n", Code::Range)]
#[case("  - dut -> alice: ${nothing}\n", Code::UnknownName)]
#[case("  - dut -> alice: '${'\n", Code::Placeholder)]
fn what_makes_no_sense_is_said(#[case] body: &str, #[case] code: Code) {
    assert!(codes(body).contains(&code), "{:?}", codes(body));
}

#[test]
fn codes_are_different() {
    let texts: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.text()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
}

#[test]
fn the_language_document_lists_every_key_and_code() {
    let document = include_str!("../../../../docs/scenario-language.md");
    for code in Code::ALL {
        let row = format!("| {} | {} | {}", code.text(), code.severity(), code.meaning());
        assert!(document.contains(&row), "missing: {row} |");
    }
    let schema = crate::scenario::schema::scenario();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(document.contains(&format!("`{key}`")), "{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    /// No text makes the compiler panic, and every place lies in its file.
    #[test]
    fn no_text_is_too_much(text in any_text()) {
        let (_, found) = compiled(&text, &[("transport", "udp")]);
        for each in &found {
            prop_assert!(each.place.bytes().end <= each.place.source().len());
        }
        diagnostic::render(&found, diagnostic::Style::Plain);
    }
}

/// Text from nowhere, and good scenarios with something cut out and something put in.
fn any_text() -> impl Strategy<Value = String> {
    let damaged = |text: &'static str| {
        let chars: Vec<char> = text.chars().collect();
        let len = chars.len();
        (0..len, 0..40_usize, "[a-z0-9 :${}\\[\\],~>\\-\n\t|'\"é()\\\\]{0,12}").prop_map(
            move |(at, cut, put)| {
                let before: String = chars[..at].iter().collect();
                let after: String = chars[(at + cut).min(len)..].iter().collect();
                format!("{before}{put}{after}")
            },
        )
    };
    prop_oneof![damaged(EVERY_STEP), damaged(SAMPLE), "\\PC{0,80}"]
}
