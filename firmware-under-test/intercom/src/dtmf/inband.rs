//! Digits as tones in what the other side says.

use std::f64::consts::TAU;

use super::{COLUMNS, ROWS, digit_at};
use crate::defects::{Defect, Defects};

/// Listens for pairs of tones, in windows of 13 ms that begin every 4 ms.
///
/// A digit is told once eight windows in a row have shown it, which takes a tone of some 31 ms, and
/// is over once six in a row have not.
#[derive(Clone, Debug)]
pub(crate) struct Ear {
    /// What was heard; at the end of it, as much as a digit's frequencies are told from, and a window.
    samples: Vec<f64>,
    /// What the recursion takes for each row and column.
    twice: [f64; KEYS],
    /// How many samples the next window still lacks.
    lacking: usize,
    sound: Option<Sound>,
    defects: Defects,
}

/// How a device's hearing is; Q.24 asks for no less.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Windows that make a digit.
    hits: usize,
    /// Windows that end one.
    misses: usize,
    /// How far a frequency may be off, as a fraction.
    pitch: f64,
    /// How far a column's tone may be above a row's, and below it, in dB.
    twist: (f64, f64),
    /// The weakest tone, in dBm0.
    weakest: f64,
    /// The share of the power that a digit must have, and that it must have in every window.
    share: (f64, f64),
}

/// What may be, or is, a digit.
#[derive(Clone, Debug)]
struct Sound {
    keys: (usize, usize),
    hits: usize,
    misses: usize,
    told: bool,
    /// The power of the two tones, and of everything, over all windows.
    row: f64,
    column: f64,
    power: f64,
}

/// The strongest row and column of a window: which, and their power and that of everything.
#[derive(Clone, Copy, Debug)]
struct Shown {
    keys: (usize, usize),
    row: f64,
    column: f64,
    power: f64,
}

impl Ear {
    pub(crate) fn new(defects: &Defects) -> Self {
        let defects = defects.clone();
        let mut twice = [0.0; KEYS];
        for (twice, hertz) in twice.iter_mut().zip(ROWS.iter().chain(&COLUMNS)) {
            *twice = twice_cosine(*hertz);
        }
        Self { samples: vec![0.0; LONG], twice, lacking: STEP, sound: None, defects }
    }

    /// Takes what was heard next; the digits that it completes.
    pub(crate) fn hear(&mut self, samples: &[i16]) -> Vec<char> {
        let mut digits = Vec::new();
        for &sample in samples {
            if self.samples.len() == MOST {
                self.samples.drain(..MOST - LONG);
            }
            self.samples.push(f64::from(sample));
            self.lacking -= 1;
            if self.lacking == 0 {
                digits.extend(self.window());
                self.lacking = STEP;
            }
        }
        digits
    }

    fn window(&mut self) -> Option<char> {
        let candidate = self.listen();
        if candidate.is_none() && self.sound.is_none() {
            return None;
        }
        let limits = Limits::of(&self.defects);
        let shown = candidate.filter(|it| it.row + it.column > limits.share.1 * it.power);
        let same = |sound: &Sound| shown.is_some_and(|shown| shown.keys == sound.keys);
        match &mut self.sound {
            Some(sound) if same(sound) => {}
            // Another digit, or none for long enough.
            Some(sound) if shown.is_none() && sound.misses + 1 < limits.misses => {
                sound.misses += 1;
                return None;
            }
            _ => self.sound = None,
        }
        let shown = shown?;
        let sound = self.sound.get_or_insert_with(|| Sound::of(shown.keys));
        sound.take(shown);
        if sound.told || sound.hits < limits.hits {
            return None;
        }
        sound.told = true;
        let (row, column) = shown.keys;
        let loud = sound.is_loud(&limits);
        let pitched = self.is_pitched(ROWS.get(row), &limits)
            && self.is_pitched(COLUMNS.get(column), &limits);
        (loud && pitched).then(|| digit_at(row, column)).flatten()
    }

