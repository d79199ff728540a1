//! ITU-T G.711: mu-law and A-law, by segment and interval.

/// Encodes 14 bits of a 16-bit sample.
pub(super) fn encode_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    // Negative values are taken as ones' complement, so that both signs use the same thresholds.
    let magnitude = if sample < 0 { !sample } else { sample };
    let biased = (magnitude.unsigned_abs() >> 2).min(8158) + 33;
    let segment = biased.ilog2() - 5;
    let interval = (biased >> (segment + 1)) & 0x0f;
    !low(segment << 4 | u32::from(interval)) & 0x7f | sign
}

/// Decodes to the middle of the interval, times four.
pub(super) fn decode_ulaw(octet: u8) -> i16 {
    let bits = !octet;
    let (segment, interval) = (u32::from(bits >> 4 & 7), i16::from(bits & 0x0f));
    let magnitude = (((interval << 1) + 33) << segment) - 33;
    let sample = magnitude << 2;
    if octet & 0x80 == 0 { -sample } else { sample }
}

/// Encodes 13 bits of a 16-bit sample.
pub(super) fn encode_alaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = if sample < 0 { !sample } else { sample };
    let value = magnitude.unsigned_abs() >> 4;
    let (segment, interval) = match value.checked_ilog2() {
        Some(log) if log >= 4 => (log - 3, (value >> (log - 4)) & 0x0f),
        _ => (0, value),
    };
    (low(segment << 4 | u32::from(interval)) | sign) ^ 0x55
}

/// Decodes to the middle of the interval, times eight.
pub(super) fn decode_alaw(octet: u8) -> i16 {
    let bits = octet ^ 0x55;
    let (segment, interval) = (u32::from(bits >> 4 & 7), i16::from(bits & 0x0f));
    let magnitude = match segment {
        0 => (interval << 1) + 1,
        _ => ((interval << 1) + 33) << (segment - 1),
    };
    let sample = magnitude << 3;
    if bits & 0x80 == 0 { -sample } else { sample }
}

const fn low(bits: u32) -> u8 {
    bits.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!([0, -1, 32767, -32768].map(encode_ulaw), [0xff, 0x7f, 0x80, 0x00]);
        assert_eq!([0, -1, 32767, -32768].map(encode_alaw), [0xd5, 0x55, 0xaa, 0x2a]);
        assert_eq!([0xff, 0x80, 0x00].map(decode_ulaw), [0, 32124, -32124]);
        assert_eq!([0xd5, 0x55, 0xaa, 0x2a].map(decode_alaw), [8, -8, 32256, -32256]);
    }

    #[test]
    fn every_octet_survives() {
        for octet in 0..=255 {
            // Minus zero of the mu-law decodes to zero, which encodes as plus zero.
            let ulaw = if octet == 0x7f { 0xff } else { octet };
            assert_eq!(encode_ulaw(decode_ulaw(octet)), ulaw);
            assert_eq!(encode_alaw(decode_alaw(octet)), octet);
        }
    }

    #[test]
    fn encoding_is_monotonic() {
        let order = |decode: fn(u8) -> i16, encode: fn(i16) -> u8| {
            (i16::MIN..=i16::MAX).map(|s| decode(encode(s))).collect::<Vec<_>>().is_sorted()
        };
        assert!(order(decode_ulaw, encode_ulaw) && order(decode_alaw, encode_alaw));
    }
}
