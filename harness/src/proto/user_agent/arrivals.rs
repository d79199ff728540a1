//! Requests of the peer, on their way in.

use super::call::{Answered, Call};
use super::requests::CARRY_OFFERS;
use super::server::{Mark, Server, Standing};
use super::{Incoming, Phase, RequestId, UserAgent};
use crate::proto::dialog::{Dialog, State};
use crate::proto::transport::{Flow, Hop, ServerKey};
use crate::time::Tick;
use crate::wire::sip::Message;
use std::sync::Arc;

impl UserAgent {
    pub(super) fn receive_request(&mut self, now: Tick, flow: Flow, message: Arc<Message>) {
        let method = message.method().unwrap_or_default().to_owned();
        let key = ServerKey::of(&message);
        let at = key.and_then(|key| self.server_of(key));
        if method == "ACK" {
            return self.receive_ack(now, at, message);
        }
        if let Some(at) = at {
            self.servers.change(at, |server| server.handle_request(now));
            return self.pump_server(at);
        }
        let tag = self.response_tag(&message);
        let standing = self.standing(&method, flow.hop, &message, &tag);
        let id = self.next_id();
        let mut server = Server::new(now, id, message.clone(), flow, self.config.timing);
        server.tag = tag;
        server.standing = standing;
        if let (Standing::Inside(call), "PRACK") = (standing, method.as_str()) {
            self.take_prack(id, call, &message);
        }
        self.servers.push(server);
        self.deliver(Incoming::Request { id: RequestId(id), method, message });
        if self.phase == Phase::Closing {
            self.answer_by_default(now, RequestId(id));
        }
    }

    /// The place of the transaction with that key.
    pub(super) fn server_of(&self, key: ServerKey) -> Option<usize> {
        self.servers.of(&Mark::Key(key)).next().map(|(at, _)| at)
    }

    /// The place of the transaction with that number.
    pub(super) fn place(&self, id: u32) -> Option<usize> {
        self.servers.of(&Mark::Id(id)).next().map(|(at, _)| at)
    }

    /// A CANCEL is answered with the tag of the INVITE that it cancels: RFC 3261 §9.2.
    fn response_tag(&mut self, request: &Message) -> String {
        let cancelled = request.method().filter(|method| *method == "CANCEL");
        let key = cancelled.and_then(|_| ServerKey::cancelled(request));
        let invite = key.and_then(|key| self.servers.get(self.server_of(key)?));
        let tag = invite.map(|invite| invite.tag.clone());
        tag.unwrap_or_else(|| self.tokens.word())
    }

    /// Finds or makes the dialog of a new request.
    fn standing(&mut self, method: &str, peer: Hop, request: &Message, tag: &str) -> Standing {
        if self.is_proxy() {
            return Standing::Outside;
        }
        let tagged = request.to().is_some_and(|to| to.tag().is_some());
        if !tagged {
            if method == "INVITE"
                && let Some(dialog) = Dialog::as_uas(request, tag)
            {
                let mut negotiation = self.negotiation();
                if let Some(offer) = request.sdp() {
                    negotiation.received_offer(offer);
                }
                self.calls.push(Call::new(dialog, negotiation, peer));
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
        if let Some(said) = request.sdp().filter(|_| CARRY_OFFERS.contains(&method)) {
            //= RFC 3262 §5
            if method == "PRACK" && call.negotiation.has_our_offer() {
                call.negotiation.received_answer(&said);
                call.negotiation.close();
            } else {
                call.negotiation.received_offer(said);
            }
        }
        Standing::Inside(at)
    }

    fn receive_ack(&mut self, now: Tick, at: Option<usize>, message: Arc<Message>) {
        let failed = at.filter(|&at| self.servers.get(at).is_some_and(Server::has_failed));
        if let Some(at) = failed {
            let first = self.servers.change(at, |server| {
                let first = server.waits_for_ack();
                server.handle_ack(now);
                first
            });
            if first == Some(true) {
                self.deliver_ack(message);
            }
            return;
        }
        let held = |call: &&mut Call| call.dialog.holds_request(&message);
        let number = message.cseq().map(|cseq| cseq.number);
        let Some(call) = self.calls.iter_mut().find(held) else {
            if self.forward_ack(&message) {
                return self.deliver_ack(message);
            }
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
            Answered::No | Answered::Waiting { .. } | Answered::Acknowledged { .. } => {
                self.deliver(Incoming::Stray { message });
            }
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
}
