//! The reference user agent: what a correct SIP end does, sans-IO.
//!
//! It does by itself what belongs to transactions (retransmission, the ACK of a failure, 100
//! Trying) and what repeats something that a scenario has sent (a 2xx until its ACK comes, the ACK
//! when the 2xx comes again). Everything else is told to it: [`request`](UserAgent::request),
//! [`respond`](UserAgent::respond), or [`answer_by_default`](UserAgent::answer_by_default) for what
//! the scenario leaves alone. It never misbehaves by itself; what it is to leave out, it is told by
//! [`Withhold`], and what is to be wrong in a message, by edits.

mod acks;
mod again;
mod answers;
mod arrivals;
mod call;
mod client;
mod closing;
mod compose;
mod default_answer;
mod forwarding;
mod ledger;
mod order;
mod output;
mod reason;
mod registering;
mod reliable;
mod requests;
mod responses;
mod server;
mod streams;
mod tokens;

pub use order::{Refused, RequestSpec, ResponseSpec, Target};
pub use output::{Failure, Incoming, Output, RequestId};

use crate::proto::auth::Account;
use crate::proto::dialog::State;
use crate::proto::offer_answer::Security;
use crate::proto::offer_answer::capability::Capability;
use crate::proto::offer_answer::{Negotiation, Session};
use crate::proto::policy::{Rtcp, Withhold};
use crate::proto::redirect;
use crate::proto::registrar::{self, Binding, Registrar};
use crate::proto::registration::Registration;
use crate::proto::transaction::timer::Timing;
use crate::proto::transport::{Connections, Flow, Hop};
use crate::time::Tick;
use crate::wire::classify::{Kind, classify};
use crate::wire::sip::{Message, StartLine};
use call::{Answered, Call};
use client::{Challenged, Client};
use ledger::Ledger;
use server::Server;
use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use tokens::Tokens;

/// Who a user agent is.
#[derive(Clone, Debug)]
pub struct Config {
    /// The user part of its address.
    pub user: String,
    /// Where it sends and receives SIP over UDP and TCP.
    pub sip: SocketAddr,
    /// Where it receives SIP over TLS.
    pub tls: SocketAddr,
    /// Where it receives RTP.
    pub rtp: SocketAddr,
    /// Encoding names, best first.
    pub codecs: Vec<String>,
    /// How it secures media.
    pub security: Security,
    /// What it does of RTCP beyond what everybody has to.
    pub rtcp: Vec<Rtcp>,
    /// The durations on which the timers are built.
    pub timing: Timing,
    /// What every random token is drawn from; no two user agents of a run share one.
    pub seed: u64,
    /// What it leaves out from the start.
    pub withhold: Vec<Withhold>,
    /// Present: it is a registrar too.
    pub registrar: Option<registrar::Config>,
    /// Who it says it is when it is challenged.
    pub credentials: Option<Account>,
}

/// Whether a policy is in force.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// One end of SIP.
///
/// Call a method that takes `now`, then [`poll_output`](Self::poll_output) until it returns `None`,
/// then wait until [`poll_timeout`](Self::poll_timeout) or until something arrives.
#[derive(Clone, Debug)]
pub struct UserAgent {
    config: Config,
    tokens: Tokens,
    withheld: BTreeSet<Withhold>,
    phase: Phase,
    clients: Ledger<Client>,
    servers: Ledger<Server>,
    /// Every dialog of the case, in the order in which they began; indices stay valid.
    calls: Vec<Call>,
    /// The INVITE whose failure was last left without its ACK; over a stream its transaction is over at once.
    unacknowledged: Option<Client>,
    challenged: Option<Challenged>,
    registrar: Option<Registrar>,
    connections: Connections,
    registering: Option<registering::Registering>,
    redirect: Option<redirect::Config>,
    forwarding: Option<forwarding::Forwarding>,
    /// The proxies that requests outside a dialog go through, nearest first.
    outbound: Vec<Hop>,
    outputs: VecDeque<Output>,
    next_id: u32,
}

/// Who decides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// The scenario.
    Scripted,
    /// The user agent itself, until nothing is up.
    Closing,
}

impl UserAgent {
    /// A user agent with nothing up.
    pub fn new(config: Config) -> Self {
        Self {
            tokens: Tokens::new(config.seed),
            withheld: config.withhold.iter().copied().collect(),
            phase: Phase::Scripted,
            clients: Ledger::default(),
            servers: Ledger::default(),
            calls: Vec::new(),
            unacknowledged: None,
            challenged: None,
            registrar: config.registrar.clone().map(Registrar::new),
            connections: Connections::default(),
            registering: None,
            redirect: None,
            forwarding: None,
            outbound: Vec::new(),
            outputs: VecDeque::new(),
            next_id: 0,
            config,
        }
    }

    /// A user agent that, of itself, sends its callers elsewhere.
    #[must_use]
    pub fn with_redirect(self, config: redirect::Config) -> Self {
        Self { redirect: Some(config), ..self }
    }

    /// A user agent whose requests outside a dialog go through these proxies, nearest first.
    #[must_use]
    pub fn with_outbound(self, proxies: Vec<Hop>) -> Self {
        Self { outbound: proxies, ..self }
    }

    /// Takes a datagram that arrived from `remote`. Keep-alives are dropped.
    pub fn handle_datagram(&mut self, now: Tick, remote: SocketAddr, bytes: &[u8]) {
        if classify(bytes) == Kind::KeepAlive {
            return;
        }
        self.receive(now, Flow { hop: Hop::udp(remote), connection: None }, bytes);
    }

