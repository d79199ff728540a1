mod program;
mod table;

use super::*;
use crate::dut::action::Verb;
use crate::proto::digits::{Events, Method};
use crate::proto::media::{Media, Sound};
use crate::rig::command::Command;
use crate::scenario::program::{Flow, Forbidden, Presence};
use crate::time::Tick;
use program::*;
use rstest::rstest;
use table::Table;

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn a_call_goes_through_its_three_parts() {
    let mut steps = vec![(Part::Preamble, does(Verb::Idle))];
    steps.extend(call());
    steps.extend([
        (Part::Postamble, send(ALICE, "BYE")),
        (Part::Postamble, waits(ALICE, status(200))),
    ]);
    let mut table = Table::of(steps);
    assert!(table.marks().is_empty());
    table.says("idle");
    table.says("ok");
    table.answers(200, "INVITE");
    assert_eq!(table.marks(), ["met 0", "met 1", "met 2", "met 3", "met 4", "met 5", "finish"]);
    let ladder = ["alice > INVITE", "alice < 200", "alice > ACK", "alice > BYE", "alice < 200"];
    assert_eq!(table.ladder(), ladder);
}

#[rstest]
#[case::preamble(Part::Preamble)]
#[case::body(Part::Body)]
fn an_unmet_step_ends_the_test_but_not_the_postamble(#[case] part: Part) {
    let mut table = Table::of(vec![
        (part, send(ALICE, "INVITE")),
        (part, waits(ALICE, status(200))),
        (Part::Body, does(Verb::Answer)),
        (Part::Postamble, does(Verb::Idle)),
    ]);
    table.answers(180, "INVITE");
    table.pass(SECOND);
    assert!(table.has("1000 unmet 1: no 200 within 1.0 s"), "{:#?}", table.log);
    assert!(table.has("1000 alice > CANCEL"), "{:#?}", table.log);
    assert!(table.has("1000 write hangup") && !table.has("1000 write answer"), "{:#?}", table.log);
    let silenced = table.log.iter().filter(|line| line.contains("silence")).count();
    assert_eq!(silenced, 2, "{:#?}", table.log);
    table.says("idle");
    table.says("ok");
    table.pass(SECOND * 3);
    assert_eq!(table.marks()[1..], ["unmet 1: no 200 within 1.0 s", "met 3", "finish"]);
}

#[test]
fn an_unmet_step_of_the_postamble_does_not_end_it() {
    let mut table = Table::of(vec![
        (Part::Postamble, send(ALICE, "BYE")),
        (Part::Postamble, StepKind::Hold(SECOND)),
    ]);
    table.pass(SECOND);
    let marks = table.marks();
    assert!(marks[0].starts_with("unmet 0: "), "{marks:?}");
    assert_eq!(marks[1..], ["met 1", "finish"]);
}

#[test]
fn an_optional_message_is_passed_over_when_a_later_response_has_come() {
    let steps = body([send(ALICE, "INVITE"), may(ALICE, status(180)), waits(ALICE, status(200))]);
    let mut table = Table::of(steps);
    table.answers(200, "INVITE");
    assert_eq!(table.marks()[..3], ["met 0", "skipped 1", "met 2"]);
}

#[test]
fn an_optional_step_is_passed_over_when_the_next_that_is_not_has_come() {
    let optional = |kind| StepKind::AwaitEvent {
        kind,
        detail: None,
        wait: SECOND,
        presence: Presence::Optional,
    };
    let steps = [
        may(ALICE, request("OPTIONS")),
        optional(EventKind::Digit),
        event(EventKind::RelayOpen),
        StepKind::Hold(SECOND),
    ];
    let mut table = Table::of(body(steps));
    assert!(table.marks().is_empty());
    table.says("open");
    assert_eq!(table.log, ["0 skipped 0", "0 skipped 1", "0 met 2"]);
}

#[test]
fn an_optional_event_is_passed_over_when_its_time_is_over() {
    let kind = EventKind::RelayOpen;
    let event =
        StepKind::AwaitEvent { kind, detail: None, wait: SECOND, presence: Presence::Optional };
    let mut table = Table::of(body([event]));
    table.pass(SECOND);
    assert_eq!(table.log, ["1000 skipped 0", "1000 finish"]);
}

