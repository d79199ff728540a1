//! The interpreter of one program.

mod waiting;

use super::action::Action;
use super::casting::Company;
use super::inbox::By;
use super::seat::{Listens, Seat};
use super::setup::Setup;
use crate::dut::action::Verb;
use crate::dut::event::{Event, EventKind};
use crate::dut::face::Face;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::record::Ended;
use crate::evidence::step::{Part, StepId};
use crate::evidence::timeline::{Entry, Seen, Seq};
use crate::proto::digits::Method;
use crate::proto::policy::{Answers, Reliability};
use crate::proto::transport::Hop;
use crate::proto::transport::connections::Closed;
use crate::proto::user_agent::{RequestSpec, ResponseSpec};
use crate::scenario::program::{
    Await, Flow, Impair, MediaLine, Outgoing, Pattern, Program, RegisterAct, Repeated, Role,
    RoleId, RoleKind, Send, Step, StepKind,
};
use crate::time::Tick;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use waiting::{Progress, Waiting};

/// The interpreter of one program.
///
/// Call [`handle`](Self::handle) with every entry that was added to the timeline, those of its own
/// actions included; then [`poll_action`](Self::poll_action) until it returns `None`; then wait
/// until [`poll_timeout`](Self::poll_timeout).
#[derive(Clone, Debug)]
pub struct Machine {
    program: Arc<Program>,
    face: Arc<Face>,
    setup: Setup,
    seats: Vec<Seat>,
    /// The steps still to begin, of the preamble and body, or of the postamble.
    agenda: VecDeque<Step>,
    current: Option<(Step, Waiting)>,
    /// When the step before began, if it told the device something.
    told: Option<Tick>,
    /// The arguments of the last `register`.
    account: Vec<String>,
    events: VecDeque<(Seq, Event)>,
    /// Command lines that the device has not answered yet: until it has, what it says may be an
    /// answer to an earlier one. Always none with a device that does not answer each.
    unanswered: u32,
    actions: VecDeque<Action>,
    stage: Stage,
    /// What the bench could not do, the first time.
    fault: Option<String>,
}

/// How far the interpreter is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// In the preamble or the body.
    Testing,
    /// In the postamble.
    Tidying,
    /// Waiting for our own ends to have no call any more.
    Closing(Tick),
    /// Finished.
    Over,
}

impl Machine {
    /// An interpreter at the first step of `program`.
    pub fn new(program: Arc<Program>, face: Arc<Face>, setup: Setup) -> Self {
        let company = Company { roles: &program.roles, setup: &setup };
        let steps: Vec<&Step> = program.steps.iter().collect();
        let seat = |(index, (role, address)): (usize, (&Role, _))| {
            let index = u16::try_from(index).unwrap_or(u16::MAX);
            let listens = listens(&steps, RoleId(index));
            Seat::new(index, role, address, company, listens)
        };
        let addresses = setup.seats.iter().copied();
        let seats = program.roles.iter().zip(addresses).enumerate().map(seat).collect();
        let tested = program.steps.iter().filter(|step| step.part != Part::Postamble);
        let agenda = tested.cloned().collect();
        Self {
            program,
            face,
            setup,
            seats,
            agenda,
            current: None,
            told: None,
            account: Vec::new(),
            events: VecDeque::new(),
            unanswered: 0,
            actions: VecDeque::new(),
            stage: Stage::Testing,
            fault: None,
        }
    }

