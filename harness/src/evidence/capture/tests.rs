use super::*;
use crate::evidence::example;
use proptest::prelude::*;
use rstest::rstest;

/// A datagram from 192.0.2.1:4000 to 192.0.2.2:4002 as raw IPv4.
pub(crate) fn datagram(payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let builder =
        etherparse::PacketBuilder::ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(4_000, 4_002);
    builder.write(&mut packet, payload).unwrap();
    packet
}

/// A pcap file of frames and their times in nanoseconds.
pub(crate) fn pcap(link: u32, frames: &[(u64, Vec<u8>)]) -> Vec<u8> {
    file(link, frames, 0xa1b2_3c4d, 1, u32::to_le_bytes)
}

fn file(
    link: u32,
    frames: &[(u64, Vec<u8>)],
    magic: u32,
    unit: u64,
    word: fn(u32) -> [u8; 4],
) -> Vec<u8> {
    let mut file = Vec::new();
    for value in [magic, 0x0004_0002, 0, 0, 65_535, link] {
        file.extend(word(value));
    }
    for (at, bytes) in frames {
        let length = u32::try_from(bytes.len()).unwrap();
        let (seconds, rest) = (at / 1_000_000_000, at % 1_000_000_000 / unit);
        for value in [u32::try_from(seconds).unwrap(), u32::try_from(rest).unwrap(), length, length]
        {
            file.extend(word(value));
        }
        file.extend(bytes);
    }
    file
}

fn block(kind: u32, body: &[u8], word: fn(u32) -> [u8; 4]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let length = word(u32::try_from(12 + padded).unwrap());
    let mut block = [&word(kind)[..], &length, body].concat();
    block.resize(8 + padded, 0);
    block.extend(length);
    block
}

/// A capture as a run of ours writes it.
fn ours() -> Vec<u8> {
    let record = example::record("UAS-INV-001", std::time::Duration::from_secs(3));
    crate::evidence::pcapng::capture(&record, &example::call(), "test").unwrap()
}

/// A frame: its time, its link and its bytes.
type Read = (u64, u16, Vec<u8>);

/// Everything that a file holds: times, links and bytes of its frames, and its damage.
fn read(file: &[u8]) -> (Vec<Read>, Vec<Vec<u8>>, Option<Damage>) {
    let mut reader = Reader::default();
    let (mut frames, mut secrets) = (Vec::new(), Vec::new());
    let mut rest = file;
    let damage = loop {
        let length = match reader.next(rest) {
            Ok(Next::Frame(frame, length)) => {
                frames.push((frame.at.as_nanos(), frame.link.0, frame.bytes.to_vec()));
                length
            }
            Ok(Next::Secrets(bytes, length)) => {
                secrets.push(bytes.to_vec());
                length
            }
            Ok(Next::Other(length)) => length,
            Ok(Next::More(needed)) => {
                assert!(needed > rest.len(), "{needed} of {}", rest.len());
                break reader.end(rest);
            }
            Err(damage) => break Some(damage),
        };
        assert!(length > 0, "an answer takes something");
        rest = &rest[length..];
    };
    (frames, secrets, damage)
}

#[rstest]
#[case::little_micros(0xa1b2_c3d4, 1_000, u32::to_le_bytes)]
#[case::big_micros(0xa1b2_c3d4, 1_000, u32::to_be_bytes)]
#[case::little_nanos(0xa1b2_3c4d, 1, u32::to_le_bytes)]
#[case::big_nanos(0xa1b2_3c4d, 1, u32::to_be_bytes)]
fn pcap_is_read_in_both_orders_and_units(
    #[case] magic: u32,
    #[case] unit: u64,
    #[case] word: fn(u32) -> [u8; 4],
) {
    let frames =
        [(1_700_000_000_123_456_000, b"one".to_vec()), (1_700_000_001_000_001_000, vec![])];
    let (seen, _, damage) = read(&file(101, &frames, magic, unit, word));
    assert_eq!(damage, None);
    let expected: Vec<_> = frames.into_iter().map(|(at, bytes)| (at, 101, bytes)).collect();
    assert_eq!(seen, expected);
}

