//! The device on this bench: its power, and its control face.

use super::clock::RunClock;
use super::link::{Feed, LinkId};
use super::netns::Tap;
use super::pki::DeviceFiles;
use super::process::{Console, Process, ProcessSpec};
use super::qemu::{Accelerator, Guest, GuestSpec};
use super::serial::SerialLink;
use super::tcp::TcpLink;
use crate::evidence::point::Pco;
use crate::rig::command::Command;
use crate::rig::fault::Fault;
use crate::rig::profile::{ControlLink, Image, Process as ProcessProfile, Profile};
use crate::time::Tick;
use crate::wire::IpVersion;
use std::collections::BTreeMap;
use std::fs;
use std::future::pending;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What a bench is made of, for one run.
#[derive(Clone, Debug)]
pub struct BenchSpec {
    /// The rig.
    pub profile: Profile,
    /// The folder of `rig.yaml`, to which its paths are relative.
    pub here: PathBuf,
    /// A folder of the run's own.
    pub folder: PathBuf,
    /// The seeded defects to switch on.
    pub defects: Vec<String>,
    /// The seed of the device's own random choices.
    pub seed: u64,
    /// The version of the Internet Protocol that the device is to speak.
    pub ip: IpVersion,
    /// What the device needs for TLS.
    pub pki: DeviceFiles,
    /// The interface that a virtual board is wired to.
    pub tap: Option<Tap>,
    /// How a virtual board executes instructions.
    pub accelerator: Accelerator,
}

/// The device of one case: powered by us, and spoken to through its control face.
#[derive(Debug)]
pub struct Bench {
    spec: BenchSpec,
    values: BTreeMap<String, String>,
    device: Addresses,
    power: Power,
    control: Control,
    clock: RunClock,
    feed: Feed,
}

/// Where the device is on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Addresses {
    /// SIP over UDP and TCP.
    pub sip: SocketAddr,
    /// SIP over TLS.
    pub tls: SocketAddr,
    /// RTP; RTCP is on the port after it.
    pub rtp: SocketAddr,
}

#[derive(Debug)]
enum Power {
    /// A process: there is power while it runs.
    Process(ProcessProfile, Option<Process>),
    /// A virtual board.
    Board(Box<Guest>),
    /// A device that nobody but the operator can switch.
    Hand,
}

#[derive(Debug)]
enum Control {
    Serial(SerialLink),
    /// A connection, and the port where the device listens for it.
    Tcp(u16, Option<TcpLink>),
}

impl Bench {
    /// Wires a bench up, with the device still off.
    ///
    /// # Errors
    ///
    /// A link of the rig can't be had.
    pub fn new(spec: BenchSpec, clock: RunClock, feed: Feed) -> Result<Self, Fault> {
        let Some(network) = &spec.profile.network else {
            return Err(incomplete("network"));
        };
        let Some([_, device_ip]) = network.ends(spec.ip) else {
            return Err(incomplete("network.ipv6"));
        };
        let device = match network.sip_port {
            Some(port) => Addresses {
                sip: SocketAddr::new(device_ip, port),
                tls: SocketAddr::new(device_ip, network.tls_port.unwrap_or(port.saturating_add(1))),
                rtp: SocketAddr::new(device_ip, DEVICE_RTP),
            },
            None => free(device_ip)?,
        };
        let control = match &spec.profile.control {
            None => return Err(incomplete("control")),
            Some(ControlLink::Pty | ControlLink::Uart) => {
                Control::Serial(SerialLink::pair(CONTROL, "control", clock, feed.clone())?)
            }
            Some(ControlLink::Serial { path, baud }) => Control::Serial(SerialLink::open(
                CONTROL,
                "control",
                Path::new(path),
                *baud,
                clock,
                feed.clone(),
            )?),
            Some(ControlLink::Tcp { port: Some(port) }) => Control::Tcp(*port, None),
            Some(ControlLink::Tcp { port: None }) => {
                Control::Tcp(free(device_ip)?.sip.port(), None)
            }
        };
        let values = values(&spec, device, &control);
        let power = match (&spec.profile.process, &spec.profile.image) {
            (Some(process), _) => Power::Process(process.clone(), None),
            (None, Some(image)) => {
                let guest = guest(&spec, image, &values)?;
                Power::Board(Box::new(Guest::new(DEVICE, "device", guest, clock, feed.clone())))
            }
            (None, None) => Power::Hand,
        };
        Ok(Self { spec, values, device, power, control, clock, feed })
    }

