//! The codecs against the test vectors of ITU-T G.191, where these are at hand.
//!
//! The vectors are not part of the project, because their licence is not the project's: they are
//! looked for in `shared/data/itu-g191` beside the repository. The tests of `signal` have digests of
//! what the codecs make of signals that the project makes itself, which hold without them.

use ringtrue::signal::g711;
use ringtrue::signal::g722::{self, Mode};
use ringtrue::signal::g726::{self, Law, Rate};
use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of the vectors; says so where there is none.
fn vectors(folder: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|up| up.join("shared/data/itu-g191")).find(|path| path.is_dir());
    if found.is_none() {
        #[expect(clippy::print_stderr, reason = "a test that checks nothing must say so")]
        {
            eprintln!("not checked: no shared/data/itu-g191 beside the repository");
        }
    }
    found.map(|path| path.join(folder))
}

/// A file of little-endian 16-bit words.
fn words(path: &Path) -> Vec<i16> {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect()
}

/// A file of words that hold an octet or less.
fn octets(path: &Path) -> Vec<u8> {
    words(path).iter().map(|word| word.to_le_bytes()[0]).collect()
}

#[rstest]
#[case::pcmu(g711::pcmu_encode, g711::pcmu_decode, "sweep-r.u", "sweep-r.reu", "sweep-r.u-u")]
#[case::pcma(g711::pcma_encode, g711::pcma_decode, "sweep-r.a", "sweep-r.rea", "sweep-r.a-a")]
fn g711_is_bit_exact(
    #[case] encode: fn(i16) -> u8,
    #[case] decode: fn(u8) -> i16,
    #[case] codes: &str,
    #[case] decoded: &str,
    #[case] twice: &str,
) {
    let Some(folder) = vectors("g711") else { return };
    let input = words(&folder.join("sweep.src"));
    assert_eq!(input.len(), 65_536);
    let encoded: Vec<u8> = input.into_iter().map(encode).collect();
    assert_eq!(encoded, octets(&folder.join(codes)));
    let out: Vec<i16> = encoded.into_iter().map(decode).collect();
    assert_eq!(out, words(&folder.join(decoded)));
    let again: Vec<i16> = out.into_iter().map(encode).map(decode).collect();
    assert_eq!(again, words(&folder.join(twice)));
}

#[test]
fn g722_encodes_bit_exactly() {
    let Some(folder) = vectors("g722") else { return };
    let input = words(&folder.join("inpsp.bin"));
    assert!(!input.is_empty());
    // Here a word holds two octets, the first in its upper half.
    let codes = words(&folder.join("codsp.cod"));
    let codes: Vec<u8> = codes.into_iter().flat_map(i16::to_be_bytes).collect();
    assert_eq!(g722::Encoder::new().encode(&input), codes);
}

#[rstest]
#[case(Mode::One, "outsp1.bin")]
#[case(Mode::Two, "outsp2.bin")]
#[case(Mode::Three, "outsp3.bin")]
fn g722_decodes_bit_exactly(#[case] mode: Mode, #[case] expected: &str) {
    let Some(folder) = vectors("g722") else { return };
    let codes = octets(&folder.join("codspw.cod"));
    assert!(!codes.is_empty());
    assert_eq!(g722::Decoder::in_mode(mode).decode(&codes), words(&folder.join(expected)));
}

/// Encoding, decoding to the same law, and decoding to the other one.
#[rstest]
fn g726_is_bit_exact(
    #[values((16, Rate::Kbit16), (24, Rate::Kbit24), (32, Rate::Kbit32), (40, Rate::Kbit40))] rate: (
        u8,
        Rate,
    ),
    #[values(("nrm.a", "fa", Law::A, "fx", Law::Mu), ("nrm.m", "fm", Law::Mu, "fc", Law::A))] laws: (
        &str,
        &str,
        Law,
        &str,
        Law,
    ),
) {
    let Some(folder) = vectors("g726") else { return };
    let (kbit, rate) = rate;
    let (input, same, law, crossed, other) = laws;
    let input = octets(&folder.join(input));
    assert_eq!(input.len(), 16_384);
    let mut encoder = g726::Encoder::new(rate);
    let codes: Vec<u8> = input.iter().map(|&code| encoder.encode_companded(code, law)).collect();
    let file = |name: &str, end: &str| octets(&folder.join(format!("rn{kbit}{name}.{end}")));
    assert_eq!(codes, file(same, "i"), "codes");
    for (name, law) in [(same, law), (crossed, other)] {
        let mut decoder = g726::Decoder::new(rate);
        let out: Vec<u8> = codes.iter().map(|&code| decoder.decode_companded(code, law)).collect();
        assert_eq!(out, file(name, "o"), "decoded as rn{kbit}{name}.o");
    }
}
