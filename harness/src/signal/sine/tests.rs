use super::*;
use crate::signal::{Talk, Tone, quantise};

fn tone(hertz: f64, level: f64, codec: Codec, seconds: f64) -> Vec<i16> {
    let length = crate::signal::count(seconds, 8_000.0);
    Tone::new(hertz, Dbm0(level), codec).take(length).collect()
}

/// Adds Gaussian noise of a root mean square, made from a seed.
fn with_noise(samples: &[i16], rms: f64, seed: u64) -> Vec<i16> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut noise = || (-2.0 * (1.0 - random.f64()).ln()).sqrt() * (TAU * random.f64()).cos();
    samples.iter().map(|&x| quantise(f64::from(x) + rms * noise())).collect()
}

#[test]
fn a_tone_through_g711_is_known_to_a_tenth_of_a_hertz() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        for hertz in [304.0, 404.3, 1_004.0, 1_771.7, 2_804.0, 3_404.0] {
            let heard = codec.decode(&codec.encode(&tone(hertz, -10.0, codec, 1.0)));
            let sine = Sine::fit(&heard, codec).unwrap();
            assert!(sine.frequency.holds(hertz), "{hertz} Hz: {:?}", sine.frequency);
            assert!(sine.frequency.uncertainty < 0.1);
            assert!((sine.level.value + 10.0).abs() < 0.05, "{hertz} Hz: {:?}", sine.level);
            // G.712 asks for 33 dB at this level; the law itself gives about 38.
            assert!((35.0..42.0).contains(&sine.sinad.value), "{hertz} Hz: {:?}", sine.sinad);
        }
    }
}

#[test]
fn the_stated_uncertainty_holds_in_noise() {
    let clean = tone(997.3, -20.0, Codec::Pcma, 0.5);
    let power = Dbm0(-20.0).rms(Codec::Pcma).powi(2);
    for seed in 0..40 {
        let rms = [30.0, 300.0, 700.0][usize::try_from(seed % 3).unwrap()];
        let sine = Sine::fit(&with_noise(&clean, rms, seed), Codec::Pcma).unwrap();
        assert!(sine.frequency.holds(997.3), "{rms}: {:?}", sine.frequency);
        assert!(sine.level.holds(-20.0), "{rms}: {:?}", sine.level);
        let sinad = 10.0 * (power / rms.powi(2)).log10();
        assert!(sine.sinad.holds(sinad), "{rms}: {sinad} is not {:?}", sine.sinad);
    }
}

#[test]
fn the_uncertainty_is_not_idle() {
    let noisy = with_noise(&tone(997.3, -20.0, Codec::Pcma, 0.5), 300.0, 1);
    let sine = Sine::fit(&noisy, Codec::Pcma).unwrap();
    assert!(sine.frequency.uncertainty < 0.05 && sine.level.uncertainty < 0.3);
}

#[test]
fn an_offset_is_not_a_tone() {
    let shifted: Vec<i16> =
        tone(450.0, -20.0, Codec::Pcma, 0.2).iter().map(|x| x + 9_000).collect();
    let sine = Sine::fit(&shifted, Codec::Pcma).unwrap();
    assert!(sine.frequency.holds(450.0), "{:?}", sine.frequency);
    assert!(sine.sinad.value > 50.0, "{:?}", sine.sinad);
}

#[test]
fn silence_and_slivers_have_no_tone() {
    assert_eq!(Sine::fit(&[], Codec::Pcmu), None);
    assert_eq!(Sine::fit(&[0; 8_000], Codec::Pcmu), None);
    assert_eq!(Sine::fit(&tone(1_000.0, 0.0, Codec::Pcmu, 0.007), Codec::Pcmu), None);
    assert_eq!(Sine::fit(&tone(3_999.0, 0.0, Codec::Pcmu, 0.5), Codec::Pcmu), None);
}

#[test]
fn talk_is_not_a_clean_tone() {
    let talk: Vec<i16> = Talk::new(5, Dbm0(-15.0), Codec::Pcmu).take(8_000).collect();
    assert!(Sine::fit(&talk, Codec::Pcmu).unwrap().sinad.value < 6.0);
}
