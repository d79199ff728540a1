//! IP packets that were sent in parts.

use super::packet::Packet;
use crate::time::Tick;
use etherparse::defrag::IpDefragPool;
use etherparse::{IpNumber, NetSlice, SlicedPacket, TcpSlice, TransportSlice, UdpSlice};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// Puts IP packets together that were sent in parts.
///
/// Parts whose packet is not whole within 30 s of capture time are let go of, and counted.
#[derive(Default)]
pub struct Fragments {
    pool: IpDefragPool<Tick, ()>,
    /// How many packets are in the making, at most.
    begun: usize,
    swept: Tick,
    joined: u64,
    parts: u64,
}

impl Fragments {
    /// Takes a part; hands the payload and the addresses to `then` once the packet is whole.
    pub fn add(&mut self, at: Tick, ip: &[u8], then: impl FnOnce(Packet<'_>)) {
        self.parts += 1;
        self.sweep(at);
        let Ok(slice) = SlicedPacket::from_ip(ip) else { return };
        let (from, to) = match &slice.net {
            Some(NetSlice::Ipv4(v4)) => {
                (IpAddr::V4(v4.header().source_addr()), IpAddr::V4(v4.header().destination_addr()))
            }
            Some(NetSlice::Ipv6(v6)) => {
                (IpAddr::V6(v6.header().source_addr()), IpAddr::V6(v6.header().destination_addr()))
            }
            Some(NetSlice::Arp(_)) | None => return,
        };
        // What contradicts the parts before it belongs to no packet.
        let Ok(Some(whole)) = self.pool.process_sliced_packet(&slice, at, ()) else {
            self.begun += 1;
            return;
        };
        self.joined += 1;
        let transport = match whole.ip_number {
            IpNumber::UDP => UdpSlice::from_slice_lax(&whole.payload).ok().map(TransportSlice::Udp),
            IpNumber::TCP => TcpSlice::from_slice(&whole.payload).ok().map(TransportSlice::Tcp),
            _ => None,
        };
        if let Some(packet) = Packet::of(from, to, transport.as_ref()) {
            then(packet);
        }
        self.pool.return_buf(whole);
    }

    /// How many parts there were.
    pub const fn parts(&self) -> u64 {
        self.parts
    }

    /// How many packets were put together.
    pub const fn joined(&self) -> u64 {
        self.joined
    }

    /// Lets go of what is old, and of everything where there is too much of it.
    fn sweep(&mut self, now: Tick) {
        if self.begun > MOST {
            self.pool = IpDefragPool::new();
            self.begun = 0;
        } else if now.since(self.swept) > LONGEST {
            self.pool.retain(|&seen| now.since(seen) < LONGEST);
            self.swept = now;
        }
    }
}

impl fmt::Debug for Fragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parts, joined, .. } = self;
        f.debug_struct("Fragments").field("parts", parts).field("joined", joined).finish()
    }
}

/// For how long a packet may be in the making (RFC 8200 §4.5: 60 s; Linux: 30 s).
const LONGEST: Duration = Duration::from_secs(30);
/// Parts that made nothing whole, after which all are let go of.
const MOST: usize = 4_096;
