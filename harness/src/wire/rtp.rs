//! RTP data packets: RFC 3550 §5.1.

use super::defect::{Defect, DefectCode};

/// One RTP packet, received or to be sent.
///
/// Reading is tolerant: a packet that is shorter than it says has what there is of it, and
/// [`defects`] tells. What [`write`](Self::write) makes of sound fields, [`read`](Self::read) reads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Packet<'a> {
    /// The version, 2.
    pub version: u8,
    /// The marker bit.
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp, in units of the payload's clock rate.
    pub timestamp: u32,
    /// The synchronization source.
    pub ssrc: u32,
    /// The contributing sources, at most 15.
    pub csrcs: Vec<u32>,
    /// The header extension.
    pub extension: Option<Extension<'a>>,
    /// The payload, without padding.
    pub payload: &'a [u8],
    /// The number of padding bytes, the count itself included; 0 for no padding.
    pub padding: u8,
}

/// A header extension: RFC 3550 §5.3.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extension<'a> {
    /// The 16 bits that the profile defines; 0xBEDE for the one-byte form of RFC 8285.
    pub profile: u16,
    /// The words of the extension, as bytes; a multiple of four.
    pub data: &'a [u8],
}

impl<'a> Packet<'a> {
    /// A packet with `payload` and no more than it needs.
    pub const fn new(
        payload_type: u8,
        sequence: u16,
        timestamp: u32,
        ssrc: u32,
        payload: &'a [u8],
    ) -> Self {
        Self {
            version: 2,
            marker: false,
            payload_type,
            sequence,
            timestamp,
            ssrc,
            csrcs: Vec::new(),
            extension: None,
            payload,
            padding: 0,
        }
    }

    /// Reads a datagram; `None` if it has not even the twelve bytes of a fixed header.
    pub fn read(datagram: &'a [u8]) -> Option<Self> {
        let (&[first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3], mut rest) =
            datagram.split_first_chunk::<12>()?;
        let mut csrcs = Vec::new();
        for _ in 0..first & 0x0f {
            let Some((csrc, after)) = rest.split_first_chunk::<4>() else { break };
            csrcs.push(u32::from_be_bytes(*csrc));
            rest = after;
        }
        let mut extension = None;
        if first & EXTENSION != 0
            && let Some((&[p0, p1, l0, l1], after)) = rest.split_first_chunk::<4>()
        {
            let length = usize::from(u16::from_be_bytes([l0, l1])) * 4;
            let (data, after) = after.split_at(length.min(after.len()));
            extension = Some(Extension { profile: u16::from_be_bytes([p0, p1]), data });
            rest = after;
        }
        let claimed = if first & PADDING == 0 { 0 } else { rest.last().copied().unwrap_or(0) };
        let padding = if usize::from(claimed) <= rest.len() { claimed } else { 0 };
        Some(Self {
            version: first >> 6,
            marker: second & MARKER != 0,
            payload_type: second & !MARKER,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            csrcs,
            extension,
            payload: rest.get(..rest.len() - usize::from(padding)).unwrap_or_default(),
            padding,
        })
    }

    /// The packet as bytes.
    ///
    /// Contributing sources beyond the fifteenth are left out, an extension is filled up with
    /// zeroes to whole words, and only the low bits of version and payload type are written.
    pub fn write(&self) -> Vec<u8> {
        let csrcs = self.csrcs.get(..15).unwrap_or(&self.csrcs);
        let mut bytes = Vec::with_capacity(12 + self.payload.len());
        let count = u8::try_from(csrcs.len()).unwrap_or_default();
        let padding = if self.padding > 0 { PADDING } else { 0 };
        let extended = if self.extension.is_some() { EXTENSION } else { 0 };
        let marker = if self.marker { MARKER } else { 0 };
        bytes.push((self.version & 3) << 6 | padding | extended | count);
        bytes.push(marker | (self.payload_type & !MARKER));
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.timestamp.to_be_bytes());
        bytes.extend_from_slice(&self.ssrc.to_be_bytes());
        for csrc in csrcs {
            bytes.extend_from_slice(&csrc.to_be_bytes());
        }
        if let Some(Extension { profile, data }) = self.extension {
            let words = data.len().div_ceil(4);
            bytes.extend_from_slice(&profile.to_be_bytes());
            bytes.extend_from_slice(&u16::try_from(words).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(data);
            bytes.resize(bytes.len() + words * 4 - data.len(), 0);
        }
        bytes.extend_from_slice(self.payload);
        if self.padding > 0 {
            bytes.resize(bytes.len() + usize::from(self.padding) - 1, 0);
            bytes.push(self.padding);
        }
        bytes
    }
}

