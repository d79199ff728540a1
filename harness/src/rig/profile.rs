//! `rig.yaml`: what a particular bench has, and how its links reach the device.

use crate::evidence::record::Tier;
use crate::time::Span;
use crate::time::day::Day;
use crate::wire::IpVersion;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A bench as its file describes it. Paths are relative to the file.
///
/// In strings, `{name}` stands for a value of the run: see [`Process::command`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Its name in reports.
    pub rig: String,
    /// How real its device is.
    pub tier: Tier,
    /// The path of the `device.yaml` of the device on it.
    pub device: String,
    /// The addresses of both ends. Absent in the virtual tier.
    #[serde(default)]
    pub network: Option<Network>,
    /// The device's control face. Absent in the virtual tier.
    #[serde(default)]
    pub control: Option<ControlLink>,
    /// The process that is the device, in the host tier.
    #[serde(default)]
    pub process: Option<Process>,
    /// The firmware image, in the qemu tier.
    #[serde(default)]
    pub image: Option<Image>,
    /// The roles of scenarios that something of the bench plays, such as its own PBX, and where that
    /// takes SIP over UDP and TCP; over TLS it is the next port.
    #[serde(default)]
    pub stand_ins: BTreeMap<String, SocketAddr>,
    /// How far a stamp of the control face may be from the truth. Absent: by the kind of link.
    #[serde(default)]
    pub control_uncertainty: Option<Span>,
    /// How long the device may take from power on to its `booted` event.
    #[serde(default = "half_a_minute")]
    pub boot: Span,
    /// Command lines that bring the device to its starting state, written when it has booted.
    #[serde(default)]
    pub prepare: Vec<String>,
    /// What its figures rest on, and when that was calibrated.
    #[serde(default)]
    pub calibration: Vec<Calibrated>,
}

/// An instrument of a bench, and its calibration.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Calibrated {
    /// What it is.
    pub instrument: String,
    /// The day on which it was calibrated.
    pub calibrated: Day,
    /// The last day for which that holds.
    pub due: Day,
    /// What shows it.
    #[serde(default)]
    pub certificate: Option<String>,
}

/// The addresses of both ends.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Network {
    /// Ours. Ports are free ones of the machine.
    pub harness: IpAddr,
    /// The device's.
    pub device: IpAddr,
    /// Where the device listens for SIP over UDP and TCP. Absent: a free port that the run chooses.
    #[serde(default)]
    pub sip_port: Option<u16>,
    /// Where the device listens for SIP over TLS. Absent: the port after `sip-port`, or a free one.
    #[serde(default)]
    pub tls_port: Option<u16>,
    /// The addresses of both ends in IPv6. Absent: cases over IPv6 do not apply.
    #[serde(default)]
    pub ipv6: Option<Ipv6>,
}

/// The addresses of both ends in IPv6.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ipv6 {
    /// Ours.
    pub harness: Ipv6Addr,
    /// The device's.
    pub device: Ipv6Addr,
}

impl Network {
    /// Our address and the device's in this version.
    pub fn ends(&self, ip: IpVersion) -> Option<[IpAddr; 2]> {
        match ip {
            IpVersion::V4 => Some([self.harness, self.device]),
            IpVersion::V6 => self.ipv6.map(|ends| [ends.harness, ends.device].map(IpAddr::V6)),
        }
    }
}

/// How the control face is reached.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum ControlLink {
    /// A pseudo-terminal that the run makes; `{console}` is its path for the device.
    Pty,
    /// The UART of the emulator.
    Uart,
    /// A serial port of this machine.
    #[serde(rename_all = "kebab-case")]
    Serial {
        /// Its path: `/dev/ttyUSB0`.
        path: String,
        /// Bits per second; 8 data bits, no parity, one stop bit.
        #[serde(default = "usual_baud")]
        baud: u32,
    },
    /// A TCP port on which the device listens; `{control.port}` is the port where none is given.
    #[serde(rename_all = "kebab-case")]
    Tcp {
        /// The port. Absent: a free one.
        #[serde(default)]
        port: Option<u16>,
    },
}

/// The process that is the device.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Process {
    /// The program and its arguments. `{device.ip}`, `{device.host}` (with brackets where it
    /// is IPv6), `{device.port}`, `{device.sip}`, `{device.tls}`, `{device.tls.port}`, `{device.rtp}`,
    /// `{pki.ca}`, `{pki.certificate}`, `{pki.key}` (files of the run's own PKI), `{console}`, `{control.port}`, `{seed}`, `{defects}`, `{directory}` (a folder of the run's own),
    /// `{here}` (the folder of this file) and `{target}` (the folder of the running harness).
    pub command: Vec<String>,
    /// Files to write into `{directory}` first: name there, and the path of the template.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Arguments to add where a run switches seeded defects on.
    #[serde(default)]
    pub defect_arguments: Vec<String>,
    /// Files that make up the firmware, whose SHA-256 the report states.
    #[serde(default)]
    pub firmware: Vec<String>,
}

/// The firmware image.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Image {
    /// The path of the manifest that the image's build wrote.
    pub manifest: String,
    /// The kernel command line, with the same placeholders as [`Process::command`].
    pub append: String,
    /// Memory, MiB.
    #[serde(default = "usual_memory")]
    pub memory: u32,
    /// Files that the board can read by QEMU's `fw_cfg`: what it calls them, such as
    /// `opt/vendor/ca.pem`, and their paths, with the same placeholders.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

impl ControlLink {
    /// How far a stamp of a line that came this way may be from when the device wrote it: the time to
    /// read it on a busy machine, and for a serial adapter its 16 ms latency timer.
    pub const fn uncertainty(&self) -> Span {
        match self {
            Self::Pty | Self::Tcp { .. } => Span::from_millis(3),
            Self::Uart => Span::from_millis(10),
            Self::Serial { .. } => Span::from_millis(20),
        }
    }
}

const fn half_a_minute() -> Span {
    Span::from_millis(30_000)
}

const fn usual_baud() -> u32 {
    115_200
}

const fn usual_memory() -> u32 {
    256
}
