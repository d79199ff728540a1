//! A compiled test case: plain data, so that it can be printed and compared.

use crate::check::claim::Claim;
use crate::check::subject::Subject;
use crate::dut::action::Action;
use crate::dut::event::EventKind;
use crate::evidence::point::RolePoint;
use crate::evidence::step::{Part, StepId};
use crate::impair::{Impairment, Way};
use crate::proto::auth::{Account, Space};
use crate::proto::certificate::Certificate;
use crate::proto::digits::{Events, Method};
use crate::proto::media::Shape;
use crate::proto::media::shield::Protection;
use crate::proto::offer_answer::Security;
use crate::proto::policy::{Answers, DialogUse, Reliability, Rtcp, SessionSpec, Withhold};
use crate::proto::proxy::{Fork, RecordRoute};
use crate::proto::registrar;
use crate::proto::transport::Reach;
use crate::requirement::RequirementId;
use crate::rig;
use crate::wire::dtmf_body::Format;
use crate::wire::edits::Edits;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// One execution of a test case: one choice of matrix values.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The case, as its file describes it.
    pub case: Case,
    /// The id with the matrix values: `UAS-INV-001[transport=udp]`, or the id alone.
    pub execution: String,
    /// The matrix values of this execution.
    pub values: BTreeMap<String, String>,
    /// Our ends, in the order of the file. A step names one by [`RoleId`].
    pub roles: Vec<Role>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The claims; at least one, in the order of the steps.
    pub claims: Vec<Claim>,
    /// What each step is to a check, indexed by [`StepId`].
    pub subjects: Vec<Subject>,
}

/// What a scenario file says of its case before the steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The id: `UAS-INV-001`.
    pub id: String,
    /// One line.
    pub title: String,
    /// The test purpose: `Ensure that …`.
    pub purpose: String,
    /// The requirements that the case stands for; the first is the one that steps without their own stand for.
    pub requires: Vec<RequirementId>,
    /// Purposes of ETSI TS 102 027-2 that it covers.
    pub etsi: Vec<String>,
    /// Free labels for selection.
    pub tags: Vec<String>,
    /// The PICS expression as written; absent: applies to every device.
    pub when: Option<String>,
    /// The seeded defects of the reference device that prove that the case can fail; at least one.
    pub defects: Vec<String>,
}

/// A role of a program, by its place in [`Program::roles`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RoleId(pub u16);

/// One of our ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// The name in the ladder.
    pub name: String,
    /// The user part of its address; the name where the file does not say.
    pub user: String,
    /// What it is.
    pub kind: RoleKind,
    /// Encoding names that it offers, in order of preference: `PCMU`, `PCMA`, `telephone-event`.
    pub codecs: Vec<String>,
    /// What it deliberately does not do, throughout the case.
    pub withhold: Vec<Withhold>,
    /// The proxies that its requests outside a dialog go through, nearest first.
    pub outbound: Vec<Server>,
    /// How it speaks SIP: what its addresses say, and what it sends requests over.
    pub reach: Reach,
    /// What it shows of itself on TLS.
    pub certificate: Certificate,
    /// How it secures media.
    pub security: Security,
    /// What it does of RTCP beyond what everybody has to.
    pub rtcp: Vec<Rtcp>,
    /// Where it can register; absent: nowhere.
    pub register: Option<Register>,
}

/// Where and as whom one of our ends registers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Register {
    /// The registrar.
    pub at: Server,
    /// Who it is when a registrar, or whoever it calls, asks.
    pub account: Account,
    /// The expiry to ask for, in seconds.
    pub expires: u32,
}

/// A server that one of our ends uses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Server {
    /// Another of our ends.
    Role(RoleId),
    /// One on the bench, by its URI, whose host is an address.
    Uri(String),
}

/// What one of our ends is.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleKind {
    /// A phone.
    Endpoint,
    /// A server that sends its callers elsewhere.
    Redirect {
        /// 301, 302, 305 or 380.
        status: u16,
        /// The `Contact` values, in order.
        contacts: Vec<Contact>,
    },
    /// A stateful proxy.
    Proxy(Box<Proxy>),
    /// A registrar, and the domain's proxy as far as the device can tell.
    Registrar {
        /// Whether it answers REGISTER by itself; else the scenario's steps do.
        answers: Answers,
        /// What it asks for and what it grants.
        config: registrar::Config,
    },
}

