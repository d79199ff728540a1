use super::*;
use insta::assert_snapshot;
use proptest::prelude::*;
use rstest::rstest;
use std::fmt::Write as _;

fn labels() -> Vec<(String, StepId, SubjectKind)> {
    vec![
        ("invite".to_owned(), StepId(0), SubjectKind::Sent(0)),
        ("register1".to_owned(), StepId(1), SubjectKind::Received(0)),
    ]
}

fn parse(text: &str, kind: SubjectKind) -> Result<Expression, Vec<ExpressionError>> {
    Expression::parse(text, &Scope { this: StepId(5), kind, labels: &labels() })
}

/// The text with its errors below it, as an author sees them.
fn mistakes(text: &str, kind: SubjectKind) -> String {
    let errors = parse(text, kind).expect_err("the text has a mistake");
    let mut page = format!("{text}\n");
    for error in errors {
        let before = text[..error.at.start].chars().count();
        let carets = text[error.at.clone()].chars().count().max(1);
        let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
        let (blank, caret) = (" ".repeat(before), "^".repeat(carets));
        writeln!(page, "{blank}{caret} {}{help}", error.message).unwrap();
    }
    page
}

const MESSAGE: SubjectKind = SubjectKind::Received(0);
const HEARD: SubjectKind = SubjectKind::Heard(0);

#[rstest]
#[case("status == 200", MESSAGE)]
#[case("status in [200, 202]", MESSAGE)]
#[case("status in 200..299 and not reason == OK", MESSAGE)]
#[case("header.Contact exists", MESSAGE)]
#[case("header.Via.count == 1", MESSAGE)]
#[case("header.Max-Forwards == 70 and header.Max-Forwards.number >= 70", MESSAGE)]
#[case("header.Call-ID == register1.header.Call-ID", MESSAGE)]
#[case("cseq.number == register1.cseq.number + 1", MESSAGE)]
#[case("(allow contains INVITE or allow contains \"ACK\") and supported absent", MESSAGE)]
#[case("sdp.audio.codecs == [PCMU, telephone-event]", MESSAGE)]
#[case("sdp.audio.formats contains 101", MESSAGE)]
#[case("supported matches '^x-' or header.Require.list matches '^x-'", MESSAGE)]
#[case("contact.uri matches '^sip:.*@127\\.0\\.0\\.1'", MESSAGE)]
#[case("expires <= 3600 s", MESSAGE)]
#[case("gap[1] == 500 ms ± 50 ms", MESSAGE)]
#[case("gap[2] == 1 s +- 10 %", MESSAGE)]
#[case("gap[3] in 450..550 ms", MESSAGE)]
#[case("500ms < gap[1] and 500 ms >= gap[2] - 10 ms", MESSAGE)]
#[case("auth.valid(dut, \"pass word\")", MESSAGE)]
#[case("since.invite < 200 ms", MESSAGE)]
#[case("to.uri == sip:alice@127.0.0.1", MESSAGE)]
#[case("rtp.after(invite) == 0", HEARD)]
#[case("status == 200 given sdp and cseq.number == 1", MESSAGE)]
#[case("after < 5 ms given header.Contact exists", MESSAGE)]
#[case("sdp.media.kinds == [audio, video] and sdp.attribute.group absent", MESSAGE)]
#[case("jitter.p99 < 5ms and skew in -100 ppm..100 ppm", HEARD)]
#[case("tone.level == -10 dBm0 ± 1 dB", HEARD)]
#[case("console contains \"reset: watchdog\"", SubjectKind::Line)]
fn reads_what_it_should(#[case] text: &str, #[case] kind: SubjectKind) {
    assert_eq!(parse(text, kind).map(|_| ()), Ok(()), "{text}");
}

#[test]
fn the_sides_and_the_units_come_out_as_one_form() {
    let parsed = parse("0.5 s < gap[1]", MESSAGE);
    assert_eq!(parsed, parse("gap[1] > 0.5 s", MESSAGE));
    assert!(format!("{parsed:?}").contains("Quantity(0.5, "), "{parsed:?}");
}

#[test]
fn steps_are_those_that_are_read_or_named() {
    let parsed = parse("since.invite < 1 s and from.tag == register1.from.tag", MESSAGE).unwrap();
    assert_eq!(parsed.steps(), [StepId(0), StepId(1), StepId(5)]);
}

