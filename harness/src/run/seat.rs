//! One of our ends, as the interpreter holds it: user agent, inbox, media.

use super::action::Action;
use super::casting::{self, Company};
use super::inbox::{By, Inbox};
use super::player;
use super::setup::Address;
use crate::evidence::keyed::{KeyPair, Keyed};
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::timeline::{Datagram, Seen, Seq};
use crate::proto::digits::Method;
use crate::proto::media::shield::Shield;
use crate::proto::media::{Formats, Media};
use crate::proto::offer_answer::{Keying, RtcpPort};
use crate::proto::policy::{DialogUse, SessionSpec, Withhold};
use crate::proto::transport::Hop;
use crate::proto::transport::connections::Closed;
use crate::proto::user_agent::{Incoming, Output, RequestId, RequestSpec, Target, UserAgent};
use crate::scenario::program::{Flow, MediaLine, Role, RoleKind, Signal};
use crate::signal::Codec;
use crate::time::Tick;
use crate::wire::ConnectionId;
use crate::wire::classify::{Kind, classify};
use crate::wire::dtmf_body::Pressed;
use crate::wire::edits::Edits;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// One of our ends.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) ua: UserAgent,
    pub(super) inbox: Inbox,
    media: Media,
    shield: Shield,
    /// Digits that are to go in INFO requests, and when.
    infos: VecDeque<(Tick, RequestSpec)>,
    /// How many of those have no final response yet: no step waits for it.
    infos_open: usize,
    /// Digits that came in INFO requests.
    informed: Vec<(Tick, Pressed)>,
    /// Whether a step of the program is going to wait for digits as tones.
    listens: Listens,
    index: u16,
    reports: bool,
    began_unix: Duration,
    /// From which point and where to our reports go while a session is up.
    reporting_to: Option<(RolePoint, SocketAddr)>,
    /// Whose messages a step cannot wait for: at a proxy, those of our other ends.
    unheard: Vec<SocketAddr>,
    /// What came last.
    last: Source,
}

/// Whether a seat listens for digits as tones, which takes time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Listens {
    /// It does.
    ForTones,
    /// It does not.
    No,
}

/// Where a message came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Source {
    /// From the device, as far as steps go.
    Device,
    /// From another of our ends, on its way through.
    Passing,
}

impl Seat {
    pub(super) fn new(
        index: u16,
        role: &Role,
        address: Address,
        company: Company<'_>,
        listens: Listens,
    ) -> Self {
        let setup = company.setup;
        let seed = setup.seed.wrapping_add(u64::from(index).wrapping_mul(SEED_STEP));
        let ua = casting::user_agent(usize::from(index), role, address, company, seed);
        let media = Media::new(seed, format!("{}@{}", role.name, address.rtp.ip()));
        let media = media.reporting(role.rtcp.clone());
        let media = match role.security.keying {
            Keying::Never => media,
            Keying::Sdes | Keying::BestEffort => media.starting_at(role.security.first_sequence),
        };
        let reports = !role.withhold.contains(&Withhold::Rtcp);
        let unheard = match role.kind {
            RoleKind::Proxy(_) => setup.seats.iter().map(|seat| seat.sip).collect(),
            RoleKind::Endpoint | RoleKind::Redirect { .. } | RoleKind::Registrar { .. } => {
                Vec::new()
            }
        };
        Self {
            ua,
            inbox: Inbox::default(),
            media,
            shield: Shield::default(),
            infos: VecDeque::new(),
            infos_open: 0,
            informed: Vec::new(),
            listens,
            index,
            reports,
            began_unix: setup.began_unix,
            reporting_to: None,
            unheard,
            last: Source::Device,
        }
    }

    /// Takes a datagram that arrived at one of its points.
    pub(super) fn handle_received(&mut self, now: Tick, point: RolePoint, datagram: &Datagram) {
        match point {
            RolePoint::Sip => {
                let passing = self.unheard.contains(&datagram.remote);
                self.last = if passing { Source::Passing } else { Source::Device };
                match datagram.connection {
                    Some(id) => self.ua.handle_stream(now, id, &datagram.bytes),
                    None => self.ua.handle_datagram(now, datagram.remote, &datagram.bytes),
                }
            }
            RolePoint::Rtcp => self.handle_report(now, &datagram.bytes),
            // Tolerant: whether it was agreed to multiplex is for checks to ask.
            RolePoint::Rtp if is_report(&datagram.bytes) => {
                self.handle_report(now, &datagram.bytes);
            }
            RolePoint::Rtp => {
                let session = self.ua.session();
                let events = session.and_then(|session| session.telephone_event);
                let formats = Formats {
                    events: events.map(|types| types.received),
                    clock_rate: session.map_or(8_000, |session| session.codec.clock_rate),
                };
                if let Some(packet) = self.shield.open_rtp(&datagram.bytes) {
                    self.media.handle_rtp(now, &packet, formats);
                    let agreed = session.map(|session| &session.codec);
                    let codec =
                        agreed.and_then(|it| Codec::of(&it.name, it.clock_rate, it.channels));
                    if let Some(codec) = codec.filter(|_| self.listens == Listens::ForTones) {
                        self.media.listen(now, &packet, codec, formats.events);
                    }
                }
            }
        }
    }