impl RoleKind {
    /// What it asks for before it serves, if it is a server that asks at all.
    pub const fn space(&self) -> Option<&Space> {
        match self {
            Self::Registrar { config, .. } => Some(&config.space),
            Self::Proxy(proxy) => Some(&proxy.space),
            Self::Endpoint | Self::Redirect { .. } => None,
        }
    }
}

/// One `Contact` value of a redirect server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Contact {
    /// Whom it names.
    pub server: Server,
    /// What follows its URI: `;q=0.5`.
    pub params: String,
}

/// A proxy.
#[derive(Clone, Debug, PartialEq)]
pub struct Proxy {
    /// Where the users of its domains are.
    pub routes: BTreeMap<String, Vec<Server>>,
    /// The registrar whose bindings it uses beside them; it may be the proxy itself.
    pub location: Option<RoleId>,
    /// Names of domains for which it is responsible, beside its own address.
    pub domains: Vec<String>,
    /// In which order it tries several targets.
    pub fork: Fork,
    /// Whether it stays in the path of dialogs.
    pub record_route: RecordRoute,
    /// What it asks for before a request passes.
    pub space: Space,
    /// How long an INVITE may ring.
    pub timer_c: Duration,
}

/// One line of the ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its number over the whole program.
    pub id: StepId,
    /// The part that it belongs to.
    pub part: Part,
    /// Its line as written: `dut -> alice: 180`.
    pub text: String,
    /// Where it stands: the file (the scenario or an included one) and the line from 1.
    pub file: String,
    /// See `file`.
    pub line: usize,
    /// What it does or waits for.
    pub kind: StepKind,
}

