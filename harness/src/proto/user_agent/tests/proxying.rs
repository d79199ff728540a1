//! Calls through proxies, drawn: who sends what to whom.

use super::network::{DELAY, config, response};
use crate::proto::auth::{Account, Space};
use crate::proto::policy::{DialogUse, SessionSpec};
use crate::proto::proxy::{self, Fork, RecordRoute};
use crate::proto::redirect;
use crate::proto::transport::Hop;
use crate::proto::user_agent::{
    Incoming, Output, RequestId, RequestSpec, ResponseSpec, Target, UserAgent,
};
use crate::time::Tick;
use crate::wire::edits::Edits;
use crate::wire::sip::Message;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

const NAMES: [&str; 5] = ["alice", "bob", "carol", "near", "far"];
const ALICE: usize = 0;
const BOB: usize = 1;
const CAROL: usize = 2;
const NEAR: usize = 3;
const FAR: usize = 4;

/// Alice, and a house with bob and carol behind two proxies.
struct Net {
    ends: Vec<UserAgent>,
    /// Requests that wait for what a test decides.
    asked: Vec<(usize, RequestId, String)>,
    flying: Vec<(Tick, SocketAddr, SocketAddr, Vec<u8>)>,
    now: Tick,
    ladder: String,
}

fn address(end: usize) -> SocketAddr {
    format!("192.0.2.{}:5060", end + 1).parse().unwrap()
}

fn proxy_to(end: usize, targets: &[&str], fork: Fork) -> proxy::Config {
    let targets = targets.iter().map(|target| (*target).to_owned()).collect();
    proxy::Config {
        sip: address(end),
        tls: address(end),
        domains: Vec::new(),
        routes: BTreeMap::from([("house".to_owned(), targets)]),
        fork,
        record_route: RecordRoute::Loose,
        space: Space {
            realm: "example".to_owned(),
            algorithms: Vec::new(),
            account: Account { user: "alice".to_owned(), password: "secret".to_owned() },
        },
        timer_c: Duration::from_secs(10),
    }
}

impl Net {
    fn new(fork: Fork) -> Self {
        let plain = |end: usize| {
            let ip = address(end).ip().to_string();
            UserAgent::new(config(NAMES[end], &ip, end as u64 + 1))
        };
        let house = ["sip:bob@192.0.2.2:5060", "sip:carol@192.0.2.3:5060"];
        let near = proxy_to(NEAR, &["sip:house@192.0.2.5:5060"], Fork::Parallel);
        let near = proxy::Config { timer_c: Duration::from_secs(181), ..near };
        let far = proxy_to(FAR, &house, fork);
        let ends = vec![
            plain(ALICE),
            plain(BOB),
            plain(CAROL),
            plain(NEAR).with_proxy(near),
            plain(FAR).with_proxy(far),
        ];
        let (asked, flying) = (Vec::new(), Vec::new());
        Self { ends, asked, flying, now: Tick::ZERO, ladder: "\n".to_owned() }
    }

    fn alice_sends(&mut self, method: &str) {
        let spec = RequestSpec {
            method: method.to_owned(),
            target: Target {
                uri: "sip:house@192.0.2.4:5060".to_owned(),
                hop: Hop::udp(address(NEAR)),
            },
            dialog: DialogUse::Current,
            edits: Edits::default(),
            session: SessionSpec::Usual,
        };
        self.ends[ALICE].request(self.now, &spec).unwrap();
        self.run(100);
    }

    fn answers(&mut self, end: usize, status: u16, method: &str) {
        let spec = ResponseSpec { method: Some(method.to_owned()), ..response(status) };
        self.ends[end].respond(self.now, &spec).unwrap();
        self.run(100);
    }

    /// Lets an end answer by itself the request of this method that has reached it.
    fn answers_by_default(&mut self, end: usize, method: &str) {
        let wanted = |(at, _, of): &(usize, RequestId, String)| *at == end && of == method;
        let at = self.asked.iter().position(wanted).unwrap();
        let (_, id, _) = self.asked.remove(at);
        self.ends[end].answer_by_default(self.now, id);
        self.run(100);
    }

    fn run(&mut self, millis: u64) {
        let until = self.now + Duration::from_millis(millis);
        loop {
            self.collect();
            let timers = self.ends.iter().filter_map(UserAgent::poll_timeout);
            let next = timers.chain(self.flying.iter().map(|(at, ..)| *at)).min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            let now = self.now;
            for end in &mut self.ends {
                end.handle_timeout(now);
            }
            if let Some(at) = self.flying.iter().position(|(at, ..)| *at <= now) {
                let (_, from, to, bytes) = self.flying.remove(at);
                let end = (0..NAMES.len()).find(|end| address(*end) == to).unwrap();
                self.ends[end].handle_datagram(now, from, &bytes);
            }
        }
        self.now = until;
    }