#[test]
fn a_dimension_compares_with_its_like() {
    assert_snapshot!(mistakes("jitter.p99 < 5 % or skew == 3 ms", HEARD), @r#"
    jitter.p99 < 5 % or skew == 3 ms
                 ^^^ `jitter.p99` is a time, `5 %` is a ratio: they do not compare (such as `20 ms`)
                                ^^^^ `skew` is a ratio, `3 ms` is a time: they do not compare (such as `1 %`)
    "#);
    assert_snapshot!(mistakes("jitter == lost", HEARD), @r#"
    jitter == lost
           ^^ `jitter` is a time, `lost` is a number: they do not compare (compare like with like)
    "#);
    assert_snapshot!(mistakes("jitter < 5 and jitter < 5 MS and jitter < 5 furlong", HEARD), @r#"
    jitter < 5 and jitter < 5 MS and jitter < 5 furlong
             ^ `jitter` is a time: `5` lacks its unit (such as `20 ms`)
                            ^^^^ `MS` is not a unit (did you mean `ms`?)
                                              ^^^^^^^^^ `furlong` is not a unit (the units are ms, s, us, ns, min, h, Hz, kHz, dBm0, dB, %, ppm)
    "#);
    assert_snapshot!(mistakes("lost == none", HEARD), @r#"
    lost == none
            ^^^^ `lost` is a number, `none` is neither that nor a figure (such as `3`)
    "#);
    assert_snapshot!(mistakes("gap[1] == 500 ms ± 3 dB", MESSAGE), @r#"
    gap[1] == 500 ms ± 3 dB
                       ^^^^ `gap[1]` is a time, `3 dB` is a difference of levels: they do not compare (such as `20 ms`)
    "#);
}

#[test]
fn a_name_that_does_not_exist_gets_help() {
    assert_snapshot!(mistakes("jiter.p99 < 5 ms", HEARD), @r#"
    jiter.p99 < 5 ms
    ^^^^^^^^^ `jiter.p99` is not a figure of media that is heard (`dut ~> alice: audio`) (did you mean `jitter.p99`?)
    "#);
    assert_snapshot!(mistakes("header.Contact.cuont == 1", MESSAGE), @r#"
    header.Contact.cuont == 1
    ^^^^^^^^^^^^^^^^^^^^ `header.Contact.cuont` is not a figure of a received message (`dut -> alice: 180`) (did you mean `header.Contact.count` or `header.Contact.list` or `header.Contact.number`?)
    "#);
    assert_snapshot!(mistakes("jitter.p99 < 5 ms", MESSAGE), @r#"
    jitter.p99 < 5 ms
    ^^^^^^^^^^ `jitter.p99` is not a figure of a received message (`dut -> alice: 180`) (it is one of media that is heard (`dut ~> alice: audio`))
    "#);
    assert_snapshot!(mistakes("from.tag == registr1.from.tag", MESSAGE), @r#"
    from.tag == registr1.from.tag
                ^^^^^^^^^^^^^^^^^ no step is named `registr1` (did you mean `register1`?)
    "#);
    assert_snapshot!(mistakes("since.invit < 3 s", MESSAGE), @r#"
    since.invit < 3 s
    ^^^^^^^^^^^ no step is named `invit` (did you mean `invite`?)
    "#);
    assert_snapshot!(mistakes("invite.jitter < 3 ms", MESSAGE), @r#"
    invite.jitter < 3 ms
    ^^^^^^^^^^^^^ `jitter` is not a figure of a sent message (`alice -> dut: INVITE`) (it is one of media that is heard (`dut ~> alice: audio`))
    "#);
    assert_snapshot!(mistakes("gap[0] < 3 ms", MESSAGE), @r#"
    gap[0] < 3 ms
    ^^^^^^ `gap[0]`: the first is `[1]` (count from 1)
    "#);
    assert_snapshot!(mistakes("xyzzy", SubjectKind::Line), @r#"
    xyzzy
    ^^^^^ `xyzzy` is not a figure of a line of the control face (`event: relay-open`) (docs/checks.md lists the figures)
    "#);
}

#[test]
fn every_mistake_is_found_at_once() {
    assert_snapshot!(mistakes("stauts == 200 and (reason = OK or gap[1] < 3) and \"x", MESSAGE), @r#"
    stauts == 200 and (reason = OK or gap[1] < 3) and "x
    ^^^^^^ `stauts` is not a figure of a received message (`dut -> alice: 180`) (did you mean `status`?)
                              ^ `=` is not an operator (`==` compares; text with a `=` in it goes in quotes)
                                               ^ `gap[1]` is a time: `3` lacks its unit (such as `20 ms`)
                                                      ^^ this quote is not closed (end the text with the same quote)
                                                      ^^ `x` claims nothing (compare it with a figure)
    "#);
    assert_snapshot!(mistakes("status 200", MESSAGE), @r#"
    status 200
    ^^^^^^ nothing is claimed of `status` (such as `status == 3`, or `exists`)
    "#);
    assert_snapshot!(mistakes("status == ", MESSAGE), @r#"
    status == 
              ^ a value is expected here (such as `200`, `5 ms` or "text")
    "#);
    assert_snapshot!(mistakes("(status == 200", MESSAGE), @r#"
    (status == 200
    ^ this parenthesis is not closed (add `)`)
    "#);
    assert_snapshot!(mistakes("status == 200 status == 300", MESSAGE), @r#"
    status == 200 status == 300
                  ^^^^^^ `status` is not expected here (join two claims with `and` or `or`)
    "#);
    assert_snapshot!(mistakes("not", MESSAGE), @r#"
    not
       ^ a claim is expected here (such as `status == 200`)
    "#);
    assert_snapshot!(mistakes("status == 200 and", MESSAGE), @r#"
    status == 200 and
                     ^ a claim is expected here (such as `status == 200`)
    "#);
    assert_snapshot!(mistakes("status == 200 ± 5 and status < 300 ± 5", MESSAGE), @r#"
    status == 200 ± 5 and status < 300 ± 5
                                       ^ a tolerance goes with `==` (move the bound itself)
    "#);
}

#[test]
fn nesting_has_an_end() {
    let errors = parse(&"not (".repeat(10_000), MESSAGE).unwrap_err();
    assert!(errors.iter().any(|error| error.message.contains("too deeply")), "{errors:?}");
    assert!(parse(&format!("{0}sdp{1}", "(".repeat(49), ")".repeat(49)), MESSAGE).is_ok());
}

#[test]
fn an_operator_needs_a_figure_that_it_fits() {
    assert_snapshot!(mistakes("reason < OK", MESSAGE), @r#"
    reason < OK
           ^ `reason` is text and does not compare so (use `==` or `!=`; a header field has `.number`)
    "#);
    assert_snapshot!(mistakes("sdp == yes or sdp < true", MESSAGE), @r#"
    sdp == yes or sdp < true
        ^^^^^^ `sdp` is true or false (`sdp` alone claims it, `not sdp` denies it)
                      ^^^^^^ `sdp` is true or false (`sdp` alone claims it, `not sdp` denies it)
    "#);
    assert_snapshot!(mistakes("status contains 2 and allow == INVITE", MESSAGE), @r#"
    status contains 2 and allow == INVITE
           ^^^^^^^^ `status` is a number and contains nothing (compare it with `==`)
                                   ^^^^^^ `allow` is a list of texts, `INVITE` is not (`allow contains INVITE` or `allow == [INVITE]`)
    "#);
    assert_snapshot!(mistakes("status matches 2 and reason matches \"(\"", MESSAGE), @r#"
    status matches 2 and reason matches "("
           ^^^^^^^ `status` is a number, not text (only text is matched)
                                        ^^^ this is not a regular expression: unclosed group (a backslash before a sign takes it as it is)
    "#);
    assert_snapshot!(mistakes("reason == [a, b] and reason in a..b and reason == 5 x", MESSAGE), @r#"
    reason == [a, b] and reason in a..b and reason == 5 x
              ^^^^^^ `reason` is text, not a list (`in [a, b]` claims that it is one of them)
                                   ^^^^ `reason` is text and has no range (name the values: `in [a, b]`)
                                                      ^^^ `reason` is text: a value of two words goes in quotes (write "5 x")
    "#);
    assert_snapshot!(mistakes("200 == 200", MESSAGE), @r#"
    200 == 200
    ^^^^^^^^^^ this compares two values (one side has to be a figure, such as `status`)
    "#);
    assert_snapshot!(mistakes("status in 300..200", MESSAGE), @r#"
    status in 300..200
              ^^^^^^^^ nothing lies in this range (write the lower bound first)
    "#);
    assert_snapshot!(mistakes("auth.valid(a b)", MESSAGE), @r#"
    auth.valid(a b)
                 ^ `,` or `)` is expected here (as in `auth.valid(user, password)`)
    "#);
    assert_snapshot!(mistakes("auth.valid(a)", MESSAGE), @r#"
    auth.valid(a)
    ^^^^^^^^^^^^^ `auth.valid` is not a figure of a received message (`dut -> alice: 180`) (did you mean `auth.valid(USER, PASSWORD)`?)
    "#);
    assert_snapshot!(mistakes("reason + 1 == x", MESSAGE), @r#"
    reason + 1 == x
           ^ `reason` is text: nothing can be added (only quantities add)
    "#);
}

proptest! {
    #[test]
    fn any_text_is_read_or_has_its_mistakes_in_it(
        text in r#"(status|reason|gap\[1\]|allow|auth.valid|invite.|==|!=|in|\.\.|and|or|not|\(|\)|\[|\]|,|±|\+|-|"|'|=|5|ms|%|é| ){0,12}"#,
    ) {
        if let Err(errors) = parse(&text, MESSAGE) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(text.get(error.at.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }
    }
}
