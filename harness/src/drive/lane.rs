//! One device on one rig, and the cases that run on it one after the other.

pub mod probe;

use super::bench::{Bench, BenchSpec, tap_address};
use super::calibrate::calibrate;
use super::canary::Canary;
use super::clock::RunClock;
use super::dispatcher::{Dispatcher, Links, Sink};
use super::janitor::Janitor;
use super::link::{LinkId, StampClock as LinkClock, channel};
use super::netns::{self, Tap};
use super::pacer::Pacer;
use super::pki::{DeviceFiles, Pki};
use super::project::{LoadedRig, Mistake, Project};
use super::qemu::Accelerator;
use super::spread::Spread as Measured;
use super::store::{CaseFiles, StoreError};
use super::stream::StreamLink;
use super::task::contained_async;
use super::udp::UdpLink;
use crate::campaign::names::names;
use crate::campaign::plan::Planned;
use crate::evidence::point::{Pco, Point, RolePoint, StampClock};
use crate::evidence::record::{Calibration, CaseRecord, Ended, Spread, Tier};
use crate::evidence::timeline::Timeline;
use crate::proto::certificate::Certificate;
use crate::rig::fault::Fault;
use crate::rig::profile::ControlLink;
use crate::run::boundary::contained;
use crate::run::machine::Machine;
use crate::run::setup::{Address, Setup};
use crate::scenario::names::Names;
use crate::scenario::program::Program;
use crate::scenario::{self, Context};
use crate::time::Tick;
use crate::wire::IpVersion;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// One device on one rig, for the length of a run.
#[derive(Debug)]
pub struct Lane {
    /// Its number among the lanes of the run, from 0.
    number: usize,
    rig: LoadedRig,
    clock: RunClock,
    network: (StampClock, Duration),
    control: Duration,
    /// By how much each packet of media was sent late, in all cases of the run.
    errors: Arc<Mutex<Vec<Duration>>>,
    calibration: Calibration,
    tap: Option<Tap>,
    accelerator: Accelerator,
    /// What executes the instructions of a virtual board, in words.
    board: Option<String>,
    /// The state of the virtual board after its first boot.
    state: Option<PathBuf>,
    pki: Pki,
    device_files: DeviceFiles,
    folder: PathBuf,
    janitor: Arc<Mutex<Janitor>>,
    defects: Vec<String>,
    seed: u64,
}

/// One case that was run.
#[derive(Debug)]
pub struct Executed {
    /// Its record.
    pub record: CaseRecord,
    /// What ran.
    pub program: Program,
    /// What was seen.
    pub timeline: Timeline,
}

