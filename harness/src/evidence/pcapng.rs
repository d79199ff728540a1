//! `capture.pcapng`: the datagrams of a case as a capture that Wireshark opens.
//!
//! Every point of control and observation is an interface with its name; every datagram gets
//! Ethernet, IP and UDP headers made up around it, since the point saw only its payload, and what passed
//! on a connection those of [TCP](tcp); of TLS it is the bytes inside, without TLS. Times are wall-clock
//! nanoseconds. Packets stand in the order of their stamps.

mod tcp;

use super::point::{Pco, Point, StampClock};
use super::record::CaseRecord;
use super::step::StepId;
use super::timeline::{Datagram, Entry, Seen, Seq, Timeline};
use etherparse::{IpHeaders, PacketBuilder, PacketBuilderStep};
use pcap_parser::pcapng::{
    EnhancedPacketBlock, InterfaceDescriptionBlock, OptionCode, PcapNGOption, SectionHeaderBlock,
};
use pcap_parser::{Linktype, ToVec};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tcp::{Connections, Kind, Segment};

/// A datagram that does not fit in a capture file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("entry {} does not fit in a capture file", .0.0)]
pub struct TooLarge(pub Seq);

/// The capture of a case; `application` names the writer and its version.
///
/// # Errors
///
/// Never for what arrived by UDP or was sent by it: a payload that no datagram can carry is cut to
/// the largest that one can, with its true length beside it.
pub fn capture(
    record: &CaseRecord,
    timeline: &Timeline,
    application: &str,
) -> Result<Vec<u8>, TooLarge> {
    let interfaces = Interfaces::new(&record.points, timeline);
    let mut file = section(application).map_err(|()| TooLarge(Seq(0)))?;
    for (name, description) in &interfaces.rows {
        file.extend(interface(name, description).map_err(|()| TooLarge(Seq(0)))?);
    }
    let steps = Steps::new(timeline);
    let mut connections = Connections::default();
    let mut packets: Vec<&Entry> = timeline.entries().iter().collect();
    packets.sort_by_key(|entry| (entry.at, entry.seq));
    for entry in packets {
        let (datagram, direction) = match &entry.seen {
            // What goes to another point of ours stands in the capture once, as what arrives there.
            Seen::Sent(datagram) if is_ours(&record.points, datagram.remote) => continue,
            Seen::Sent(datagram) => (datagram, Direction::Outbound),
            Seen::Received(datagram) => (datagram, Direction::Inbound),
            Seen::Opened { connection, transport, local, remote } => {
                let (from, to) =
                    if connection.is_incoming() { (remote, local) } else { (local, remote) };
                let (name, number) = (interfaces.name(entry.pco), entry.seq.0);
                let what = transport.in_via();
                for segment in connections.open(*from, *to) {
                    let direction = Direction::of(segment.from, *local);
                    let comment =
                        format!("{name}: made up for the opening of {what} (entry {number})");
                    let frame = segment_frame(entry.pco, segment, direction);
                    file.extend(written(
                        &interfaces,
                        record,
                        entry,
                        frame,
                        0,
                        direction,
                        &comment,
                    )?);
                }
                continue;
            }
            Seen::Wrote(_)
            | Seen::Line(_)
            | Seen::Bench(_)
            | Seen::Unreachable(..)
            | Seen::Died(_)
            | Seen::Closed { .. }
            | Seen::Stall(_)
            | Seen::Keyed(_)
            | Seen::Network(_)
            | Seen::Impaired(_)
            | Seen::Fault(_)
            | Seen::Reached(_)
            | Seen::Met(..)
            | Seen::Skipped(_)
            | Seen::Unmet(..) => continue,
        };
        let comment = steps.comment(entry, direction, interfaces.name(entry.pco));
        if datagram.connection.is_some() {
            let (from, to) = direction.way(datagram);
            for segment in connections.carry(from, to, &datagram.bytes) {
                let frame = segment_frame(entry.pco, segment, direction);
                file.extend(written(&interfaces, record, entry, frame, 0, direction, &comment)?);
            }
            continue;
        }
        let cut = datagram.bytes.len().saturating_sub(MOST_PAYLOAD);
        let comment =
            if cut == 0 { comment } else { format!("{comment}; the last {cut} bytes are cut") };
        let frame = frame(entry.pco, datagram, direction);
        file.extend(written(&interfaces, record, entry, frame, cut, direction, &comment)?);
    }
    Ok(file)
}

