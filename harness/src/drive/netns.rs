//! A network namespace of our own, so that a virtual board needs no root and leaves nothing behind.

use crate::rig::fault::Fault;
use nix::unistd::geteuid;
use std::env;
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Moves the whole program into a network namespace that ends with it, with loopback up.
///
/// Where it is not yet in one, it executes itself again, with the same arguments, and does not
/// return. Call it before anything is opened or started.
///
/// # Errors
///
/// The machine does not allow it; the fault says what to change.
pub fn ensure() -> Result<(), Fault> {
    let here = namespace()?;
    match env::var(OUTSIDE) {
        // The identity, not the mere presence: a child of ours may be started outside again.
        Ok(outside) if outside != here => ip("set loopback up", &["link", "set", "lo", "up"]),
        _ => Err(execute_inside(&here)),
    }
}

/// Moves the calling thread, and what it starts from now on, into a network namespace of its own, with
/// loopback up. Both end with the last of them.
///
/// # Errors
///
/// The program is in no namespace of ours: [`ensure`] comes first.
pub fn ensure_for_thread() -> Result<(), Fault> {
    let doing = "make a network namespace for a lane";
    nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWNET)
        .map_err(|error| Fault::new(PCO, doing, error, "run with fewer lanes"))?;
    ip("set loopback up", &["link", "set", "lo", "up"])
}

/// Whether [`ensure`] would succeed, found out by trying it on a program that does nothing.
///
/// # Errors
///
/// The machine does not allow it; the fault says what to change.
pub fn probe() -> Result<(), Fault> {
    let doing = "make a network namespace";
    let (program, arguments) = unshare();
    let output = Command::new(program)
        .args(arguments)
        .args(["ip", "tuntap", "add", "dev", "probe0", "mode", "tap"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Fault::new(PCO, doing, error, REMEDY_UNSHARE))?;
    if output.status.success() {
        return Ok(());
    }
    let cause = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let remedy = remedy(&cause);
    Err(Fault::new(PCO, doing, cause, remedy))
}

/// A TAP interface of the namespace: the rig's end of a virtual board's network cable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tap {
    name: String,
    address: Ipv4Addr,
}

impl Tap {
    /// Makes the interface `name` with `address` in a network of `prefix` bits, and sets it up.
    ///
    /// # Errors
    ///
    /// We are not in a namespace of our own, or the machine has no TAP interfaces to give.
    pub fn up(name: &str, address: Ipv4Addr, prefix: u8) -> Result<Self, Fault> {
        let doing = format!("make the interface {name}");
        ip(&doing, &["tuntap", "add", "dev", name, "mode", "tap"])?;
        ip(&doing, &["address", "add", &format!("{address}/{prefix}"), "dev", name])?;
        ip(&doing, &["link", "set", name, "up"])?;
        Ok(Self { name: name.to_owned(), address })
    }

    /// The interface's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rig's address on it.
    pub const fn address(&self) -> Ipv4Addr {
        self.address
    }
}

/// Becomes this very program inside a new namespace; returns only why that failed.
fn execute_inside(here: &str) -> Fault {
    // `unshare` reports what the kernel refuses on its own standard error; asked first, it is ours.
    if let Err(fault) = probe() {
        return fault;
    }
    let doing = "enter a network namespace";
    // By its path: for `unshare`, "/proc/self/exe" is `unshare`.
    let ourselves = match env::current_exe() {
        Ok(path) => path,
        Err(error) => return Fault::new(PCO, doing, error, "mount /proc"),
    };
    let (program, arguments) = unshare();
    let error = Command::new(program)
        .args(arguments)
        .arg(ourselves)
        .args(env::args_os().skip(1))
        .env(OUTSIDE, here)
        .exec();
    Fault::new(PCO, doing, error, REMEDY_UNSHARE)
}

/// The program and arguments that put what follows into a new network namespace.
fn unshare() -> (&'static str, &'static [&'static str]) {
    if geteuid().is_root() {
        ("unshare", &["--net", "--"])
    } else {
        ("unshare", &["--user", "--map-root-user", "--net", "--"])
    }
}

fn namespace() -> Result<String, Fault> {
    let path = "/proc/self/ns/net";
    fs::read_link(path)
        .map(|link| link.to_string_lossy().into_owned())
        .map_err(|error| Fault::new(PCO, format!("read {path}"), error, "mount /proc"))
}

fn ip(doing: &str, arguments: &[&str]) -> Result<(), Fault> {
    let output = Command::new("ip")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error: io::Error| Fault::new(PCO, doing, error, REMEDY_IP))?;
    if output.status.success() {
        return Ok(());
    }
    let cause = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let remedy = remedy(&cause);
    Err(Fault::new(PCO, doing, cause, remedy))
}

/// What to do about what `unshare` or `ip` said.
fn remedy(cause: &str) -> &'static str {
    let restricted = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    let is_restricted = fs::read_to_string(restricted).is_ok_and(|value| value.trim() == "1");
    if cause.contains("failed to execute ip") {
        REMEDY_IP
    } else if cause.contains("tun") && !Path::new("/dev/net/tun").exists() {
        "load the `tun` module: sudo modprobe tun"
    } else if cause.contains("tun") {
        "let us open TAP interfaces: sudo chmod 666 /dev/net/tun"
    } else if cause.contains("No space left") {
        "the limit of namespaces is reached: sudo sysctl user.max_user_namespaces=10000 user.max_net_namespaces=10000"
    } else if is_restricted {
        "allow user namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run as root"
    } else {
        "allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000, or run as root"
    }
}

/// Set, inside, to the identity of the namespace outside.
const OUTSIDE: &str = "RINGTRUE_OUTER_NETWORK";
const PCO: &str = "network";
const REMEDY_UNSHARE: &str = "install `util-linux`, which has `unshare`";
const REMEDY_IP: &str = "install `iproute2`, which has `ip`";