#[rstest]
#[case::little(u32::to_le_bytes, u16::to_le_bytes, u64::to_le_bytes)]
#[case::big(u32::to_be_bytes, u16::to_be_bytes, u64::to_be_bytes)]
fn pcapng_has_interfaces_of_their_own_clocks(
    #[case] word: fn(u32) -> [u8; 4],
    #[case] half: fn(u16) -> [u8; 2],
    #[case] long: fn(u64) -> [u8; 8],
) {
    let interface = |link: u16, options: &[u8]| {
        let body = [&half(link)[..], &half(0), &word(0), options].concat();
        block(1, &body, word)
    };
    let option = |code: u16, value: &[u8]| {
        let length = half(u16::try_from(value.len()).unwrap());
        let mut option = [&half(code)[..], &length, value].concat();
        option.resize(option.len().next_multiple_of(4), 0);
        option
    };
    let packet = |interface: u32, time: u64, bytes: &[u8]| {
        let length = word(u32::try_from(bytes.len()).unwrap());
        let (high, low) =
            (u32::try_from(time >> 32).unwrap(), u32::try_from(time & 0xffff_ffff).unwrap());
        block(
            6,
            &[&word(interface)[..], &word(high), &word(low), &length, &length, bytes].concat(),
            word,
        )
    };
    let secrets = b"CLIENT_RANDOM 00 11\n";
    let section = [&word(0x1a2b_3c4d)[..], &half(1), &half(0), &long(u64::MAX)].concat();
    let key_log = [&word(0x544c_534b)[..], &word(20), secrets].concat();
    let whole = [
        block(0x0a0d_0d0a, &section, word),
        interface(1, &[]),
        interface(101, &option(9, &[9])),
        interface(113, &[option(9, &[0x8a]), option(14, &long(100))].concat()),
        block(10, &key_log, word),
        packet(0, 1_000_001, b"micros"),
        packet(1, 1_000_000_001, b"nanos"),
        packet(2, 1_536, b"a power of two, with an offset"),
        block(0x0bad, b"who knows", word),
        block(3, &[&word(4)[..], b"simple"].concat(), word),
    ]
    .concat();
    let (frames, found, damage) = read(&whole);
    assert_eq!((found, damage), (vec![secrets.to_vec()], None));
    assert_eq!(
        frames,
        [
            (1_000_001_000, 1, b"micros".to_vec()),
            (1_000_000_001, 101, b"nanos".to_vec()),
            (101_500_000_000, 113, b"a power of two, with an offset".to_vec()),
            (101_500_000_000, 1, b"simp".to_vec()),
        ]
    );
}

#[test]
fn what_is_before_the_damage_is_read_and_its_place_is_told() {
    let frames: Vec<_> = (1..4).map(|at| (at, vec![0_u8; 60])).collect();
    let whole = pcap(101, &frames);
    let (seen, _, damage) = read(&whole[..whole.len() - 10]);
    let damage = damage.unwrap();
    assert_eq!((seen.len(), damage.offset), (2, 24 + 2 * 76));
    assert!(damage.what.contains("66 of the bytes of what follows frame 2"), "{damage}");

    let mut wrong = whole;
    wrong[24 + 76 + 8..24 + 76 + 12].copy_from_slice(&[0xff; 4]);
    let (seen, _, damage) = read(&wrong);
    assert_eq!((seen.len(), damage.map(|damage| damage.offset)), (1, Some(24 + 76)));
}

#[rstest]
#[case(b"", "the file is empty")]
#[case(b"\x1f\x8b\x08\0\0", "gunzip")]
#[case(b"GET / HTTP/1.1", "neither pcap nor pcapng")]
#[case(b"\xd4\xc3", "neither pcap nor pcapng")]
fn what_is_no_capture_says_so(#[case] file: &[u8], #[case] words: &str) {
    let (_, _, damage) = read(file);
    let damage = damage.unwrap();
    assert!(damage.offset == 0 && damage.what.contains(words), "{damage}");
}

