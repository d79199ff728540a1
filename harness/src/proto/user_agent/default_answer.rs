//! What a correct user agent answers at once when nobody tells it otherwise: RFC 3261 §8.2.

use super::reliable;
use super::server::{Mark, Server, Standing};
use super::{RequestId, ResponseSpec, UserAgent};
use crate::proto::dialog::State;
use crate::proto::policy::{Reliability, SessionSpec, Withhold};
use crate::proto::redirect;
use crate::proto::transport::ServerKey;
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::edits::Edits;
use crate::wire::sip::{Message, StartLine};
use crate::wire::uri::{Scheme, Uri};

impl UserAgent {
    /// Answers a request as a correct user agent does at once: a BYE with 200, an INVITE outside
    /// any dialog with 486, an INVITE inside with an answer, and so on. Does nothing for an ACK, for
    /// a request that has its final response, and while responses are withheld.
    pub fn answer_by_default(&mut self, now: Tick, id: RequestId) {
        if self.is_withheld(Withhold::Responses) {
            return;
        }
        let Some(at) = self.place(id.0) else { return };
        let Some(server) = self.servers.get(at).filter(|server| server.is_open()) else { return };
        let request = server.request.clone();
        if let Some(status) = unreadable(server) {
            return self.answer(now, at, status);
        }
        if self.forward(now, at) || self.redirect(now, at) {
            return;
        }
        let Some(server) = self.servers.get(at) else { return };
        if let Some(status) = self.general_fault(server) {
            return self.answer(now, at, status);
        }
        match (server.method.as_str(), server.standing) {
            ("CANCEL", _) => self.answer_cancel(now, at, &request),
            ("REGISTER", _) if self.registrar.is_some() => self.answer_register(now, at, &request),
            ("INVITE" | "BYE" | "INFO" | "PRACK" | "UPDATE", Standing::Outside)
            | (_, Standing::Nowhere) => self.answer(now, at, 481),
            ("INVITE", Standing::Makes(_)) => self.answer(now, at, 486),
            ("INVITE", Standing::Inside(call)) => self.answer_reinvite(now, at, call, &request),
            ("BYE", Standing::Inside(call)) => self.answer_bye(now, at, call),
            ("PRACK", Standing::Inside(call)) => {
                let status = self.prack_status(id.0, call);
                self.answer(now, at, status);
            }
            ("UPDATE", Standing::Inside(call)) => self.answer_update(now, at, call, &request),
            _ => self.answer(now, at, 200),
        }
    }

    /// The status for what is wrong with any request, whatever it asks for, in the order of
    /// RFC 3261 §8.2.
    fn general_fault(&self, server: &Server) -> Option<u16> {
        let request = &server.request;
        //= RFC 3261 §8.2.1
        if !self.allow().split(", ").any(|known| known == server.method) {
            return Some(405);
        }
        //= RFC 3261 §8.2.2.3
        if server.method != "CANCEL" && !unsupported(request).is_empty() {
            return Some(420);
        }
        //= RFC 3261 §8.2.2.1
        if matches!(Uri::read(request.request_uri()?).scheme, Scheme::Other(_)) {
            return Some(416);
        }
        //= RFC 3261 §8.2.3
        if server.method == "INVITE" && !request.body().is_empty() && request.sdp().is_none() {
            return Some(415);
        }
        //= RFC 3261 §12.2.2
        matches!(server.standing, Standing::OutOfOrder(_)).then_some(500)
    }

    /// Sends the caller of a request outside a dialog elsewhere; returns whether it did.
    fn redirect(&mut self, now: Tick, at: usize) -> bool {
        let (Some(config), Some(server)) = (&self.redirect, self.servers.get(at)) else {
            return false;
        };
        let within = server.request.to().is_some_and(|to| to.tag().is_some());
        if within || server.method == "CANCEL" {
            return false;
        }
        let redirect::Reply { status, contacts } = config.reply(&server.request);
        self.answer_with(now, at, status, |draft| {
            contacts.iter().fold(draft, |draft, contact| draft.add("Contact", contact))
        });
        true
    }