    /// Where the device is on the wire.
    pub const fn addresses(&self) -> Addresses {
        self.device
    }

    /// Whether the device gets its power from us; else it is on already, or an operator sees to it.
    pub const fn has_switch(&self) -> bool {
        !matches!(self.power, Power::Hand)
    }

    /// The process that is the device or its board, where there is one.
    pub fn pid(&self) -> Option<u32> {
        match &self.power {
            Power::Process(_, process) => process.as_ref().map(Process::pid),
            Power::Board(guest) => guest.pid(),
            Power::Hand => None,
        }
    }

    /// Does what the scenario tells the bench, and returns when.
    ///
    /// # Errors
    ///
    /// The bench can't, or has no switch for it.
    pub async fn perform(&mut self, command: Command) -> Result<Tick, Fault> {
        match command {
            Command::PowerOn if !self.has_switch() => Err(no_switch()),
            Command::PowerOn => self.power_on().await,
            Command::PowerOff => self.power_off().await,
            Command::Reset => {
                if let Power::Board(guest) = &self.power {
                    return guest.reset().await;
                }
                self.power_off().await?;
                self.power_on().await
            }
        }
    }

    /// Puts the device under power.
    ///
    /// # Errors
    ///
    /// It does not start, or has power already.
    pub async fn power_on(&mut self) -> Result<Tick, Fault> {
        let at = match &mut self.power {
            Power::Process(_, Some(_)) => return Err(Fault::is_on()),
            Power::Process(profile, running @ None) => {
                let at = self.clock.now();
                let spec = process_spec(profile, &self.spec, &self.values, &self.control)?;
                *running =
                    Some(Process::start(DEVICE, "device", &spec, self.clock, self.feed.clone())?);
                at
            }
            Power::Board(guest) => guest.power_on().await?,
            Power::Hand => self.clock.now(),
        };
        self.connect().await?;
        Ok(at)
    }

    /// Puts a virtual board under power in a state that was saved.
    ///
    /// # Errors
    ///
    /// As [`power_on`](Self::power_on), or there is no virtual board.
    pub async fn restore(&mut self, state: &Path) -> Result<Tick, Fault> {
        let Power::Board(guest) = &mut self.power else { return Err(no_switch()) };
        guest.restore_state(state).await
    }

    /// Saves the state of a virtual board; `false` where the device is none.
    ///
    /// # Errors
    ///
    /// The state can't be written.
    pub async fn save(&self, state: &Path) -> Result<bool, Fault> {
        let Power::Board(guest) = &self.power else { return Ok(false) };
        guest.save_state(state).await.map(|()| true)
    }

    /// Cuts the device's power.
    ///
    /// # Errors
    ///
    /// There is no switch.
    pub async fn power_off(&mut self) -> Result<Tick, Fault> {
        let at = self.clock.now();
        match &mut self.power {
            Power::Process(_, running) => {
                if let Some(mut process) = running.take() {
                    process.stop(Duration::ZERO).await;
                }
            }
            Power::Board(guest) => guest.power_off().await,
            Power::Hand => return Err(no_switch()),
        }
        if let Control::Tcp(_, link) = &mut self.control {
            *link = None;
        }
        Ok(at)
    }

