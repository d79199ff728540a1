//! What a step waits for, and whether it has come.

use super::super::inbox::{By, Found};
use super::super::player;
use super::{Machine, Pco, Seat, Seq};
use crate::dut::event::EventKind;
use crate::dut::face::Command;
use crate::dut::profile::Refusal;
use crate::evidence::timeline::Seen;
use crate::proto::registration::{Registration, State};
use crate::rig::fault::Fault;
use crate::run::action::Action;
use crate::scenario::program::{
    Await, Awaited, Flow, Forbidden, MediaLine, Pattern, Presence, RegisterAct, RoleId, Step,
    StepKind,
};
use crate::time::Tick;
use std::time::Duration;

/// What the step at hand waits for.
#[derive(Clone, Debug)]
pub(super) enum Waiting {
    /// That our message is on the wire: by which entry it was seen there.
    Sent {
        /// Where.
        pco: Pco,
        /// The entry, once it is known; none by the clock alone where nothing was to be sent.
        sent: Option<By>,
    },
    /// Nothing: our message could not be sent, and why.
    Unsent(String),
    /// What the step's kind says, until then.
    Until(Tick),
    /// All of these, until then.
    AllOf {
        /// What has not come yet.
        left: Vec<Step>,
        /// Until when.
        until: Tick,
    },
    /// That the device confirms a command.
    Confirmed {
        /// The command.
        command: Command,
        /// When to write it again.
        again: Option<Tick>,
        /// Until when.
        until: Tick,
    },
    /// That the bench has done it.
    Benched(Option<Seq>),
    /// That the media are over.
    Playing {
        /// When what we play and listen to is over.
        until: Tick,
        /// When waiting for digits is over, if there are any to wait for.
        digits_until: Option<Tick>,
        /// From when on digits count.
        since: Tick,
    },
}

/// What a wait came to.
#[derive(Clone, Debug)]
pub(super) enum Progress {
    /// Nothing yet.
    Wait,
    /// Nothing yet, and it goes on like this.
    Again(Waiting),
    /// It came, by this entry.
    Met(Option<Seq>),
    /// It was optional and passed over.
    Skipped,
    /// These steps are to follow.
    Branch(Vec<Step>),
    /// It did not come.
    Unmet(String),
    /// The bench can't do it.
    Faulty(Fault),
}

impl Waiting {
    /// Waits for `lines`, which begin at `now`, and for digits that began at or after `since`.
    pub(super) fn for_media(now: Tick, since: Tick, lines: &[MediaLine]) -> Self {
        let mut longest = Duration::ZERO;
        let mut digits = None;
        for line in lines {
            match &line.flow {
                Flow::Play { signal, span } => longest = longest.max(player::length(signal, *span)),
                Flow::Listen { span } => longest = longest.max(span.unwrap_or_default()),
                Flow::Digits { wait, .. } => digits = digits.max(Some(now + *wait)),
            }
        }
        Self::Playing { until: now + longest + TAIL, digits_until: digits, since }
    }

    /// Takes what was put on the wire at a point.
    pub(super) fn handle_sent(&mut self, at: Pco, seq: Seq) {
        if let Self::Sent { pco, sent: sent @ None } = self
            && *pco == at
        {
            *sent = Some(By(Some(seq)));
        }
    }

    /// Takes the news that a connection from a point could not be opened.
    pub(super) fn handle_refused(&mut self, at: Pco, why: String) {
        if matches!(self, Self::Sent { pco, sent: None } if *pco == at) {
            *self = Self::Unsent(why);
        }
    }

    /// Takes what the bench has done.
    pub(super) fn handle_bench(&mut self, seq: Seq) {
        if let Self::Benched(done @ None) = self {
            *done = Some(seq);
        }
    }

    /// When it may have come to something by the clock alone.
    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        match self {
            Self::Until(until) | Self::AllOf { until, .. } => Some(*until),
            Self::Confirmed { again, until, .. } => Some(again.map_or(*until, |at| at.min(*until))),
            Self::Playing { until, digits_until, .. } => {
                Some(digits_until.map_or(*until, |at| at.max(*until)))
            }
            Self::Sent { .. } | Self::Unsent(_) | Self::Benched(_) => None,
        }
    }
}

