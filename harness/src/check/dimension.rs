//! What kind of thing a figure is, and the units in which quantities are written.

use super::measure::Unit;
use super::measure::unit::Dimension as Measurable;
use std::fmt;

/// What kind of thing a figure is: only like compares with like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dimension {
    /// A count, or a number in a message.
    Number,
    /// A time; kept in seconds.
    Time,
    /// A frequency; kept in hertz.
    Frequency,
    /// A level; kept in dBm0.
    Level,
    /// A difference of levels; kept in dB.
    Gain,
    /// A part of a whole; kept as a fraction.
    Ratio,
    /// Text whose case matters.
    Text,
    /// A word whose case does not matter.
    Token,
    /// A list of texts whose case matters.
    Texts,
    /// A list of words whose case does not matter.
    Tokens,
    /// Lines, of which one has to be found.
    Lines,
    /// Something that is so or is not.
    Truth,
}

impl Dimension {
    /// What a unit measures.
    pub const fn of(unit: Unit) -> Self {
        match unit.dimension() {
            Measurable::Time => Self::Time,
            Measurable::Frequency => Self::Frequency,
            Measurable::Gain => Self::Gain,
            Measurable::Level => Self::Level,
            Measurable::Ratio => Self::Ratio,
            Measurable::Number => Self::Number,
        }
    }

    /// The dimension of a difference of two: that of what can be added.
    #[must_use]
    pub const fn difference(self) -> Self {
        if matches!(self, Self::Level) { Self::Gain } else { self }
    }

    /// Whether it is measured or counted.
    pub const fn is_quantity(self) -> bool {
        matches!(
            self,
            Self::Number | Self::Time | Self::Frequency | Self::Level | Self::Gain | Self::Ratio
        )
    }

    /// Whether it is one piece of text.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Token)
    }

    /// Whether it is several pieces of text.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::Tokens)
    }

    /// Whether values of the two can be equal.
    pub const fn compares_with(self, other: Self) -> bool {
        (self.is_quantity() && self as u8 == other as u8)
            || (self.is_text() && other.is_text())
            || (self.is_list() && other.is_list())
    }

    /// A value of it, as an example of how to write one.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Number => "3",
            Self::Time => "20 ms",
            Self::Frequency => "1004 Hz",
            Self::Level => "-10 dBm0",
            Self::Gain => "1 dB",
            Self::Ratio => "1 %",
            Self::Text | Self::Token | Self::Lines => "\"text\"",
            Self::Texts | Self::Tokens => "[a, b]",
            Self::Truth => "",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Time => "a time",
            Self::Frequency => "a frequency",
            Self::Level => "a level",
            Self::Gain => "a difference of levels",
            Self::Ratio => "a ratio",
            Self::Text => "text",
            Self::Token => "a word",
            Self::Texts => "a list of texts",
            Self::Tokens => "a list of words",
            Self::Lines => "lines",
            Self::Truth => "true or false",
        })
    }
}

/// The unit of a suffix, what it measures, and how many go into the unit in which it is kept: a
/// time of 5 ms is 5 / 1000 s.
///
/// Case matters. Division keeps a decimal fraction exact to the last bit, which a factor would not.
pub(super) fn unit(suffix: &str) -> Option<(Unit, Dimension, f64)> {
    let (unit, parts) = match suffix {
        "ns" => (Unit::Seconds, 1e9),
        "min" => (Unit::Seconds, 1.0 / 60.0),
        "h" => (Unit::Seconds, 1.0 / 3600.0),
        _ => {
            let (unit, worth) = Unit::of_suffix(suffix).filter(|_| !suffix.is_empty())?;
            (unit, (1.0 / worth).round().max(1.0 / worth))
        }
    };
    Some((unit, Dimension::of(unit), parts))
}

/// The suffixes of units, for help.
pub(super) const SUFFIXES: &[&str] =
    &["ms", "s", "us", "ns", "min", "h", "Hz", "kHz", "dBm0", "dB", "%", "ppm"];
