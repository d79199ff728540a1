//! The loop of one case in real time: the one owner of its links, and the one writer of its timeline.

use super::bench::{Bench, CONTROL, DEVICE};
use super::clock::RunClock;
use super::link::{Inbox, LinkEvent, Stamped, StreamId};
use super::pacer::{Pacer, Stream};
use super::stream::StreamLink;
use super::udp::{UdpLink, leads_nowhere};
use super::way::{Held, Ways};
use crate::dut::event::EventKind;
use crate::dut::face::{Decoder, Face};
use crate::evidence::point::Pco;
use crate::evidence::record::Ended;
use crate::evidence::timeline::{Datagram, Entry, OVERRUN, Seen, Timeline};
use crate::rig::fault::Fault;
use crate::run::action::Action;
use crate::run::machine::Machine;
use crate::time::Tick;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Where entries go as they are recorded.
pub type Sink<'a> = Box<dyn FnMut(&Entry) -> Result<(), Fault> + 'a>;

/// One case in real time.
pub struct Dispatcher<'a> {
    clock: RunClock,
    inbox: Inbox,
    sockets: BTreeMap<Pco, UdpLink>,
    connections: BTreeMap<Pco, StreamLink>,
    pacer: Pacer,
    bench: Bench,
    face: Arc<Face>,
    decoder: Decoder,
    timeline: Timeline,
    sink: Sink<'a>,
    streams: Vec<(Pco, StreamId)>,
    ways: Ways,
    /// Whether the device is meant to have power: its end is news only then.
    powered: bool,
}

/// The links of a case.
pub struct Links {
    /// What they deliver into.
    pub inbox: Inbox,
    /// The sockets of our ends, by point.
    pub sockets: BTreeMap<Pco, UdpLink>,
    /// The listeners and connections of our ends, by point.
    pub connections: BTreeMap<Pco, StreamLink>,
    /// The paced sender.
    pub pacer: Pacer,
    /// The device.
    pub bench: Bench,
    /// The seed of what the network does to datagrams.
    pub seed: u64,
}

impl<'a> Dispatcher<'a> {
    /// A loop that has not begun.
    pub fn new(clock: RunClock, links: Links, face: Arc<Face>, sink: Sink<'a>) -> Self {
        let Links { inbox, sockets, connections, pacer, bench, seed } = links;
        let ways = Ways::new(seed, bench.addresses().sip.ip());
        let decoder = face.decoder();
        Self {
            clock,
            inbox,
            sockets,
            connections,
            pacer,
            bench,
            face,
            decoder,
            timeline: Timeline::default(),
            sink,
            streams: Vec::new(),
            ways,
            powered: false,
        }
    }

    /// What has been recorded.
    pub fn into_parts(self) -> (Timeline, Bench, Pacer) {
        (self.timeline, self.bench, self.pacer)
    }

    /// The device.
    pub const fn bench(&self) -> &Bench {
        &self.bench
    }

    /// Puts the device under power and waits until it tells that it has booted. A device that has
    /// its power from elsewhere is on already.
    ///
    /// # Errors
    ///
    /// It does not start, or does not tell within `patience`.
    pub async fn boot(&mut self, patience: Duration) -> Result<(), Fault> {
        let at = self.bench.power_on().await?;
        self.powered = true;
        if !self.bench.has_switch() {
            return Ok(());
        }
        self.record(at, Pco::BENCH, Seen::Bench("power on".to_owned()))?;
        if !self.face.tells(EventKind::Booted) {
            return Ok(());
        }
        let until = self.clock.now() + patience;
        let mut seen = 0;
        loop {
            let entries = self.timeline.entries().iter().skip(seen);
            let booted = |entry: &Entry| {
                matches!(&entry.seen, Seen::Line(line)
                    if self.face.events(line).iter().any(|event| event.kind == EventKind::Booted))
            };
            if entries.clone().any(booted) {
                return Ok(());
            }
            if let Some(Seen::Died(how)) = entries.map(|entry| &entry.seen).find(|seen| died(seen))
            {
                let remedy = "see device.err in the folder of the run";
                return Err(Fault::new("device", "boot the device", how, remedy));
            }
            seen = self.timeline.entries().len();
            if !self.turn(None, Some(until)).await? && self.clock.now() >= until {
                return Err(Fault::new(
                    "control",
                    "see the device boot",
                    format!("no line told `booted` for {} s", patience.as_secs()),
                    "is the board powered, and the console wired to the right port?",
                ));
            }
        }
    }

