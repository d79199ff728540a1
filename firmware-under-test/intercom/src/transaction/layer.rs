//! The transaction layer: matches messages to transactions and runs their timers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::figure::{self, Effect, Kind, State, Timer, armed, arrow};
use super::live::{Live, Mark, branch};
use crate::defects::{Defect, Defects};
use crate::device::departures::{FAILURE_ACK, depart};
use crate::sip::{Address, Message, Start, Via};
use crate::transport::{Connection, Hop};

/// Names a transaction.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key(Arc<str>);

/// What the layer tells the transaction user.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A request that starts a server transaction, and where it came from.
    Request(Key, Hop, Message),
    /// An ACK that is not for a failure response.
    Ack(Message),
    /// A response to the device's own request.
    Response(Key, Message),
    /// The device's own request was never answered.
    Unanswered(Key),
    /// An INVITE came again; only a device with that defect hears of it.
    Repeated(Key),
}

/// Every transaction of the device.
#[derive(Clone, Debug)]
pub(crate) struct Transactions {
    defects: Defects,
    live: Live,
    events: VecDeque<Event>,
    sends: VecDeque<(Key, Hop, Vec<u8>)>,
}

#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) key: Key,
    pub(super) kind: Kind,
    pub(super) state: State,
    /// The request: what a client repeats, what a server answers.
    pub(super) request: Message,
    /// The latest response sent, on the server's side.
    response: Option<Vec<u8>>,
    pub(super) hop: Hop,
    /// What a client sends instead, and where, if nothing there takes this.
    otherwise: Option<(Message, Hop)>,
    /// How often the repeating timer has been armed.
    rounds: u32,
    /// When which timer runs out, in the order in which they were armed.
    pub(super) due: Vec<(Duration, Timer)>,
}

impl Transactions {
    /// No transactions yet.
    pub(crate) fn new(defects: Defects) -> Self {
        Self { defects, live: Live::default(), events: VecDeque::new(), sends: VecDeque::new() }
    }

    /// Sends a request; its top Via is in place. If the hop cannot be reached, it is sent
    /// `otherwise`.
    pub(crate) fn request(
        &mut self,
        now: Duration,
        request: Message,
        hop: Hop,
        otherwise: Option<(Message, Hop)>,
    ) -> Key {
        let kind = if request.method() == "INVITE" { Kind::ClientInvite } else { Kind::Client };
        let key = client_key(&request);
        self.sends.push_back((key.clone(), hop, request.to_bytes()));
        self.start(now, key.clone(), kind, request, hop, otherwise);
        key
    }

    /// The request of a client transaction as it was sent, and where.
    pub(crate) fn sent(&self, key: &Key) -> Option<(&Message, Hop)> {
        self.live.get(key).map(|t| (&t.request, t.hop))
    }

    /// Whether a transaction waits for something on that stream, or may have to send on it.
    pub(crate) fn use_stream(&self, connection: Connection) -> bool {
        self.live.has(&Mark::Stream(connection))
    }

    /// Takes it that what a transaction sent did not leave the device.
    pub(crate) fn fail(&mut self, now: Duration, key: &Key) {
        let Some(transaction) = self.live.get(key) else { return };
        if transaction.otherwise.is_none() {
            //= RFC 3261 §8.1.3.1
            let failure = unavailable(&transaction.request);
            return self.step(now, key, figure::Event::Broken, Some(failure));
        }
        if let Some(Transaction { kind, otherwise: Some((request, hop)), .. }) =
            self.live.remove(key)
        {
            self.sends.push_back((key.clone(), hop, request.to_bytes()));
            self.start(now, key.clone(), kind, request, hop, None);
        }
    }

    /// Sends a response in a server transaction.
    pub(crate) fn respond(&mut self, now: Duration, key: &Key, response: &Message) {
        let event = class(response.code());
        self.live.with(key, |transaction| {
            let drawn = arrow(transaction.kind, transaction.state, event).is_some();
            let refused = transaction.is_refused_invite();
            if drawn || (refused && self.defects.has(Defect::CANCEL_CHANGES_FAILURE)) {
                transaction.response = Some(response.to_bytes());
            }
        });
        self.step(now, key, event, None);
    }