    /// Takes the news that nothing can be sent to `hop`, as ICMP or a refused connection tells:
    /// requests of ours that have had no response fail (RFC 3261 §18.4).
    pub fn handle_unreachable(&mut self, now: Tick, hop: Hop) {
        let concerned: Vec<usize> =
            self.clients.of(&client::Mark::To(hop)).map(|it| it.0).collect();
        for at in concerned {
            self.clients.change(at, |client| client.handle_transport_failure(now));
            self.pump_client(now, at);
        }
        self.sweep();
    }

    /// Does what is due at or before `now`.
    pub fn handle_timeout(&mut self, now: Tick) {
        for at in self.clients.due(now) {
            self.clients.change(at, |client| client.handle_timeout(now));
            self.pump_client(now, at);
        }
        for at in self.servers.due(now) {
            self.servers.change(at, |server| server.handle_timeout(now));
            self.pump_server(at);
        }
        for index in 0..self.calls.len() {
            self.repeat_success(now, index);
            self.repeat_provisionals(now, index);
        }
        self.refresh_registration(now);
        self.expire_branches(now);
        self.sweep();
    }

    /// Starts or stops leaving `what` out.
    pub fn withhold(&mut self, what: Withhold, switch: Switch) {
        match switch {
            Switch::On => self.withheld.insert(what),
            Switch::Off => self.withheld.remove(&what),
        };
    }

    /// Sends a message that somebody else has written, once and as it is.
    ///
    /// Where it is a request, what comes back to it is told and a failure of an INVITE is
    /// acknowledged; a 2xx to it makes no dialog.
    pub fn send_written(&mut self, now: Tick, hop: Hop, bytes: Vec<u8>) {
        let request = Arc::new(Message::read(&bytes));
        self.send_raw(hop, bytes);
        if let Some(method) = request.method().filter(|method| *method != "ACK") {
            let method = method.to_owned();
            self.clients.push(Client::written(now, &method, request, hop, self.config.timing));
        }
    }

    /// The next thing that comes out, if any.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub fn poll_timeout(&self) -> Option<Tick> {
        let transactions = [self.clients.next_due(), self.servers.next_due()];
        let calls = self.calls.iter().filter_map(Call::poll_timeout);
        let refresh = self.registration().and_then(Registration::poll_timeout);
        let expiry = self.next_expiry();
        transactions.into_iter().flatten().chain(calls).chain(refresh).chain(expiry).min()
    }

    /// The audio session agreed in the dialog that is up, by an early answer too.
    pub fn session(&self) -> Option<&Session> {
        self.calls.get(self.current()?)?.negotiation.session()
    }

    /// The bindings that devices have registered here and that had not lapsed at the last REGISTER.
    pub fn bindings(&self) -> &[Binding] {
        self.registrar.as_ref().map(Registrar::bindings).unwrap_or_default()
    }

    /// Whether no dialog is confirmed, no request of ours waits for its final response, and none of the
    /// peer's for ours.
    pub fn is_idle(&self) -> bool {
        // An early dialog ends with the INVITE that made it; of a forked one, others than the answered
        // may be left.
        let confirmed = |call: &Call| call.dialog.state == State::Confirmed;
        !self.calls.iter().any(confirmed)
            && self.clients.open().all(|(_, client)| client.is_written())
            && self.servers.open().next().is_none()
    }

    /// The dialog that is up: the confirmed one that began last, else the early one.
    fn current(&self) -> Option<usize> {
        let last = |state| self.calls.iter().rposition(|call| call.dialog.state == state);
        last(State::Confirmed).or_else(|| last(State::Early))
    }

    fn receive(&mut self, now: Tick, flow: Flow, bytes: &[u8]) {
        let message = Arc::new(Message::read(bytes));
        match message.start() {
            StartLine::Request { .. } => self.receive_request(now, flow, message),
            StartLine::Response { .. } => self.receive_response(now, message),
            StartLine::Unreadable => self.deliver(Incoming::Stray { message }),
        }
    }

    fn deliver(&mut self, incoming: Incoming) {
        self.outputs.push_back(Output::Incoming(incoming));
    }

    fn is_withheld(&self, what: Withhold) -> bool {
        self.phase == Phase::Scripted && self.withheld.contains(&what)
    }

    fn negotiation(&mut self) -> Negotiation {
        let session_id = self.tokens.session_id();
        let capability = Capability {
            rtp: self.config.rtp,
            codecs: self.config.codecs.clone(),
            security: self.config.security.clone(),
            rtcp: self.config.rtcp.clone(),
            key_seed: self.config.seed ^ session_id,
        };
        Negotiation::new(capability, session_id)
    }

    /// Forgets transactions that are over.
    fn sweep(&mut self) {
        for client in self.clients.over() {
            if let Some(client) = self.clients.remove(client) {
                self.end_early_calls(&client);
            }
        }
        let over = self.servers.over();
        if over.is_empty() {
            return;
        }
        let waiting: Vec<u32> = self
            .calls
            .iter()
            .filter_map(|call| match call.answered {
                Answered::Waiting { server, .. } => Some(server),
                Answered::No | Answered::Acknowledged { .. } => None,
            })
            .collect();
        for at in over {
            if self.servers.get(at).is_some_and(|server| !waiting.contains(&server.id)) {
                self.servers.remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests;
