//! Requests of ours, and what comes back.

use super::call::{Ack, Call};
use super::compose::SDP;
use super::{Failure, Incoming, Output, Phase, Refused, RequestSpec, UserAgent};
use crate::proto::auth::client::Challenge;
use crate::proto::dialog::{Dialog, Outline, State};
use crate::proto::offer_answer::Negotiation;
use crate::proto::policy::{DialogUse, SessionSpec, Withhold};
use crate::proto::transaction::client_invite::{self, ClientInvite, Effect};
use crate::proto::transaction::client_non_invite::{self, ClientNonInvite};
use crate::proto::transport::ClientKey;
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::edits::Edits;
use crate::wire::sip::{Message, NameAddr};
use std::net::SocketAddr;
use std::sync::Arc;

/// A request of ours, from when it is sent until its transaction is over.
#[derive(Clone, Debug)]
pub(super) struct Client {
    key: Option<ClientKey>,
    pub(super) method: String,
    /// The request as sent.
    pub(super) request: Arc<Message>,
    pub(super) remote: SocketAddr,
    machine: Machine,
    /// The response that the machine looks at.
    response: Option<Arc<Message>>,
    /// The call that it is in; absent outside.
    pub(super) call: Option<usize>,
    /// What an INVITE outside any dialog has said, for each dialog that it makes.
    negotiation: Option<Negotiation>,
}

#[derive(Clone, Debug)]
enum Machine {
    Invite(ClientInvite),
    Other(ClientNonInvite),
}

/// A request that was challenged, so that the next one like it can carry credentials.
#[derive(Clone, Debug)]
pub(super) struct Challenged {
    challenge: Challenge,
    method: String,
    request: Arc<Message>,
}

impl Client {
    pub(super) fn handle_timeout(&mut self, now: Tick) {
        match &mut self.machine {
            Machine::Invite(machine) => machine.handle_timeout(now),
            Machine::Other(machine) => machine.handle_timeout(now),
        }
    }

    fn handle_response(&mut self, now: Tick, status: u16, response: Arc<Message>) {
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
        }
    }

    fn poll_output(&mut self) -> Option<Effect> {
        match &mut self.machine {
            Machine::Invite(machine) => machine.poll_output(),
            Machine::Other(machine) => Some(match machine.poll_output()? {
                client_non_invite::Effect::Retransmit => Effect::Retransmit,
                client_non_invite::Effect::Deliver => Effect::Deliver,
                client_non_invite::Effect::GiveUp => Effect::GiveUp,
                client_non_invite::Effect::Arm(timer)
                | client_non_invite::Effect::ArmAtT2(timer) => Effect::Arm(timer),
                client_non_invite::Effect::Disarm => Effect::Disarm,
            }),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        match &self.machine {
            Machine::Invite(machine) => machine.poll_timeout(),
            Machine::Other(machine) => machine.poll_timeout(),
        }
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
        }
    }

    pub(super) fn is_over(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.state() == client_invite::State::Terminated,
            Machine::Other(machine) => machine.state() == client_non_invite::State::Terminated,
        }
    }

    /// Whether a provisional response has come, and no final one.
    pub(super) fn is_proceeding(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine)
            if machine.state() == client_invite::State::Proceeding)
    }

    /// The ACK or CANCEL that goes with this INVITE hop by hop.
    pub(super) fn companion(&self) -> Option<Outline> {
        let request = &self.request;
        Some(Outline {
            uri: request.request_uri()?.to_owned(),
            hop: Some(self.remote),
            routes: request.values("Route").into_iter().map(str::to_owned).collect(),
            from: request.header("From")?.to_owned(),
            to: request.header("To")?.to_owned(),
            call_id: request.call_id()?.to_owned(),
            cseq: request.cseq()?.number,
        })
    }
}