    /// Takes a message that arrived at `now`.
    pub(crate) fn receive(&mut self, now: Duration, from: Hop, message: Message) {
        match &message.start {
            Start::Response { code, .. } => {
                let event = class(*code);
                let key = self.match_response(&message);
                if self.comes_late(&key, event) && self.defects.has(Defect::LATE_2XX_ACKED) {
                    let mut ack = stray_ack(&message);
                    let via = ack.headers.get("Via").unwrap_or_default();
                    let via = via.replacen(COOKIE, "z9hG4bKlate", 1);
                    ack.headers.set("Via", via);
                    self.sends.push_back((key.clone(), from, ack.to_bytes()));
                }
                if event == figure::Event::Success
                    && message.method() == "INVITE"
                    && !self.live.has(&Mark::Key(key.clone()))
                    && self.defects.has(Defect::STRAY_2XX_ACKED)
                {
                    let ack = stray_ack(&message);
                    self.sends.push_back((key.clone(), from, ack.to_bytes()));
                }
                self.step(now, &key, event, Some(message));
            }
            Start::Request { method, .. } => {
                let key = self.match_request(&message);
                let known = self.live.has(&Mark::Key(key.clone()));
                match method.as_str() {
                    "ACK" if known => self.acked(now, &key, message),
                    "ACK" => self.events.push_back(Event::Ack(message)),
                    _ if known => self.repeated(now, key, method),
                    _ => self.accept(now, key, from, message),
                }
            }
        }
    }