/// What a step waits for that the device says.
#[derive(Clone, Copy, Debug)]
pub enum Awaited<'a> {
    /// A message.
    Message(&'a Await),
    /// An event, with this detail where one is given.
    Event(EventKind, Option<&'a str>, Presence),
}

impl Step {
    /// What it waits for that the device says, if it does nothing else.
    pub fn awaited(&self) -> Option<Awaited<'_>> {
        match &self.kind {
            StepKind::Await(wait) => Some(Awaited::Message(wait)),
            StepKind::AwaitEvent { kind, detail, presence, .. } => {
                Some(Awaited::Event(*kind, detail.as_deref(), *presence))
            }
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

    /// The steps within it, in the order of the text.
    pub fn within(&self) -> Vec<&Self> {
        match &self.kind {
            StepKind::AnyOf { branches, .. } => branches.iter().flatten().collect(),
            StepKind::Unordered { steps, .. } => steps.iter().collect(),
            StepKind::Send(_)
            | StepKind::Await(_)
            | StepKind::AwaitEvent { .. }
            | StepKind::Media(_)
            | StepKind::Do { .. }
            | StepKind::Register { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Hold(_)
            | StepKind::NoneOf { .. } => Vec::new(),
        }
    }
}

impl Program {
    /// Every step that makes a role say something or listen, and that role.
    pub fn acting(&self) -> Vec<(RoleId, &Step)> {
        let mut found = Vec::new();
        let mut left: Vec<&Step> = self.steps.iter().collect();
        while let Some(step) = left.pop() {
            let mut add = |role| found.push((role, step));
            match &step.kind {
                StepKind::Send(send) => add(send.role),
                StepKind::Await(wait) => add(wait.role),
                StepKind::Register { role, .. } => add(*role),
                StepKind::Media(lines) => lines.iter().for_each(|line| add(line.role)),
                StepKind::Impair(impair) => impair.ways.iter().for_each(|(role, ..)| add(*role)),
                StepKind::NoneOf { patterns, .. } => patterns.iter().for_each(|one| match one {
                    Forbidden::Message(role, _) => add(*role),
                    Forbidden::Event(..) => {}
                }),
                StepKind::Do { .. }
                | StepKind::AwaitEvent { .. }
                | StepKind::Bench(_)
                | StepKind::Hold(_)
                | StepKind::AnyOf { .. }
                | StepKind::Unordered { .. } => {}
            }
            left.extend(step.within());
        }
        found
    }
}

impl Awaited<'_> {
    /// Whether the test goes on without it.
    pub const fn presence(&self) -> Presence {
        match self {
            Self::Message(wait) => wait.presence,
            Self::Event(_, _, presence) => *presence,
        }
    }
}

/// What a step does or waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `alice -> dut: INVITE`: one of our ends sends a message.
    Send(Send),
    /// `dut -> alice: 180`: waits for a message.
    Await(Await),
    /// Neighbouring `~>` lines, which run at the same time; over when all of them are.
    Media(Vec<MediaLine>),
    /// `dut: answer`: tells the device something; over when the device has confirmed it.
    Do {
        /// What to do.
        action: Action,
        /// The longest time until the device confirms it.
        wait: Duration,
    },
    /// `event: relay-open`: waits for the device to tell something.
    AwaitEvent {
        /// What.
        kind: EventKind,
        /// What the detail has to be, where the step says: `event: digit 5`.
        detail: Option<String>,
        /// The longest wait.
        wait: Duration,
        /// Whether the test goes on without it.
        presence: Presence,
    },
    /// `alice: register`: over when the registrar has done it.
    Register {
        /// Who.
        role: RoleId,
        /// What.
        act: RegisterAct,
        /// The longest wait.
        wait: Duration,
    },
    /// `rig: power off`.
    Bench(rig::command::Command),
    /// `rig: impair alice.rtp to dut`.
    Impair(Impair),
    /// `wait: 5 s`.
    Hold(Duration),
    /// `none of: [dut -> alice: BYE]` with `for: 5 s`.
    NoneOf {
        /// What must not come.
        patterns: Vec<Forbidden>,
        /// For how long.
        span: Duration,
    },
    /// `any of:` the first branch whose first step is met is taken.
    AnyOf {
        /// The branches; each begins with an [`Await`](StepKind::Await) or an
        /// [`AwaitEvent`](StepKind::AwaitEvent).
        branches: Vec<Vec<Step>>,
        /// The longest wait for the first step of any.
        wait: Duration,
    },
    /// `unordered:` all of the steps, in whatever order they come.
    Unordered {
        /// Each an [`Await`](StepKind::Await) or an [`AwaitEvent`](StepKind::AwaitEvent).
        steps: Vec<Step>,
        /// The longest wait for all of them.
        wait: Duration,
    },
}

/// What the network between some points and the device is like from a step on.
#[derive(Clone, Debug, PartialEq)]
pub struct Impair {
    /// The points of roles and the ways.
    pub ways: Vec<(RoleId, RolePoint, Way)>,
    /// What they do to datagrams.
    pub asked: Impairment,
    /// The same in words: `impair alice.rtp to dut: delay 40 ms`.
    pub words: String,
}

/// What one of our ends does with its binding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegisterAct {
    /// Makes it, and keeps it from then on.
    Register,
    /// Removes it.
    Unregister,
}

impl RegisterAct {
    /// Both.
    pub const ALL: &[Self] = &[Self::Register, Self::Unregister];

    /// The word of it in scenario files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Unregister => "unregister",
        }
    }
}

/// Whether the test goes on without what a step waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Presence {
    /// It does not.
    Required,
    /// It does.
    Optional,
}

/// What must not come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Forbidden {
    /// A message to a role.
    Message(RoleId, Pattern),
    /// An event, with this detail where one is given.
    Event(EventKind, Option<String>),
}

/// A message that one of our ends sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// Who.
    pub role: RoleId,
    /// What.
    pub message: Outgoing,
    /// What to change in the correct message.
    pub edits: Edits,
    /// What to say in the session description.
    pub session: SessionSpec,
}

/// What one of our ends sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    /// A request, in the dialog where one is up, else outside.
    Request {
        /// Its method: `INVITE`, `BYE`, `CANCEL`, `ACK`, or any token.
        method: String,
        /// Whether to ignore the dialog that is up.
        dialog: DialogUse,
    },
    /// A response to the oldest request of `method` that has no final response yet, or to the
    /// oldest of any method.
    Response {
        /// 100 to 699.
        status: u16,
        /// The method of the request, where the step says: `200 (INVITE)`.
        method: Option<String>,
        /// Whether it wants a PRACK.
        reliability: Reliability,
    },
    /// What has been sent before, once more.
    Again(Repeated),
    /// Bytes as they are, in one datagram.
    Raw(Vec<u8>),
}