    fn collect(&mut self) {
        let millis = self.now.since(Tick::ZERO).as_millis();
        for (end, name) in NAMES.into_iter().enumerate() {
            while let Some(output) = self.ends[end].poll_output() {
                match output {
                    Output::Transmit { remote, bytes } => {
                        let to = (0..NAMES.len()).find(|end| address(*end) == remote).unwrap();
                        let (from, to, what) = (name, NAMES[to], words(&bytes));
                        writeln!(self.ladder, "{millis:>6} {from:>5} -> {to:<5} {what}").unwrap();
                        self.flying.push((self.now + DELAY, address(end), remote, bytes));
                    }
                    Output::Incoming(Incoming::Request { id, .. }) if end == NEAR || end == FAR => {
                        self.ends[end].answer_by_default(self.now, id);
                    }
                    Output::Incoming(Incoming::Request { id, method, .. }) => {
                        self.asked.push((end, id, method));
                    }
                    Output::Connect { .. } | Output::Write { .. } | Output::Incoming(_) => {}
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.ends.iter().all(UserAgent::is_idle)
    }
}

/// A message in words, with how many `Via` and `Route` values it has.
fn words(bytes: &[u8]) -> String {
    let message = Message::read(bytes);
    assert_eq!(message.defects(), [], "{}", String::from_utf8_lossy(bytes));
    let cseq = message.cseq().unwrap();
    let mut text = match message.status() {
        Some(status) => format!("{status} ({})", cseq.method),
        None => cseq.method,
    };
    for name in ["Via", "Route"] {
        let count = message.values(name).len();
        if count > 1 || (name == "Route" && count > 0) {
            write!(text, ", {count} {name}").unwrap();
        }
    }
    if let Some(reason) = message.header("Reason") {
        write!(text, ", {reason}").unwrap();
    }
    text
}

#[test]
fn a_call_that_is_forked_and_answered_on_one_branch() {
    let mut net = Net::new(Fork::Parallel);
    net.alice_sends("INVITE");
    net.answers(BOB, 180, "INVITE");
    net.answers(CAROL, 180, "INVITE");
    net.answers(CAROL, 200, "INVITE");
    net.answers_by_default(BOB, "CANCEL");
    net.alice_sends("ACK");
    net.alice_sends("BYE");
    net.answers_by_default(CAROL, "BYE");
    assert!(net.is_idle());
    net.run(40_000);
    insta::assert_snapshot!(net.ladder);
}

#[test]
fn one_target_after_the_other_until_the_caller_gives_up() {
    let mut net = Net::new(Fork::Sequential);
    net.alice_sends("INVITE");
    net.answers(BOB, 486, "INVITE");
    net.answers(CAROL, 180, "INVITE");
    net.alice_sends("CANCEL");
    net.answers_by_default(CAROL, "CANCEL");
    assert!(net.is_idle());
    net.run(40_000);
    insta::assert_snapshot!(net.ladder);
}

#[test]
fn who_does_not_answer_is_given_up() {
    let mut net = Net::new(Fork::Sequential);
    net.alice_sends("INVITE");
    net.answers(BOB, 180, "INVITE");
    net.run(10_000);
    net.answers_by_default(BOB, "CANCEL");
    net.answers(CAROL, 603, "INVITE");
    assert!(net.is_idle());
    insta::assert_snapshot!(net.ladder);
}

#[test]
fn a_redirect_server_sends_its_callers_elsewhere() {
    let mut net = Net::new(Fork::Parallel);
    let contacts = vec!["<sip:bob@192.0.2.2>".to_owned()];
    let bob = net.ends[BOB].clone().with_redirect(redirect::Config { status: 302, contacts });
    net.ends[BOB] = bob;
    net.alice_sends("INVITE");
    net.answers_by_default(BOB, "INVITE");
    net.answers(CAROL, 486, "INVITE");
    assert!(net.ladder.contains("near -> alice 302 (INVITE)"), "{}", net.ladder);
    assert!(net.is_idle());
}

#[test]
fn an_ack_for_the_proxy_itself_does_not_go_round() {
    let mut net = Net::new(Fork::Parallel);
    let ack = "ACK sip:192.0.2.4:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa\r\n\
        Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.1>;tag=a\r\nTo: <sip:b@192.0.2.2>;tag=b\r\n\
        Call-ID: round\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n";
    net.flying.push((net.now, address(ALICE), address(NEAR), ack.as_bytes().to_vec()));
    net.run(5_000);
    assert_eq!(net.ladder.matches("ACK").count(), 1, "{}", net.ladder);
}
