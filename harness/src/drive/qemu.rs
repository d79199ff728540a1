//! A virtual board: QEMU, with a UART, a network interface, a power switch and a reset button.
//!
//! The board is a `q35` although `microvm` boots half a second sooner: a busy host cannot calibrate
//! the guest's time against the only timer that `microvm` has, and then the guest hangs or, worse, has
//! a clock of 4 ms. `q35` has a high-precision timer, and media can be paced by it.

mod qmp;

use super::clock::RunClock;
use super::link::{Feed, LinkId};
use super::process::{Console, Process, ProcessSpec};
use crate::rig::fault::Fault;
use crate::time::Tick;
use qmp::Qmp;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The board and what is on it.
#[derive(Clone, Debug)]
pub struct GuestSpec {
    /// The kernel, as an ELF file with a PVH entry.
    pub kernel: PathBuf,
    /// The initial file system.
    pub initrd: PathBuf,
    /// What is added to the kernel's command line.
    pub arguments: String,
    /// RAM, MiB.
    pub memory: u32,
    /// How instructions are executed.
    pub accelerator: Accelerator,
    /// The tty that the board's UART is wired to: the far end of a serial link.
    pub console: PathBuf,
    /// The TAP interface that the board's network interface is wired to.
    pub tap: Option<String>,
    /// The file that is the board's flash; `None` for a board that remembers nothing.
    pub flash: Option<PathBuf>,
    /// Files that the board can read by `fw_cfg`: what it calls them, and where they are.
    pub files: Vec<(String, PathBuf)>,
    /// A folder of ours for the monitor's socket and the emulator's log.
    pub folder: PathBuf,
}

/// How instructions are executed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Accelerator {
    /// By translation: everywhere, some ten times slower than the hardware.
    Tcg,
    /// By the hardware, where `/dev/kvm` can be opened and a probe boot has shown that it works.
    Kvm,
}

/// A virtual board. Dies with us.
#[derive(Debug)]
pub struct Guest {
    link: LinkId,
    pco: String,
    spec: GuestSpec,
    clock: RunClock,
    feed: Feed,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    qmp: Qmp,
}

impl Guest {
    /// A board that is off. Its end, wanted or not, is delivered as an event of `link`.
    pub fn new(link: LinkId, pco: &str, spec: GuestSpec, clock: RunClock, feed: Feed) -> Self {
        Self { link, pco: pco.to_owned(), spec, clock, feed, running: None }
    }

    /// Puts the board under power and returns the instant; the emulator's own start is not in it.
    ///
    /// # Errors
    ///
    /// QEMU is missing or does not start, or the board has power already.
    pub async fn power_on(&mut self) -> Result<Tick, Fault> {
        let running = self.launch(&["-S".into()]).await?;
        self.go_on(running).await
    }

    /// Puts the board under power in a state that [`save_state`](Self::save_state) wrote.
    ///
    /// # Errors
    ///
    /// As [`power_on`](Self::power_on), or the state does not fit the board.
    pub async fn restore_state(&mut self, state: &Path) -> Result<Tick, Fault> {
        let source = format!("exec:cat {}", quoted(state));
        let running = self.launch(&["-S".into(), "-incoming".into(), source.into()]).await?;
        running
            .qmp
            .arrived(RESTORE_PATIENCE)
            .await
            .map_err(|cause| self.fault("restore a state", cause))?;
        self.go_on(running).await
    }