    /// Takes an entry that was just added to the timeline.
    pub fn handle(&mut self, now: Tick, entry: &Entry) {
        match &entry.seen {
            Seen::Sent(datagram) => {
                let Some((index, point)) = entry.pco.role() else { return };
                if let Some(seat) = self.seats.get_mut(usize::from(index)) {
                    seat.handle_sent(now, point, datagram);
                }
                if let Some((_, waiting)) = &mut self.current {
                    waiting.handle_sent(entry.pco, entry.seq);
                }
            }
            Seen::Received(datagram) => {
                let Some((index, point)) = entry.pco.role() else { return };
                let Some(seat) = self.seats.get_mut(usize::from(index)) else { return };
                seat.handle_received(now, point, datagram);
                self.drain(now, index, Some(entry.seq));
            }
            Seen::Opened { connection, transport, remote, .. } => {
                let Some((index, _)) = entry.pco.role() else { return };
                let Some(seat) = self.seats.get_mut(usize::from(index)) else { return };
                seat.handle_opened(*connection, Hop { transport: *transport, remote: *remote });
                self.drain(now, index, Some(entry.seq));
            }
            Seen::Closed { connection, why } => {
                let Some((index, _)) = entry.pco.role() else { return };
                let Some(seat) = self.seats.get_mut(usize::from(index)) else { return };
                let closed = seat.handle_closed(now, *connection);
                if let (Some(Closed::Refused(hop)), Some((_, waiting))) =
                    (closed, &mut self.current)
                {
                    waiting.handle_refused(entry.pco, format!("no connection to {hop}: {why}"));
                }
                self.drain(now, index, Some(entry.seq));
            }
            Seen::Line(line) => {
                let told = self.face.events(line);
                for event in &told {
                    if matches!(event.kind, EventKind::Done | EventKind::Refused) {
                        self.unanswered = self.unanswered.saturating_sub(1);
                    } else if event.kind == EventKind::Booted {
                        // It has forgotten what it was told before.
                        self.unanswered = 0;
                    }
                }
                self.events.extend(told.into_iter().map(|event| (entry.seq, event)));
            }
            Seen::Wrote(_) if self.face.tells(EventKind::Done) => self.unanswered += 1,
            Seen::Unreachable(remote, _) => {
                let Some((index, RolePoint::Sip)) = entry.pco.role() else { return };
                let Some(seat) = self.seats.get_mut(usize::from(index)) else { return };
                seat.ua.handle_unreachable(now, Hop::udp(*remote));
                self.drain(now, index, Some(entry.seq));
            }
            Seen::Bench(_) => {
                self.unanswered = 0;
                if let Some((_, waiting)) = &mut self.current {
                    waiting.handle_bench(entry.seq);
                }
            }
            Seen::Died(how) => {
                let event = Event { kind: EventKind::Crashed, detail: how.clone() };
                self.events.push_back((entry.seq, event));
            }
            Seen::Network(_) => {
                if let Some((_, waiting)) = &mut self.current {
                    waiting.handle_bench(entry.seq);
                }
            }
            Seen::Wrote(_)
            | Seen::Impaired(_)
            | Seen::Stall(_)
            | Seen::Keyed(_)
            | Seen::Fault(_)
            | Seen::Reached(_)
            | Seen::Met(..)
            | Seen::Skipped(_)
            | Seen::Unmet(..) => {}
        }
    }

    /// Advances until the program has to wait, and returns what to do meanwhile, if anything.
    pub fn poll_action(&mut self, now: Tick) -> Option<Action> {
        for index in 0..self.seats.len() {
            if let Some(seat) = self.seats.get_mut(index) {
                seat.handle_timeout(now);
            }
            self.drain(now, u16::try_from(index).unwrap_or(u16::MAX), None);
        }
        loop {
            if let Some(action) = self.actions.pop_front() {
                return Some(action);
            }
            if !self.advance(now) {
                return None;
            }
        }
    }

    /// When to call [`poll_action`](Self::poll_action) next if nothing is seen before.
    pub fn poll_timeout(&self) -> Option<Tick> {
        let closing = match self.stage {
            Stage::Closing(until) => Some(until),
            Stage::Testing | Stage::Tidying | Stage::Over => None,
        };
        let seats = self.seats.iter().filter_map(Seat::poll_timeout);
        let waiting = self.current.as_ref().and_then(|(_, waiting)| waiting.poll_timeout());
        seats.chain(waiting).chain(closing).min()
    }

