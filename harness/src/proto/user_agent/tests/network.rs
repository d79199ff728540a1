//! Two user agents and the wire between them, drawn as a ladder.

use crate::proto::offer_answer::Security;
use crate::proto::policy::{DialogUse, Reliability, SessionSpec};
use crate::proto::transaction::timer::Timing;
use crate::proto::transport::Hop;
use crate::proto::user_agent::{
    Config, Incoming, Output, RequestId, RequestSpec, ResponseSpec, Target, UserAgent,
};
use crate::time::Tick;
use crate::wire::ConnectionId;
use crate::wire::edits::Edits;
use crate::wire::sip::Message;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

/// What is on its way.
enum Flying {
    Datagram(Vec<u8>),
    /// Along a connection, as it is numbered where it arrives.
    Stream(ConnectionId, Vec<u8>),
}

pub(super) struct Network {
    pub(super) alice: UserAgent,
    pub(super) bob: UserAgent,
    pub(super) now: Tick,
    /// Numbers, from 0, of the datagrams that get lost.
    pub(super) lost: Vec<usize>,
    /// Everything that has come out, for assertions.
    pub(super) seen: Vec<(&'static str, Incoming)>,
    flying: Vec<(Tick, SocketAddr, SocketAddr, Flying)>,
    sent: usize,
    pub(super) ladder: String,
}

pub(super) fn config(user: &str, address: &str, seed: u64) -> Config {
    Config {
        user: user.to_owned(),
        sip: format!("{address}:5060").parse().unwrap(),
        tls: format!("{address}:5061").parse().unwrap(),
        rtp: format!("{address}:40000").parse().unwrap(),
        codecs: ["PCMU", "PCMA", "telephone-event"].map(str::to_owned).to_vec(),
        security: Security::default(),
        rtcp: Vec::new(),
        timing: Timing::default(),
        seed,
        withhold: Vec::new(),
        registrar: None,
        credentials: None,
    }
}

/// What arrives of a stream at a time, bytes.
const PIECE: usize = 100;

pub(super) const DELAY: Duration = Duration::from_millis(10);

impl Network {
    pub(super) fn new() -> Self {
        Self::of(config("alice", "192.0.2.1", 1), config("bob", "192.0.2.2", 2))
    }

    pub(super) fn of(alice: Config, bob: Config) -> Self {
        Self {
            alice: UserAgent::new(alice),
            bob: UserAgent::new(bob),
            now: Tick::ZERO,
            lost: Vec::new(),
            seen: Vec::new(),
            flying: Vec::new(),
            sent: 0,
            ladder: "\n".to_owned(),
        }
    }

    /// Alice sends a request.
    pub(super) fn alice_sends(&mut self, method: &str) {
        self.alice.request(self.now, &request(method)).unwrap();
        self.collect();
    }

    pub(super) fn bob_sends(&mut self, method: &str) {
        let mut spec = request(method);
        spec.target = Target {
            uri: "sip:alice@192.0.2.1".to_owned(),
            hop: Hop::udp("192.0.2.1:5060".parse().unwrap()),
        };
        self.bob.request(self.now, &spec).unwrap();
        self.collect();
    }

    pub(super) fn bob_answers(&mut self, status: u16) {
        self.bob.respond(self.now, &response(status)).unwrap();
        self.collect();
    }

    /// Bob answers the request that came last as a user agent does by itself.
    pub(super) fn bob_answers_by_default(&mut self) {
        let id = self.last_request("bob");
        self.bob.answer_by_default(self.now, id);
        self.collect();
    }

    pub(super) fn last_request(&self, who: &str) -> RequestId {
        let found = self.seen.iter().rev().find_map(|(name, incoming)| match incoming {
            Incoming::Request { id, .. } if *name == who => Some(*id),
            Incoming::Request { .. }
            | Incoming::Response { .. }
            | Incoming::TransactionFailed { .. }
            | Incoming::Stray { .. } => None,
        });
        found.unwrap()
    }

    /// The message that `who` saw last.
    pub(super) fn last_message(&self, who: &str) -> &Message {
        let found = self.seen.iter().rev().find_map(|(name, incoming)| match incoming {
            Incoming::Request { message, .. } | Incoming::Response { message, .. }
                if *name == who =>
            {
                Some(message)
            }
            Incoming::Request { .. }
            | Incoming::Response { .. }
            | Incoming::TransactionFailed { .. }
            | Incoming::Stray { .. } => None,
        });
        found.unwrap()
    }

