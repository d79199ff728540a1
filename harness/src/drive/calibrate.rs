//! How well this bench keeps time, measured on itself at the beginning of a run.

use super::clock::RunClock;
use super::link::{LinkEvent, LinkId, StampClock, Stamped, StreamId, channel};
use super::pacer::{Pacer, Pacing, Stream};
use super::spread::Spread;
use super::udp::UdpLink;
use crate::rig::fault::Fault;
use crate::time::Tick;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// The bench's own errors, to be reported beside what it measures on a device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Calibration {
    /// How late packets are sent.
    pub pacing: Pacing,
    /// How far stamps on reception are from stamps on sending, over loopback.
    pub stamping: Spread,
    /// Where stamps on reception are taken.
    pub clock: StampClock,
}

/// Sends a stream to ourselves over loopback for 300 ms, as media is sent, and compares the stamps.
///
/// # Errors
///
/// Loopback has no free port, or most of the packets did not come back.
pub async fn calibrate(clock: RunClock) -> Result<Calibration, Fault> {
    let (feed, mut inbox) = channel();
    let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let out = UdpLink::bind(OUT, PCO, any, clock, feed.clone())?;
    let back = UdpLink::bind(BACK, PCO, any, clock, feed.clone())?;
    let pacer = Pacer::start(clock, feed)?;
    pacer.play(Stream {
        id: StreamId(0),
        socket: out.paced(),
        remote: back.local(),
        start: clock.now() + LEAD,
        packets: (0..PACKETS)
            .map(|n| (INTERVAL * n, [n.to_be_bytes().as_slice(), &[0; PAYLOAD]].concat()))
            .collect(),
    });
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    let mut stamped_by = StampClock::Kernel;
    while received.len() < PACKETS as usize || sent.len() < PACKETS as usize {
        let Ok(Some(Stamped { at, what })) = timeout(PATIENCE, inbox.recv()).await else { break };
        if let LinkEvent::Sent { bytes, .. } = what {
            sent.push((at, bytes));
        } else if let LinkEvent::Datagram { bytes, clock, .. } = what {
            received.push((at, bytes));
            if clock == StampClock::User {
                stamped_by = clock;
            }
        }
    }
    drop(inbox);
    let pacing = pacer.finish()?;
    let errors = errors(&sent, &received);
    if errors.len() * 2 < PACKETS as usize {
        let cause = format!("{} of {PACKETS} packets came back over loopback", errors.len());
        let remedy = "is `lo` up, and does a firewall drop UDP on it?";
        return Err(Fault::new(PCO, "calibrate the bench", cause, remedy));
    }
    Ok(Calibration { pacing, stamping: Spread::of(&errors), clock: stamped_by })
}

/// The differences of the stamps of the same packet.
fn errors(sent: &[(Tick, Vec<u8>)], received: &[(Tick, Vec<u8>)]) -> Vec<Duration> {
    let came_back = |bytes: &Vec<u8>| received.iter().find(|(_, back)| back == bytes);
    sent.iter()
        .filter_map(|(out, bytes)| came_back(bytes).map(|&(back, _)| apart(*out, back)))
        .collect()
}

fn apart(one: Tick, other: Tick) -> Duration {
    one.since(other).max(other.since(one))
}

const PCO: &str = "calibration";
const OUT: LinkId = LinkId(0);
const BACK: LinkId = LinkId(1);
/// With the interval: 300 ms of packets. Enough for a 99th percentile that is not just the maximum.
const PACKETS: u32 = 150;
const INTERVAL: Duration = Duration::from_millis(2);
/// As long as 20 ms of G.711 in RTP, bytes, without the sequence number.
const PAYLOAD: usize = 168;
/// Time for the pacer to have started.
const LEAD: Duration = Duration::from_millis(20);
/// How long to wait for a packet that may be lost.
const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_packet_has_no_error_and_a_stamp_may_err_either_way() {
        let at = |us| Tick::ZERO + Duration::from_micros(us);
        let sent = [(at(10), vec![1]), (at(20), vec![2]), (at(30), vec![3])];
        let received = [(at(13), vec![1]), (at(28), vec![3])];
        assert_eq!(errors(&sent, &received), [Duration::from_micros(3), Duration::from_micros(2)]);
    }

    #[tokio::test]
    async fn a_bench_can_measure_itself() {
        let calibration = calibrate(RunClock::start()).await.unwrap();
        assert_eq!(calibration.clock, StampClock::Kernel);
        assert_eq!(calibration.pacing.late().count, 150);
        assert!(calibration.stamping.count > 75);
    }
}
