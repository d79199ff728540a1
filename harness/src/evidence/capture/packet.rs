//! From a frame to what one address sent to another.

use super::{Frame, Link};
use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What one address sent to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Packet<'b> {
    /// The sender.
    pub from: SocketAddr,
    /// The receiver.
    pub to: SocketAddr,
    /// What was sent.
    pub content: Content<'b>,
}

/// A whole UDP datagram in IPv4 without options, which nearly all media is: read by fixed places, as
/// slicing every layer takes a third of the time of an analysis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Plain<'b> {
    /// The sender's host, and the receiver's.
    pub hosts: (u32, u32),
    /// The sender's port, and the receiver's.
    pub ports: (u16, u16),
    /// The payload.
    pub bytes: &'b [u8],
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Content<'b> {
    /// The payload of a datagram, as far as it was captured.
    Datagram(&'b [u8]),
    /// A part of a TCP stream.
    Segment {
        /// The sequence number of its first byte, or of the SYN.
        sequence: u32,
        /// Whether it opens the stream.
        opens: bool,
        /// Whether it ends the stream.
        ends: bool,
        /// Its bytes.
        bytes: &'b [u8],
    },
}

/// Why a frame holds no packet that can be read.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Passed<'b> {
    /// Its link type is none of those known.
    Link(Link),
    /// It is not IP: ARP, LLDP and the like.
    NotIp,
    /// It is neither UDP nor TCP.
    Transport,
    /// It was cut off within its headers.
    Cut,
    /// It is a part of an IP packet, to be put together by [`super::Fragments`].
    Fragment(&'b [u8]),
}

impl<'b> Packet<'b> {
    /// Reads a frame.
    ///
    /// A packet that was captured in part holds what there is of it.
    ///
    /// # Errors
    ///
    /// Why it holds nothing to be read; no fault of anybody's.
    pub fn read(frame: &Frame<'b>) -> Result<Self, Passed<'b>> {
        let ip = ip(frame.link, frame.bytes)?;
        if let Some(plain) = Plain::of(ip) {
            return Ok(plain.into());
        }
        let packet = LaxSlicedPacket::from_ip(ip).map_err(|_| Passed::Cut)?;
        let (from, to, is_fragment) = match &packet.net {
            Some(LaxNetSlice::Ipv4(v4)) => {
                let header = v4.header();
                let (from, to) = (header.source_addr(), header.destination_addr());
                (IpAddr::V4(from), IpAddr::V4(to), v4.is_payload_fragmented())
            }
            Some(LaxNetSlice::Ipv6(v6)) => {
                let header = v6.header();
                let (from, to) = (header.source_addr(), header.destination_addr());
                (IpAddr::V6(from), IpAddr::V6(to), v6.is_payload_fragmented())
            }
            Some(LaxNetSlice::Arp(_)) | None => return Err(Passed::NotIp),
        };
        if is_fragment {
            return Err(Passed::Fragment(ip));
        }
        let stopped = packet.stop_err.is_some();
        Self::of(from, to, packet.transport.as_ref()).ok_or(if stopped {
            Passed::Cut
        } else {
            Passed::Transport
        })
    }

    /// The packet of a transport between two hosts.
    pub(super) fn of(
        from: IpAddr,
        to: IpAddr,
        transport: Option<&TransportSlice<'b>>,
    ) -> Option<Self> {
        let (ports, content) = match transport? {
            TransportSlice::Udp(udp) => {
                let ports = (udp.source_port(), udp.destination_port());
                (ports, Content::Datagram(udp.payload()))
            }
            TransportSlice::Tcp(tcp) => {
                let content = Content::Segment {
                    sequence: tcp.sequence_number(),
                    opens: tcp.syn(),
                    ends: tcp.fin() || tcp.rst(),
                    bytes: tcp.payload(),
                };
                ((tcp.source_port(), tcp.destination_port()), content)
            }
            TransportSlice::Icmpv4(_) | TransportSlice::Icmpv6(_) | TransportSlice::Igmp(_) => {
                return None;
            }
        };
        let (from, to) = (SocketAddr::new(from, ports.0), SocketAddr::new(to, ports.1));
        Some(Self { from, to, content })
    }
}

impl<'b> Plain<'b> {
    /// Reads a frame of Ethernet; `None` for whatever else there is in it.
    #[inline]
    pub fn read(frame: &Frame<'b>) -> Option<Self> {
        let (header, ip) = frame.bytes.split_first_chunk::<14>()?;
        let &[.., 0x08, 0x00] = header else { return None };
        if frame.link == Link::ETHERNET { Self::of(ip) } else { None }
    }

