use super::super::synthetic::{Sender, Sent, measured, moved};
use super::super::{Packet, Stream};
use super::*;
use proptest::prelude::*;

const STAMP: Duration = Duration::from_micros(10);

fn metered(sent: &[Sent]) -> Meter {
    let mut meter = Meter::default();
    measured(sent, |stream| {
        for packet in stream.packets() {
            let Packet { at, marker, sequence, timestamp, .. } = *packet;
            meter.push(Seen::new(at, marker, sequence, timestamp, Kind::Media(8_000)));
        }
    });
    meter.finish();
    meter
}

fn impaired(seed: u64, packets: usize) -> Vec<Sent> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut sender = Sender::new(1);
    let mut sent = Vec::new();
    for number in 0..packets {
        if number > 300 && random.u16(..1_000) == 0 {
            sender.sequence = random.u16(..);
        }
        let packet = sender.packet();
        match random.u8(..100) {
            0..3 => {}
            3 => sent.extend([packet.clone(), packet]),
            _ => sent.push(packet),
        }
    }
    let mut late = moved(sent, |_| random.f64() * 0.03);
    late.sort_by_key(|&(at, _)| at);
    late
}

fn close(a: Option<Measured>, b: Option<Measured>) -> bool {
    a.zip(b).is_none_or(|(a, b)| (a.value - b.value).abs() <= a.uncertainty + 1e-12)
        && a.is_some() == b.is_some()
}

proptest! {
    #[test]
    fn a_short_stream_has_the_figures_of_the_live_checks(seed in any::<u64>(), packets in 1..500_usize) {
        let sent = impaired(seed, packets);
        prop_assume!(!sent.is_empty());
        let meter = metered(&sent);
        prop_assert_eq!(meter.loss(), measured(&sent, Loss::of));
        prop_assert_eq!(meter.jitter(STAMP), measured(&sent, |s| Jitter::of(s, 8_000, STAMP)));
    }

    #[test]
    fn a_long_stream_has_them_within_its_uncertainty(seed in any::<u64>()) {
        let sent = impaired(seed, 4_000);
        let meter = metered(&sent);
        prop_assert_eq!(meter.loss(), measured(&sent, Loss::of));
        let exact = measured(&sent, |s| Jitter::of(s, 8_000, STAMP)).unwrap();
        let jitter = meter.jitter(STAMP).unwrap();
        prop_assert_eq!((jitter.last, jitter.mean, jitter.max), (exact.last, exact.mean, exact.max));
        prop_assert!(jitter.change.p99.holds(exact.change.p99.value));
    }
}

#[test]
fn an_even_stream_has_the_intervals_and_the_skew_of_the_live_checks() {
    let sent = moved(Sender::new(1).packets(700), |at| -0.02 * 1e-4 * super::super::counted(at));
    let meter = metered(&sent);
    assert!(close(meter.skew(STAMP), measured(&sent, |s| skew::skew(s, 8_000, STAMP))));
    let exact = measured(&sent, |s: &Stream<'_>| Intervals::of_arrivals(s, STAMP)).unwrap();
    let arrivals = meter.arrivals(STAMP).unwrap();
    assert!(arrivals.p50.holds(exact.p50.value) && arrivals.p99.holds(exact.p99.value));
    assert_eq!(meter.packet_time(), Some(0.02));
}

#[test]
fn a_long_stream_keeps_few_packets_for_the_skew() {
    let sent = moved(Sender::new(1).packets(9_000), |at| -0.02 * 1e-4 * super::super::counted(at));
    let meter = metered(&sent);
    assert!(meter.figures.chosen.packets.len() <= MOST_CHOSEN);
    assert!(meter.skew(STAMP).unwrap().holds(1e-4));
}

#[test]
fn the_silence_before_a_talkspurt_is_no_interval() {
    let mut sender = Sender::new(1);
    let mut sent = sender.packets(20);
    sender.marker = true;
    sender.timestamp = sender.timestamp.wrapping_add(8_000);
    sender.at = sender.at + Duration::from_secs(1);
    sent.extend(sender.packets(20));
    let arrivals = metered(&sent).arrivals(STAMP).unwrap();
    assert_eq!(arrivals.max.to_string(), "20.00 ± 0.02 ms");
}