    /// Lets time go by.
    pub(super) fn run(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        self.collect();
        loop {
            let flying = self.flying.iter().map(|(at, ..)| *at);
            let timers = [self.alice.poll_timeout(), self.bob.poll_timeout()];
            let next = flying.chain(timers.into_iter().flatten()).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            let now = self.now;
            while let Some(at) = self.flying.iter().position(|(at, ..)| *at <= now) {
                let (_, from, to, bytes) = self.flying.remove(at);
                let agent = if to.ip().to_string() == "192.0.2.1" {
                    &mut self.alice
                } else {
                    &mut self.bob
                };
                match bytes {
                    Flying::Datagram(bytes) => agent.handle_datagram(now, from, &bytes),
                    Flying::Stream(connection, bytes) => {
                        for piece in bytes.chunks(PIECE) {
                            agent.handle_stream(now, connection, piece);
                        }
                    }
                }
                self.collect();
            }
            self.alice.handle_timeout(now);
            self.bob.handle_timeout(now);
            self.collect();
        }
        self.now = end;
    }

    pub(super) fn collect(&mut self) {
        let millis = self.now.since(Tick::ZERO).as_millis();
        for name in ["alice", "bob"] {
            let (agent, peer, from) = match name {
                "alice" => (&mut self.alice, &mut self.bob, "192.0.2.1:5060"),
                _ => (&mut self.bob, &mut self.alice, "192.0.2.2:5060"),
            };
            while let Some(output) = agent.poll_output() {
                match output {
                    Output::Transmit { remote, bytes } => {
                        let lost = self.lost.contains(&self.sent);
                        let what = describe(&bytes);
                        let arrow = match (name, lost) {
                            ("alice", false) => format!("{what:-^30}->"),
                            ("alice", true) => format!("{what:-^28}-x  "),
                            (_, false) => format!("<-{what:-^30}"),
                            (_, true) => format!("  x-{what:-^28}"),
                        };
                        writeln!(self.ladder, "{millis:>6} |{arrow}|").unwrap();
                        self.sent += 1;
                        if !lost {
                            let from = from.parse().unwrap();
                            let bytes = Flying::Datagram(bytes);
                            self.flying.push((self.now + DELAY, from, remote, bytes));
                        }
                    }
                    Output::Connect { connection, hop } => {
                        writeln!(self.ladder, "{millis:>6}  {name} connects to {hop}").unwrap();
                        let ephemeral = SocketAddr::new(hop.remote.ip(), 49_152);
                        let back = Hop { remote: ephemeral, ..hop };
                        peer.handle_accepted(ConnectionId::incoming(connection.0), back);
                        agent.handle_connected(connection);
                    }
                    Output::Write { connection, bytes } => {
                        let what = describe(&bytes);
                        let arrow = match name {
                            "alice" => format!("{what:=^30}=>"),
                            _ => format!("<={what:=^30}"),
                        };
                        writeln!(self.ladder, "{millis:>6} |{arrow}|").unwrap();
                        let there = if connection.is_incoming() {
                            ConnectionId(connection.0 ^ ConnectionId::incoming(0).0)
                        } else {
                            ConnectionId::incoming(connection.0)
                        };
                        let from: SocketAddr = from.parse().unwrap();
                        let to = if name == "alice" { "192.0.2.2:1" } else { "192.0.2.1:1" };
                        let flying = Flying::Stream(there, bytes);
                        self.flying.push((self.now + DELAY, from, to.parse().unwrap(), flying));
                    }
                    Output::Incoming(incoming) => {
                        if let Incoming::TransactionFailed { method, why } = &incoming {
                            writeln!(self.ladder, "{millis:>6}  {name}: {method} {why:?}").unwrap();
                        }
                        self.seen.push((name, incoming));
                    }
                }
            }
        }
    }
}

fn describe(bytes: &[u8]) -> String {
    let message = Message::read(bytes);
    assert_eq!(message.defects(), [], "{}", String::from_utf8_lossy(bytes));
    let cseq = message.cseq().unwrap();
    let sdp = if message.sdp().is_some() { " sdp" } else { "" };
    match message.status() {
        Some(status) => format!(" {status} ({}){sdp} ", cseq.method),
        None => format!(" {}{sdp} ", cseq.method),
    }
}

pub(super) fn request(method: &str) -> RequestSpec {
    RequestSpec {
        method: method.to_owned(),
        target: Target {
            uri: "sip:bob@192.0.2.2".to_owned(),
            hop: Hop::udp("192.0.2.2:5060".parse().unwrap()),
        },
        dialog: DialogUse::Current,
        edits: Edits::default(),
        session: SessionSpec::Usual,
    }
}

pub(super) fn response(status: u16) -> ResponseSpec {
    ResponseSpec {
        status,
        method: None,
        reliability: Reliability::Usual,
        edits: Edits::default(),
        session: SessionSpec::Usual,
    }
}