impl UserAgent {
    /// Sends a request: in the dialog that is up, or to `target`; or the ACK or CANCEL of the
    /// INVITE at hand.
    ///
    /// After a 401 or 407 and with credentials configured, the next request of the same method
    /// repeats the one challenged with an answer to the challenge.
    ///
    /// # Errors
    ///
    /// [`Refused`]: nothing is up that the request could belong to.
    pub fn request(&mut self, now: Tick, spec: &RequestSpec) -> Result<(), Refused> {
        let usual = spec.dialog == DialogUse::Current;
        match spec.method.as_str() {
            "ACK" if usual => return self.acknowledge(spec),
            "CANCEL" if usual => return self.cancel(now, spec),
            _ => {}
        }
        match self.home(spec)? {
            Some(call) => self.request_inside(now, spec, call),
            None => self.request_outside(now, spec),
        }
        Ok(())
    }

    /// The call that a request belongs in.
    fn home(&self, spec: &RequestSpec) -> Result<Option<usize>, Refused> {
        let current = match spec.dialog {
            DialogUse::Current => self.current(),
            DialogUse::Outside | DialogUse::Unknown => return Ok(None),
        };
        let state = current.and_then(|at| self.calls.get(at)).map(|call| call.dialog.state);
        match spec.method.as_str() {
            "BYE" if current.is_none() => Err(Refused::NoDialog(spec.method.clone())),
            "INVITE" if state == Some(State::Early) => Ok(None),
            _ => Ok(current),
        }
    }

    pub(super) fn request_inside(&mut self, now: Tick, spec: &RequestSpec, at: usize) {
        let Some(outline) = self.calls.get(at).map(Self::outline_in) else { return };
        let mut draft = self.draft_request(&spec.method, &outline);
        draft = self.with_credentials(draft, &spec.method, &outline.uri);
        let Some(call) = self.calls.get_mut(at) else { return };
        call.dialog.note_sent(outline.cseq);
        if let Some(body) = offer(&mut call.negotiation, spec) {
            draft = draft.body(SDP, body);
        }
        let remote = outline.hop.unwrap_or(call.peer);
        let client = self.send(now, draft, spec, remote, Some(at));
        let Some(call) = self.calls.get_mut(at) else { return };
        if let Some(offer) = client.request.sdp().filter(|_| spec.method == "INVITE") {
            call.negotiation.sent_offer(offer);
        }
        self.clients.push(client);
    }

    fn request_outside(&mut self, now: Tick, spec: &RequestSpec) {
        let tag = (spec.dialog == DialogUse::Unknown).then(|| self.tokens.word());
        let mut outline = self.fresh_outline(spec, tag.as_deref());
        if let Some(Challenged { method, request, .. }) = &self.challenged
            && self.config.credentials.is_some()
            && *method == spec.method
            && let (Some(from), Some(call_id), Some(cseq)) =
                (request.header("From"), request.call_id(), request.cseq())
        {
            //= RFC 3261 §8.1.3.5
            outline.from = from.to_owned();
            outline.call_id = call_id.to_owned();
            outline.cseq = cseq.number + 1;
        }
        let mut draft = self.draft_request(&spec.method, &outline);
        draft = self.with_credentials(draft, &spec.method, &outline.uri);
        let mut negotiation = self.negotiation();
        if let Some(body) = offer(&mut negotiation, spec) {
            draft = draft.body(SDP, body);
        }
        if spec.method == "ACK" {
            let bytes = spec.edits.apply(draft);
            return self.send_raw(spec.target.remote, bytes);
        }
        let mut client = self.send(now, draft, spec, spec.target.remote, None);
        if spec.method == "INVITE" {
            if let Some(offer) = client.request.sdp() {
                negotiation.sent_offer(offer);
            }
            client.negotiation = Some(negotiation);
        }
        self.clients.push(client);
    }

