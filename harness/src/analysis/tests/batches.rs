//! What waits to be measured is measured as if it had not waited.

use super::*;
use proptest::prelude::*;

/// A few calls at once, of which some are described while their packets come: loss, late packets,
/// copies, markers, a second payload type, telephone events.
fn traffic(seed: u64) -> Vec<(u64, u16, Vec<u8>)> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut sent = Vec::new();
    for stream in 0..5_u16 {
        let described = random.u64(..400);
        let offer = message(
            "INVITE sip:b@192.0.2.2 SIP/2.0",
            "1 INVITE",
            "application/sdp",
            &description("192.0.2.2", 4_002 + 4 * stream),
        );
        sent.push((described, 5_060, offer.into_bytes()));
        let (mut sequence, mut timestamp) = (random.u16(..), random.u32(..));
        for number in 0..300 {
            (sequence, timestamp) = (sequence.wrapping_add(1), timestamp.wrapping_add(160));
            let payload_type = match random.u8(..100) {
                0..4 => 101,
                4..8 => 97,
                8..10 => 96,
                10..12 => 13,
                _ => 0,
            };
            if random.u8(..100) < 3 {
                continue;
            }
            let mut bytes = packet(payload_type, sequence, timestamp, &[0xff; 160]);
            bytes[1] |= if random.u8(..100) < 3 { 0x80 } else { 0 };
            let at = 20 * number + random.u64(..12) + if random.u8(..50) == 0 { 45 } else { 0 };
            if random.u8(..50) == 0 {
                sent.push((at + 3, 4_002 + 4 * stream, bytes.clone()));
            }
            sent.push((at, 4_002 + 4 * stream, bytes));
        }
    }
    sent.sort_by_key(|(at, ..)| *at);
    sent
}

/// The figures of its streams.
fn figures(sent: &[(u64, u16, Vec<u8>)], ear: Ear, link: Link) -> Vec<String> {
    let mut analyser = Analyser::new(Wishes { ear, ..Wishes::default() });
    for (number, (at, port, payload)) in (1..).zip(sent) {
        let mut bytes = Vec::new();
        if link == Link::ETHERNET {
            let builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4(A.0, B.0, 64);
            builder.udp(4_000, *port).write(&mut bytes, payload).unwrap();
        } else {
            let builder = PacketBuilder::ipv4(A.0, B.0, 64);
            builder.udp(4_000, *port).write(&mut bytes, payload).unwrap();
        }
        let at = Tick::from_nanos(at * 1_000_000);
        analyser.frame(&Frame { number, at, link, bytes: &bytes, length: bytes.len() });
    }
    let plain = |stream: Stream| {
        format!("{:?}", Stream { listened: false, encrypted: None, sound: None, ..stream })
    };
    analyser.finish(None).streams.into_iter().map(plain).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn waiting_changes_no_figure(seed in any::<u64>()) {
        let sent = traffic(seed);
        let waited = figures(&sent, Ear::Deaf, Link::ETHERNET);
        prop_assert_eq!(waited.len(), 5);
        // Whoever listens lets no packet wait.
        prop_assert_eq!(&waited, &figures(&sent, Ear::Digits, Link::RAW));
        prop_assert_eq!(&waited, &figures(&sent, Ear::Deaf, Link::RAW));
    }
}
