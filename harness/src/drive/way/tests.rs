use super::*;
use crate::evidence::point::RolePoint;
use crate::impair::{Cause, Loss};

const RTP: Pco = Pco::of_role(0, RolePoint::Rtp);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const fn at(millis: u64) -> Tick {
    Tick::from_nanos(millis * 1_000_000)
}

fn ways(way: Way, asked: Impairment) -> Ways {
    let mut ways = Ways::new(1, "192.0.2.9".parse().unwrap());
    ways.set(&[(RTP, way)], asked);
    ways
}

fn datagram(remote: &str, bytes: &[u8]) -> Datagram {
    let (local, remote) = ("192.0.2.1:4000".parse().unwrap(), remote.parse().unwrap());
    Datagram { local, remote, bytes: bytes.to_vec(), connection: None }
}

const LATE: Impairment = Impairment {
    delay: ms(30),
    jitter: None,
    loss: None,
    duplicate: 1.0,
    reorder: None,
    rate: None,
};

#[test]
fn what_arrives_is_received_by_the_stamp_of_its_arrival_and_its_delay() {
    let mut ways = ways(Way::FromDevice, LATE);
    let came = datagram("192.0.2.9:5000", b"one");
    let seen = ways.arrived(at(100), RTP, came.clone());
    let fate = Fate::Carried { delay: ms(30), copies: 2 };
    let impaired = Impaired { way: Way::FromDevice, fate, datagram: came.clone() };
    assert_eq!(seen, Seen::Impaired(impaired));
    assert_eq!(ways.poll_timeout(), Some(at(130)));
    assert!(ways.poll(at(129)).is_none());
    // However late we get to it.
    for _ in 0..2 {
        let (due, RTP, Held::Given(Seen::Received(seen))) = ways.poll(at(170)).unwrap() else {
            panic!("not received");
        };
        assert_eq!((due, &seen), (at(130), &came));
    }
    assert!(ways.poll(at(170)).is_none());
    // What another of our ends sent is not the device's.
    let ours = datagram("192.0.2.1:5000", b"two");
    assert_eq!(ways.arrived(at(1), RTP, ours.clone()), Seen::Received(ours));
}

#[test]
fn media_are_sent_late_and_recorded_both_times() {
    let mut ways = ways(Way::ToDevice, Impairment { duplicate: 0.0, ..LATE });
    let ends = ("192.0.2.1:4000".parse().unwrap(), "192.0.2.9:5000".parse().unwrap());
    let sent = ways.stream(at(10), RTP, ends, vec![(ms(0), vec![0]), (ms(20), vec![1])]);
    assert_eq!(sent, [(ms(30), vec![0]), (ms(50), vec![1])]);
    let (due, _, Held::Given(Seen::Sent(given))) = ways.poll(at(10)).unwrap() else {
        panic!("not given");
    };
    assert_eq!((due, given.bytes.as_slice()), (at(10), &[0][..]));
    // The pacer was 2 ms late: that is what the packet really took.
    let Seen::Impaired(Impaired { fate, way: Way::ToDevice, .. }) = ways.sent(at(42), RTP, given)
    else {
        panic!("not impaired");
    };
    assert_eq!(fate, Fate::Carried { delay: ms(32), copies: 1 });
    ways.silence(RTP);
    assert!(ways.poll(at(1_000)).is_none());
}

#[test]
fn what_is_lost_is_recorded_as_that() {
    let asked = Impairment { loss: Some(Loss::random(1.0)), ..Impairment::default() };
    let mut ways = ways(Way::ToDevice, asked);
    let message = datagram("192.0.2.9:5060", b"OPTIONS");
    assert!(ways.enter(at(5), RTP, &message));
    let (_, _, Held::Given(Seen::Impaired(lost))) = ways.poll(at(5)).unwrap() else {
        panic!("not lost");
    };
    assert_eq!((lost.fate, lost.datagram), (Fate::Lost(Cause::Loss), message.clone()));
    ways.set(&[(RTP, Way::ToDevice)], Impairment::default());
    assert!(!ways.enter(at(6), RTP, &message));
}