/// The block of a frame that was made for an entry, if one could be.
fn written(
    interfaces: &Interfaces,
    record: &CaseRecord,
    entry: &Entry,
    frame: Result<Vec<u8>, ()>,
    cut: usize,
    direction: Direction,
    comment: &str,
) -> Result<Vec<u8>, TooLarge> {
    let stamp = record.started_unix_ns.saturating_add(entry.at.as_nanos());
    let interface = interfaces.index(entry.pco);
    let block = frame.and_then(|frame| packet(interface, stamp, &frame, cut, direction, comment));
    block.map_err(|()| TooLarge(entry.seq))
}

fn is_ours(points: &[Point], address: SocketAddr) -> bool {
    points.iter().any(|point| point.local == Some(address))
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    /// That of what `from` sends, where our end is `local`.
    fn of(from: SocketAddr, local: SocketAddr) -> Self {
        if from == local { Self::Outbound } else { Self::Inbound }
    }

    /// The sender and the receiver of a datagram.
    const fn way(self, datagram: &Datagram) -> (SocketAddr, SocketAddr) {
        match self {
            Self::Outbound => (datagram.local, datagram.remote),
            Self::Inbound => (datagram.remote, datagram.local),
        }
    }
}

/// The interfaces of a capture: the points that are sockets.
#[derive(Debug)]
struct Interfaces {
    rows: Vec<(String, String)>,
    of: BTreeMap<Pco, u32>,
}

impl Interfaces {
    fn new(points: &[Point], timeline: &Timeline) -> Self {
        let mut this = Self { rows: Vec::new(), of: BTreeMap::new() };
        for point in points.iter().filter(|point| point.local.is_some()) {
            let clock = match point.clock {
                StampClock::Kernel => "stamped by the kernel",
                StampClock::User => "stamped on reading",
                StampClock::Virtual => "virtual time",
            };
            let micros = point.uncertainty.as_nanos().div_ceil(1_000);
            this.add(point.pco, &point.name, format!("{clock}, within {micros} µs"));
        }
        for entry in timeline.entries() {
            if matches!(entry.seen, Seen::Sent(_) | Seen::Received(_))
                && !this.of.contains_key(&entry.pco)
            {
                let name = points.iter().find(|point| point.pco == entry.pco);
                let name =
                    name.map_or_else(|| format!("point {}", entry.pco.0), |p| p.name.clone());
                this.add(entry.pco, &name, "not listed as a socket".to_owned());
            }
        }
        this
    }

    fn add(&mut self, pco: Pco, name: &str, description: String) {
        let index = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push((name.to_owned(), description));
        self.of.insert(pco, index);
    }

    fn index(&self, pco: Pco) -> u32 {
        self.of.get(&pco).copied().unwrap_or_default()
    }

    fn name(&self, pco: Pco) -> &str {
        let row = usize::try_from(self.index(pco)).ok().and_then(|index| self.rows.get(index));
        row.map_or("?", |(name, _)| name)
    }
}

/// What the marks of the interpreter say of each entry.
#[derive(Debug)]
struct Steps {
    /// Where the interpreter was, by the entry that says so.
    reached: Vec<(Seq, StepId)>,
    met: BTreeMap<Seq, StepId>,
}

impl Steps {
    fn new(timeline: &Timeline) -> Self {
        let mut this = Self { reached: Vec::new(), met: BTreeMap::new() };
        for entry in timeline.entries() {
            if let Seen::Reached(step) = entry.seen {
                this.reached.push((entry.seq, step));
            } else if let Seen::Met(step, Some(by)) = entry.seen {
                this.met.insert(by, step);
            }
        }
        this
    }

    fn comment(&self, entry: &Entry, direction: Direction, name: &str) -> String {
        let verb = match direction {
            Direction::Inbound => "received",
            Direction::Outbound => "sent",
        };
        let number = entry.seq.0;
        if let Some(step) = self.met.get(&entry.seq) {
            return format!("{name} {verb}, met step {} (entry {number})", step.0);
        }
        let before = self.reached.partition_point(|(seq, _)| *seq < entry.seq);
        match before.checked_sub(1).and_then(|last| self.reached.get(last)) {
            Some((_, step)) => format!("{name} {verb} in step {} (entry {number})", step.0),
            None => format!("{name} {verb} (entry {number})"),
        }
    }
}

fn section(application: &str) -> Result<Vec<u8>, ()> {
    SectionHeaderBlock {
        block_type: 0,
        block_len1: 0,
        bom: 0,
        major_version: 1,
        minor_version: 0,
        section_len: -1,
        options: vec![text(OptionCode::ShbUserAppl, application)],
        block_len2: 0,
    }
    .to_vec()
    .map_err(drop)
}

