//! Judging the claims of a program over a finished timeline.

use super::claim::{Claim, Finding, Holds};
use super::crash::Crash;
use super::evaluate::compare::at_most;
use super::evaluate::{Outcome, evaluate};
use super::margin::Margin;
use super::measure::{Limits, Measured, Unit};
use super::subject::Subject;
use super::view::{End, View, seconds};
use crate::evidence::point::Point;
use crate::evidence::record::Ended;
use crate::evidence::step::{Part, StepId};
use crate::evidence::timeline::{Entry, Seen, Seq, Timeline};
use crate::verdict::Verdict;
use std::ops::Bound;
use std::time::Duration;

/// Judges the crashes of the device, and then every claim; one finding for each, in their order.
///
/// A crash that a step waited for is no finding. Any other fails the case in the body, whatever step is
/// at hand, is inconclusive before, and taints the rig afterwards.
///
/// A finding of verdict `None` says why a claim was not judged: the step was optional and passed
/// over, its branch was not taken, an earlier step already failed, or it belongs to the postamble,
/// which taints the rig and not the verdict.
pub fn judge(
    claims: &[Claim],
    subjects: &[Subject],
    points: &[Point],
    timeline: &Timeline,
    crashes: &[Crash],
) -> Vec<Finding> {
    let view = View::new(subjects, points, timeline);
    let judge = Judge { claims, view: &view };
    let crashes = crashes.iter().filter_map(|crash| crash.finding(&view));
    crashes
        .chain(claims.iter().enumerate().map(|(index, claim)| {
            let Outcome { verdict, text, mut evidence, margins } =
                in_part(claim.part, judge.judge(claim));
            evidence.sort_unstable();
            evidence.dedup();
            let requirement = claim.requirement.clone();
            Finding { claim: Some(index), requirement, verdict, text, evidence, margins }
        }))
        .collect()
}

/// The verdict of a case: the worst of its findings, and what its ending adds.
///
/// A fault of the bench or of ours is an error whatever was found; an interrupted case is at least
/// inconclusive.
pub fn verdict(findings: &[Finding], ended: &Ended) -> Verdict {
    let found = findings.iter().fold(Verdict::None, |worst, finding| worst.merge(finding.verdict));
    match ended {
        Ended::Finished => found,
        Ended::Interrupted => found.merge(Verdict::Inconclusive),
        Ended::Fault(_) | Ended::Panic(_) => Verdict::Error,
    }
}

/// What a part of the case makes of an outcome.
fn in_part(part: Part, outcome: Outcome) -> Outcome {
    match (part, outcome.verdict) {
        (Part::Preamble, Verdict::Fail) => Outcome { verdict: Verdict::Inconclusive, ..outcome },
        (Part::Postamble, _) => Outcome { verdict: Verdict::None, ..outcome },
        (Part::Preamble | Part::Body, _) => outcome,
    }
}

struct Judge<'a> {
    claims: &'a [Claim],
    view: &'a View<'a>,
}

