use super::*;
use rstest::rstest;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The decision values of G.711 Table 2a, in 14-bit units: 128 intervals.
fn ulaw_decisions() -> Vec<u32> {
    let steps = (0..8).flat_map(|segment| [2_u32 << segment; 16]).skip(1);
    let rest = steps.scan(1, |value, step| {
        *value += step;
        Some(*value)
    });
    [0, 1].into_iter().chain(rest).collect()
}

/// The decision values of G.711 Table 1a, in 13-bit units: 128 intervals.
fn alaw_decisions() -> Vec<u32> {
    let steps = (0..8_u32).flat_map(|segment| [2_u32 << segment.saturating_sub(1); 16]);
    let rest = steps.scan(0, |value, step| {
        *value += step;
        Some(*value)
    });
    std::iter::once(0).chain(rest).collect()
}

/// Twice the middle of each interval; the first of µ-law is represented by zero.
fn doubled_outputs(decisions: &[u32], first: u32) -> Vec<u32> {
    let middles = decisions.windows(2).map(|pair| pair[0] + pair[1]);
    std::iter::once(first).chain(middles.skip(1)).collect()
}

#[test]
fn the_tables_end_where_g711_says() {
    assert_eq!((ulaw_decisions().len(), ulaw_decisions()[128]), (129, 8_159));
    assert_eq!((alaw_decisions().len(), alaw_decisions()[128]), (129, 4_096));
}

#[test]
fn every_input_falls_in_its_interval() {
    let (ulaw, alaw) = (ulaw_decisions(), alaw_decisions());
    for sample in i16::MIN..=i16::MAX {
        let folded = u32::try_from(if sample < 0 { !sample } else { sample }).unwrap();
        let interval = |decisions: &[u32], scale: u32| {
            let at = decisions.partition_point(|&decision| decision * scale <= folded) - 1;
            u8::try_from(at.min(127)).unwrap()
        };
        let sign = if sample < 0 { 0 } else { 0x80 };
        assert_eq!(pcmu_encode(sample), sign | (127 - interval(&ulaw, 4)), "µ-law of {sample}");
        assert_eq!(pcma_encode(sample), (sign | interval(&alaw, 8)) ^ 0x55, "A-law of {sample}");
    }
}

#[test]
fn every_code_is_the_middle_of_its_interval() {
    let ulaw = doubled_outputs(&ulaw_decisions(), 0);
    let alaw = doubled_outputs(&alaw_decisions(), 2);
    for n in 0..128_u8 {
        let (u, a) =
            (i32::try_from(ulaw[usize::from(n)] * 2), i32::try_from(alaw[usize::from(n)] * 4));
        let (u, a) = (u.unwrap(), a.unwrap());
        assert_eq!(i32::from(pcmu_decode(0x80 | (127 - n))), u);
        assert_eq!(i32::from(pcmu_decode(127 - n)), -u);
        assert_eq!(i32::from(pcma_decode((0x80 | n) ^ 0x55)), a);
        assert_eq!(i32::from(pcma_decode(n ^ 0x55)), -a);
    }
}

#[test]
fn coding_twice_changes_nothing_more() {
    for code in 0..=u8::MAX {
        let again = pcmu_encode(pcmu_decode(code));
        // Both zeros of µ-law decode to 0, which encodes as the positive one.
        assert_eq!(again, if code == 0x7f { 0xff } else { code });
        assert_eq!(pcma_encode(pcma_decode(code)), code);
    }
}

// Digests of the codes of all 65,536 inputs in ascending order; the same codes agree with the
// sweep of ITU-T G.191 in `tests/itu_g191.rs`.
#[rstest]
#[case::pcmu(pcmu_encode, "90c29de505fb68e766118303bd552a16005dcf810873698bee1d8f3b247ce28c")]
#[case::pcma(pcma_encode, "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b")]
fn the_sweep_has_its_digest(#[case] encode: fn(i16) -> u8, #[case] expected: &str) {
    let codes: Vec<u8> = (i16::MIN..=i16::MAX).map(encode).collect();
    let digest = Sha256::digest(&codes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    assert_eq!(digest, expected);
}
