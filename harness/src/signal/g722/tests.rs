use super::*;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A sweep over all of the band and all levels, and noise, from integers alone.
fn sweep() -> Vec<i16> {
    let (mut phase, mut noise) = (0_i32, 1_u32);
    let samples = (0..32_000_i32).map(|n| {
        phase = (phase + 16 + n / 2) % 65_536;
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let triangle = (phase - 32_768).abs() * 2 - 32_768;
        let hiss = i32::try_from(noise >> 20).unwrap() - 2_048;
        sample((triangle + hiss) * (n % 4_000) / 4_000)
    });
    samples.collect()
}

fn digest(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

// What the codec makes of the sweep; `tests/itu_g191.rs` has it against the vectors of the ITU.
#[test]
fn the_sweep_has_its_digests() {
    let codes = Encoder::new().encode(&sweep());
    let [one, two, three] = [Mode::One, Mode::Two, Mode::Three].map(|mode| {
        let samples = Decoder::in_mode(mode).decode(&codes);
        digest(samples.into_iter().flat_map(i16::to_le_bytes).collect::<Vec<u8>>())
    });
    let expected = ["77fcef751e6ad47a", "b62809b99168ce67", "502b0fa9ac9e7872", "64ec61de88ecf782"];
    assert_eq!([digest(&codes), one, two, three], expected);
}

#[test]
fn bits_that_are_data_change_nothing() {
    let codes = Encoder::new().encode(&sweep());
    for (mode, mask) in [(Mode::Two, 0xfe), (Mode::Three, 0xfc)] {
        let robbed: Vec<u8> = codes.iter().map(|code| code & mask).collect();
        let whole = Decoder::in_mode(mode).decode(&codes);
        assert_eq!(Decoder::in_mode(mode).decode(&robbed), whole);
    }
}

#[test]
fn the_filter_bank_can_be_left_out() {
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let code = encoder.encode_bands(0, 0);
    assert_eq!((code, decoder.decode_bands(code)), (0xfa, (1, 0)));
}

#[test]
fn a_sample_without_its_pair_is_left_out() {
    assert_eq!(Encoder::new().encode(&[0; 5]).len(), 2);
}
