use super::*;
use crate::wire::DefectCode;
use proptest::prelude::*;
use rstest::rstest;

fn sound() -> Vec<Packet> {
    vec![
        Packet::SenderReport {
            ssrc: 0x0102_0304,
            sent: SenderInfo {
                ntp: 0x1122_3344_5566_7788,
                rtp_timestamp: 160,
                packets: 50,
                octets: 8_000,
            },
            reports: vec![Report {
                ssrc: 9,
                fraction_lost: 64,
                cumulative_lost: -2,
                highest_sequence: 0x0001_fffe,
                jitter: 12,
                last_sr: 0x3344_5566,
                delay_since_last_sr: 65_536,
            }],
        },
        Packet::SourceDescription(vec![Chunk::new(0x0102_0304, "door@192.0.2.2")]),
        Packet::Bye { sources: vec![0x0102_0304], reason: Some("done".to_owned()) },
        Packet::App { subtype: 3, ssrc: 1, name: *b"ring", data: vec![1, 2, 3, 4] },
    ]
}

#[test]
fn what_is_written_reads_back_without_defects() {
    let bytes = write(&sound());
    let compound = Compound::read(&bytes);
    assert_eq!(compound.defects, []);
    assert_eq!(compound.packets, sound());
    assert_eq!(compound.cname().as_deref(), Some("door@192.0.2.2"));
    assert_eq!(compound.reports().next().unwrap().cumulative_lost, -2);
    let Packet::SenderReport { sent, .. } = &compound.packets[0] else { panic!() };
    assert_eq!(sent.compact_ntp(), 0x3344_5566);
}

#[test]
fn the_bytes_of_a_receiver_report() {
    let bytes = write(&[Packet::ReceiverReport {
        ssrc: 1,
        reports: vec![Report { ssrc: 2, cumulative_lost: -1, jitter: 3, ..Report::default() }],
    }]);
    let expected =
        b"\x81\xc9\x00\x07\0\0\0\x01\0\0\0\x02\0\xff\xff\xff\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0";
    assert_eq!(bytes, expected);
}

#[rstest]
#[case(b"\x80\xc9", DefectCode::RtcpTruncated)]
#[case(b"\x80\xc9\x00\x09\0\0\0\x01", DefectCode::RtcpTruncated)]
#[case(b"\x81\xc9\x00\x01\0\0\0\x01", DefectCode::RtcpTruncated)]
#[case(b"\x40\xc9\x00\x01\0\0\0\x01", DefectCode::RtcpVersion)]
#[case(b"\x80\xc9\x00\x01\0\0\0\x01", DefectCode::RtcpNoCname)]
#[case(b"\x81\xcb\x00\x01\0\0\0\x01", DefectCode::RtcpFirstNotReport)]
#[case(b"\xa0\xc9\x00\x01\0\0\0\x09", DefectCode::RtcpPadding)]
#[case(b"\xa0\xc9\x00\x02\0\0\0\x01\0\0\0\x04\x80\xc9\x00\x01\0\0\0\x01", DefectCode::RtcpPadding)]
#[case(b"\x81\xca\x00\x02\0\0\0\x01\x01\x09ab", DefectCode::RtcpSdesInvalid)]
fn broken(#[case] datagram: &[u8], #[case] code: DefectCode) {
    let codes: Vec<_> = Compound::read(datagram).defects.iter().map(|d| d.code).collect();
    assert!(codes.contains(&code), "{codes:?}");
}

#[test]
fn what_comes_before_a_broken_packet_is_still_read() {
    let mut bytes = write(&sound());
    bytes.extend_from_slice(b"\x80\xc8\xff\xff");
    assert_eq!(Compound::read(&bytes).packets, sound());
}

proptest! {
    #[test]
    fn reading_anything_never_panics(datagram in proptest::collection::vec(any::<u8>(), 0..120)) {
        let compound = Compound::read(&datagram);
        prop_assert!(compound.defects.iter().all(|defect| defect.at.end <= datagram.len()));
    }

    #[test]
    fn reading_a_damaged_compound_never_panics(at in 0_usize..100, byte: u8) {
        let mut bytes = write(&sound());
        let length = bytes.len();
        bytes[at % length] = byte;
        prop_assert!(!Compound::read(&bytes).packets.is_empty() || at % length < 4);
    }

    #[test]
    fn any_source_description_reads_back(
        chunks in proptest::collection::vec(
            (any::<u32>(), proptest::collection::vec((1_u8..9, proptest::collection::vec(1_u8.., 1..20)), 0..4)),
            0..4,
        )
    ) {
        let chunks: Vec<Chunk> = chunks.into_iter().map(|(ssrc, items)| Chunk { ssrc, items }).collect();
        let packet = Packet::SourceDescription(chunks);
        let compound = Compound::read(&write(std::slice::from_ref(&packet)));
        prop_assert_eq!(compound.packets, [packet]);
    }
}
