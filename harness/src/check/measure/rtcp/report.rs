//! One RTCP datagram.

use crate::check::measure::Arrival;
use crate::time::Tick;

/// What one compound RTCP datagram says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// When it passed the point.
    pub at: Tick,
    /// Its place in the list of arrivals, by which it is cited.
    pub index: usize,
    /// The source that reports.
    pub ssrc: u32,
    /// What it says of its own sending; absent in a receiver report.
    pub sender: Option<Sender>,
    /// What it says of each source that it receives.
    pub blocks: Vec<Block>,
    /// The canonical name, if it gives one.
    pub cname: Option<String>,
    /// Whether it says that the source leaves.
    pub bye: bool,
}

/// The sender's part of a sender report (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sender {
    /// Wall clock as an NTP timestamp.
    pub ntp: u64,
    /// The same instant on the media clock.
    pub timestamp: u32,
    /// Packets sent since the source began.
    pub packets: u32,
    /// Payload bytes sent since the source began.
    pub octets: u32,
}

/// A report block (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Block {
    /// The source that it is about.
    pub about: u32,
    /// Lost since the report before, in 256ths.
    pub fraction_lost: u8,
    /// Lost in all; negative if duplicates outnumber losses.
    pub lost: i32,
    /// Highest sequence number received, with the count of its cycles above.
    pub highest: u32,
    /// Interarrival jitter, in clock ticks.
    pub jitter: u32,
    /// The middle of the NTP timestamp of the last sender report from that source; 0 for none.
    pub last_report: u32,
    /// Time since that report, in 65,536ths of a second.
    pub since_last: u32,
}

impl Report {
    /// Reads the `index`-th arrival; `None` if it does not begin with a whole sender or receiver
    /// report, as RFC 3550 §6.1 demands.
    ///
    /// Reading stops at the first packet of the compound that is cut short.
    pub fn read(arrival: Arrival<'_>, index: usize) -> Option<Self> {
        let (kind, count, first, mut rest) = packet(arrival.bytes)?;
        let (ssrc, body) = word(first)?;
        let (sender, mut blocks) = match kind {
            SENDER_REPORT => {
                let (sender, blocks) = Sender::read(body)?;
                (Some(sender), blocks)
            }
            RECEIVER_REPORT => (None, body),
            _ => return None,
        };
        let mut report = Self {
            at: arrival.at,
            index,
            ssrc,
            sender,
            blocks: Vec::new(),
            cname: None,
            bye: false,
        };
        for _ in 0..count {
            let (block, rest) = Block::read(blocks)?;
            report.blocks.push(block);
            blocks = rest;
        }
        while let Some((kind, _, body, next)) = packet(rest) {
            match kind {
                SOURCE_DESCRIPTION => report.cname = report.cname.or_else(|| cname(body)),
                BYE => report.bye = true,
                _ => {}
            }
            rest = next;
        }
        Some(report)
    }
}

impl Sender {
    /// The middle 32 bits of the NTP timestamp, which an answer repeats.
    pub const fn middle(self) -> u32 {
        ((self.ntp >> 16) & 0xffff_ffff) as u32
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (high, bytes) = word(bytes)?;
        let (low, bytes) = word(bytes)?;
        let (timestamp, bytes) = word(bytes)?;
        let (packets, bytes) = word(bytes)?;
        let (octets, bytes) = word(bytes)?;
        let ntp = u64::from(high) << 32 | u64::from(low);
        Some((Self { ntp, timestamp, packets, octets }, bytes))
    }
}

impl Block {
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (about, bytes) = word(bytes)?;
        let (loss, bytes) = word(bytes)?;
        let (highest, bytes) = word(bytes)?;
        let (jitter, bytes) = word(bytes)?;
        let (last_report, bytes) = word(bytes)?;
        let (since_last, bytes) = word(bytes)?;
        let [fraction_lost, ..] = loss.to_be_bytes();
        // The lower 24 bits are a signed number.
        let lost = (loss << 8).cast_signed() >> 8;
        let block = Self { about, fraction_lost, lost, highest, jitter, last_report, since_last };
        Some((block, bytes))
    }
}

/// The first packet of a compound: its type, its count, its body, and what follows.
fn packet(bytes: &[u8]) -> Option<(u8, u8, &[u8], &[u8])> {
    let (&[first, kind, high, low], rest) = bytes.split_first_chunk::<4>()?;
    let length = 4 * usize::from(u16::from_be_bytes([high, low]));
    let (body, rest) = rest.split_at_checked(length)?;
    (first >> 6 == 2).then_some((kind, first & 0x1f, body, rest))
}

/// The canonical name in the first chunk of a source description.
fn cname(body: &[u8]) -> Option<String> {
    let (_, mut items) = word(body)?;
    while let Some((&[kind, length], rest)) = items.split_first_chunk::<2>() {
        let (text, next) = rest.split_at_checked(usize::from(length))?;
        match kind {
            0 => return None,
            1 => return Some(String::from_utf8_lossy(text).into_owned()),
            _ => items = next,
        }
    }
    None
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*word), rest))
}

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
