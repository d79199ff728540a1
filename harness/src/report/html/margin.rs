//! The figures that came nearest to their limits.

use super::anchor;
use super::badge::Badge;
use crate::check::claim::Finding;
use crate::check::margin::Margin;
use crate::check::measure::Measured;
use crate::report::{JudgedCase, JudgedRun};
use crate::verdict::Verdict;

/// One figure, ready for the template.
pub(super) struct MarginView<'a> {
    pub(super) figure: &'a str,
    /// The step that it is of, in the author's words.
    pub(super) step: &'a str,
    pub(super) measured: String,
    pub(super) limit: String,
    pub(super) room: String,
    pub(super) gauge: Gauge,
    pub(super) verdict: Badge,
    pub(super) case: String,
    pub(super) anchor: String,
}

/// How much of what the limit allows is used, in per cent of the width of the drawing, which ends a
/// little beyond the limit.
pub(super) struct Gauge {
    /// Up to the measured value.
    pub(super) value: String,
    /// From where to how far the truth may be.
    pub(super) from: String,
    pub(super) width: String,
    /// Where the limit is.
    pub(super) limit: String,
}

impl<'a> MarginView<'a> {
    /// The thinnest margins of a run, the thinnest first: of each case and figure the thinnest, among
    /// those that did not fail.
    pub(super) fn thinnest(run: &'a JudgedRun) -> Vec<Self> {
        let mut all: Vec<(f64, Self)> = Vec::new();
        for case in &run.cases {
            let mut of_case: Vec<(f64, &Margin, &Finding)> = Vec::new();
            for finding in &case.findings {
                if !matches!(finding.verdict, Verdict::Pass | Verdict::Inconclusive) {
                    continue;
                }
                for margin in &finding.margins {
                    let Some(part) = margin.relative() else { continue };
                    match of_case.iter_mut().find(|(_, other, _)| other.figure == margin.figure) {
                        Some(thicker) if thicker.0 > part => {
                            *thicker = (part, margin, finding);
                        }
                        Some(_) => {}
                        None => of_case.push((part, margin, finding)),
                    }
                }
            }
            let views = of_case.into_iter().filter_map(|(part, margin, finding)| {
                Some((part, Self::new(case, finding, margin)?))
            });
            all.extend(views);
        }
        all.sort_by(|(one, a), (other, b)| one.total_cmp(other).then_with(|| a.case.cmp(&b.case)));
        let thin = |(place, (part, _)): &(usize, (f64, Self))| *place < FEW || *part < THICK;
        let thinnest = all.into_iter().take(MOST).enumerate().filter(thin);
        thinnest.map(|(_, (_, view))| view).collect()
    }

    fn new(case: &'a JudgedCase, finding: &Finding, margin: &'a Margin) -> Option<Self> {
        let room = margin.room()?;
        let exact = |value| Measured { value, uncertainty: 0.0, ..margin.measured };
        let part = margin.relative()? * 100.0;
        Some(Self {
            figure: &margin.figure,
            step: case.claim(finding).map_or("", |claim| case.step_text(claim.step)),
            measured: margin.measured.to_string(),
            limit: words(margin),
            room: format!("{} ({part:.0} %)", exact(room)),
            gauge: Gauge::new(margin)?,
            verdict: Badge::new(finding.verdict),
            case: case.record.label(),
            anchor: anchor(&case.record.folder),
        })
    }
}

/// The limits in words.
pub(super) fn words(margin: &Margin) -> String {
    let exact = |value| Measured { value, uncertainty: 0.0, ..margin.measured };
    match (margin.low(), margin.high()) {
        (Some(low), Some(high)) => format!("{} to {}", exact(low), exact(high)),
        (Some(low), None) => format!("at least {}", exact(low)),
        (None, Some(high)) => format!("at most {}", exact(high)),
        (None, None) => String::new(),
    }
}

impl Gauge {
    fn new(margin: &Margin) -> Option<Self> {
        let far = margin.measured.uncertainty / margin.allowed()?;
        let value = 1.0 - margin.relative()? - far;
        let place =
            |part: f64| (part.clamp(0.0, 1.0 / LIMIT) * LIMIT * 100.0 * 10.0).round() / 10.0;
        let (from, to) = (place(value - far), place(value + far));
        Some(Self {
            value: place(value).to_string(),
            from: from.to_string(),
            width: format!("{:.1}", to - from),
            limit: place(1.0).to_string(),
        })
    }
}

/// So many are shown at most.
const MOST: usize = 15;
/// So many are shown however much room they have.
const FEW: usize = 5;
/// A figure with so much of its room left is not near its limit.
const THICK: f64 = 0.9;
/// Where in the drawing the limit is.
const LIMIT: f64 = 0.8;