    /// Does one thing that can be done now. Returns whether there was one.
    fn advance(&mut self, now: Tick) -> bool {
        if let Some((step, mut waiting)) = self.current.take() {
            let progress = self.progress(now, &step, &mut waiting);
            return self.settle(now, step, waiting, progress);
        }
        if let Some(step) = self.agenda.pop_front() {
            self.note(Seen::Reached(step.id));
            match self.begin(now, &step) {
                Ok(waiting) => self.current = Some((step, waiting)),
                Err(why) => self.unmet(now, &step, why),
            }
            return true;
        }
        match self.stage {
            Stage::Testing => self.tidy(),
            Stage::Tidying => {
                for seat in &mut self.seats {
                    seat.ua.hang_up(now);
                }
                self.stage = Stage::Closing(now + LONGEST_CLOSING);
            }
            Stage::Closing(until) => {
                if until > now && self.seats.iter().any(|seat| !seat.ua.is_idle()) {
                    return false;
                }
                self.stage = Stage::Over;
                let ended = self.fault.take().map_or(Ended::Finished, Ended::Fault);
                self.actions.push_back(Action::Finish(ended));
            }
            Stage::Over => return false,
        }
        self.drain_all(now);
        true
    }

    /// Takes what a step's wait came to.
    fn settle(&mut self, now: Tick, step: Step, waiting: Waiting, progress: Progress) -> bool {
        match progress {
            Progress::Wait => {
                self.current = Some((step, waiting));
                return false;
            }
            Progress::Again(waiting) => self.current = Some((step, waiting)),
            Progress::Met(by) => self.met(&step, by),
            Progress::Skipped => self.note(Seen::Skipped(step.id)),
            Progress::Branch(branch) => {
                self.note(Seen::Met(step.id, None));
                for step in branch.into_iter().rev() {
                    self.agenda.push_front(step);
                }
                self.answer_left_over(now);
            }
            Progress::Unmet(why) => self.unmet(now, &step, why),
            Progress::Faulty(fault) => {
                let words = format!("cannot {fault}");
                self.note(Seen::Fault(words.clone()));
                self.unmet(now, &step, fault.cause);
                self.fault.get_or_insert(words);
            }
        }
        true
    }

    fn met(&mut self, step: &Step, by: Option<Seq>) {
        let StepKind::Media(lines) = &step.kind else {
            return self.note(Seen::Met(step.id, by));
        };
        for line in lines {
            self.note(Seen::Met(line.id, None));
        }
        if lines.iter().all(|line| line.id != step.id) {
            self.note(Seen::Met(step.id, None));
        }
    }

    /// Ends the test at a step that was not met; the postamble follows all the same.
    fn unmet(&mut self, now: Tick, step: &Step, why: String) {
        if let StepKind::Media(lines) = &step.kind {
            for line in lines.iter().filter(|line| line.id != step.id) {
                self.note(Seen::Unmet(line.id, why.clone()));
            }
        }
        self.note(Seen::Unmet(step.id, why));
        if step.part == Part::Postamble {
            return;
        }
        for index in 0..self.seats.len() {
            let Some(seat) = self.seats.get_mut(index) else { continue };
            seat.ua.hang_up(now);
            seat.inbox.clear();
            seat.stop_dialling();
            self.actions.push_back(Action::Silence(seat.pco(RolePoint::Rtp)));
        }
        self.tidy();
        self.drain_all(now);
    }

    /// Turns to the postamble.
    fn tidy(&mut self) {
        self.stage = Stage::Tidying;
        let steps = self.program.steps.iter().filter(|step| step.part == Part::Postamble);
        self.agenda = steps.cloned().collect();
    }

