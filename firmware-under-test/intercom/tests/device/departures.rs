//! A defect departs only where the device asks for it: what else happens is the same to the octet.

use crate::registering::{ACCOUNT, registrar};
use crate::world::{World, header, invite, ms, request, response, sip, within};
use intercom::{Defect, Defects};

/// Situations that together touch most of what a device does.
const SITUATIONS: &[fn(&Defects) -> World] =
    &[registration, brief, rejected_registration, calls, called, unacked, failures, silence, odd];

/// What `ringtrue prove` relies on when it leaves out what cannot differ.
#[test]
fn a_defect_that_was_not_asked_for_changes_nothing() {
    for situation in SITUATIONS {
        let defects = Defects::noting();
        let sound = situation(&defects).trace();
        let asked: Vec<_> = defects.asked().map(|defect| defect.name).collect();
        let others = Defects::all().filter(|defect| !asked.contains(&defect.name));
        let others = others.fold(Defects::default(), |all, defect| all.with(*defect));
        assert_ne!(others.to_string(), "");
        assert_eq!(situation(&others).trace(), sound);
    }
}

#[test]
fn a_world_is_a_function_of_its_seed() {
    for situation in SITUATIONS {
        assert_eq!(situation(&Defects::default()).trace(), situation(&Defects::default()).trace());
    }
}

fn registration(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    world.peer(sip(100), registrar);
    world.type_line(0, ACCOUNT);
    world.run(ms(50_000));
    world.type_line(0, "reboot");
    world.run(ms(1000));
    world.type_line(0, "account none");
    world.run(ms(1000));
    world
}

fn brief(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    world.peer(sip(100), registrar);
    world.type_line(0, &ACCOUNT.replace(" 60 ", " 10 "));
    world.run(ms(1000));
    world
}

fn rejected_registration(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n";
    world.peer(sip(100), move |r| vec![response(r, "401 Unauthorized", challenge)]);
    world.type_line(0, ACCOUNT);
    world.run(ms(1000));
    world
}

/// Two devices: a long call with digits, loops and tones, then one that nobody answers.
fn calls(defects: &Defects) -> World {
    let mut world = World::new(2, defects);
    world.type_line(0, "button-uri sip:door@192.0.2.1:5060");
    world.type_line(0, "tone 1000 -10");
    world.type_line(1, "auto-answer on");
    world.type_line(1, "loopback on");
    world.type_line(0, "press");
    world.run(ms(1000));
    world.type_line(1, "answer");
    world.type_line(0, "digits 159ABCD");
    world.run(ms(6000));
    world.type_line(0, "hangup");
    world.run(ms(3000));
    world.type_line(1, "auto-answer off");
    world.type_line(0, "no-answer-timeout 5");
    world.type_line(0, "press");
    world.run(ms(10_000));
    world
}

/// The device is called: rung, cancelled, busy, answered, hung up on.
fn called(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    let first = invite("first", "8 0 101");
    world.send(sip(100), sip(0), &first);
    world.run(ms(500));
    world.send(sip(100), sip(0), &first);
    world.send(sip(100), sip(0), &invite("second", "0"));
    world.run(ms(100));
    world.type_line(0, "answer");
    world.run(ms(10));
    let ok = world.last_to(sip(100));
    world.send(sip(100), sip(0), &within(&ok, "ACK", 1, ""));
    world.run(ms(1000));
    world.send(sip(100), sip(0), &within(&ok, "BYE", 2, ""));
    world.run(ms(1000));
    world.send(sip(100), sip(0), &invite("third", "0"));
    world.run(ms(500));
    world.send(sip(100), sip(0), &request("CANCEL", "third", ""));
    world.run(ms(1000));
    world.type_line(0, "ring-timeout 1");
    world.send(sip(100), sip(0), &invite("fourth", "0"));
    world.run(ms(3000));
    world
}

fn unacked(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    world.type_line(0, "auto-answer on");
    world.send(sip(100), sip(0), &invite("a", "0"));
    world.run(ms(40_000));
    world
}

fn failures(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    world.peer(sip(100), |message| {
        if message.starts_with("INVITE") && header(message, "CSeq") == "1 INVITE" {
            return vec![response(message, "486 Busy Here", "")];
        }
        Vec::new()
    });
    world.type_line(0, "dial sip:bob@192.0.2.100");
    world.run(ms(1000));
    world.type_line(0, "status");
    world
}

fn silence(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    world.type_line(0, "no-answer-timeout 60");
    world.type_line(0, "dial sip:bob@192.0.2.100");
    world.type_line(0, ACCOUNT);
    world.run(ms(40_000));
    world
}

/// Requests of every strange kind.
fn odd(defects: &Defects) -> World {
    let mut world = World::new(1, defects);
    let far = "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKfar\n";
    let texts = [
        request("OPTIONS", "a", far),
        request("FLY", "b", ""),
        request("OPTIONS", "c", "Require: nothing\n"),
        request("BYE", "d", ""),
        request("OPTIONS", "e", "").replace("Call-ID", "i").replace("Via", "v"),
        invite("f", "18"),
        request("OPTIONS", "g", "").replace("Call-ID", "X-Call-ID"),
    ];
    for text in texts {
        world.send("192.0.2.100:40000".parse().unwrap(), sip(0), &text);
        world.run(ms(100));
    }
    world
}

#[test]
fn a_crash_is_seen_on_the_console() {
    let world = odd(&Defects::default().with(Defect::CRASH_ON_MALFORMED));
    for line in ["] panic: ", "boot: reset cause: panic"] {
        assert!(world.consoles[0].contains(line), "{line}");
    }
}

#[test]
fn a_busy_device_that_rings_rings_twice() {
    let world = called(&Defects::default().with(Defect::BUSY_RINGS));
    assert_eq!(world.times("486"), [0_u128; 0]);
    assert!(!called(&Defects::default()).times("486").is_empty());
}

#[test]
fn a_quick_timer_b_gives_up_after_four_seconds() {
    let world = silence(&Defects::default().with(Defect::TIMER_B_EARLY));
    assert!(world.consoles[0].contains("[    4.000] call: ended no response"));
}

#[test]
fn rtp_after_bye_lasts_two_seconds() {
    let after = |defects: &Defects| {
        let world = calls(defects);
        let bye = world.times("BYE")[0];
        let late = |f: &&crate::world::Flight| f.at.as_millis() > bye + 5 && f.to.port() == 4000;
        world.sent.iter().filter(late).count()
    };
    assert_eq!(after(&Defects::default()), 0);
    assert!((190..=210).contains(&after(&Defects::default().with(Defect::RTP_AFTER_BYE))));
}
