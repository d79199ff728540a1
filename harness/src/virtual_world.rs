//! The virtual tier: the reference device's own core, in process, in virtual time.
//!
//! Nothing here reads a clock or a socket: a case of two minutes takes milliseconds, and the same
//! seed gives the same timeline to the nanosecond.

mod course;
mod forks;
mod network;
mod shown;
mod streams;

pub use forks::run_with_each;

use crate::dut::face::{Decoder, Face};
use crate::evidence::point::{Pco, Point, RolePoint, StampClock};
use crate::evidence::record::Ended;
use crate::evidence::timeline::{Datagram, Impaired, Seen, Timeline};
use crate::impair::Network;
use crate::proto::certificate::Certificate;
use crate::rig::command::Command;
use crate::run::action::Action;
use crate::run::machine::Machine;
use crate::run::setup::{Address, Setup};
use crate::scenario::program::Program;
use crate::time::Tick;
use crate::wire::IpVersion;
use course::Course;
use intercom::{Config, Defects, Device, Output, Port, ResetCause, Settings};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use streams::{OnStream, StreamId, Streams};

/// What one case left.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Everything that was seen.
    pub timeline: Timeline,
    /// How it ended.
    pub ended: Ended,
    /// How long it took, in virtual time.
    pub took: Duration,
}

/// The device of the virtual tier and what it is to be like.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The seeded defects that are switched on.
    pub defects: Defects,
    /// Command lines that bring it to its starting state.
    pub prepare: Vec<String>,
}

/// The addresses of `roles` of our ends, and of the device: of TEST-NET-2 (RFC 5737 §3), or of the
/// documentation prefix of IPv6 (RFC 3849).
pub fn setup(roles: usize, ip: IpVersion, user: &str, seed: u64) -> Setup {
    let [harness, device] = match ip {
        IpVersion::V4 => V4.map(IpAddr::V4),
        IpVersion::V6 => V6.map(IpAddr::V6),
    };
    let seat = |index| {
        let offset = u16::try_from(index).unwrap_or(0) * 2;
        Address {
            sip: SocketAddr::new(harness, 5_060 + offset),
            tls: SocketAddr::new(harness, 5_061 + offset),
            rtp: SocketAddr::new(harness, 40_000 + offset * 2),
        }
    };
    Setup {
        seats: (0..roles).map(seat).collect(),
        device_user: user.to_owned(),
        device_sip: SocketAddr::new(device, 5_060),
        device_tls: SocketAddr::new(device, 5_061),
        seed,
        began_unix: Duration::ZERO,
    }
}

/// The points of a case with `roles`: all exact.
pub fn points(program: &Program, setup: &Setup) -> Vec<Point> {
    Point::of_case(
        program
            .roles
            .iter()
            .map(|role| role.name.as_str())
            .zip(setup.seats.iter().map(|address| (address.sip, address.rtp))),
        (StampClock::Virtual, Duration::ZERO),
        (StampClock::Virtual, Duration::ZERO),
    )
}

/// Runs a program against the reference device's core.
pub fn run(
    program: &Arc<Program>,
    face: &Arc<Face>,
    setup: &Setup,
    specimen: &Specimen,
) -> Outcome {
    Course::new(program, face, setup, specimen).finish()
}

/// Something that is going to happen.
#[derive(Clone, Debug)]
enum Due {
    ToDevice {
        port: Port,
        from: SocketAddr,
        bytes: Vec<u8>,
    },
    ToHarness {
        pco: Pco,
        datagram: Datagram,
    },
    KeysToDevice(Vec<u8>),
    ConsoleToHarness(Vec<u8>),
    Emit {
        pco: Pco,
        remote: SocketAddr,
        bytes: Vec<u8>,
    },
    /// A datagram leaves the network of the bench, towards the device or towards us.
    Emerge(Pco, Impaired),
    OnStream(StreamId, OnStream),
    Boot(ResetCause),
}

#[derive(Clone, Debug)]
struct World<'a> {
    now: Tick,
    due: BTreeMap<(Tick, u64), Due>,
    order: u64,
    device: Option<Device>,
    settings: Settings,
    decoder: Decoder,
    face: &'a Face,
    setup: &'a Setup,
    specimen: &'a Specimen,
    /// What each of our ends shows of itself on TLS.
    certificates: Vec<Certificate>,
    streams: Streams,
    network: Network<Pco>,
    timeline: Timeline,
}

impl<'a> World<'a> {
    fn new(face: &'a Face, setup: &'a Setup, specimen: &'a Specimen) -> Self {
        Self {
            now: Tick::ZERO,
            due: BTreeMap::new(),
            order: 0,
            device: None,
            settings: Settings::default(),
            decoder: face.decoder(),
            face,
            setup,
            specimen,
            certificates: Vec::new(),
            streams: Streams::new(setup.seed),
            network: Network::new(setup.seed),
            timeline: Timeline::default(),
        }
    }