#[test]
fn of_any_of_the_branch_is_taken_that_came_first() {
    let branch = |id, kinds: Vec<StepKind>| -> Vec<Step> {
        (id..).zip(kinds).map(|(id, kind)| nested(id, Part::Body, kind)).collect()
    };
    let branches = vec![
        branch(10, vec![waits(ALICE, status(486))]),
        branch(20, vec![waits(ALICE, status(180)), waits(ALICE, status(200)), send(ALICE, "ACK")]),
    ];
    let steps = body([send(ALICE, "INVITE"), StepKind::AnyOf { branches, wait: SECOND }]);
    let mut table = Table::of(steps.clone());
    table.answers(180, "INVITE");
    table.answers(200, "INVITE");
    assert_eq!(table.marks()[..5], ["met 0", "met 1", "met 20", "met 21", "met 22"]);
    let mut table = Table::of(steps);
    table.pass(SECOND);
    assert_eq!(table.marks()[1], "unmet 1: none of the alternatives came");
}

#[test]
fn a_request_of_a_branch_that_was_not_taken_is_answered_all_the_same() {
    let alone = |id, kind| vec![nested(id, Part::Body, kind)];
    let branches =
        vec![alone(10, waits(ALICE, request("OPTIONS"))), alone(11, event(EventKind::RelayOpen))];
    let any_of = StepKind::AnyOf { branches, wait: SECOND };
    let steps = [StepKind::Hold(MILLISECOND * 100), any_of, StepKind::Hold(SECOND)];
    let mut table = Table::of(body(steps));
    table.says("open");
    table.asks(0, "OPTIONS");
    assert_eq!(table.ladder(), ["alice < OPTIONS"]);
    table.pass(SECOND * 2);
    assert_eq!(table.marks(), ["met 0", "met 1", "met 11", "met 2", "finish"]);
    assert!(table.has("100 alice > 200"), "{:#?}", table.log);
}

#[test]
fn unordered_steps_are_met_in_any_order_and_named_one_by_one() {
    let steps = vec![
        nested(10, Part::Body, event(EventKind::RelayOpen)),
        nested(11, Part::Body, waits(ALICE, request("OPTIONS"))),
    ];
    let steps = body([StepKind::Unordered { steps, wait: SECOND }]);
    let mut table = Table::of(steps.clone());
    table.asks(0, "OPTIONS");
    table.says("open");
    assert_eq!(table.marks()[..3], ["met 11", "met 10", "met 0"]);
    let mut table = Table::of(steps);
    table.says("open");
    table.pass(SECOND);
    let unmet = ["met 10", "unmet 11: it did not come", "unmet 0: 1 of them did not come"];
    assert_eq!(table.marks()[..3], unmet);
}

#[test]
fn none_of_is_met_by_time_and_unmet_by_a_message_or_an_event() {
    let patterns = vec![
        Forbidden::Message(ALICE, request("OPTIONS")),
        Forbidden::Event(EventKind::Digit, Some("5".to_owned())),
    ];
    let steps = body([StepKind::NoneOf { patterns, span: SECOND }]);
    let mut table = Table::of(steps.clone());
    table.says("digit 4");
    table.asks(1, "OPTIONS");
    table.pass(SECOND);
    assert!(table.has("1000 met 0"), "{:#?}", table.log);
    let mut table = Table::of(steps.clone());
    table.asks(0, "OPTIONS");
    assert_eq!(table.marks()[0], "unmet 0: OPTIONS came");
    let mut table = Table::of(steps);
    table.says("digit 5");
    assert_eq!(table.marks()[0], "unmet 0: `digit 5` came");
}

#[test]
fn neighbouring_media_lines_are_met_together() {
    let mut steps = call();
    let lines = vec![line(10, silence(SECOND)), line(11, Flow::Listen { span: None })];
    steps.push((Part::Body, StepKind::Media(lines)));
    let mut table = Table::of(steps);
    table.answers(200, "INVITE");
    assert!(table.has("0 stream 50"), "{:#?}", table.log);
    table.pass(SECOND);
    assert_eq!(table.marks().len(), 3);
    table.pass(MILLISECOND * 60);
    assert_eq!(table.marks()[3..], ["met 10", "met 11", "met 3", "finish"]);
}