    /// Runs the timers that are due, earliest first.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        while let Some((at, key, timer)) = self.live.next_due().filter(|(at, ..)| *at <= now) {
            self.live.with(&key, |it| it.due.retain(|&(_, armed)| armed != timer));
            self.step(at, &key, figure::Event::Fired(timer), None);
        }
    }

    /// The next thing that the transaction user has to know.
    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The next message to send, and for which transaction.
    pub(crate) fn poll_send(&mut self) -> Option<(Key, Hop, Vec<u8>)> {
        self.sends.pop_front()
    }

    /// When a timer runs out next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.live.due()
    }

    /// The server transaction that a CANCEL is for.
    pub(crate) fn cancelled_by(&self, cancel: &Message) -> Option<Key> {
        let mut invite = cancel.clone();
        if let Start::Request { method, .. } = &mut invite.start {
            "INVITE".clone_into(method);
        }
        let key = self.match_request(&invite);
        if self.live.has(&Mark::Key(key.clone())) {
            return Some(key);
        }
        let by_branch = || {
            let found = self.live.of(&Mark::branch("INVITE", cancel)).next()?;
            self.defects.has(Defect::CANCEL_ANY_SENT_BY).then_some(found)
        };
        let by_call = || {
            let found = self.live.of(&Mark::Invited(cancel.call_id().to_owned())).next()?;
            self.defects.has(Defect::CANCEL_BY_CALL_ID).then_some(found)
        };
        by_branch().or_else(by_call).map(|found| found.key.clone())
    }

    /// Whether the same request is being served under another key: it came by two ways.
    pub(crate) fn is_merged(&self, key: &Key, request: &Message) -> bool {
        //= RFC 3261 §8.2.2.2
        self.live.of(&Mark::origin(request)).any(|other| other.key != *key)
    }

    /// Takes the ACK of a failure response, or that of a 2xx for the transaction user.
    fn acked(&mut self, now: Duration, key: &Key, ack: Message) {
        let Some(transaction) = self.live.get(key) else { return };
        let required = ack.headers.get("Require").is_some();
        let overlooked = transaction.is_refused_invite()
            && (self.defects.has(Defect::FAILURE_AFTER_ACK)
                || required && self.defects.has(Defect::REQUIRE_IN_ACK));
        if transaction.state == State::Confirmed && self.defects.has(Defect::SECOND_ACK_ANSWERED) {
            let (hop, response) = (transaction.hop, transaction.response.clone());
            self.sends.extend(response.map(|bytes| (key.clone(), hop, bytes)));
        } else if !overlooked {
            self.step(now, key, figure::Event::Acked, Some(ack));
        }
    }

    /// Whether it is a 2xx to an INVITE that has failed.
    fn comes_late(&self, key: &Key, event: figure::Event) -> bool {
        let refused = |t: &Transaction| t.kind == Kind::ClientInvite && t.state == State::Completed;
        event == figure::Event::Success && self.live.get(key).is_some_and(refused)
    }

    /// Takes a request that came again.
    fn repeated(&mut self, now: Duration, key: Key, method: &str) {
        let Some(transaction) = self.live.get(&key) else { return };
        let (state, refused) = (transaction.state, transaction.is_refused_invite());
        let twice = method == "INVITE"
            && self.defects.has(Defect::INVITE_RETRANSMISSION_RINGS_TWICE)
            || method == "INVITE"
                && state == State::Accepted
                && self.defects.has(Defect::ACCEPTED_INVITE_RINGS);
        let silent = match method {
            "INVITE" => refused && self.defects.has(Defect::COMPLETED_SILENT),
            "BYE" => self.defects.has(Defect::BYE_AGAIN_UNANSWERED),
            "CANCEL" => self.defects.has(Defect::CANCEL_AGAIN_UNANSWERED),
            _ => false,
        };
        if twice {
            self.events.push_back(Event::Repeated(key));
        } else if method == "INVITE"
            && state == State::Proceeding
            && self.defects.has(Defect::RETRANSMISSION_GETS_100)
        {
            self.repeat_first(&key);
        } else if !silent {
            self.step(now, &key, figure::Event::Repeated, None);
        }
    }

    /// Answers an INVITE that came again with 100, whatever was sent last.
    fn repeat_first(&mut self, key: &Key) {
        let Some(transaction) = self.live.get(key) else { return };
        let mut trying = Message::response(100, "Trying");
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for value in transaction.request.headers.all(name) {
                trying.headers.push(name, value);
            }
        }
        self.sends.push_back((key.clone(), transaction.hop, trying.to_bytes()));
    }

    /// The client transaction that a response belongs to.
    fn match_response(&self, response: &Message) -> Key {
        let key = client_key(response);
        let strict = !self.defects.has(Defect::CSEQ_METHOD_NOT_COMPARED);
        if strict && self.live.has(&Mark::Key(key.clone())) {
            return key;
        }
        let branch = key.0.rsplit(' ').next().unwrap_or_default();
        let astray = |t: &&Transaction| {
            let (method, own) = (t.request.method(), t.key.0.ends_with(branch));
            method == response.method() && self.defects.has(Defect::BRANCH_NOT_COMPARED)
                || own && self.defects.has(Defect::CSEQ_METHOD_NOT_COMPARED)
        };
        // Where two have the branch, it is the wrong one.
        let found = self.live.of(&Mark::Client).filter(astray).max_by_key(|t| t.key != key);
        found.map(|t| t.key.clone()).unwrap_or(key)
    }

    /// The server transaction that a request belongs to.
    fn match_request(&self, request: &Message) -> Key {
        let key = self.split(server_key(request), request);
        let alike = Mark::branch(request.method(), request);
        let other = self.live.of(&alike).find(|other| other.key != key);
        let astray = other.filter(|_| {
            self.defects.has(match branch(request) {
                Some(branch) if branch.starts_with(COOKIE) => Defect::SENT_BY_NOT_COMPARED,
                _ => Defect::RFC2543_BRANCH_ONLY,
            })
        });
        astray.map_or(key, |other| other.key.clone())
    }

    /// The key of an old client's INVITE, for a device with that defect another each time it comes.
    fn split(&self, key: Key, request: &Message) -> Key {
        let old = branch(request).is_some_and(|branch| !branch.starts_with(COOKIE));
        let known = self.live.has(&Mark::Key(key.clone()));
        if old
            && known
            && request.method() == "INVITE"
            && self.defects.has(Defect::OLD_INVITE_TWICE)
        {
            return Key(format!("{} again", key.0).into());
        }
        key
    }

    fn accept(&mut self, now: Duration, key: Key, from: Hop, request: Message) {
        let invite = request.method() == "INVITE";
        let kind = if invite { Kind::ServerInvite } else { Kind::Server };
        let via = request.headers.list("Via").first().and_then(|v| Via::parse(v));
        let rport = !self.defects.has(Defect::NO_RPORT);
        let hop = via.map_or(from, |via| via.reply_to(from, rport));
        self.start(now, key.clone(), kind, request.clone(), hop, None);
        self.events.push_back(Event::Request(key, from, request));
    }

    fn start(
        &mut self,
        now: Duration,
        key: Key,
        kind: Kind,
        request: Message,
        hop: Hop,
        otherwise: Option<(Message, Hop)>,
    ) {
        let (state, response, rounds, due) = (State::Start, None, 0, Vec::new());
        let mut new =
            Transaction { key, kind, state, request, response, hop, otherwise, rounds, due };
        for &timer in armed(kind) {
            new.arm(now, timer, &self.defects);
        }
        self.live.add(new);
    }

    fn step(
        &mut self,
        now: Duration,
        key: &Key,
        event: figure::Event,
        mut message: Option<Message>,
    ) {
        self.live.with(key, |transaction| {
            let Some((state, effects)) = arrow(transaction.kind, transaction.state, event)
                .map(|arrow| departed(&self.defects, transaction, event, arrow))
            else {
                return;
            };
            transaction.state = state;
            for &effect in effects {
                match effect {
                    Effect::Arm(timer) => transaction.arm(now, timer, &self.defects),
                    Effect::Disarm => transaction.due.clear(),
                    Effect::Send => {
                        let bytes = match transaction.kind {
                            Kind::ClientInvite | Kind::Client => {
                                if self.defects.has(Defect::RETRANSMISSION_CHANGES) {
                                    let round = transaction.rounds.to_string();
                                    transaction.request.headers.set("X-Round", round);
                                }
                                Some(transaction.request.to_bytes())
                            }
                            Kind::ServerInvite | Kind::Server => transaction.response.clone(),
                        };
                        let hop = transaction.hop;
                        self.sends.extend(bytes.map(|bytes| (key.clone(), hop, bytes)));
                    }
                    Effect::Ack => {
                        if let Some(response) = message.as_ref()
                            && !(response.code() == 487 && self.defects.has(Defect::NO_ACK_TO_487))
                            && !self.defects.has(Defect::NO_ACK_TO_FAILURE)
                        {
                            let mut ack = acknowledge(&transaction.request, response);
                            depart(&self.defects, FAILURE_ACK, &mut ack);
                            let contact = response.headers.get("Contact").and_then(Address::parse);
                            let astray = contact.and_then(|contact| contact.uri.hop());
                            let astray =
                                astray.filter(|_| self.defects.has(Defect::FAILURE_ACK_TO_CONTACT));
                            let hop = astray.unwrap_or(transaction.hop);
                            self.sends.push_back((key.clone(), hop, ack.to_bytes()));
                        }
                    }
                    Effect::Deliver => {
                        self.events.extend(message.take().map(|message| match transaction.kind {
                            Kind::ServerInvite | Kind::Server => Event::Ack(message),
                            Kind::ClientInvite | Kind::Client => {
                                Event::Response(key.clone(), message)
                            }
                        }));
                    }
                    Effect::GiveUp => {
                        if matches!(transaction.kind, Kind::ClientInvite | Kind::Client) {
                            self.events.push_back(Event::Unanswered(key.clone()));
                        }
                    }
                }
            }
        });
    }
}

