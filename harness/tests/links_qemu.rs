//! The reference firmware image on a virtual board: boot, console, network, reset, power cut.
//!
//! Needs QEMU, `iproute2`, namespaces and the image (`ci/image`). Where one is missing it says which,
//! and is not run; with `RINGTRUE_REQUIRE_QEMU` set that is a failure.

#![expect(clippy::print_stdout, reason = "the report of a test is what it prints")]

use ringtrue::drive::clock::RunClock;
use ringtrue::drive::link::{Inbox, LinkEvent, LinkId, channel};
use ringtrue::drive::netns::{self, Tap};
use ringtrue::drive::qemu::{Accelerator, Guest, GuestSpec};
use ringtrue::drive::serial::SerialLink;
use ringtrue::drive::udp::UdpLink;
use ringtrue::time::Tick;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use tokio::time::timeout;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let image = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/image");
    if let Err(why) = can_run(&image) {
        println!("links_qemu: not run: {why}");
        let is_required = std::env::var_os("RINGTRUE_REQUIRE_QEMU").is_some();
        return if is_required { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    match boot_and_cut(&image).and_then(|()| lanes_have_networks_of_their_own()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("links_qemu: failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Comes back only inside a namespace of our own.
fn can_run(image: &Path) -> Outcome {
    if !image.join("manifest.json").exists() {
        return Err("there is no image; build it with `ci/image`".into());
    }
    if Command::new("qemu-system-x86_64").arg("--version").output().is_err() {
        return Err("there is no QEMU; install `qemu-system-x86`".into());
    }
    Ok(netns::ensure()?)
}

struct Board {
    guest: Guest,
    line: SerialLink,
    sip: UdpLink,
    inbox: Inbox,
    clock: RunClock,
    console: String,
}

#[tokio::main(flavor = "current_thread")]
async fn boot_and_cut(image: &Path) -> Outcome {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    let mut board = Board::new(image, folder.path())?;

    let on = board.guest.power_on().await?;
    board.booted("power-on", "power on", on).await?;
    board.answers("after power on").await?;

    let asked = board.line.write(b"reboot\r")?;
    board.booted("command", "reboot by console", asked).await?;

    board.line.write(b"auto-answer on\r")?;
    let hung = board.line.write(b"hang\r")?;
    board.booted("watchdog", "watchdog", hung).await?;

    let pressed = board.guest.reset().await?;
    board.booted("power-on", "reset button", pressed).await?;

    board.guest.save_state(&state).await?;
    board.answers("after its state was saved").await?;
    board.guest.power_off().await;
    let again = board.guest.restore_state(&state).await?;
    let answered = board.answers("restored").await?;
    println!("restore: {} ms to the first answer", answered.since(again).as_millis());

    board.guest.power_off().await;
    let on = board.guest.power_on().await?;
    board.booted("power-on", "power cut and power on", on).await?;
    board.answers("after a power cut").await?;
    board.line.write(b"status\r")?;
    board.says("auto-answer: on").await
}

/// Two boards with one address, as two lanes have them, do not meet.
fn lanes_have_networks_of_their_own() -> Outcome {
    let lane = || {
        netns::ensure_for_thread()?;
        Tap::up("lane0", Ipv4Addr::new(198, 18, 8, 1), 24)
    };
    let lanes = [std::thread::spawn(lane), std::thread::spawn(lane)];
    for lane in lanes {
        lane.join().map_err(|_| "a lane's thread panicked")??;
    }
    let shared = Command::new("ip").args(["link", "show", "dev", "lane0"]).output()?;
    if shared.status.success() {
        return Err("the interface of a lane is in the network of all".into());
    }
    Ok(())
}

impl Board {
    fn new(image: &Path, folder: &Path) -> Outcome<Self> {
        let clock = RunClock::start();
        let (feed, inbox) = channel();
        let tap = Tap::up("tap0", Ipv4Addr::new(198, 18, 7, 1), 24)?;
        let line = SerialLink::pair(LinkId(1), "console", clock, feed.clone())?;
        let here = SocketAddr::from((tap.address(), 5060));
        let sip = UdpLink::bind(LinkId(2), "sip", here, clock, feed.clone())?;
        let flash = folder.join("flash");
        std::fs::write(&flash, vec![0; 65_536])?;
        let spec = GuestSpec {
            kernel: image.join("vmlinux"),
            initrd: image.join("initramfs.gz"),
            arguments: "intercom.ip=198.18.7.2/24".to_owned(),
            memory: 256,
            accelerator: Accelerator::Tcg,
            console: line.far_end().map(PathBuf::from).ok_or("no pty")?,
            tap: Some(tap.name().to_owned()),
            flash: Some(flash),
            files: Vec::new(),
            folder: folder.to_owned(),
        };
        let guest = Guest::new(LinkId(3), "board", spec, clock, feed);
        Ok(Self { guest, line, sip, inbox, clock, console: String::new() })
    }

    /// Waits until the device has booted and said why.
    async fn booted(&mut self, cause: &str, what: &str, from: Tick) -> Outcome {
        self.console.clear();
        let at = self.seen("boot: ready").await.map_err(|why| format!("{what}: {why}"))?;
        if !self.console.contains(cause) {
            return Err(format!("{what}: not for {cause}; console: {}", self.console).into());
        }
        println!("{what}: {} ms to `boot: ready`", at.since(from).as_millis());
        Ok(())
    }

    /// Waits until the console has said `text` since now.
    async fn says(&mut self, text: &str) -> Outcome {
        self.console.clear();
        self.seen(text).await.map(drop)
    }

    /// Waits until `text` is on the console, and returns when it was.
    async fn seen(&mut self, text: &str) -> Outcome<Tick> {
        let seen = timeout(PATIENCE, async {
            while let Some(event) = self.inbox.recv().await {
                if let LinkEvent::Bytes { bytes, .. } = event.what {
                    self.console.push_str(&String::from_utf8_lossy(&bytes));
                    if self.console.contains(text) {
                        return Some(event.at);
                    }
                }
            }
            None
        });
        let seen = seen.await.ok().flatten();
        Ok(seen.ok_or_else(|| format!("no `{text}` on the console: {}", self.console))?)
    }

    /// Sends SIP to the device until it answers, as one does over UDP.
    async fn answers(&mut self, when: &str) -> Outcome<Tick> {
        let device = SocketAddr::from(([198, 18, 7, 2], 5060));
        for attempt in 1..=ATTEMPTS {
            let branch = format!("{}{attempt}", self.clock.now().since(Tick::ZERO).as_nanos());
            let request = OPTIONS.replace("BRANCH", &branch);
            let sent = self.sip.send(device, request.as_bytes())?;
            let answer = timeout(RETRANSMIT, async {
                while let Some(event) = self.inbox.recv().await {
                    if let LinkEvent::Datagram { bytes, .. } = &event.what
                        && String::from_utf8_lossy(bytes).contains(&branch)
                    {
                        return Some(event.at);
                    }
                }
                None
            });
            if let Ok(Some(at)) = answer.await {
                println!("{when}: answered in {:.1?}", at.since(sent));
                return Ok(at);
            }
        }
        Err(format!("{when}: no answer to {ATTEMPTS} requests").into())
    }
}

const OPTIONS: &str = "OPTIONS sip:door@198.18.7.2 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 198.18.7.1:5060;branch=z9hG4bKBRANCH\r\n\
    Max-Forwards: 70\r\n\
    From: <sip:rig@198.18.7.1>;tag=1\r\n\
    To: <sip:door@198.18.7.2>\r\n\
    Call-ID: BRANCH@198.18.7.1\r\n\
    CSeq: 1 OPTIONS\r\n\
    Content-Length: 0\r\n\r\n";
/// A busy machine boots ten times slower than a quiet one.
const PATIENCE: Duration = Duration::from_secs(60);
const RETRANSMIT: Duration = Duration::from_millis(500);
const ATTEMPTS: u32 = 20;
