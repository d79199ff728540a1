//! Packets of a stream that wait to be measured together.
//!
//! Of two hundred streams, each next packet is of another: what is known of its stream is in no near
//! cache by then, and fetching it takes longer than measuring. So a plain packet only leaves here
//! what its figures need, and many of one stream are measured in a row. That changes when they are
//! measured and not how: their order in the stream is kept, and whatever would make a packet mean
//! something else (a payload type, a new description) has what waits measured first.

use crate::check::measure::meter::Seen;
use crate::check::measure::wireshark::Kind;
use crate::time::Tick;

/// Packets of one payload type, of which only their headers count.
#[derive(Debug, Default)]
pub(super) struct Batch {
    waiting: Vec<Brief>,
    bytes: u64,
    /// What its packets have in common; absent where none may wait.
    plain: Option<Plain>,
}

/// What packets that wait have in common.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Plain {
    /// The payload type.
    pub(super) number: u8,
    /// What it carries.
    pub(super) kind: Kind,
    /// How much had been described when that was looked up.
    pub(super) generation: u64,
}

/// What the figures need of a packet.
#[derive(Clone, Copy, Debug)]
struct Brief {
    at: Tick,
    timestamp: u32,
    sequence: u16,
    marker: bool,
}

impl Batch {
    /// Takes a packet if it may wait: whether it did.
    #[inline]
    pub(super) fn take(&mut self, at: Tick, header: &[u8; 12], length: usize, now: u64) -> bool {
        let &[_, second, s0, s1, t0, t1, t2, t3, ..] = header;
        let Some(plain) = self.plain else { return false };
        if plain.number != second & 0x7f || plain.generation != now || self.waiting.len() == MOST {
            return false;
        }
        let (sequence, timestamp) =
            (u16::from_be_bytes([s0, s1]), u32::from_be_bytes([t0, t1, t2, t3]));
        self.waiting.push(Brief { at, timestamp, sequence, marker: second & 0x80 != 0 });
        self.bytes += u64::try_from(length - header.len()).unwrap_or_default();
        true
    }

    /// Hands out what waits, in the order in which it came, and says how many packets and bytes it was.
    pub(super) fn drain(&mut self, mut each: impl FnMut(Seen)) -> (u64, u64) {
        let Some(Plain { kind, .. }) = self.plain else { return (0, 0) };
        for &Brief { at, timestamp, sequence, marker } in &self.waiting {
            each(Seen::new(at, marker, sequence, timestamp, kind));
        }
        let count = u64::try_from(self.waiting.len()).unwrap_or_default();
        self.waiting.clear();
        (count, std::mem::take(&mut self.bytes))
    }

    /// When the last of those that wait came.
    pub(super) fn last(&self) -> Option<Tick> {
        self.waiting.last().map(|brief| brief.at)
    }

    /// Of what packets may wait from here on. None waits now.
    pub(super) fn set(&mut self, plain: Option<Plain>) {
        self.plain = plain;
        if plain.is_some() && self.waiting.capacity() == 0 {
            self.waiting.reserve_exact(MOST);
        }
    }
}

/// So many packets wait: a kilobyte of each stream.
const MOST: usize = 64;
