//! DTMF digits in a signal, by the limits of ITU-T Q.24.

use super::{Digit, HIGH, LOW};
use crate::signal::{Codec, Dbm0, Estimate, real};
use realfft::num_complex::Complex;
use std::f64::consts::TAU;
use std::ops::RangeInclusive;

/// A digit that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Which digit.
    pub digit: Digit,
    /// When it began, in samples since the beginning of the signal.
    pub start: Estimate,
    /// How long it lasted, in samples.
    pub length: Estimate,
    /// The level of the low tone.
    pub low: Dbm0,
    /// The level of the high tone.
    pub high: Dbm0,
}

/// The digits in a signal at the codec's clock rate, in order.
///
/// A digit is two tones, one of each group, each within 2.5 % of its frequency, no weaker than
/// −36 dBm0, the high one at most 4 dB above and 8 dB below the low one, that carry most of the
/// power for 32 ms or more. Q.24 has to be accepted from 1.5 % and 40 ms, and refused from 3.5 %
/// and 23 ms: the limits here are midway. An interruption shorter than 20 ms does not end a digit
/// (Q.24: 10 ms must not, 40 ms must). Edges lie where the tones cross half their level and are
/// good to 2.5 ms.
pub fn detect(samples: &[i16], codec: Codec) -> Vec<Heard> {
    let rate = f64::from(codec.clock_rate());
    let margin = [0; WINDOW];
    let padded = [&margin, samples, &margin].concat();
    let views: Vec<View> =
        padded.windows(WINDOW).step_by(HOP).map(|window| View::of(window, rate)).collect();
    runs(&views).into_iter().filter_map(|run| heard(run, &views, codec)).collect()
}

/// What one window shows.
struct View {
    low: Tone,
    high: Tone,
    /// The mean power of everything in the window.
    power: f64,
    /// Whether the two tones stand out of everything else.
    clear: bool,
}

/// The strongest tone of a group.
#[derive(Clone, Copy)]
struct Tone {
    index: usize,
    hertz: f64,
    /// Amplitude and phase at the end of the window.
    phasor: Complex<f64>,
}

/// Consecutive windows that show one digit.
struct Run {
    digit: Digit,
    windows: RangeInclusive<usize>,
}

impl View {
    fn of(window: &[i16], rate: f64) -> Self {
        let power = window.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / real(window.len());
        let (low, low_stands_out) = Tone::strongest(window, LOW, rate);
        let (high, high_stands_out) = Tone::strongest(window, HIGH, rate);
        let pair = 0.5 * (low.phasor.norm_sqr() + high.phasor.norm_sqr());
        let clear = power > 0.0 && low_stands_out && high_stands_out && pair > LIKENESS * power;
        Self { low, high, power, clear }
    }

    fn digit(&self) -> Option<Digit> {
        self.clear.then(|| Digit::of_key(self.low.index, self.high.index)).flatten()
    }

    /// The joint amplitude of the tones of `digit`; zero if others are stronger.
    fn amplitude(&self, digit: Digit) -> f64 {
        let shown = Digit::of_key(self.low.index, self.high.index);
        if shown == Some(digit) { self.low.phasor.norm() + self.high.phasor.norm() } else { 0.0 }
    }
}

impl Tone {
    /// The strongest tone of a group, and whether it is 6 dB above the others.
    fn strongest(window: &[i16], group: [f64; 4], rate: f64) -> (Self, bool) {
        let tones = group.map(|hertz| (hertz, goertzel(window, TAU * hertz / rate)));
        let mut order: Vec<Self> = tones
            .into_iter()
            .enumerate()
            .map(|(index, (hertz, phasor))| Self { index, hertz, phasor })
            .collect();
        order.sort_by(|a, b| b.phasor.norm_sqr().total_cmp(&a.phasor.norm_sqr()));
        match order[..] {
            [best, next, ..] => (best, best.phasor.norm() > 2.0 * next.phasor.norm()),
            _ => unreachable!("a group has four tones"),
        }
    }
}

/// Groups windows that show the same digit, bridging short interruptions.
fn runs(views: &[View]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, view) in views.iter().enumerate() {
        let Some(digit) = view.digit() else { continue };
        match runs.last_mut() {
            Some(run) if run.digit == digit && at - run.windows.end() <= BRIDGE => {
                run.windows = *run.windows.start()..=at;
            }
            _ => runs.push(Run { digit, windows: at..=at }),
        }
    }
    runs
}

