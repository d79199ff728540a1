//! One RTP packet that was seen.

use crate::time::Tick;

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
    /// Reads the header of the `index`-th arrival.
    ///
    /// `None` if it is not RTP: not version 2, RTCP by its packet type (RFC 5761 §4), or cut short.
    pub fn read(arrival: Arrival<'a>, index: usize) -> Option<Self> {
        //= RFC 3550 §5.1
        let (&[first, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3], rest) =
            arrival.bytes.split_first_chunk::<12>()?;
        if first >> 6 != 2 || (192..=223).contains(&second) {
            return None;
        }
        let sources = usize::from(first & 0x0f);
        let mut payload = rest.get(4 * sources..)?;
        if first & 0x10 != 0 {
            let (&[_, _, high, low], rest) = payload.split_first_chunk::<4>()?;
            payload = rest.get(4 * usize::from(u16::from_be_bytes([high, low]))..)?;
        }
        if first & 0x20 != 0 {
            let padding = usize::from(*payload.last()?);
            payload = payload.get(..payload.len().checked_sub(padding)?)?;
        }
        let sequence = u16::from_be_bytes([s0, s1]);
        let timestamp = u32::from_be_bytes([t0, t1, t2, t3]);
        Some(Self {
            at: arrival.at,
            index,
            marker: second & 0x80 != 0,
            payload_type: second & 0x7f,
            sequence,
            timestamp,
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
            payload,
            order: i64::from(sequence),
            instant: i64::from(timestamp),
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
    fn sources_extension_and_padding_are_not_payload() {
        let mut bytes =
            [&HEADER[..], &[9; 8], &[0, 0, 0, 1, 7, 7, 7, 7], b"xy", &[0, 0, 3]].concat();
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        assert_eq!(read(&bytes).unwrap().payload, b"xy");
    }

    #[test]
    fn what_is_not_rtp_is_not_read() {
        assert_eq!(read(&HEADER[..11]), None);
        for (at, value) in [(0, 0x40), (0, 0x81), (0, 0x90), (0, 0xa0), (1, 200)] {
            let mut bytes = HEADER;
            bytes[at] = value;
            assert_eq!(read(&bytes), None, "byte {at} = {value:#x}");
        }
    }
}
