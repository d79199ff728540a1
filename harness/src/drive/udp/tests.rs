use super::*;
use crate::drive::link::{Inbox, LinkEvent, StampClock, Stamped, channel};
use std::net::Ipv4Addr;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn bound() -> (UdpLink, Inbox, RunClock) {
    let clock = RunClock::start();
    let (feed, inbox) = channel();
    let link = UdpLink::bind(LinkId(3), "sip", SocketAddr::new(LOOPBACK, 0), clock, feed).unwrap();
    (link, inbox, clock)
}

#[tokio::test]
async fn a_datagram_is_stamped_by_the_kernel_though_it_is_read_late() {
    let (link, mut inbox, clock) = bound();
    let device = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let before = clock.now();
    device.send_to(b"OPTIONS", link.local()).unwrap();
    let after = clock.now();
    let Stamped { at, what } = inbox.recv().await.unwrap();
    let LinkEvent::Datagram { link: id, local, remote, bytes, clock } = what else {
        panic!("{what:?}")
    };
    assert_eq!((id, local, remote), (LinkId(3), link.local(), device.local_addr().unwrap()));
    assert_eq!((bytes.as_slice(), clock), (&b"OPTIONS"[..], StampClock::Kernel));
    // On loopback the stamp is taken inside the call that sends; 1 ms is for reading two clocks.
    let slack = std::time::Duration::from_millis(1);
    assert!(at + slack >= before && at <= after + slack, "{before:?} {at:?} {after:?}");
}

#[tokio::test]
async fn a_sent_datagram_arrives_after_its_tick() {
    let (link, _inbox, clock) = bound();
    let device = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let before = clock.now();
    let at = link.send(device.local_addr().unwrap(), b"200").unwrap();
    assert!(before <= at && at <= clock.now());
    let mut buffer = [0; 16];
    let (length, from) = device.recv_from(&mut buffer).unwrap();
    assert_eq!((&buffer[..length], from), (&b"200"[..], link.local()));
}

#[tokio::test]
async fn a_closed_port_is_an_event_and_the_link_lives_on() {
    let (link, mut inbox, _clock) = bound();
    let device = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let gone = UdpSocket::bind((LOOPBACK, 0)).unwrap().local_addr().unwrap();
    for _ in 0..3 {
        link.send(gone, b"BYE").unwrap();
        let Stamped { what, .. } = inbox.recv().await.unwrap();
        let why = "Connection refused".to_owned();
        assert_eq!(what, LinkEvent::Unreachable { link: LinkId(3), remote: gone, why });
    }
    device.send_to(b"still here", link.local()).unwrap();
    let Stamped { what, .. } = inbox.recv().await.unwrap();
    assert!(matches!(what, LinkEvent::Datagram { bytes, .. } if bytes == b"still here"));
}

#[tokio::test]
async fn an_address_of_another_family_or_without_a_port_leads_nowhere() {
    let (link, _inbox, _clock) = bound();
    for remote in ["[fd00::2]:4000", "127.0.0.1:0", "255.255.255.255:4000"] {
        let error = link.send(remote.parse().unwrap(), b"RTP").unwrap_err();
        assert!(leads_nowhere(&error), "{remote}: {error}");
    }
    let error = link.send(link.local(), &vec![0; 70_000]).unwrap_err();
    assert!(!leads_nowhere(&error), "our own fault: {error}");
}

#[tokio::test]
async fn our_own_overflow_is_owned_up_to() {
    let (link, mut inbox, _clock) = bound();
    setsockopt(&*link.socket, sockopt::RcvBuf, &4096).unwrap();
    let device = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    // One thread: nothing is read until the first await.
    for _ in 0..64 {
        device.send_to(&[0; 1000], link.local()).unwrap();
    }
    let mut got = 0;
    loop {
        // The count of the lost comes with the next datagram that fits.
        if let Ok(Stamped { what, .. }) = inbox.try_recv() {
            if let LinkEvent::Overrun { lost, .. } = what {
                assert_eq!(got + lost, 64);
                return;
            }
            assert!(matches!(what, LinkEvent::Datagram { .. }), "{what:?}");
            got += 1;
        } else {
            device.send_to(&[0; 1], link.local()).unwrap();
            tokio::task::yield_now().await;
            assert!(got < 200, "no overflow was reported");
        }
    }
}

#[tokio::test]
async fn rtp_has_an_even_port_and_rtcp_the_next() {
    let (feed, _inbox) = channel();
    let clock = RunClock::start();
    let links = [LinkId(1), LinkId(2)];
    let [media, control] = UdpLink::bind_rtp(links, "media", LOOPBACK, clock, &feed).unwrap();
    assert_eq!(media.local().port() % 2, 0);
    assert_eq!(control.local().port(), media.local().port() + 1);
    assert_eq!((media.link(), control.link()), (LinkId(1), LinkId(2)));
}

#[tokio::test]
async fn a_taken_port_and_a_foreign_address_say_what_to_do() {
    let (link, _inbox, clock) = bound();
    let fault = |address| {
        let (feed, _inbox) = channel();
        UdpLink::bind(LinkId(4), "sip", address, clock, feed).unwrap_err().remedy
    };
    assert_eq!(fault(link.local()), "is another run, or a softphone, still using the port?");
    assert_eq!(
        fault("192.0.2.1:0".parse().unwrap()),
        "give the rig's interface that address, or name one that it has"
    );
}

#[tokio::test]
async fn a_closed_port_can_be_bound_again_at_once() {
    let (link, _inbox, clock) = bound();
    let address = link.local();
    link.close().await;
    let (feed, _inbox) = channel();
    assert_eq!(UdpLink::bind(LinkId(3), "sip", address, clock, feed).unwrap().local(), address);
}