    #[inline]
    fn of(ip: &'b [u8]) -> Option<Self> {
        let (header, rest) = ip.split_first_chunk::<28>()?;
        let &[
            0x45,
            _,
            t0,
            t1,
            _,
            _,
            f0,
            f1,
            _,
            17,
            _,
            _,
            a0,
            a1,
            a2,
            a3,
            b0,
            b1,
            b2,
            b3,
            ports @ ..,
        ] = header
        else {
            return None;
        };
        let [p0, p1, q0, q1, l0, l1, _, _] = ports;
        let (total, length) = (u16::from_be_bytes([t0, t1]), u16::from_be_bytes([l0, l1]));
        let is_fragment = u16::from_be_bytes([f0, f1]) & 0x3fff != 0;
        if is_fragment || total != length.checked_add(20)? {
            return None;
        }
        Some(Self {
            hosts: (u32::from_be_bytes([a0, a1, a2, a3]), u32::from_be_bytes([b0, b1, b2, b3])),
            ports: (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1])),
            bytes: rest.get(..usize::from(length).checked_sub(8)?)?,
        })
    }
}

impl<'b> From<Plain<'b>> for Packet<'b> {
    fn from(Plain { hosts, ports, bytes }: Plain<'b>) -> Self {
        let address = |host, port| SocketAddr::new(IpAddr::V4(Ipv4Addr::from_bits(host)), port);
        Self {
            from: address(hosts.0, ports.0),
            to: address(hosts.1, ports.1),
            content: Content::Datagram(bytes),
        }
    }
}

/// The IP packet in a frame.
fn ip(link: Link, frame: &[u8]) -> Result<&[u8], Passed<'_>> {
    let word = |at: usize| {
        let bytes = frame.get(at..at + 2).and_then(|two| two.first_chunk());
        bytes.map(|&two| u16::from_be_bytes(two)).ok_or(Passed::Cut)
    };
    let from = |at: usize| frame.get(at..).filter(|rest| !rest.is_empty()).ok_or(Passed::Cut);
    match link {
        Link::ETHERNET => behind(frame, word(12)?, 14),
        Link::LINUX_SLL => behind(frame, word(14)?, 16),
        Link::LINUX_SLL2 => behind(frame, word(0)?, 20),
        // Which of two orders the family is in is known to the machine that captured.
        Link::NULL | Link::LOOP => match frame.first_chunk() {
            None => Err(Passed::Cut),
            Some([2 | 10 | 24 | 28 | 30, 0, 0, 0] | [0, 0, 0, 2 | 10 | 24 | 28 | 30]) => from(4),
            Some(_) => Err(Passed::NotIp),
        },
        Link::RAW | Link::IPV4 | Link::IPV6 | Link::RAW_BSD | Link::RAW_OPENBSD => from(0),
        Link::PPP => match word(0)? {
            0x0021 | 0x0057 => from(2),
            0xff03 if matches!(word(2)?, 0x0021 | 0x0057) => from(4),
            _ => Err(Passed::NotIp),
        },
        other => Err(Passed::Link(other)),
    }
}

/// The IP packet of a frame whose protocol is `ether_type` and whose payload begins at `at`, behind
/// tags of VLANs.
fn behind(frame: &[u8], mut ether_type: u16, mut at: usize) -> Result<&[u8], Passed<'_>> {
    loop {
        match ether_type {
            IPV4 | IPV6 => {
                return frame.get(at..).filter(|rest| !rest.is_empty()).ok_or(Passed::Cut);
            }
            0x8100 | 0x88a8 | 0x9100 => at += 4,
            // A PPP session over Ethernet.
            0x8864 => at += 8,
            _ => return Err(Passed::NotIp),
        }
        let next = frame.get(at - 2..at).and_then(|two| two.first_chunk());
        ether_type = match (ether_type, next.map(|&two| u16::from_be_bytes(two))) {
            (_, None) => return Err(Passed::Cut),
            (0x8864, Some(0x0021)) => IPV4,
            (0x8864, Some(0x0057)) => IPV6,
            (0x8864, Some(_)) => return Err(Passed::NotIp),
            (_, Some(next)) => next,
        };
    }
}

impl Link {
    /// Loopback of the BSDs and of macOS.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// PPP.
    pub const PPP: Self = Self(9);
    /// IP without anything before it.
    pub const RAW: Self = Self(101);
    /// Loopback of OpenBSD.
    pub const LOOP: Self = Self(108);
    /// Linux: "any" interface.
    pub const LINUX_SLL: Self = Self(113);
    /// IPv4 without anything before it.
    pub const IPV4: Self = Self(228);
    /// IPv6 without anything before it.
    pub const IPV6: Self = Self(229);
    /// Linux: "any" interface, second form.
    pub const LINUX_SLL2: Self = Self(276);
    /// What some systems write for [`Self::RAW`].
    const RAW_BSD: Self = Self(12);
    /// What OpenBSD writes for [`Self::RAW`].
    const RAW_OPENBSD: Self = Self(14);
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