    fn with_credentials(&mut self, draft: Draft, method: &str, uri: &str) -> Draft {
        let cnonce = self.tokens.word();
        let (Some(account), Some(challenged)) = (&self.config.credentials, &mut self.challenged)
        else {
            return draft;
        };
        if challenged.method != method {
            return draft;
        }
        let (name, value) = challenged.challenge.answer(account, method, uri, &cnonce);
        draft.set(name, &value)
    }

    fn send(
        &mut self,
        now: Tick,
        draft: Draft,
        spec: &RequestSpec,
        remote: SocketAddr,
        call: Option<usize>,
    ) -> Client {
        let bytes = spec.edits.apply(draft);
        let request = Arc::new(Message::read(&bytes));
        self.send_raw(remote, bytes);
        let timing = self.config.timing;
        Client {
            key: ClientKey::of(&request),
            method: spec.method.clone(),
            request,
            remote,
            machine: match spec.method.as_str() {
                "INVITE" => Machine::Invite(ClientInvite::new(now, timing)),
                _ => Machine::Other(ClientNonInvite::new(now, timing)),
            },
            response: None,
            call,
            negotiation: None,
        }
    }

    /// Sends the ACK of the oldest 2xx that waits for one, else that of the failure at hand, else
    /// the last ACK once more.
    fn acknowledge(&mut self, spec: &RequestSpec) -> Result<(), Refused> {
        let due = |call: &Call| matches!(call.ack, Ack::Due(_));
        if let Some(at) = self.calls.iter().position(due) {
            self.acknowledge_call(at, &spec.edits, &spec.session);
            return Ok(());
        }
        let failed = self.clients.iter().rposition(|client| {
            matches!(&client.machine, Machine::Invite(machine)
                if machine.state() == client_invite::State::Completed)
        });
        if let Some(at) = failed {
            self.acknowledge_failure(at, &spec.edits);
            return Ok(());
        }
        let sent = self.current().and_then(|at| self.calls.get(at)).map(|call| &call.ack);
        let Some(Ack::Sent { remote, bytes, .. }) = sent else {
            return Err(Refused::NothingToAcknowledge);
        };
        let bytes = spec.edits.apply(Draft::from_message(&Message::read(bytes)));
        self.send_raw(*remote, bytes);
        Ok(())
    }

    /// Sends the ACK of the 2xx that the call at `at` waits for.
    pub(super) fn acknowledge_call(&mut self, at: usize, edits: &Edits, session: &SessionSpec) {
        let Some(call) = self.calls.get(at) else { return };
        let Ack::Due(invite) = &call.ack else { return };
        let (invite, peer) = (invite.clone(), call.peer);
        //= RFC 3261 §13.2.2.4
        let cseq = invite.cseq().map_or(0, |cseq| cseq.number);
        let outline = Outline { cseq, ..Self::outline_in(call) };
        let mut draft = self.draft_request("ACK", &outline);
        for name in ["Authorization", "Proxy-Authorization"] {
            for field in invite.fields(name) {
                draft = draft.add(name, &field.value);
            }
        }
        let Some(call) = self.calls.get_mut(at) else { return };
        let answer = match session {
            SessionSpec::Usual | SessionSpec::Without if !call.negotiation.has_their_offer() => {
                None
            }
            _ => call.negotiation.answer(session),
        };
        if let Some(body) = answer {
            draft = draft.body(SDP, body);
        }
        let bytes = edits.apply(draft);
        if let Some(answer) = Message::read(&bytes).sdp() {
            call.negotiation.sent_answer(&answer);
        }
        call.negotiation.close();
        let remote = outline.hop.unwrap_or(peer);
        call.ack = Ack::Sent { cseq, remote, bytes: bytes.clone() };
        self.send_raw(remote, bytes);
    }