    fn begin(&mut self, now: Tick, step: &Step) -> Result<Waiting, String> {
        let told = self.told.take();
        Ok(match &step.kind {
            StepKind::Send(send) => self.send(now, send)?,
            StepKind::Await(Await { wait, .. }) | StepKind::AwaitEvent { wait, .. } => {
                Waiting::Until(now + *wait)
            }
            StepKind::AnyOf { wait, .. } => Waiting::Until(now + *wait),
            StepKind::Unordered { steps, wait } => {
                for step in steps {
                    self.note(Seen::Reached(step.id));
                }
                Waiting::AllOf { left: steps.clone(), until: now + *wait }
            }
            StepKind::Media(lines) => {
                self.play(now, step.id, lines)?;
                // A device that confirms late has begun to send before it confirmed.
                Waiting::for_media(now, told.unwrap_or(now), lines)
            }
            StepKind::Do { action, wait } => {
                self.told = Some(now);
                if action.verb == Verb::Register {
                    self.account.clone_from(&action.arguments);
                }
                let Some(command) = self.face.command(action, &self.account) else {
                    return Err(format!("the device's profile has no command for `{action}`"));
                };
                if command.lines.is_empty() {
                    return Ok(Waiting::Until(now));
                }
                // What was told before the command is not its effect.
                self.events.retain(|(_, event)| event.kind == EventKind::Crashed);
                self.actions.extend(command.lines.iter().cloned().map(Action::Write));
                let again = command.again.map(|span| now + span);
                Waiting::Confirmed { command, again, until: now + *wait }
            }
            StepKind::Register { role, act, wait } => {
                if let Some(seat) = self.seats.get_mut(usize::from(role.0)) {
                    match act {
                        RegisterAct::Register => seat.ua.register(now),
                        RegisterAct::Unregister => seat.ua.unregister(now),
                    }
                }
                self.drain(now, role.0, None);
                Waiting::Until(now + *wait)
            }
            StepKind::Bench(command) => {
                self.actions.push_back(Action::Bench(*command));
                Waiting::Benched(None)
            }
            StepKind::Impair(Impair { ways, asked, words }) => {
                let ways =
                    ways.iter().map(|(role, point, way)| (Pco::of_role(role.0, *point), *way));
                let (asked, words) = (*asked, words.clone());
                self.actions.push_back(Action::Impair { ways: ways.collect(), asked, words });
                Waiting::Benched(None)
            }
            StepKind::Hold(span) | StepKind::NoneOf { span, .. } => Waiting::Until(now + *span),
        })
    }

    fn send(&mut self, now: Tick, send: &Send) -> Result<Waiting, String> {
        let index = usize::from(send.role.0);
        let (Some(seat), Some(role)) = (self.seats.get_mut(index), self.program.roles.get(index))
        else {
            return Err("the role has no seat".to_owned());
        };
        let target = self.setup.device(role.reach);
        let (edits, session) = (send.edits.clone(), send.session.clone());
        match &send.message {
            Outgoing::Request { method, dialog } => {
                let (method, dialog) = (method.clone(), *dialog);
                seat.inbox.forget(&method);
                let spec = RequestSpec { method, target, dialog, edits, session };
                seat.ua.request(now, &spec).map_err(|refused| refused.to_string())?;
            }
            Outgoing::Response { status, method, reliability } => {
                let (status, method, reliability) = (*status, method.clone(), *reliability);
                let spec = ResponseSpec { status, method, reliability, edits, session };
                seat.ua.respond(now, &spec).map_err(|refused| refused.to_string())?;
            }
            Outgoing::Again(Repeated::Request(method)) => {
                seat.ua.request_again(method, &edits).map_err(|refused| refused.to_string())?;
            }
            Outgoing::Again(Repeated::Response { status, method }) => {
                let (status, method) = (*status, method.clone());
                let reliability = Reliability::Usual;
                let spec = ResponseSpec { status, method, reliability, edits, session };
                seat.ua.respond_again(now, &spec).map_err(|refused| refused.to_string())?;
            }
            Outgoing::Raw(bytes) => seat.ua.send_written(now, target.hop, bytes.clone()),
        }
        let pco = seat.pco(RolePoint::Sip);
        self.drain(now, send.role.0, None);
        let out = |action: &Action| {
            matches!(action, Action::Transmit { pco: at, .. }
                | Action::Connect { pco: at, .. }
                | Action::TransmitAlong { pco: at, .. } if *at == pco)
        };
        let nothing = !self.actions.iter().any(out);
        Ok(Waiting::Sent { pco, sent: nothing.then_some(By(None)) })
    }

    fn play(&mut self, now: Tick, step: StepId, lines: &[MediaLine]) -> Result<(), String> {
        if !self.seats.iter().any(Seat::has_session) {
            return Err("no audio session has been agreed".to_owned());
        }
        for line in lines.iter().filter(|line| line.id != step) {
            self.note(Seen::Reached(line.id));
        }
        for (index, (seat, role)) in self.seats.iter_mut().zip(&self.program.roles).enumerate() {
            let own = |line: &&MediaLine| usize::from(line.role.0) == index;
            let own: Vec<_> = lines.iter().filter(own).collect();
            if !own.is_empty() {
                self.actions.extend(seat.play(now, &own, &self.setup.device(role.reach))?);
            }
        }
        Ok(())
    }

