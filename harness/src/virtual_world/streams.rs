//! Connections between our ends and the device, and among our ends, in virtual time.
//!
//! There is no crypto in the virtual tier: a connection of TLS is a stream that says so. What is
//! written arrives in order and in pieces that the seed chooses.

use super::{Due, WIRE_DELAY, World, span};
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::timeline::{Datagram, Seen};
use crate::proto::transport::Hop;
use crate::run::machine::Machine;
use crate::time::Tick;
use crate::wire::sip::Framer;
use crate::wire::{ConnectionId, Transport};
use intercom::{Connection, Demand, Distrust, Stream as Kind};
use std::net::SocketAddr;
use std::time::Duration;

/// A stream, by its place in the list.
pub(super) type StreamId = usize;

/// Something that happens on a stream.
#[derive(Clone, Debug)]
pub(super) enum OnStream {
    /// The device gets to know of a stream that we open, or that one of its own is open.
    OpenAtDevice,
    /// We get to know of a stream that the device opens, or that one of ours is open.
    OpenAtHarness,
    ToDevice(Vec<u8>),
    ToHarness(Vec<u8>),
    ClosedAtDevice,
    /// The device does not speak to our end.
    DistrustedAtDevice(Distrust),
    ClosedAtHarness(&'static str),
}

/// One stream as one of our ends sees it, from when one end wants it.
#[derive(Clone, Debug)]
struct Stream {
    pco: Pco,
    /// The same as the other end sees it, where that is ours too.
    twin: Option<StreamId>,
    transport: Transport,
    ours: ConnectionId,
    theirs: Connection,
    local: SocketAddr,
    remote: SocketAddr,
    stage: Stage,
    /// Finds where messages end in what the device writes.
    framer: Framer,
    /// When the last piece arrives that is under way: none overtakes another.
    latest: Tick,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Up,
    Over,
}

/// The streams of a world.
#[derive(Clone, Debug)]
pub(super) struct Streams {
    list: Vec<Stream>,
    random: fastrand::Rng,
}

impl Streams {
    pub(super) fn new(seed: u64) -> Self {
        Self { list: Vec::new(), random: fastrand::Rng::with_seed(seed) }
    }

    fn add(&mut self, stream: Stream) -> StreamId {
        self.list.push(stream);
        self.list.len() - 1
    }

    /// The number and the port of the next stream that somebody opens.
    fn next(&self) -> (u32, u16) {
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX) + 1;
        (number, FIRST_PORT.saturating_add(u16::try_from(number).unwrap_or(u16::MAX)))
    }

    /// Cuts what was written into the pieces that arrive.
    fn pieces(&mut self, bytes: Vec<u8>) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        let mut rest = bytes;
        for _ in 0..self.random.usize(..MOST_PIECES) {
            if rest.len() < 2 {
                break;
            }
            let tail = rest.split_off(self.random.usize(1..rest.len()));
            pieces.push(std::mem::replace(&mut rest, tail));
        }
        pieces.push(rest);
        pieces
    }
}

