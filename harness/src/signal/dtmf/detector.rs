//! DTMF digits in a signal, by the limits of ITU-T Q.24.

mod pair;
mod view;

use super::Digit;
use crate::signal::{Codec, Dbm0, Estimate, real};
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use view::{BLOCKS, Bank, View};

/// A digit that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Which digit.
    pub digit: Digit,
    /// When it began, in samples since the beginning of the signal.
    pub start: Estimate,
    /// How long it lasted, in samples.
    pub length: Estimate,
    /// Its tone of the low group.
    pub low: Partial,
    /// Its tone of the high group.
    pub high: Partial,
}

/// One of the two tones of a digit, as it was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Partial {
    /// Its level; good to 0.5 dB.
    pub level: Dbm0,
    /// How far its frequency is off the nominal one, as a fraction of it; good to 0.2 %.
    pub offset: f64,
}

/// Listens for DTMF digits in a signal that comes piece by piece.
///
/// A digit is two tones, one of each group, that carry most of the power together:
///
/// | | heard | Q.24 has to hear (AT&T) | Q.24 must not hear (AT&T) |
/// |---|---|---|---|
/// | frequency, from nominal | to ±2.5 % | to ±1.5 % | from ±3.5 % |
/// | level of each tone | from −36 dBm0 | 0 to −25 dBm | up to −55 dBm |
/// | high over low tone | −8 to +4 dB, and 0.5 dB more | −8 to +4 dB | |
/// | duration | from 32 ms | from 40 ms | up to 23 ms |
/// | pause that ends a digit | from 22 ms | from 40 ms | interruption up to 10 ms |
///
/// Between what it has to and what it must not, the limit is midway. Against speech: the two tones
/// have to carry 85 % of the power over the whole digit and 60 % of it in every 12.5 ms, each has
/// to be 6 dB above the other three of its group, and the frequencies have to hold. Edges lie
/// where the tones cross half their level.
///
/// [`handle`](Self::handle) takes samples, [`poll`](Self::poll) gives the digits that are over, and
/// [`finish`](Self::finish) says that the signal is. What it keeps does not grow with the signal.
#[derive(Clone, Debug)]
pub struct Detector {
    codec: Codec,
    rate: f64,
    bank: Bank,
    /// What the windows showed, in order: all of the run at hand, else the last few.
    views: VecDeque<View>,
    run: Option<Run>,
    heard: VecDeque<Heard>,
}

/// Windows that show one digit: the places of the first and of the last.
#[derive(Clone, Copy, Debug)]
struct Run {
    digit: Digit,
    first: usize,
    last: usize,
}

impl Detector {
    /// A detector of signals at the codec's sampling rate.
    pub fn new(codec: Codec) -> Self {
        let rate = f64::from(codec.sample_rate());
        Self {
            codec,
            rate,
            bank: Bank::new(rate),
            views: VecDeque::new(),
            run: None,
            heard: VecDeque::new(),
        }
    }

    /// Takes the next samples, however many.
    pub fn handle(&mut self, samples: &[i16]) {
        for &sample in samples {
            if let Some(view) = self.bank.push(sample) {
                self.see(view);
            }
        }
    }

    /// Takes the end of the signal: what it shows is over too.
    pub fn finish(&mut self) {
        for _ in 0..(BLOCKS + BRIDGE + 1) * self.bank.hop() {
            self.handle(&[0]);
        }
    }

    /// The next digit that is over.
    pub fn poll(&mut self) -> Option<Heard> {
        self.heard.pop_front()
    }

    fn see(&mut self, view: View) {
        let (at, digit) = (view.at, view.digit());
        if let Some(run) = self.run
            && (at - run.last > BRIDGE || digit.is_some_and(|other| other != run.digit))
        {
            self.views.push_back(view);
            self.run = None;
            self.close(run);
        } else {
            self.views.push_back(view);
        }
        if let Some(digit) = digit {
            self.run =
                Some(Run { last: at, ..self.run.unwrap_or(Run { digit, first: at, last: at }) });
        }
        self.forget();
    }

    /// Lets go of what no digit needs any more.
    fn forget(&mut self) {
        if self.run.is_none() {
            let beyond = self.views.len().saturating_sub(BEFORE);
            self.views.drain(..beyond);
        } else if self.views.len() > LONGEST {
            // The middle of a long digit tells nothing that its ends do not.
            self.views.drain(LONGEST / 4..LONGEST / 2);
        }
    }

