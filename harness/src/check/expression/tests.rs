use super::*;
use insta::assert_snapshot;
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
    assert!(format!("{parsed:?}").contains("Quantity(500.0, "), "{parsed:?}");
}

#[test]
fn steps_are_those_that_are_read_or_named() {
    let parsed = parse("since.invite < 1 s and from.tag == register1.from.tag", MESSAGE).unwrap();
    assert_eq!(parsed.steps(), [StepId(0), StepId(1), StepId(5)]);
}

#[test]
fn a_dimension_compares_with_its_like() {
    assert_snapshot!(mistakes("jitter.p99 < 5 % or skew == 3 ms", HEARD), @"");
    assert_snapshot!(mistakes("jitter == lost", HEARD), @"");
    assert_snapshot!(mistakes("jitter < 5 and jitter < 5 MS and jitter < 5 furlong", HEARD), @"");
    assert_snapshot!(mistakes("lost == none", HEARD), @"");
    assert_snapshot!(mistakes("gap[1] == 500 ms ± 3 dB", MESSAGE), @"");
}

#[test]
fn a_name_that_does_not_exist_gets_help() {
    assert_snapshot!(mistakes("jiter.p99 < 5 ms", HEARD), @"");
    assert_snapshot!(mistakes("header.Contact.cuont == 1", MESSAGE), @"");
    assert_snapshot!(mistakes("jitter.p99 < 5 ms", MESSAGE), @"");
    assert_snapshot!(mistakes("from.tag == registr1.from.tag", MESSAGE), @"");
    assert_snapshot!(mistakes("since.invit < 3 s", MESSAGE), @"");
    assert_snapshot!(mistakes("invite.jitter < 3 ms", MESSAGE), @"");
    assert_snapshot!(mistakes("gap[0] < 3 ms", MESSAGE), @"");
    assert_snapshot!(mistakes("xyzzy", SubjectKind::Line), @"");
}

#[test]
fn every_mistake_is_found_at_once() {
    assert_snapshot!(mistakes("stauts == 200 and (reason = OK or gap[1] < 3) and \"x", MESSAGE), @"");
    assert_snapshot!(mistakes("status 200", MESSAGE), @"");
    assert_snapshot!(mistakes("status == ", MESSAGE), @"");
    assert_snapshot!(mistakes("(status == 200", MESSAGE), @"");
    assert_snapshot!(mistakes("status == 200 status == 300", MESSAGE), @"");
    assert_snapshot!(mistakes("", MESSAGE), @"");
    assert_snapshot!(mistakes("status == 200 and", MESSAGE), @"");
    assert_snapshot!(mistakes("status == 200 ± 5 and status < 300 ± 5", MESSAGE), @"");
}

#[test]
fn an_operator_needs_a_figure_that_it_fits() {
    assert_snapshot!(mistakes("reason < OK", MESSAGE), @"");
    assert_snapshot!(mistakes("sdp == yes", MESSAGE), @"");
    assert_snapshot!(mistakes("status contains 2 and allow == INVITE", MESSAGE), @"");
    assert_snapshot!(mistakes("status matches 2 and reason matches \"(\"", MESSAGE), @"");
    assert_snapshot!(mistakes("reason == [a, b] and reason in a..b and reason == 5 x", MESSAGE), @"");
    assert_snapshot!(mistakes("200 == 200", MESSAGE), @"");
    assert_snapshot!(mistakes("status in 300..200", MESSAGE), @"");
    assert_snapshot!(mistakes("auth.valid(a b)", MESSAGE), @"");
    assert_snapshot!(mistakes("auth.valid(a)", MESSAGE), @"");
    assert_snapshot!(mistakes("reason + 1 == x", MESSAGE), @"");
}
