//! How far a measured figure is from the limits that it was held against.

use super::measure::{Limits, Measured, Unit};
use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};
use std::ops::Bound;

/// A quantity that a claim held against limits. Numbers of things, which are exact, have none.
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// The figure, in the words of the claim: `jitter.p99`.
    pub figure: String,
    /// What was measured; its uncertainty has that of the limit in it, where the limit is measured too.
    pub measured: Measured,
    /// What it was held against.
    pub limits: Limits,
}

impl Margin {
    /// The margin of a figure, where there is one: a quantity with a unit, and a limit on it.
    pub(super) fn of(figure: &str, measured: Measured, limits: Limits) -> Option<Self> {
        let is_bounded = limits.low != Bound::Unbounded || limits.high != Bound::Unbounded;
        let is_quantity = measured.unit != Unit::Count && measured.value.is_finite();
        (is_bounded && is_quantity).then(|| Self { figure: figure.to_owned(), measured, limits })
    }

    /// The lower limit.
    pub const fn low(&self) -> Option<f64> {
        edge(self.limits.low)
    }

    /// The upper limit.
    pub const fn high(&self) -> Option<f64> {
        edge(self.limits.high)
    }

    /// How much room is left between the nearest limit and the end of `measured ± uncertainty` that is
    /// nearest to it, in the unit of the figure; negative beyond the limit.
    pub fn room(&self) -> Option<f64> {
        let Measured { value, uncertainty, .. } = self.measured;
        let below = self.high().map(|high| high - (value + uncertainty));
        let above = self.low().map(|low| (value - uncertainty) - low);
        [below, above].into_iter().flatten().min_by(f64::total_cmp)
    }

    /// What the limits allow: the distance from the middle of two limits to either, else the one limit
    /// itself. `None` where that is nil.
    pub fn allowed(&self) -> Option<f64> {
        let whole = match (self.low(), self.high()) {
            (Some(low), Some(high)) => (high - low) / 2.0,
            (Some(limit), None) | (None, Some(limit)) => limit.abs(),
            (None, None) => 0.0,
        };
        (whole > 0.0).then_some(whole)
    }

    /// The room as a part of what the limits allow.
    pub fn relative(&self) -> Option<f64> {
        Some(self.room()? / self.allowed()?)
    }
}

impl Serialize for Margin {
    /// Numbers in the SI unit of the figure; a limit that is not set is left out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Margin", 6)?;
        fields.serialize_field("figure", &self.figure)?;
        fields.serialize_field("unit", self.measured.unit.si())?;
        fields.serialize_field("value", &self.measured.value)?;
        fields.serialize_field("uncertainty", &self.measured.uncertainty)?;
        for (name, limit) in [("low", self.low()), ("high", self.high())] {
            match limit {
                Some(limit) => fields.serialize_field(name, &limit)?,
                None => fields.skip_field(name)?,
            }
        }
        fields.end()
    }
}

const fn edge(bound: Bound<f64>) -> Option<f64> {
    match bound {
        Bound::Included(limit) | Bound::Excluded(limit) => Some(limit),
        Bound::Unbounded => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn margin(value: f64, uncertainty: f64, limits: Limits) -> Margin {
        let measured = Measured { value, uncertainty, unit: Unit::Seconds };
        Margin::of("took", measured, limits).unwrap()
    }

    #[rstest]
    #[case(Limits::of(&..5.0), 4.0, 0.5, 0.5, 0.1)]
    #[case(Limits::of(&..5.0), 6.0, 0.5, -1.5, -0.3)]
    #[case(Limits::of(&(2.0..)), 3.0, 0.5, 0.5, 0.25)]
    #[case(Limits::of(&(1.0..=5.0)), 4.0, 0.5, 0.5, 0.25)]
    #[case(Limits::of(&(1.0..=5.0)), 3.0, 0.5, 1.5, 0.75)]
    fn room_is_what_uncertainty_leaves(
        #[case] limits: Limits,
        #[case] value: f64,
        #[case] uncertainty: f64,
        #[case] room: f64,
        #[case] relative: f64,
    ) {
        let margin = margin(value, uncertainty, limits);
        assert!((margin.room().unwrap() - room).abs() < 1e-9, "{:?}", margin.room());
        assert!((margin.relative().unwrap() - relative).abs() < 1e-9, "{:?}", margin.relative());
    }

    #[test]
    fn a_number_of_things_and_a_figure_without_limits_have_none() {
        assert_eq!(Margin::of("copies", Measured::count(3), Limits::of(&..4.0)), None);
        let took = Measured { value: 1.0, uncertainty: 0.0, unit: Unit::Seconds };
        assert_eq!(Margin::of("took", took, Limits::of(&(..))), None);
    }

    #[test]
    fn a_limit_of_nil_has_no_part() {
        let measured = Measured { value: 1.0, uncertainty: 0.0, unit: Unit::Ppm };
        let margin = Margin::of("skew", measured, Limits::of(&(0.0..))).unwrap();
        assert_eq!((margin.room(), margin.relative()), (Some(1.0), None));
    }

    #[test]
    fn a_margin_is_stored_in_si_units() {
        let text = serde_json::to_string(&margin(0.012, 0.001, Limits::of(&..0.5))).unwrap();
        let expected =
            r#"{"figure":"took","unit":"s","value":0.012,"uncertainty":0.001,"high":0.5}"#;
        assert_eq!(text, expected);
    }
}
