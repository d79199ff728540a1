//! The virtual board: what the first process of a system has to do before it can be a device.

mod command_line;
pub(crate) mod flash;
mod netlink;
mod reset;
mod watchdog;

use command_line::CommandLine;
use intercom::ResetCause;
use nix::kmod::{ModuleInitFlags, finit_module};
use nix::mount::{MsFlags, mount};
use std::fmt::Display;
use std::fs::{self, File};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

pub(crate) use reset::reset;
pub(crate) use watchdog::Watchdog;

/// A board that is ready for the device to start.
#[derive(Debug)]
pub(crate) struct Board {
    /// The address of its network interface.
    pub(crate) address: Ipv4Addr,
    /// What the boot loader has for the device, as it would be written on a shell's command line.
    pub(crate) arguments: Vec<String>,
    /// Why it boots.
    pub(crate) cause: ResetCause,
}

/// Whether this process is the first of its system, and has to make a board of it.
pub(crate) fn is_ours() -> bool {
    std::process::id() == 1
}

/// Mounts the kernel's file systems, loads the drivers and brings up the network.
///
/// # Errors
///
/// The image or the boot loader's arguments are wrong; the words come after "cannot".
pub(crate) fn start() -> Result<Board, String> {
    for (kind, at) in [("devtmpfs", "/dev"), ("proc", "/proc"), ("sysfs", "/sys")] {
        mount(Some(kind), at, Some(kind), MsFlags::empty(), None::<&str>)
            .map_err(because(&format!("mount {at}")))?;
    }
    load_modules(Path::new("/lib/modules"))?;
    let words = fs::read_to_string("/proc/cmdline").map_err(because("read /proc/cmdline"))?;
    let CommandLine { address, prefix, arguments } = CommandLine::read(&words)?;
    netlink::up("lo", None, PATIENCE).map_err(because("bring up lo"))?;
    netlink::up("eth0", Some((address, prefix)), PATIENCE).map_err(because("bring up eth0"))?;
    Ok(Board { address, arguments, cause: reset::take_cause() })
}

/// Loads the modules that the image has, in the order that it lists.
fn load_modules(folder: &Path) -> Result<(), String> {
    let order = folder.join("order");
    let order = fs::read_to_string(order).map_err(because("read the list of modules"))?;
    for name in order.lines() {
        let doing = format!("load the module {name}");
        let file = File::open(folder.join(format!("{name}.ko"))).map_err(because(&doing))?;
        finit_module(&file, c"", ModuleInitFlags::empty()).map_err(because(&doing))?;
    }
    Ok(())
}

fn because<E: Display>(doing: &str) -> impl Fn(E) -> String {
    move |error| format!("{doing}: {error}")
}

/// How long a driver may take to make its interface.
const PATIENCE: Duration = Duration::from_secs(5);