    /// The strongest row and column of a window, if there is a sound.
    fn listen(&self) -> Option<Shown> {
        let window = self.last(WINDOW);
        let power = window.iter().map(|x| x * x).sum::<f64>() / WINDOW_LENGTH;
        if power < FAINT {
            return None;
        }
        let norms = goertzel(window, &self.twice);
        let (rows, columns) = norms.split_at(ROWS.len());
        let strongest = |norms: &[f64]| {
            let loudest = norms.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
            // The power of a sine from its correlation.
            loudest.map(|(at, norm)| (at, 2.0 * norm / WINDOW_LENGTH.powi(2)))
        };
        let ((row, low), (column, high)) = (strongest(rows)?, strongest(columns)?);
        Some(Shown { keys: (row, column), row: low, column: high, power })
    }

    /// Whether the tone near `hertz` in what was heard last is as near as it has to be.
    fn is_pitched(&self, hertz: Option<&f64>, limits: &Limits) -> bool {
        let Some(hertz) = hertz else { return false };
        // Raised cosine, so that the other tone does not matter.
        let soft = self.last(LONG).iter().zip(0_u32..).map(|(sample, n)| {
            sample * (0.5 - 0.5 * (TAU * (f64::from(n) + 0.5) / LONG_LENGTH).cos())
        });
        let soft: Vec<f64> = soft.collect();
        let mut tried = [0.0; TRIED];
        for (percent, halves) in tried.iter_mut().zip(-16_i32..) {
            *percent = 0.5 * f64::from(halves);
        }
        let twice = tried.map(|percent| twice_cosine(hertz * (1.0 + percent / 100.0)));
        let norms = goertzel(&soft, &twice);
        let best = tried.iter().zip(norms).max_by(|(_, a), (_, b)| a.total_cmp(b));
        best.is_some_and(|(percent, _)| percent.abs() <= 100.0 * limits.pitch)
    }

    /// The last samples, which there are always enough of.
    fn last(&self, count: usize) -> &[f64] {
        self.samples.get(self.samples.len() - count..).unwrap_or_default()
    }
}

impl Sound {
    const fn of(keys: (usize, usize)) -> Self {
        Self { keys, hits: 0, misses: 0, told: false, row: 0.0, column: 0.0, power: 0.0 }
    }

    fn take(&mut self, shown: Shown) {
        self.hits += 1;
        self.misses = 0;
        self.row += shown.row;
        self.column += shown.column;
        self.power += shown.power;
    }

    fn is_loud(&self, limits: &Limits) -> bool {
        let hits = u32::try_from(self.hits).map_or(1.0, f64::from);
        let twist = 10.0 * (self.column / self.row).log10();
        let weakest = level(limits.weakest) * hits;
        (-limits.twist.1..=limits.twist.0).contains(&twist)
            && self.row >= weakest
            && self.column >= weakest
            && self.row + self.column >= limits.share.0 * self.power
    }
}

impl Limits {
    fn of(defects: &Defects) -> Self {
        let pitch = match () {
            () if defects.has(Defect::INBAND_NARROW) => 0.01,
            () if defects.has(Defect::INBAND_WIDE) => 0.06,
            () => 0.025,
        };
        let hits = match () {
            () if defects.has(Defect::INBAND_SLOW) => 14,
            () if defects.has(Defect::INBAND_HASTY) => 3,
            () => 8,
        };
        let misses = match () {
            () if defects.has(Defect::INBAND_STUTTERS) => 2,
            () if defects.has(Defect::INBAND_SLUGGISH) => 20,
            () => 6,
        };
        let weakest = match () {
            () if defects.has(Defect::INBAND_DEAF) => 20.0,
            () if defects.has(Defect::INBAND_HARD_OF_HEARING) => -20.0,
            () if defects.has(Defect::INBAND_OVERHEARS) => -60.0,
            () => -36.0,
        };
        let twist = if defects.has(Defect::INBAND_TWIST_NARROW) { (2.0, 4.0) } else { (5.0, 9.0) };
        let sound = Self { hits, misses, pitch, twist, weakest, share: (0.7, 0.6) };
        if defects.has(Defect::INBAND_TALKED_OFF) {
            return Self { pitch: 0.1, twist: (30.0, 30.0), share: (0.1, 0.1), hits: 6, ..sound };
        }
        if defects.has(Defect::INBAND_WIDE) { Self { share: (0.2, 0.2), ..sound } } else { sound }
    }
}

