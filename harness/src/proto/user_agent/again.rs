//! Messages that a scenario sends once more, and the final responses that a fork adds.

use super::answers::description;
use super::call::{Answered, Call};
use super::client::Mark;
use super::server::Server;
use super::{Refused, ResponseSpec, UserAgent};
use crate::proto::dialog::{Dialog, State};
use crate::proto::transport::Flow;
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::edits::Edits;
use crate::wire::sip::{Message, NameAddr};

impl UserAgent {
    /// Sends the last request of `method` once more, in its transaction, with `edits`.
    ///
    /// # Errors
    ///
    /// [`Refused`] if no request of the method is remembered: its transaction is over.
    pub fn request_again(&mut self, method: &str, edits: &Edits) -> Result<(), Refused> {
        let sent = self.clients.of(&Mark::Method(method.to_owned())).next_back();
        let (_, sent) = sent.ok_or_else(|| Refused::NothingSent(method.to_owned()))?;
        let (hop, draft) = (sent.hop, Draft::from_message(&sent.request));
        self.send_raw(hop, edits.apply(draft));
        Ok(())
    }

    /// Responds once more to the last request that has had a response: with the same bytes where
    /// the status is the same, and with another response of that transaction where it is not. A
    /// 2xx to INVITE with another To tag makes one dialog more.
    ///
    /// # Errors
    ///
    /// [`Refused`] if no request of the method, or none at all, has had a response that is
    /// remembered.
    pub fn respond_again(&mut self, now: Tick, spec: &ResponseSpec) -> Result<(), Refused> {
        let wanted = |(_, server): &(usize, &Server)| {
            server.last_sent().is_some()
                && spec.method.as_ref().is_none_or(|method| *method == server.method)
        };
        let at = self.servers.all().rfind(wanted);
        let (at, _) = at.ok_or_else(|| {
            Refused::NothingSent(spec.method.clone().unwrap_or_else(|| "response".to_owned()))
        })?;
        let Some((flow, draft)) = self.draft_again(at, spec) else { return Ok(()) };
        let bytes = spec.edits.apply(draft);
        let sent = Message::read(&bytes);
        self.send_back(flow, bytes);
        if (200..300).contains(&spec.status) && !self.makes_fork(now, at, &sent) {
            self.settle(now, at, spec.status, &sent);
        }
        Ok(())
    }

    fn draft_again(&mut self, at: usize, spec: &ResponseSpec) -> Option<(Flow, Draft)> {
        let server = self.servers.get(at)?;
        let (flow, last) = server.last_sent()?;
        let last = Message::read(last);
        if last.status() == Some(spec.status) {
            return Some((flow, Draft::from_message(&last)));
        }
        let mut draft = self.draft_response(spec.status, server);
        if let Some(call) = server.standing.call().and_then(|at| self.calls.get_mut(at))
            && let Some(body) = description(call, server, spec)
        {
            draft = draft.body(super::compose::SDP, body);
        }
        Some((flow, draft))
    }

    /// Whether a 2xx to the INVITE at `at` has another To tag than ours: the peer then sees another
    /// branch of a fork, whose dialog this makes.
    fn makes_fork(&mut self, now: Tick, at: usize, sent: &Message) -> bool {
        let Some(server) = self.servers.get(at) else { return false };
        let first = server.standing.call().and_then(|at| self.calls.get(at));
        let tag = sent.to().as_ref().and_then(NameAddr::tag).map(String::from);
        let tag = tag.filter(|tag| *tag != server.tag);
        let (Some(first), Some(tag)) = (first, tag) else { return false };
        let Some(mut dialog) = Dialog::as_uas(&server.request, &tag) else { return false };
        dialog.state = State::Confirmed;
        let mut fork = Call::new(dialog, first.negotiation.clone(), first.peer);
        fork.answered = Answered::Waiting {
            server: NO_SERVER,
            cseq: server.request.cseq().map_or(0, |cseq| cseq.number),
            next: now + self.config.timing.t1 * 64,
            interval: self.config.timing.t2,
            until: now + self.config.timing.t1 * 64,
        };
        self.calls.push(fork);
        true
    }
}

/// No transaction has this number: the 2xx of a fork is sent as often as the scenario says.
const NO_SERVER: u32 = 0;
