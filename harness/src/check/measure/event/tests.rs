use super::super::synthetic::{Sender, Sent, measured};
use super::*;
use proptest::prelude::*;
use std::time::Duration;

/// Ten below 0 dBm0.
const VOLUME: u8 = 0x0a;

/// The packets of a digit as RFC 4733 §2.5.1 has them: each 20 ms, and the end three times.
fn press(sender: &mut Sender, code: u8, packets: u16) -> Vec<Sent> {
    let timestamp = sender.timestamp;
    sender.payload_type = 101;
    sender.marker = true;
    let mut sent = Vec::new();
    for number in (1..=packets).chain([packets; 2]) {
        let [high, low] = (160 * number).to_be_bytes();
        let end = if number == packets { 0x80 } else { 0 };
        sender.payload = vec![code, end | VOLUME, high, low];
        sender.timestamp = timestamp;
        sent.push(sender.packet());
    }
    sender.timestamp = timestamp.wrapping_add(160 * u32::from(packets));
    sent
}

fn dial(codes: &[u8]) -> Vec<Sent> {
    let mut sender = Sender::new(1);
    codes.iter().flat_map(|&code| press(&mut sender, code, 5)).collect()
}

fn events(sent: &[Sent]) -> Vec<Event> {
    measured(sent, |stream| Event::of(stream, 8_000))
}

#[test]
fn a_digit_is_read_from_its_packets() {
    let sent = dial(&[5]);
    let seen = events(&sent);
    assert_eq!(seen.len(), 1);
    let event = seen[0];
    assert_eq!((event.digit(), event.packets, event.end_packets), (Digit::of_char('5'), 7, 3));
    assert!(event.one_timestamp && event.marked && event.duration.holds(0.1));
    assert!(event.volume.holds(-10.0));
    assert_eq!(event.end.unwrap().since(event.start), Duration::from_millis(80));
}

#[test]
fn the_same_digit_twice_is_two_digits() {
    let seen = events(&dial(&[1, 1, 12, 11]));
    assert_eq!(digits(&seen), "11A#");
    let apart = spacing(&seen, Duration::from_micros(10));
    assert!(apart.len() == 3 && apart[0].holds(0.14));
}

#[test]
fn a_timestamp_that_moves_within_a_digit_is_seen() {
    let mut sent = dial(&[7]);
    for (number, (_, bytes)) in (0_u8..).zip(&mut sent) {
        bytes[7] = number;
    }
    let seen = events(&sent);
    assert_eq!(digits(&seen), "7");
    assert!(!seen[0].one_timestamp);
}

#[test]
fn without_a_marker_or_an_end_it_is_still_a_digit() {
    let mut sent = dial(&[7]);
    sent[0].1[1] &= 0x7f;
    sent.truncate(4);
    let seen = events(&sent);
    assert_eq!((seen.len(), seen[0].marked, seen[0].end, seen[0].end_packets), (1, false, None, 0));
    assert!(seen[0].duration.holds(0.08));
}

#[test]
fn other_events_are_not_digits_and_stubs_are_nothing() {
    assert_eq!(digits(&events(&dial(&[16]))), "");
    let mut stub = dial(&[1]);
    stub.truncate(1);
    stub[0].1.truncate(14);
    assert_eq!(events(&stub), []);
}

proptest! {
    #[test]
    fn loss_and_reordering_leave_the_digits(
        codes in prop::collection::vec(0..16_u8, 1..12), seed in any::<u64>(),
    ) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut sent = dial(&codes);
        // One packet of each digit may be lost, and neighbours may change places.
        let lost: Vec<usize> = (0..codes.len()).map(|at| 7 * at + random.usize(..7)).collect();
        let mut at = 0;
        sent.retain(|_| { at += 1; !lost.contains(&(at - 1)) });
        for _ in 0..10 {
            let at = random.usize(..sent.len() - 1);
            sent.swap(at, at + 1);
        }
        let expected: String = codes.iter().filter_map(|&c| Digit::of_event(c)).map(Digit::name).collect();
        let seen = events(&sent);
        prop_assert_eq!(digits(&seen), expected);
        prop_assert!(seen.iter().all(|event| event.one_timestamp && event.end_packets >= 2));
    }
}
