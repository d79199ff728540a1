//! The virtual board: what the first process of a system has to do before it can be a device.

mod command_line;
mod flash;
mod netlink;
mod reset;
mod watchdog;

use command_line::CommandLine;
use flash::{Flash, Place};
use intercom::ResetCause;
use nix::kmod::{ModuleInitFlags, finit_module};
use nix::mount::{MsFlags, mount};
use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use watchdog::Watchdog;

/// A board that is ready for the device to start.
#[derive(Debug)]
pub(crate) struct Board {
    /// What the device would have as its arguments on a host.
    pub(crate) arguments: Vec<String>,
    /// Why it boots.
    pub(crate) cause: ResetCause,
    flash: Flash,
    watchdog: Watchdog,
}

impl Board {
    /// The settings that were last kept, if any were.
    pub(crate) fn settings(&self) -> Option<String> {
        self.flash.load(Place::Settings)
    }

    /// Keeps the settings through resets and power cuts. A board without flash forgets them.
    ///
    /// # Errors
    ///
    /// The flash is worn out, or the settings are too long for it.
    pub(crate) fn keep(&self, settings: &str) -> io::Result<()> {
        self.flash.store(Place::Settings, settings)
    }

    /// Says that the main loop is alive, which it has to do at least once in [`BEAT`].
    pub(crate) fn beat(&self) {
        self.watchdog.beat();
    }

    /// Starts the board again. Returns only why that failed.
    pub(crate) fn reset(&self, cause: ResetCause) -> io::Error {
        io::Error::other(reset::reset(&self.flash, cause))
    }
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
    let flash = Flash::on_board();
    reset_on_panic(flash.clone());
    let watchdog = Watchdog::start(flash.clone())?;
    let cause = reset::take_cause(&flash);
    Ok(Board { arguments: on_board(address, arguments), cause, flash, watchdog })
}

/// The arguments that follow from the board, and those that the boot loader adds to them.
fn on_board(address: IpAddr, added: Vec<String>) -> Vec<String> {
    let sip = SocketAddr::new(address, 5060).to_string();
    let rtp = SocketAddr::new(address, 4000).to_string();
    let board = [
        "--board",
        "qemu",
        "--console",
        "/dev/ttyS0",
        "--sip",
        sip.as_str(),
        "--sip-tcp",
        sip.as_str(),
        "--rtp",
        rtp.as_str(),
    ];
    board.map(str::to_owned).into_iter().chain(added).collect()
}

/// Has a crash of the firmware say what it was and start the board again.
fn reset_on_panic(flash: Flash) {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        // Where even that fails, the kernel starts the board again for want of a first process.
        let _why_not = reset::reset(&flash, ResetCause::Panic);
    }));
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

/// How long the main loop may wait for something to happen.
pub(crate) const BEAT: Duration = Duration::from_secs(1);
/// How long a driver may take to make its interface.
const PATIENCE: Duration = Duration::from_secs(5);