/// How much of each frequency there is, by Goertzel's recursion: the squared norm of the correlation.
///
/// All at once, for each waits for its last sample only.
fn goertzel<const N: usize>(samples: &[f64], twice: &[f64; N]) -> [f64; N] {
    let mut states = [(0.0, 0.0); N];
    for &x in samples {
        for ((one, two), twice) in states.iter_mut().zip(twice) {
            (*one, *two) = (twice * *one + (x - *two), *one);
        }
    }
    let mut norms = [0.0; N];
    for ((norm, (one, two)), twice) in norms.iter_mut().zip(states).zip(twice) {
        *norm = one * one + two * two - twice * one * two;
    }
    norms
}

/// What the recursion for a frequency takes: twice the cosine of its step.
fn twice_cosine(hertz: f64) -> f64 {
    2.0 * (TAU * hertz / RATE).cos()
}

/// The power of a sine of that level, in squared sample units.
fn level(dbm0: f64) -> f64 {
    0.5 * (32_124.0 * 10f64.powf((dbm0 - 3.17) / 20.0)).powi(2)
}

const RATE: f64 = 8_000.0;
/// The power, of -62 dBm0, below which nothing is listened to.
const FAINT: f64 = 156.9;
/// The rows and columns of the keypad.
const KEYS: usize = ROWS.len() + COLUMNS.len();
/// The frequencies that are tried about a row or column.
const TRIED: usize = 33;
/// Samples of a window.
const WINDOW: usize = 104;
const WINDOW_LENGTH: f64 = 104.0;
/// Samples from one window to the next.
const STEP: usize = 32;
/// Samples that a digit's frequencies are told from.
const LONG: usize = 224;
const LONG_LENGTH: f64 = 224.0;
/// Samples that are kept at most.
const MOST: usize = 16 * LONG;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::keypad::Keypad;

    /// What is heard of a digit of `ms`, with a frequency error and levels, twice with `pause` between.
    fn heard(ms: u32, pitch: f64, levels: (f64, f64), pause: usize) -> usize {
        let tone = (0..ms * 8).map(|at| {
            let sine = |hertz: f64, dbm0: f64| {
                (2.0 * level(dbm0)).sqrt() * (TAU * hertz * pitch * f64::from(at) / RATE).sin()
            };
            crate::audio::round(sine(770.0, levels.0) + sine(1_477.0, levels.1))
        });
        let tone: Vec<i16> = tone.collect();
        let silence = vec![0; 800];
        let again =
            if pause == 0 { Vec::new() } else { [vec![0; pause * 8], tone.clone()].concat() };
        Ear::new(&Defects::default()).hear(&[silence.clone(), tone, again, silence].concat()).len()
    }

    #[test]
    fn the_limits_of_q_24_hold() {
        const EVEN: (f64, f64) = (-10.0, -10.0);
        for pitch in [1.0, 1.015, 0.985] {
            assert_eq!(heard(40, pitch, EVEN, 0), 1, "{pitch}");
        }
        for pitch in [1.035, 0.965] {
            assert_eq!(heard(100, pitch, EVEN, 0), 0, "{pitch}");
        }
        assert_eq!(heard(23, 1.0, EVEN, 0), 0);
        assert_eq!((heard(50, 1.0, EVEN, 10), heard(50, 1.0, EVEN, 40)), (1, 2));
        for levels in [(-25.0, -25.0), (-14.0, -10.0), (-10.0, -18.0)] {
            assert_eq!(heard(50, 1.0, levels, 0), 1, "{levels:?}");
        }
        for levels in [(-55.0, -55.0), (-20.0, -10.0), (-10.0, -24.0)] {
            assert_eq!(heard(50, 1.0, levels, 0), 0, "{levels:?}");
        }
    }

    #[test]
    fn the_own_keypad_is_understood() {
        let mut keypad = Keypad::default();
        keypad.dial(0..16);
        let mut ear = Ear::new(&Defects::default());
        let frames = std::iter::from_fn(|| keypad.frame(160, 8_000, &Defects::default()));
        let digits: String = frames.flat_map(|frame| ear.hear(&frame)).collect();
        assert_eq!(digits, "0123456789*#ABCD");
    }
}