/// What is wrong with an RTP datagram.
pub fn defects(datagram: &[u8]) -> Vec<Defect> {
    let mut defects = Vec::new();
    let end = datagram.len();
    let Some(&[first, ..]) = datagram.first_chunk::<12>() else {
        let text = format!("{end} byte(s) are fewer than the 12 of a header");
        return vec![Defect::new(DefectCode::RtpTruncated, 0..end, text)];
    };
    if first >> 6 != 2 {
        let text = format!("the version is {}", first >> 6);
        defects.push(Defect::new(DefectCode::RtpVersion, 0..1, text));
    }
    let csrcs_end = 12 + usize::from(first & 0x0f) * 4;
    let mut header_end = csrcs_end;
    if first & EXTENSION != 0 {
        let length = datagram.get(csrcs_end + 2..csrcs_end + 4);
        let words = length.and_then(|length| length.try_into().ok()).map_or(0, u16::from_be_bytes);
        header_end += 4 + usize::from(words) * 4;
    }
    if header_end > end {
        let text = format!("the header says that it has {header_end} bytes, but there are {end}");
        defects.push(Defect::new(DefectCode::RtpTruncated, end..end, text));
    } else if first & PADDING != 0 {
        let count = datagram.last().copied().unwrap_or(0);
        if count == 0 || usize::from(count) > end - header_end {
            let text = format!("the padding count is {count}");
            defects.push(Defect::new(DefectCode::RtpPadding, end - 1..end, text));
        }
    }
    defects
}

const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
const MARKER: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const SOUND: &[u8] = b"\x80\x80\x00\x07\x00\x00\x00\xa0\xde\xad\xbe\xefabcd";

    #[test]
    fn a_plain_packet() {
        let packet = Packet::read(SOUND).unwrap();
        let expected = Packet { marker: true, ..Packet::new(0, 7, 160, 0xdead_beef, b"abcd") };
        assert_eq!(packet, expected);
        assert_eq!(packet.write(), SOUND);
        assert_eq!(defects(SOUND), []);
    }

    #[rstest]
    #[case(b"\x80\x00\x00", DefectCode::RtpTruncated)]
    #[case(b"\x40\x00\x00\x01\0\0\0\0\0\0\0\x01", DefectCode::RtpVersion)]
    #[case(b"\x82\x00\x00\x01\0\0\0\0\0\0\0\x01\0\0\0\x01", DefectCode::RtpTruncated)]
    #[case(b"\x90\x00\x00\x01\0\0\0\0\0\0\0\x01\xbe\xde", DefectCode::RtpTruncated)]
    #[case(b"\x90\x00\x00\x01\0\0\0\0\0\0\0\x01\xbe\xde\0\x09\0\0\0\0", DefectCode::RtpTruncated)]
    #[case(b"\xa0\x00\x00\x01\0\0\0\0\0\0\0\x01\x00", DefectCode::RtpPadding)]
    #[case(b"\xa0\x00\x00\x01\0\0\0\0\0\0\0\x01\x02", DefectCode::RtpPadding)]
    #[case(b"\xa0\x00\x00\x01\0\0\0\0\0\0\0\x01", DefectCode::RtpPadding)]
    fn broken(#[case] datagram: &[u8], #[case] code: DefectCode) {
        assert_eq!(defects(datagram).first().map(|defect| defect.code), Some(code));
        let _ = Packet::read(datagram);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            marker: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32,
            csrcs in proptest::collection::vec(any::<u32>(), 0..16),
            extension in proptest::option::of((any::<u16>(), proptest::collection::vec(any::<[u8; 4]>(), 0..5))),
            payload in proptest::collection::vec(any::<u8>(), 0..200), padding: u8,
        ) {
            let data = extension.as_ref().map(|(_, words)| words.concat()).unwrap_or_default();
            let extension = extension.map(|(profile, _)| Extension { profile, data: &data });
            let packet = Packet {
                marker, csrcs, extension, padding,
                ..Packet::new(payload_type, sequence, timestamp, ssrc, &payload)
            };
            let bytes = packet.write();
            prop_assert_eq!(defects(&bytes), []);
            prop_assert_eq!(Packet::read(&bytes), Some(packet));
        }

        #[test]
        fn reading_anything_never_panics(datagram in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(Packet::read(&datagram).is_some(), datagram.len() >= 12);
            prop_assert!(defects(&datagram).iter().all(|defect| defect.at.end <= datagram.len()));
        }
    }
}
