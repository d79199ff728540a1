//! The byte streams that are open: RFC 3261 §18.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::framing::{Frame, Framer};
use super::{Connection, Hop, Stream, Transport};
use crate::defects::{Defect, Defects};
use crate::device::Output;
use crate::sip::Names;
use crate::tls::Demand;
use crate::transaction::Key;

/// Every byte stream of the device, at most [`MOST`].
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    defects: Defects,
    live: Vec<Link>,
    /// How many the device has opened.
    opened: u32,
    outputs: VecDeque<Output>,
}

#[derive(Clone, Debug)]
struct Link {
    id: Connection,
    stream: Stream,
    peer: SocketAddr,
    framer: Framer,
    state: State,
    /// When something last came or went.
    used: Duration,
}

#[derive(Clone, Debug)]
enum State {
    /// Not open yet; what is to be written then.
    Opening(Vec<(Option<Key>, Vec<u8>)>),
    Open,
}

impl Connections {
    /// No streams yet.
    pub(crate) const fn new(defects: Defects) -> Self {
        Self { defects, live: Vec::new(), opened: 0, outputs: VecDeque::new() }
    }

    /// Takes a stream that `peer` opened.
    pub(crate) fn accept(
        &mut self,
        now: Duration,
        id: Connection,
        stream: Stream,
        peer: SocketAddr,
    ) {
        if self.live.len() >= MOST {
            self.outputs.push_back(Output::Close { connection: id });
            return;
        }
        let (framer, state) = (Framer::default(), State::Open);
        self.live.push(Link { id, stream, peer, framer, state, used: now });
    }

    /// Takes it that a stream of the device's own is open.
    pub(crate) fn connected(&mut self, now: Duration, id: Connection) {
        let Some(link) = self.live.iter_mut().find(|link| link.id == id) else { return };
        link.used = now;
        if let State::Opening(waiting) = std::mem::replace(&mut link.state, State::Open) {
            let write = |(_, bytes)| Output::Write { connection: id, bytes };
            self.outputs.extend(waiting.into_iter().map(write));
        }
    }

    /// Takes it that a stream is closed or could not be opened: the transactions whose messages
    /// waited for it.
    pub(crate) fn closed(&mut self, id: Connection) -> Vec<Key> {
        let Some(at) = self.live.iter().position(|link| link.id == id) else { return Vec::new() };
        match self.live.remove(at).state {
            State::Opening(waiting) => waiting.into_iter().filter_map(|(key, _)| key).collect(),
            State::Open => Vec::new(),
        }
    }

    /// Whether the next byte on a stream is the first of a message.
    pub(crate) fn is_between_messages(&self, id: Connection) -> bool {
        let link = self.live.iter().find(|link| link.id == id);
        link.is_some_and(|link| link.framer.is_between_messages())
    }

    /// Forgets what has come of the next message on a stream.
    pub(crate) fn forget(&mut self, id: Connection) {
        if let Some(link) = self.live.iter_mut().find(|link| link.id == id) {
            link.framer.forget();
        }
    }

    /// Takes what came on a stream: from where, and what it holds.
    pub(crate) fn receive(
        &mut self,
        now: Duration,
        id: Connection,
        bytes: &[u8],
        names: Names,
    ) -> Option<(Hop, Vec<Frame>)> {
        let link = self.live.iter_mut().find(|link| link.id == id)?;
        link.used = now;
        let transport = Transport::Stream(link.stream);
        let hop = Hop { transport, address: link.peer, connection: Some(id) };
        Some((hop, link.framer.push(bytes, names)))
    }

    /// Sends a message on the hop's own stream, on any other to its address, or on a new one.
    pub(crate) fn send(
        &mut self,
        now: Duration,
        stream: Stream,
        hop: Hop,
        (key, bytes): (Option<Key>, Vec<u8>),
        demand: impl FnOnce() -> Demand,
    ) {
        //= RFC 3261 §18.1.1
        let same = |link: &Link| link.stream == stream && link.peer == hop.address;
        let own = self.live.iter().position(|link| Some(link.id) == hop.connection);
        let reused = !self.defects.has(Defect::STREAM_NOT_REUSED);
        let at = own.or_else(|| self.live.iter().position(same).filter(|_| reused));
        let Some(link) = at.and_then(|at| self.live.get_mut(at)) else {
            self.open(now, stream, hop.address, (key, bytes), demand());
            return;
        };
        link.used = now;
        match &mut link.state {
            State::Opening(waiting) => waiting.push((key, bytes)),
            State::Open => {
                self.outputs.push_back(Output::Write { connection: link.id, bytes });
            }
        }
    }

    /// Closes a stream of which no more is wanted.
    pub(crate) fn close(&mut self, id: Connection) {
        self.live.retain(|link| link.id != id);
        self.outputs.push_back(Output::Close { connection: id });
    }

    /// Closes the streams to an address.
    pub(crate) fn close_to(&mut self, address: SocketAddr) {
        let to = self.live.iter().filter(|link| link.peer == address).map(|link| link.id);
        for id in to.collect::<Vec<_>>() {
            self.close(id);
        }
    }

    /// Closes what has been idle for long, unless something `is_needed` on it.
    pub(crate) fn close_idle(&mut self, now: Duration, is_needed: impl Fn(Connection) -> bool) {
        for link in self.live.iter_mut().filter(|link| link.used + IDLE <= now) {
            if is_needed(link.id) {
                link.used = now;
            } else {
                self.outputs.push_back(Output::Close { connection: link.id });
            }
        }
        self.live.retain(|link| link.used + IDLE > now);
    }

    /// The next thing for the board to do.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When a stream may have been idle for long.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.live.iter().map(|link| link.used + IDLE).min()
    }

    fn open(
        &mut self,
        now: Duration,
        stream: Stream,
        to: SocketAddr,
        first: (Option<Key>, Vec<u8>),
        demand: Demand,
    ) {
        self.opened = self.opened.wrapping_add(1) & !ACCEPTED;
        let id = Connection(self.opened);
        let (framer, state) = (Framer::default(), State::Opening(vec![first]));
        self.live.push(Link { id, stream, peer: to, framer, state, used: now });
        self.outputs.push_back(Output::Connect { connection: id, stream, to, demand });
    }
}

/// How long a stream stays open without use: longer than any transaction but an INVITE's that
/// rings, which keeps its stream open.
const IDLE: Duration = Duration::from_secs(180);
/// More than a door has visitors.
const MOST: usize = 64;
/// The bit that marks the board's numbers.
const ACCEPTED: u32 = 0x8000_0000;