#[test]
fn media_without_a_session_are_unmet() {
    let table = Table::of(body([StepKind::Media(vec![line(0, silence(SECOND))])]));
    assert_eq!(table.marks()[0], "unmet 0: no audio session has been agreed");
}

fn digits(wait: Duration) -> Table {
    let mut steps = call();
    let flow = Flow::Digits { digits: "5".to_owned(), method: Method::Rtp, wait };
    steps.push((Part::Body, StepKind::Media(vec![line(3, flow)])));
    let mut table = Table::of(steps);
    table.answers(200, "INVITE");
    table
}

#[test]
fn digits_are_met_soon_after_they_were_heard() {
    let mut table = digits(SECOND * 5);
    let payload_type = table.device.session().unwrap().telephone_event.unwrap().sent;
    let tone = MILLISECOND * 40;
    let (digits, events) = ("5".to_owned(), Events::default());
    let sound = Sound::Digits { payload_type, digits, tone, gap: tone, clock_rate: 8_000, events };
    for (_, packet) in Media::new(3, String::new()).play(Tick::ZERO, vec![sound]) {
        table.hears(0, packet);
    }
    table.pass(SECOND * 5);
    assert!(table.has("150 met 3"), "{:#?}", table.log);
}

#[test]
fn digits_that_do_not_come_are_unmet_in_the_end() {
    let mut table = digits(SECOND);
    table.pass(MILLISECOND * 999);
    assert_eq!(table.marks().len(), 3);
    table.pass(MILLISECOND);
    assert_eq!(table.marks()[3], "unmet 3: the digits did not come");
}

#[test]
fn a_command_is_confirmed_or_refused_or_neither() {
    let mut table = Table::of(body([does(Verb::Answer)]));
    assert_eq!(table.log, ["0 write answer"]);
    table.says("ok");
    assert_eq!(table.marks()[0], "met 0");
    let mut table = Table::of(body([does(Verb::Answer)]));
    table.says("no such call");
    assert_eq!(table.marks()[0], "unmet 0: the device refused: such call");
    let mut table = Table::of(body([does(Verb::Answer)]));
    table.pass(SECOND * 2);
    assert_eq!(table.marks()[0], "unmet 0: the device did not confirm it by `done`");
}

#[test]
fn a_command_is_written_again_and_its_refusal_ignored_where_the_profile_says_so() {
    let mut table = Table::of(body([does(Verb::Idle)]));
    table.says("no call");
    table.pass(MILLISECOND * 600);
    table.says("no call");
    table.pass(MILLISECOND * 600);
    table.says("idle");
    assert!(table.marks().is_empty(), "the last line has not been answered");
    table.says("ok");
    let log = ["0 write hangup", "500 write hangup", "1000 write hangup", "1200 met 0"];
    assert_eq!(table.log[..4], log);
}

#[test]
fn a_confirmation_from_before_the_command_does_not_count() {
    let mut table = Table::of(body([StepKind::Hold(SECOND), does(Verb::Answer)]));
    table.says("ok");
    table.pass(SECOND);
    assert_eq!(table.log, ["1000 met 0", "1000 write answer"]);
}

#[test]
fn a_verb_that_the_device_lacks_is_unmet_and_one_that_needs_no_line_is_met() {
    let mut table = Table::of(body([does(Verb::Reject), does(Verb::Reboot)]));
    assert_eq!(table.marks()[0], "met 0");
    assert!(table.marks()[1].starts_with("unmet 1: the device's profile has no command"));
    table.pass(SECOND);
    assert!(table.has("0 finish"));
}

#[test]
fn what_a_device_tells_between_a_command_and_its_confirmation_is_kept() {
    let steps = [does(Verb::Answer), event(EventKind::RelayOpen)];
    let mut table = Table::of(body(steps));
    table.says("open");
    table.says("ok");
    assert_eq!(table.marks(), ["met 0", "met 1", "finish"]);
}

#[test]
fn what_a_device_told_before_a_command_is_not_taken_for_its_effect() {
    let steps = [StepKind::Hold(SECOND), does(Verb::Answer), event(EventKind::RelayOpen)];
    let mut table = Table::of(body(steps));
    table.says("open");
    table.pass(SECOND);
    table.says("ok");
    assert_eq!(table.marks(), ["met 0", "met 1"]);
}