    /// Moves what a seat has to say to the actions; answers what no step is going to answer.
    fn drain(&mut self, now: Tick, index: u16, cause: Option<Seq>) {
        self.locate(index);
        loop {
            let Some(seat) = self.seats.get_mut(usize::from(index)) else { return };
            let mut asked = seat.drain(now, cause, &mut self.actions);
            asked.retain(|(_, method)| !self.is_scripted(RoleId(index), method));
            let Some(seat) = self.seats.get_mut(usize::from(index)) else { return };
            if asked.is_empty() {
                return;
            }
            for (id, _) in asked {
                seat.ua.answer_by_default(now, id);
            }
        }
    }

    /// Tells a proxy what the registrar whose bindings it uses knows by now.
    fn locate(&mut self, index: u16) {
        let role = self.program.roles.get(usize::from(index));
        let Some(RoleKind::Proxy(proxy)) = role.map(|role| &role.kind) else { return };
        let Some(registrar) = proxy.location.map(|role| usize::from(role.0)) else { return };
        let bindings = self.seats.get(registrar).map(|seat| seat.ua.bindings().to_vec());
        if let (Some(bindings), Some(seat)) = (bindings, self.seats.get_mut(usize::from(index))) {
            seat.ua.locate(bindings);
        }
    }

    /// Answers what was left to the steps of a branch that is not taken.
    fn answer_left_over(&mut self, now: Tick) {
        for index in 0..self.seats.len() {
            let role = RoleId(u16::try_from(index).unwrap_or(u16::MAX));
            let Some(seat) = self.seats.get(index) else { return };
            let mut left = seat.inbox.requests();
            left.retain(|(_, method)| !self.is_scripted(role, method));
            let Some(seat) = self.seats.get_mut(index) else { return };
            for (id, _) in left {
                seat.ua.answer_by_default(now, id);
            }
        }
        self.drain_all(now);
    }

    fn drain_all(&mut self, now: Tick) {
        for index in 0..self.seats.len() {
            self.drain(now, u16::try_from(index).unwrap_or(u16::MAX), None);
        }
    }

    /// Whether a step at hand or still to come waits for such a request and answers it.
    fn is_scripted(&self, role: RoleId, method: &str) -> bool {
        let current = self.current.as_ref().map(|(step, _)| step);
        current.into_iter().chain(&self.agenda).any(|step| scripts(step, role, method))
    }

    fn note(&mut self, seen: Seen) {
        self.actions.push_back(Action::Note(seen));
    }
}

/// Whether some step waits for digits as tones at that role.
fn listens(steps: &[&Step], role: RoleId) -> Listens {
    let tones = |line: &MediaLine| {
        line.role == role && matches!(line.flow, Flow::Digits { method: Method::Inband, .. })
    };
    let wanted = steps.iter().any(|step| {
        if let StepKind::Media(lines) = &step.kind {
            lines.iter().any(tones)
        } else {
            listens(&step.within(), role) == Listens::ForTones
        }
    });
    if wanted { Listens::ForTones } else { Listens::No }
}

fn scripts(step: &Step, role: RoleId, method: &str) -> bool {
    match &step.kind {
        StepKind::Await(wait) => {
            wait.role == role
                && wait.answers == Answers::Scripted
                && matches!(&wait.pattern, Pattern::Request(wanted) if wanted == method)
        }
        StepKind::AnyOf { branches, .. } => {
            branches.iter().flatten().any(|step| scripts(step, role, method))
        }
        StepKind::Unordered { steps, .. } => steps.iter().any(|step| scripts(step, role, method)),
        StepKind::Send(_)
        | StepKind::Media(_)
        | StepKind::Do { .. }
        | StepKind::AwaitEvent { .. }
        | StepKind::Register { .. }
        | StepKind::Bench(_)
        | StepKind::Impair(_)
        | StepKind::Hold(_)
        | StepKind::NoneOf { .. } => false,
    }
}

/// How long our own ends may take to end what the program left up.
const LONGEST_CLOSING: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
