//! Programs, in as few words as a test should need.

use crate::dut::action::{Action, Verb};
use crate::dut::event::EventKind;
use crate::evidence::step::{Part, StepId};
use crate::proto::policy::{Answers, DialogUse, Reliability, SessionSpec};
use crate::scenario::program::{
    Await, Case, Flow, MediaLine, Outgoing, Pattern, Presence, Program, Role, RoleId, RoleKind,
    Send, Signal, Step, StepKind,
};
use crate::wire::edits::Edits;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const ALICE: RoleId = RoleId(0);
pub(super) const BOB: RoleId = RoleId(1);

/// A program of steps that are numbered from 0.
pub(super) fn program(steps: Vec<(Part, StepKind)>) -> Program {
    let role = |name: &str| Role {
        name: name.to_owned(),
        user: name.to_owned(),
        kind: RoleKind::Endpoint,
        codecs: ["PCMU", "telephone-event"].map(str::to_owned).to_vec(),
        withhold: Vec::new(),
        outbound: Vec::new(),
        reach: crate::proto::transport::Reach::default(),
        security: crate::proto::offer_answer::Security::default(),
        rtcp: Vec::new(),
        certificate: crate::proto::certificate::Certificate::default(),
        register: None,
    };
    let steps = steps.into_iter().zip(0..).map(|((part, kind), id)| nested(id, part, kind));
    Program {
        case: Case {
            id: "T-1".to_owned(),
            title: String::new(),
            purpose: String::new(),
            requires: Vec::new(),
            etsi: Vec::new(),
            tags: Vec::new(),
            when: None,
            defects: Vec::new(),
        },
        execution: "T-1".to_owned(),
        values: BTreeMap::new(),
        roles: vec![role("alice"), role("bob")],
        steps: steps.collect(),
        claims: Vec::new(),
        subjects: Vec::new(),
    }
}

pub(super) fn nested(id: u16, part: Part, kind: StepKind) -> Step {
    Step { id: StepId(id), part, text: String::new(), file: String::new(), line: 0, kind }
}

pub(super) fn body(kinds: impl IntoIterator<Item = StepKind>) -> Vec<(Part, StepKind)> {
    kinds.into_iter().map(|kind| (Part::Body, kind)).collect()
}

pub(super) fn send(role: RoleId, method: &str) -> StepKind {
    let (method, dialog) = (method.to_owned(), DialogUse::Current);
    message(role, Outgoing::Request { method, dialog })
}

pub(super) fn reply(role: RoleId, status: u16) -> StepKind {
    message(role, Outgoing::Response { status, method: None, reliability: Reliability::Usual })
}

fn message(role: RoleId, message: Outgoing) -> StepKind {
    StepKind::Send(Send { role, message, edits: Edits::default(), session: SessionSpec::Usual })
}

pub(super) fn request(method: &str) -> Pattern {
    Pattern::Request(method.to_owned())
}

pub(super) fn status(status: u16) -> Pattern {
    Pattern::Response { from: status, to: status, method: None }
}

/// Waits a second for what a later step answers.
pub(super) fn waits(role: RoleId, pattern: Pattern) -> StepKind {
    let (presence, answers) = (Presence::Required, Answers::Scripted);
    StepKind::Await(Await { role, pattern, wait: SECOND, presence, answers })
}

pub(super) fn may(role: RoleId, pattern: Pattern) -> StepKind {
    let (presence, answers) = (Presence::Optional, Answers::Scripted);
    StepKind::Await(Await { role, pattern, wait: SECOND, presence, answers })
}

pub(super) fn event(kind: EventKind) -> StepKind {
    StepKind::AwaitEvent { kind, detail: None, wait: SECOND, presence: Presence::Required }
}

pub(super) fn does(verb: Verb) -> StepKind {
    StepKind::Do { action: Action { verb, arguments: Vec::new() }, wait: SECOND * 2 }
}

/// The steps by which alice gets a call up, numbered 0 to 2.
pub(super) fn call() -> Vec<(Part, StepKind)> {
    body([send(ALICE, "INVITE"), waits(ALICE, status(200)), send(ALICE, "ACK")])
}

pub(super) fn line(id: u16, flow: Flow) -> MediaLine {
    MediaLine {
        id: StepId(id),
        text: String::new(),
        line: 0,
        role: ALICE,
        flow,
        protection: crate::proto::media::shield::Protection::Agreed,
        shapes: Vec::new(),
    }
}

pub(super) fn silence(span: Duration) -> Flow {
    Flow::Play { signal: Signal::Silence, span }
}
