//! Requests of ours, and what comes back.

use super::Failure;
use super::ledger::{Listed, Stage};
use crate::proto::auth::client::Challenge;
use crate::proto::dialog::Outline;
use crate::proto::offer_answer::Negotiation;
use crate::proto::transaction::client_invite::{self, ClientInvite};
use crate::proto::transaction::client_non_invite::{self, ClientNonInvite};
use crate::proto::transaction::machine::Effect;
use crate::proto::transaction::timer::Timing;
use crate::proto::transport::{ClientKey, Hop};
use crate::time::Tick;
use crate::wire::sip::Message;
use std::sync::Arc;

/// A request of ours, from when it is sent until its transaction is over.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) key: Option<ClientKey>,
    pub(super) method: String,
    /// The request as sent.
    pub(super) request: Arc<Message>,
    /// Where it was sent.
    pub(super) hop: Hop,
    machine: Machine,
    /// The response that the machine looks at.
    pub(super) response: Option<Arc<Message>>,
    /// The call that it is in; absent outside.
    pub(super) call: Option<usize>,
    /// What an INVITE outside any dialog has said, for each dialog that it makes.
    pub(super) negotiation: Option<Negotiation>,
    /// When to stop waiting for the final response to an INVITE that has been cancelled.
    pub(super) abandon: Option<Tick>,
    /// Why it fails, if it does.
    pub(super) why: Failure,
    origin: Origin,
}

/// Who made a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Origin {
    /// We did, so that it has all that a request needs.
    Composed,
    /// The scenario, byte for byte: it may lack anything, and is sent once.
    Written,
}

#[derive(Clone, Debug)]
enum Machine {
    Invite(ClientInvite),
    Other(ClientNonInvite),
    /// An INVITE that was cancelled and never answered.
    Abandoned,
}

/// A request that was challenged, so that the next one like it can carry credentials.
#[derive(Clone, Debug)]
pub(super) struct Challenged {
    pub(super) challenge: Challenge,
    pub(super) method: String,
    pub(super) request: Arc<Message>,
}

/// What a request of ours is found by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Mark {
    /// The key of its transaction, where it has one.
    Key(ClientKey),
    /// That it has none: a scenario wrote it without a branch that can be read.
    Keyless,
    /// That a scenario wrote it.
    Written,
    /// Where it was sent.
    To(Hop),
    /// Its method.
    Method(String),
    /// The call that it is in.
    Call(usize),
}

impl Listed for Client {
    type Mark = Mark;

    fn marks(&self) -> Vec<Mark> {
        let mut marks = vec![
            self.key.clone().map_or(Mark::Keyless, Mark::Key),
            Mark::To(self.hop),
            Mark::Method(self.method.clone()),
        ];
        marks.extend(self.is_written().then_some(Mark::Written));
        marks.extend(self.call.map(Mark::Call));
        marks
    }

    fn due(&self) -> Option<Tick> {
        self.poll_timeout()
    }

    fn stage(&self) -> Stage {
        match () {
            () if self.is_over() => Stage::Over,
            () if self.is_open() => Stage::Open,
            () => Stage::Answered,
        }
    }
}

impl Client {
    /// The transaction of a request of `method` that has just been sent.
    pub(super) fn new(
        now: Tick,
        method: &str,
        request: Arc<Message>,
        hop: Hop,
        timing: Timing,
    ) -> Self {
        Self {
            key: ClientKey::of(&request),
            method: method.to_owned(),
            request,
            hop,
            machine: match method {
                "INVITE" => Machine::Invite(ClientInvite::new(now, timing, hop.reliability())),
                _ => Machine::Other(ClientNonInvite::new(now, timing, hop.reliability())),
            },
            response: None,
            call: None,
            negotiation: None,
            abandon: None,
            why: Failure::TimedOut,
            origin: Origin::Composed,
        }
    }

    /// The transaction of a request that somebody else has written.
    pub(super) fn written(
        now: Tick,
        method: &str,
        request: Arc<Message>,
        hop: Hop,
        timing: Timing,
    ) -> Self {
        Self { origin: Origin::Written, ..Self::new(now, method, request, hop, timing) }
    }