impl Machine {
    /// What the wait of `step` has come to.
    pub(super) fn progress(&mut self, now: Tick, step: &Step, waiting: &mut Waiting) -> Progress {
        if let Some(words) = self.crash(step) {
            return Progress::Unmet(words);
        }
        match waiting {
            Waiting::Sent { sent: Some(By(by)), .. } => Progress::Met(*by),
            Waiting::Sent { sent: None, .. } | Waiting::Benched(None) => Progress::Wait,
            Waiting::Unsent(why) => Progress::Unmet(std::mem::take(why)),
            Waiting::Benched(by @ Some(_)) => Progress::Met(*by),
            Waiting::Until(until) => self.awaited(now, step, *until),
            Waiting::AllOf { left, until } => self.all_of(now, left, *until),
            Waiting::Confirmed { command, again, until } => {
                self.confirmed(now, command, again, *until)
            }
            Waiting::Playing { until, digits_until, since } => {
                self.played(now, step, *until, *digits_until, *since)
            }
        }
    }

    /// Whether the device told that it crashed, where no step waits for that; told once.
    fn crash(&mut self, step: &Step) -> Option<String> {
        let expected = |step: &Step| {
            matches!(step.kind, StepKind::AwaitEvent { kind: EventKind::Crashed, .. })
        };
        if expected(step) || self.agenda.iter().any(expected) {
            return None;
        }
        let at = self.events.iter().position(|(_, event)| event.kind == EventKind::Crashed)?;
        let (_, event) = self.events.remove(at)?;
        Some(format!("the device crashed: {}", event.detail))
    }

