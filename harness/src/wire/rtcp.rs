//! RTCP compound packets: RFC 3550 §6.

pub mod extended;
mod reader;
mod writer;

use super::defect::Defect;

/// The packets of one RTCP datagram.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Compound {
    /// The packets, in order, as far as they could be read.
    pub packets: Vec<Packet>,
    /// What is wrong with the datagram.
    pub defects: Vec<Defect>,
}

impl Compound {
    /// Reads a datagram; what follows a packet whose length cannot be right is left out.
    pub fn read(datagram: &[u8]) -> Self {
        reader::read(datagram)
    }

    /// The reports of the sender and receiver reports, in order.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.packets.iter().flat_map(|packet| match packet {
            Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } => {
                reports.as_slice()
            }
            Packet::SourceDescription(_)
            | Packet::Bye { .. }
            | Packet::App { .. }
            | Packet::Extended { .. }
            | Packet::Other { .. } => &[],
        })
    }

    /// The first CNAME, if one is given; bytes that are not UTF-8 are replaced.
    pub fn cname(&self) -> Option<String> {
        self.packets.iter().find_map(|packet| match packet {
            Packet::SourceDescription(chunks) => chunks.iter().find_map(Chunk::cname),
            Packet::SenderReport { .. }
            | Packet::ReceiverReport { .. }
            | Packet::Bye { .. }
            | Packet::App { .. }
            | Packet::Extended { .. }
            | Packet::Other { .. } => None,
        })
    }
}

/// `packets` as one datagram. A sound one begins with a report and has a CNAME (RFC 3550 §6.1).
pub fn write(packets: &[Packet]) -> Vec<u8> {
    packets.iter().flat_map(writer::write).collect()
}

/// One RTCP packet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Packet {
    /// SR: what a sender has sent, and what it has received (§6.4.1).
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// What it has sent.
        sent: SenderInfo,
        /// What it has received, by source.
        reports: Vec<Report>,
    },
    /// RR: what one that does not send has received (§6.4.2).
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it has received, by source.
        reports: Vec<Report>,
    },
    /// SDES: who the sources are (§6.5).
    SourceDescription(Vec<Chunk>),
    /// BYE: sources that leave (§6.6).
    Bye {
        /// The sources.
        sources: Vec<u32>,
        /// Why; bytes that are not UTF-8 are replaced.
        reason: Option<String>,
    },
    /// APP: something that an application has defined (§6.7).
    App {
        /// The subtype, 0 to 31.
        subtype: u8,
        /// The source.
        ssrc: u32,
        /// The four characters that name the application.
        name: [u8; 4],
        /// The data; a multiple of four bytes.
        data: Vec<u8>,
    },
    /// XR: more about reception (RFC 3611). Blocks of types that are not known are left out in writing.
    Extended {
        /// Who reports.
        ssrc: u32,
        /// What.
        blocks: Vec<extended::Block>,
    },
    /// Any other packet type, or one of the above that is too short for what it should hold.
    Other {
        /// The packet type.
        packet_type: u8,
        /// The five bits that other types count with.
        count: u8,
        /// What follows the first word; a multiple of four bytes.
        data: Vec<u8>,
    },
}

/// The sender's part of an SR: RFC 3550 §6.4.1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SenderInfo {
    /// When the report was sent: seconds since 1900 in the upper half, 2⁻³² s in the lower.
    pub ntp: u64,
    /// The same instant on the RTP clock of the stream.
    pub rtp_timestamp: u32,
    /// Packets sent so far.
    pub packets: u32,
    /// Payload bytes sent so far.
    pub octets: u32,
}

impl SenderInfo {
    /// The middle 32 bits of the NTP time, which the receiver echoes as [`Report::last_sr`].
    pub const fn compact_ntp(&self) -> u32 {
        let [_, _, a, b, c, d, _, _] = self.ntp.to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }
}

/// One report block: RFC 3550 §6.4.1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// The source that is reported on.
    pub ssrc: u32,
    /// The fraction lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost so far, -2²³ to 2²³ − 1; negative where duplicates outnumber losses.
    pub cumulative_lost: i32,
    /// The highest sequence number received, with the count of its cycles in the upper half.
    pub highest_sequence: u32,
    /// The interarrival jitter, in units of the RTP clock.
    pub jitter: u32,
    /// The middle of the NTP time of the last SR from the source; 0 for none.
    pub last_sr: u32,
    /// How long ago that SR came, in 1/65,536 s.
    pub delay_since_last_sr: u32,
}

/// One source of an SDES packet, and its items.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chunk {
    /// The source.
    pub ssrc: u32,
    /// Item types and values, in order. Type 1 is CNAME.
    pub items: Vec<(u8, Vec<u8>)>,
}

impl Chunk {
    /// A chunk with a CNAME and nothing else.
    pub fn new(ssrc: u32, cname: &str) -> Self {
        Self { ssrc, items: vec![(CNAME, cname.as_bytes().to_vec())] }
    }

    /// The CNAME; bytes that are not UTF-8 are replaced.
    pub fn cname(&self) -> Option<String> {
        let (_, value) = self.items.iter().find(|(kind, _)| *kind == CNAME)?;
        Some(String::from_utf8_lossy(value).into_owned())
    }
}

const CNAME: u8 = 1;
const SR: u8 = 200;
const RR: u8 = 201;
const SDES: u8 = 202;
const BYE: u8 = 203;
const APP: u8 = 204;
const XR: u8 = 207;

#[cfg(test)]
mod tests;
