use super::super::synthetic::{self, Sent, arrivals, measured};
use super::*;
use crate::time::Tick;

const STAMP: Duration = Duration::from_micros(100);

fn packet(kind: u8, count: u8, words: &[u32]) -> Vec<u8> {
    let length = u16::try_from(words.len()).unwrap().to_be_bytes();
    let body = words.iter().flat_map(|word| word.to_be_bytes());
    [0x80 | count, kind, length[0], length[1]].into_iter().chain(body).collect()
}

fn sender_report(ssrc: u32, ntp: u64, packets: u32, blocks: &[u32]) -> Vec<u8> {
    let ntp = [(ntp >> 32), ntp & 0xffff_ffff].map(|half| u32::try_from(half).unwrap());
    let head = [ssrc, ntp[0], ntp[1], 8_000, packets, packets * 160];
    packet(200, u8::try_from(blocks.len() / 6).unwrap(), &[&head, blocks].concat())
}

fn at(millis: u64, bytes: Vec<u8>) -> Sent {
    (Tick::ZERO + Duration::from_millis(millis), bytes)
}

fn read(sent: &[Sent]) -> Vec<Report> {
    reports(&arrivals(sent))
}

#[test]
fn a_compound_is_read_whole() {
    let block = [7, 0x40ff_fffe, 0x0001_0002, 40, 0x1122_3344, 65_536];
    let description = packet(202, 1, &[5, 0x0104_6140, 0x6263_0000]);
    let bytes =
        [sender_report(5, 0x8000_1122_3344_0000, 50, &block), description, packet(203, 1, &[5])];
    let report = &read(&[at(1, bytes.concat())])[0];
    let sender = report.sender.unwrap();
    assert_eq!((report.ssrc, sender.packets, sender.octets), (5, 50, 8_000));
    assert_eq!(sender.compact_ntp(), 0x1122_3344);
    let block = report.blocks[0];
    assert_eq!(
        (block.ssrc, block.fraction_lost, block.cumulative_lost, block.jitter),
        (7, 0x40, -2, 40)
    );
    assert_eq!((report.cname.as_deref(), report.bye), (Some("a@bc"), true));
}

#[test]
fn what_is_cut_short_is_read_as_far_as_it_goes() {
    let whole = [sender_report(5, 1, 50, &[]), packet(203, 1, &[5])].concat();
    for length in 0..whole.len() {
        let seen = read(&[at(1, whole[..length].to_vec())]);
        assert_eq!(seen.len(), usize::from(length >= 28), "{length} bytes");
        assert!(seen.iter().all(|report| !report.bye));
    }
    assert_eq!(read(&[at(1, packet(202, 0, &[]))]), []);
}

#[test]
fn intervals_and_sender_reports_are_counted() {
    let receiver = packet(201, 0, &[5]);
    let sent =
        [at(0, sender_report(5, 1, 0, &[])), at(5_000, receiver.clone()), at(9_000, receiver)];
    let seen = read(&sent);
    assert_eq!(sender_reports(&seen), Measured::count(1));
    assert!(longest_interval(&seen, STAMP).unwrap().holds(5.0));
    assert_eq!(longest_interval(&seen[..1], STAMP), None);
}

#[test]
fn the_packet_count_is_compared_with_what_had_come() {
    let mut sender = synthetic::Sender::new(5);
    sender.at = Tick::ZERO;
    let mut sent = sender.packets(100);
    sent.remove(20);
    // Between the packets at 1000 and 1020 ms, when 51 have been sent.
    let error = |count: u32, millis: u64| {
        let seen = read(&[at(millis, sender_report(5, 1, count, &[]))]);
        measured(&sent, |stream| packet_count_error(&seen, stream, STAMP)).unwrap()
    };
    assert_eq!(error(51, 1_010), Measured { value: 1.0, uncertainty: 0.0, unit: Unit::Count });
    assert_eq!(error(40, 1_010).value.to_string(), "-10");
    assert_eq!(error(51, 1_020), Measured { value: 1.0, uncertainty: 1.0, unit: Unit::Count });
    let other = read(&[at(1_010, sender_report(6, 1, 51, &[]))]);
    assert_eq!(measured(&sent, |stream| packet_count_error(&other, stream, STAMP)), None);
}

#[test]
fn the_round_trip_leaves_out_what_the_device_held() {
    let ours = read(&[at(1_000, sender_report(9, 0xdead_1122_3344_beef, 10, &[]))]);
    let block = |about: u32| [about, 0, 0, 0, 0x1122_3344, 65_536 / 2];
    let answer = |about: u32| read(&[at(1_530, sender_report(5, 1, 10, &block(about)))]);
    let seen = round_trip(&answer(9), &ours, STAMP).unwrap();
    assert!(seen.holds(0.03) && seen.uncertainty < 0.000_3, "{seen}");
    assert_eq!(round_trip(&answer(8), &ours, STAMP), None);
}