    /// Goes on to the next thing that is due, and lets it happen.
    fn step(&mut self, machine: Option<&mut Machine>, until: Option<Tick>) {
        self.drain_device();
        let due = self.due.keys().next().map(|(at, _)| *at);
        let device = self.device.as_ref().and_then(Device::poll_timeout).map(tick);
        let waiting = machine.as_ref().and_then(|machine| machine.poll_timeout());
        let next = [due, device, waiting, until].into_iter().flatten().min();
        self.now = next.unwrap_or(self.now + LONGEST_CASE).max(self.now);
        if let Some(device) = &mut self.device {
            device.handle_timeout(span(self.now));
        }
        self.drain_device();
        let mut machine = machine;
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let due = entry.remove();
            self.happen(machine.as_deref_mut(), due);
            self.drain_device();
        }
    }

    fn happen(&mut self, machine: Option<&mut Machine>, due: Due) {
        let now = span(self.now);
        match due {
            Due::ToDevice { port, from, bytes } => {
                if let Some(device) = &mut self.device {
                    device.handle_datagram(now, port, from, &bytes);
                }
            }
            Due::KeysToDevice(bytes) => {
                if let Some(device) = &mut self.device {
                    device.handle_console(now, &bytes);
                }
            }
            Due::Boot(cause) => self.power_on(cause),
            Due::OnStream(id, what) => self.happen_on_stream(machine, id, what),
            Due::Emit { pco, remote, bytes } => self.transmit(machine, pco, remote, bytes),
            Due::ToHarness { pco, datagram } => self.arrived(machine, pco, datagram),
            Due::Emerge(pco, impaired) => self.emerge(machine, pco, impaired),
            Due::ConsoleToHarness(bytes) => {
                let mut machine = machine;
                for line in self.decoder.push(&bytes) {
                    self.record(machine.as_deref_mut(), Pco::CONTROL, Seen::Line(line));
                }
            }
        }
    }

    fn perform(&mut self, machine: &mut Machine, action: Action) {
        match action {
            Action::Transmit { pco, remote, bytes } => {
                self.transmit(Some(machine), pco, remote, bytes);
            }
            Action::Connect { pco, connection, hop } => self.connect(pco, connection, hop),
            Action::TransmitAlong { pco, connection, bytes } => {
                self.transmit_along(machine, pco, connection, bytes);
            }
            Action::Stream { pco, remote, packets } => {
                for (offset, bytes) in packets {
                    self.schedule(self.now + offset, Due::Emit { pco, remote, bytes });
                }
            }
            Action::Silence(point) => {
                self.due.retain(|_, due| !matches!(due, Due::Emit { pco, .. } if *pco == point));
            }
            Action::Write(line) => {
                let bytes = self.face.encode(&line);
                self.record(Some(machine), Pco::CONTROL, Seen::Wrote(line));
                self.schedule(self.now + CONSOLE_DELAY, Due::KeysToDevice(bytes));
            }
            Action::Bench(command) => {
                self.bench(command);
                let words = command.words().to_owned();
                self.record(Some(machine), Pco::BENCH, Seen::Bench(words));
            }
            Action::Impair { ways, asked, words } => {
                self.network.set(&ways, asked);
                self.record(Some(machine), Pco::BENCH, Seen::Network(words));
            }
            Action::Note(seen) => self.record(Some(machine), Pco::TEST, seen),
            Action::Finish(_) => {}
        }
    }

    fn bench(&mut self, command: Command) {
        if let Some(device) = self.device.take() {
            self.settings = device.settings();
        }
        self.break_streams();
        // A start that was under way does not outlive the power.
        self.due.retain(|_, due| !matches!(due, Due::Boot(_)));
        match command {
            Command::PowerOff => {}
            Command::PowerOn | Command::Reset => {
                self.schedule(self.now + BOOT_DELAY, Due::Boot(ResetCause::PowerOn));
            }
        }
    }

    /// Whether the device runs, or is going to.
    fn has_power(&self) -> bool {
        self.device.is_some() || self.due.values().any(|due| matches!(due, Due::Boot(_)))
    }

    fn power_on(&mut self, cause: ResetCause) {
        let config = Config {
            sip: self.setup.device_sip,
            sip_tcp: Some(self.setup.device_sip),
            sip_tls: Some(self.setup.device_tls),
            rtp: SocketAddr::new(self.setup.device_sip.ip(), DEVICE_RTP),
            seed: self.setup.seed ^ self.now.as_nanos(),
            defects: self.specimen.defects.clone(),
            board: "virtual",
            cause,
            unix: Some(TODAY),
        };
        self.device = Some(Device::new(span(self.now), config, self.settings.clone()));
    }

    fn transmit(
        &mut self,
        machine: Option<&mut Machine>,
        pco: Pco,
        remote: SocketAddr,
        bytes: Vec<u8>,
    ) {
        let local = self.address(pco);
        let datagram = Datagram { local, remote, bytes, connection: None };
        // Our ends reach each other over the same wire.
        self.arrive(local, remote, &datagram.bytes);
        let mut machine = machine;
        self.record(machine.as_deref_mut(), pco, Seen::Sent(datagram.clone()));
        self.leave(machine, pco, datagram);
    }

    /// Puts a datagram of ours on the wire to the device, if it is for one of its ports.
    fn put(&mut self, datagram: &Datagram) {
        let remote = datagram.remote;
        let port = match remote.port() {
            _ if remote.ip() != self.setup.device_sip.ip() => return,
            DEVICE_RTP => Port::Rtp,
            port if port == DEVICE_RTP + 1 => Port::Rtcp,
            port if port == self.setup.device_sip.port() => Port::Sip,
            _ => return,
        };
        let due = Due::ToDevice { port, from: datagram.local, bytes: datagram.bytes.clone() };
        self.schedule(self.now + WIRE_DELAY, due);
    }

    fn drain_device(&mut self) {
        while let Some(output) = self.device.as_mut().and_then(Device::poll_output) {
            match output {
                Output::Datagram { port, to, bytes } => self.deliver(port, to, &bytes),
                Output::Connect { connection, stream, to, demand } => {
                    self.connect_from_device(connection, stream, to, &demand);
                }
                Output::Write { connection, bytes } => self.write_from_device(connection, bytes),
                Output::Close { connection } => self.close_from_device(connection),
                Output::Console(bytes) => {
                    self.schedule(self.now + CONSOLE_DELAY, Due::ConsoleToHarness(bytes));
                }
                Output::Reset(cause) => {
                    if let Some(device) = self.device.take() {
                        self.settings = device.settings();
                    }
                    self.break_streams();
                    self.schedule(self.now + BOOT_DELAY, Due::Boot(cause));
                }
            }
        }
    }

    /// Puts what the device sent on its way.
    fn deliver(&mut self, port: Port, to: SocketAddr, bytes: &[u8]) {
        let from = match port {
            Port::Sip => self.setup.device_sip,
            Port::Rtp => SocketAddr::new(self.setup.device_sip.ip(), DEVICE_RTP),
            Port::Rtcp => SocketAddr::new(self.setup.device_sip.ip(), DEVICE_RTP + 1),
        };
        self.arrive(from, to, bytes);
    }

    /// Puts a datagram on its way to the point of ours that listens there, if one does.
    fn arrive(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let points = [RolePoint::Sip, RolePoint::Rtp, RolePoint::Rtcp];
        let seats = u16::try_from(self.setup.seats.len()).unwrap_or(u16::MAX);
        let pco = (0..seats)
            .flat_map(|index| points.map(|point| Pco::of_role(index, point)))
            .find(|pco| self.address(*pco) == to);
        if let Some(pco) = pco {
            let datagram =
                Datagram { local: to, remote: from, bytes: bytes.to_vec(), connection: None };
            self.schedule(self.now + WIRE_DELAY, Due::ToHarness { pco, datagram });
        }
    }

    fn address(&self, pco: Pco) -> SocketAddr {
        let Some((index, point)) = pco.role() else { return self.setup.device_sip };
        let Some(seat) = self.setup.seats.get(usize::from(index)) else {
            return self.setup.device_sip;
        };
        seat.of(point)
    }

    fn record(&mut self, machine: Option<&mut Machine>, pco: Pco, seen: Seen) {
        let entry = self.timeline.record(self.now, pco, seen);
        if let Some(machine) = machine {
            machine.handle(self.now, entry);
        }
    }

    fn schedule(&mut self, at: Tick, due: Due) {
        self.order += 1;
        self.due.insert((at, self.order), due);
    }
}

const fn span(at: Tick) -> Duration {
    at.since(Tick::ZERO)
}

fn tick(at: Duration) -> Tick {
    Tick::ZERO + at
}

/// Our address, and the device's.
const V4: [Ipv4Addr; 2] = [Ipv4Addr::new(198, 51, 100, 1), Ipv4Addr::new(198, 51, 100, 2)];
const V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2),
];
/// Where the device receives RTP; RTCP is on the next port.
const DEVICE_RTP: u16 = 20_000;
/// The day on which cases of this tier are: seconds since 1970.
const TODAY: u64 = 1_790_000_000;
/// From one end of the wire to the other.
const WIRE_DELAY: Duration = Duration::from_micros(300);
/// A short line at 115,200 baud.
const CONSOLE_DELAY: Duration = Duration::from_millis(2);
/// From power or reset to the device's first instruction.
const BOOT_DELAY: Duration = Duration::from_millis(400);
/// Far past the longest case: a guard against a program that never ends.
const LONGEST_CASE: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests;