    /// Takes a datagram that one of its points has put on the wire.
    pub(super) fn handle_sent(&mut self, now: Tick, point: RolePoint, datagram: &Datagram) {
        if point == RolePoint::Rtp
            && !is_report(&datagram.bytes)
            && let Some(packet) = self.shield.open_own(&datagram.bytes)
        {
            self.media.handle_sent(now, &packet);
        }
    }

    /// Takes a connection that is open now.
    pub(super) fn handle_opened(&mut self, id: ConnectionId, hop: Hop) {
        if id.is_incoming() {
            self.ua.handle_accepted(id, hop);
        } else {
            self.ua.handle_connected(id);
        }
    }

    /// Takes the end of a connection.
    pub(super) fn handle_closed(&mut self, now: Tick, id: ConnectionId) -> Option<Closed> {
        self.ua.handle_closed(now, id)
    }

    pub(super) fn handle_timeout(&mut self, now: Tick) {
        self.ua.handle_timeout(now);
        while self.infos.front().is_some_and(|(at, _)| *at <= now)
            && let Some((_, spec)) = self.infos.pop_front()
        {
            // A call that is over meanwhile takes no digits any more.
            if self.ua.request(now, &spec).is_ok() {
                self.infos_open += 1;
            }
        }
    }

    /// Moves what the user agent has for the wire to `actions`, and what it has for the test to the
    /// inbox. Returns the requests that wait for an answer.
    pub(super) fn drain(
        &mut self,
        now: Tick,
        cause: Option<Seq>,
        actions: &mut impl Extend<Action>,
    ) -> Vec<(RequestId, String)> {
        let mut asked = Vec::new();
        while let Some(output) = self.ua.poll_output() {
            match output {
                Output::Transmit { remote, bytes } => {
                    let pco = self.pco(RolePoint::Sip);
                    actions.extend([Action::Transmit { pco, remote, bytes }]);
                }
                Output::Connect { connection, hop } => {
                    let pco = self.pco(RolePoint::Sip);
                    actions.extend([Action::Connect { pco, connection, hop }]);
                }
                Output::Write { connection, bytes } => {
                    let pco = self.pco(RolePoint::Sip);
                    actions.extend([Action::TransmitAlong { pco, connection, bytes }]);
                }
                Output::Incoming(Incoming::Request { id, .. }) if self.last == Source::Passing => {
                    self.ua.answer_by_default(now, id);
                }
                Output::Incoming(_) if self.last == Source::Passing => {}
                Output::Incoming(incoming) if self.is_of_infos(&incoming) => {}
                Output::Incoming(incoming) => {
                    if let Incoming::Request { id, method, message } = &incoming {
                        asked.push((*id, method.clone()));
                        self.informed.extend(Pressed::read(message).map(|pressed| (now, pressed)));
                    }
                    self.inbox.push(By(cause), incoming);
                }
            }
        }
        self.last = Source::Device;
        actions.extend(self.follow_keys());
        self.drain_reports(now, actions);
        asked
    }

    /// Starts to play `lines`, which are simultaneous.
    ///
    /// # Errors
    ///
    /// Why the device gave no way to: no session, no codec that we speak.
    pub(super) fn play(
        &mut self,
        now: Tick,
        lines: &[&MediaLine],
        target: &Target,
    ) -> Result<Option<Action>, String> {
        // Media that goes elsewhere than before may be heard by one that has agreed nothing.
        if lines.iter().all(|line| !matches!(line.flow, Flow::Play { .. })) {
            return Ok(None);
        }
        let Some(session) = self.ua.session() else {
            return Err("no audio session has been agreed".to_owned());
        };
        let (pco, remote) = (self.pco(RolePoint::Rtp), session.remote_rtp);
        let repeated =
            lines.iter().any(|line| matches!(line.flow, Flow::Play { signal: Signal::Again, .. }));
        let packets = if repeated {
            self.shield.again()
        } else {
            let protection = lines.iter().map(|line| line.protection).max();
            let protection = protection.unwrap_or_default();
            let mut packets = player::packets(&mut self.media, now, session, lines)?;
            let shapes: Vec<_> = lines.iter().flat_map(|line| &line.shapes).copied().collect();
            self.media.shape(&mut packets, &shapes);
            let seal = |(at, packet)| (at, self.shield.seal_rtp(packet, protection));
            let packets: Vec<_> = packets.into_iter().map(seal).collect();
            if !packets.is_empty() {
                self.shield.keep(&packets);
            }
            packets
        };
        self.infos.extend(player::infos(lines).into_iter().map(|(after, format, body)| {
            let content_type = ("Content-Type".to_owned(), format.content_type().to_owned());
            let edits = Edits {
                set: vec![content_type],
                body: Some(body.into_bytes()),
                ..Edits::default()
            };
            let (method, target) = ("INFO".to_owned(), target.clone());
            let (dialog, session) = (DialogUse::Current, SessionSpec::Usual);
            (now + after, RequestSpec { method, target, dialog, edits, session })
        }));
        Ok((!packets.is_empty()).then_some(Action::Stream { pco, remote, packets }))
    }

