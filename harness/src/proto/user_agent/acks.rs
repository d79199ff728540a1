//! The ACKs of our INVITEs.

use super::call::{Ack, Call};
use super::client::Client;
use super::compose::SDP;
use super::{Refused, RequestSpec, UserAgent};
use crate::proto::dialog::Outline;
use crate::proto::policy::{SessionSpec, Withhold};
use crate::wire::builder::Draft;
use crate::wire::edits::Edits;
use crate::wire::sip::Message;

impl UserAgent {
    /// Sends the ACK of the oldest 2xx that waits for one, else that of the failure at hand, else
    /// the last ACK once more.
    pub(super) fn acknowledge(&mut self, spec: &RequestSpec) -> Result<(), Refused> {
        let due = |call: &Call| matches!(call.ack, Ack::Due(_));
        if let Some(at) = self.calls.iter().position(due) {
            self.acknowledge_call(at, &spec.edits, &spec.session);
            return Ok(());
        }
        let failed = self.clients.all().map(|(_, client)| client).rfind(|it| it.has_failed());
        if let Some(client) = failed.or(self.unacknowledged.as_ref()).cloned() {
            self.acknowledge_failure(&client, &spec.edits);
            return Ok(());
        }
        let sent = self.current().and_then(|at| self.calls.get(at)).map(|call| &call.ack);
        let Some(Ack::Sent { hop, bytes, .. }) = sent else {
            return Err(Refused::NothingToAcknowledge);
        };
        let (hop, bytes) = (*hop, spec.edits.apply(Draft::from_message(&Message::read(bytes))));
        self.send_raw(hop, bytes);
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
            SessionSpec::Usual
            | SessionSpec::Without
            | SessionSpec::With { .. }
            | SessionSpec::Text(_) => call.negotiation.answer(session),
        };
        if let Some(body) = answer {
            draft = draft.body(SDP, body);
        }
        let bytes = edits.apply(draft);
        if let Some(answer) = Message::read(&bytes).sdp() {
            call.negotiation.sent_answer(&answer);
        }
        call.negotiation.close();
        let hop = outline.hop.unwrap_or(peer);
        call.ack = Ack::Sent { cseq, hop, bytes: bytes.clone() };
        self.send_raw(hop, bytes);
    }

    /// Sends the ACK of a 300 to 699: RFC 3261 §17.1.1.3.
    pub(super) fn acknowledge_failure(&mut self, client: &Client, edits: &Edits) {
        let Some(mut outline) = client.companion() else { return };
        let Some(via) = client.request.values("Via").first().map(|via| (*via).to_owned()) else {
            return;
        };
        if let Some(to) = client.response.as_ref().and_then(|response| response.header("To")) {
            to.clone_into(&mut outline.to);
        }
        let hop = client.hop;
        let draft = self.draft_request_on("ACK", &outline, &via);
        self.send_raw(hop, edits.apply(draft));
    }

    /// Whether `response` is a 2xx that has been seen before; acknowledges it again if it has been
    /// acknowledged.
    pub(super) fn repeat_ack(&mut self, response: &Message) -> bool {
        let Some(cseq) = response.cseq().filter(|cseq| cseq.method == "INVITE") else {
            return false;
        };
        let held = |call: &&Call| call.dialog.holds_response(response);
        let Some(call) = self.calls.iter().find(held) else { return false };
        match &call.ack {
            Ack::None => false,
            Ack::Due(invite) => invite.cseq().is_some_and(|due| due.number == cseq.number),
            //= RFC 3261 §13.2.2.4
            Ack::Sent { cseq: sent, hop, bytes } if *sent == cseq.number => {
                let (hop, bytes) = (*hop, bytes.clone());
                if !self.is_withheld(Withhold::Ack) {
                    self.send_raw(hop, bytes);
                }
                true
            }
            Ack::Sent { .. } => false,
        }
    }
}
