//! DTMF digits as pairs of tones (ITU-T Q.23).

use super::tone::fade;
use super::{Codec, Dbm0, Tone, count, quantise};
use std::fmt;
use std::time::Duration;

pub mod detector;

pub use detector::{Heard, detect};

/// One of the sixteen DTMF digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digit(u8);

impl Digit {
    /// The digit of an RFC 4733 event code, 0 to 15; other events are not digits.
    pub const fn of_event(event: u8) -> Option<Self> {
        if event < 16 { Some(Self(event)) } else { None }
    }

    /// The digit of a character of `0123456789*#ABCD`, in either case.
    pub fn of_char(name: char) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        (0..16).map(Self).find(|digit| digit.name() == name)
    }

    /// The digit whose tones are the `row`-th of the low group and the `column`-th of the high one.
    fn of_key(row: usize, column: usize) -> Option<Self> {
        KEYS.get(row)?.get(column).copied().and_then(Self::of_char)
    }

    /// The RFC 4733 event code, 0 to 15.
    pub const fn event(self) -> u8 {
        self.0
    }

    /// The character on the key.
    pub const fn name(self) -> char {
        match self.0 {
            event @ 0..=9 => (b'0' + event) as char,
            10 => '*',
            11 => '#',
            event => (b'A' + event - 12) as char,
        }
    }

    /// The low and the high tone, in hertz.
    pub fn tones(self) -> (f64, f64) {
        let at = KEYS.iter().flatten().position(|&key| key == self.name()).unwrap_or_default();
        let pick = |tones: [f64; 4], index: usize| tones.into_iter().nth(index).unwrap_or_default();
        (pick(LOW, at / 4), pick(HIGH, at % 4))
    }
}

impl fmt::Display for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())
    }
}

/// The digits as tones: each lasts `on` and is followed by `off` of silence.
///
/// `level` is that of each of the two tones. The edges of a digit are faded over 1 ms.
pub fn dial(
    digits: impl IntoIterator<Item = Digit>,
    level: Dbm0,
    on: Duration,
    off: Duration,
    codec: Codec,
) -> impl Iterator<Item = i16> {
    let rate = f64::from(codec.clock_rate());
    let (on, off) = (count(on.as_secs_f64(), rate), count(off.as_secs_f64(), rate));
    digits.into_iter().flat_map(move |digit| {
        let (low, high) = digit.tones();
        let (mut low, mut high) = (Tone::new(low, level, codec), Tone::new(high, level, codec));
        let mut samples: Vec<i16> =
            (0..on).map(|_| quantise(low.advance() + high.advance())).collect();
        fade(&mut samples, count(0.001, rate));
        samples.resize(on + off, 0);
        samples
    })
}

/// The tones of the rows, in hertz (Q.23 §2).
const LOW: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
/// The tones of the columns, in hertz (Q.23 §2).
const HIGH: [f64; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_events_and_tones_agree() {
        let names: String = (0..16).filter_map(Digit::of_event).map(Digit::name).collect();
        assert_eq!(names, "0123456789*#ABCD");
        assert!(names.chars().all(|name| Digit::of_char(name).unwrap().name() == name));
        assert_eq!((Digit::of_event(16), Digit::of_char('E')), (None, None));
        assert_eq!(Digit::of_char('1').unwrap().tones(), (697.0, 1_209.0));
        assert_eq!(Digit::of_char('0').unwrap().tones(), (941.0, 1_336.0));
        assert_eq!(Digit::of_char('d').unwrap().tones(), (941.0, 1_633.0));
    }

    #[test]
    fn digits_and_pauses_have_their_lengths() {
        let digits = [Digit(1), Digit(2)];
        let ms = Duration::from_millis;
        let samples: Vec<i16> = dial(digits, Dbm0(-8.0), ms(100), ms(60), Codec::Pcmu).collect();
        assert_eq!(samples.len(), 2 * 1_280);
        assert!(samples[800..1_280].iter().all(|&x| x == 0));
        assert!(samples[1_280..2_080].iter().any(|&x| x.unsigned_abs() > 10_000));
    }
}
