//! Calls between two devices, and with a scripted peer.

use crate::world::{World, invite, ms, response, sip, within};
use intercom::Defects;

const CALL: &str = "dial sip:door@192.0.2.1:5060";

fn good(count: u8) -> World {
    World::new(count, &Defects::default())
}

#[test]
fn a_basic_call() {
    let mut world = good(2);
    world.type_line(0, CALL);
    world.run(ms(1000));
    world.type_line(1, "answer");
    world.run(ms(1000));
    world.type_line(1, "status");
    world.type_line(0, "hangup");
    world.run(ms(1000));
    insta::assert_snapshot!(world.ladder(), @"
       0 0 -> 1 INVITE
       1 1 -> 0 100
     301 1 -> 0 180
     302 0 -> 1 PRACK
     303 1 -> 0 200
    1000 1 -> 0 200
    1001 0 -> 1 ACK
    2000 0 -> 1 BYE
    2001 1 -> 0 200
    ");
    let log: Vec<_> = world.consoles[1].lines().filter(|line| line.starts_with('[')).collect();
    insta::assert_snapshot!(log.join("\n"), @"
    [    0.000] boot: intercom 0.1.0 on virtual board
    [    0.000] boot: reset cause: power-on
    [    0.000] boot: ready
    [    0.001] call: incoming from sip:intercom@192.0.2.0:5060
    [    0.301] call: ringing
    [    1.000] call: established PCMU with sip:intercom@192.0.2.0:5060
    [    2.001] call: ended by the other side
    ");
    assert!(world.consoles[1].contains("\r\nstatus: in-call\r\nintercom> "));
    let audio = world.sent.iter().filter(|f| f.to.port() == 4000).count();
    assert_eq!(audio, 101);
}

#[test]
fn a_cancelled_call() {
    let mut world = good(2);
    world.type_line(0, CALL);
    world.run(ms(1000));
    world.type_line(0, "hangup");
    world.run(ms(1000));
    insta::assert_snapshot!(world.ladder(), @"
       0 0 -> 1 INVITE
       1 1 -> 0 100
     301 1 -> 0 180
     302 0 -> 1 PRACK
     303 1 -> 0 200
    1000 0 -> 1 CANCEL
    1001 1 -> 0 200
    1001 1 -> 0 487
    1002 0 -> 1 ACK
    ");
    assert!(world.consoles[1].contains("call: ended cancelled"));
}

#[test]
fn a_busy_device() {
    let mut world = good(3);
    world.type_line(0, CALL);
    world.run(ms(1000));
    world.type_line(2, CALL);
    world.run(ms(1000));
    assert!(world.consoles[2].contains("call: ended 486 Busy Here"), "{}", world.consoles[2]);
}

#[test]
fn nobody_answers() {
    let mut world = good(2);
    world.type_line(0, CALL);
    world.run(ms(40_000));
    assert!(world.consoles[0].contains("[   30.000] call: ended no answer"));
    assert_eq!(world.times("CANCEL"), [30_000]);
    world.type_line(1, "ring-timeout 5");
    world.type_line(0, CALL);
    world.run(ms(10_000));
    assert!(world.consoles[0].contains("call: ended 480 Temporarily Unavailable"));
}

#[test]
fn a_silent_peer_gets_seven_invites() {
    let mut world = good(1);
    world.type_line(0, "no-answer-timeout 100");
    world.type_line(0, CALL);
    world.run(ms(40_000));
    assert_eq!(world.times("INVITE"), [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    assert!(world.consoles[0].contains("[   32.000] call: ended no response"));
}

#[test]
fn an_unacknowledged_200_is_repeated_and_given_up_with_bye() {
    let mut world = good(1);
    world.type_line(0, "auto-answer on");
    world.send(sip(100), sip(0), &invite("a", "0"));
    world.run(ms(40_000));
    let expected =
        [301, 801, 1801, 3801, 7801, 11_801, 15_801, 19_801, 23_801, 27_801, 31_801].to_vec();
    assert_eq!(world.times("200 OK"), expected);
    assert_eq!(world.times("BYE").first(), Some(&32_301));
}

#[test]
fn digits_open_the_door() {
    let mut world = good(2);
    world.type_line(1, "auto-answer on");
    world.type_line(0, CALL);
    world.run(ms(1000));
    world.type_line(0, "digits 1A5#");
    world.run(ms(6000));
    let heard: Vec<_> = world.consoles[1]
        .lines()
        .filter(|l| l.contains("dtmf") || l.contains("relay"))
        .filter_map(|l| l.split_once("] "))
        .map(|(_, event)| event)
        .collect();
    assert_eq!(
        heard,
        [
            "dtmf: digit 1 (rfc4733)",
            "dtmf: digit A (rfc4733)",
            "dtmf: digit 5 (rfc4733)",
            "relay: open",
            "dtmf: digit # (rfc4733)",
            "relay: closed"
        ]
    );
}

#[test]
fn a_digit_by_info_is_heard() {
    let mut world = good(1);
    let ok = answered(&mut world);
    let more = "Content-Type: application/dtmf-relay\n\nSignal=5\nDuration=160\n";
    world.send(sip(100), sip(0), &within(&ok, "INFO", 2, more));
    world.run(ms(10));
    assert!(world.consoles[0].contains("dtmf: digit 5 (info)"));
}

/// A call from the peer that is answered and acknowledged; returns the 200.
fn answered(world: &mut World) -> String {
    world.type_line(0, "auto-answer on");
    world.send(sip(100), sip(0), &invite("a", "8 0 101"));
    world.run(ms(400));
    let ok = world.last_to(sip(100));
    world.send(sip(100), sip(0), &within(&ok, "ACK", 1, ""));
    world.run(ms(1000));
    ok
}

#[test]
fn hold_and_resume() {
    let mut world = good(1);
    let ok = answered(&mut world);
    let body = |direction: &str| {
        let offer = invite("b", "8 0 101");
        let body = offer.split_once("\n\n").unwrap().1;
        format!(
            "Contact: <sip:alice@192.0.2.100>\nContent-Type: application/sdp\n\n{body}a={direction}\n"
        )
    };
    world.send(sip(100), sip(0), &within(&ok, "INVITE", 2, &body("sendonly")));
    world.run(ms(100));
    let held = world.last_to(sip(100));
    assert!(held.contains("a=recvonly"), "{held}");
    assert!(held.contains(" 2 IN IP4"), "{held}");
    world.send(sip(100), sip(0), &within(&ok, "ACK", 2, ""));
    let before = world.sent.len();
    world.run(ms(1000));
    assert!(world.sent.len() - before < 3, "it sends audio while held");
    // A request from before the hold is out of order.
    world.send(sip(100), sip(0), &within(&ok, "INFO", 1, ""));
    world.run(ms(10));
    assert!(world.last_to(sip(100)).starts_with("SIP/2.0 500"));
}

#[test]
fn a_repeated_200_gets_its_ack_again_and_a_fork_is_dropped() {
    let mut world = good(1);
    world.type_line(0, "dial sip:bob@192.0.2.100:5060");
    world.run(ms(10));
    let invite = world.last_to(sip(100));
    let offer = invite.split_once("\r\n\r\n").unwrap().1.replace("192.0.2.0", "192.0.2.100");
    let more = format!("Contact: <sip:bob@192.0.2.100>\nContent-Type: application/sdp\n\n{offer}");
    let ok = response(&invite, "200 OK", &more.replace('\r', ""));
    world.send(sip(100), sip(0), &ok);
    world.run(ms(10));
    world.send(sip(100), sip(0), &ok);
    world.run(ms(10));
    assert_eq!(world.times("ACK").len(), 2);
    world.send(sip(100), sip(0), &ok.replace("tag=peer", "tag=fork"));
    world.run(ms(10));
    assert_eq!((world.times("ACK").len(), world.times("BYE").len()), (3, 1));
    world.type_line(0, "status");
    assert!(world.consoles[0].contains("status: in-call"));
}

#[test]
fn an_offerless_invite_is_offered_and_answered_in_the_ack() {
    let mut world = good(1);
    world.type_line(0, "auto-answer on");
    world.send(sip(100), sip(0), &crate::world::request("INVITE", "a", ""));
    world.run(ms(400));
    let ok = world.last_to(sip(100));
    assert!(ok.contains("m=audio 4000 RTP/AVP 0 8 101"), "{ok}");
    let answer = invite("x", "8");
    let answer = answer.split_once("\n\n").unwrap().1;
    let more = format!("Content-Type: application/sdp\n\n{answer}");
    world.send(sip(100), sip(0), &within(&ok, "ACK", 1, &more));
    world.run(ms(100));
    assert!(world.consoles[0].contains("call: established PCMA"), "{}", world.consoles[0]);
}

#[test]
fn the_watchdog_bites() {
    let mut world = good(1);
    world.type_line(0, "hang");
    world.type_line(0, "status");
    world.run(ms(6000));
    let log: Vec<_> = world.consoles[0].lines().skip(3).collect();
    insta::assert_snapshot!(log.join("\n"), @"
    intercom> 
    ok
    [    5.000] watchdog: main loop stalled for 5 s, resetting
    [    0.000] boot: intercom 0.1.0 on virtual board
    [    0.000] boot: reset cause: watchdog
    [    0.000] boot: ready
    intercom> 
    ");
}

#[test]
fn audio_goes_out_every_20_ms_and_its_report_counts_it() {
    let mut world = good(1);
    let started = world.now;
    answered(&mut world);
    world.run(ms(5000));
    let to = |port| world.sent.iter().filter(move |f| f.to.port() == port);
    let audio: Vec<_> = to(6000).collect();
    assert!(audio.len() > 290 && audio[0].at > started);
    assert_eq!(audio[0].bytes[1], 0x88, "PCMA, marker at the start of talk");
    for pair in audio.windows(2) {
        let number = |n: usize| u16::from_be_bytes([pair[n].bytes[2], pair[n].bytes[3]]);
        let stamp = |n: usize| u32::from_be_bytes(pair[n].bytes[4..8].try_into().unwrap());
        assert_eq!(pair[0].at + ms(20), pair[1].at);
        assert_eq!(number(1).wrapping_sub(number(0)), 1);
        assert_eq!(stamp(1).wrapping_sub(stamp(0)), 160);
        assert_eq!(pair[1].bytes[8..12], pair[0].bytes[8..12]);
    }
    let report = to(6001).next().unwrap();
    assert_eq!(report.bytes[1], 200);
    let before = u32::try_from(audio.iter().filter(|f| f.at <= report.at).count()).unwrap();
    assert_eq!(report.bytes[20..24], before.to_be_bytes());
}
