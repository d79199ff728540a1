//! Figures that moved, by a test that is stated: see [`shift`](crate::statistics::shift).
//!
//! A figure is one quantity at one step of one execution; its values are those of the repeats of a run. A
//! family is all figures of a kind: every answer on the wire, every loop latency. Each family is tested as
//! a whole, with its figures as strata, and each figure that ran often enough is tested by itself. Half of
//! the level goes to either; within each it is shared out after Holm, so that in all a comparison of a
//! device with itself finds something with a probability of at most the level.

use crate::check::measure::{Measured, Unit};
use crate::check::sample::{What, samples};
use crate::report::loop_latency::LoopLatency;
use crate::report::stream::Stream;
use crate::report::{JudgedCase, JudgedRun};
use crate::statistics::shift::{Shift, Stratum, holm, median, shift};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// On which terms figures are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// A time that moved by no more than this counts as unmoved: what two runs on one bench differ by
    /// although nothing changed.
    pub tolerance: Duration,
    /// The probability that anything at all is found where nothing moved.
    pub level: f64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { tolerance: Duration::from_millis(1), level: 0.01 }
    }
}

/// The figures of two runs.
#[derive(Clone, Debug, Default)]
pub struct Figures<'a> {
    /// Every family that both runs have.
    pub families: Vec<Moved<'a>>,
    /// The single figures that ran often enough to be tested and moved, the surest first.
    pub single: Vec<Moved<'a>>,
    /// How many single figures ran often enough to be tested.
    pub tested: usize,
    /// Single figures whose new values all lie on one side of the old ones, and that ran too rarely to
    /// tell that from chance; the largest moves first, some at most.
    pub suspects: Vec<Moved<'a>>,
    /// How often a case has to run in both, for a figure of it to be tested among as many.
    pub enough: u32,
}

/// A family or a figure, and by how much it moved.
#[derive(Clone, Debug)]
pub struct Moved<'a> {
    /// What it is: `answer on the wire`.
    pub what: String,
    /// Where, for a single figure: execution and step. Of a family, how many figures it has.
    pub place: Place<'a>,
    /// The medians before and after; of a family, of the medians of its figures.
    pub medians: [f64; 2],
    /// How much of a move the uncertainties of both runs and the tolerance explain.
    pub allowance: f64,
    /// What the test found.
    pub shift: Shift,
    /// Its probability, adjusted for the number of tests made.
    pub adjusted: f64,
    /// Whether it moved.
    pub has_moved: bool,
    /// What its numbers are.
    pub unit: Unit,
    is_worse_larger: bool,
}

/// Where a figure is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place<'a> {
    /// A family of so many figures.
    Family(usize),
    /// One figure: the execution and the step.
    Figure(&'a str, &'a str),
}

/// One figure of one execution: its kind, the execution, and its place there.
type Key<'a> = (Kind, &'a str, u32, &'a str);