    /// Whether it has agreed on a session.
    pub(super) fn has_session(&self) -> bool {
        self.ua.session().is_some()
    }

    /// Sends no more digits in INFO requests.
    pub(super) fn stop_dialling(&mut self) {
        self.infos.clear();
    }

    /// The digits that it has heard since then.
    pub(super) fn heard(&self, since: Tick, method: Method) -> String {
        let Method::Info(format) = method else { return self.media.digits(since, method) };
        let these = |(at, it): &&(Tick, Pressed)| *at >= since && it.format == format;
        self.informed.iter().filter(these).map(|(_, pressed)| pressed.digit).collect()
    }

    /// When it heard the last packet of a telephone event.
    pub(super) const fn heard_last(&self) -> Option<Tick> {
        self.media.last_event_at()
    }

    /// When it wants to be woken.
    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        let media = self.media.poll_timeout().filter(|_| self.reporting_to.is_some());
        let infos = self.infos.front().map(|(at, _)| *at);
        self.ua.poll_timeout().into_iter().chain(media).chain(infos).min()
    }

    pub(super) const fn pco(&self, point: RolePoint) -> Pco {
        Pco::of_role(self.index, point)
    }

    fn handle_report(&mut self, now: Tick, bytes: &[u8]) {
        if let Some(packet) = self.shield.open_rtcp(bytes) {
            self.media.handle_rtcp(now, &packet);
        }
    }

    /// Takes the keys of the session, and has them recorded where they are others than before.
    fn follow_keys(&mut self) -> Option<Action> {
        // Those of a call that is over stay: what still arrives is under them.
        let session = self.ua.session()?;
        if !self.shield.follow(session.keys.as_ref()) {
            return None;
        }
        let keys = session
            .keys
            .as_ref()
            .map(|keys| KeyPair::new(&keys.ours, &keys.theirs, keys.media, keys.reports));
        Some(Action::Note(Seen::Keyed(Box::new(Keyed { role: self.index, keys }))))
    }

    /// Whether it is what comes of a digit that was played in an INFO request.
    fn is_of_infos(&mut self, incoming: &Incoming) -> bool {
        let over = match incoming {
            Incoming::Response { method, status, .. } if method == "INFO" => *status >= 200,
            Incoming::TransactionFailed { method, .. } if method == "INFO" => true,
            Incoming::Response { .. }
            | Incoming::TransactionFailed { .. }
            | Incoming::Request { .. }
            | Incoming::Stray { .. } => return false,
        };
        let ours = self.infos_open > 0;
        self.infos_open -= usize::from(ours && over);
        ours
    }

    /// Reports while a session is up, and takes leave when it is over.
    fn drain_reports(&mut self, now: Tick, actions: &mut impl Extend<Action>) {
        if !self.reports {
            return;
        }
        let unix = self.began_unix + now.since(Tick::ZERO);
        let session = self.ua.session().map(|session| {
            let point = match session.rtcp_port {
                RtcpPort::Own => RolePoint::Rtcp,
                RtcpPort::Media => RolePoint::Rtp,
            };
            (point, session.remote_rtcp)
        });
        let ((point, remote), bytes) = match (session, self.reporting_to) {
            (Some(way), _) => (way, self.media.poll_report(now, unix)),
            (None, Some(way)) => (way, self.media.leave(now, unix)),
            (None, None) => return,
        };
        let pco = self.pco(point);
        self.reporting_to = session;
        let bytes = bytes.map(|bytes| self.shield.seal_rtcp(bytes));
        actions.extend(bytes.map(|bytes| Action::Transmit { pco, remote, bytes }));
    }
}

/// Whether a datagram at a port of media is RTCP, by its packet type.
//= RFC 5761 §4
fn is_report(bytes: &[u8]) -> bool {
    classify(bytes) == Kind::Rtcp
}

/// Keeps the seeds of neighbouring roles apart: 2⁶⁴ divided by the golden ratio, odd.
const SEED_STEP: u64 = 0x9E37_79B9_7F4A_7C15;