impl Judge<'_> {
    fn judge(&self, claim: &Claim) -> Outcome {
        let step = claim.step;
        match (&claim.holds, self.view.course(step).ended) {
            (Holds::Met { .. } | Holds::Silent, Some((_, End::Skipped))) => self.passed_over(step),
            (Holds::Met { within }, Some((_, End::Met(_)))) => self.met(step, *within),
            (Holds::Met { .. }, Some((mark, End::Unmet(why)))) => {
                let text = format!("{} was not met: {why}", self.name(step));
                Outcome::new(Verdict::Fail, text, self.around(step, mark))
            }
            (Holds::Silent, Some((mark, End::Met(_)))) => {
                let text = format!("{}: nothing of it was seen", self.name(step));
                Outcome::new(Verdict::Pass, text, self.around(step, mark))
            }
            (Holds::Silent, Some((mark, End::Unmet(why)))) => {
                let text = format!("{}: {why}", self.name(step));
                let mut evidence = self.around(step, mark);
                evidence.extend(self.last_received(step, mark));
                Outcome::new(Verdict::Fail, text, evidence)
            }
            (Holds::Met { .. } | Holds::Silent, None) => self.unreached(step),
            (Holds::True(expression), _) => {
                let mut steps = vec![step];
                steps.extend(expression.steps());
                let hindered = steps.into_iter().find_map(|step| self.hindered(step));
                hindered.unwrap_or_else(|| evaluate(&expression.claim, self.view))
            }
        }
    }

    fn met(&self, step: StepId, within: Option<Duration>) -> Outcome {
        let name = self.name(step);
        let Some(end) = self.view.end(step) else { return self.unreached(step) };
        let Some(within) = within else {
            let text = format!("{name} was met");
            return Outcome::new(Verdict::Pass, text, vec![end.seq]);
        };
        let reference = self.view.reference(step);
        let since = match reference {
            Some(since) => self.view.end(since),
            None => self.view.course(step).reached.map(|mark| self.view.instant(mark)),
        };
        let Some(since) = since else {
            let text = format!("{name} was met, but the step before it was not: no time to judge");
            return Outcome::new(Verdict::Inconclusive, text, vec![end.seq]);
        };
        let took = self.view.between(since, end);
        let limits = Limits { low: Bound::Unbounded, high: at_most(seconds(within)) };
        let verdict = limits.judge(took);
        let within = Measured { value: seconds(within), uncertainty: 0.0, unit: Unit::Seconds };
        let relation = match verdict {
            Verdict::Pass => format!("within {within}"),
            Verdict::Fail => format!("not within {within}"),
            Verdict::None | Verdict::Inconclusive | Verdict::Error => {
                format!("too close to {within} to tell whether in time")
            }
        };
        let after = reference.map(|since| format!(" after {}", self.name(since)));
        let text = format!("{name} was met {took}{}, {relation}", after.unwrap_or_default());
        let margins = Margin::of("after", took, limits).into_iter().collect();
        Outcome { margins, ..Outcome::new(verdict, text, vec![since.seq, end.seq]) }
    }

    /// Why nothing can be read off a step, if so.
    fn hindered(&self, step: StepId) -> Option<Outcome> {
        match self.view.course(step).ended {
            Some((_, End::Met(_))) => None,
            Some((_, End::Skipped)) => Some(self.passed_over(step)),
            Some((mark, End::Unmet(_))) => {
                let verdict =
                    if self.is_claimed(step) { Verdict::None } else { Verdict::Inconclusive };
                let text = format!("not judged: {} was not met", self.name(step));
                Some(Outcome::new(verdict, text, vec![mark.seq]))
            }
            None => Some(self.unreached(step)),
        }
    }

    fn passed_over(&self, step: StepId) -> Outcome {
        let text = format!("not judged: {} was optional and did not come", self.name(step));
        Outcome::new(Verdict::None, text, Vec::new())
    }

    /// A step that was never reached, or never finished.
    ///
    /// An unmet step before it is to blame. It is inconclusive only if no claim answers for that
    /// one: otherwise that claim says what there is to say. Without one a branch was not taken.
    fn unreached(&self, step: StepId) -> Outcome {
        let is_unmet = |end: &Option<(&Entry, End<'_>)>| matches!(end, Some((_, End::Unmet(_))));
        let unmet: Vec<_> = self
            .view
            .courses()
            .filter(|(before, course)| *before < step && is_unmet(&course.ended))
            .map(|(before, _)| before)
            .collect();
        let name = self.name(step);
        let (verdict, text) = match unmet.first() {
            None => (Verdict::None, format!("not judged: {name} was not reached")),
            Some(first) => {
                let answered = unmet.iter().any(|step| self.is_claimed(*step));
                let verdict = if answered { Verdict::None } else { Verdict::Inconclusive };
                let first = self.name(*first);
                (verdict, format!("not judged: {name} was not reached, as {first} was not met"))
            }
        };
        Outcome::new(verdict, text, Vec::new())
    }

    /// Whether a claim says by itself that a step of the preamble or the body was not met.
    fn is_claimed(&self, step: StepId) -> bool {
        self.claims.iter().any(|claim| {
            claim.step == step
                && claim.part != Part::Postamble
                && matches!(claim.holds, Holds::Met { .. } | Holds::Silent)
        })
    }

    /// The marks of a step, and the death of the device where it died meanwhile.
    fn around(&self, step: StepId, mark: &Entry) -> Vec<Seq> {
        let reached = self.view.course(step).reached.map(|entry| entry.seq);
        let from = reached.unwrap_or(mark.seq);
        let died = self
            .between(from, mark.seq)
            .filter(|entry| matches!(entry.seen, Seen::Died(_)))
            .map(|entry| entry.seq);
        reached.into_iter().chain(died).chain([mark.seq]).collect()
    }

    /// What came last before a mark: it made the interpreter say so.
    fn last_received(&self, step: StepId, mark: &Entry) -> Option<Seq> {
        let from = self.view.course(step).reached?.seq;
        let received = self
            .between(from, mark.seq)
            .filter(|entry| matches!(entry.seen, Seen::Received(_) | Seen::Line(_)));
        received.last().map(|entry| entry.seq)
    }

    fn between(&self, from: Seq, to: Seq) -> impl Iterator<Item = &Entry> {
        let entries = self.view.timeline().entries().iter();
        entries.skip_while(move |entry| entry.seq < from).take_while(move |entry| entry.seq < to)
    }

    fn name(&self, step: StepId) -> String {
        match self.view.subject(step) {
            Some(subject) => format!("`{}`", subject.text),
            None => format!("step {}", step.0),
        }
    }
}

#[cfg(test)]
mod tests;