    /// Cuts the power: what the board had not written down is gone. No effect on a board without.
    pub async fn power_off(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.process.stop(Duration::ZERO).await;
        }
    }

    /// Presses the reset button.
    ///
    /// # Errors
    ///
    /// The board has no power, or QEMU is gone.
    pub async fn reset(&self) -> Result<Tick, Fault> {
        let at = self.clock.now();
        self.running()?.qmp.reset().await.map_err(|cause| self.fault("reset the board", cause))?;
        Ok(at)
    }

    /// Writes the state of the whole board to `state`; the board goes on afterwards.
    ///
    /// # Errors
    ///
    /// The board has no power, or the file cannot be written.
    pub async fn save_state(&self, state: &Path) -> Result<(), Fault> {
        let target = format!("exec:cat > {}", quoted(state));
        let saved = self.running()?.qmp.save(target, SAVE_PATIENCE).await;
        saved.map_err(|cause| self.fault("save the board's state", cause))
    }

    /// The emulator's process id, while the board has power.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.process.pid())
    }

    /// The identity under which the board delivers.
    pub const fn link(&self) -> LinkId {
        self.link
    }

    /// Starts QEMU with the board's clock standing still.
    async fn launch(&self, more: &[OsString]) -> Result<Running, Fault> {
        if self.running.is_some() {
            return Err(Fault::is_on());
        }
        fs::create_dir_all(&self.spec.folder)
            .map_err(|error| self.fault("make the board's folder", error.to_string()))?;
        let socket = self.spec.folder.join("qmp");
        let listener =
            qmp::listen(&socket).map_err(|cause| self.fault("listen for the monitor", cause))?;
        let process = ProcessSpec {
            argv: self.spec.command_line(&socket).into_iter().chain(more.iter().cloned()).collect(),
            env: Vec::new(),
            directory: None,
            console: Console::Nowhere,
            errors: self.log(),
        };
        let process =
            Process::start(self.link, &self.pco, &process, self.clock, self.feed.clone())?;
        let qmp = tokio::select! {
            qmp = Qmp::accept(listener, START_PATIENCE) => qmp,
            () = process.ended() => Err("it ended at once".to_owned()),
        };
        let qmp = qmp.map_err(|cause| self.fault("start QEMU", cause))?;
        Ok(Running { process, qmp })
    }

    async fn go_on(&mut self, running: Running) -> Result<Tick, Fault> {
        let at = self.clock.now();
        running
            .qmp
            .go_on()
            .await
            .map_err(|cause| self.fault("put the board under power", cause))?;
        self.running = Some(running);
        Ok(at)
    }

    fn running(&self) -> Result<&Running, Fault> {
        self.running
            .as_ref()
            .ok_or_else(|| self.fault("reach the board", "it has no power".to_owned()))
    }

    fn log(&self) -> PathBuf {
        self.spec.folder.join("qemu.log")
    }

    fn fault(&self, doing: &str, cause: String) -> Fault {
        let mut said = fs::read_to_string(self.log()).unwrap_or_default();
        said = said.trim().lines().last().unwrap_or_default().to_owned();
        let cause = if said.is_empty() { cause } else { format!("{cause} (QEMU: {said})") };
        let remedy = format!("see {}; is the image built (`ci/image`)?", self.log().display());
        Fault::new(self.pco.as_str(), doing, cause, remedy)
    }
}

impl GuestSpec {
    /// The command line of QEMU for this board.
    fn command_line(&self, monitor: &Path) -> Vec<OsString> {
        let accelerator = match self.accelerator {
            Accelerator::Tcg => "tcg",
            Accelerator::Kvm => "kvm",
        };
        let machine = format!("q35,accel={accelerator},sata=off,smbus=off");
        let mut line: Vec<OsString> = vec![
            "qemu-system-x86_64".into(),
            "-M".into(),
            machine.into(),
            "-cpu".into(),
            "max".into(),
            "-m".into(),
            self.memory.to_string().into(),
        ];
        line.extend(["-nographic", "-nodefaults", "-no-user-config"].map(Into::into));
        line.extend(["-chardev".into(), option("serial,id=uart,path=", &self.console)]);
        line.extend(["-serial", "chardev:uart"].map(Into::into));
        line.extend(["-chardev".into(), option("socket,id=monitor,server=off,path=", monitor)]);
        line.extend(["-mon", "chardev=monitor,mode=control"].map(Into::into));
        line.extend(["-kernel".into(), self.kernel.clone().into()]);
        line.extend(["-initrd".into(), self.initrd.clone().into()]);
        line.extend(["-append".into(), format!("{KERNEL_ARGUMENTS} {}", self.arguments).into()]);
        if let Some(tap) = &self.tap {
            let netdev = format!("tap,id=cable,ifname={tap},script=no,downscript=no");
            line.extend(["-netdev".into(), netdev.into()]);
            line.extend(["-device", "virtio-net-pci,netdev=cable,romfile="].map(Into::into));
        }
        if let Some(flash) = &self.flash {
            line.extend(["-drive".into(), option("id=flash,if=none,format=raw,file=", flash)]);
            line.extend(["-device", "virtio-blk-pci,drive=flash"].map(Into::into));
        }
        for (name, path) in &self.files {
            line.extend(["-fw_cfg".into(), option(&format!("name={name},file="), path)]);
        }
        line
    }
}

/// A QEMU option that ends in a path: a comma in it is doubled.
fn option(start: &str, path: &Path) -> OsString {
    format!("{start}{}", path.display().to_string().replace(',', ",,")).into()
}

/// A path for the shell that QEMU hands it to.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Console on the UART; a reset at once on a panic and on `reboot`.
const KERNEL_ARGUMENTS: &str = "console=ttyS0 quiet panic=-1 reboot=t";
/// QEMU starts in 0.1 s; a machine busy with other work takes longer.
const START_PATIENCE: Duration = Duration::from_secs(20);
const RESTORE_PATIENCE: Duration = Duration::from_secs(20);
const SAVE_PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_option_parser_and_the_shell() {
        assert_eq!(option("serial,path=", Path::new("/a,b")), OsString::from("serial,path=/a,,b"));
        assert_eq!(quoted(Path::new("/it's here")), r"'/it'\''s here'");
    }
}