    /// Cuts the device's power.
    ///
    /// # Errors
    ///
    /// There is no switch.
    pub async fn cut(&mut self) -> Result<(), Fault> {
        self.powered = false;
        self.bench.power_off().await.map(drop)
    }

    /// Puts a virtual board under power in a saved state.
    ///
    /// # Errors
    ///
    /// The state does not fit the board.
    pub async fn restore(&mut self, state: &Path) -> Result<(), Fault> {
        let at = self.bench.restore(state).await?;
        self.powered = true;
        self.record(at, Pco::BENCH, Seen::Bench("power on, state restored".to_owned()))
    }

    /// Writes command lines, each when the device has answered the one before.
    ///
    /// # Errors
    ///
    /// The control face is gone, or the device refuses a line or does not answer it.
    pub async fn prepare(&mut self, lines: &[String]) -> Result<(), Fault> {
        for line in lines {
            let fault = |cause: &str| {
                let remedy = "see `prepare` in rig.yaml, and the console log";
                Fault::new("control", format!("prepare the device by `{line}`"), cause, remedy)
            };
            let mut seen = self.timeline.entries().len();
            self.write(None, line.clone()).await?;
            let until = self.clock.now() + PATIENCE;
            while self.face.tells(EventKind::Done) {
                let told = self.timeline.entries().iter().skip(seen).find_map(|entry| {
                    let Seen::Line(line) = &entry.seen else { return None };
                    let mut kinds = self.face.events(line).into_iter().map(|event| event.kind);
                    kinds.find(|kind| matches!(kind, EventKind::Done | EventKind::Refused))
                });
                match told {
                    Some(EventKind::Refused) => return Err(fault("the device refuses it")),
                    Some(_) => break,
                    None if self.clock.now() >= until => {
                        return Err(fault("the device does not answer"));
                    }
                    None => seen = self.timeline.entries().len(),
                }
                self.turn(None, Some(until)).await?;
            }
        }
        Ok(())
    }

    /// Runs the machine to its end.
    pub async fn run(&mut self, machine: &mut Machine, stop: &mut watch::Receiver<bool>) -> Ended {
        match self.run_guarded(machine, stop).await {
            Ok(ended) => ended,
            Err(fault) => {
                let words = format!("cannot {fault}");
                // Where not even this can be recorded, the ending still says it.
                let _recorded =
                    self.record(self.clock.now(), Pco::TEST, Seen::Fault(words.clone()));
                Ended::Fault(words)
            }
        }
    }

