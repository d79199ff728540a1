//! What comes back to requests of ours.

use super::call::{Ack, Call};
use super::client::{Challenged, Client, Mark};
use super::reliable::number;
use super::{Incoming, Phase, UserAgent};
use crate::proto::auth::client::Challenge;
use crate::proto::dialog::{Dialog, State};
use crate::proto::policy::Withhold;
use crate::proto::transaction::machine::Effect;
use crate::proto::transport::ClientKey;
use crate::time::Tick;
use crate::wire::edits::Edits;
use crate::wire::sip::{Message, NameAddr};
use std::sync::Arc;

impl UserAgent {
    pub(super) fn receive_response(&mut self, now: Tick, message: Arc<Message>) {
        let status = message.status().filter(|status| (100..700).contains(status));
        let key = ClientKey::of(&message);
        let at = self.answered_by(&message, key);
        match (status, at) {
            (Some(status), Some(at)) => {
                self.clients.change(at, |client| client.handle_response(now, status, message));
                self.pump_client(now, at);
            }
            (Some(200..300), None) if self.repeat_ack(&message) => {}
            _ => self.deliver(Incoming::Stray { message }),
        }
    }

    /// The place of the request that `response`, whose key is `key`, is to: by the key, or, of those
    /// that a scenario wrote, where either has none.
    fn answered_by(&self, response: &Message, key: Option<ClientKey>) -> Option<usize> {
        let lax = if key.is_some() { Mark::Keyless } else { Mark::Written };
        let same = key.and_then(|key| self.clients.of(&Mark::Key(key)).next());
        let lax = self.clients.of(&lax).find(|(_, client)| client.may_be_answered_by(response));
        same.into_iter().chain(lax).map(|(at, _)| at).min()
    }

    /// Does what the transaction at `at` wants done.
    pub(super) fn pump_client(&mut self, now: Tick, at: usize) {
        if self.clients.change(at, |client| client.is_abandoned(now)) == Some(true) {
            self.give_up(now, at);
        }
        while let Some(effect) = self.clients.change(at, Client::poll_output).flatten() {
            let Some(client) = self.clients.get(at).cloned() else { return };
            let written = client.is_written();
            let Client { hop, request, response, .. } = &client;
            match effect {
                Effect::Retransmit if !written && !self.is_withheld(Withhold::Retransmissions) => {
                    self.send_raw(*hop, request.bytes().to_vec());
                }
                Effect::Ack if !self.is_withheld(Withhold::FailureAck) => {
                    self.acknowledge_failure(&client, &Edits::default());
                }
                Effect::Ack if hop.transport.is_stream() => self.unacknowledged = Some(client),
                Effect::Deliver => {
                    if let Some(response) = response.clone() {
                        self.take_response(now, at, response);
                    }
                }
                Effect::GiveUp => self.give_up(now, at),
                Effect::Retransmit
                | Effect::Ack
                | Effect::Respond
                | Effect::RespondTrying
                | Effect::Arm(_)
                | Effect::ArmAtT2(_)
                | Effect::Disarm => {}
            }
        }
    }

    fn take_response(&mut self, now: Tick, at: usize, response: Arc<Message>) {
        let Some(client) = self.clients.get(at).cloned() else { return };
        let (method, status) = (client.method.clone(), response.status().unwrap_or_default());
        if self.take_forwarded(now, &client, status, &response) {
            return;
        }
        if method == "INVITE" && (200..300).contains(&status) && self.repeat_ack(&response) {
            return;
        }
        if method == "INVITE" && self.is_repeated(&client, &response) {
            return;
        }
        match (method.as_str(), status) {
            ("INVITE", 101..300) => self.take_invite_response(&client, status, &response),
            ("INVITE", 300..) => self.take_invite_failure(&client),
            ("PRACK" | "UPDATE", 200..) => self.take_change(&client, status, &response),
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
        if self.take_registered(now, &client, &response) {
            return;
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
                self.calls.push(Call::new(dialog, negotiation.clone(), client.hop));
                self.calls.len() - 1
            }
            (None, None) => return,
        };
        let Some(call) = self.calls.get_mut(at) else { return };
        let offered = client.request.sdp().is_some();
        match response.sdp() {
            Some(answer) if offered => call.negotiation.received_answer(&answer),
            Some(offer) if status >= 200 || number(response).is_some() => {
                call.negotiation.received_offer(offer);
            }
            Some(_) | None => {}
        }
        if status < 200 {
            call.hear(client, response);
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

    /// Takes the end of an offer of ours in PRACK or UPDATE.
    fn take_change(&mut self, client: &Client, status: u16, response: &Message) {
        let Some(call) = client.call.and_then(|at| self.calls.get_mut(at)) else { return };
        if client.request.sdp().is_none() || !call.negotiation.has_our_offer() {
            return;
        }
        if let Some(answer) = response.sdp().filter(|_| status < 300) {
            call.negotiation.received_answer(&answer);
        }
        call.negotiation.close();
    }

    fn take_invite_failure(&mut self, client: &Client) {
        match client.call.and_then(|at| self.calls.get_mut(at)) {
            Some(call) => call.negotiation.close(),
            None => self.end_early_calls(client),
        }
    }

    fn give_up(&mut self, now: Tick, at: usize) {
        let Some(client) = self.clients.get(at).cloned() else { return };
        if let Some(call) = client.call.and_then(|at| self.calls.get_mut(at)) {
            //= RFC 3261 §12.2.1.2
            call.dialog.state = State::Terminated;
        }
        self.end_early_calls(&client);
        if self.take_forward_failure(now, &client) || self.take_registration_failure(&client) {
            return;
        }
        let Client { method, why, .. } = client;
        self.deliver(Incoming::TransactionFailed { method, why });
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
}