/// Why a case could not even begin.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The scenario does not compile with this device's values.
    #[error(transparent)]
    Author(#[from] Mistake),
    /// The evidence can't be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Lane {
    /// Measures the bench, and wires up what all cases share.
    ///
    /// Also returns what a run that was killed had left over and was cleared up.
    ///
    /// # Errors
    ///
    /// A part of the bench does not work.
    pub async fn start(
        rig: LoadedRig,
        reports: &Path,
        defects: Vec<String>,
        seed: u64,
    ) -> Result<(Self, Vec<String>), Fault> {
        let (mut janitor, cleared) = Janitor::start(reports)?;
        let folder = reports.join(format!(".work-{}", std::process::id()));
        let clock = RunClock::start();
        let folder_fault = |error| {
            let doing = format!("create {}", folder.display());
            Fault::new("reports", doing, error, "is the folder writable?")
        };
        fs::create_dir_all(&folder).map_err(folder_fault)?;
        let folder = fs::canonicalize(&folder).map_err(folder_fault)?;
        janitor.own_path(&folder)?;
        let measured = calibrate(clock).await?;
        let network = match measured.clock {
            LinkClock::Kernel => StampClock::Kernel,
            LinkClock::User => StampClock::User,
        };
        let control = rig.profile.control_uncertainty;
        let control =
            control.or_else(|| rig.profile.control.as_ref().map(ControlLink::uncertainty));
        let tap = match (rig.profile.tier, tap_address(&rig.profile)) {
            (Tier::Qemu, Some(address)) => Some(Tap::up("ringtrue0", address, PREFIX)?),
            _ => None,
        };
        let ends = rig.profile.network.iter().flat_map(|network| {
            [IpVersion::V4, IpVersion::V6].into_iter().filter_map(|ip| network.ends(ip))
        });
        let (ours, theirs): (Vec<_>, Vec<_>) = ends.map(|[ours, theirs]| (ours, theirs)).unzip();
        let (pki, device_files) = Pki::make(&folder, &ours, &theirs, clock.unix(Tick::ZERO))?;
        let mut lane = Self {
            number: 0,
            rig,
            clock,
            network: (network, measured.stamping.p99),
            control: control.map(crate::time::Span::duration).unwrap_or_default(),
            errors: Arc::default(),
            calibration: Calibration {
                pacing: Some(spread(&measured.pacing.late())),
                stamping: Some(spread(&measured.stamping)),
                scheduling: Some(measured.pacing.scheduling.name()),
                sending: None,
            },
            tap,
            accelerator: Accelerator::Tcg,
            board: None,
            state: None,
            pki,
            device_files,
            folder,
            janitor: Arc::new(Mutex::new(janitor)),
            defects,
            seed,
        };
        if lane.rig.profile.image.is_some() {
            lane.board = Some(lane.choose_accelerator().await);
        }
        Ok((lane, cleared))
    }

    /// Another lane of the same run, with a device of its own: call [`Self::settle`] on the thread
    /// that it is for.
    #[must_use]
    pub fn beside(&self, number: usize) -> Self {
        Self {
            number,
            rig: self.rig.clone(),
            clock: self.clock,
            network: self.network,
            control: self.control,
            errors: Arc::clone(&self.errors),
            calibration: self.calibration.clone(),
            tap: self.tap.clone(),
            accelerator: self.accelerator,
            board: self.board.clone(),
            state: None,
            pki: self.pki.clone(),
            device_files: self.device_files.clone(),
            folder: self.folder.clone(),
            janitor: Arc::clone(&self.janitor),
            defects: self.defects.clone(),
            seed: self.seed,
        }
    }

    /// Gives the lane a network of its own where its device is a virtual board: all boards have the
    /// address that the rig says. It is the network of the thread that calls this, and of what that
    /// thread starts afterwards.
    ///
    /// # Errors
    ///
    /// The machine has no more namespaces or TAP interfaces to give.
    pub fn settle(&mut self) -> Result<(), Fault> {
        if let Some(shared) = &self.tap {
            netns::ensure_for_thread()?;
            self.tap = Some(Tap::up(shared.name(), shared.address(), PREFIX)?);
        }
        Ok(())
    }

    /// Its number among the lanes of the run, from 0.
    pub const fn number(&self) -> usize {
        self.number
    }

    /// What executes the instructions of the device, in words, where it is a virtual board.
    pub fn board(&self) -> Option<&str> {
        self.board.as_deref()
    }

    /// The errors of the bench itself.
    pub const fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// How late media were sent, in all cases of all lanes so far; `None` where none were.
    pub fn sending(&self) -> Option<Spread> {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        spread_of(&errors)
    }

    /// The wall clock at tick zero, in nanoseconds since 1970.
    pub fn started_unix_ns(&self) -> u64 {
        u64::try_from(self.clock.unix(Tick::ZERO).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Runs one case on a fresh device.
    ///
    /// `begin` opens the evidence of the case once its record is known. A bench that fails, and a
    /// case that is interrupted, are endings of the case and not errors.
    ///
    /// # Errors
    ///
    /// The scenario does not compile, or the evidence can't be written.
    pub async fn execute(
        &mut self,
        planned: &Planned,
        project: &Project,
        stop: &mut watch::Receiver<bool>,
        begin: &mut dyn FnMut(&CaseRecord) -> Result<CaseFiles, StoreError>,
    ) -> Result<(Executed, CaseFiles), LaneError> {
        let started = self.clock.now();
        let (feed, inbox) = channel();
        let seed = self.seed ^ fnv(planned.label().as_bytes());
        let wired = contained(|| self.wire(planned, inbox, &feed, seed));
        let wired =
            wired.map_err(Ended::Panic).and_then(|wired| wired.map_err(|cause| faulted(&cause)));
        let setup = if let Ok((_, setup)) = &wired {
            setup.clone()
        } else {
            // Addresses that stand for those that could not be had; nothing is sent to them.
            let (roles, ip) = (planned.roles.len(), planned.ip_version());
            crate::virtual_world::setup(roles, ip, &self.rig.device.profile.user, seed)
        };
        let names = names(&setup, planned, &self.rig.device.profile);
        let program = compile(planned, project, &names)?;
        let wired = wired.and_then(|wired| self.check_stand_ins(&program).map(|()| wired));
        let mut record = CaseRecord {
            execution: planned.execution.clone(),
            repeat: planned.repeat,
            scenario: planned.scenario.clone(),
            folder: folder_of(&planned.label()),
            values: planned.values.clone(),
            names,
            points: self.points(&program, &setup),
            started_unix_ns: self.started_unix_ns(),
            took: Duration::ZERO,
            sending: None,
            ended: Ended::Interrupted,
        };
        let mut files = begin(&record)?;
        let canary = Canary::start(self.clock, STALL, feed).map_err(|cause| faulted(&cause));
        let (ended, timeline, errors) = match wired.and_then(|wired| Ok((wired, canary?))) {
            Err(ended) => (ended, Timeline::default(), Vec::new()),
            Ok(((links, setup), _canary)) => {
                let sink = Box::new(|entry: &_| {
                    let kept = files.append(std::slice::from_ref(entry));
                    kept.map_err(|error| {
                        let remedy = "evidence is the product: is there room on the disk?";
                        Fault::new("evidence", "record what was seen", error, remedy)
                    })
                });
                self.drive(&program, links, setup, stop, sink).await
            }
        };
        record.took = self.clock.now().since(started);
        record.ended = ended;
        record.sending = spread_of(&errors);
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).extend(errors);
        Ok((Executed { record, program, timeline }, files))
    }

    /// Runs a program on a device that is off, and leaves it off, by whatever end the case comes to.
    async fn drive(
        &mut self,
        program: &Program,
        links: Links,
        setup: Setup,
        stop: &mut watch::Receiver<bool>,
        sink: Sink<'_>,
    ) -> (Ended, Timeline, Vec<Duration>) {
        let face = Arc::clone(&self.rig.device.face);
        let mut dispatcher = Dispatcher::new(self.clock, links, Arc::clone(&face), sink);
        let ended = contained_async(async {
            let ready = tokio::select! {
                ready = self.make_ready(&mut dispatcher) => ready,
                _ = stop.wait_for(|stop| *stop) => return Ended::Interrupted,
            };
            if let Err(cause) = ready {
                return faulted(&cause);
            }
            let mut machine = Machine::new(Arc::new(program.clone()), face, setup);
            dispatcher.run(&mut machine, stop).await
        });
        let ended = ended.await.unwrap_or_else(Ended::Panic);
        let (timeline, mut bench, pacer) = dispatcher.into_parts();
        let closed = timeout(CLOSING, async {
            // A device that only a hand can switch stays on.
            let _off = bench.power_off().await;
            // A pacer that broke down has told so by an event.
            pacer.pacing().await.map(|pacing| pacing.errors).unwrap_or_default()
        });
        match (closed.await, ended) {
            (Ok(errors), ended) => (ended, timeline, errors),
            (Err(_), ended @ (Ended::Panic(_) | Ended::Fault(_))) => (ended, timeline, Vec::new()),
            (Err(_), _) => (faulted(&still_on()), timeline, Vec::new()),
        }
    }

    /// Brings the device up as it is fresh from its box, with the rig's settings.
    async fn make_ready(&mut self, dispatcher: &mut Dispatcher<'_>) -> Result<(), Fault> {
        if let Some(state) = &self.state {
            dispatcher.restore(state).await?;
            return self.own(dispatcher);
        }
        dispatcher.boot(self.rig.profile.boot.duration()).await?;
        self.own(dispatcher)?;
        dispatcher.prepare(&self.rig.profile.prepare).await?;
        let state = self.folder.join(format!("booted-{}.state", self.number));
        if dispatcher.bench().save(&state).await? {
            self.state = Some(state);
        }
        Ok(())
    }

    fn own(&self, dispatcher: &Dispatcher<'_>) -> Result<(), Fault> {
        let mut janitor = self.janitor.lock().unwrap_or_else(PoisonError::into_inner);
        dispatcher.bench().pid().map_or(Ok(()), |pid| janitor.own_process(pid))
    }

    fn wire(
        &self,
        planned: &Planned,
        inbox: super::link::Inbox,
        feed: &super::link::Feed,
        seed: u64,
    ) -> Result<(Links, Setup), Fault> {
        let Some(network) = &self.rig.profile.network else {
            let remedy = "add `network: { harness: …, device: … }` to rig.yaml";
            return Err(Fault::new("rig", "find our own address", "there is no `network`", remedy));
        };
        let pacer = Pacer::start(self.clock, feed.clone())?;
        let mut sockets = BTreeMap::new();
        let mut seats = Vec::new();
        let Some([ours, _]) = network.ends(planned.ip_version()) else {
            let remedy = "add `ipv6: { harness: …, device: … }` to `network` in rig.yaml";
            return Err(Fault::new("rig", "find our own address", "there is no IPv6", remedy));
        };
        let mut connections = BTreeMap::new();
        for ((index, role), &shown) in (0_u16..).zip(&planned.roles).zip(&planned.certificates) {
            if let Some(&sip) = self.rig.profile.stand_ins.get(role) {
                let tls = SocketAddr::new(sip.ip(), sip.port().saturating_add(1));
                seats.push(Address { sip, tls, rtp: sip });
                continue;
            }
            let pco = |point| Pco::of_role(index, point);
            let link = |point| LinkId(pco(point).0);
            let (sip, streams) =
                self.signalling(link(RolePoint::Sip), (role, shown), ours, feed)?;
            let [media, reports] = UdpLink::bind_rtp(
                [link(RolePoint::Rtp), link(RolePoint::Rtcp)],
                &format!("{role}.rtp"),
                ours,
                self.clock,
                feed,
            )?;
            seats.push(Address { sip: sip.local(), tls: streams.tls(), rtp: media.local() });
            connections.insert(pco(RolePoint::Sip), streams);
            sockets.insert(pco(RolePoint::Sip), sip);
            sockets.insert(pco(RolePoint::Rtp), media);
            sockets.insert(pco(RolePoint::Rtcp), reports);
        }
        let folder = self.folder.join(folder_of(&planned.label()));
        let spec = self.bench_spec(folder, planned.ip_version(), seed);
        let bench = Bench::new(spec, self.clock, feed.clone())?;
        let device = bench.addresses();
        let setup = Setup {
            seats,
            device_user: self.rig.device.profile.user.clone(),
            device_sip: device.sip,
            device_tls: device.tls,
            seed,
            began_unix: self.clock.unix(Tick::ZERO),
        };
        Ok((Links { inbox, sockets, connections, pacer, bench, seed }, setup))
    }

    /// Whether the case leaves alone what the bench plays: nothing is seen there, and nothing said.
    fn check_stand_ins(&self, program: &Program) -> Result<(), Ended> {
        let played = program.acting().into_iter().find_map(|(role, step)| {
            let role = &program.roles.get(usize::from(role.0))?.name;
            self.rig.profile.stand_ins.contains_key(role).then_some((role, step))
        });
        let Some((role, step)) = played else { return Ok(()) };
        let doing = format!("play `{}`", step.text);
        let cause = format!("the bench plays `{role}`");
        let remedy = "take it out of `stand-ins` in rig.yaml, or leave the case out";
        Err(faulted(&Fault::new("rig", doing, cause, remedy)))
    }

    /// The sockets of a role's signalling: UDP and TCP at one port, and TLS.
    fn signalling(
        &self,
        link: LinkId,
        (role, shown): (&str, Certificate),
        address: IpAddr,
        feed: &super::link::Feed,
    ) -> Result<(UdpLink, StreamLink), Fault> {
        let name = format!("{role}.sip");
        let identity = self.pki.identity(shown);
        let identity = identity.ok_or_else(|| {
            let cause = "the test PKI has none";
            Fault::new(name.as_str(), "show a certificate", cause, "report this as a defect")
        })?;
        let mut tried = 0;
        loop {
            tried += 1;
            let any = SocketAddr::new(address, 0);
            let sip = UdpLink::bind(link, &name, any, self.clock, feed.clone())?;
            let (identity, feed) = (identity.clone(), feed.clone());
            match StreamLink::bind(link, &name, sip.local(), identity, self.clock, feed) {
                Ok(streams) => return Ok((sip, streams)),
                // The kernel gave a port for UDP that TCP has in use.
                Err(_) if tried < PORTS_TRIED => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    fn bench_spec(&self, folder: PathBuf, ip: IpVersion, seed: u64) -> BenchSpec {
        BenchSpec {
            profile: self.rig.profile.clone(),
            here: self.rig.here.clone(),
            folder,
            defects: self.defects.clone(),
            seed,
            ip,
            pki: self.device_files.clone(),
            tap: self.tap.clone(),
            accelerator: self.accelerator,
        }
    }

    fn points(&self, program: &Program, setup: &Setup) -> Vec<Point> {
        let roles = program.roles.iter().map(|role| role.name.as_str());
        let sockets = setup.seats.iter().map(|seat| (seat.sip, seat.rtp));
        Point::of_case(roles.zip(sockets), self.network, (StampClock::User, self.control))
    }
}

/// Compiles an execution with the values of a run.
///
/// # Errors
///
/// What the compiler found, as it prints it.
pub fn compile(
    planned: &Planned,
    project: &Project,
    names: &BTreeMap<String, String>,
) -> Result<Program, Mistake> {
    let Some(source) = project.source(&planned.scenario) else {
        return Err(Mistake::new(&planned.scenario, "it is not in the suite"));
    };
    let include = |path: &str| project.source(path);
    let message = |path: &str| project.message(path);
    let context = Context {
        catalogue: &project.catalogue,
        includes: &include,
        messages: &message,
        defects: None,
        names: Names::of(names.clone()),
    };
    let (program, diagnostics) = scenario::compile(&source, &planned.values, &context);
    program.ok_or_else(|| {
        let text = scenario::diagnostic::render(&diagnostics, scenario::diagnostic::Style::Plain);
        Mistake::new(&planned.scenario, format!("it does not compile\n{text}"))
    })
}

/// The SHA-256 of the files that make up the firmware of the device on a rig.
///
/// # Errors
///
/// One of them can't be read.
pub fn firmware(rig: &LoadedRig) -> Result<BTreeMap<String, String>, Fault> {
    let mut files: Vec<PathBuf> = Vec::new();
    if let Some(process) = &rig.profile.process {
        let target = std::env::current_exe().ok();
        let target = target.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
        let fill = |text: &String| text.replace("{target}", &target.display().to_string());
        files.extend(process.firmware.iter().map(|path| rig.here.join(fill(path))));
    }
    if let Some(image) = &rig.profile.image {
        let manifest = rig.here.join(&image.manifest);
        files.extend(["vmlinux", "initramfs.gz"].map(|name| manifest.with_file_name(name)));
    }
    files
        .iter()
        .map(|path| {
            let bytes = fs::read(path).map_err(|error| {
                let doing = format!("read the firmware {}", path.display());
                Fault::new("device", doing, error, "build it: ci/demo does")
            })?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, hexadecimal(&Sha256::digest(&bytes))))
        })
        .collect()
}

/// The name of a case's folder: its label, with what a file system could mistake replaced.
pub fn folder_of(label: &str) -> String {
    let mut name = String::from("cases/");
    for c in label.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '=' | ',' => name.push(c),
            '[' => name.push('@'),
            ']' => {}
            '#' => name.push('~'),
            other => {
                // Writing to a string does not fail.
                let _ = write!(name, "%{:02X}", u32::from(other));
            }
        }
    }
    name
}

