//! Our responses.

use super::call::{Answered, Call};
use super::compose::SDP;
use super::server::{Sending, Server, Standing};
use super::{Failure, Incoming, Phase, Refused, ResponseSpec, UserAgent};
use crate::proto::dialog::State;
use crate::proto::policy::{Reliability, SessionSpec, Withhold};
use crate::proto::transaction::machine::Effect;
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::sip::Message;

impl UserAgent {
    /// Responds to the oldest request that has no final response.
    ///
    /// # Errors
    ///
    /// [`Refused`] if no request of the method, or none at all, waits for a response.
    pub fn respond(&mut self, now: Tick, spec: &ResponseSpec) -> Result<(), Refused> {
        let wanted = |(_, server): &(usize, &Server)| {
            spec.method.as_ref().is_none_or(|method| *method == server.method)
        };
        let (at, _) = self.servers.open().find(wanted).ok_or_else(|| match &spec.method {
            Some(method) => Refused::NothingOfMethod(method.clone()),
            None => Refused::NothingToAnswer,
        })?;
        let fields = self.register_fields(now, at, spec.status);
        self.respond_at(now, at, spec, |draft| {
            fields.iter().fold(draft, |draft, (name, value)| draft.add(name, value))
        });
        Ok(())
    }

    /// What a registrar's response says, when a scenario has chosen its status.
    fn register_fields(
        &mut self,
        now: Tick,
        at: usize,
        status: u16,
    ) -> Vec<(&'static str, String)> {
        let nonce = self.tokens.word();
        let (Some(registrar), Some(server)) = (&mut self.registrar, self.servers.get(at)) else {
            return Vec::new();
        };
        if server.method != "REGISTER" {
            return Vec::new();
        }
        registrar.fields(now, status, &server.request, &nonce)
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
        let standing = server.standing;
        let mut draft = finish(self.draft_response(spec.status, server));
        draft = self.reliably(draft, at, spec);
        let Some(server) = self.servers.get(at) else { return };
        let call = standing.call().and_then(|at| self.calls.get_mut(at));
        if let Some(call) = call
            && let Some(body) = description(call, server, spec)
        {
            draft = draft.body(SDP, body);
        }
        let bytes = spec.edits.apply(draft);
        let sent = Message::read(&bytes);
        self.servers.change(at, |server| {
            server.set_latest(bytes);
            server.handle_response(now, spec.status);
        });
        self.pump_server(at);
        self.settle(now, at, spec.status, &sent);
    }

    /// Takes what a response of ours means for its call.
    pub(super) fn settle(&mut self, now: Tick, at: usize, status: u16, sent: &Message) {
        let timing = self.config.timing;
        let Some(server) = self.servers.get(at) else { return };
        if let (Some(call), "INVITE", 200..) = (server.standing.call(), &*server.method, status) {
            let id = server.id;
            self.stop_provisionals(call, id);
        }
        let Some(server) = self.servers.get(at) else { return };
        let Some(call) = server.standing.call().and_then(|at| self.calls.get_mut(at)) else {
            return;
        };
        match (server.method.as_str(), status) {
            ("PRACK" | "UPDATE", 200..300) => {
                if let Some(answer) = sent.sdp() {
                    call.negotiation.sent_answer(&answer);
                    call.negotiation.close();
                }
            }
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
                Standing::Outside
                | Standing::Inside(_)
                | Standing::OutOfOrder(_)
                | Standing::Nowhere => call.negotiation.close(),
            },
            //= RFC 3261 §15.1.2
            ("BYE", 200..300) => call.dialog.state = State::Terminated,
            _ => {}
        }
        if status < 200 {
            self.await_prack(now, at, sent);
        }
    }

    /// Does what the transaction at `at` wants done.
    pub(super) fn pump_server(&mut self, at: usize) {
        while let Some(effect) = self.servers.change(at, Server::poll_output).flatten() {
            match effect {
                Effect::Respond => self.send_latest(at),
                Effect::RespondTrying => {
                    let withheld = [Withhold::Trying, Withhold::Responses];
                    if withheld.into_iter().any(|what| self.is_withheld(what)) {
                        continue;
                    }
                    let Some(server) = self.servers.get(at) else { return };
                    let bytes = self.draft_response(100, server).build();
                    self.servers.change(at, |server| server.set_latest(bytes));
                    self.send_latest(at);
                }
                Effect::GiveUp => self.deliver(Incoming::TransactionFailed {
                    method: "ACK".to_owned(),
                    why: Failure::TimedOut,
                }),
                Effect::Deliver
                | Effect::Retransmit
                | Effect::Ack
                | Effect::Arm(_)
                | Effect::ArmAtT2(_)
                | Effect::Disarm => {}
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
            if let Some(at) = self.place(server) {
                self.servers.change(at, |server| server.handle_response(now, 200));
                self.pump_server(at);
            }
        }
    }

    fn send_latest(&mut self, at: usize) {
        let quiet = self.is_withheld(Withhold::Retransmissions);
        let latest = self.servers.change(at, Server::latest).flatten();
        let Some((sending, flow, bytes)) = latest else { return };
        if sending == Sending::Again && quiet {
            return;
        }
        self.send_back(flow, bytes);
    }
}

/// The description that a response of ours carries.
pub(super) fn description(
    call: &mut Call,
    server: &Server,
    spec: &ResponseSpec,
) -> Option<Vec<u8>> {
    let changes = matches!(server.method.as_str(), "PRACK" | "UPDATE");
    if changes && (200..300).contains(&spec.status) && server.request.sdp().is_some() {
        let asked = call.negotiation.has_their_offer();
        return if asked { call.negotiation.answer(&spec.session) } else { None };
    }
    if server.method != "INVITE" || !(101..300).contains(&spec.status) {
        return None;
    }
    let first = !call.negotiation.has_their_offer() && !call.has_described(server);
    match (&spec.session, spec.status) {
        //= RFC 3262 §5
        (SessionSpec::Usual, ..200) if spec.reliability == Reliability::Reliable && first => {
            call.negotiation.offer(&spec.session)
        }
        (SessionSpec::Usual, ..200) => None,
        (SessionSpec::Usual, _) if call.has_described(server) => None,
        (session, _) if call.negotiation.has_their_offer() => call.negotiation.answer(session),
        (session, _) => call.negotiation.offer(session),
    }
}
