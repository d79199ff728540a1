//! What passes between two of our ends is one arrow.

use super::*;
use crate::evidence::example;
use crate::report::tests;
use crate::scenario::program::StepKind;
use rstest::rstest;

/// What alice and bob see of one message from alice to bob, bob this much later.
fn between_roles(late: i64) -> Ladder {
    let mut case = tests::bare(StepKind::Hold(Duration::ZERO), 0, Default::default(), Vec::new());
    case.program.roles.push(crate::scenario::program::Role {
        name: "bob".to_owned(),
        ..case.program.roles[0].clone()
    });
    let (alice, bob) = ("127.0.0.10:5062".parse().unwrap(), "127.0.0.11:5062".parse().unwrap());
    let mut point = case.record.points[3].clone();
    (point.pco, point.local) = (Pco::of_role(1, RolePoint::Sip), Some(bob));
    case.record.points.push(point);
    let bytes = b"OPTIONS sip:bob SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n".to_vec();
    let sent = Datagram { local: alice, remote: bob, bytes: bytes.clone(), connection: None };
    let received = Datagram { local: bob, remote: alice, bytes, connection: None };
    let at = |offset: i64| Tick::from_nanos((1_000_000_000 + offset).try_into().unwrap());
    case.timeline.record(at(0), example::SIP, Seen::Sent(sent));
    let by = case
        .timeline
        .record(at(late), Pco::of_role(1, RolePoint::Sip), Seen::Received(received))
        .seq;
    case.timeline.record(at(late), Pco::TEST, Seen::Met(StepId(0), Some(by)));
    Ladder::new(&case)
}

#[rstest]
#[case::seen_leaving_first(70_000)]
#[case::seen_arriving_first(-70_000)]
fn a_message_between_two_of_our_ends_is_one_arrow(#[case] late: i64) {
    let ladder = between_roles(late);
    assert_eq!(ladder.columns, ["alice", "bob", "dut"]);
    let [row] = ladder.rows.as_slice() else { panic!("{:#?}", ladder.rows) };
    assert_eq!(row.shape, Shape::Arrow { from: 0, to: 1 });
    assert_eq!((row.entries.len(), row.met), (2, Some(StepId(0))));
}
