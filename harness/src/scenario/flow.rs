//! What the steps of a program mean for each other: who answers, and what cannot be.

use super::code::Code;
use super::program::{Await, Outgoing, Pattern, Presence, Program, Send, Step, StepKind};
use super::sink::Sink;
use super::source::Place;
use crate::dut::action::Verb;
use crate::evidence::step::StepId;
use crate::proto::policy::{Answers, DialogUse, Withhold};
use std::collections::BTreeSet;

/// Follows the steps in order: marks the requests that later steps answer, and reports steps that
/// make no sense after those before them; none past `gap`, before which a step is missing.
pub(super) fn follow(
    program: &mut Program,
    places: &[Place],
    gap: Option<StepId>,
    sink: &mut Sink,
) {
    let acks: Vec<_> =
        program.roles.iter().map(|role| !role.withhold.contains(&Withhold::Ack)).collect();
    let mut walk = Walk { places, gap, sink, answered: BTreeSet::new() };
    let mut ends: Vec<End> =
        acks.iter().map(|acks| End { acks: *acks, ..End::default() }).collect();
    walk.steps(&program.steps, &mut ends);
    for step in ends.iter().filter_map(|end| end.unacknowledged).filter(|_| gap.is_none()) {
        if let Some(place) = walk.places.get(usize::from(step.0)) {
            walk.sink
                .add(Code::NoAck, place, "this 2xx is never acknowledged", "no ACK follows")
                .help(
                    "add `alice -> dut: ACK`, or give the role `withhold: [ack]` if that is meant",
                );
        }
    }
    let answered = walk.answered;
    mark(&mut program.steps, &answered);
}

/// What one of our ends has seen and done so far.
#[derive(Clone, Default)]
struct End {
    /// Whether it acknowledges 2xx at all.
    acks: bool,
    /// Requests of the device without a final response, oldest first.
    pending: Vec<(StepId, String)>,
    /// Whether there has been an INVITE, either way.
    invited: bool,
    /// Whether it has sent an INVITE.
    inviting: bool,
    /// The method of the last request that it sent.
    last: String,
    /// A 2xx to its INVITE.
    unacknowledged: Option<StepId>,
}

struct Walk<'a> {
    places: &'a [Place],
    gap: Option<StepId>,
    sink: &'a mut Sink,
    /// The waits for requests that later steps answer.
    answered: BTreeSet<StepId>,
}

impl Walk<'_> {
    fn steps(&mut self, steps: &[Step], ends: &mut Vec<End>) {
        for step in steps {
            match &step.kind {
                StepKind::Send(send) => self.send(step.id, send, ends),
                StepKind::Await(wait) => expect(step.id, wait, ends),
                StepKind::Do { action, .. } if matches!(action.verb, Verb::Dial | Verb::Press) => {
                    for end in ends.iter_mut() {
                        end.invited = true;
                    }
                }
                StepKind::AnyOf { branches, .. } => self.branches(branches, ends),
                StepKind::Unordered { steps, .. } => self.steps(steps, ends),
                StepKind::Media(_)
                | StepKind::Do { .. }
                | StepKind::AwaitEvent { .. }
                | StepKind::Register { .. }
                | StepKind::Bench(_)
                | StepKind::Impair(_)
                | StepKind::Hold(_)
                | StepKind::NoneOf { .. } => {}
            }
        }
    }

    fn branches(&mut self, branches: &[Vec<Step>], ends: &mut Vec<End>) {
        let mut seen: Vec<&StepKind> = Vec::new();
        let mut after: Option<Vec<End>> = None;
        for branch in branches {
            if let Some(first) = branch.first() {
                if seen.iter().any(|earlier| covers(earlier, &first.kind)) {
                    let title = "this branch is never taken";
                    self.report(
                        Code::Unreachable,
                        first.id,
                        title,
                        "an earlier branch takes this",
                        "",
                    );
                }
                seen.push(&first.kind);
            }
            let mut own = ends.clone();
            self.steps(branch, &mut own);
            after = Some(match after {
                None => own,
                Some(others) => others.into_iter().zip(own).map(|(a, b)| a.or(b)).collect(),
            });
        }
        if let Some(after) = after {
            *ends = after;
        }
    }

    fn send(&mut self, step: StepId, send: &Send, ends: &mut [End]) {
        let Some(end) = ends.get_mut(usize::from(send.role.0)) else { return };
        match &send.message {
            // Nobody knows what is in it.
            Outgoing::Raw(_) => {
                end.invited = true;
                end.inviting = true;
                end.unacknowledged = None;
            }
            Outgoing::Again(_) => {}
            Outgoing::Response { status, method, .. } => {
                self.answer(step, *status, method.as_deref(), end);
            }
            Outgoing::Request { method, dialog } => {
                self.request(step, method, *dialog, end);
                end.last.clone_from(method);
            }
        }
    }

    fn request(&mut self, step: StepId, method: &str, dialog: DialogUse, end: &mut End) {
        let (possible, before) = match method {
            "INVITE" => {
                end.invited = true;
                end.inviting = true;
                return;
            }
            "ACK" => {
                end.unacknowledged = None;
                (end.inviting, "this end has sent no INVITE that it could acknowledge")
            }
            "CANCEL" => (end.inviting, "this end has sent no INVITE that it could cancel"),
            "PRACK" => (end.inviting, "this end has sent no INVITE that could be answered"),
            "BYE" => (end.invited, "there has been no INVITE"),
            _ => return,
        };
        if !possible && dialog == DialogUse::Current {
            let title = format!("{method} before there can be anything to send it for");
            let help = "`dialog: outside` or `dialog: unknown` sends it all the same";
            self.report(Code::NoDialog, step, &title, before, help);
        }
    }

    fn answer(&mut self, step: StepId, status: u16, method: Option<&str>, end: &mut End) {
        let found = end.pending.iter().position(|(_, pending)| method.is_none_or(|m| m == pending));
        let Some(at) = found else {
            let title = match method {
                Some(method) => format!("{status} to a {method} that has not come"),
                None => format!("{status} to no request"),
            };
            let help = "a step before it has to wait for the request: `dut -> alice: INVITE`";
            self.report(Code::NoRequest, step, &title, "nothing is unanswered here", help);
            return;
        };
        if let Some((request, _)) = end.pending.get(at) {
            self.answered.insert(*request);
        }
        if status >= 200 {
            end.pending.remove(at);
        }
    }

    fn report(&mut self, code: Code, step: StepId, title: &str, label: &str, help: &str) {
        let known = self.gap.is_none_or(|gap| step < gap);
        if known && let Some(place) = self.places.get(usize::from(step.0)) {
            let help = Some(help.to_owned()).filter(|help| !help.is_empty());
            self.sink.add(code, place, title, label).maybe_help(help);
        }
    }
}

