//! A number that was measured.

/// A measured number and how far the truth may be from it.
///
/// The unit is that of the field or function that holds it. The uncertainty is a half-width: the
/// true value lies in `value ± uncertainty`, with statistical parts taken at three standard
/// deviations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best estimate.
    pub value: f64,
    /// The half-width of the interval that holds the truth; never negative.
    pub uncertainty: f64,
}

impl Estimate {
    /// Whether `truth` is inside the stated interval.
    pub fn holds(self, truth: f64) -> bool {
        (self.value - truth).abs() <= self.uncertainty
    }
}
