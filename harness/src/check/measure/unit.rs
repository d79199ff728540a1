//! Units of measured quantities.

/// What a number counts, and how it is shown.
///
/// Numbers are kept in SI units whatever the way they are shown: a time in seconds, a ratio as a
/// plain fraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// A time; shown in µs, ms or s.
    Seconds,
    /// A frequency; shown in Hz.
    Hertz,
    /// A ratio of levels, in dB.
    Decibel,
    /// A level relative to the digital milliwatt, in dBm0.
    Dbm0,
    /// A fraction of a whole; shown in per cent.
    Ratio,
    /// A small fraction; shown in parts per million.
    Ppm,
    /// A number of things.
    Count,
}

/// What can be compared with what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dimension {
    /// Times.
    Time,
    /// Frequencies.
    Frequency,
    /// Ratios of levels in decibels.
    Gain,
    /// Levels in dBm0.
    Level,
    /// Plain ratios.
    Ratio,
    /// Numbers of things.
    Number,
}

impl Unit {
    /// The unit of a suffix, and how many of the unit in which it is kept it is.
    ///
    /// Case matters. The empty suffix counts things.
    pub fn of_suffix(suffix: &str) -> Option<(Self, f64)> {
        Some(match suffix {
            "s" => (Self::Seconds, 1.0),
            "ms" => (Self::Seconds, 1e-3),
            "us" | "µs" => (Self::Seconds, 1e-6),
            "Hz" => (Self::Hertz, 1.0),
            "kHz" => (Self::Hertz, 1e3),
            "dB" => (Self::Decibel, 1.0),
            "dBm0" => (Self::Dbm0, 1.0),
            "%" => (Self::Ratio, 1e-2),
            "ppm" => (Self::Ppm, 1e-6),
            "" => (Self::Count, 1.0),
            _ => return None,
        })
    }

    /// What it measures; only like compares with like.
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::Seconds => Dimension::Time,
            Self::Hertz => Dimension::Frequency,
            Self::Decibel => Dimension::Gain,
            Self::Dbm0 => Dimension::Level,
            Self::Ratio | Self::Ppm => Dimension::Ratio,
            Self::Count => Dimension::Number,
        }
    }

    /// The suffix of the unit in which a number is kept.
    pub const fn si(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Hertz => "Hz",
            Self::Decibel => "dB",
            Self::Dbm0 => "dBm0",
            Self::Ratio | Self::Ppm | Self::Count => "1",
        }
    }

    /// The suffix under which a number of this size is shown, and its worth.
    pub(super) fn shown(self, size: f64) -> (&'static str, f64) {
        match self {
            Self::Seconds if size >= 1.0 => ("s", 1.0),
            Self::Seconds if size >= 1e-3 => ("ms", 1e-3),
            Self::Seconds => ("µs", 1e-6),
            Self::Hertz => ("Hz", 1.0),
            Self::Decibel => ("dB", 1.0),
            Self::Dbm0 => ("dBm0", 1.0),
            Self::Ratio => ("%", 1e-2),
            Self::Ppm => ("ppm", 1e-6),
            Self::Count => ("", 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_names_a_unit_and_its_worth() {
        assert_eq!(Unit::of_suffix("ms"), Some((Unit::Seconds, 1e-3)));
        assert_eq!(Unit::of_suffix("kHz"), Some((Unit::Hertz, 1e3)));
        assert_eq!(Unit::of_suffix("MS"), None);
    }

    #[test]
    fn per_cent_compares_with_ppm_but_not_with_milliseconds() {
        assert_eq!(Unit::Ratio.dimension(), Unit::Ppm.dimension());
        assert_ne!(Unit::Ratio.dimension(), Unit::Seconds.dimension());
        assert_ne!(Unit::Decibel.dimension(), Unit::Dbm0.dimension());
    }
}