impl Transaction {
    /// Whether it has sent a failure response to an INVITE that is not acknowledged yet.
    fn is_refused_invite(&self) -> bool {
        self.kind == Kind::ServerInvite && self.state == State::Completed
    }

    fn arm(&mut self, now: Duration, timer: Timer, defects: &Defects) {
        let reliable = self.hop.transport.is_reliable();
        //= RFC 3261 §17.1.1.2
        let repeats = timer == Timer::A && defects.has(Defect::RETRANSMITS_ON_STREAMS);
        if reliable && !repeats && matches!(timer, Timer::A | Timer::E | Timer::G) {
            return;
        }
        let doubled = T1 * 2_u32.saturating_pow(self.rounds.min(16));
        let span = match timer {
            Timer::A if defects.has(Defect::TIMER_A_CONSTANT) => T1,
            Timer::A => doubled,
            Timer::E if defects.has(Defect::TIMER_E_UNCAPPED) => doubled,
            //= RFC 3261 §17.1.2.2
            Timer::E if self.state == State::Proceeding => {
                if defects.has(Defect::TIMER_E_DOUBLES_IN_PROCEEDING) {
                    doubled.min(T2)
                } else {
                    T2
                }
            }
            Timer::G if defects.has(Defect::TIMER_G_CONSTANT) => T1,
            Timer::G if defects.has(Defect::TIMER_G_UNCAPPED) => doubled,
            Timer::E | Timer::G => doubled.min(T2),
            //= RFC 3261 §17.1.2.2
            Timer::D | Timer::I | Timer::J | Timer::K if reliable => Duration::ZERO,
            Timer::J if defects.has(Defect::TIMER_J_EARLY) => T1 * 8,
            Timer::B if defects.has(Defect::TIMER_B_EARLY) => T1 * 8,
            Timer::F if defects.has(Defect::TIMER_F_EARLY) => T1 * 8,
            Timer::H if defects.has(Defect::TIMER_H_EARLY) => T1 * 8,
            Timer::L if defects.has(Defect::TIMER_L_EARLY) => T1 * 8,
            Timer::M if defects.has(Defect::TIMER_M_EARLY) => T1 * 8,
            Timer::B | Timer::F | Timer::H | Timer::J | Timer::L | Timer::M => T1 * 64,
            Timer::D if defects.has(Defect::TIMER_D_EARLY) => T1 * 8,
            Timer::D => Duration::from_secs(32),
            Timer::I | Timer::K => T4,
        };
        if matches!(timer, Timer::A | Timer::E | Timer::G) {
            self.rounds += 1;
        }
        self.due.push((now + span, timer));
    }
}

