//! Requests of the peer, and our responses.

use super::call::{Answered, Call};
use super::compose::SDP;
use super::{Failure, Incoming, Phase, Refused, RequestId, ResponseSpec, UserAgent};
use crate::proto::dialog::{Dialog, State};
use crate::proto::policy::{SessionSpec, Withhold};
use crate::proto::transaction::server_invite::{self, Effect, ServerInvite};
use crate::proto::transaction::server_non_invite::{self, ServerNonInvite};
use crate::proto::transport::{ServerKey, received_via, response_target};
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::sip::{Message, Via};
use std::net::SocketAddr;
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
    /// Where responses go.
    remote: SocketAddr,
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

#[derive(Clone, Debug)]
enum Machine {
    Invite(ServerInvite),
    Other(ServerNonInvite),
}

/// The most recent response.
#[derive(Clone, Debug)]
struct Latest {
    bytes: Vec<u8>,
    /// How often it has been sent.
    sent: u32,
}

impl Server {
    pub(super) fn handle_timeout(&mut self, now: Tick) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle_timeout(now),
            Machine::Other(machine) => machine.handle_timeout(now),
        }
    }

    /// The request came again.
    fn handle_request(&mut self, now: Tick) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle(now, server_invite::Event::Invite),
            Machine::Other(machine) => machine.handle(now, server_non_invite::Event::Request),
        }
    }

    fn handle_ack(&mut self, now: Tick) {
        if let Machine::Invite(machine) = &mut self.machine {
            machine.handle(now, server_invite::Event::Ack);
        }
    }

    fn handle_response(&mut self, now: Tick, status: u16) {
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

    fn poll_output(&mut self) -> Option<Effect> {
        match &mut self.machine {
            Machine::Invite(machine) => machine.poll_output(),
            Machine::Other(machine) => Some(match machine.poll_output()? {
                server_non_invite::Effect::Respond => Effect::Respond,
                server_non_invite::Effect::GiveUp => Effect::GiveUp,
                server_non_invite::Effect::Arm(timer) => Effect::Arm(timer),
                server_non_invite::Effect::Disarm => Effect::Disarm,
            }),
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
    fn waits_for_ack(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine)
            if machine.state() == server_invite::State::Completed)
    }

    /// Whether a 300 to 699 to an INVITE has been sent.
    fn has_failed(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine) if matches!(
            machine.state(),
            server_invite::State::Completed | server_invite::State::Confirmed
        ))
    }
}

impl UserAgent {
    /// Responds to the oldest request that has no final response.
    ///
    /// # Errors
    ///
    /// [`Refused`] if no request of the method, or none at all, waits for a response.
    pub fn respond(&mut self, now: Tick, spec: &ResponseSpec) -> Result<(), Refused> {
        let wanted = |server: &Server| {
            server.is_open() && spec.method.as_ref().is_none_or(|method| *method == server.method)
        };
        let at = self.servers.iter().position(wanted).ok_or_else(|| match &spec.method {
            Some(method) => Refused::NothingOfMethod(method.clone()),
            None => Refused::NothingToAnswer,
        })?;
        self.respond_at(now, at, spec, |draft| draft);
        Ok(())
    }

    /// Responds to the request at `at`, with what `finish` adds before the edits.
    pub(super) fn respond_at(
        &mut self,
        now: Tick,
        at: usize,
        spec: &ResponseSpec,
        finish: impl FnOnce(Draft) -> Draft,
    ) {
        let Some(server) = self.servers.get(at) else { return };
        let (standing, method) = (server.standing, server.method.clone());
        let mut draft = finish(self.draft_response(spec.status, server));
        let call = standing.call().and_then(|at| self.calls.get_mut(at));
        if let Some(call) = call
            && let Some(body) = description(call, &method, spec)
        {
            draft = draft.body(SDP, body);
        }
        let bytes = spec.edits.apply(draft);
        let sent = Message::read(&bytes);
        if let Some(server) = self.servers.get_mut(at) {
            server.latest = Some(Latest { bytes, sent: 0 });
            server.handle_response(now, spec.status);
        }
        self.pump_server(at);
        self.settle(now, at, spec.status, &sent);
    }