/// Which message is sent once more.
#[derive(Clone, Debug, PartialEq)]
pub enum Repeated {
    /// The last request of this method.
    Request(String),
    /// The last response to a request of `method`, or to any; or one more of another status.
    Response {
        /// 100 to 699.
        status: u16,
        /// The method of the request, where the step says: `200 (INVITE)`.
        method: Option<String>,
    },
}

/// A message to wait for.
#[derive(Clone, Debug, PartialEq)]
pub struct Await {
    /// Where it has to arrive.
    pub role: RoleId,
    /// What.
    pub pattern: Pattern,
    /// The longest wait.
    pub wait: Duration,
    /// Whether the test goes on without it.
    pub presence: Presence,
    /// Who answers, if it is a request: a later step, or the role itself.
    pub answers: Answers,
}

/// What a message has to be to meet a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pattern {
    /// A request of this method.
    Request(String),
    /// A response with a status in this range, to a request of this method where one is named.
    Response {
        /// Lowest status.
        from: u16,
        /// Highest status.
        to: u16,
        /// The `CSeq` method.
        method: Option<String>,
    },
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(method) => f.write_str(method),
            Self::Response { from, to, method } => {
                match to.checked_sub(*from) {
                    Some(499) => f.write_str("final response")?,
                    Some(399) => f.write_str("failure response")?,
                    Some(99) => write!(f, "{}xx", from / 100)?,
                    Some(9) => write!(f, "{}x", from / 10)?,
                    _ => write!(f, "{from}")?,
                }
                method.as_ref().map_or(Ok(()), |method| write!(f, " ({method})"))
            }
        }
    }
}

/// One `~>` line.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaLine {
    /// Its own step number, for checks.
    pub id: StepId,
    /// Its line as written.
    pub text: String,
    /// See [`Step::line`].
    pub line: usize,
    /// Our end of it.
    pub role: RoleId,
    /// Which way, and what.
    pub flow: Flow,
    /// How what we play is protected, where keys were agreed.
    pub protection: Protection,
    /// What the packets of something that we play are like, beside the usual.
    pub shapes: Vec<Shape>,
}

/// Which way media flows, and what.
#[derive(Clone, Debug, PartialEq)]
pub enum Flow {
    /// We play this to the device.
    Play {
        /// What.
        signal: Signal,
        /// For how long; digits take the time that they take.
        span: Duration,
    },
    /// We listen to what the device sends for this long; absent: as long as the neighbours play.
    Listen {
        /// For how long.
        span: Option<Duration>,
    },
    /// We wait for these digits.
    Digits {
        /// `0-9 A-D * #`.
        digits: String,
        /// How they have to come.
        method: Method,
        /// The longest wait.
        wait: Duration,
    },
}

/// What we play.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A sine.
    Tone {
        /// Frequency.
        hz: f64,
        /// Level, dBm0.
        dbm0: f64,
    },
    /// A talk-like signal with one correlation peak.
    Talk {
        /// Level, dBm0.
        dbm0: f64,
    },
    /// Silence.
    Silence,
    /// The packets that were played last, byte for byte.
    Again,
    /// Digits, one after the other.
    Digits(Dialled),
}

/// Digits that we send.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialled {
    /// `0-9 A-D * #`.
    pub digits: String,
    /// How long each is.
    pub tone: Duration,
    /// The time between two.
    pub gap: Duration,
    /// How they are sent.
    pub manner: Manner,
}

/// How digits are sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Manner {
    /// As RFC 4733 events.
    Rtp(Events),
    /// In INFO requests.
    Info(Format),
    /// As tones.
    Inband {
        /// The level of the low tone, dBm0.
        dbm0: f64,
        /// How far the high tone is above it, dB.
        twist: f64,
        /// How far both frequencies are above the nominal ones, as a fraction.
        offset: f64,
    },
}

impl Manner {
    /// The method.
    pub const fn method(&self) -> Method {
        match self {
            Self::Rtp(_) => Method::Rtp,
            Self::Info(format) => Method::Info(*format),
            Self::Inband { .. } => Method::Inband,
        }
    }
}