    fn answer_cancel(&mut self, now: Tick, at: usize, cancel: &Message) {
        let key = ServerKey::cancelled(cancel);
        let invite = key.and_then(|key| self.server_of(key));
        let Some(invite) = invite else { return self.answer(now, at, 481) };
        //= RFC 3261 §9.2
        self.answer(now, at, 200);
        if self.servers.get(invite).is_some_and(Server::is_open) {
            self.answer(now, invite, 487);
        }
    }

    fn answer_register(&mut self, now: Tick, at: usize, request: &Message) {
        let nonce = self.tokens.word();
        let Some(registrar) = &mut self.registrar else { return };
        let reply = registrar.handle(now, request, &nonce);
        self.answer_with(now, at, reply.status, |draft| {
            reply.headers.iter().fold(draft, |draft, (name, value)| draft.add(name, value))
        });
    }

    fn answer_reinvite(&mut self, now: Tick, at: usize, call: usize, request: &Message) {
        //= RFC 3261 §14.2
        if self.has_invite(call) {
            return self.answer(now, at, 491);
        }
        let theirs = |(place, other): (usize, &Server)| {
            other.method == "INVITE" && other.is_open() && place != at
        };
        if self.servers.of(&Mark::Call(call)).any(theirs) {
            return self.answer_with(now, at, 500, |draft| draft.add("Retry-After", "5"));
        }
        let Some(call) = self.calls.get_mut(call) else { return };
        let impossible =
            request.sdp().is_some() && call.negotiation.answer(&SessionSpec::Usual).is_none();
        self.answer(now, at, if impossible { 488 } else { 200 });
    }

    //= RFC 3311 §5.2
    fn answer_update(&mut self, now: Tick, at: usize, call: usize, request: &Message) {
        let Some(call) = self.calls.get_mut(call) else { return };
        let offers = request.sdp().is_some();
        let status = if offers && call.negotiation.has_our_offer() {
            491
        } else if offers && call.negotiation.answer(&SessionSpec::Usual).is_none() {
            488
        } else {
            200
        };
        self.answer(now, at, status);
    }

    fn answer_bye(&mut self, now: Tick, at: usize, call: usize) {
        self.answer(now, at, 200);
        //= RFC 3261 §15.1.2
        let pending = self.servers.of(&Mark::Call(call)).filter(|(_, server)| server.is_open());
        for at in pending.map(|(at, _)| at).collect::<Vec<_>>() {
            self.answer(now, at, 487);
        }
        if let Some(call) = self.calls.get_mut(call) {
            call.dialog.state = State::Terminated;
        }
    }

    pub(super) fn answer(&mut self, now: Tick, at: usize, status: u16) {
        self.answer_with(now, at, status, |draft| draft);
    }

    pub(super) fn answer_with(
        &mut self,
        now: Tick,
        at: usize,
        status: u16,
        finish: impl FnOnce(Draft) -> Draft,
    ) {
        let spec = ResponseSpec {
            status,
            method: None,
            reliability: Reliability::Usual,
            edits: Edits::default(),
            session: SessionSpec::Usual,
        };
        self.respond_at(now, at, &spec, finish);
    }
}

/// The extensions that a request requires and that we do not have.
pub(super) fn unsupported(request: &Message) -> Vec<String> {
    let known = |tag: &String| tag.eq_ignore_ascii_case(reliable::TAG);
    request.require().into_iter().filter(|tag| !known(tag)).collect()
}

/// The status for a request that lacks what every request must have: nobody can handle it.
fn unreadable(server: &Server) -> Option<u16> {
    let request = &server.request;
    if let StartLine::Request { version, .. } = request.start()
        && !version.eq_ignore_ascii_case("SIP/2.0")
    {
        return Some(505);
    }
    //= RFC 3261 §8.2.6.2
    let cseq = request.cseq().filter(|cseq| cseq.method == server.method);
    let whole = cseq.is_some()
        && request.call_id().is_some()
        && request.top_via().is_some()
        && request.from().is_some()
        && request.to().is_some()
        //= RFC 3261 §18.3
        && request.content_length().is_none_or(|length| length <= request.body().len());
    (!whole).then_some(400)
}