    /// Writes to the control face, and returns when.
    ///
    /// # Errors
    ///
    /// The link is gone.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<Tick, Fault> {
        match &mut self.control {
            Control::Serial(link) => link.write(bytes),
            Control::Tcp(_, Some(link)) => link.write(bytes).await,
            Control::Tcp(port, None) => Err(Fault::new(
                "control",
                "write a command",
                format!("there is no connection to port {port}"),
                "put the device under power first",
            )),
        }
    }

    async fn connect(&mut self) -> Result<(), Fault> {
        if let Control::Tcp(port, link) = &mut self.control {
            let remote = SocketAddr::new(self.device.sip.ip(), *port);
            let patience = self.spec.profile.boot.duration();
            let feed = self.feed.clone();
            let connected =
                TcpLink::connect(CONTROL, "control", remote, patience, self.clock, feed);
            let ended = async {
                match &self.power {
                    Power::Process(_, Some(process)) => process.ended().await,
                    Power::Process(..) | Power::Board(_) | Power::Hand => pending().await,
                }
            };
            *link = Some(tokio::select! {
                connected = connected => connected?,
                () = ended => return Err(Fault::new(
                    "device",
                    "boot the device",
                    format!("it ended before it listened at {remote}"),
                    format!("see {}", self.spec.folder.join(ERRORS).display()),
                )),
            });
        }
        Ok(())
    }
}