fn expect(step: StepId, wait: &Await, ends: &mut [End]) {
    let Some(end) = ends.get_mut(usize::from(wait.role.0)) else { return };
    match &wait.pattern {
        Pattern::Request(method) => {
            end.invited |= method == "INVITE";
            if method != "ACK" {
                end.pending.push((step, method.clone()));
            }
        }
        Pattern::Response { from, to, method } => {
            let to_invite = method.as_deref().unwrap_or(&end.last) == "INVITE";
            let success = *from >= 200 && *to < 300;
            if to_invite
                && success
                && end.inviting
                && end.acks
                && wait.presence == Presence::Required
            {
                end.unacknowledged = Some(step);
            }
        }
    }
}

impl End {
    /// What holds after one of two branches.
    fn or(self, other: Self) -> Self {
        let mut pending = self.pending;
        pending.retain(|request| other.pending.contains(request));
        Self {
            acks: self.acks,
            pending,
            invited: self.invited || other.invited,
            inviting: self.inviting || other.inviting,
            last: if other.last.is_empty() { self.last } else { other.last },
            unacknowledged: self.unacknowledged.or(other.unacknowledged),
        }
    }
}

/// Whether whatever meets `later` meets `earlier` as well.
fn covers(earlier: &StepKind, later: &StepKind) -> bool {
    match (earlier, later) {
        (StepKind::Await(a), StepKind::Await(b)) if a.role == b.role => {
            match (&a.pattern, &b.pattern) {
                (
                    Pattern::Response { from, to, method },
                    Pattern::Response { from: lowest, to: highest, method: of },
                ) => from <= lowest && highest <= to && (method.is_none() || method == of),
                (a, b) => a == b,
            }
        }
        (
            StepKind::AwaitEvent { kind, detail, .. },
            StepKind::AwaitEvent { kind: later, detail: of, .. },
        ) => kind == later && (detail.is_none() || detail == of),
        _ => false,
    }
}

fn mark(steps: &mut [Step], answered: &BTreeSet<StepId>) {
    for step in steps {
        let id = step.id;
        match &mut step.kind {
            StepKind::Await(wait) if answered.contains(&id) => wait.answers = Answers::Scripted,
            StepKind::AnyOf { branches, .. } => {
                for branch in branches {
                    mark(branch, answered);
                }
            }
            StepKind::Unordered { steps, .. } => mark(steps, answered),
            StepKind::Await(_)
            | StepKind::Send(_)
            | StepKind::Media(_)
            | StepKind::Do { .. }
            | StepKind::AwaitEvent { .. }
            | StepKind::Register { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Hold(_)
            | StepKind::NoneOf { .. } => {}
        }
    }
}
