//! One RTP packet that was seen.

use crate::time::Tick;
use crate::wire::classify::{Kind, classify};
use crate::wire::rtp;

/// Bytes that were seen on an RTP or RTCP point, whichever way they went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Arrival<'a> {
    /// When they passed the point.
    pub at: Tick,
    /// The payload of the datagram.
    pub bytes: &'a [u8],
}

/// An RTP packet, as its header tells it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Packet<'a> {
    /// When it passed the point.
    pub at: Tick,
    /// Its place in the list of arrivals, by which it is cited.
    pub index: usize,
    /// The marker: the first packet of a talkspurt or of an event.
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The sequence number on the wire.
    pub sequence: u16,
    /// The timestamp on the wire.
    pub timestamp: u32,
    /// The synchronisation source.
    pub ssrc: u32,
    /// The payload without padding.
    pub payload: &'a [u8],
    /// The sequence number continued beyond its 16 bits; the first packet's is its own.
    pub order: i64,
    /// The timestamp continued beyond its 32 bits, in clock ticks; the first packet's is its own.
    pub instant: i64,
}

impl<'a> Packet<'a> {
    /// Reads the `index`-th arrival; `None` if it is not RTP.
    ///
    /// A packet whose header promises more than there is counts with what there is of it: that it is
    /// broken is another matter than that it came.
    pub fn read(arrival: Arrival<'a>, index: usize) -> Option<Self> {
        let packet = match classify(arrival.bytes) {
            Kind::Rtp => rtp::Packet::read(arrival.bytes)?,
            Kind::KeepAlive | Kind::Sip | Kind::Stun | Kind::Rtcp | Kind::Unknown => return None,
        };
        Some(Self {
            at: arrival.at,
            index,
            marker: packet.marker,
            payload_type: packet.payload_type,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: packet.ssrc,
            payload: packet.payload,
            order: i64::from(packet.sequence),
            instant: i64::from(packet.timestamp),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<Packet<'_>> {
        Packet::read(Arrival { at: Tick::ZERO, bytes }, 3)
    }

    const HEADER: [u8; 12] = [0x80, 0x88, 0x12, 0x34, 1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd];

    #[test]
    fn the_header_is_read() {
        let bytes = [&HEADER[..], b"xy"].concat();
        let packet = read(&bytes).unwrap();
        assert!(packet.marker && packet.payload_type == 8 && packet.index == 3);
        assert_eq!((packet.sequence, packet.timestamp), (0x1234, 0x0102_0304));
        assert_eq!((packet.ssrc, packet.payload), (0x0a0b_0c0d, &b"xy"[..]));
    }

    #[test]
    fn what_is_not_rtp_is_not_read() {
        assert_eq!(read(&HEADER[..11]), None);
        for (at, value) in [(0, 0x40), (0, 0xc0), (1, 200)] {
            let mut bytes = HEADER;
            bytes[at] = value;
            assert_eq!(read(&bytes), None, "byte {at} = {value:#x}");
        }
    }
}