fn linked(link: u16, before: &[u8]) -> Result<String, String> {
    let bytes = [before, &datagram(b"hello")].concat();
    let frame =
        Frame { number: 1, at: Tick::ZERO, link: Link(link), bytes: &bytes, length: bytes.len() };
    match Packet::read(&frame) {
        Ok(Packet { from, to, content: Content::Datagram(bytes) }) => {
            Ok(format!("{from} {to} {}", String::from_utf8_lossy(bytes)))
        }
        other => Err(format!("{other:?}")),
    }
}

#[rstest]
#[case::ethernet(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0")]
#[case::vlan(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x81\0\0\x05\x08\0")]
#[case::two_vlans(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xa8\0\x05\x81\0\0\x06\x08\0")]
#[case::pppoe(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\x64\x11\0\0\x01\0\x23\0\x21")]
#[case::sll(113, b"\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x08\0")]
#[case::sll2(276, b"\x08\0\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0")]
#[case::raw(101, b"")]
#[case::ipv4(228, b"")]
#[case::null_little(0, b"\x02\0\0\0")]
#[case::null_big(0, b"\0\0\0\x02")]
#[case::loopback(108, b"\0\0\0\x02")]
#[case::ppp(9, b"\xff\x03\0\x21")]
fn a_datagram_is_found_behind_every_link(#[case] link: u16, #[case] before: &[u8]) {
    assert_eq!(linked(link, before), Ok("192.0.2.1:4000 192.0.2.2:4002 hello".to_owned()));
}

#[test]
fn what_holds_no_datagram_says_why() {
    assert!(linked(105, b"").unwrap_err().contains("Link"), "802.11 is not read");
    let arp = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\x06";
    assert!(linked(1, arp).unwrap_err().contains("NotIp"));
}

#[test]
fn fragments_make_a_datagram() {
    let whole = datagram(&[7; 400]);
    let (header, body) = whole.split_at(20);
    let part = |from: usize, to: usize, more: u8| {
        let mut bytes = [header, &body[from..to]].concat();
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        bytes[2..4].copy_from_slice(&length);
        bytes[6..8].copy_from_slice(&[more << 5, u8::try_from(from / 8).unwrap()]);
        bytes
    };
    let mut fragments = Fragments::default();
    let mut seen = Vec::new();
    for bytes in [part(200, 408, 0), part(0, 200, 1)] {
        let frame = Frame { number: 1, at: Tick::ZERO, link: Link::RAW, bytes: &bytes, length: 0 };
        let Err(Passed::Fragment(ip)) = Packet::read(&frame) else { panic!("not a fragment") };
        fragments.add(Tick::ZERO, ip, |packet| {
            let Content::Datagram(bytes) = packet.content else { panic!("{packet:?}") };
            seen.push((packet.to.port(), bytes.to_vec()));
        });
    }
    assert_eq!(seen, [(4_002, vec![7; 400])]);
    assert_eq!((fragments.parts(), fragments.joined()), (2, 1));
}

proptest! {
    /// Whatever happens to a capture: no panic, no standing still, and nothing that was not there.
    #[test]
    fn a_damaged_capture_is_read_to_an_end(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(), ng in any::<bool>(),
    ) {
        let frames: Vec<_> = (0..20).map(|at| (at, datagram(&[0x80; 40]))).collect();
        let mut whole = if ng { ours() } else { pcap(101, &frames) };
        for (place, value) in places {
            let place = place.index(whole.len());
            whole[place] = value;
        }
        whole.truncate(cut.index(whole.len() + 1));
        let (seen, ..) = read(&whole);
        prop_assert!(seen.iter().map(|(.., bytes)| bytes.len()).sum::<usize>() <= whole.len());
        for (_, link, bytes) in &seen {
            let frame = Frame { number: 1, at: Tick::ZERO, link: Link(*link), bytes, length: bytes.len() };
            let _whatever = Packet::read(&frame);
        }
    }
}