    /// Takes what a response of ours means for its call.
    fn settle(&mut self, now: Tick, at: usize, status: u16, sent: &Message) {
        let timing = self.config.timing;
        let Some(server) = self.servers.get(at) else { return };
        let Some(call) = server.standing.call().and_then(|at| self.calls.get_mut(at)) else {
            return;
        };
        match (server.method.as_str(), status) {
            ("INVITE", 101..300) => {
                if let Some(body) = sent.sdp() {
                    if call.negotiation.has_their_offer() {
                        call.negotiation.sent_answer(&body);
                    } else {
                        call.negotiation.sent_offer(body);
                    }
                }
                if status >= 200 {
                    call.dialog.state = State::Confirmed;
                    call.dialog.refresh_target(&server.request);
                    //= RFC 3261 §13.3.1.4
                    call.answered = Answered::Waiting {
                        server: server.id,
                        cseq: server.request.cseq().map_or(0, |cseq| cseq.number),
                        next: now + timing.t1,
                        interval: timing.t1,
                        until: now + timing.t1 * 64,
                    };
                }
            }
            ("INVITE", 300..) => match server.standing {
                Standing::Makes(_) => call.dialog.state = State::Terminated,
                _ => call.negotiation.close(),
            },
            //= RFC 3261 §15.1.2
            ("BYE", 200..300) => call.dialog.state = State::Terminated,
            _ => {}
        }
    }

    pub(super) fn receive_request(&mut self, now: Tick, remote: SocketAddr, message: Arc<Message>) {
        let method = message.method().unwrap_or_default().to_owned();
        let key = ServerKey::of(&message);
        let at = self.servers.iter().position(|server| key.is_some() && server.key == key);
        if method == "ACK" {
            return self.receive_ack(now, at, message);
        }
        if let Some(at) = at {
            if let Some(server) = self.servers.get_mut(at) {
                server.handle_request(now);
            }
            return self.pump_server(at);
        }
        let tag = self.response_tag(&message);
        let standing = self.standing(&method, remote, &message, &tag);
        let via = received_via(&message, remote);
        let id = self.next_id();
        self.servers.push(Server {
            id,
            key,
            method: method.clone(),
            request: message.clone(),
            remote: via.as_ref().and_then(response_target).unwrap_or(remote),
            via,
            tag,
            standing,
            machine: match method.as_str() {
                "INVITE" => Machine::Invite(ServerInvite::new(now, self.config.timing)),
                _ => Machine::Other(ServerNonInvite::new(self.config.timing)),
            },
            latest: None,
        });
        self.deliver(Incoming::Request { id: RequestId(id), method, message });
        if self.phase == Phase::Closing {
            self.answer_by_default(now, RequestId(id));
        }
    }

    /// A CANCEL is answered with the tag of the INVITE that it cancels: RFC 3261 §9.2.
    fn response_tag(&mut self, request: &Message) -> String {
        let cancelled = request.method().filter(|method| *method == "CANCEL");
        let key = cancelled.and_then(|_| ServerKey::cancelled(request));
        let invite = self.servers.iter().find(|server| key.is_some() && server.key == key);
        invite.map(|invite| invite.tag.clone()).unwrap_or_else(|| self.tokens.word())
    }

    /// Finds or makes the dialog of a new request.
    fn standing(
        &mut self,
        method: &str,
        remote: SocketAddr,
        request: &Message,
        tag: &str,
    ) -> Standing {
        let tagged = request.to().is_some_and(|to| to.tag().is_some());
        if !tagged {
            if method == "INVITE"
                && let Some(dialog) = Dialog::as_uas(request, tag)
            {
                let mut negotiation = self.negotiation();
                if let Some(offer) = request.sdp() {
                    negotiation.received_offer(offer);
                }
                self.calls.push(Call::new(dialog, negotiation, remote));
                return Standing::Makes(self.calls.len() - 1);
            }
            return Standing::Outside;
        }
        let held = |call: &Call| {
            call.dialog.state != State::Terminated && call.dialog.holds_request(request)
        };
        let Some(at) = self.calls.iter().position(held) else { return Standing::Nowhere };
        let Some(call) = self.calls.get_mut(at) else { return Standing::Nowhere };
        let number = request.cseq().map_or(0, |cseq| cseq.number);
        // A CANCEL has the number of its INVITE.
        if method != "CANCEL" && !call.dialog.accept_cseq(number) {
            return Standing::OutOfOrder(at);
        }
        if let Some(offer) = request.sdp().filter(|_| method == "INVITE") {
            call.negotiation.received_offer(offer);
        }
        Standing::Inside(at)
    }

