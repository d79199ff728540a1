use super::super::Dialling;
use super::*;
use crate::signal::codec::{Channels, Packing, Rate, SampleRate};
use crate::signal::{Talk, quantise};
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

fn dialled(level: f64) -> Dialling {
    Dialling { on: ON, off: OFF, level: Dbm0(level), twist: 0.0, offset: 0.0 }
}

/// How often a digit is heard that is dialled once, with silence around it.
fn heard_of(digit: char, dialling: Dialling, codec: Codec) -> usize {
    let rate = usize::try_from(codec.sample_rate()).unwrap();
    let silence = || std::iter::repeat_n(0, rate / 10);
    let tones = dialling.samples(Digit::of_char(digit), codec);
    let samples: Vec<i16> = silence().chain(tones).chain(silence()).collect();
    detect(&codec.decode(&codec.encode(&samples)), codec).len()
}

/// For how many of the sixteen digits, in how many codecs, exactly one digit is heard.
fn score(dialling: Dialling) -> (usize, usize) {
    let tries = [Codec::Pcmu, Codec::Pcma]
        .into_iter()
        .flat_map(|codec| all().into_iter().map(move |d| (codec, d)));
    let heard: Vec<usize> =
        tries.map(|(codec, digit)| heard_of(digit.name(), dialling, codec)).collect();
    assert!(heard.iter().all(|&times| times <= 1), "{dialling:?}: {heard:?}");
    (heard.iter().filter(|&&times| times == 1).count(), heard.len())
}

#[track_caller]
fn accepts(dialling: Dialling) {
    let (heard, all) = score(dialling);
    assert_eq!(heard, all, "{dialling:?}");
}

#[track_caller]
fn refuses(dialling: Dialling) {
    assert_eq!(score(dialling).0, 0, "{dialling:?}");
}

#[rstest]
fn every_digit_is_heard_where_it_is_and_as_it_is(
    #[values(-6.0, -9.0, -25.0)] level: f64,
    #[values(0.0, 3.0, -6.0)] twist: f64,
    #[values(-0.01, 0.0, 0.01)] offset: f64,
) {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let dialling = Dialling { twist, offset, ..dialled(level - 3.0) };
        let sent: Vec<i16> = dialling.samples(all(), codec).collect();
        let heard = detect(&codec.decode(&codec.encode(&sent)), codec);
        assert_eq!(names(&heard), "0123456789*#ABCD");
        let samples = f64::from(codec.sample_rate()) / 1_000.0;
        for (index, heard) in heard.iter().enumerate() {
            let start = 140.0 * samples * real(index);
            assert!(heard.start.holds(start) && heard.length.holds(80.0 * samples), "{heard:?}");
            assert!((heard.low.level.0 - level + 3.0).abs() < 0.5, "{heard:?}");
            assert!((heard.twist() - twist).abs() < 0.5, "{heard:?}");
            assert!((heard.low.offset - offset).abs() < 0.002, "{heard:?}");
            assert!((heard.high.offset - offset).abs() < 0.002, "{heard:?}");
        }
    }
}

#[test]
fn frequency_has_limits() {
    for side in [-1.0, 1.0] {
        accepts(Dialling { offset: side * 0.015, ..dialled(-9.0) });
        accepts(Dialling { offset: side * 0.018, ..dialled(-9.0) });
        refuses(Dialling { offset: side * 0.03, ..dialled(-9.0) });
        refuses(Dialling { offset: side * 0.035, ..dialled(-9.0) });
    }
}

#[test]
fn twist_has_limits() {
    for twist in [-8.0, -6.0, 0.0, 4.0] {
        accepts(Dialling { twist, ..dialled(-12.0) });
    }
    for twist in [-10.0, 6.0] {
        refuses(Dialling { twist, ..dialled(-12.0) });
    }
}

#[test]
fn level_has_limits() {
    // At 0 dBm0 each the pair is beyond the overload point, and clips.
    for level in [0.0, -3.0, -10.0, -25.0, -30.0] {
        accepts(dialled(level));
    }
    for level in [-40.0, -55.0] {
        refuses(dialled(level));
    }
}

#[test]
fn duration_has_limits() {
    let ms = Duration::from_millis;
    for on in [40, 50, 1_000] {
        accepts(Dialling { on: ms(on), ..dialled(-9.0) });
    }
    for on in [10, 20, 23, 24] {
        refuses(Dialling { on: ms(on), ..dialled(-9.0) });
    }
}

#[rstest]
#[case::interruption(10, 1)]
#[case::pause_of_ntt(30, 2)]
#[case::pause(40, 2)]
fn an_interruption_does_not_double_a_digit_but_a_pause_does(
    #[case] off: u64,
    #[case] expected: usize,
) {
    for (codec, digit) in [Codec::Pcmu, Codec::Pcma]
        .into_iter()
        .flat_map(|codec| all().into_iter().map(move |d| (codec, d)))
    {
        let off = Duration::from_millis(off);
        let dialling = Dialling { on: Duration::from_millis(50), off, ..dialled(-9.0) };
        let samples: Vec<i16> = dialling.samples([digit, digit], codec).collect();
        assert_eq!(detect(&samples, codec).len(), expected, "{digit} in {codec}");
    }
}