/// FNV-1a: spreads ids over seeds, the same on every machine.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The fault of a bench that does not come to rest after a case.
fn still_on() -> Fault {
    Fault::new(
        "bench",
        "end the device and the media of the case",
        format!("it took longer than {} s", CLOSING.as_secs()),
        "does the kernel hold the process? `ps` shows state D then",
    )
}

fn faulted(cause: &Fault) -> Ended {
    Ended::Fault(format!("cannot {cause}"))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn spread_of(errors: &[Duration]) -> Option<Spread> {
    (!errors.is_empty()).then(|| spread(&Measured::of(errors)))
}

fn spread(measured: &Measured) -> Spread {
    let nanos = |span: Duration| i64::try_from(span.as_nanos()).unwrap_or(i64::MAX);
    Spread {
        count: u64::try_from(measured.count).unwrap_or(u64::MAX),
        p50: nanos(measured.p50),
        p99: nanos(measured.p99),
        p999: Some(nanos(measured.p999)),
        max: nanos(measured.max),
    }
}

/// The network of a virtual board and us, in bits.
const PREFIX: u8 = 24;
/// How often a port is looked for that is free for UDP and TCP alike.
const PORTS_TRIED: u32 = 32;
/// How long the device and the media may take to end after a case.
const CLOSING: Duration = Duration::from_secs(10);
/// A stand-still of the whole machine for longer than this makes what is timed meanwhile void.
const STALL: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
