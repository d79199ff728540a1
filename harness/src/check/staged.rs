//! Timelines made by hand, for the tests of judging.

use super::claim::{Claim, Finding, Holds};
use super::crash::Crash;
use super::expression::{Expression, Scope};
use super::judge::judge;
use super::subject::{Subject, SubjectKind};
use crate::evidence::point::{Pco, Point, RolePoint, StampClock};
use crate::evidence::step::{Part, StepId};
use crate::evidence::timeline::{Datagram, Seen, Seq, Timeline};
use crate::time::Tick;
use std::net::SocketAddr;
use std::time::Duration;

/// A case under way: one role, `alice`, and stamps that are good to a settable span.
pub(super) struct Stage {
    pub(super) timeline: Timeline,
    pub(super) subjects: Vec<Subject>,
    pub(super) claims: Vec<Claim>,
    pub(super) crashes: Vec<Crash>,
    /// The part of the steps to come.
    pub(super) part: Part,
    points: Vec<Point>,
}

impl Stage {
    /// An empty case, all of whose stamps are good to `stamp`.
    pub(super) fn new(stamp: Duration) -> Self {
        let sockets = (address(5060), address(10_000));
        let points = Point::of_case(
            [("alice", sockets)],
            (StampClock::Kernel, stamp),
            (StampClock::User, stamp),
        );
        Self {
            timeline: Timeline::default(),
            subjects: Vec::new(),
            claims: Vec::new(),
            crashes: Vec::new(),
            part: Part::Body,
            points,
        }
    }

    /// A step of the program, counting from the one before it.
    pub(super) fn step(&mut self, label: &str, text: &str, kind: SubjectKind) -> StepId {
        let step = StepId(u16::try_from(self.subjects.len()).unwrap());
        let since = self.subjects.last().map(|subject| subject.step);
        let (label, text) = (Some(label.to_owned()), text.to_owned());
        self.subjects.push(Subject { step, part: self.part, label, text, kind, since });
        step
    }

    /// Something that was seen, so many milliseconds into the case.
    pub(super) fn see(&mut self, millis: f64, pco: Pco, seen: Seen) -> Seq {
        self.timeline.record(at(millis), pco, seen).seq
    }

    pub(super) fn mark(&mut self, millis: f64, seen: Seen) -> Seq {
        self.see(millis, Pco::TEST, seen)
    }

    pub(super) fn received(&mut self, millis: f64, point: RolePoint, bytes: &[u8]) -> Seq {
        let datagram = datagram(bytes);
        self.see(millis, Pco::of_role(0, point), Seen::Received(datagram))
    }

    pub(super) fn sent(&mut self, millis: f64, point: RolePoint, bytes: &[u8]) -> Seq {
        let datagram = datagram(bytes);
        self.see(millis, Pco::of_role(0, point), Seen::Sent(datagram))
    }

    /// A step that was reached and, a millisecond later, met by a received message.
    pub(super) fn receives(&mut self, label: &str, millis: f64, message: &str) -> StepId {
        let step = self.step(label, &format!("dut -> alice: {label}"), SubjectKind::Received(0));
        self.mark(millis - 1.0, Seen::Reached(step));
        let seq = self.received(millis, RolePoint::Sip, wire(message).as_bytes());
        self.mark(millis, Seen::Met(step, Some(seq)));
        step
    }

    /// A step by which a message was sent.
    pub(super) fn sends(&mut self, label: &str, millis: f64, message: &str) -> StepId {
        let step = self.step(label, &format!("alice -> dut: {label}"), SubjectKind::Sent(0));
        self.mark(millis, Seen::Reached(step));
        let seq = self.sent(millis, RolePoint::Sip, wire(message).as_bytes());
        self.mark(millis, Seen::Met(step, Some(seq)));
        step
    }

    /// A claim at a step.
    pub(super) fn claim(&mut self, part: Part, step: StepId, holds: Holds) {
        let requirement = "RFC3261-8.1.1-1".parse().unwrap();
        let text = String::new();
        self.claims.push(Claim { requirement, step, part, text, line: 1, holds });
    }

    /// The expression, which must have no mistake.
    pub(super) fn parse(&self, step: StepId, text: &str) -> Expression {
        let labels: Vec<_> = self
            .subjects
            .iter()
            .filter_map(|it| Some((it.label.clone()?, it.step, it.kind)))
            .collect();
        let kind = self.subjects[usize::from(step.0)].kind;
        Expression::parse(text, &Scope { this: step, kind, labels: &labels })
            .unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
    }

    /// What judging one expression at a labelled step of the body finds.
    pub(super) fn check(&self, label: &str, text: &str) -> Finding {
        let is = |subject: &&Subject| subject.label.as_deref() == Some(label);
        let step = self.subjects.iter().find(is).expect("a step of that name").step;
        let claim = Claim {
            requirement: "RFC3261-8.1.1-1".parse().unwrap(),
            step,
            part: Part::Body,
            text: text.to_owned(),
            line: 1,
            holds: Holds::True(self.parse(step, text)),
        };
        judge(&[claim], &self.subjects, &self.points, &self.timeline, &[]).remove(0)
    }

    /// What judging all claims finds, a line each.
    pub(super) fn judged(&self) -> String {
        let findings =
            judge(&self.claims, &self.subjects, &self.points, &self.timeline, &self.crashes);
        findings.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A finding on one line: its verdict, its sentence, what it cites.
pub(super) fn line(finding: &Finding) -> String {
    let cited: Vec<_> = finding.evidence.iter().map(|seq| seq.0.to_string()).collect();
    format!("{}: {} [{}]", finding.verdict, finding.text, cited.join(" "))
}

pub(super) fn at(millis: f64) -> Tick {
    Tick::ZERO + Duration::from_secs_f64(millis / 1e3)
}

/// A message as it is on the wire: the lines of a test with their ends mended.
pub(super) fn wire(text: &str) -> String {
    text.trim_start().replace('\n', "\r\n")
}

/// An RTP packet.
pub(super) fn rtp(kind: u8, sequence: u16, timestamp: u32, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80, kind];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(timestamp.to_be_bytes());
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend(payload);
    bytes
}

fn datagram(bytes: &[u8]) -> Datagram {
    Datagram {
        local: address(5060),
        remote: address(5080),
        bytes: bytes.to_vec(),
        connection: None,
    }
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
