//! DTMF digits as pairs of tones (ITU-T Q.23).

use super::tone::fade;
use super::{Codec, Dbm0, Tone, count, quantise};
use std::fmt;
use std::time::Duration;

pub mod detector;

pub use detector::{Detector, Heard, Partial, detect};

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

/// How digits are dialled by tone (Q.23), and how far off that is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dialling {
    /// How long a digit lasts.
    pub on: Duration,
    /// How long the silence after it lasts.
    pub off: Duration,
    /// The level of the low tone.
    pub level: Dbm0,
    /// How far the level of the high tone is above that of the low one, in dB.
    pub twist: f64,
    /// How far both frequencies are above their nominal values, as a fraction of them.
    pub offset: f64,
}

impl Dialling {
    /// The samples of `digits` at the codec's sampling rate, with edges faded over 1 ms.
    ///
    /// A pair of tones beyond the overload point of the codec clips.
    pub fn samples(
        self,
        digits: impl IntoIterator<Item = Digit>,
        codec: Codec,
    ) -> impl Iterator<Item = i16> {
        let rate = f64::from(codec.sample_rate());
        let (on, off) = (count(self.on.as_secs_f64(), rate), count(self.off.as_secs_f64(), rate));
        let tone = move |hertz: f64, level| Tone::new(hertz * (1.0 + self.offset), level, codec);
        digits.into_iter().flat_map(move |digit| {
            let (low, high) = digit.tones();
            let mut low = tone(low, self.level);
            let mut high = tone(high, Dbm0(self.level.0 + self.twist));
            let mut samples: Vec<i16> =
                (0..on).map(|_| quantise(low.advance() + high.advance())).collect();
            fade(&mut samples, count(0.001, rate));
            samples.resize(on + off, 0);
            samples
        })
    }
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
        let (on, off) = (Duration::from_millis(100), Duration::from_millis(60));
        let dialling = Dialling { on, off, level: Dbm0(-8.0), twist: 0.0, offset: 0.0 };
        let samples: Vec<i16> = dialling.samples([Digit(1), Digit(2)], Codec::Pcmu).collect();
        assert_eq!(samples.len(), 2 * 1_280);
        assert!(samples[800..1_280].iter().all(|&x| x == 0));
        assert!(samples[1_280..2_080].iter().any(|&x| x.unsigned_abs() > 10_000));
    }
}