/// The arrow that a device with one of these defects follows instead.
fn departed(
    defects: &Defects,
    transaction: &Transaction,
    event: figure::Event,
    arrow: (State, &'static [Effect]),
) -> (State, &'static [Effect]) {
    use figure::Event::{Failure, Fired, Provisional, Repeated, Success};
    let stay = (transaction.state, &[Effect::Deliver] as &[_]);
    match (transaction.kind, transaction.state, event) {
        (Kind::ClientInvite, State::Start, Provisional)
            if defects.has(Defect::RETRANSMITS_AFTER_1XX) =>
        {
            stay
        }
        (Kind::ClientInvite, State::Start, Success)
            if defects.has(Defect::RETRANSMITS_AFTER_2XX) =>
        {
            stay
        }
        (Kind::ClientInvite, State::Completed, Failure)
            if defects.has(Defect::FAILURE_ACK_ONCE) =>
        {
            (State::Completed, &[])
        }
        (Kind::Client, State::Proceeding, Fired(Timer::F))
            if defects.has(Defect::TIMER_F_NOT_IN_PROCEEDING) =>
        {
            (State::Proceeding, &[])
        }
        (Kind::Client, State::Start, Success | Failure)
            if defects.has(Defect::RETRANSMITS_AFTER_FINAL) =>
        {
            stay
        }
        (Kind::ServerInvite, State::Start | State::Proceeding, Success)
            if defects.has(Defect::ACCEPTED_STATE_MISSING) =>
        {
            (State::Terminated, &[Effect::Send])
        }
        (Kind::Server, State::Completed, Repeated)
            if defects.has(Defect::RETRANSMISSION_UNANSWERED) =>
        {
            (State::Completed, &[])
        }
        _ => arrow,
    }
}

/// The ACK of a device that acknowledges whatever comes.
fn stray_ack(response: &Message) -> Message {
    let to = response.headers.get("To").and_then(Address::parse);
    let mut ack = Message::request("ACK", to.as_ref().map_or("sip:x", |to| &to.uri_text));
    for name in ["Via", "From", "To", "Call-ID"] {
        ack.headers.push(name, response.headers.get(name).unwrap_or_default());
    }
    let number = response.cseq().map_or(0, |(number, _)| number);
    ack.headers.push("CSeq", format!("{number} ACK"));
    ack
}

const fn class(code: u16) -> figure::Event {
    match code {
        0..200 => figure::Event::Provisional,
        200..300 => figure::Event::Success,
        _ => figure::Event::Failure,
    }
}

fn client_key(message: &Message) -> Key {
    let via = message.headers.list("Via").first().and_then(|v| Via::parse(v));
    let branch = via.as_ref().map_or("", Via::branch);
    Key(format!("c {} {branch}", message.method()).into())
}

fn server_key(request: &Message) -> Key {
    let top = request.headers.list("Via").first().map_or("", |top| *top);
    let via = Via::parse(top);
    let branch = via.as_ref().map_or("", Via::branch);
    let method = match request.method() {
        "ACK" => "INVITE",
        method => method,
    };
    //= RFC 3261 §17.2.3
    if let Some(Via { host, port, .. }) = &via
        && branch.get(..7).is_some_and(|cookie| cookie.eq_ignore_ascii_case(COOKIE))
    {
        let host = host.to_ascii_lowercase();
        let (branch, port) = (branch.to_ascii_lowercase(), port.unwrap_or(5060));
        return Key(format!("s {method} {branch} {host} {port}").into());
    }
    let number = request.cseq().map_or(0, |(number, _)| number);
    let (id, tag) = (request.call_id(), request.tag("From"));
    Key(format!("s {method} {id} {tag} {number} {top}").into())
}

/// What a request that could not be sent is taken to have been answered with.
fn unavailable(request: &Message) -> Message {
    let mut response = Message::response(503, "Service Unavailable");
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        for value in request.headers.all(name) {
            response.headers.push(name, value);
        }
    }
    response
}