#[test]
fn events_are_taken_in_their_order() {
    let steps = [StepKind::Hold(SECOND), event(EventKind::RelayOpen), event(EventKind::Digit)];
    let mut table = Table::of(body(steps));
    table.says("digit 5");
    table.says("open");
    table.pass(SECOND);
    assert_eq!(table.marks(), ["met 0", "met 1"]);
    table.says("digit 6");
    assert_eq!(table.marks()[2..], ["met 2", "finish"]);
}

#[rstest]
#[case::told(Seen::Line("panic stack".to_owned()), "unmet 0: the device crashed: stack")]
#[case::died(Seen::Died("signal 11".to_owned()), "unmet 0: the device crashed: signal 11")]
fn a_crash_ends_whatever_step_is_at_hand(#[case] seen: Seen, #[case] mark: &str) {
    let mut table = Table::of(body([StepKind::Hold(SECOND)]));
    table.see(Pco::CONTROL, seen);
    table.settle();
    assert_eq!(table.marks(), [mark, "finish"]);
}

#[test]
fn a_crash_that_a_later_step_waits_for_ends_nothing() {
    let mut table = Table::of(body([StepKind::Hold(SECOND), event(EventKind::Crashed)]));
    table.says("panic stack");
    table.pass(SECOND);
    assert_eq!(table.marks(), ["met 0", "met 1", "finish"]);
}

#[test]
fn a_bench_step_is_met_by_what_the_bench_did() {
    let table = Table::of(body([StepKind::Bench(Command::PowerOff)]));
    assert_eq!(table.log, ["0 bench power off", "0 met 0", "0 finish"]);
}

#[test]
fn an_icmp_error_fails_what_was_sent_there() {
    let steps = [StepKind::Hold(SECOND), send(ALICE, "OPTIONS"), waits(ALICE, status(200))];
    let mut table = Table::of(body(steps));
    table.deaf = true;
    table.pass(SECOND);
    let dead = || Seen::Unreachable("192.0.2.9:5060".parse().unwrap(), "refused".to_owned());
    // That media does not arrive says nothing of the request, nor does an address that it was not for.
    table.see(Pco::of_role(0, RolePoint::Rtp), dead());
    let elsewhere = Seen::Unreachable("192.0.2.8:5060".parse().unwrap(), "refused".to_owned());
    table.see(Pco::of_role(0, RolePoint::Sip), elsewhere);
    table.settle();
    assert_eq!(table.marks(), ["met 0", "met 1"]);
    table.see(Pco::of_role(0, RolePoint::Sip), dead());
    table.settle();
    assert_eq!(
        table.marks()[2..],
        ["unmet 2: the OPTIONS transaction failed: the transport could not send", "finish"]
    );
}

#[test]
fn a_role_that_cannot_register_is_a_fault_of_the_bench() {
    let act = RegisterAct::Register;
    let step = StepKind::Register { role: ALICE, act, wait: SECOND };
    let table = Table::of(body([step, StepKind::Hold(SECOND)]));
    let cause = "the registrar's address is not known";
    let remedy = "is the registrar up, and does it know this account?";
    let words = format!("cannot register on `alice.sip`: {cause}; {remedy}");
    let finish = format!("finish: {:?}", Ended::Fault(words));
    assert_eq!(table.marks(), [format!("unmet 0: {cause}"), finish]);
}

#[test]
fn a_call_that_is_still_up_at_the_end_is_ended() {
    let mut table = Table::of(call());
    table.answers(200, "INVITE");
    assert_eq!(table.ladder()[2..], ["alice > ACK", "alice > BYE", "alice < 200"]);
    assert_eq!(table.marks()[3..], ["finish"]);
}

#[test]
fn a_device_that_falls_silent_does_not_hold_up_the_end() {
    let mut table = Table::of(call());
    table.deaf = true;
    table.answers(200, "INVITE");
    table.pass(SECOND * 3);
    assert!(table.has("2000 finish"), "{:#?}", table.log);
}

