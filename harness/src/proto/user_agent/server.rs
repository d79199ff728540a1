//! Requests of the peer, and our responses.

use super::ledger::{Listed, Stage};
use crate::proto::transaction::machine::Effect;
use crate::proto::transaction::server_invite::{self, ServerInvite};
use crate::proto::transaction::server_non_invite::{self, ServerNonInvite};
use crate::proto::transaction::timer::Timing;
use crate::proto::transport::{Flow, Hop, ServerKey, received_via, response_target};
use crate::time::Tick;
use crate::wire::sip::{Message, Via};
use std::sync::Arc;

/// A request of the peer, from when it arrives until its transaction is over.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) id: u32,
    pub(super) key: Option<ServerKey>,
    pub(super) method: String,
    pub(super) request: Arc<Message>,
    /// The topmost `Via` with what our transport has added.
    pub(super) via: Option<Via>,
    /// What responses go along.
    pub(super) flow: Flow,
    /// The tag of our responses, if the request has none for us.
    pub(super) tag: String,
    pub(super) standing: Standing,
    machine: Machine,
    latest: Option<Latest>,
}

/// How a request stands to the dialogs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// It is outside of all, and makes none.
    Outside,
    /// It is an INVITE outside, and makes the dialog of this call.
    Makes(usize),
    /// It is in the dialog of this call.
    Inside(usize),
    /// It is in that dialog, with a sequence number that is not above the last.
    OutOfOrder(usize),
    /// It names a dialog that is not.
    Nowhere,
}

impl Standing {
    pub(super) const fn call(self) -> Option<usize> {
        match self {
            Self::Makes(at) | Self::Inside(at) | Self::OutOfOrder(at) => Some(at),
            Self::Outside | Self::Nowhere => None,
        }
    }
}

/// What a request of the peer is found by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Mark {
    /// The key of its transaction.
    Key(ServerKey),
    /// Its number.
    Id(u32),
    /// The call that it is in or makes.
    Call(usize),
}

impl Listed for Server {
    type Mark = Mark;

    fn marks(&self) -> Vec<Mark> {
        let key = self.key.clone().map(Mark::Key);
        let call = self.standing.call().map(Mark::Call);
        [Mark::Id(self.id)].into_iter().chain(key).chain(call).collect()
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

#[derive(Clone, Debug)]
enum Machine {
    Invite(ServerInvite),
    Other(ServerNonInvite),
}

/// Whether a response has been sent before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sending {
    /// It has not.
    First,
    /// It has.
    Again,
}

/// The most recent response.
#[derive(Clone, Debug)]
struct Latest {
    bytes: Vec<u8>,
    /// How often it has been sent.
    sent: u32,
}

impl Server {
    /// The transaction of a request that has just arrived along `flow`.
    pub(super) fn new(
        now: Tick,
        id: u32,
        request: Arc<Message>,
        flow: Flow,
        timing: Timing,
    ) -> Self {
        let method = request.method().unwrap_or_default().to_owned();
        let Flow { hop, connection } = flow;
        let via = received_via(&request, hop.remote);
        let target = via.as_ref().and_then(|via| response_target(via, hop.transport));
        let back = Hop { remote: target.unwrap_or(hop.remote), ..hop };
        let reliability = hop.reliability();
        Self {
            id,
            key: ServerKey::of(&request),
            machine: match method.as_str() {
                "INVITE" => Machine::Invite(ServerInvite::new(now, timing, reliability)),
                _ => Machine::Other(ServerNonInvite::new(now, timing, reliability)),
            },
            method,
            request,
            flow: Flow { hop: back, connection },
            via,
            tag: String::new(),
            standing: Standing::Outside,
            latest: None,
        }
    }

    /// Makes `bytes` the most recent response.
    pub(super) fn set_latest(&mut self, bytes: Vec<u8>) {
        self.latest = Some(Latest { bytes, sent: 0 });
    }

    /// The most recent response and where it goes, for it to be sent once more.
    pub(super) fn latest(&mut self) -> Option<(Sending, Flow, Vec<u8>)> {
        let latest = self.latest.as_mut()?;
        latest.sent += 1;
        let sending = if latest.sent == 1 { Sending::First } else { Sending::Again };
        Some((sending, self.flow, latest.bytes.clone()))
    }

    /// The most recent response that has been sent, and the way that it went.
    pub(super) fn last_sent(&self) -> Option<(Flow, &[u8])> {
        let latest = self.latest.as_ref().filter(|latest| latest.sent > 0)?;
        Some((self.flow, &latest.bytes))
    }

    pub(super) fn handle_timeout(&mut self, now: Tick) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle_timeout(now),
            Machine::Other(machine) => machine.handle_timeout(now),
        }
    }

    /// The request came again.
    pub(super) fn handle_request(&mut self, now: Tick) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle(now, server_invite::Event::Invite),
            Machine::Other(machine) => machine.handle(now, server_non_invite::Event::Request),
        }
    }

    pub(super) fn handle_ack(&mut self, now: Tick) {
        if let Machine::Invite(machine) = &mut self.machine {
            machine.handle(now, server_invite::Event::Ack);
        }
    }

    pub(super) fn handle_response(&mut self, now: Tick, status: u16) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle(
                now,
                match status {
                    ..200 => server_invite::Event::Provisional,
                    200..300 => server_invite::Event::Success,
                    300.. => server_invite::Event::Failure,
                },
            ),
            Machine::Other(machine) => machine.handle(
                now,
                match status {
                    ..200 => server_non_invite::Event::Provisional,
                    200.. => server_non_invite::Event::Final,
                },
            ),
        }
    }

    pub(super) fn poll_output(&mut self) -> Option<Effect> {
        match &mut self.machine {
            Machine::Invite(machine) => machine.poll_output(),
            Machine::Other(machine) => machine.poll_output(),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        match &self.machine {
            Machine::Invite(machine) => machine.poll_timeout(),
            Machine::Other(machine) => machine.poll_timeout(),
        }
    }

    /// Whether no final response has been sent.
    pub(super) const fn is_open(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => {
                matches!(machine.state(), server_invite::State::Proceeding)
            }
            Machine::Other(machine) => matches!(
                machine.state(),
                server_non_invite::State::Trying | server_non_invite::State::Proceeding
            ),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.state() == server_invite::State::Terminated,
            Machine::Other(machine) => machine.state() == server_non_invite::State::Terminated,
        }
    }

    /// Whether a 300 to 699 to an INVITE waits for its ACK.
    pub(super) fn waits_for_ack(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine)
            if machine.state() == server_invite::State::Completed)
    }

    /// Whether a 300 to 699 to an INVITE has been sent.
    pub(super) fn has_failed(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine) if matches!(
            machine.state(),
            server_invite::State::Completed | server_invite::State::Confirmed
        ))
    }
}
