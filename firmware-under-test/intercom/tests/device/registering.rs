//! Registration against a scripted registrar.

use crate::world::{World, header, ms, response, sip};
use intercom::{Defect, Defects};

pub(crate) const ACCOUNT: &str = "account sip:door@example.com door s3cret 60 192.0.2.100:5060";

const MD5: &str =
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5\n";
const SHA: &str =
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\n";

/// A registrar that challenges, wants 60 s at least, and grants what is asked.
pub(crate) fn registrar(request: &str) -> Vec<String> {
    let expires = header(request, "Expires").parse::<u32>().unwrap_or_default();
    let contact = header(request, "Contact");
    vec![if header(request, "Authorization").is_empty() {
        response(request, "401 Unauthorized", &format!("{SHA}{MD5}"))
    } else if (1..60).contains(&expires) {
        response(request, "423 Interval Too Brief", "Min-Expires: 60\n")
    } else {
        response(request, "200 OK", &format!("Contact: {contact};expires={expires}\n"))
    }]
}

fn registers(world: &World) -> Vec<(u128, String)> {
    let register = |f: &&crate::world::Flight| f.bytes.starts_with(b"REGISTER");
    let sent = world.sent.iter().filter(register);
    sent.map(|f| (f.at.as_millis(), String::from_utf8_lossy(&f.bytes).into_owned())).collect()
}

#[test]
fn it_registers_refreshes_and_removes_its_binding() {
    let mut world = World::new(1, &Defects::default());
    world.peer(sip(100), registrar);
    world.type_line(0, ACCOUNT);
    world.run(ms(50_000));
    world.type_line(0, "account none");
    world.run(ms(1000));
    let sent = registers(&world);
    let times: Vec<_> = sent.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [0, 2, 48_004, 50_000]);
    for (number, (_, text)) in (1..).zip(&sent) {
        assert_eq!(header(text, "CSeq"), format!("{number} REGISTER"));
        assert_eq!(header(text, "Call-ID"), header(&sent[0].1, "Call-ID"));
    }
    let credentials = header(&sent[1].1, "Authorization");
    assert!(credentials.contains("algorithm=SHA-256, qop=auth, nc=00000001"), "{credentials}");
    assert!(header(&sent[2].1, "Authorization").contains("nc=00000002"));
    assert_eq!(header(&sent[3].1, "Expires"), "0");
    for line in ["reg: registered for 60 s", "reg: refreshing", "reg: unregistered"] {
        assert!(world.consoles[0].contains(line), "{line}");
    }
}

#[test]
fn a_registrar_over_what_the_device_does_not_have_is_refused() {
    for (registrar, said) in [
        ("192.0.2.100:5060;transport=tcp", "error: this device has no TCP"),
        ("192.0.2.100;transport=tls", "error: this device has no TLS"),
        ("192.0.2.100:5060;transport=sctp", "error: no transport for that URI"),
    ] {
        let mut world = World::new(1, &Defects::default());
        world.type_line(0, &ACCOUNT.replace("192.0.2.100:5060", registrar));
        world.run(ms(1000));
        assert!(world.consoles[0].contains(said), "{registrar}: {}", world.consoles[0]);
        // Nothing of it goes by datagrams.
        assert_eq!(registers(&world), []);
    }
}

#[test]
fn a_brief_interval_is_mended() {
    let mut world = World::new(1, &Defects::default());
    world.peer(sip(100), registrar);
    world.type_line(0, &ACCOUNT.replace(" 60 ", " 10 "));
    world.run(ms(1000));
    let sent = registers(&world);
    let expires: Vec<_> = sent.iter().map(|(_, text)| header(text, "Expires")).collect();
    assert_eq!(expires, ["10", "10", "60"]);
}

#[test]
fn rejected_credentials_are_not_repeated() {
    let count = |defects| {
        let mut world = World::new(1, &defects);
        world.peer(sip(100), |r| vec![response(r, "401 Unauthorized", MD5)]);
        world.type_line(0, ACCOUNT);
        world.run(ms(10_000));
        (registers(&world).len(), world.consoles[0].contains("reg: failed 401 Unauthorized"))
    };
    assert_eq!(count(Defects::default()), (2, true));
    assert!(count(Defects::default().with(Defect::AUTH_LOOPS)).0 > 50);
}

#[test]
fn a_failing_registrar_is_tried_again_later_and_later() {
    let mut world = World::new(1, &Defects::default());
    world.peer(sip(100), |r| vec![response(r, "503 Service Unavailable", "")]);
    world.type_line(0, ACCOUNT);
    world.run(ms(40_000));
    let times: Vec<_> = registers(&world).iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [0, 5002, 15_004, 35_006]);
}

#[test]
fn a_silent_registrar_gets_eleven_requests() {
    let mut world = World::new(1, &Defects::default());
    world.type_line(0, ACCOUNT);
    world.run(ms(33_000));
    let times: Vec<_> = registers(&world).iter().map(|(at, _)| *at).collect();
    let expected = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(times, expected);
    assert!(world.consoles[0].contains("[   32.000] reg: failed no response"));
}

#[test]
fn it_registers_again_after_a_reboot() {
    let mut world = World::new(1, &Defects::default());
    world.peer(sip(100), registrar);
    world.type_line(0, ACCOUNT);
    world.run(ms(1000));
    world.type_line(0, "reboot");
    world.run(ms(1000));
    let sent = registers(&world);
    assert_eq!(sent.len(), 4);
    assert_ne!(header(&sent[0].1, "Call-ID"), header(&sent[3].1, "Call-ID"));
    assert!(world.consoles[0].contains("boot: reset cause: command"));
}
