//! What was measured in a case, whether or not a claim depends on it: the figures by which runs compare.

use super::claim::{Claim, Holds};
use super::figure::Figure;
use super::measure::Measured;
use super::read::read;
use super::subject::{Subject, SubjectKind};
use super::value::Value;
use super::view::View;
use crate::evidence::point::Point;
use crate::evidence::step::{Part, StepId};
use crate::evidence::timeline::Timeline;

/// One measured figure of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The step that it is about.
    pub step: StepId,
    /// What it is.
    pub what: What,
    /// What was measured.
    pub value: Measured,
}

/// What a sample is of.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum What {
    /// From what we sent to what the device sent next in the ladder.
    Answer,
    /// From any other step to what the device sent next.
    Message,
    /// From a step to the line of the control face that comes next.
    Line,
    /// A figure that a check reads, by its name without the label.
    Figure(&'static str),
}

/// Everything measured in a finished timeline: when each step was met by the device, and every quantity
/// that a check reads. Times between named steps are left out, as they are sums of the others.
pub fn samples(
    claims: &[Claim],
    subjects: &[Subject],
    points: &[Point],
    timeline: &Timeline,
) -> Vec<Sample> {
    let view = View::new(subjects, points, timeline);
    let mut samples: Vec<Sample> =
        subjects.iter().filter_map(|subject| met(subject, &view)).collect();
    let mut seen = Vec::new();
    for claim in claims.iter().filter(|claim| claim.part != Part::Postamble) {
        let Holds::True(expression) = &claim.holds else { continue };
        expression.claim.each_reading(&mut |reading| {
            let is_of_steps =
                matches!(reading.figure, Figure::After | Figure::Since | Figure::Took);
            if is_of_steps || seen.contains(&reading) || view.end(reading.step).is_none() {
                return;
            }
            seen.push(reading);
            if let Ok(Value::Measured(value)) = read(reading, &view).value {
                let what = What::Figure(reading.figure.pattern());
                samples.push(Sample { step: reading.step, what, value });
            }
        });
    }
    samples
}

/// The time of a step that the device met.
fn met(subject: &Subject, view: &View<'_>) -> Option<Sample> {
    let step = subject.step;
    view.met_by(step)?;
    let since = view.reference(step)?;
    let what = match (subject.kind, view.subject(since)?.kind) {
        (SubjectKind::Received(_), SubjectKind::Sent(_)) => What::Answer,
        (SubjectKind::Received(_), _) => What::Message,
        (SubjectKind::Line, _) => What::Line,
        _ => return None,
    };
    let (from, to) = (view.end(since)?, view.end(step)?);
    (subject.part != Part::Postamble).then(|| Sample { step, what, value: view.between(from, to) })
}