#[test]
fn digits_come_at_93_ms_each() {
    let on = Duration::from_millis(48);
    let dialling = Dialling { on, off: Duration::from_millis(45), ..dialled(-12.0) };
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let samples: Vec<i16> = dialling.samples(all(), codec).collect();
        assert_eq!(names(&detect(&samples, codec)), "0123456789*#ABCD");
    }
}

#[test]
fn echoes_are_tolerated() {
    // Q.24: 20 ms late and 10 dB down.
    let sent: Vec<i16> = dialled(-12.0).samples(all(), Codec::Pcma).collect();
    let echo = std::iter::repeat_n(0, 160).chain(sent.iter().copied());
    let sum: Vec<i16> = sent
        .iter()
        .zip(echo)
        .map(|(&x, y)| quantise(f64::from(x) + 0.316 * f64::from(y)))
        .collect();
    assert_eq!(names(&detect(&sum, Codec::Pcma)), "0123456789*#ABCD");
}

#[test]
fn talk_is_not_mistaken_for_digits() {
    for seed in 0..8 {
        let talk: Vec<i16> = Talk::new(seed, Dbm0(-15.0), Codec::Pcmu).take(8_000 * 60).collect();
        assert_eq!(detect(&talk, Codec::Pcmu), [], "seed {seed}");
    }
}

#[rstest]
#[case::of_24_db(24.0, 16)]
#[case::of_15_db(15.0, 16)]
#[case::of_0_db(0.0, 0)]
fn noise_has_limits(#[case] snr: f64, #[case] expected: usize) {
    let mut random = fastrand::Rng::with_seed(4);
    let sent = dialled(-13.0).samples(all(), Codec::Pcma);
    let rms = Dbm0(-10.0 - snr).rms(Codec::Pcma);
    let noisy: Vec<i16> = sent
        .map(|x| quantise(f64::from(x) + rms * 12.0_f64.sqrt() * (random.f64() - 0.5)))
        .collect();
    assert_eq!(detect(&noisy, Codec::Pcma).len(), expected);
}

#[test]
fn dial_tone_and_noise_are_no_digits() {
    let mut random = fastrand::Rng::with_seed(5);
    let noise: Vec<i16> = (0..80_000).map(|_| random.i16(-9_000..9_000)).collect();
    let pair = |low: f64, high: f64| {
        let tone = |hertz| crate::signal::Tone::new(hertz, Dbm0(-10.0), Codec::Pcmu);
        tone(low).zip(tone(high)).map(|(a, b)| a + b).take(16_000).collect::<Vec<i16>>()
    };
    for signal in [noise, pair(350.0, 440.0), pair(440.0, 480.0), pair(697.0, 770.0)] {
        assert_eq!(detect(&signal, Codec::Pcmu), []);
    }
}

#[test]
fn what_comes_piece_by_piece_is_the_same() {
    let sent: Vec<i16> = dialled(-12.0).samples(all(), Codec::Pcmu).collect();
    let mut detector = Detector::new(Codec::Pcmu);
    let mut heard = Vec::new();
    for piece in sent.chunks(37) {
        detector.handle(piece);
        heard.extend(std::iter::from_fn(|| detector.poll()));
    }
    // A digit is told when it is over, and not at the end of the signal.
    assert_eq!(names(&heard), "0123456789*#ABCD");
    assert_eq!(heard, detect(&sent, Codec::Pcmu));
}

#[test]
fn a_digit_of_a_minute_is_one_and_takes_no_more_room() {
    let dialling = Dialling { on: Duration::from_secs(60), ..dialled(-12.0) };
    let mut detector = Detector::new(Codec::Pcmu);
    for sample in dialling.samples(Digit::of_char('7'), Codec::Pcmu) {
        detector.handle(&[sample]);
        assert!(detector.views.len() <= LONGEST);
    }
    detector.finish();
    let heard = detector.poll().unwrap();
    assert!(heard.length.holds(480_000.0), "{heard:?}");
    assert_eq!(detector.poll(), None);
}

#[rstest]
#[case::wide(Codec::G722)]
#[case::of_32_kbit(Codec::G726(Rate::Kbit32, Packing::Little))]
#[case::of_40_kbit(Codec::G726(Rate::Kbit40, Packing::Big))]
#[case::of_16_khz(Codec::L16(SampleRate::Hz16000, Channels::Mono))]
#[case::of_44_khz(Codec::L16(SampleRate::Hz44100, Channels::Mono))]
#[case::of_48_khz(Codec::L16(SampleRate::Hz48000, Channels::Mono))]
fn other_codecs_and_rates_keep_the_digits(#[case] codec: Codec) {
    let sent: Vec<i16> = dialled(-12.0).samples(all(), codec).collect();
    let heard = detect(&codec.decode(&codec.encode(&sent)), codec);
    assert_eq!(names(&heard), "0123456789*#ABCD");
}

#[test]
fn nothing_is_heard_in_nothing() {
    assert_eq!(detect(&[], Codec::Pcmu), []);
    assert_eq!(detect(&[0; 8_000], Codec::Pcmu), []);
}