    /// Sends the ACK of a 300 to 699: RFC 3261 §17.1.1.3.
    fn acknowledge_failure(&mut self, at: usize, edits: &Edits) {
        let Some(client) = self.clients.get(at) else { return };
        let Some(mut outline) = client.companion() else { return };
        let Some(via) = client.request.values("Via").first().map(|via| (*via).to_owned()) else {
            return;
        };
        if let Some(to) = client.response.as_ref().and_then(|response| response.header("To")) {
            to.clone_into(&mut outline.to);
        }
        let remote = client.remote;
        let draft = self.draft_request_on("ACK", &outline, &via);
        self.send_raw(remote, edits.apply(draft));
    }

    fn cancel(&mut self, now: Tick, spec: &RequestSpec) -> Result<(), Refused> {
        let open = |client: &Client| client.method == "INVITE" && client.is_open();
        let at = self.clients.iter().rposition(open).ok_or(Refused::NothingToCancel)?;
        self.cancel_client(now, at, spec);
        Ok(())
    }

    /// Sends the CANCEL of the INVITE at `at`: RFC 3261 §9.1.
    pub(super) fn cancel_client(&mut self, now: Tick, at: usize, spec: &RequestSpec) {
        let Some(client) = self.clients.get(at) else { return };
        let Some(outline) = client.companion() else { return };
        let Some(via) = client.request.values("Via").first().map(|via| (*via).to_owned()) else {
            return;
        };
        let remote = client.remote;
        let draft = self.draft_request_on("CANCEL", &outline, &via);
        let cancel = self.send(now, draft, spec, remote, None);
        self.clients.push(cancel);
    }

    pub(super) fn receive_response(&mut self, now: Tick, message: Arc<Message>) {
        let status = message.status().filter(|status| (100..700).contains(status));
        let key = ClientKey::of(&message);
        let at = self.clients.iter().position(|client| key.is_some() && client.key == key);
        match (status, at) {
            (Some(status), Some(at)) => {
                if let Some(client) = self.clients.get_mut(at) {
                    client.handle_response(now, status, message);
                }
                self.pump_client(now, at);
            }
            (Some(200..300), None) if self.repeat_ack(&message) => {}
            _ => self.deliver(Incoming::Stray { message }),
        }
    }

    /// Does what the transaction at `at` wants done.
    pub(super) fn pump_client(&mut self, now: Tick, at: usize) {
        while let Some(client) = self.clients.get_mut(at) {
            let Some(effect) = client.poll_output() else { return };
            let Client { remote, request, response, .. } = client.clone();
            match effect {
                Effect::Retransmit if !self.is_withheld(Withhold::Retransmissions) => {
                    self.send_raw(remote, request.bytes().to_vec());
                }
                Effect::Ack if !self.is_withheld(Withhold::FailureAck) => {
                    self.acknowledge_failure(at, &Edits::default());
                }
                Effect::Deliver => {
                    if let Some(response) = response {
                        self.take_response(now, at, response);
                    }
                }
                Effect::GiveUp => self.give_up(at),
                Effect::Retransmit | Effect::Ack | Effect::Arm(_) | Effect::Disarm => {}
            }
        }
    }

    fn take_response(&mut self, now: Tick, at: usize, response: Arc<Message>) {
        let Some(client) = self.clients.get(at).cloned() else { return };
        let (method, status) = (client.method.clone(), response.status().unwrap_or_default());
        if method == "INVITE" && (200..300).contains(&status) && self.repeat_ack(&response) {
            return;
        }
        match (method.as_str(), status) {
            ("INVITE", 101..300) => self.take_invite_response(&client, status, &response),
            ("INVITE", 300..) => self.take_invite_failure(&client),
            _ => {}
        }
        if let Some(call) = client.call.and_then(|at| self.calls.get_mut(at)) {
            //= RFC 3261 §12.2.1.2
            let gone = matches!(status, 408 | 481);
            let ended = method == "BYE" && status >= 200 && !matches!(status, 401 | 407);
            if gone || ended {
                call.dialog.state = State::Terminated;
            }
        }
        if matches!(status, 401 | 407) {
            self.challenged = Challenge::read(&response).map(|challenge| Challenged {
                challenge,
                method: method.clone(),
                request: client.request.clone(),
            });
        }
        self.deliver(Incoming::Response { method, status, message: response });
        if self.phase == Phase::Closing {
            self.close_calls(now);
        }
    }

