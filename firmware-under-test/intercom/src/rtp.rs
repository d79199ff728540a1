//! RTP packets: RFC 3550 §5.1.

/// A packet, as far as an endpoint needs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Packet {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Vec<u8>,
}

impl Packet {
    /// Reads a datagram; `None` if it is not RTP.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[flags, second, s1, s0, t3, t2, t1, t0, i3, i2, i1, i0], mut rest) =
            bytes.split_first_chunk()?;
        if flags >> 6 != 2 {
            return None;
        }
        rest = rest.get(usize::from(flags & 0x0f) * 4..)?;
        if flags & 0x10 != 0 {
            let (&[_, _, high, low], body) = rest.split_first_chunk()?;
            rest = body.get(usize::from(u16::from_be_bytes([high, low])) * 4..)?;
        }
        if flags & 0x20 != 0 {
            let padding = usize::from(*rest.last()?);
            rest = rest.get(..rest.len().checked_sub(padding)?)?;
        }
        Some(Self {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7f,
            sequence: u16::from_be_bytes([s1, s0]),
            timestamp: u32::from_be_bytes([t3, t2, t1, t0]),
            ssrc: u32::from_be_bytes([i3, i2, i1, i0]),
            payload: rest.to_vec(),
        })
    }

    /// The bytes for the wire.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0x80, u8::from(self.marker) << 7 | self.payload_type & 0x7f];
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_round_trip() {
        let packet = Packet {
            marker: true,
            payload_type: 101,
            sequence: 65535,
            timestamp: 7,
            ssrc: 9,
            payload: vec![1, 2],
        };
        assert_eq!(Packet::parse(&packet.to_bytes()), Some(packet));
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        let mut bytes = vec![0xb1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9];
        bytes.extend([0, 0, 0, 1, 8, 8, 8, 8, 42, 0, 0, 3]);
        assert_eq!(Packet::parse(&bytes).unwrap().payload, [42]);
        assert_eq!(Packet::parse(&bytes[..20]), None);
    }
}
