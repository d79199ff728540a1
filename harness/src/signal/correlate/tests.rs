use super::*;
use crate::signal::{Codec, Dbm0, Talk, Tone, quantise};
use proptest::prelude::*;

fn talk(seed: u64, length: usize) -> Vec<i16> {
    Talk::new(seed, Dbm0(-18.0), Codec::Pcmu).take(length).collect()
}

/// `samples` later by `delay`, a fraction of a sample included, and times `gain`.
fn delayed(samples: &[i16], delay: f64, gain: f64) -> Vec<i16> {
    let fft = Fft::holding(samples.len() + 20_000);
    let mut spectrum = fft.spectrum(samples.iter().copied().map(f64::from));
    for (k, bin) in spectrum.iter_mut().enumerate() {
        *bin *= Complex::from_polar(gain, -TAU * real(k) * delay / real(fft.len()));
    }
    fft.signal(&spectrum).into_iter().take(samples.len() + 16_000).map(quantise).collect()
}

#[test]
fn a_bit_exact_echo_is_found_exactly() {
    let sent = talk(1, 24_000);
    for delay in [0, 1, 160, 4_321, 15_999] {
        let received = [vec![0; delay], sent.clone()].concat();
        let found = Delay::find(&sent, &received, 16_000).unwrap();
        assert!((found.samples.value - real(delay)).abs() < 0.01, "{delay}: {found:?}");
        assert!(found.confidence > 5.0 && found.coefficient > 0.999, "{delay}: {found:?}");
        assert!(found.samples.uncertainty < 0.03);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn gain_coding_noise_and_gaps_leave_the_delay(
        seed in 0..1_000_u64,
        delay in 0.0..15_000.0_f64,
        gain in prop_oneof![0.05..1.0_f64, -1.0..-0.05_f64],
        noise in 0.0..60.0_f64,
        lost in 0..15_u8,
    ) {
        let sent = talk(seed, 32_000);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut received = Codec::Pcma.decode(&Codec::Pcma.encode(&delayed(&sent, delay, gain)));
        for packet in received.chunks_mut(160) {
            if random.u8(..100) < lost {
                packet.fill(0);
            }
            for sample in packet {
                *sample = quantise(f64::from(*sample) + noise * (random.f64() - 0.5));
            }
        }
        let found = Delay::find(&sent, &received, 16_000).unwrap();
        prop_assert!(found.samples.holds(delay), "{} is not {:?}", delay, found);
        prop_assert!(found.samples.uncertainty < 1.0, "{:?}", found);
        prop_assert!(found.confidence > CLEAR, "{:?}", found);
        prop_assert!(found.coefficient.signum() == gain.signum());
    }
}

#[test]
fn a_steady_tone_is_ambiguous() {
    let sent: Vec<i16> = Tone::new(1_004.0, Dbm0(-10.0), Codec::Pcmu).take(16_000).collect();
    let received = [vec![0; 800], Codec::Pcmu.decode(&Codec::Pcmu.encode(&sent))].concat();
    let found = Delay::find(&sent, &received, 8_000).unwrap();
    assert!(found.confidence < CLEAR, "{found:?}");
}

#[test]
fn someone_else_talking_is_no_echo() {
    let found = Delay::find(&talk(1, 24_000), &talk(2, 32_000), 16_000).unwrap();
    assert!(found.confidence < CLEAR, "{found:?}");
}

#[test]
fn an_echo_beyond_the_longest_delay_is_not_found() {
    let sent = talk(1, 24_000);
    let received = [vec![0; 5_000], sent.clone()].concat();
    let found = Delay::find(&sent, &received, 4_000).unwrap();
    assert!(found.confidence < CLEAR, "{found:?}");
}

#[test]
fn silence_has_no_delay() {
    let sent = talk(1, 8_000);
    assert_eq!(Delay::find(&sent, &[0; 8_000], 1_000), None);
    assert_eq!(Delay::find(&[0; 8_000], &sent, 1_000), None);
    assert_eq!(Delay::find(&sent, &[], 1_000), None);
}
