//! G.711: 8-bit companded PCM, µ-law (PCMU) and A-law (PCMA).
//!
//! Linear samples are 16 bits wide with the law's 14 (µ) or 13 (A) bits at the top. A negative
//! input is folded by one's complement, so that the two halves of the characteristic mirror each
//! other and both zeros are reached, as in the reference code of ITU-T G.191.

/// Encodes one sample as µ-law.
pub const fn pcmu_encode(sample: i16) -> u8 {
    let biased = (magnitude(sample) >> 2) + BIAS;
    let biased = if biased > ULAW_TOP { ULAW_TOP } else { biased };
    // The bias puts the leading one of the first segment in bit 5.
    let segment = biased.ilog2() - BIAS.ilog2();
    let step = (biased >> (segment + 1)) & 0x0f;
    !(sign(sample) | low_byte(segment << 4 | step as u32))
}

/// Decodes one µ-law byte; the range is ±32,124.
pub const fn pcmu_decode(code: u8) -> i16 {
    let code = !code;
    let (segment, step) = parts(code);
    let magnitude = ((((step << 1) + BIAS) << segment) - BIAS) << 2;
    signed(magnitude, code & SIGN != 0)
}

/// Encodes one sample as A-law, even bits inverted as on the wire.
pub const fn pcma_encode(sample: i16) -> u8 {
    let magnitude = magnitude(sample) >> 4;
    let folded = if magnitude < 16 {
        low_byte(magnitude as u32)
    } else {
        let segment = magnitude.ilog2() - 3;
        low_byte(segment << 4 | (magnitude >> (segment - 1)) as u32 & 0x0f)
    };
    (folded | (sign(sample) ^ SIGN)) ^ EVEN_BITS
}

/// Decodes one A-law byte; the range is ±32,256 and zero is not in it.
pub const fn pcma_decode(code: u8) -> i16 {
    let code = code ^ EVEN_BITS;
    let (segment, step) = parts(code);
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (segment - 1),
    };
    signed(magnitude, code & SIGN == 0)
}

/// The sample folded onto 0 to 32,767 by one's complement.
const fn magnitude(sample: i16) -> u16 {
    (sample ^ (sample >> 15)).cast_unsigned()
}

/// The sign bit, set for a negative sample.
const fn sign(sample: i16) -> u8 {
    if sample < 0 { SIGN } else { 0 }
}

/// The segment and the step within it.
const fn parts(code: u8) -> (u16, u16) {
    (((code >> 4) & 0x07) as u16, (code & 0x0f) as u16)
}

const fn signed(magnitude: u16, negative: bool) -> i16 {
    let value = magnitude.cast_signed();
    if negative { -value } else { value }
}

const fn low_byte(word: u32) -> u8 {
    (word & 0xff) as u8
}

const SIGN: u8 = 0x80;
const EVEN_BITS: u8 = 0x55;
/// Added to a 14-bit µ-law magnitude so that every segment starts at a power of two.
const BIAS: u16 = 33;
const ULAW_TOP: u16 = 0x1fff;

#[cfg(test)]
mod tests;