    /// Takes a 101 to 299 to an INVITE into the dialog that it belongs to or makes.
    fn take_invite_response(&mut self, client: &Client, status: u16, response: &Message) {
        let known = self.calls.iter().position(|call| call.dialog.holds_response(response));
        let at = match (known, &client.negotiation) {
            (Some(at), _) => at,
            (None, Some(negotiation)) => {
                let Some(dialog) = Dialog::as_uac(&client.request, response) else { return };
                self.calls.push(Call::new(dialog, negotiation.clone(), client.remote));
                self.calls.len() - 1
            }
            (None, None) => return,
        };
        let Some(call) = self.calls.get_mut(at) else { return };
        let offered = client.request.sdp().is_some();
        match response.sdp() {
            Some(answer) if offered => call.negotiation.received_answer(&answer),
            Some(offer) if status >= 200 => call.negotiation.received_offer(offer),
            Some(_) | None => {}
        }
        if status < 200 {
            return;
        }
        if call.dialog.state == State::Early {
            call.dialog.learn(response);
            call.dialog.state = State::Confirmed;
        } else {
            call.dialog.refresh_target(response);
        }
        call.ack = Ack::Due(client.request.clone());
    }

    fn take_invite_failure(&mut self, client: &Client) {
        match client.call.and_then(|at| self.calls.get_mut(at)) {
            Some(call) => call.negotiation.close(),
            None => self.end_early_calls(client),
        }
    }

    fn give_up(&mut self, at: usize) {
        let Some(client) = self.clients.get(at).cloned() else { return };
        if let Some(call) = client.call.and_then(|at| self.calls.get_mut(at)) {
            //= RFC 3261 §12.2.1.2
            call.dialog.state = State::Terminated;
        }
        self.end_early_calls(&client);
        self.deliver(Incoming::TransactionFailed { method: client.method, why: Failure::TimedOut });
    }

    /// Ends the early dialogs that the INVITE of `client` has made and no 2xx has confirmed.
    pub(super) fn end_early_calls(&mut self, client: &Client) {
        let tag = client.request.from().as_ref().and_then(NameAddr::tag).map(String::from);
        for call in &mut self.calls {
            let same = client.negotiation.is_some() && Some(call.dialog.local_tag()) == tag;
            if same && call.dialog.state == State::Early {
                call.dialog.state = State::Terminated;
            }
        }
    }

    /// Whether `response` is a 2xx that has been seen before; acknowledges it again if it has been
    /// acknowledged.
    fn repeat_ack(&mut self, response: &Message) -> bool {
        let Some(cseq) = response.cseq().filter(|cseq| cseq.method == "INVITE") else {
            return false;
        };
        let held = |call: &&Call| call.dialog.holds_response(response);
        let Some(call) = self.calls.iter().find(held) else { return false };
        match &call.ack {
            Ack::None => false,
            Ack::Due(invite) => invite.cseq().is_some_and(|due| due.number == cseq.number),
            //= RFC 3261 §13.2.2.4
            Ack::Sent { cseq: sent, remote, bytes } if *sent == cseq.number => {
                let again = Output::Transmit { remote: *remote, bytes: bytes.clone() };
                if !self.is_withheld(Withhold::Ack) {
                    self.outputs.push_back(again);
                }
                true
            }
            Ack::Sent { .. } => false,
        }
    }
}

/// The description that a request of ours carries.
fn offer(negotiation: &mut Negotiation, spec: &RequestSpec) -> Option<Vec<u8>> {
    match (spec.method.as_str(), &spec.session) {
        ("INVITE", session) => negotiation.offer(session),
        (_, SessionSpec::Usual | SessionSpec::Without) => None,
        (_, session) => negotiation.offer(session),
    }
}
