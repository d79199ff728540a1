//! Being a proxy: the transactions of what [`Proxy`] decides (RFC 3261 §16).

use super::client::{Client, Mark};
use super::closing::plain;
use super::server;
use super::{Incoming, RequestSpec, UserAgent};
use crate::proto::policy::Withhold;
use crate::proto::proxy::context::{Act, Context};
use crate::proto::proxy::route::{Way, mark};
use crate::proto::proxy::{Config, Proxy, Rejection};
use crate::proto::registrar::Binding;
use crate::proto::transport::{ClientKey, ServerKey};
use crate::time::Tick;
use crate::wire::builder::Draft;
use crate::wire::edits::Edits;
use crate::wire::sip::Message;
use std::sync::Arc;
use std::time::Duration;

/// A proxy and the requests that it has under way.
#[derive(Clone, Debug)]
pub(super) struct Forwarding {
    proxy: Proxy,
    timer_c: Duration,
    under_way: Vec<UnderWay>,
}

#[derive(Clone, Debug)]
struct UnderWay {
    /// The server transaction.
    server: u32,
    way: Way,
    context: Context,
    /// Why its branches are cancelled, once they are.
    reason: Option<String>,
}

impl UserAgent {
    /// A user agent that, of itself, forwards what comes.
    #[must_use]
    pub fn with_proxy(mut self, config: Config) -> Self {
        let timer_c = config.timer_c;
        self.forwarding =
            Some(Forwarding { proxy: Proxy::new(config), timer_c, under_way: Vec::new() });
        self
    }

    /// Tells the proxy what the registrar of its domains knows.
    pub fn locate(&mut self, bindings: Vec<Binding>) {
        if let Some(forwarding) = &mut self.forwarding {
            forwarding.proxy.locate(bindings);
        }
    }

    /// Takes the well-formed request at `at` if the proxy has to do with it; returns whether it has.
    pub(super) fn forward(&mut self, now: Tick, at: usize) -> bool {
        let nonce = self.tokens.word();
        let (Some(forwarding), Some(server)) = (&mut self.forwarding, self.servers.get(at)) else {
            return false;
        };
        let (id, method, request) = (server.id, server.method.clone(), server.request.clone());
        if method == "CANCEL" {
            return self.forward_cancel(now, at, &request);
        }
        if forwarding.under_way.iter().any(|one| one.server == id) {
            return true;
        }
        let way = forwarding.proxy.way(&request);
        let registers = method == "REGISTER" && self.registrar.is_some();
        let targets = if registers { None } else { forwarding.proxy.targets(now, &way) };
        let Some(targets) = targets else { return false };
        if let Err(Rejection { status, headers }) = forwarding.proxy.admit(&request, &nonce) {
            self.answer_with(now, at, status, |draft| {
                headers.iter().fold(draft, |draft, (name, value)| draft.add(name, value))
            });
            return true;
        }
        if targets.is_empty() {
            self.answer(now, at, 404);
            return true;
        }
        let fork = forwarding.proxy.fork();
        let (context, acts) = Context::new(&method, targets, fork, forwarding.timer_c);
        forwarding.under_way.push(UnderWay { server: id, way, context, reason: None });
        //= RFC 3261 §16.2
        if method == "INVITE" && !self.is_withheld(Withhold::Trying) {
            self.answer(now, at, 100);
        }
        self.act(now, id, acts);
        true
    }

    /// Whether this is a proxy, so that it makes no dialogs.
    pub(super) const fn is_proxy(&self) -> bool {
        self.forwarding.is_some()
    }

    /// Forwards an ACK that is not for a response of our own; returns whether it did.
    pub(super) fn forward_ack(&mut self, message: &Message) -> bool {
        let token = self.tokens.word();
        let Some(Forwarding { proxy, .. }) = &mut self.forwarding else { return false };
        // An ACK gets no answer: one that comes round, or has no hops left, ends here.
        //= RFC 3261 §16.3
        if proxy.admit(message, &token).is_err() {
            return true;
        }
        let Some(Forwarding { proxy, .. }) = &self.forwarding else { return false };
        let way = proxy.way(message);
        let next = proxy.next(&way, &way.uri);
        let Some(hop) = next.hop else { return true };
        let via = self.via(hop.transport, &format!("{token}{}", mark(message)));
        let bytes = proxy.forwarded(message, None, &next, &via).build();
        self.send_raw(hop, bytes);
        true
    }

    /// Takes a response to a request that was forwarded; returns whether it was one.
    pub(super) fn take_forwarded(
        &mut self,
        now: Tick,
        client: &Client,
        status: u16,
        response: &Arc<Message>,
    ) -> bool {
        let Some((key, id)) = self.branch_of(client) else { return false };
        self.deliver(Incoming::Response {
            method: client.method.clone(),
            status,
            message: response.clone(),
        });
        let Some(one) = self.under_way(id) else { return true };
        if (200..300).contains(&status) && client.method == "INVITE" {
            one.reason.get_or_insert_with(|| ELSEWHERE.to_owned());
        }
        let acts = one.context.handle_response(now, &key, status, response);
        self.act(now, id, acts);
        true
    }

    /// Takes the news that a forwarded request got no final response; returns whether it was one.
    pub(super) fn take_forward_failure(&mut self, now: Tick, client: &Client) -> bool {
        let Some((key, id)) = self.branch_of(client) else { return false };
        let status = match client.why {
            super::Failure::TimedOut => 408,
            super::Failure::Transport => 503,
        };
        let Some(one) = self.under_way(id) else { return true };
        let acts = one.context.handle_failure(&key, status);
        self.act(now, id, acts);
        true
    }