    /// Measures a run, and keeps what Q.24 lets pass for a digit.
    fn close(&mut self, run: Run) {
        let views = self.views.make_contiguous();
        let found = measure(run, views, self.bank.hop(), self.rate, self.codec);
        self.heard.extend(found);
    }
}

impl Heard {
    /// The level of the high tone above that of the low one, in dB.
    pub fn twist(&self) -> f64 {
        self.high.level.0 - self.low.level.0
    }

    /// The offset of that tone that is further off.
    pub fn offset(&self) -> f64 {
        let (low, high) = (self.low.offset, self.high.offset);
        if low.abs() > high.abs() { low } else { high }
    }
}

/// The digits in a whole signal at the codec's sampling rate, in order.
pub fn detect(samples: &[i16], codec: Codec) -> Vec<Heard> {
    let mut detector = Detector::new(codec);
    detector.handle(samples);
    detector.finish();
    std::iter::from_fn(|| detector.poll()).collect()
}

/// What a run amounts to; `None` where it is no digit.
fn measure(run: Run, views: &[View], hop: usize, rate: f64, codec: Codec) -> Option<Heard> {
    let Run { digit, first, last } = run;
    let from = views.iter().position(|view| view.at == first)?;
    let to = views.iter().rposition(|view| view.at == last)?;
    let inside = views.get(from..=to)?;
    let full = inside.iter().map(|view| view.amplitude(digit)).fold(0.0, f64::max);
    let steady: Vec<&View> = inside.iter().filter(|v| v.amplitude(digit) > 0.8 * full).collect();

    let [low, high] = pair::measure(&steady, hop, rate)?;
    let partial = |tone: pair::Measured| Partial {
        level: Dbm0::of_rms(tone.power.sqrt(), codec),
        offset: tone.offset,
    };
    let power = steady.iter().map(|view| view.power).sum::<f64>() / real(steady.len());
    let pure = low.power + high.power > PURITY * power;
    let (low, high) = (partial(low), partial(high));
    let loud = low.level >= WEAKEST && high.level >= WEAKEST;
    let pitched = low.offset.abs() <= OFFSET && high.offset.abs() <= OFFSET;
    if !(pure && loud && pitched && TWIST.contains(&(high.level.0 - low.level.0))) {
        return None;
    }

    let edge = |from: &View, outward: &mut dyn Iterator<Item = &View>| {
        edge(from, outward, digit, full, hop)
    };
    let start = edge(views.get(from)?, &mut views.iter().take(from).rev());
    let end = edge(views.get(to)?, &mut views.iter().skip(to + 1));
    let length = end - start;
    (length >= SHORTEST * rate).then_some(Heard {
        digit,
        start: Estimate { value: start, uncertainty: EDGE * rate },
        length: Estimate { value: length, uncertainty: 2.0 * EDGE * rate },
        low,
        high,
    })
}

/// Where the amplitude falls to half of `full` on the way out of a run, in samples.
fn edge(
    from: &View,
    outward: &mut dyn Iterator<Item = &View>,
    digit: Digit,
    full: f64,
    hop: usize,
) -> f64 {
    // A window is named for the block that it ends with.
    let centre = |at: usize| real((at + 1) * hop) - 0.5 * real(hop * BLOCKS);
    let mut inner = (centre(from.at), full);
    for view in outward {
        let outer = (centre(view.at), view.amplitude(digit));
        if outer.1 < 0.5 * full {
            let share = (inner.1 - 0.5 * full) / (inner.1 - outer.1);
            return inner.0 + share.clamp(0.0, 1.0) * (outer.0 - inner.0);
        }
        inner = outer;
    }
    inner.0
}

/// How many hops apart two windows may be that belong to one digit: 20 ms of silence.
const BRIDGE: usize = 10;
/// How many windows before a run its beginning may be found in.
const BEFORE: usize = 2 * BLOCKS;
/// How many windows of a digit are kept at most: 5 s.
const LONGEST: usize = 2_000;
/// The least share of the power of a digit that the two tones must have.
const PURITY: f64 = 0.85;
/// How far a frequency may be off, as a fraction.
const OFFSET: f64 = 0.025;
/// The weakest acceptable tone.
const WEAKEST: Dbm0 = Dbm0(-36.0);
/// High above low tone, in dB: what Q.24 asks for, and what measuring it may be off.
const TWIST: RangeInclusive<f64> = -8.5..=4.5;
/// The shortest acceptable digit, in seconds.
const SHORTEST: f64 = 0.032;
/// The uncertainty of an edge, in seconds.
const EDGE: f64 = 0.002_5;

#[cfg(test)]
mod tests;
