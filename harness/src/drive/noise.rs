//! Media to a listener, sent as cases send them, to see how evenly that is done.

use super::clock::RunClock;
use super::link::{LinkEvent, LinkId, StreamId, channel};
use super::pacer::{Pacer, Pacing, Stream};
use super::udp::UdpLink;
use crate::rig::fault::Fault;
use crate::wire::rtp::Packet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Sends streams of G.711 to `remote`, each from a socket of its own, for a time, and returns how well
/// that kept time. The streams begin spread over a packet time.
///
/// # Errors
///
/// There are no sockets left, or what is sent does not leave.
pub async fn send(remote: SocketAddr, streams: u16, span: Duration) -> Result<Pacing, Fault> {
    let clock = RunClock::start();
    let (feed, mut inbox) = channel();
    let any = match remote {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let mut links = Vec::new();
    for index in 0..streams {
        let any = SocketAddr::new(any, 0);
        links.push(UdpLink::bind(LinkId(index), "noise", any, clock, feed.clone())?);
    }
    let pacer = Pacer::start(clock, feed)?;
    let start = clock.now() + LEAD;
    let count = u32::try_from(span.as_nanos() / PTIME.as_nanos()).unwrap_or(u32::MAX);
    for (index, link) in (0..).zip(&links) {
        pacer.play(Stream {
            id: StreamId(index),
            socket: link.paced(),
            remote,
            start: start + PTIME * index / u32::from(streams),
            packets: (0..count).map(|n| (PTIME * n, packet(index, n))).collect(),
        });
    }
    let mut left = streams;
    while left > 0 {
        let Some(event) = inbox.recv().await else { break };
        if let LinkEvent::StreamDone { .. } = event.what {
            left -= 1;
        } else if let LinkEvent::Unsent { why, .. } = event.what {
            let remedy = "is the address right, and does a firewall drop it?";
            return Err(Fault::new("noise", format!("send to {remote}"), why, remedy));
        }
    }
    drop(inbox);
    pacer.finish()
}

#[expect(clippy::cast_possible_truncation, reason = "a sequence number wraps at 2^16")]
fn packet(stream: u32, n: u32) -> Vec<u8> {
    Packet::new(0, n as u16, n.wrapping_mul(160), stream, &[0xff; 160]).write()
}

const PTIME: Duration = Duration::from_millis(20);
/// Time for the streams to be handed over.
const LEAD: Duration = Duration::from_millis(200);