    /// Ends branches that have rung for too long, and forgets what is over.
    pub(super) fn expire_branches(&mut self, now: Tick) {
        let Some(forwarding) = &mut self.forwarding else { return };
        let due = forwarding
            .under_way
            .iter_mut()
            .map(|one| (one.server, one.context.handle_timeout(now)));
        for (id, acts) in due.collect::<Vec<_>>() {
            self.act(now, id, acts);
        }
        let Some(forwarding) = &mut self.forwarding else { return };
        forwarding
            .under_way
            .retain(|one| self.servers.of(&server::Mark::Id(one.server)).next().is_some());
    }

    /// When a branch has rung for too long.
    pub(super) fn next_expiry(&self) -> Option<Tick> {
        let under_way = self.forwarding.iter().flat_map(|forwarding| &forwarding.under_way);
        under_way.filter_map(|one| one.context.poll_timeout()).min()
    }

    fn forward_cancel(&mut self, now: Tick, at: usize, cancel: &Message) -> bool {
        let key = ServerKey::cancelled(cancel);
        let invite = key.and_then(|key| self.servers.get(self.server_of(key)?));
        let Some(id) = invite.map(|invite| invite.id) else { return false };
        let Some(one) = self.under_way(id) else { return false };
        one.reason = cancel.header("Reason").map(str::to_owned);
        let acts = one.context.cancel();
        //= RFC 3261 §16.10
        self.answer(now, at, 200);
        self.act(now, id, acts);
        true
    }

    fn act(&mut self, now: Tick, id: u32, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Try(target) => self.try_target(now, id, &target),
                Act::Forward(response, extra) => self.forward_response(now, id, &response, &extra),
                // RFC 4320 §4.2: whoever sent it has given up by now.
                Act::Answer(408) if !self.is_invite(id) => {}
                Act::Answer(status) => {
                    if let Some(at) = self.place(id) {
                        self.answer(now, at, status);
                    }
                }
                Act::Cancel(key) => self.cancel_branch(now, id, &key),
            }
        }
    }

    fn try_target(&mut self, now: Tick, id: u32, target: &str) {
        let token = self.tokens.word();
        let Some(server) = self.place(id).and_then(|at| self.servers.get(at)) else { return };
        let Some(forwarding) = &self.forwarding else { return };
        let Some(one) = forwarding.under_way.iter().find(|one| one.server == id) else { return };
        let next = forwarding.proxy.next(&one.way, target);
        let Some(hop) = next.hop else {
            let acts = self.under_way(id).map(|one| one.context.handle_unsendable());
            return self.act(now, id, acts.unwrap_or_default());
        };
        let via = self.via(hop.transport, &format!("{token}{}", mark(&server.request)));
        let request = &server.request;
        let draft = forwarding.proxy.forwarded(request, server.via.as_ref(), &next, &via);
        let spec = RequestSpec { method: server.method.clone(), ..plain("") };
        let client = self.send(now, draft, &spec, hop, None);
        if let Some(one) = self.under_way(id) {
            one.context.add(now, client.key.clone());
        }
        self.clients.push(client);
    }

    fn forward_response(
        &mut self,
        now: Tick,
        id: u32,
        response: &Message,
        extra: &[(String, String)],
    ) {
        let Some(at) = self.place(id) else { return };
        //= RFC 3261 §16.7
        let mut draft = Draft::from_message(response).remove("Via");
        for via in response.values("Via").into_iter().skip(1).rev() {
            draft = draft.prepend("Via", via);
        }
        let draft = extra.iter().fold(draft, |draft, (name, value)| draft.add(name, value));
        self.servers.change(at, |server| {
            server.set_latest(draft.build());
            server.handle_response(now, response.status().unwrap_or_default());
        });
        self.pump_server(at);
    }

    fn cancel_branch(&mut self, now: Tick, id: u32, key: &ClientKey) {
        let reason = self.under_way(id).and_then(|one| one.reason.clone());
        let open = |(_, client): &(usize, &Client)| client.is_open();
        let own = self.clients.of(&Mark::Key(key.clone())).find(open).map(|(at, _)| at);
        let Some(at) = own else { return };
        let add = reason.map(|reason| ("Reason".to_owned(), reason)).into_iter().collect();
        let spec = RequestSpec { edits: Edits { add, ..Edits::default() }, ..plain("CANCEL") };
        self.cancel_client(now, at, &spec);
    }

    /// The branch that a client transaction is, and the server transaction of its request.
    fn branch_of(&self, client: &Client) -> Option<(ClientKey, u32)> {
        let key = client.key.clone()?;
        let under_way = &self.forwarding.as_ref()?.under_way;
        let id = under_way.iter().find(|one| one.context.holds(&key))?.server;
        Some((key, id))
    }

    fn under_way(&mut self, id: u32) -> Option<&mut UnderWay> {
        let forwarding = self.forwarding.as_mut()?;
        forwarding.under_way.iter_mut().find(|one| one.server == id)
    }

    fn is_invite(&self, id: u32) -> bool {
        let server = self.place(id).and_then(|at| self.servers.get(at));
        server.is_some_and(|server| server.method == "INVITE")
    }
}

/// Why a branch is cancelled when another has answered: RFC 3326 §3.
const ELSEWHERE: &str = "SIP;cause=200;text=\"Call completed elsewhere\"";