/// A figure with its values, old and new.
type Figure<'a, 'v> = (&'v Key<'a>, &'v [Vec<Measured>; 2]);

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    Answer,
    Message,
    Line,
    Loop,
    Jitter,
    Lateness,
    Lost,
    Figure(&'static str),
}

impl Kind {
    fn of(what: &What) -> Option<Self> {
        match what {
            What::Answer => Some(Self::Answer),
            What::Message => Some(Self::Message),
            What::Line => Some(Self::Line),
            // Taken from every loop there is, whether or not it is checked.
            What::Figure(name) if name.starts_with("loop.") => None,
            What::Figure(name) => Some(Self::Figure(name)),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Answer => "answer on the wire".to_owned(),
            Self::Message => "message on the wire, other".to_owned(),
            Self::Line => "line of the console".to_owned(),
            Self::Loop => "loop latency".to_owned(),
            Self::Jitter => "RTP jitter, mean".to_owned(),
            Self::Lateness => "RTP deviation, 99 % within".to_owned(),
            Self::Lost => "RTP packets lost".to_owned(),
            Self::Figure(name) => format!("`{name}` as checked"),
        }
    }

    const fn is_worse_larger(self) -> bool {
        !matches!(self, Self::Figure(_))
    }
}

impl<'a> Figures<'a> {
    pub(super) fn new(
        old: &'a JudgedRun,
        new: &'a JudgedRun,
        changed: &BTreeSet<&str>,
        terms: &Terms,
    ) -> Self {
        let mut all: BTreeMap<Key<'a>, [Vec<Measured>; 2]> = BTreeMap::new();
        for (place, run) in [old, new].into_iter().enumerate() {
            for case in &run.cases {
                if changed.contains(case.record.scenario.as_str()) {
                    continue;
                }
                for (key, value) in values(case) {
                    if let Some(values) = all.entry(key).or_default().get_mut(place) {
                        values.push(value);
                    }
                }
            }
        }
        all.retain(|_, [old, new]| !old.is_empty() && !new.is_empty());
        let share = terms.level / 2.0;
        let mut kinds: BTreeMap<Kind, Vec<Figure<'a, '_>>> = BTreeMap::new();
        for (key, values) in &all {
            kinds.entry(key.0).or_default().push((key, values));
        }
        let families = kinds.values().filter_map(|figures| moved(figures, terms)).collect();
        let families = settle(families, share);
        let single: Vec<Moved<'a>> =
            all.iter().filter_map(|figure| moved(&[figure], terms)).collect();
        let enough = enough(single.len(), share);
        // Which are tested goes by how often they ran and not by what was measured.
        let level = share / counted(single.len().max(1));
        let (tested, few): (Vec<_>, Vec<_>) =
            single.into_iter().partition(|figure| figure.shift.least <= level);
        let count = tested.len();
        let mut single = settle(tested, share);
        single.retain(|figure| figure.has_moved);
        single.sort_by(|one, other| one.adjusted.total_cmp(&other.adjusted));
        let mut suspects: Vec<_> = few.into_iter().filter(Moved::is_suspect).collect();
        suspects.sort_by(|one, other| other.relative().total_cmp(&one.relative()));
        suspects.truncate(SUSPECTS);
        Self { families, single, tested: count, suspects, enough }
    }

    /// All that moved, families first.
    pub fn moved(&self) -> impl Iterator<Item = &Moved<'a>> {
        self.families.iter().chain(&self.single).filter(|figure| figure.has_moved)
    }
}

impl Moved<'_> {
    /// Whether it moved for the worse: a time that grew, or a checked figure that moved at all.
    pub fn is_worse(&self) -> bool {
        self.has_moved && (!self.is_worse_larger || self.shift.estimate > 0.0)
    }

    /// Whether every new value is beyond every old one by more than is allowed for. With one of each that is
    /// so of any move, and only large ones are worth a look.
    fn is_suspect(&self) -> bool {
        let has_one_of_each = self.shift.least >= 1.0 - f64::EPSILON;
        let worth = if has_one_of_each { LARGE * self.allowance } else { self.allowance };
        self.shift.estimate.abs() > worth && self.shift.p <= self.shift.least * 1.000_1
    }

    /// How large a move is beside the value itself.
    fn relative(&self) -> f64 {
        let [old, _] = self.medians;
        self.shift.estimate.abs() / old.abs().max(self.allowance).max(f64::MIN_POSITIVE)
    }
}

