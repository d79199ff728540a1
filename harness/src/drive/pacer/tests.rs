use super::*;
use crate::drive::link::{Inbox, LinkId, channel};
use crate::drive::udp::UdpLink;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

struct Bench {
    clock: RunClock,
    pacer: Pacer,
    link: UdpLink,
    device: UdpSocket,
    inbox: Inbox,
}

fn bench() -> Bench {
    let clock = RunClock::start();
    let (feed, inbox) = channel();
    let pacer = Pacer::start(clock, feed.clone()).unwrap();
    let link =
        UdpLink::bind(LinkId(7), "media", SocketAddr::new(LOOPBACK, 0), clock, feed).unwrap();
    let device = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    Bench { clock, pacer, link, device, inbox }
}

impl Bench {
    fn stream(&self, id: u32, packets: Vec<(Duration, Vec<u8>)>) -> Stream {
        Stream {
            id: StreamId(id),
            socket: self.link.paced(),
            remote: self.device.local_addr().unwrap(),
            start: self.clock.now() + ms(10),
            packets,
        }
    }

    fn received(&self) -> Vec<u8> {
        let mut buffer = [0; 16];
        let length = self.device.recv(&mut buffer).unwrap();
        buffer[..length].to_vec()
    }
}

#[tokio::test]
async fn packets_leave_in_order_of_deadline_and_never_before_it() {
    let mut bench = bench();
    let evens = bench.stream(1, vec![(ms(0), vec![0]), (ms(4), vec![2]), (ms(8), vec![4])]);
    let odds =
        Stream { start: evens.start, ..bench.stream(2, vec![(ms(2), vec![1]), (ms(6), vec![3])]) };
    let start = evens.start;
    bench.pacer.play(evens);
    bench.pacer.play(odds);
    let (mut sent, mut done) = (Vec::new(), Vec::new());
    while done.len() < 2 {
        let Stamped { at, what } = bench.inbox.recv().await.unwrap();
        if let LinkEvent::StreamDone { stream, .. } = what {
            done.push(stream.0);
            continue;
        }
        let LinkEvent::Sent { link: LinkId(7), bytes, .. } = what else { panic!("{what:?}") };
        assert!(at >= start + ms(2) * u32::from(bytes[0]));
        sent.extend(bytes);
    }
    assert_eq!((sent, done), (vec![0, 1, 2, 3, 4], vec![2, 1]));
    for n in 0..5 {
        assert_eq!(bench.received(), [n]);
    }
    assert_eq!(bench.pacer.pacing().await.unwrap().late().count, 5);
}

#[tokio::test]
async fn a_stopped_stream_sends_no_more() {
    let mut bench = bench();
    bench.pacer.play(bench.stream(1, vec![(ms(0), vec![1]), (ms(3_600_000), vec![2])]));
    assert!(matches!(bench.inbox.recv().await.unwrap().what, LinkEvent::Sent { .. }));
    bench.pacer.stop(StreamId(1));
    let done = LinkEvent::StreamDone { link: LinkId(7), stream: StreamId(1) };
    assert_eq!(bench.inbox.recv().await.unwrap().what, done);
    assert_eq!(bench.pacer.finish().unwrap().late().count, 1);
}

#[tokio::test]
async fn a_full_channel_delays_the_record_and_not_the_packets() {
    let clock = RunClock::start();
    let (feed, mut inbox) = tokio::sync::mpsc::channel(1);
    let pacer = Pacer::start(clock, feed.clone()).unwrap();
    let link =
        UdpLink::bind(LinkId(7), "media", SocketAddr::new(LOOPBACK, 0), clock, feed).unwrap();
    let device = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    pacer.play(Stream {
        id: StreamId(1),
        socket: link.paced(),
        remote: device.local_addr().unwrap(),
        start: clock.now(),
        packets: (0..20).map(|n| (Duration::ZERO, vec![n])).collect(),
    });
    let mut buffer = [0; 4];
    for _ in 0..20 {
        device.recv(&mut buffer).unwrap();
    }
    let mut sent = 0;
    while let LinkEvent::Sent { .. } = inbox.recv().await.unwrap().what {
        sent += 1;
    }
    assert_eq!(sent, 20);
}

#[tokio::test]
async fn an_unsendable_packet_is_an_event() {
    let mut bench = bench();
    bench.pacer.play(bench.stream(1, vec![(ms(0), vec![0; 70_000])]));
    let LinkEvent::Unsent { why, .. } = bench.inbox.recv().await.unwrap().what else { panic!() };
    assert!(why.contains("too long"), "{why}");
}
