//! Numbers with units, in the text of steps.

use super::code::Code;
use super::sink::Sink;
use super::tree::Scalar;
use std::ops::Range;
use std::time::Duration;

/// The longest time that a scenario can name.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Units of time and how many seconds each is.
const TIMES: &[(&str, f64)] =
    &[("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0), ("h", 3600.0)];
/// Units of frequency and how many hertz each is.
const FREQUENCIES: &[(&str, f64)] = &[("Hz", 1.0), ("kHz", 1e3)];
/// Units of differences of levels.
const GAINS: &[(&str, f64)] = &[("dB", 1.0)];
/// Units of ratios.
const RATIOS: &[(&str, f64)] = &[("%", 1e-2), ("ppm", 1e-6)];
/// Units of a part of a whole.
const PARTS: &[(&str, f64)] = &[("%", 1e-2)];
/// Units of a rate and how many bits a second each is.
const RATES: &[(&str, f64)] = &[("kbit/s", 1e3), ("Mbit/s", 1e6)];
/// Units of level.
const LEVELS: &[(&str, f64)] = &[("dBm0", 1.0)];

/// A time such as `500 ms`, or a diagnostic. Nothing where a name in it has no value yet.
pub(super) fn time(scalar: &Scalar, sink: &mut Sink) -> Option<Duration> {
    if scalar.open {
        return None;
    }
    time_at(scalar, &(0..scalar.text.len()), sink)
}

/// A time in a stretch of a text.
pub(super) fn time_at(scalar: &Scalar, at: &Range<usize>, sink: &mut Sink) -> Option<Duration> {
    let seconds = quantity(scalar, at, &Kind::TIME, sink)?;
    let span = Duration::try_from_secs_f64(seconds).ok().filter(|span| *span <= LONGEST);
    if span.is_none() {
        let title = format!("`{}` is out of range", scalar.text);
        sink.add(Code::Range, &scalar.place_of(at), title, "expected 0 s to 24 h");
    }
    span
}

/// A frequency in hertz between those of a telephone's hearing.
pub(super) fn hertz(scalar: &Scalar, at: &Range<usize>, sink: &mut Sink) -> Option<f64> {
    within(scalar, at, &Kind::FREQUENCY, 20.0..=3_900.0, "20 Hz to 3900 Hz", sink)
}

/// A level in dBm0.
pub(super) fn dbm0(scalar: &Scalar, at: &Range<usize>, sink: &mut Sink) -> Option<f64> {
    within(scalar, at, &Kind::LEVEL, -90.0..=3.0, "-90 dBm0 to 3 dBm0", sink)
}

/// A level in dBm0 that stands alone.
pub(super) fn dbm0_of(scalar: &Scalar, sink: &mut Sink) -> Option<f64> {
    dbm0(scalar, &(0..scalar.text.len()), sink)
}

/// A difference of levels in decibels.
pub(super) fn decibels(scalar: &Scalar, sink: &mut Sink) -> Option<f64> {
    let all = 0..scalar.text.len();
    within(scalar, &all, &Kind::GAIN, -40.0..=40.0, "-40 dB to 40 dB", sink)
}

/// A deviation, as a fraction.
pub(super) fn deviation(scalar: &Scalar, sink: &mut Sink) -> Option<f64> {
    let all = 0..scalar.text.len();
    within(scalar, &all, &Kind::RATIO, -0.2..=0.2, "-20 % to 20 %", sink)
}

/// A part of a whole, as a fraction.
pub(super) fn percent(scalar: &Scalar, at: &Range<usize>, sink: &mut Sink) -> Option<f64> {
    within(scalar, at, &Kind::PART, 0.0..=1.0, "0 % to 100 %", sink)
}

/// Bits a second.
pub(super) fn rate(scalar: &Scalar, sink: &mut Sink) -> Option<f64> {
    let at = 0..scalar.text.len();
    within(scalar, &at, &Kind::RATE, 1e3..=1e10, "1 kbit/s to 10000 Mbit/s", sink)
}

/// What is to be read.
struct Kind {
    name: &'static str,
    example: &'static str,
    units: &'static [(&'static str, f64)],
}

impl Kind {
    const TIME: Self = Self { name: "a time", example: "`500 ms` or `2 s`", units: TIMES };
    const FREQUENCY: Self = Self { name: "a frequency", example: "`1004 Hz`", units: FREQUENCIES };
    const GAIN: Self = Self { name: "a difference of levels", example: "`4 dB`", units: GAINS };
    const RATIO: Self = Self { name: "a ratio", example: "`1.5 %`", units: RATIOS };
    const PART: Self = Self { name: "a part of a whole", example: "`5 %`", units: PARTS };
    const RATE: Self = Self { name: "a rate", example: "`64 kbit/s`", units: RATES };
    const LEVEL: Self = Self { name: "a level", example: "`-10 dBm0`", units: LEVELS };
}

fn within(
    scalar: &Scalar,
    at: &Range<usize>,
    kind: &Kind,
    range: std::ops::RangeInclusive<f64>,
    words: &str,
    sink: &mut Sink,
) -> Option<f64> {
    let value = quantity(scalar, at, kind, sink)?;
    if range.contains(&value) {
        return Some(value);
    }
    let title = format!("`{}` is out of range", scalar.text.get(at.clone()).unwrap_or_default());
    sink.add(Code::Range, &scalar.place_of(at), title, format!("expected {words}"));
    None
}

fn quantity(scalar: &Scalar, at: &Range<usize>, kind: &Kind, sink: &mut Sink) -> Option<f64> {
    let text = scalar.text.get(at.clone()).unwrap_or_default();
    let number = |c: char| c.is_ascii_digit() || c == '.' || c == '-' || c == '+';
    let digits = text.find(|c| !number(c)).unwrap_or(text.len());
    let (digits, unit) = text.split_at(digits);
    let unit = unit.trim();
    let value = digits.parse::<f64>().ok().filter(|value| value.is_finite());
    let scale = kind.units.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale);
    if let (Some(value), Some(scale)) = (value, scale) {
        return Some(value * scale);
    }
    let Kind { name, example, units } = kind;
    let place = scalar.place_of(at);
    let label = format!("expected {name} such as {example}");
    let mut names: Vec<_> = units.iter().map(|(name, _)| *name).collect();
    names.retain(|name| *name != "µs");
    let units = super::sink::ticked(names);
    match value {
        None => sink.add(Code::Unit, &place, format!("`{text}` is not {name}"), label),
        Some(_) if unit.is_empty() => {
            sink.add(Code::Unit, &place, format!("`{text}` has no unit"), label)
        }
        Some(_) => sink.add(Code::Unit, &place, format!("`{unit}` is not a unit of {name}"), label),
    }
    .help(format!("units here: {units}"));
    None
}
