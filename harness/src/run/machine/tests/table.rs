//! A program on one side, a scripted device on the other, and nothing but values between them.

use super::program::program;
use crate::dut::face::Face;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::record::Ended;
use crate::evidence::step::Part;
use crate::evidence::timeline::{Datagram, Seen, Timeline};
use crate::proto::policy::{DialogUse, Reliability, SessionSpec};
use crate::proto::transaction::timer::Timing;
use crate::proto::transport::Hop;
use crate::proto::user_agent::{
    Config, Incoming, Output, RequestSpec, ResponseSpec, Target, UserAgent,
};
use crate::run::action::Action;
use crate::run::machine::Machine;
use crate::run::setup::{Address, Setup};
use crate::scenario::program::StepKind;
use crate::time::Tick;
use crate::wire::edits::Edits;
use crate::wire::sip::Message;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// The machine, the device, and everything that passed between them, in lines that begin with the
/// virtual milliseconds.
pub(super) struct Table {
    machine: Machine,
    pub(super) device: UserAgent,
    /// What the device sent and the machine has not seen yet.
    arriving: VecDeque<(SocketAddr, Vec<u8>)>,
    /// Whether what the machine sends reaches the device.
    pub(super) deaf: bool,
    /// Whether the bench does not say that it has done what it was told.
    pub(super) mute: bool,
    timeline: Timeline,
    pub(super) now: Tick,
    pub(super) log: Vec<String>,
}

impl Table {
    /// Begins the program of these steps, numbered from 0, with alice and bob for our ends.
    pub(super) fn of(steps: Vec<(Part, StepKind)>) -> Self {
        let control = serde_saphyr::from_str(CONTROL).unwrap();
        let face = Arc::new(Face::new(&control).unwrap());
        let seat = |at: u16| Address {
            sip: sip(at),
            tls: sip(at + 100),
            rtp: ([192, 0, 2, 1], 40_000 + 10 * at).into(),
        };
        let setup = Setup {
            seats: vec![seat(0), seat(1)],
            device_user: "door".to_owned(),
            device_sip: DEVICE.parse().unwrap(),
            device_tls: "192.0.2.9:5061".parse().unwrap(),
            seed: 7,
            began_unix: Duration::ZERO,
        };
        let device = UserAgent::new(Config {
            user: "door".to_owned(),
            sip: DEVICE.parse().unwrap(),
            tls: "192.0.2.9:5061".parse().unwrap(),
            rtp: "192.0.2.9:20000".parse().unwrap(),
            codecs: ["PCMU", "telephone-event"].map(str::to_owned).to_vec(),
            security: crate::proto::offer_answer::Security::default(),
            rtcp: Vec::new(),
            timing: Timing::default(),
            seed: 8,
            withhold: Vec::new(),
            registrar: None,
            credentials: None,
        });
        let mut table = Self {
            machine: Machine::new(Arc::new(program(steps)), face, setup),
            device,
            arriving: VecDeque::new(),
            deaf: false,
            mute: false,
            timeline: Timeline::default(),
            now: Tick::ZERO,
            log: Vec::new(),
        };
        table.settle();
        table
    }

    /// Lets the device send a request to a role.
    pub(super) fn asks(&mut self, role: u16, method: &str) {
        let spec = RequestSpec {
            method: method.to_owned(),
            target: Target { uri: format!("sip:{}", sip(role)), hop: Hop::udp(sip(role)) },
            dialog: if method == "BYE" { DialogUse::Current } else { DialogUse::Outside },
            edits: Edits::default(),
            session: SessionSpec::Usual,
        };
        self.device.request(self.now, &spec).unwrap();
        self.settle();
    }

    /// Lets the device answer the oldest request of a method.
    pub(super) fn answers(&mut self, status: u16, method: &str) {
        let spec = ResponseSpec {
            status,
            method: Some(method.to_owned()),
            reliability: Reliability::Usual,
            edits: Edits::default(),
            session: SessionSpec::Usual,
        };
        self.device.respond(self.now, &spec).unwrap();
        self.settle();
    }

    /// Lets the device print a line.
    pub(super) fn says(&mut self, line: &str) {
        self.see(Pco::CONTROL, Seen::Line(line.to_owned()));
        self.settle();
    }

    /// Adds to the timeline and tells the machine.
    pub(super) fn see(&mut self, pco: Pco, seen: Seen) {
        let entry = self.timeline.record(self.now, pco, seen);
        self.machine.handle(self.now, entry);
    }

    /// Lets an RTP packet of the device reach a role.
    pub(super) fn hears(&mut self, role: u16, bytes: Vec<u8>) {
        let local = ([192, 0, 2, 1], 40_000 + 10 * role).into();
        let remote = "192.0.2.9:20000".parse().unwrap();
        let seen = Seen::Received(Datagram { local, remote, bytes, connection: None });
        self.see(Pco::of_role(role, RolePoint::Rtp), seen);
        self.settle();
    }

    /// Lets this much time pass.
    pub(super) fn pass(&mut self, span: Duration) {
        let until = self.now + span;
        loop {
            let due = [self.machine.poll_timeout(), self.device.poll_timeout()];
            let next = due.into_iter().flatten().min().map_or(until, |at| at.min(until));
            // What is due and does not move on would keep a driver spinning.
            self.now = self.now.max(next);
            self.device.handle_timeout(self.now);
            self.settle();
            if self.now >= until {
                return;
            }
        }
    }

