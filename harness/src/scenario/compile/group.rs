//! `none of`, `any of`, `unordered` and `repeat`.

use super::command::patient;
use super::step::Head;
use super::{Compiler, WAIT};
use crate::check::claim::Holds;
use crate::check::subject::SubjectKind;
use crate::scenario::code::Code;
use crate::scenario::program::{Step, StepKind};
use crate::scenario::tree::{Node, Scalar};
use std::time::Duration;

/// The most rounds of a `repeat`.
const MOST_ROUNDS: usize = 1_000;

impl Compiler<'_> {
    /// `none of: [dut -> alice: BYE]` with `for: 5 s`.
    pub(super) fn none_of(&mut self, head: &Head<'_>) -> Option<Step> {
        self.reject_within(head, "nothing is waited for here");
        self.only(head, &["for", "stands-for", "check", "as"], "`none of`");
        let span = self.span(head.keys, "for");
        if head.keys.get("for").is_none() {
            let title = "`none of` does not say for how long";
            self.sink
                .add(Code::MissingKey, &head.key.place, title, "expected `for:` beside it")
                .help("such as `for: 5 s`");
        }
        let text = head.text();
        let id = self.enter_step(head, &text, SubjectKind::Other);
        self.claim(id, head.keys, &head.key.place, &text, Holds::Silent);
        self.label_and_checks(id, head.keys);
        let mut patterns = Vec::new();
        for item in head.value.list("`none of`", &mut self.sink)?.items.clone() {
            let item = self.scope.node(&item, |_| true, &mut self.sink);
            patterns.extend(self.forbidden(&item));
        }
        if patterns.is_empty() && head.value.list("", &mut self.sink)?.items.is_empty() {
            self.sink.add(Code::Empty, &head.key.place, "`none of` is empty", "expected lines");
        }
        let span = span.unwrap_or_default();
        Some(self.made(id, head, text, StepKind::NoneOf { patterns, span }))
    }

    /// `any of: [[steps], [steps]]`.
    pub(super) fn any_of(&mut self, head: &Head<'_>) -> Option<Step> {
        self.only(head, &["wait", "within", "stands-for", "check", "as"], "`any of`");
        let within = self.span(head.keys, "within");
        let wait = self.span(head.keys, "wait");
        let text = head.text();
        let before = self.since;
        let id = self.enter(&head.place(), &text, SubjectKind::Other);
        self.claim(id, head.keys, &head.key.place, &text, Holds::Met { within });
        self.label_and_checks(id, head.keys);
        let mut branches = Vec::new();
        for branch in &head.value.list("`any of`", &mut self.sink)?.items {
            self.since = before;
            let items = match branch {
                Node::List(list) => list.items.clone(),
                Node::Map(_) => vec![branch.clone()],
                Node::Scalar(_) => {
                    branch.list("a branch of `any of`", &mut self.sink);
                    continue;
                }
            };
            branches.push(self.branch(branch, &items));
        }
        if branches.is_empty() {
            self.sink.add(Code::Empty, &head.key.place, "`any of` is empty", "expected branches");
        }
        let longest = branches.iter().filter_map(|branch| branch.first()).filter_map(wait_of).max();
        let wait = wait.or(within.map(|within| patient(Some(within)))).or(longest).unwrap_or(WAIT);
        self.since = Some(id);
        Some(self.made(id, head, text, StepKind::AnyOf { branches, wait }))
    }

    fn branch(&mut self, branch: &Node, items: &[Node]) -> Vec<Step> {
        let first = self.drafts.len();
        let known = self.sink.len();
        let steps = self.steps(items);
        match steps.first() {
            Some(step) if wait_of(step).is_some() => {
                // Which branch is taken is up to the device: that one is taken is claimed of the
                // group, not of the first step of each.
                let step = step.id;
                let mut at = 0;
                self.drafts.retain(|draft| {
                    at += 1;
                    let met = matches!(draft.what, super::What::Holds(Holds::Met { .. }));
                    at <= first || draft.step != step || !met
                });
                if let Some(Node::Map(keys)) = items.first()
                    && let Some((key, _)) = keys.entry("within")
                {
                    let title = "`within` on the first step of a branch";
                    self.sink
                        .add(Code::Conflict, &key.place, title, "the device chooses the branch")
                        .help(
                            "put it beside `any of:`, where it holds for whichever branch is taken",
                        );
                }
            }
            Some(step) => {
                let place = self.places.get(usize::from(step.id.0)).cloned();
                let place = place.unwrap_or_else(|| branch.place().clone());
                self.sink
                    .add(
                        Code::NotAWait,
                        &place,
                        "a branch has to begin with a wait",
                        "this is our own doing",
                    )
                    .help("begin with what the device does: `dut -> alice: …` or `event: …`");
            }
            None if self.sink.len() == known => {
                self.sink.add(Code::Empty, branch.place(), "a branch is empty", "expected steps");
            }
            None => {}
        }
        steps
    }

    /// `unordered: [steps]`.
    pub(super) fn unordered(&mut self, head: &Head<'_>) -> Option<Step> {
        self.reject_within(head, "each step in it can have its own");
        self.only(head, &["wait", "check", "as"], "`unordered`");
        let wait = self.span(head.keys, "wait");
        let text = head.text();
        let before = self.since;
        let id = self.enter(&head.place(), &text, SubjectKind::Other);
        self.label_and_checks(id, head.keys);
        let items = head.value.list("`unordered`", &mut self.sink)?.items.clone();
        let mut steps = Vec::new();
        for item in &items {
            self.since = before;
            steps.extend(self.steps(std::slice::from_ref(item)));
        }
        for step in steps.iter().filter(|step| wait_of(step).is_none()) {
            if let Some(place) = self.places.get(usize::from(step.id.0)) {
                self.sink
                    .add(
                        Code::NotAWait,
                        place,
                        "a step of `unordered` has to be a wait",
                        "this is our own doing",
                    )
                    .help("put it before or after the `unordered` steps");
            }
        }
        if items.is_empty() {
            self.sink.add(Code::Empty, &head.key.place, "`unordered` is empty", "expected steps");
        }
        let wait = wait.or(steps.iter().filter_map(wait_of).max()).unwrap_or(WAIT);
        self.since = Some(id);
        Some(self.made(id, head, text, StepKind::Unordered { steps, wait }))
    }

    /// `repeat: 3` with `steps: […]`: written out.
    pub(super) fn repeat(&mut self, head: &Head<'_>, steps: &mut Vec<Step>) {
        self.reject_within(head, "each step in it can have its own");
        self.only(head, &["steps"], "`repeat`");
        let Some(scalar) = head.value.scalar("`repeat`", &mut self.sink) else { return };
        let rounds = self.rounds(scalar);
        let Some(body) = head.keys.get("steps") else {
            let title = "`repeat` has no steps";
            self.sink.add(Code::MissingKey, &head.key.place, title, "expected `steps:` beside it");
            return;
        };
        let Some(list) = body.list("`steps`", &mut self.sink) else { return };
        let outer = self.scope.value("repeat").map(str::to_owned);
        for round in 1..=rounds {
            self.scope.set("repeat", round.to_string());
            steps.extend(self.steps(&list.items));
        }
        match outer {
            Some(outer) => self.scope.set("repeat", outer),
            None => self.scope.unset("repeat"),
        }
    }

    fn rounds(&mut self, scalar: &Scalar) -> usize {
        match scalar.text.parse() {
            Ok(rounds) if (1..=MOST_ROUNDS).contains(&rounds) => rounds,
            _ if scalar.open => 1,
            _ => {
                let title = format!("cannot repeat `{}` times", scalar.text);
                let label = format!("expected a number from 1 to {MOST_ROUNDS}");
                self.sink.add(Code::Range, &scalar.place, title, label);
                1
            }
        }
    }
}

/// How long a step waits for the device; nothing if it does not.
fn wait_of(step: &Step) -> Option<Duration> {
    match &step.kind {
        StepKind::Await(await_) => Some(await_.wait),
        StepKind::AwaitEvent { wait, .. } => Some(*wait),
        StepKind::Send(_)
        | StepKind::Media(_)
        | StepKind::Do { .. }
        | StepKind::Register { .. }
        | StepKind::Bench(_)
        | StepKind::Impair(_)
        | StepKind::Hold(_)
        | StepKind::NoneOf { .. }
        | StepKind::AnyOf { .. }
        | StepKind::Unordered { .. } => None,
    }
}