    async fn run_guarded(
        &mut self,
        machine: &mut Machine,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Ended, Fault> {
        loop {
            loop {
                match machine.poll_action(self.clock.now()) {
                    Some(Action::Finish(ended)) => return Ok(ended),
                    Some(action) => self.perform(machine, action).await?,
                    None => break,
                }
            }
            let until = machine.poll_timeout();
            tokio::select! {
                turned = self.turn(Some(machine), until) => { turned?; }
                _ = stop.wait_for(|stop| *stop) => return Ok(Ended::Interrupted),
            }
        }
    }

    /// Waits for one event or until an instant. Returns whether there was an event.
    async fn turn(
        &mut self,
        machine: Option<&mut Machine>,
        until: Option<Tick>,
    ) -> Result<bool, Fault> {
        let until = until.into_iter().chain(self.ways.poll_timeout()).min();
        let rest = until.map_or(IDLE, |until| until.since(self.clock.now()));
        let event = tokio::select! {
            biased;
            event = self.inbox.recv() => event,
            () = sleep(rest) => None,
        };
        match event {
            Some(event) => {
                let mut machine = machine;
                self.take(machine.as_deref_mut(), event)?;
                self.release(machine)?;
                Ok(true)
            }
            None => self.release(machine),
        }
    }

    /// Lets go what the network holds and is due. Returns whether there was anything.
    fn release(&mut self, mut machine: Option<&mut Machine>) -> Result<bool, Fault> {
        let mut any = false;
        while let Some((due, pco, held)) = self.ways.poll(self.clock.now()) {
            any = true;
            let (at, seen) = match held {
                Held::Given(seen) => (due, seen),
                Held::Emerging { entered, datagram, copies } => {
                    let Some(socket) = self.sockets.get(&pco) else { continue };
                    match self.send(socket, &datagram)? {
                        Ok(at) => (at, Ways::emerged(at, entered, datagram, copies)),
                        Err(unreachable) => (self.clock.now(), unreachable),
                    }
                }
            };
            self.record_for(machine.as_deref_mut(), at, pco, seen)?;
        }
        Ok(any)
    }

    fn take(
        &mut self,
        mut machine: Option<&mut Machine>,
        event: Stamped<LinkEvent>,
    ) -> Result<(), Fault> {
        let Stamped { at, what } = event;
        let (pco, seen) = match what {
            LinkEvent::Datagram { link, local, remote, bytes, clock: _ } => {
                let datagram = Datagram { local, remote, bytes, connection: None };
                (Pco(link.0), self.ways.arrived(at, Pco(link.0), datagram))
            }
            LinkEvent::Sent { link, remote, bytes } => {
                let pco = Pco(link.0);
                let local = self.sockets.get(&pco).map_or(remote, UdpLink::local);
                let datagram = Datagram { local, remote, bytes, connection: None };
                (pco, self.ways.sent(at, pco, datagram))
            }
            LinkEvent::Bytes { link: _, bytes } => {
                for line in self.decoder.push(&bytes) {
                    self.record_for(machine.as_deref_mut(), at, Pco::CONTROL, Seen::Line(line))?;
                }
                return Ok(());
            }
            LinkEvent::StreamOpened { link, connection, transport, local, remote } => {
                let pco = Pco(link.0);
                if let Some(streams) = self.connections.get_mut(&pco) {
                    streams.opened(connection, local, remote);
                }
                (pco, Seen::Opened { connection, transport, local, remote })
            }
            LinkEvent::StreamBytes { link, connection, local, remote, bytes } => {
                let pco = Pco(link.0);
                let Some(streams) = self.connections.get_mut(&pco) else { return Ok(()) };
                for bytes in streams.cut(connection, &bytes) {
                    let connection = Some(connection);
                    let seen = Seen::Received(Datagram { local, remote, bytes, connection });
                    self.record_for(machine.as_deref_mut(), at, pco, seen)?;
                }
                return Ok(());
            }
            LinkEvent::StreamClosed { link, connection, why } => {
                let pco = Pco(link.0);
                if let Some(streams) = self.connections.get_mut(&pco) {
                    streams.forget(connection);
                }
                (pco, Seen::Closed { connection, why })
            }
            LinkEvent::StreamDone { stream, .. } => {
                self.streams.retain(|(_, id)| *id != stream);
                return Ok(());
            }
            // It goes on here, up to the boundary of the case.
            LinkEvent::Broken { words } => resume_unwind(Box::new(words)),
            LinkEvent::Stall { span } => (Pco::BENCH, Seen::Stall(span)),
            LinkEvent::Unreachable { link, remote, why } => {
                (Pco(link.0), Seen::Unreachable(remote, why))
            }
            LinkEvent::Overrun { link, lost } => {
                let words = format!("{lost} {OVERRUN}");
                (Pco(link.0), Seen::Fault(words))
            }
            LinkEvent::Unsent { link, remote, why } if self.is_elsewhere(remote) => {
                (Pco(link.0), Seen::Unreachable(remote, why))
            }
            LinkEvent::Unsent { link, remote, why } => {
                (Pco(link.0), Seen::Fault(format!("a packet to {remote} was not sent: {why}")))
            }
            LinkEvent::Closed { link: CONTROL, why } if self.powered => {
                (Pco::BENCH, Seen::Died(format!("the control face closed: {why}")))
            }
            LinkEvent::Exited { link: DEVICE, status } if self.powered => {
                (Pco::BENCH, Seen::Died(status))
            }
            LinkEvent::Closed { link: DEVICE | CONTROL, .. } | LinkEvent::Exited { .. } => {
                return Ok(());
            }
            LinkEvent::Closed { link, why } => {
                let doing = format!("listen on the socket of point {}", link.0);
                return Err(Fault::new("network", doing, why, "is its interface still there?"));
            }
        };
        self.record_for(machine, at, pco, seen)
    }

    /// Whether the rig does not name that address: then the device did, in its description, say, or its Contact,
    /// and that nothing leads there is no fault of the bench.
    fn is_elsewhere(&self, remote: SocketAddr) -> bool {
        remote.port() == 0 || remote.ip() != self.bench.addresses().sip.ip()
    }

    /// Sends a datagram and returns when, or what is seen where nothing leads to an address that the device named.
    fn send(&self, socket: &UdpLink, datagram: &Datagram) -> Result<Result<Tick, Seen>, Fault> {
        let remote = datagram.remote;
        match socket.send(remote, &datagram.bytes) {
            Ok(at) => Ok(Ok(at)),
            Err(error) if self.is_elsewhere(remote) && leads_nowhere(&error) => {
                Ok(Err(Seen::Unreachable(remote, error.to_string())))
            }
            Err(error) => Err(socket.fault(remote, error)),
        }
    }

    async fn perform(&mut self, machine: &mut Machine, action: Action) -> Result<(), Fault> {
        match action {
            Action::Transmit { pco, remote, bytes } => {
                let Some(socket) = self.sockets.get(&pco) else { return Ok(()) };
                let datagram = Datagram { local: socket.local(), remote, bytes, connection: None };
                let now = self.clock.now();
                let sent = if self.ways.enter(now, pco, &datagram) {
                    Ok(now)
                } else {
                    self.send(socket, &datagram)?
                };
                let (at, seen) = match sent {
                    Ok(at) => (at, Seen::Sent(datagram)),
                    Err(unreachable) => (now, unreachable),
                };
                self.record_for(Some(machine), at, pco, seen)?;
                self.release(Some(machine)).map(drop)
            }
            Action::Connect { pco, connection, hop } => {
                if let Some(streams) = self.connections.get_mut(&pco) {
                    streams.connect(connection, hop);
                }
                Ok(())
            }
            Action::TransmitAlong { pco, connection, bytes } => {
                let Some(streams) = self.connections.get(&pco) else { return Ok(()) };
                let Some((local, remote)) = streams.ends(connection) else { return Ok(()) };
                let Some(at) = streams.write(connection, &bytes)? else { return Ok(()) };
                let connection = Some(connection);
                let seen = Seen::Sent(Datagram { local, remote, bytes, connection });
                self.record_for(Some(machine), at, pco, seen)
            }
            Action::Stream { pco, remote, packets } => {
                let Some(socket) = self.sockets.get(&pco) else { return Ok(()) };
                let id = StreamId(u32::try_from(self.timeline.entries().len()).unwrap_or(u32::MAX));
                let start = self.clock.now() + LEAD;
                let packets = self.ways.stream(start, pco, (socket.local(), remote), packets);
                self.streams.push((pco, id));
                self.pacer.play(Stream { id, socket: socket.paced(), remote, start, packets });
                Ok(())
            }
            Action::Silence(pco) => {
                self.ways.silence(pco);
                for (_, id) in self.streams.extract_if(.., |(point, _)| *point == pco) {
                    self.pacer.stop(id);
                }
                Ok(())
            }
            Action::Write(line) => self.write(Some(machine), line).await,
            Action::Bench(command) => {
                self.powered = false;
                let at = self.bench.perform(command).await?;
                self.powered = command != crate::rig::command::Command::PowerOff;
                let seen = Seen::Bench(command.words().to_owned());
                self.record_for(Some(machine), at, Pco::BENCH, seen)
            }
            Action::Impair { ways, asked, words } => {
                self.ways.set(&ways, asked);
                let now = self.clock.now();
                self.record_for(Some(machine), now, Pco::BENCH, Seen::Network(words))
            }
            Action::Note(seen) => {
                let now = self.clock.now();
                self.record_for(Some(machine), now, Pco::TEST, seen)
            }
            Action::Finish(_) => Ok(()),
        }
    }

    async fn write(&mut self, machine: Option<&mut Machine>, line: String) -> Result<(), Fault> {
        let at = self.bench.write(&self.face.encode(&line)).await?;
        self.record_for(machine, at, Pco::CONTROL, Seen::Wrote(line))
    }

    fn record(&mut self, at: Tick, pco: Pco, seen: Seen) -> Result<(), Fault> {
        self.record_for(None, at, pco, seen)
    }

    /// Records first, then lets the machine react.
    fn record_for(
        &mut self,
        machine: Option<&mut Machine>,
        at: Tick,
        pco: Pco,
        seen: Seen,
    ) -> Result<(), Fault> {
        let entry = self.timeline.record(at, pco, seen);
        (self.sink)(entry)?;
        if let Some(machine) = machine {
            machine.handle(self.clock.now(), entry);
        }
        Ok(())
    }
}

fn died(seen: &Seen) -> bool {
    matches!(seen, Seen::Died(_))
}

/// How far ahead of its first packet a stream is handed to the paced sender.
const LEAD: Duration = Duration::from_millis(10);
/// How long the device may take to answer a line that prepares it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait where nothing is due.
const IDLE: Duration = Duration::from_secs(3_600);
