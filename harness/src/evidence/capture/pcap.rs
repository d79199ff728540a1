//! The records of a pcap file: both byte orders, microseconds and nanoseconds.

use super::{Frame, LONGEST_FRAME, Link, Next, Order};
use crate::time::Tick;

/// What the first four bytes say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Magic {
    order: Order,
    /// Nanoseconds in one unit of a fraction of a second.
    unit: u32,
    /// The length of the header of a record.
    header: usize,
}

/// A pcap file whose header has been read.
#[derive(Debug)]
pub(super) struct Pcap {
    magic: Magic,
    link: Link,
}

impl Magic {
    pub(super) fn of(bytes: [u8; 4]) -> Option<Self> {
        let of = |value: u32, order| {
            let (unit, header) = match value {
                0xa1b2_c3d4 => (1_000, RECORD),
                0xa1b2_3c4d => (1, RECORD),
                // The form of a kernel patch of long ago, with eight more bytes a record.
                0xa1b2_cd34 => (1_000, RECORD + 8),
                _ => return None,
            };
            Some(Self { order, unit, header })
        };
        of(u32::from_le_bytes(bytes), Order::Little)
            .or_else(|| of(u32::from_be_bytes(bytes), Order::Big))
    }
}

impl Pcap {
    /// Reads the header of the file; `None` where it is not all there.
    pub(super) fn read(magic: Magic, buffer: &[u8]) -> Option<(Self, usize)> {
        // The upper bits of the link type tell of a frame check sequence.
        let [low, high] =
            (magic.order.u32(buffer, 20)? & 0xffff).to_le_bytes().first_chunk().copied()?;
        Some((Self { magic, link: Link(u16::from_le_bytes([low, high])) }, HEADER))
    }

    /// The record that the buffer begins with and holds whole, and its length there.
    #[inline]
    pub(super) fn whole<'b>(&self, buffer: &'b [u8]) -> Option<(Frame<'b>, usize)> {
        let Magic { order, unit, header } = self.magic;
        let fields = buffer.get(..RECORD)?;
        let captured = order.length(fields, 8).filter(|&captured| captured <= LONGEST_FRAME)?;
        let end = header + captured;
        let bytes = buffer.get(header..end)?;
        let nanos = u64::from(order.u32(fields, 0)?) * 1_000_000_000
            + u64::from(order.u32(fields, 4)?) * u64::from(unit);
        let (at, length) = (Tick::from_nanos(nanos), order.length(fields, 12)?);
        Some((Frame { number: 0, at, link: self.link, bytes, length }, end))
    }

    /// What is needed for the next record to be [whole](Self::whole).
    pub(super) fn missing<'b>(&self, buffer: &[u8]) -> Result<Next<'b>, String> {
        let Magic { order, header, .. } = self.magic;
        match order.length(buffer, 8) {
            Some(captured) if captured > LONGEST_FRAME => Err(format!(
                "a record promises {captured} bytes, which no frame has; the file is damaged here"
            )),
            Some(captured) if buffer.len() >= RECORD => Ok(Next::More(header + captured)),
            Some(_) | None => Ok(Next::More(header)),
        }
    }
}

/// The length of the header of the file.
pub(super) const HEADER: usize = 24;
/// The length of the header of a record.
const RECORD: usize = 16;
