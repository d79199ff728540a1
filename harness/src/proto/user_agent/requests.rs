//! Requests of ours, on their way out.

use super::client::{Challenged, Client};
use super::compose::SDP;
use super::{Refused, RequestSpec, UserAgent};
use crate::proto::dialog::State;
use crate::proto::offer_answer::Negotiation;
use crate::proto::policy::{DialogUse, SessionSpec};
use crate::proto::transport::Hop;
use crate::time::Tick;
use crate::wire::Transport;
use crate::wire::builder::Draft;
use crate::wire::sip::{Message, Via};
use std::sync::Arc;

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
        if let Some(call) = self.home(spec)? {
            return self.request_inside(now, spec, call);
        }
        self.request_outside(now, spec);
        Ok(())
    }

    /// The call that a request belongs in.
    fn home(&self, spec: &RequestSpec) -> Result<Option<usize>, Refused> {
        let current = match spec.dialog {
            DialogUse::Current | DialogUse::Early => self.current(),
            DialogUse::Outside | DialogUse::Unknown => return Ok(None),
        };
        let state = current.and_then(|at| self.calls.get(at)).map(|call| call.dialog.state);
        match spec.method.as_str() {
            "BYE" if current.is_none() => Err(Refused::NoDialog(spec.method.clone())),
            "INVITE" if current.is_none() && spec.dialog == DialogUse::Early => {
                Err(Refused::NoDialog(spec.method.clone()))
            }
            "INVITE" if state == Some(State::Early) && spec.dialog == DialogUse::Current => {
                Ok(None)
            }
            _ => Ok(current),
        }
    }

    pub(super) fn request_inside(
        &mut self,
        now: Tick,
        spec: &RequestSpec,
        at: usize,
    ) -> Result<(), Refused> {
        let Some(outline) = self.calls.get(at).map(Self::outline_in) else { return Ok(()) };
        let mut draft = self.draft_request(&spec.method, &outline);
        draft = self.with_credentials(draft, spec, &outline.uri);
        draft = self.with_rack(draft, spec, at)?;
        let Some(call) = self.calls.get_mut(at) else { return Ok(()) };
        call.dialog.note_sent(outline.cseq);
        //= RFC 3261 §15.1.1
        if spec.method == "BYE" {
            call.negotiation.end();
        }
        if let Some(body) = offer(&mut call.negotiation, spec) {
            draft = draft.body(SDP, body);
        }
        let hop = outline.hop.unwrap_or(call.peer);
        let client = self.send(now, draft, spec, hop, Some(at));
        let Some(call) = self.calls.get_mut(at) else { return Ok(()) };
        if let Some(said) = client.request.sdp().filter(|_| CARRY_OFFERS.contains(&&*spec.method)) {
            //= RFC 3262 §5
            if spec.method == "PRACK" && call.negotiation.has_their_offer() {
                call.negotiation.sent_answer(&said);
                call.negotiation.close();
            } else {
                call.negotiation.sent_offer(said);
            }
        }
        self.clients.push(client);
        Ok(())
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
        draft = self.with_credentials(draft, spec, &outline.uri);
        let mut negotiation = self.negotiation();
        if let Some(body) = offer(&mut negotiation, spec) {
            draft = draft.body(SDP, body);
        }
        let hop = outline.hop.unwrap_or(spec.target.hop);
        if spec.method == "ACK" {
            let bytes = spec.edits.apply(draft);
            return self.send_raw(hop, bytes);
        }
        let mut client = self.send(now, draft, spec, hop, None);
        if spec.method == "INVITE" {
            if let Some(offer) = client.request.sdp() {
                negotiation.sent_offer(offer);
            }
            client.negotiation = Some(negotiation);
        }
        self.clients.push(client);
    }

    fn with_credentials(&mut self, draft: Draft, spec: &RequestSpec, uri: &str) -> Draft {
        let RequestSpec { method, edits, .. } = spec;
        let uri = edits.request_uri.as_deref().unwrap_or(uri);
        let cnonce = self.tokens.word();
        let (Some(account), Some(challenged)) = (&self.config.credentials, &mut self.challenged)
        else {
            return draft;
        };
        if challenged.method != *method {
            return draft;
        }
        let (name, value) = challenged.challenge.answer(account, method, uri, &cnonce);
        draft.set(name, &value)
    }

    pub(super) fn send(
        &mut self,
        now: Tick,
        draft: Draft,
        spec: &RequestSpec,
        hop: Hop,
        call: Option<usize>,
    ) -> Client {
        let (draft, hop) = Self::fitted(draft, hop);
        let bytes = spec.edits.apply(draft);
        let request = Arc::new(Message::read(&bytes));
        self.send_raw(hop, bytes);
        let mut client = Client::new(now, &spec.method, request, hop, self.config.timing);
        client.call = call;
        client
    }

    /// A request that is too large for a datagram goes over TCP: RFC 3261 §18.1.1.
    ///
    /// The edits of a scenario, which come after, do not count: what they add is on purpose.
    fn fitted(draft: Draft, hop: Hop) -> (Draft, Hop) {
        if hop.transport != Transport::Udp || draft.build().len() <= LARGEST_DATAGRAM {
            return (draft, hop);
        }
        let Some(via) = draft.value("Via").and_then(Via::read) else { return (draft, hop) };
        let via = Via { transport: Transport::Tcp.in_via().to_owned(), ..via };
        (draft.set("Via", &via.to_string()), Hop { transport: Transport::Tcp, ..hop })
    }

    fn cancel(&mut self, now: Tick, spec: &RequestSpec) -> Result<(), Refused> {
        let invite = |(_, client): &(usize, &Client)| client.method == "INVITE";
        let (at, _) = self.clients.open().rfind(invite).ok_or(Refused::NothingToCancel)?;
        self.cancel_client(now, at, spec);
        Ok(())
    }

    /// Sends the CANCEL of the INVITE at `at`: RFC 3261 §9.1.
    pub(super) fn cancel_client(&mut self, now: Tick, at: usize, spec: &RequestSpec) {
        let until = now + self.config.timing.t1 * 64;
        self.clients.change(at, |client| client.abandon = Some(until));
        let Some(client) = self.clients.get(at) else { return };
        let Some(outline) = client.companion() else { return };
        let Some(via) = client.request.values("Via").first().map(|via| (*via).to_owned()) else {
            return;
        };
        let hop = client.hop;
        let draft = self.draft_request_on("CANCEL", &outline, &via);
        let cancel = self.send(now, draft, spec, hop, None);
        self.clients.push(cancel);
    }
}

/// The description that a request of ours carries.
fn offer(negotiation: &mut Negotiation, spec: &RequestSpec) -> Option<Vec<u8>> {
    match (spec.method.as_str(), &spec.session) {
        ("INVITE", session) => negotiation.offer(session),
        //= RFC 3262 §5
        ("PRACK", session) if negotiation.has_their_offer() => negotiation.answer(session),
        (_, SessionSpec::Usual | SessionSpec::Without) => None,
        (_, session) => negotiation.offer(session),
    }
}

/// The requests whose descriptions are offers, or answers to one.
pub(super) const CARRY_OFFERS: [&str; 3] = ["INVITE", "PRACK", "UPDATE"];

/// The largest request that goes by UDP where the path's MTU is not known, bytes: RFC 3261 §18.1.1.
const LARGEST_DATAGRAM: usize = 1_300;
