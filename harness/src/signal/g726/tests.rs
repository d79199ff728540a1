use super::*;
use rstest::rstest;
use sha2::{Digest, Sha256};
use std::fmt::Write;

fn digest(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// All companded values in an order that jumps and one that glides, from integers alone.
fn values() -> Vec<u8> {
    let noise = (0..4_096_u32).map(|n| n.wrapping_mul(2_654_435_769).to_be_bytes()[0]);
    let glide = (0..4_096_u32).map(|n| (n * n / 64).to_le_bytes()[0]);
    noise.chain(glide).collect()
}

// What the codec makes of the values; `tests/itu_g191.rs` has it against the vectors of the ITU.
#[rstest]
#[case(Rate::Kbit16, ["68fc7b86b911a2eb", "6d8ef32dcf45f295", "f0c6976d4f8ac1c0"])]
#[case(Rate::Kbit24, ["75a5d6a6353095b3", "6e361c4b69fae187", "1c4b3d8c18f4e66b"])]
#[case(Rate::Kbit32, ["72eb0f40c2c1d14b", "0a55bbd0c98f7aed", "7fd3066445393533"])]
#[case(Rate::Kbit40, ["e573bf1cf3816b49", "e8663499e39ac264", "9bd7a2c7f62e29b8"])]
fn the_values_have_their_digests(#[case] rate: Rate, #[case] expected: [&str; 3]) {
    let mut encoder = Encoder::new(rate);
    let encode = |&value: &u8| encoder.encode_companded(value, Law::A);
    let codes: Vec<u8> = values().iter().map(encode).collect();
    let mut decoder = Decoder::new(rate);
    let decode = |&code: &u8| decoder.decode_companded(code, Law::Mu);
    let companded: Vec<u8> = codes.iter().map(decode).collect();
    let mut decoder = Decoder::new(rate);
    let linear = codes.iter().flat_map(|&code| decoder.decode(code).to_le_bytes());
    let linear: Vec<u8> = linear.collect();
    assert_eq!([digest(&codes), digest(companded), digest(linear)], expected);
}

/// Synchronous tandem coding: after the first time, coding again changes nothing.
#[rstest]
fn coding_again_adds_no_noise(
    #[values(Rate::Kbit24, Rate::Kbit32, Rate::Kbit40)] rate: Rate,
    #[values(Law::A, Law::Mu)] law: Law,
) {
    let again = |values: &[u8]| -> (Vec<u8>, Vec<u8>) {
        let (mut encoder, mut decoder) = (Encoder::new(rate), Decoder::new(rate));
        let codes: Vec<u8> =
            values.iter().map(|&value| encoder.encode_companded(value, law)).collect();
        let out = codes.iter().map(|&code| decoder.decode_companded(code, law)).collect();
        (codes, out)
    };
    let calm: Vec<u8> =
        (0..2_000_u16).map(|n| law.compress(i32::from(n % 50) * 20 - 500)).collect();
    let (codes, once) = again(&calm);
    assert_eq!(again(&once).0, codes);
}

#[test]
fn bits_above_those_of_the_rate_do_not_count() {
    let (mut one, mut other) = (Decoder::new(Rate::Kbit16), Decoder::new(Rate::Kbit16));
    for code in 0..200_u8 {
        assert_eq!(one.decode(code), other.decode(code & 3));
    }
}

#[rstest]
// 0, 1, … 7 in three bits each, octet by octet.
#[case(3, Packing::Little, [0b1000_1000, 0b1100_0110, 0b1111_1010])]
#[case(3, Packing::Big, [0b0000_0101, 0b0011_1001, 0b0111_0111])]
fn the_first_code_stands_where_the_packing_says(
    #[case] bits: u8,
    #[case] packing: Packing,
    #[case] expected: [u8; 3],
) {
    assert_eq!(packing.pack(0..8, bits), expected);
    assert!(packing.unpack(&expected, bits).eq(0..8));
}

#[test]
fn what_is_packed_is_unpacked() {
    for (bits, packing) in [2, 3, 4, 5].into_iter().zip([Packing::Little, Packing::Big].repeat(2)) {
        let codes: Vec<u8> = (0..160_u8).map(|n| n.wrapping_mul(37) & ((1 << bits) - 1)).collect();
        let octets = packing.pack(codes.iter().copied(), bits);
        assert_eq!(octets.len(), 20 * usize::from(bits));
        assert_eq!(packing.unpack(&octets, bits).collect::<Vec<_>>(), codes);
    }
    assert_eq!(Packing::Big.pack([1, 2, 3].into_iter(), 2), [0b0110_1100]);
}
