//! Streams whose truth is known, for the tests of the figures.

use super::{Arrival, Stream};
use crate::time::Tick;
use std::time::Duration;

/// A source of RTP packets; its fields are those of the next packet.
pub(super) struct Sender {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    /// When the packet passes the point.
    pub(super) at: Tick,
    pub(super) payload: Vec<u8>,
}

/// A packet and when it passed the point.
pub(super) type Sent = (Tick, Vec<u8>);

impl Sender {
    /// A source that begins just before both of its counters run over.
    pub(super) fn new(ssrc: u32) -> Self {
        Self {
            ssrc,
            sequence: 65_500,
            timestamp: u32::MAX - 1_000,
            payload_type: 0,
            marker: false,
            at: Tick::from_nanos(5_000_000_000),
            payload: vec![0xff; 160],
        }
    }

    /// The next packet, as it is, and 20 ms further.
    pub(super) fn packet(&mut self) -> Sent {
        let kind = u8::from(self.marker) << 7 | self.payload_type;
        let mut bytes = vec![0x80, kind];
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(&self.payload);
        let sent = (self.at, bytes);
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        self.marker = false;
        self.at = self.at + Duration::from_millis(20);
        sent
    }

    /// The next `count` packets.
    pub(super) fn packets(&mut self, count: usize) -> Vec<Sent> {
        (0..count).map(|_| self.packet()).collect()
    }
}

/// Moves the time of each packet by seconds that depend on its place.
pub(super) fn moved(sent: Vec<Sent>, mut by: impl FnMut(usize) -> f64) -> Vec<Sent> {
    let shift = |at: Tick, span: f64| {
        let nanos: u64 = Duration::from_secs_f64(span.abs()).as_nanos().try_into().unwrap();
        let at = at.as_nanos();
        Tick::from_nanos(if span < 0.0 { at - nanos } else { at + nanos })
    };
    sent.into_iter().enumerate().map(|(i, (at, bytes))| (shift(at, by(i)), bytes)).collect()
}

/// The packets in the order in which they arrived.
pub(super) fn arrivals(sent: &[Sent]) -> Vec<Arrival<'_>> {
    sent.iter().map(|(at, bytes)| Arrival { at: *at, bytes }).collect()
}

/// Measures the one stream that some packets make.
pub(super) fn measured<T>(sent: &[Sent], of: impl FnOnce(&Stream<'_>) -> T) -> T {
    of(&Stream::group(&arrivals(sent))[0])
}