    pub(super) fn is_written(&self) -> bool {
        self.origin == Origin::Written
    }

    /// Whether `response` is to this request where no branch tells: a scenario wrote it, and the Call-ID
    /// is the same as far as it has one.
    pub(super) fn may_be_answered_by(&self, response: &Message) -> bool {
        self.is_written() && self.request.call_id().is_none_or(|id| response.call_id() == Some(id))
    }

    pub(super) fn handle_timeout(&mut self, now: Tick) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle_timeout(now),
            Machine::Other(machine) => machine.handle_timeout(now),
            Machine::Abandoned => {}
        }
    }

    /// The transport could not send the request.
    pub(super) fn handle_transport_failure(&mut self, now: Tick) {
        self.why = Failure::Transport;
        match &mut self.machine {
            Machine::Invite(machine) => {
                machine.handle(now, client_invite::Event::TransportFailed);
            }
            Machine::Other(machine) => {
                machine.handle(now, client_non_invite::Event::TransportFailed);
            }
            Machine::Abandoned => {}
        }
    }

    /// Gives up at `now` on an INVITE that was cancelled, if it is time; says whether it did.
    pub(super) fn is_abandoned(&mut self, now: Tick) -> bool {
        //= RFC 3261 §9.1
        let due = self.is_open() && self.abandon.is_some_and(|at| at <= now);
        if due {
            self.machine = Machine::Abandoned;
        }
        due
    }

    pub(super) fn handle_response(&mut self, now: Tick, status: u16, response: Arc<Message>) {
        self.response = Some(response);
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle(
                now,
                match status {
                    ..200 => client_invite::Event::Provisional,
                    200..300 => client_invite::Event::Success,
                    300.. => client_invite::Event::Failure,
                },
            ),
            Machine::Other(machine) => machine.handle(
                now,
                match status {
                    ..200 => client_non_invite::Event::Provisional,
                    200.. => client_non_invite::Event::Final,
                },
            ),
            Machine::Abandoned => {}
        }
    }

    pub(super) fn poll_output(&mut self) -> Option<Effect> {
        match &mut self.machine {
            Machine::Invite(machine) => machine.poll_output(),
            Machine::Other(machine) => machine.poll_output(),
            Machine::Abandoned => None,
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        let machine = match &self.machine {
            Machine::Invite(machine) => machine.poll_timeout(),
            Machine::Other(machine) => machine.poll_timeout(),
            Machine::Abandoned => None,
        };
        machine.into_iter().chain(self.abandon.filter(|_| self.is_open())).min()
    }

    /// Whether no final response has come yet.
    pub(super) const fn is_open(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => matches!(
                machine.state(),
                client_invite::State::Calling | client_invite::State::Proceeding
            ),
            Machine::Other(machine) => matches!(
                machine.state(),
                client_non_invite::State::Trying | client_non_invite::State::Proceeding
            ),
            Machine::Abandoned => false,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.state() == client_invite::State::Terminated,
            Machine::Other(machine) => machine.state() == client_non_invite::State::Terminated,
            Machine::Abandoned => true,
        }
    }

    /// Whether a provisional response has come, and no final one.
    pub(super) fn is_proceeding(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine)
            if machine.state() == client_invite::State::Proceeding)
    }

    /// Whether a 300 to 699 to an INVITE has come and is being acknowledged.
    pub(super) fn has_failed(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine)
            if machine.state() == client_invite::State::Completed)
    }

    /// The ACK or CANCEL that goes with this INVITE hop by hop.
    pub(super) fn companion(&self) -> Option<Outline> {
        let request = &self.request;
        Some(Outline {
            uri: request.request_uri()?.to_owned(),
            hop: Some(self.hop),
            routes: request.values("Route").into_iter().map(str::to_owned).collect(),
            from: request.header("From")?.to_owned(),
            to: request.header("To")?.to_owned(),
            call_id: request.call_id()?.to_owned(),
            cseq: request.cseq()?.number,
        })
    }
}