//= RFC 3261 §17.1.1.3
fn acknowledge(request: &Message, response: &Message) -> Message {
    let Start::Request { uri, .. } = &request.start else { return request.clone() };
    let mut ack = Message::request("ACK", uri);
    let copied = ["Via", "Max-Forwards", "From", "Call-ID", "Route"];
    for name in copied {
        for value in request.headers.all(name) {
            ack.headers.push(name, value);
        }
    }
    ack.headers.push("To", response.headers.get("To").unwrap_or_default());
    let number = request.cseq().map_or(0, |(number, _)| number);
    ack.headers.push("CSeq", format!("{number} ACK"));
    ack
}

/// What every branch of RFC 3261 begins with.
pub(super) const COOKIE: &str = "z9hG4bK";

const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
const T4: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::Names;

    fn options(number: usize) -> Message {
        let text = format!(
            "OPTIONS sip:door@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{number}\r\n\
             From: <sip:a@192.0.2.1>;tag=a\r\nTo: <sip:door@192.0.2.2>\r\nCall-ID: flood\r\nCSeq: {number} OPTIONS\r\n\r\n"
        );
        Message::parse(text.as_bytes(), Names::Both).unwrap()
    }

    /// How many transactions are looked at from the first request of a flood to the last timer.
    fn looks(flood: usize) -> usize {
        let mut layer = Transactions::new(Defects::default());
        let from = Hop::to(crate::transport::Transport::Udp, "192.0.2.1:5060".parse().unwrap());
        let mut now = Duration::ZERO;
        for number in 1..=flood {
            now += Duration::from_micros(100);
            layer.receive(now, from, options(number));
            let Some(Event::Request(key, _, request)) = layer.poll_event() else { panic!() };
            assert!(!layer.is_merged(&key, &request));
            layer.respond(now, &key, &Message::response(200, "OK"));
            assert_eq!(layer.poll_send().unwrap().0, key);
            layer.handle_timeout(now);
        }
        assert_eq!(layer.poll_timeout(), Some(T1 * 64 + Duration::from_micros(100)));
        let again = options(flood / 2);
        layer.receive(now, from, again);
        assert!(layer.poll_send().is_some(), "the response comes again");
        layer.handle_timeout(now + T1 * 64);
        assert_eq!(layer.poll_timeout(), None);
        layer.live.looks.get()
    }

    #[test]
    fn a_flood_takes_as_long_a_request_as_a_trickle() {
        let (few, many) = (looks(100), looks(10_000));
        assert!(many <= few * 100, "{few} looks for 100, {many} for 10,000");
        assert!(few <= 100 * 12, "{few}");
    }
}
