//! Provisional responses that are acknowledged by PRACK: RFC 3262.

use super::call::{Acknowledged, Call, Due, Provisional};
use super::client::Client;
use super::server::Server;
use super::{Failure, Incoming, Refused, RequestSpec, ResponseSpec, UserAgent};
use crate::proto::policy::{Reliability, Withhold};
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::sip::Message;

impl UserAgent {
    /// Makes a provisional response a reliable one, where the scenario wants it so.
    pub(super) fn reliably(&mut self, draft: Draft, at: usize, spec: &ResponseSpec) -> Draft {
        if spec.reliability == Reliability::Usual {
            return draft;
        }
        let call = self.servers.get(at).and_then(|server| server.standing.call());
        let last = call
            .and_then(|call| self.calls.get(call))
            .and_then(|call| call.provisionals.last())
            .map(|provisional| provisional.rseq);
        //= RFC 3262 §3
        let rseq = last.map_or_else(|| self.tokens.cseq(), |last| last.wrapping_add(1));
        draft.add("Require", TAG).add("RSeq", &rseq.to_string())
    }

    /// Goes on repeating a provisional response of ours that has gone out reliably.
    pub(super) fn await_prack(&mut self, now: Tick, at: usize, sent: &Message) {
        let t1 = self.config.timing.t1;
        let (Some(rseq), Some(server)) = (number(sent), self.servers.get(at)) else { return };
        let Some(call) = server.standing.call().and_then(|at| self.calls.get_mut(at)) else {
            return;
        };
        call.provisionals.push(Provisional {
            server: server.id,
            rseq,
            cseq: server.request.cseq().map_or(0, |cseq| cseq.number),
            flow: server.flow,
            bytes: sent.bytes().to_vec(),
            described: sent.sdp().is_some(),
            acknowledged: Acknowledged::Waiting {
                next: now + t1,
                interval: t1,
                until: now + t1 * 64,
            },
        });
        if sent.sdp().is_some() && call.negotiation.has_their_offer() {
            // The answer has been given, once and for all.
            call.negotiation.close();
        }
    }

    /// Repeats none of the provisional responses that the server transaction `server` has sent.
    pub(super) fn stop_provisionals(&mut self, call: usize, server: u32) {
        let Some(call) = self.calls.get_mut(call) else { return };
        for provisional in call.provisionals.iter_mut().filter(|it| it.server == server) {
            //= RFC 3262 §3
            if matches!(provisional.acknowledged, Acknowledged::Waiting { .. }) {
                provisional.acknowledged = Acknowledged::No;
            }
        }
    }

    /// Sends the provisional responses of the call at `at` again whose PRACK is overdue, or gives up.
    pub(super) fn repeat_provisionals(&mut self, now: Tick, at: usize) {
        let mut due = Vec::new();
        let mut over = 0;
        for provisional in self.calls.get_mut(at).into_iter().flat_map(|it| &mut it.provisionals) {
            let Acknowledged::Waiting { next, interval, until } = provisional.acknowledged else {
                continue;
            };
            if now >= until {
                provisional.acknowledged = Acknowledged::No;
                over += 1;
            } else if now >= next {
                //= RFC 3262 §3
                let interval = interval * 2;
                let next = next + interval;
                provisional.acknowledged = Acknowledged::Waiting { next, interval, until };
                due.push((provisional.flow, provisional.bytes.clone()));
            }
        }
        for (flow, bytes) in due {
            if !self.is_withheld(Withhold::Retransmissions) {
                self.send_back(flow, bytes);
            }
        }
        for _ in 0..over {
            let (method, why) = ("PRACK".to_owned(), Failure::TimedOut);
            self.deliver(Incoming::TransactionFailed { method, why });
        }
    }

    /// Takes the PRACK of the peer that the server transaction `id` has received.
    pub(super) fn take_prack(&mut self, id: u32, call: usize, prack: &Message) {
        let (Some(rack), Some(call)) = (prack.rack(), self.calls.get_mut(call)) else { return };
        let open = |it: &&mut Provisional| {
            matches!(it.acknowledged, Acknowledged::Waiting { .. } | Acknowledged::No)
                && it.rseq == rack.rseq
                && it.cseq == rack.cseq.number
                && rack.cseq.method == "INVITE"
        };
        if let Some(provisional) = call.provisionals.iter_mut().find(open) {
            provisional.acknowledged = Acknowledged::By(id);
        }
    }

    /// The status that the PRACK of the server transaction `id` deserves.
    pub(super) fn prack_status(&self, id: u32, call: usize) -> u16 {
        let by = |it: &Provisional| it.acknowledged == Acknowledged::By(id);
        let known = self.calls.get(call).is_some_and(|call| call.provisionals.iter().any(by));
        //= RFC 3262 §3
        if known { 200 } else { 481 }
    }

    /// Whether a response of the peer is a reliable provisional one that has come before.
    pub(super) fn is_repeated(&self, client: &Client, response: &Message) -> bool {
        let Some(rseq) = number(response) else { return false };
        let cseq = client.request.cseq().map_or(0, |cseq| cseq.number);
        let held = |call: &&Call| call.dialog.holds_response(response);
        self.calls.iter().find(held).is_some_and(|call| call.heard.contains(&Due { rseq, cseq }))
    }

    /// Adds to a PRACK what it acknowledges: the reliable provisional response that came last.
    ///
    /// # Errors
    ///
    /// There is none, and the scenario does not say either.
    pub(super) fn with_rack(
        &self,
        draft: Draft,
        spec: &RequestSpec,
        call: usize,
    ) -> Result<Draft, Refused> {
        if spec.method != "PRACK" {
            return Ok(draft);
        }
        let due = self.calls.get(call).and_then(|call| call.heard.last());
        let named = |(name, _): &(String, String)| name.eq_ignore_ascii_case("RAck");
        let edits = &spec.edits;
        let said = edits.set.iter().chain(&edits.add).any(named)
            || edits.remove.iter().any(|name| name.eq_ignore_ascii_case("RAck"));
        match due {
            Some(Due { rseq, cseq }) => Ok(draft.add("RAck", &format!("{rseq} {cseq} INVITE"))),
            None if said => Ok(draft),
            None => Err(Refused::NothingReliable),
        }
    }
}

impl Call {
    /// Whether a reliable provisional response of ours to that INVITE has settled the session.
    pub(super) fn has_described(&self, server: &Server) -> bool {
        self.provisionals.iter().any(|it| it.server == server.id && it.described)
    }

    /// Remembers a reliable provisional response of the peer's.
    pub(super) fn hear(&mut self, client: &Client, response: &Message) {
        if let Some(rseq) = number(response) {
            let cseq = client.request.cseq().map_or(0, |cseq| cseq.number);
            self.heard.push(Due { rseq, cseq });
        }
    }
}

/// The number of a provisional response that is sent reliably.
pub(super) fn number(response: &Message) -> Option<u32> {
    let early = response.status().is_some_and(|status| (101..200).contains(&status));
    let required = response.require().iter().any(|tag| tag.eq_ignore_ascii_case(TAG));
    response.rseq().filter(|_| early && required)
}

/// The option tag of RFC 3262.
pub(super) const TAG: &str = "100rel";
