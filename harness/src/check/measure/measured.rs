//! A measured quantity.

use super::{Unit, counted};
use crate::signal::Estimate;
use std::fmt;
use std::time::Duration;

/// A number with its unit and with how far the truth may be from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The best estimate, in the SI unit of the dimension.
    pub value: f64,
    /// The half-width of the interval that holds the true value, in the same unit; zero if exact.
    pub uncertainty: f64,
    /// What it is, and how it is shown.
    pub unit: Unit,
}

impl Measured {
    /// A number of things, which is exact.
    pub fn count(things: usize) -> Self {
        Self { value: counted(things), uncertainty: 0.0, unit: Unit::Count }
    }

    /// A time in seconds that is the difference of two stamps, each good to `stamp`: `2 · stamp`.
    pub fn between(seconds: f64, stamp: Duration) -> Self {
        Self { value: seconds, uncertainty: 2.0 * stamp.as_secs_f64(), unit: Unit::Seconds }
    }

    /// An estimate from samples, whose unit is now said.
    pub const fn of(estimate: Estimate, unit: Unit) -> Self {
        Self { value: estimate.value, uncertainty: estimate.uncertainty, unit }
    }

    /// Whether `truth` lies in the interval.
    pub fn holds(self, truth: f64) -> bool {
        (self.value - truth).abs() <= self.uncertainty
    }
}

impl fmt::Display for Measured {
    /// Shows one figure of the uncertainty, two where the first is a 1, and as many decimals of the
    /// value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (suffix, worth) = self.unit.shown(self.value.abs().max(self.uncertainty));
        let (value, uncertainty) = (self.value / worth, self.uncertainty / worth);
        let places = decimals(uncertainty);
        match (uncertainty > 0.0, self.unit) {
            (true, _) => write!(f, "{value:.places$} ± {uncertainty:.places$}")?,
            (false, Unit::Count) => write!(f, "{value}")?,
            (false, _) => write!(f, "{}", (value * 1e3).round() / 1e3)?,
        }
        if suffix.is_empty() { Ok(()) } else { write!(f, " {suffix}") }
    }
}

/// How many decimals show the first significant figure of `uncertainty`, and the next after a 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=6")]
fn decimals(uncertainty: f64) -> usize {
    let magnitude = uncertainty.log10().floor();
    let leading = uncertainty / 10.0_f64.powf(magnitude);
    let places = if leading < 1.95 { 1.0 - magnitude } else { -magnitude };
    places.clamp(0.0, 6.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.0124, 0.000_3, Unit::Seconds, "12.4 ± 0.3 ms")]
    #[case(0.0124, 0.000_12, Unit::Seconds, "12.40 ± 0.12 ms")]
    #[case(1.5, 0.002, Unit::Seconds, "1.500 ± 0.002 s")]
    #[case(0.000_020, 0.000_1, Unit::Seconds, "20 ± 100 µs")]
    #[case(0.0, 0.003, Unit::Seconds, "0 ± 3 ms")]
    #[case(0.02, 0.0, Unit::Seconds, "20 ms")]
    #[case(1_004.031, 0.04, Unit::Hertz, "1004.03 ± 0.04 Hz")]
    #[case(-10.04, 0.1, Unit::Dbm0, "-10.04 ± 0.10 dBm0")]
    #[case(0.012_5, 0.0, Unit::Ratio, "1.25 %")]
    #[case(35.2e-6, 4e-6, Unit::Ppm, "35 ± 4 ppm")]
    #[case(7.0, 0.0, Unit::Count, "7")]
    fn it_reads_as_on_an_instrument(
        #[case] value: f64,
        #[case] uncertainty: f64,
        #[case] unit: Unit,
        #[case] shown: &str,
    ) {
        assert_eq!(Measured { value, uncertainty, unit }.to_string(), shown);
    }
}