    fn awaited(&mut self, now: Tick, step: &Step, until: Tick) -> Progress {
        let over = until <= now;
        match &step.kind {
            StepKind::Await(wait) => self.awaited_message(now, wait, until),
            StepKind::AwaitEvent { kind, detail, presence, .. } => {
                match self.take_event(*kind, detail.as_deref()) {
                    Some(by) => Progress::Met(Some(by)),
                    None if *presence == Presence::Optional && (over || self.next_has_come()) => {
                        Progress::Skipped
                    }
                    None if over => Progress::Unmet("the device told nothing of it".to_owned()),
                    None => Progress::Wait,
                }
            }
            StepKind::NoneOf { patterns, .. } => {
                let came = patterns.iter().find_map(|forbidden| match forbidden {
                    Forbidden::Message(role, pattern) => {
                        self.has(*role, pattern).map(|_| pattern.to_string())
                    }
                    Forbidden::Event(kind, detail) => {
                        let at = self.find_event(*kind, detail.as_deref())?;
                        self.events.get(at).map(|(_, event)| format!("`{event}`"))
                    }
                });
                match came {
                    Some(words) => Progress::Unmet(format!("{words} came")),
                    None if over => Progress::Met(None),
                    None => Progress::Wait,
                }
            }
            StepKind::AnyOf { branches, .. } => {
                let first = branches
                    .iter()
                    .filter_map(|branch| Some((self.has_come(branch.first()?)?, branch)))
                    .min_by_key(|(seq, _)| *seq);
                match first {
                    Some((_, branch)) => Progress::Branch(branch.clone()),
                    None if over => Progress::Unmet("none of the alternatives came".to_owned()),
                    None => Progress::Wait,
                }
            }
            StepKind::Register { role, act, .. } => self.registered(*role, *act, over),
            StepKind::Hold(_)
            | StepKind::Send(_)
            | StepKind::Media(_)
            | StepKind::Do { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Unordered { .. } => {
                if over {
                    Progress::Met(None)
                } else {
                    Progress::Wait
                }
            }
        }
    }

    /// Whether a role is registered as it was told. That it can be is a matter of the bench.
    fn registered(&self, role: RoleId, act: RegisterAct, over: bool) -> Progress {
        let seat = self.seats.get(usize::from(role.0));
        let state = seat.and_then(|seat| seat.ua.registration()).map(Registration::state);
        let cause = match (act, state) {
            (RegisterAct::Register, Some(State::Registered { .. }))
            | (RegisterAct::Unregister, Some(State::Absent)) => return Progress::Met(None),
            (_, Some(State::Stopped(why))) => why.to_string(),
            (_, None) => "the registrar's address is not known".to_owned(),
            (_, Some(_)) if !over => return Progress::Wait,
            (_, Some(_)) => "the registrar has not answered yet".to_owned(),
        };
        let name = self.program.roles.get(usize::from(role.0)).map_or("", |role| &role.name);
        let remedy = "is the registrar up, and does it know this account?";
        Progress::Faulty(Fault::new(format!("{name}.sip"), act.word(), cause, remedy))
    }

    fn awaited_message(&mut self, now: Tick, wait: &Await, until: Tick) -> Progress {
        let optional = wait.presence == Presence::Optional;
        let found = match self.seats.get_mut(usize::from(wait.role.0)) {
            Some(seat) => seat.inbox.take(&wait.pattern),
            None => Found::Nothing,
        };
        match found {
            Found::It(By(by)) => Progress::Met(by),
            Found::Instead(_) if optional => Progress::Skipped,
            Found::Instead(words) => Progress::Unmet(words),
            Found::Nothing if optional && (until <= now || self.next_has_come()) => {
                Progress::Skipped
            }
            Found::Nothing if until <= now => Progress::Unmet(format!(
                "no {} within {:.1} s",
                wait.pattern,
                wait.wait.as_secs_f64()
            )),
            Found::Nothing => Progress::Wait,
        }
    }

    fn all_of(&mut self, now: Tick, left: &mut Vec<Step>, until: Tick) -> Progress {
        let mut still = Vec::new();
        for step in left.drain(..) {
            let by = match step.awaited() {
                Some(Awaited::Message(wait)) => self
                    .seats
                    .get_mut(usize::from(wait.role.0))
                    .and_then(|seat| seat.inbox.pick(&wait.pattern)),
                Some(Awaited::Event(kind, detail, _)) => {
                    self.pick_event(kind, detail).map(|seq| By(Some(seq)))
                }
                None => Some(By(None)),
            };
            match by {
                Some(By(by)) => self.note(Seen::Met(step.id, by)),
                None => still.push(step),
            }
        }
        if still.is_empty() {
            return Progress::Met(None);
        }
        if until <= now {
            for step in &still {
                self.note(Seen::Unmet(step.id, "it did not come".to_owned()));
            }
            return Progress::Unmet(format!("{} of them did not come", still.len()));
        }
        *left = still;
        Progress::Wait
    }

    fn confirmed(
        &mut self,
        now: Tick,
        command: &Command,
        again: &mut Option<Tick>,
        until: Tick,
    ) -> Progress {
        // Events before it stay: the device may tell the effect first and confirm then.
        if self.unanswered == 0
            && let Some(by) = self.pick_event(command.until, None)
        {
            return Progress::Met(Some(by));
        }
        let refused = self.events.iter().position(|(_, event)| event.kind == EventKind::Refused);
        if let Some((_, event)) = refused.and_then(|at| self.events.remove(at))
            && command.refused == Refusal::Unmet
        {
            return Progress::Unmet(format!("the device refused: {}", event.detail));
        }
        if until <= now {
            let words = command.until.word();
            return Progress::Unmet(format!("the device did not confirm it by `{words}`"));
        }
        match (*again, command.again) {
            (Some(at), Some(span)) if at <= now && self.unanswered == 0 => {
                self.actions.extend(command.lines.iter().cloned().map(Action::Write));
                let again = Some(now + span);
                Progress::Again(Waiting::Confirmed { command: command.clone(), again, until })
            }
            // Not while an answer is on its way: the next line of the device wakes us.
            (Some(at), Some(span)) if at <= now => {
                *again = Some(now + span);
                Progress::Wait
            }
            _ => Progress::Wait,
        }
    }

    fn played(
        &self,
        now: Tick,
        step: &Step,
        until: Tick,
        digits_until: Option<Tick>,
        since: Tick,
    ) -> Progress {
        let StepKind::Media(lines) = &step.kind else { return Progress::Met(None) };
        let missing = lines.iter().any(|line| match &line.flow {
            Flow::Digits { digits, method, .. } => self
                .seats
                .get(usize::from(line.role.0))
                .is_none_or(|seat| !seat.heard(since, *method).contains(digits.as_str())),
            Flow::Play { .. } | Flow::Listen { .. } => false,
        });
        match digits_until {
            Some(at) if missing && at > now => Progress::Wait,
            Some(_) if missing => Progress::Unmet("the digits did not come".to_owned()),
            Some(at) if at > until && until > now => {
                // All were heard: the longest wait for them does not matter any more.
                let digits_until = Some(until);
                Progress::Again(Waiting::Playing { until, digits_until, since })
            }
            _ if until > now => Progress::Wait,
            Some(_) => {
                let seats =
                    lines.iter().filter_map(|line| self.seats.get(usize::from(line.role.0)));
                let quiet = seats.filter_map(Seat::heard_last).max().map(|last| last + QUIET);
                match quiet.filter(|quiet| *quiet > now) {
                    Some(until) => {
                        let digits_until = Some(now);
                        Progress::Again(Waiting::Playing { until, digits_until, since })
                    }
                    None => Progress::Met(None),
                }
            }
            None => Progress::Met(None),
        }
    }

    /// Whether the step to come that can't be passed over has what it waits for.
    fn next_has_come(&self) -> bool {
        let optional = |step: &&Step| {
            step.awaited().is_some_and(|awaited| awaited.presence() == Presence::Optional)
        };
        self.agenda.iter().find(|step| !optional(step)).is_some_and(|step| match &step.kind {
            StepKind::AnyOf { branches, .. } => {
                let mut firsts = branches.iter().filter_map(|branch| branch.first());
                firsts.any(|step| self.has_come(step).is_some())
            }
            StepKind::Unordered { steps, .. } => {
                steps.iter().any(|step| self.has_come(step).is_some())
            }
            StepKind::Send(_)
            | StepKind::Await(_)
            | StepKind::AwaitEvent { .. }
            | StepKind::Media(_)
            | StepKind::Do { .. }
            | StepKind::Register { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Hold(_)
            | StepKind::NoneOf { .. } => self.has_come(step).is_some(),
        })
    }

    /// The entry by which a step that waits is going to be met, if it has come.
    fn has_come(&self, step: &Step) -> Option<By> {
        match step.awaited()? {
            Awaited::Message(wait) => self.has(wait.role, &wait.pattern),
            Awaited::Event(kind, detail, _) => {
                let at = self.find_event(kind, detail)?;
                self.events.get(at).map(|(seq, _)| By(Some(*seq)))
            }
        }
    }

    fn has(&self, role: RoleId, pattern: &Pattern) -> Option<By> {
        self.seats.get(usize::from(role.0))?.inbox.has(pattern)
    }

    fn find_event(&self, kind: EventKind, detail: Option<&str>) -> Option<usize> {
        self.events.iter().position(|(_, event)| {
            event.kind == kind && detail.is_none_or(|detail| event.detail == detail)
        })
    }

    /// Takes an event, and drops those before it.
    fn take_event(&mut self, kind: EventKind, detail: Option<&str>) -> Option<Seq> {
        let at = self.find_event(kind, detail)?;
        self.events.drain(..=at).next_back().map(|(seq, _)| seq)
    }

    fn pick_event(&mut self, kind: EventKind, detail: Option<&str>) -> Option<Seq> {
        let at = self.find_event(kind, detail)?;
        self.events.remove(at).map(|(seq, _)| seq)
    }
}

/// Without a packet of an event for this long, the event is over: several packet intervals.
const QUIET: Duration = Duration::from_millis(150);
/// What is waited after the end of what we play, so that the device's last packets are heard.
const TAIL: Duration = Duration::from_millis(60);