    /// The lines about steps alone, without their times: `met 1`.
    pub(super) fn marks(&self) -> Vec<&str> {
        let words = self.log.iter().filter_map(|line| line.split_once(' ')).map(|(_, words)| words);
        words.filter(|words| MARKS.iter().any(|mark| words.starts_with(mark))).collect()
    }

    /// What passed at the signalling of the roles: `alice > INVITE`, `alice < 200`.
    pub(super) fn ladder(&self) -> Vec<&str> {
        let words = self.log.iter().filter_map(|line| line.split_once(' ')).map(|(_, words)| words);
        words.filter(|words| words.contains(" > ") || words.contains(" < ")).collect()
    }

    /// Whether a line stands in the log.
    pub(super) fn has(&self, line: &str) -> bool {
        self.log.iter().any(|logged| logged == line)
    }

    /// Exchanges all that can be exchanged at this instant.
    pub(super) fn settle(&mut self) {
        loop {
            while let Some(action) = self.machine.poll_action(self.now) {
                self.perform(action);
            }
            self.drain_device();
            let Some((to, bytes)) = self.arriving.pop_front() else { return };
            let role = u16::from(to == sip(1));
            self.note(format!("{} < {}", NAMES[usize::from(role)], words(&bytes)));
            let remote = DEVICE.parse().unwrap();
            let seen = Seen::Received(Datagram { local: to, remote, bytes, connection: None });
            self.see(Pco::of_role(role, RolePoint::Sip), seen);
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Transmit { pco, remote, bytes } => {
                let (role, point) = pco.role().unwrap();
                if point == RolePoint::Sip {
                    self.note(format!("{} > {}", NAMES[usize::from(role)], words(&bytes)));
                    if !self.deaf {
                        self.device.handle_datagram(self.now, sip(role), &bytes);
                    }
                }
                self.see(
                    pco,
                    Seen::Sent(Datagram { local: sip(role), remote, bytes, connection: None }),
                );
            }
            Action::Stream { packets, .. } => {
                self.note(format!("stream {}", packets.len()));
            }
            Action::Connect { hop, .. } => self.note(format!("connect to {hop}")),
            Action::TransmitAlong { .. } => {}
            Action::Silence(pco) => self.note(format!("silence {}", pco.0)),
            Action::Write(line) => {
                self.note(format!("write {line}"));
                self.see(Pco::CONTROL, Seen::Wrote(line));
            }
            Action::Bench(command) => {
                self.note(format!("bench {}", command.words()));
                if !self.mute {
                    self.see(Pco::BENCH, Seen::Bench(command.words().to_owned()));
                }
            }
            Action::Impair { words, .. } => {
                self.note(words.clone());
                self.see(Pco::BENCH, Seen::Network(words));
            }
            Action::Note(seen) => {
                if let Seen::Met(step, _) = &seen {
                    self.note(format!("met {}", step.0));
                } else if let Seen::Skipped(step) = &seen {
                    self.note(format!("skipped {}", step.0));
                } else if let Seen::Unmet(step, why) = &seen {
                    self.note(format!("unmet {}: {why}", step.0));
                }
                self.see(Pco::TEST, seen);
            }
            Action::Finish(Ended::Finished) => self.note("finish"),
            Action::Finish(ended) => self.note(format!("finish: {ended:?}")),
        }
    }

    fn drain_device(&mut self) {
        while let Some(output) = self.device.poll_output() {
            match output {
                Output::Transmit { remote, bytes } => self.arriving.push_back((remote, bytes)),
                Output::Incoming(Incoming::Request { id, method, .. }) if method != "INVITE" => {
                    self.device.answer_by_default(self.now, id);
                }
                Output::Connect { .. } | Output::Write { .. } | Output::Incoming(_) => {}
            }
        }
    }

    fn note(&mut self, words: impl std::fmt::Display) {
        self.log.push(format!("{} {words}", self.now.since(Tick::ZERO).as_millis()));
    }
}

fn sip(role: u16) -> SocketAddr {
    ([192, 0, 2, 1], 5_060 + role).into()
}

fn words(bytes: &[u8]) -> String {
    let message = Message::read(bytes);
    let method = message.method().map(str::to_owned);
    method.or_else(|| Some(message.status()?.to_string())).unwrap_or_default()
}

const DEVICE: &str = "192.0.2.9:5060";
const NAMES: [&str; 2] = ["alice", "bob"];
const MARKS: [&str; 4] = ["met ", "unmet ", "skipped ", "finish"];
const CONTROL: &str = r"framing: lines
actions:
  answer: { send: [answer] }
  reject: { send: [] }
  idle: { send: [hangup], until: idle, refused: ignored, again: 500 ms }
events:
  - { event: done, line: '^ok$' }
  - { event: refused, line: '^no (.*)$' }
  - { event: idle, line: '^idle$' }
  - { event: digit, line: '^digit (.)$' }
  - { event: relay-open, line: '^open$' }
  - { event: crashed, line: '^panic (.*)$' }
";
