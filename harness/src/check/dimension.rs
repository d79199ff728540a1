//! What kind of thing a figure is, and the units in which quantities are written.

use std::fmt;

/// What kind of thing a figure is: only like compares with like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dimension {
    /// A count, or a number in a message.
    Number,
    /// A time; kept in milliseconds.
    Time,
    /// A frequency; kept in hertz.
    Frequency,
    /// A level, or a difference of two; kept in dBm0 or dB.
    Level,
    /// A part of a whole; kept in per cent.
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
    /// Whether it is measured or counted.
    pub const fn is_quantity(self) -> bool {
        matches!(self, Self::Number | Self::Time | Self::Frequency | Self::Level | Self::Ratio)
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

    /// The unit in which it is kept; absent for what has none.
    pub fn unit(self) -> Option<Unit> {
        UNITS.iter().copied().find(|unit| unit.dimension == self && unit.is_kept())
    }

    /// A value of it, as an example of how to write one.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Number => "3",
            Self::Time => "20 ms",
            Self::Frequency => "1004 Hz",
            Self::Level => "-10 dBm0",
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

/// A unit in which a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// As it is written after the number.
    pub name: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// How many of the unit in which the dimension is kept it is.
    pub factor: f64,
}

impl Unit {
    /// The unit of that name; case matters.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = if name == "µs" { "us" } else { name };
        UNITS.iter().copied().find(|unit| unit.name == name)
    }

    /// The names of all units, for help.
    pub fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().map(|unit| unit.name)
    }

    fn is_kept(self) -> bool {
        self.factor.to_bits() == 1_f64.to_bits()
    }
}

const UNITS: &[Unit] = &[
    unit("ms", Dimension::Time, 1.0),
    unit("ns", Dimension::Time, 1e-6),
    unit("us", Dimension::Time, 1e-3),
    unit("s", Dimension::Time, 1e3),
    unit("min", Dimension::Time, 60e3),
    unit("h", Dimension::Time, 3600e3),
    unit("Hz", Dimension::Frequency, 1.0),
    unit("kHz", Dimension::Frequency, 1e3),
    unit("dBm0", Dimension::Level, 1.0),
    unit("dB", Dimension::Level, 1.0),
    unit("%", Dimension::Ratio, 1.0),
    unit("ppm", Dimension::Ratio, 1e-4),
];

const fn unit(name: &'static str, dimension: Dimension, factor: f64) -> Unit {
    Unit { name, dimension, factor }
}
