//! `ringtrue doctor`: whether each link of a rig works, and what to do if not.

use super::Failure;
use crate::drive::calibrate::calibrate;
use crate::drive::clock::RunClock;
use crate::drive::lane::probe;
use crate::drive::link::{LinkId, channel};
use crate::drive::netns;
use crate::drive::project::LoadedRig;
use crate::drive::serial::SerialLink;
use crate::evidence::record::Tier;
use crate::rig::fault::Fault;
use crate::rig::profile::ControlLink;
use clap::Args;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The options of `ringtrue doctor`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The rig
    #[arg(long, value_name = "FILE")]
    rig: PathBuf,
    /// Say it by the exit code alone
    #[arg(long)]
    quiet: bool,
}

/// One link, and what was found.
type Finding = (&'static str, Result<String, Fault>);

pub(super) fn doctor(arguments: &Arguments) -> Result<u8, Failure> {
    let rig = LoadedRig::read(&arguments.rig)?;
    let findings = match rig.profile.tier {
        Tier::Virtual => vec![("device", Ok("in process, in virtual time".to_owned()))],
        Tier::Host | Tier::Qemu | Tier::Bench => examine(&rig),
    };
    let mut code = 0;
    for (link, found) in &findings {
        let (mark, words) = match found {
            Ok(words) => ("works", words.clone()),
            Err(fault) => {
                code = super::ERROR;
                ("FAILS", format!("cannot {fault}"))
            }
        };
        if !arguments.quiet {
            say!("{mark:<6} {link:<12} {words}");
        }
    }
    Ok(code)
}

fn examine(rig: &LoadedRig) -> Vec<Finding> {
    let mut findings = vec![("clock", clock())];
    if rig.profile.tier == Tier::Qemu {
        findings.push((
            "network",
            netns::probe().map(|()| "a namespace of our own with a TAP".to_owned()),
        ));
        findings.push(("emulator", emulator()));
        findings.push(("accelerator", Ok(accelerator())));
    } else if let Some(network) = &rig.profile.network {
        findings.push(("network", address(network.harness)));
    }
    if let Some(control) = &rig.profile.control {
        findings.push(("control", control_link(control)));
    }
    if rig.profile.process.is_some() || rig.profile.image.is_some() {
        findings.push(("processes", processes()));
    }
    findings.push(("device", device(rig)));
    findings
}

/// Measures how well the machine keeps time.
fn clock() -> Result<String, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::new("clock", "start", error, "raise `ulimit -n`"))?;
    let measured = runtime.block_on(calibrate(RunClock::start()))?;
    Ok(format!(
        "sending {}; stamping {}; scheduled {}",
        measured.pacing.late(),
        measured.stamping,
        measured.pacing.scheduling.name()
    ))
}

fn emulator() -> Result<String, Fault> {
    version_of("emulator", "qemu-system-x86_64", "qemu-system-x86")
}

/// What a process of ours is started through, so that none outlives us.
fn processes() -> Result<String, Fault> {
    version_of("processes", "setpriv", "util-linux")
        .map(|version| format!("end with us, by {version}"))
}

fn version_of(link: &str, program: &str, package: &str) -> Result<String, Fault> {
    let fault = |cause: String| {
        let remedy = format!("install it: apt-get install {package}");
        Fault::new(link, format!("run {program}"), cause, remedy)
    };
    let output = Command::new(program).arg("--version").output();
    let output = output.map_err(|error| fault(error.to_string()))?;
    if !output.status.success() {
        return Err(fault(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

/// Slow is not broken: without KVM the board runs all the same.
fn accelerator() -> String {
    match probe::can_open() {
        Ok(()) => "KVM, if the probe boot of the run succeeds".to_owned(),
        Err(why) => format!("TCG, some ten times slower than KVM: {why}"),
    }
}

fn address(address: IpAddr) -> Result<String, Fault> {
    UdpSocket::bind(SocketAddr::new(address, 0)).map(|_| format!("{address} is ours")).map_err(
        |error| {
            let remedy = "give it to an interface: ip address add …";
            Fault::new("network", format!("bind {address}"), error, remedy)
        },
    )
}

fn control_link(link: &ControlLink) -> Result<String, Fault> {
    let clock = RunClock::start();
    let (feed, _inbox) = channel();
    let id = LinkId(0);
    match link {
        ControlLink::Pty | ControlLink::Uart => {
            let pair = SerialLink::pair(id, "control", clock, feed)?;
            let path = pair.far_end().map(|path| path.display().to_string());
            Ok(format!("a pty, {}", path.unwrap_or_default()))
        }
        ControlLink::Serial { path, baud } => {
            SerialLink::open(id, "control", Path::new(path), *baud, clock, feed)?;
            Ok(format!("{path} at {baud} baud"))
        }
        ControlLink::Tcp { port } => Ok(match port {
            Some(port) => format!("TCP port {port} of the device, tried when it has power"),
            None => "a TCP port of the device, chosen by the run".to_owned(),
        }),
    }
}

fn device(rig: &LoadedRig) -> Result<String, Fault> {
    if let Some(image) = &rig.profile.image {
        let manifest = rig.here.join(&image.manifest);
        return match std::fs::metadata(&manifest) {
            Ok(_) => Ok(format!("image {}", manifest.display())),
            Err(error) => {
                let doing = format!("read {}", manifest.display());
                Err(Fault::new("device", doing, error, "build it: ci/image"))
            }
        };
    }
    let Some(process) = &rig.profile.process else {
        return Ok("switched by hand".to_owned());
    };
    let name = process.command.first().cloned().unwrap_or_default();
    let target = std::env::current_exe().ok();
    let target = target.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    let name = name.replace("{target}", &target.display().to_string());
    let found = if name.contains('/') {
        Path::new(&name).is_file()
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(&name).is_file())
    };
    if found {
        Ok(format!("program {name}"))
    } else {
        let remedy = "build or install it; ci/demo and the README of the device say how";
        Err(Fault::new("device", format!("find the program `{name}`"), "there is none", remedy))
    }
}