#[test]
fn a_2xx_that_comes_again_while_the_case_ends_is_acknowledged_again() {
    let mut table = Table::of(call());
    table.deaf = true;
    table.answers(200, "INVITE");
    table.pass(SECOND);
    let again = ["500 alice < 200", "500 alice > ACK"];
    assert!(again.iter().all(|line| table.has(line)), "{:#?}", table.log);
}

#[test]
fn two_byes_that_cross_end_the_call_for_both() {
    let mut steps = call();
    steps.extend(body([send(ALICE, "BYE"), waits(ALICE, status(200))]));
    let mut table = Table::of(steps);
    table.deaf = true;
    table.answers(200, "INVITE");
    table.deaf = false;
    table.asks(0, "BYE");
    assert!(table.has("0 alice > 200"), "{:#?}", table.log);
    table.pass(SECOND);
    assert_eq!(table.marks().last(), Some(&"finish"));
}

#[test]
fn a_request_that_no_step_waits_for_is_answered_while_another_is_awaited() {
    let mut table = Table::of(body([send(ALICE, "INVITE"), waits(ALICE, status(200))]));
    table.asks(0, "OPTIONS");
    table.answers(200, "INVITE");
    let ladder = ["alice > INVITE", "alice < OPTIONS", "alice > 200", "alice < 200"];
    assert_eq!(table.ladder()[..4], ladder);
    assert_eq!(table.marks()[..2], ["met 0", "met 1"]);
}

#[test]
fn a_request_that_a_step_answers_is_left_to_it() {
    let steps = [
        StepKind::Hold(SECOND),
        waits(ALICE, request("INVITE")),
        reply(ALICE, 603),
        waits(ALICE, request("ACK")),
    ];
    let mut table = Table::of(body(steps));
    table.asks(0, "INVITE");
    assert_eq!(table.ladder(), ["alice < INVITE"]);
    table.pass(SECOND);
    let ladder = table.ladder();
    assert_eq!(ladder[ladder.len() - 2..], ["alice > 603", "alice < ACK"]);
    assert_eq!(table.marks(), ["met 0", "met 1", "met 2", "met 3", "finish"]);
}

#[test]
fn a_response_to_an_earlier_request_does_not_stand_for_a_later_one() {
    let steps = [
        send(ALICE, "INVITE"),
        StepKind::Hold(SECOND),
        send(ALICE, "INVITE"),
        waits(ALICE, status(200)),
    ];
    let mut table = Table::of(body(steps));
    table.answers(486, "INVITE");
    table.pass(SECOND);
    assert_eq!(table.marks(), ["met 0", "met 1", "met 2"]);
    table.answers(200, "INVITE");
    assert_eq!(table.marks()[3..], ["met 3", "finish"]);
}

#[test]
fn a_transaction_that_fails_while_nothing_waits_for_it_is_not_the_next_one_s_failure() {
    let steps = [
        StepKind::Hold(SECOND),
        send(ALICE, "INVITE"),
        StepKind::Hold(SECOND * 40),
        send(ALICE, "INVITE"),
        waits(ALICE, status(200)),
    ];
    let mut table = Table::of(body(steps));
    table.deaf = true;
    table.pass(SECOND * 40);
    table.deaf = false;
    table.pass(SECOND);
    assert_eq!(table.marks(), ["met 0", "met 1", "met 2", "met 3"]);
    table.answers(200, "INVITE");
    assert_eq!(table.marks()[4..], ["met 4", "finish"]);
}

#[test]
fn a_final_response_other_than_the_awaited_one_ends_the_wait() {
    let mut table = Table::of(body([send(ALICE, "INVITE"), waits(ALICE, status(200))]));
    table.answers(486, "INVITE");
    assert_eq!(table.marks()[1], "unmet 1: 486 Busy Here to INVITE came instead");
}

#[test]
fn a_message_to_one_role_does_not_meet_the_wait_of_another() {
    let mut table = Table::of(body([waits(BOB, request("OPTIONS"))]));
    table.asks(0, "OPTIONS");
    assert_eq!(table.ladder(), ["alice < OPTIONS", "alice > 200"]);
    assert!(table.marks().is_empty());
    table.asks(1, "OPTIONS");
    assert_eq!(table.marks(), ["met 0", "finish"]);
}