    fn receive_ack(&mut self, now: Tick, at: Option<usize>, message: Arc<Message>) {
        let failed = at.filter(|&at| self.servers.get(at).is_some_and(Server::has_failed));
        if let Some(at) = failed {
            let Some(server) = self.servers.get_mut(at) else { return };
            let first = server.waits_for_ack();
            server.handle_ack(now);
            if first {
                self.deliver_ack(message);
            }
            return;
        }
        let held = |call: &&mut Call| call.dialog.holds_request(&message);
        let number = message.cseq().map(|cseq| cseq.number);
        let Some(call) = self.calls.iter_mut().find(held) else {
            return self.deliver(Incoming::Stray { message });
        };
        match call.answered {
            Answered::Waiting { cseq, .. } if Some(cseq) == number => {
                call.answered = Answered::Acknowledged { cseq };
                if let Some(answer) = message.sdp() {
                    call.negotiation.received_answer(&answer);
                }
                call.negotiation.close();
                self.deliver_ack(message);
                if self.phase == Phase::Closing {
                    self.close_calls(now);
                }
            }
            Answered::Acknowledged { cseq } if Some(cseq) == number => {}
            _ => self.deliver(Incoming::Stray { message }),
        }
    }

    fn deliver_ack(&mut self, message: Arc<Message>) {
        let id = RequestId(self.next_id());
        self.deliver(Incoming::Request { id, method: "ACK".to_owned(), message });
    }

    fn next_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// Does what the transaction at `at` wants done.
    pub(super) fn pump_server(&mut self, at: usize) {
        while let Some(server) = self.servers.get_mut(at) {
            let Some(effect) = server.poll_output() else { return };
            match effect {
                Effect::Respond => self.send_latest(at),
                Effect::RespondTrying => {
                    let withheld = [Withhold::Trying, Withhold::Responses];
                    if withheld.into_iter().any(|what| self.is_withheld(what)) {
                        continue;
                    }
                    let Some(server) = self.servers.get(at) else { return };
                    let bytes = self.draft_response(100, server).build();
                    if let Some(server) = self.servers.get_mut(at) {
                        server.latest = Some(Latest { bytes, sent: 0 });
                    }
                    self.send_latest(at);
                }
                Effect::GiveUp => self.deliver(Incoming::TransactionFailed {
                    method: "ACK".to_owned(),
                    why: Failure::TimedOut,
                }),
                Effect::Deliver | Effect::Arm(_) | Effect::Disarm => {}
            }
        }
    }

    /// Sends the 2xx of the call at `at` again if its ACK is overdue, or gives up on it.
    pub(super) fn repeat_success(&mut self, now: Tick, at: usize) {
        let t2 = self.config.timing.t2;
        while let Some(call) = self.calls.get_mut(at) {
            let Answered::Waiting { server, cseq, next, interval, until } = call.answered else {
                return;
            };
            if now >= until {
                call.answered = Answered::Acknowledged { cseq };
                self.deliver(Incoming::TransactionFailed {
                    method: "ACK".to_owned(),
                    why: Failure::TimedOut,
                });
                if self.phase == Phase::Closing {
                    self.close_calls(now);
                }
                return;
            }
            if now < next {
                return;
            }
            //= RFC 3261 §13.3.1.4
            let interval = (interval * 2).min(t2);
            let next = next + interval;
            call.answered = Answered::Waiting { server, cseq, next, interval, until };
            if let Some(at) = self.servers.iter().position(|known| known.id == server) {
                if let Some(server) = self.servers.get_mut(at) {
                    server.handle_response(now, 200);
                }
                self.pump_server(at);
            }
        }
    }

    fn send_latest(&mut self, at: usize) {
        let quiet = self.is_withheld(Withhold::Retransmissions);
        let Some(server) = self.servers.get_mut(at) else { return };
        let Some(latest) = &mut server.latest else { return };
        if latest.sent > 0 && quiet {
            return;
        }
        latest.sent += 1;
        let (remote, bytes) = (server.remote, latest.bytes.clone());
        self.send_raw(remote, bytes);
    }
}

/// The description that a response of ours carries.
fn description(call: &mut Call, method: &str, spec: &ResponseSpec) -> Option<Vec<u8>> {
    if method != "INVITE" || !(101..300).contains(&spec.status) {
        return None;
    }
    match (&spec.session, spec.status) {
        (SessionSpec::Usual, ..200) => None,
        (session, _) if call.negotiation.has_their_offer() => call.negotiation.answer(session),
        (session, _) => call.negotiation.offer(session),
    }
}