impl World<'_> {
    /// Opens a connection of ours.
    pub(super) fn connect(&mut self, pco: Pco, ours: ConnectionId, hop: Hop) {
        let Hop { transport, remote } = hop;
        let (number, port) = self.streams.next();
        let local = SocketAddr::new(self.address(pco).ip(), port);
        let listens = self.device.is_some()
            && transport.is_stream()
            && remote == self.setup.device_at(transport);
        let theirs = Connection(ConnectionId::incoming(number).0);
        let id = self.add_stream(pco, transport, ours, theirs, local, remote);
        let secure = transport == Transport::Tls;
        let demand = self
            .device
            .as_ref()
            .filter(|_| secure)
            .map(|device| device.demand_of_clients(span(self.now)));
        let trust = demand.map_or(Ok(()), |demand| demand.judge(self.shown_by(pco).as_ref()));
        if let Some(other) = self.role_at(transport, remote) {
            self.accept_from_ours(id, other);
        } else if let Err(why) = trust
            && listens
        {
            // A client of TLS 1.3 has said all that it has to before it is judged.
            let what = OnStream::DistrustedAtDevice(why);
            self.schedule(self.now + WIRE_DELAY, Due::OnStream(id, what));
            self.schedule(self.now + WIRE_DELAY * 2, Due::OnStream(id, OnStream::OpenAtHarness));
            let alert = OnStream::ClosedAtHarness(ALERT);
            self.schedule(self.now + WIRE_DELAY * 3, Due::OnStream(id, alert));
        } else if listens {
            self.schedule(self.now + WIRE_DELAY, Due::OnStream(id, OnStream::OpenAtDevice));
            self.schedule(self.now + WIRE_DELAY * 2, Due::OnStream(id, OnStream::OpenAtHarness));
        } else {
            let refused = OnStream::ClosedAtHarness("connection refused");
            self.schedule(self.now + WIRE_DELAY * 2, Due::OnStream(id, refused));
        }
    }

    /// Opens the other end of a connection between two ends of ours.
    fn accept_from_ours(&mut self, id: StreamId, other: u16) {
        let (number, _) = self.streams.next();
        let Some(stream) = self.streams.list.get(id) else { return };
        let Stream { transport, local, remote, .. } = *stream;
        let pco = Pco::of_role(other, RolePoint::Sip);
        let ours = ConnectionId::incoming(number);
        let twin = self.add_stream(pco, transport, ours, Connection(ours.0), remote, local);
        for (one, two) in [(id, twin), (twin, id)] {
            if let Some(stream) = self.streams.list.get_mut(one) {
                stream.twin = Some(two);
            }
        }
        self.schedule(self.now + WIRE_DELAY, Due::OnStream(twin, OnStream::OpenAtHarness));
        self.schedule(self.now + WIRE_DELAY * 2, Due::OnStream(id, OnStream::OpenAtHarness));
    }

    /// The role that takes connections there.
    fn role_at(&self, transport: Transport, address: SocketAddr) -> Option<u16> {
        let mut seats = self.setup.seats.iter();
        let seat = seats.position(|seat| seat.sip_over(transport) == address);
        seat.and_then(|seat| u16::try_from(seat).ok())
    }

    /// Opens a connection of the device's.
    pub(super) fn connect_from_device(
        &mut self,
        theirs: Connection,
        kind: Kind,
        to: SocketAddr,
        demand: &Demand,
    ) {
        let transport = match kind {
            Kind::Tcp => Transport::Tcp,
            Kind::Tls => Transport::Tls,
        };
        let (number, port) = self.streams.next();
        let remote = SocketAddr::new(self.setup.device_sip.ip(), port);
        let index = self.role_at(transport, to);
        let pco = index.map_or(Pco::TEST, |index| Pco::of_role(index, RolePoint::Sip));
        let ours = ConnectionId::incoming(number);
        let id = self.add_stream(pco, transport, ours, theirs, to, remote);
        let secure = transport == Transport::Tls;
        let shown = self.shown_as_server(pco).filter(|_| secure);
        let trust = if secure { demand.judge(shown.as_ref()) } else { Ok(()) };
        let what = match (index, trust) {
            (Some(_), Err(why)) => {
                let alert = Due::OnStream(id, OnStream::ClosedAtHarness(ALERT));
                self.schedule(self.now + WIRE_DELAY * 3, alert);
                OnStream::DistrustedAtDevice(why)
            }
            (Some(_), Ok(())) => {
                let open = Due::OnStream(id, OnStream::OpenAtHarness);
                self.schedule(self.now + WIRE_DELAY, open);
                OnStream::OpenAtDevice
            }
            (None, _) => OnStream::ClosedAtDevice,
        };
        self.schedule(self.now + WIRE_DELAY * 2, Due::OnStream(id, what));
    }

    /// Writes to a connection of a point.
    pub(super) fn transmit_along(
        &mut self,
        machine: &mut Machine,
        pco: Pco,
        connection: ConnectionId,
        bytes: Vec<u8>,
    ) {
        let mut streams = self.streams.list.iter();
        let found = streams.position(|stream| stream.pco == pco && stream.ours == connection);
        let Some((id, stream)) = found.and_then(|id| Some((id, self.streams.list.get(id)?))) else {
            return;
        };
        let (local, remote) = (stream.local, stream.remote);
        match stream.twin {
            Some(twin) => self.carry(twin, bytes.clone(), OnStream::ToHarness),
            None => self.carry(id, bytes.clone(), OnStream::ToDevice),
        }
        let connection = Some(connection);
        self.record(Some(machine), pco, Seen::Sent(Datagram { local, remote, bytes, connection }));
    }

    /// Takes what the device writes.
    pub(super) fn write_from_device(&mut self, theirs: Connection, bytes: Vec<u8>) {
        if let Some(id) = self.stream_of_device(theirs) {
            self.carry(id, bytes, OnStream::ToHarness);
        }
    }

    /// Takes the end that the device makes of a stream, after what it has written.
    pub(super) fn close_from_device(&mut self, theirs: Connection) {
        let Some(id) = self.stream_of_device(theirs) else { return };
        let Some(stream) = self.streams.list.get_mut(id) else { return };
        let at = stream.latest.max(self.now + WIRE_DELAY);
        let closed = OnStream::ClosedAtHarness("closed by the other end");
        self.schedule(at, Due::OnStream(id, closed));
    }

    /// Ends every stream of the device: it has none any more.
    pub(super) fn break_streams(&mut self) {
        let of_device: Vec<bool> = self.streams.list.iter().map(|it| it.twin.is_none()).collect();
        let is_of_device = |id: StreamId| of_device.get(id).is_some_and(|it| *it);
        self.due.retain(|_, due| !matches!(due, Due::OnStream(id, _) if is_of_device(*id)));
        for id in 0..self.streams.list.len() {
            let up = self.streams.list.get(id).is_some_and(|stream| stream.stage == Stage::Up);
            if up && is_of_device(id) {
                let reset = OnStream::ClosedAtHarness("connection reset");
                self.schedule(self.now + WIRE_DELAY, Due::OnStream(id, reset));
            }
        }
    }

    pub(super) fn happen_on_stream(
        &mut self,
        machine: Option<&mut Machine>,
        id: StreamId,
        what: OnStream,
    ) {
        let now = span(self.now);
        let Some(stream) = self.streams.list.get_mut(id).filter(|it| it.stage == Stage::Up) else {
            return;
        };
        let Stream { pco, transport, ours, theirs, local, remote, .. } = *stream;
        match (what, &mut self.device) {
            (OnStream::OpenAtDevice, Some(device)) if ours.is_incoming() => {
                device.handle_connected(now, theirs);
            }
            (OnStream::OpenAtDevice, Some(device)) => {
                let kind = if transport == Transport::Tls { Kind::Tls } else { Kind::Tcp };
                device.handle_accepted(now, theirs, kind, local);
            }
            (OnStream::ToDevice(bytes), Some(device)) => device.handle_stream(now, theirs, &bytes),
            (OnStream::ClosedAtDevice, Some(device)) => {
                stream.stage = Stage::Over;
                device.handle_closed(now, theirs);
            }
            (OnStream::DistrustedAtDevice(why), Some(device)) => {
                device.handle_distrust(now, ours.is_incoming().then_some(theirs), local, &why);
            }
            (OnStream::DistrustedAtDevice(_), None) => {}
            (OnStream::OpenAtDevice | OnStream::ToDevice(_) | OnStream::ClosedAtDevice, None) => {}
            (OnStream::OpenAtHarness, _) => {
                let seen = Seen::Opened { connection: ours, transport, local, remote };
                self.record(machine, pco, seen);
            }
            (OnStream::ToHarness(bytes), _) => {
                let pieces: Vec<Vec<u8>> =
                    stream.framer.cut(&bytes).into_iter().map(<[u8]>::to_vec).collect();
                let mut machine = machine;
                for bytes in pieces {
                    let connection = Some(ours);
                    let datagram = Datagram { local, remote, bytes, connection };
                    self.record(machine.as_deref_mut(), pco, Seen::Received(datagram));
                }
            }
            (OnStream::ClosedAtHarness(why), _) => {
                stream.stage = Stage::Over;
                let seen = Seen::Closed { connection: ours, why: why.to_owned() };
                self.record(machine, pco, seen);
            }
        }
    }

    fn add_stream(
        &mut self,
        pco: Pco,
        transport: Transport,
        ours: ConnectionId,
        theirs: Connection,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> StreamId {
        let (stage, framer, latest, twin) = (Stage::Up, Framer::default(), self.now, None);
        let stream =
            Stream { pco, twin, transport, ours, theirs, local, remote, stage, framer, latest };
        self.streams.add(stream)
    }

    fn stream_of_device(&self, theirs: Connection) -> Option<StreamId> {
        let up = |stream: &Stream| stream.theirs == theirs && stream.stage == Stage::Up;
        self.streams.list.iter().rposition(up)
    }

    /// Puts bytes on their way, in pieces.
    fn carry(&mut self, id: StreamId, bytes: Vec<u8>, arrive: fn(Vec<u8>) -> OnStream) {
        for piece in self.streams.pieces(bytes) {
            let Some(stream) = self.streams.list.get_mut(id) else { return };
            let at = (stream.latest + BETWEEN).max(self.now + WIRE_DELAY);
            stream.latest = at;
            self.schedule(at, Due::OnStream(id, arrive(piece)));
        }
    }
}

/// How our end hears that the device does not speak to it.
const ALERT: &str = "TLS: the other end does not accept the certificate";
/// The first of the ports that opening ends have.
const FIRST_PORT: u16 = 49_151;
/// The most pieces in which something arrives.
const MOST_PIECES: usize = 4;
/// Between one piece and the next.
const BETWEEN: Duration = Duration::from_micros(40);