/// Adjusts the probabilities for how many there are, and says which moved.
fn settle(mut figures: Vec<Moved<'_>>, level: f64) -> Vec<Moved<'_>> {
    let adjusted = holm(&figures.iter().map(|figure| figure.shift.p).collect::<Vec<_>>());
    for (figure, adjusted) in figures.iter_mut().zip(adjusted) {
        figure.adjusted = adjusted;
        figure.has_moved = adjusted <= level;
    }
    figures
}

/// The test of one figure, or of all figures of a family.
fn moved<'a>(figures: &[Figure<'a, '_>], terms: &Terms) -> Option<Moved<'a>> {
    let (key, [sample, _]) = figures.first()?;
    let (kind, execution, _, step) = **key;
    let unit = sample.first()?.unit;
    let pick = |values: &[Measured], of: fn(&Measured) -> f64| {
        let mut picked: Vec<f64> = values.iter().map(of).collect();
        picked.sort_by(f64::total_cmp);
        picked
    };
    let value = |it: &Measured| it.value;
    let mut strata = Vec::new();
    let (mut uncertainties, mut before, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for (_, [old, new]) in figures {
        let doubt = |values| median(&pick(values, |it| it.uncertainty));
        uncertainties.push(doubt(old) + doubt(new));
        let (old, new) = (pick(old, value), pick(new, value));
        before.push(median(&old));
        after.push(median(&new));
        strata.push(Stratum { old, new });
    }
    for values in [&mut uncertainties, &mut before, &mut after] {
        values.sort_by(f64::total_cmp);
    }
    let tolerance = if unit == Unit::Seconds { terms.tolerance.as_secs_f64() } else { 0.0 };
    let allowance = tolerance + median(&uncertainties);
    let place = match figures {
        [_] if step.is_empty() => Place::Figure(execution, "the whole case"),
        [_] => Place::Figure(execution, step),
        _ => Place::Family(figures.len()),
    };
    Some(Moved {
        what: kind.words(),
        place,
        medians: [median(&before), median(&after)],
        allowance,
        shift: shift(&strata, allowance, CONFIDENCE)?,
        adjusted: 1.0,
        has_moved: false,
        unit,
        is_worse_larger: kind.is_worse_larger(),
    })
}

/// Every value of one run of a case.
fn values(case: &JudgedCase) -> Vec<(Key<'_>, Measured)> {
    let execution = case.record.execution.as_str();
    let program = &case.program;
    let found = samples(&program.claims, &program.subjects, &case.record.points, &case.timeline)
        .into_iter();
    let mut values: Vec<(Key<'_>, Measured)> = found
        .filter_map(|sample| {
            let kind = Kind::of(&sample.what)?;
            let step = case.step_text(sample.step);
            Some(((kind, execution, u32::from(sample.step.0), step), sample.value))
        })
        .collect();
    for (place, found) in (0..).zip(LoopLatency::all(case)) {
        values.push(((Kind::Loop, execution, place, ""), found.whole));
    }
    for (place, stream) in (0..).zip(Stream::received(case)) {
        let time = |ms: f64| Measured {
            value: ms / 1e3,
            uncertainty: stream.uncertainty_ms / 1e3,
            unit: Unit::Seconds,
        };
        values.push(((Kind::Jitter, execution, place, ""), time(stream.jitter_ms.mean)));
        values.push(((Kind::Lateness, execution, place, ""), time(stream.deviation_ms.p99)));
        values.push(((Kind::Lost, execution, place, ""), Measured::count(stream.lost)));
    }
    values
}

/// How often a figure has to be measured in both runs to be found among as many: the smallest `n` with
/// `2 / C(2n, n) ≤ level / figures`.
fn enough(figures: usize, level: f64) -> u32 {
    let wanted = level / counted(figures.max(1));
    let mut choices = 1.0;
    (1..=100)
        .find(|n| {
            let n = f64::from(*n);
            choices *= 2.0 * (2.0 * n - 1.0) / n;
            2.0 / choices <= wanted
        })
        .unwrap_or(100)
}

fn counted(things: usize) -> f64 {
    crate::check::measure::counted(things)
}

/// Of the intervals that are shown.
pub(super) const CONFIDENCE: f64 = 0.95;
/// How many times the allowance a single value has to move by to be worth a look.
const LARGE: f64 = 5.0;
/// How many suspects are shown.
const SUSPECTS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_is_enough_goes_by_how_much_is_tested() {
        // 2 / 252 and 2 / 924 of C(10, 5) and C(12, 6).
        assert_eq!((enough(1, 0.008), enough(1, 0.005)), (5, 6));
        assert_eq!(enough(1_500, 0.005), 11);
    }
}