/// Measures a run, and refuses what Q.24 does not let pass for a digit.
fn heard(run: Run, views: &[View], codec: Codec) -> Option<Heard> {
    let Run { digit, windows } = run;
    let rate = f64::from(codec.clock_rate());
    let (first, last) = windows.into_inner();
    let inside = views.get(first..=last)?;
    let full = inside.iter().map(|view| view.amplitude(digit)).fold(0.0, f64::max);
    let steady: Vec<&View> = inside.iter().filter(|v| v.amplitude(digit) > 0.9 * full).collect();

    let droop = (droop(inside, |view| view.low, rate)?, droop(inside, |view| view.high, rate)?);
    let mean =
        |of: &dyn Fn(&View) -> f64| steady.iter().map(|v| of(v)).sum::<f64>() / real(steady.len());
    let low = mean(&|view| 0.5 * view.low.phasor.norm_sqr()) / droop.0.powi(2);
    let high = mean(&|view| 0.5 * view.high.phasor.norm_sqr()) / droop.1.powi(2);
    let pure = low + high > PURITY * mean(&|view| view.power);
    let (low, high) = (Dbm0::of_rms(low.sqrt(), codec), Dbm0::of_rms(high.sqrt(), codec));
    let loud = low >= WEAKEST && high >= WEAKEST;
    if !(pure && loud && TWIST.contains(&(high.0 - low.0))) {
        return None;
    }

    let before = views.iter().enumerate().rev().skip(views.len() - first);
    let after = views.iter().enumerate().skip(last + 1);
    let start = edge(first, before, digit, full);
    let end = edge(last, after, digit, full);
    let length = end - start;
    (length >= SHORTEST * rate).then_some(Heard {
        digit,
        start: Estimate { value: start, uncertainty: EDGE * rate },
        length: Estimate { value: length, uncertainty: 2.0 * EDGE * rate },
        low,
        high,
    })
}

/// The droop of the window at the tone's true frequency, which the turn of its phase from window to
/// window gives; `None` if it is too far from its nominal value.
fn droop(run: &[View], tone: fn(&View) -> Tone, rate: f64) -> Option<f64> {
    let hertz = tone(run.first()?).hertz;
    let expected = Complex::from_polar(1.0, -TAU * hertz / rate * real(HOP));
    let turn: Complex<f64> = run
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(tone(b).phasor * tone(a).phasor.conj() * expected),
            _ => None,
        })
        .sum();
    let offset = turn.arg() / TAU * rate / real(HOP);
    let x = 0.5 * TAU * offset / rate * real(WINDOW);
    let droop = if x == 0.0 { 1.0 } else { x.sin() / x };
    (offset.abs() <= OFFSET * hertz).then_some(droop)
}

/// Where the amplitude falls to half of `full` on the way out of a run, in samples.
fn edge<'a>(
    from: usize,
    outward: impl Iterator<Item = (usize, &'a View)>,
    digit: Digit,
    full: f64,
) -> f64 {
    // The signal begins a window later than the windows do.
    let centre = |at: usize| real(at * HOP) - 0.5 * real(WINDOW);
    let mut inner = (centre(from), full);
    for (at, view) in outward {
        let outer = (centre(at), view.amplitude(digit));
        if outer.1 < 0.5 * full {
            let share = (inner.1 - 0.5 * full) / (inner.1 - outer.1);
            return inner.0 + share.clamp(0.0, 1.0) * (outer.0 - inner.0);
        }
        inner = outer;
    }
    inner.0
}

/// The amplitude of the component at `step` radians a sample, and its phase at the window's end.
fn goertzel(window: &[i16], step: f64) -> Complex<f64> {
    let twice = 2.0 * step.cos();
    let (last, before) =
        window.iter().fold((0.0, 0.0), |(s1, s2), &x| (f64::from(x) + twice * s1 - s2, s1));
    (last - before * Complex::from_polar(1.0, -step)) * (2.0 / real(window.len()))
}

/// 12.75 ms at 8 kHz: the main lobe of one tone ends at its neighbour.
const WINDOW: usize = 102;
/// 2.5 ms at 8 kHz.
const HOP: usize = 20;
/// How many hops apart two windows may be that belong to one digit: 20 ms of silence.
const BRIDGE: usize = 10;
/// The least share of the power in one window that the two tones must seem to have.
const LIKENESS: f64 = 0.6;
/// The least share of the power of a digit that the two tones must have.
const PURITY: f64 = 0.85;
/// How far a frequency may be off, as a fraction.
const OFFSET: f64 = 0.025;
/// The weakest acceptable tone.
const WEAKEST: Dbm0 = Dbm0(-36.0);
/// High above low tone, in dB.
const TWIST: RangeInclusive<f64> = -8.0..=4.0;
/// The shortest acceptable digit, in seconds.
const SHORTEST: f64 = 0.032;
/// The uncertainty of an edge, in seconds.
const EDGE: f64 = 0.002_5;

#[cfg(test)]
mod tests;