/// Fills the placeholders of a rig's strings.
fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    values
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn values(spec: &BenchSpec, device: Addresses, control: &Control) -> BTreeMap<String, String> {
    let target = std::env::current_exe().ok();
    let target = target.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    let console = match control {
        Control::Serial(link) => link.far_end().map(|path| path.display().to_string()),
        Control::Tcp(..) => None,
    };
    let port = match control {
        Control::Tcp(port, _) => port.to_string(),
        Control::Serial(_) => String::new(),
    };
    [
        ("device.ip", device.sip.ip().to_string()),
        ("device.host", host(device.sip.ip())),
        ("device.port", device.sip.port().to_string()),
        ("device.tls", device.tls.to_string()),
        ("device.tls.port", device.tls.port().to_string()),
        ("pki.ca", spec.pki.ca.display().to_string()),
        ("pki.certificate", spec.pki.certificate.display().to_string()),
        ("pki.key", spec.pki.key.display().to_string()),
        ("device.sip", device.sip.to_string()),
        ("device.rtp", device.rtp.to_string()),
        ("device.rtp.port", device.rtp.port().to_string()),
        ("console", console.unwrap_or_default()),
        ("control.port", port),
        ("seed", spec.seed.to_string()),
        ("defects", spec.defects.join(",")),
        ("directory", spec.folder.display().to_string()),
        ("here", spec.here.display().to_string()),
        ("target", target.display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn process_spec(
    profile: &ProcessProfile,
    spec: &BenchSpec,
    values: &BTreeMap<String, String>,
    control: &Control,
) -> Result<ProcessSpec, Fault> {
    let folder = &spec.folder;
    let fault = |path: &Path, error: std::io::Error| {
        let doing = format!("prepare {}", path.display());
        Fault::new("device", doing, error, "are the paths in rig.yaml right, and the folder ours?")
    };
    fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    for (name, template) in &profile.files {
        let template = spec.here.join(template);
        let text = fs::read_to_string(&template).map_err(|error| fault(&template, error))?;
        let path = folder.join(name);
        fs::write(&path, fill(&text, values)).map_err(|error| fault(&path, error))?;
    }
    let mut argv: Vec<_> = profile.command.iter().map(|word| fill(word, values).into()).collect();
    if !spec.defects.is_empty() {
        argv.extend(profile.defect_arguments.iter().map(|word| fill(word, values).into()));
    }
    let console = match control {
        Control::Serial(link) => match link.far_end() {
            Some(path) if !profile.command.iter().any(|word| word.contains("{console}")) => {
                Console::Tty(path.to_owned())
            }
            _ => Console::Nowhere,
        },
        Control::Tcp(..) => Console::Nowhere,
    };
    let errors = folder.join(ERRORS);
    Ok(ProcessSpec { argv, env: Vec::new(), directory: Some(folder.clone()), console, errors })
}

fn guest(
    spec: &BenchSpec,
    image: &Image,
    values: &BTreeMap<String, String>,
) -> Result<GuestSpec, Fault> {
    let manifest = spec.here.join(&image.manifest);
    let folder = manifest.parent().unwrap_or(&spec.here);
    if !manifest.exists() {
        return Err(Fault::new(
            "device",
            format!("read the firmware image {}", manifest.display()),
            "it has not been built",
            "build it: ci/image",
        ));
    }
    let console = values.get("console").map(PathBuf::from).unwrap_or_default();
    let flash = spec.folder.join("flash");
    let blank = || {
        fs::create_dir_all(&spec.folder)?;
        fs::write(&flash, vec![0; FLASH])
    };
    blank().map_err(|error| {
        let doing = format!("write {}", flash.display());
        Fault::new("device", doing, error, "is there room on the disk?")
    })?;
    let files = image.files.iter();
    let files =
        files.map(|(name, path)| (name.clone(), spec.here.join(fill(path, values)))).collect();
    Ok(GuestSpec {
        kernel: folder.join("vmlinux"),
        initrd: folder.join("initramfs.gz"),
        arguments: fill(&image.append, values),
        memory: image.memory,
        accelerator: spec.accelerator,
        console,
        tap: spec.tap.as_ref().map(|tap| tap.name().to_owned()),
        flash: Some(flash),
        files,
        folder: spec.folder.clone(),
    })
}

/// An address as it stands before a port.
fn host(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Free ports for SIP and RTP at an address of this machine.
///
/// They lie below those that the kernel gives to sockets without one: such a socket, of a lane beside this
/// one or of any program, could take the port before the device does.
fn free(address: IpAddr) -> Result<Addresses, Fault> {
    for _ in 0..PORTS_TRIED {
        let [sip, tls, rtp, reports] = next_ports().map(|port| SocketAddr::new(address, port));
        let streams = [sip, tls].map(|at| TcpListener::bind(at).map(drop));
        let datagrams = [sip, rtp, reports].map(|at| UdpSocket::bind(at).map(drop));
        match streams.into_iter().chain(datagrams).collect::<std::io::Result<()>>() {
            Ok(()) => return Ok(Addresses { sip, tls, rtp }),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(no_ports(address, error)),
        }
    }
    Err(no_ports(address, ErrorKind::AddrInUse.into()))
}

/// Four ports in a row that this process has not looked at lately, the first of them even.
fn next_ports() -> [u16; 4] {
    // Runs beside each other begin at places of their own.
    let begin = std::process::id().wrapping_mul(BLOCKS / 16 + 1);
    let block = begin.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % BLOCKS;
    let first = u16::try_from(block * 4).unwrap_or_default().saturating_add(LOWEST_PORT);
    [first, first + 1, first + 2, first + 3]
}

fn no_ports(address: IpAddr, error: std::io::Error) -> Fault {
    let doing = format!("find free ports on {address}");
    Fault::new("device", doing, error, "is it an address of this machine?")
}

fn incomplete(key: &str) -> Fault {
    let cause = format!("it has no `{key}`, which this tier needs");
    Fault::new("rig.yaml", "wire the bench up", cause, "add it; docs/rig.md describes it")
}

fn no_switch() -> Fault {
    Fault::new(
        "device",
        "switch the device's power",
        "the rig has no switch for it",
        "leave the case out, or add a `process` or an `image` to rig.yaml",
    )
}

/// The address of a rig's TAP interface, from its profile.
pub fn tap_address(profile: &Profile) -> Option<Ipv4Addr> {
    match profile.network.as_ref()?.harness {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

/// The links of a case have the numbers of their points.
pub const DEVICE: LinkId = LinkId(Pco::BENCH.0);
/// See [`DEVICE`].
pub const CONTROL: LinkId = LinkId(Pco::CONTROL.0);
/// Where a device with a set SIP port is expected to have RTP; used for placeholders only.
const DEVICE_RTP: u16 = 20_000;
/// Where the standard error of a device goes, in the folder of its run.
const ERRORS: &str = "device.err";
/// The size of a virtual board's flash, which holds its settings and nothing else.
const FLASH: usize = 64 * 1024;
const PORTS_TRIED: u32 = 50;
/// The lowest port that a device is given.
const LOWEST_PORT: u16 = 16_384;
/// How many blocks of four ports there are from there to 32,767; Linux gives ports above that by itself.
const BLOCKS: u32 = 4_096;
/// How many blocks this process has looked at.
static TAKEN: AtomicU32 = AtomicU32::new(0);

#[cfg(test)]
mod tests;
