use super::*;
use crate::signal::{Talk, dtmf, quantise};
use rstest::rstest;
use std::time::Duration;

const ON: Duration = Duration::from_millis(80);
const OFF: Duration = Duration::from_millis(60);

fn all() -> Vec<Digit> {
    (0..16).filter_map(Digit::of_event).collect()
}

fn names(heard: &[Heard]) -> String {
    heard.iter().map(|h| h.digit.name()).collect()
}

/// One digit made by hand: each tone with its own level and its own error of frequency, with
/// silence around it.
fn pair(digit: char, levels: (f64, f64), off: f64, ms: usize) -> Vec<i16> {
    let (low, high) = Digit::of_char(digit).unwrap().tones();
    let tone = |hertz: f64, level: f64| {
        crate::signal::Tone::new(hertz * (1.0 + off), Dbm0(level), Codec::Pcma)
    };
    let sum = tone(low, levels.0).zip(tone(high, levels.1)).map(|(a, b)| a + b).take(8 * ms);
    std::iter::repeat_n(0, 800).chain(sum).chain(std::iter::repeat_n(0, 800)).collect()
}

fn count_of(samples: &[i16]) -> usize {
    detect(samples, Codec::Pcma).len()
}

#[rstest]
fn every_digit_is_heard_where_it_is(
    #[values(Codec::Pcmu, Codec::Pcma)] codec: Codec,
    #[values(-3.0, -9.0, -30.0)] level: f64,
) {
    let sent: Vec<i16> = dtmf::dial(all(), Dbm0(level - 3.0), ON, OFF, codec).collect();
    let heard = detect(&codec.decode(&codec.encode(&sent)), codec);
    assert_eq!(names(&heard), "0123456789*#ABCD");
    for (index, heard) in heard.iter().enumerate() {
        let start = real(index * 1_120);
        assert!(heard.start.holds(start) && heard.length.holds(640.0), "{heard:?}");
        assert!((heard.low.0 - level + 3.0).abs() < 0.5, "{heard:?}");
        assert!((heard.high.0 - level + 3.0).abs() < 0.5, "{heard:?}");
    }
}

#[rstest]
#[case::level_with(0.0, 1)]
#[case::standard(3.5, 1)]
#[case::too_much_standard(5.0, 0)]
#[case::reverse(-7.5, 1)]
#[case::too_much_reverse(-9.0, 0)]
fn twist_has_limits(#[case] twist: f64, #[case] expected: usize) {
    for digit in "159D".chars() {
        assert_eq!(count_of(&pair(digit, (-12.0, -12.0 + twist), 0.0, 60)), expected, "{digit}");
    }
}

#[rstest]
fn frequency_has_limits(#[values(-1.0, 1.0)] side: f64) {
    for digit in "1234567890*#ABCD".chars() {
        assert_eq!(count_of(&pair(digit, (-9.0, -9.0), 0.015 * side, 60)), 1, "{digit}");
        assert_eq!(count_of(&pair(digit, (-9.0, -9.0), 0.035 * side, 60)), 0, "{digit}");
    }
}

#[test]
fn duration_has_limits() {
    for digit in "1234567890*#ABCD".chars() {
        assert_eq!(count_of(&pair(digit, (-9.0, -9.0), 0.0, 40)), 1, "{digit}");
        assert_eq!(count_of(&pair(digit, (-9.0, -9.0), 0.0, 23)), 0, "{digit}");
    }
}

#[test]
fn an_interruption_does_not_double_a_digit_but_a_pause_does() {
    let tone = &pair('5', (-9.0, -9.0), 0.0, 60)[800..1_280];
    let with = |ms: usize| [tone, &vec![0; 8 * ms], tone].concat();
    assert_eq!(count_of(&with(10)), 1);
    assert_eq!(count_of(&with(40)), 2);
}

#[test]
fn talk_is_not_mistaken_for_digits() {
    for seed in 0..4 {
        let talk: Vec<i16> = Talk::new(seed, Dbm0(-15.0), Codec::Pcmu).take(8_000 * 30).collect();
        assert_eq!(detect(&talk, Codec::Pcmu), [], "seed {seed}");
    }
}

#[test]
fn digits_are_heard_in_noise() {
    let mut random = fastrand::Rng::with_seed(4);
    let sent = dtmf::dial(all(), Dbm0(-10.0), ON, OFF, Codec::Pcma);
    let rms = Dbm0(-25.0).rms(Codec::Pcma);
    let noisy: Vec<i16> = sent
        .map(|x| quantise(f64::from(x) + rms * 12.0_f64.sqrt() * (random.f64() - 0.5)))
        .collect();
    assert_eq!(names(&detect(&noisy, Codec::Pcma)), "0123456789*#ABCD");
}

#[test]
fn nothing_is_heard_in_nothing() {
    assert_eq!(detect(&[], Codec::Pcmu), []);
    assert_eq!(detect(&[0; 8_000], Codec::Pcmu), []);
}
