//! Whatever arrives, the device lives.

use crate::world::{World, invite, ms, request, sip};
use intercom::{Config, Defects, Device, Port, ResetCause, Settings};
use proptest::prelude::*;
use std::time::Duration;

fn alive(world: &mut World) {
    world.send(sip(100), sip(0), &request("OPTIONS", "alive", ""));
    world.run(ms(10));
    assert!(world.last_to(sip(100)).starts_with("SIP/2.0 "));
}

proptest! {
    #[test]
    fn any_bytes_on_any_port(bytes in prop::collection::vec(any::<u8>(), 0..200), line in ".{0,60}") {
        let address = sip(0);
        let config = Config {
            sip: address,
            sip_tcp: None,
            sip_tls: None,
            rtp: address,
            seed: 0,
            defects: Defects::default(),
            board: "virtual",
            cause: ResetCause::PowerOn,
            unix: None,
        };
        let mut device = Device::new(Duration::ZERO, config, Settings::from_text(&line));
        for port in [Port::Sip, Port::Rtp, Port::Rtcp] {
            device.handle_datagram(ms(1), port, sip(1), &bytes);
        }
        device.handle_console(ms(2), line.as_bytes());
        device.handle_console(ms(2), b"\r");
        device.handle_timeout(ms(10_000));
    }

    #[test]
    fn a_damaged_invite(at in 0_usize..600, byte in any::<u8>(), cut in 0_usize..700) {
        let mut world = World::new(1, &Defects::default());
        let mut bytes = invite("a", "0 8 101").replace('\n', "\r\n").into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(cut.max(1));
        world.type_line(0, "auto-answer on");
        world.send_bytes(sip(100), sip(0), bytes);
        world.run(ms(400));
        let garbage = [0x80, 0, 0, 1].map(|b: u8| b ^ byte).to_vec();
        world.send_bytes(sip(100), "192.0.2.0:4000".parse().unwrap(), garbage);
        world.run(ms(100));
        alive(&mut world);
    }
}

#[test]
fn a_missing_call_id_is_survived() {
    let mut world = World::new(1, &Defects::default());
    let text = request("OPTIONS", "a", "").replace("Call-ID", "X-Call-ID");
    world.send(sip(100), sip(0), &text);
    world.run(ms(10));
    assert!(world.last_to(sip(100)).starts_with("SIP/2.0 400"));
    alive(&mut world);
}