fn interface(name: &str, description: &str) -> Result<Vec<u8>, ()> {
    InterfaceDescriptionBlock {
        block_type: 0,
        block_len1: 0,
        linktype: Linktype::ETHERNET,
        reserved: 0,
        snaplen: 0,
        options: vec![text(OptionCode::IfName, name), text(OptionCode::IfDescription, description)],
        block_len2: 0,
        if_tsresol: NANOSECONDS,
        if_tsoffset: 0,
    }
    .to_vec()
    .map_err(drop)
}

fn packet(
    interface: u32,
    stamp: u64,
    frame: &[u8],
    cut: usize,
    direction: Direction,
    comment: &str,
) -> Result<Vec<u8>, ()> {
    let flags: u32 = match direction {
        Direction::Inbound => 1,
        Direction::Outbound => 2,
    };
    let flags = Cow::Owned(flags.to_le_bytes().to_vec());
    let [high, low] = [(stamp >> 32) as u32, (stamp & 0xffff_ffff) as u32];
    let caplen = u32::try_from(frame.len()).map_err(drop)?;
    EnhancedPacketBlock {
        block_type: 0,
        block_len1: 0,
        if_id: interface,
        ts_high: high,
        ts_low: low,
        caplen,
        origlen: caplen.saturating_add(u32::try_from(cut).map_err(drop)?),
        data: frame,
        options: vec![
            text(OptionCode::Comment, comment),
            PcapNGOption { code: EPB_FLAGS, len: 4, value: flags },
        ],
        block_len2: 0,
    }
    .to_vec()
    .map_err(drop)
}

/// The datagram with headers made up around it; the checksums are right.
fn frame(pco: Pco, datagram: &Datagram, direction: Direction) -> Result<Vec<u8>, ()> {
    let (from, to) = direction.way(datagram);
    let payload = datagram.bytes.get(..MOST_PAYLOAD).unwrap_or(&datagram.bytes);
    let udp = network(pco, from, to, direction).udp(from.port(), to.port());
    let mut frame = Vec::with_capacity(udp.size(payload.len()));
    udp.write(&mut frame, payload).map_err(drop)?;
    Ok(frame)
}

/// The segment with headers made up around it; the checksums are right.
fn segment_frame(pco: Pco, segment: Segment<'_>, direction: Direction) -> Result<Vec<u8>, ()> {
    let Segment { from, to, kind, sequence, awaited, bytes } = segment;
    let tcp = network(pco, from, to, direction).tcp(from.port(), to.port(), sequence, u16::MAX);
    let tcp = match kind {
        Kind::Opens => tcp.syn(),
        Kind::Accepts => tcp.syn().ack(awaited),
        Kind::Confirms => tcp.ack(awaited),
        Kind::Carries => tcp.psh().ack(awaited),
    };
    let mut frame = Vec::with_capacity(tcp.size(bytes.len()));
    tcp.write(&mut frame, bytes).map_err(drop)?;
    Ok(frame)
}

/// Ethernet and IP from one address to another.
fn network(
    pco: Pco,
    from: SocketAddr,
    to: SocketAddr,
    direction: Direction,
) -> PacketBuilderStep<IpHeaders> {
    let [high, low] = pco.0.to_be_bytes();
    // Locally administered addresses: one for each of our points, one for the device.
    let (ours, theirs) = ([2, 0, 0, 0, high, low], [2, 0, 0, 1, 0, 0]);
    let (from_mac, to_mac) = match direction {
        Direction::Outbound => (ours, theirs),
        Direction::Inbound => (theirs, ours),
    };
    let link = PacketBuilder::ethernet2(from_mac, to_mac);
    match (from, to) {
        (SocketAddr::V4(from), SocketAddr::V4(to)) => {
            link.ipv4(from.ip().octets(), to.ip().octets(), HOPS)
        }
        (from, to) => link.ipv6(v6(from), v6(to), HOPS),
    }
}

fn v6(address: SocketAddr) -> [u8; 16] {
    match address {
        SocketAddr::V4(address) => address.ip().to_ipv6_mapped().octets(),
        SocketAddr::V6(address) => address.ip().octets(),
    }
}

fn text(code: OptionCode, text: &str) -> PcapNGOption<'static> {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let value = text.get(..end).unwrap_or_default().as_bytes().to_vec();
    PcapNGOption { code, len: u16::try_from(end).unwrap_or(0), value: Cow::Owned(value) }
}

/// `if_tsresol`: ten to the minus ninth.
const NANOSECONDS: u8 = 9;
const EPB_FLAGS: OptionCode = OptionCode(2);
const HOPS: u8 = 64;
/// The largest payload of a UDP datagram over IPv4 (RFC 768, RFC 791 §3.1).
const MOST_PAYLOAD: usize = 65_507;
/// An option's length has 16 bits; this leaves room for padding.
const MOST_TEXT: usize = 65_000;

#[cfg(test)]
mod tests;
