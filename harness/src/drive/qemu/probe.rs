//! Whether the hardware can execute the board's instructions.

use super::{Accelerator, Guest, GuestSpec};
use crate::drive::clock::RunClock;
use crate::drive::link::{Inbox, LinkEvent, LinkId, channel};
use crate::drive::serial::SerialLink;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// The fastest accelerator that boots the board until its console says `ready`, and why no faster.
///
/// KVM is not believed by its name: on some virtual machines it is there and does not work. The
/// probe uses the board's TAP interface, so it must not be in use.
pub async fn fastest(spec: &GuestSpec, ready: &str, clock: RunClock) -> (Accelerator, String) {
    match boots_on_kvm(spec, ready, clock).await {
        Ok(()) => (Accelerator::Kvm, "a probe boot on KVM succeeded".to_owned()),
        Err(why) => (Accelerator::Tcg, why),
    }
}

async fn boots_on_kvm(spec: &GuestSpec, ready: &str, clock: RunClock) -> Result<(), String> {
    let device = Path::new("/dev/kvm");
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(device)
        .map_err(|error| format!("cannot open {}: {error}", device.display()))?;
    let (feed, mut inbox) = channel();
    let pty = SerialLink::pair(LinkId(0), "probe", clock, feed.clone());
    let pty = pty.map_err(|fault| fault.to_string())?;
    let spec = GuestSpec {
        accelerator: Accelerator::Kvm,
        console: pty.far_end().ok_or("a pty without a name")?.to_owned(),
        flash: None,
        folder: spec.folder.join("probe"),
        ..spec.clone()
    };
    let mut guest = Guest::new(LinkId(1), "probe", spec, clock, feed);
    let booted = async {
        guest.power_on().await.map_err(|fault| format!("a probe boot cannot {fault}"))?;
        until(&mut inbox, ready).await.ok_or("a probe boot on KVM ended early".to_owned())
    };
    let outcome = timeout(PATIENCE, booted).await;
    guest.power_off().await;
    outcome.unwrap_or_else(|_| Err(format!("a probe boot on KVM was not ready in {PATIENCE:?}")))
}

/// Waits until the console has said `ready`; `None` where the board ends before.
async fn until(inbox: &mut Inbox, ready: &str) -> Option<()> {
    let mut console = Vec::new();
    while let Some(event) = inbox.recv().await {
        if let LinkEvent::Bytes { bytes, .. } = event.what {
            console.extend(bytes);
            if String::from_utf8_lossy(&console).contains(ready) {
                return Some(());
            }
        } else if matches!(event.what, LinkEvent::Exited { .. }) {
            return None;
        }
    }
    None
}

/// A board on working KVM is ready in one or two seconds.
const PATIENCE: Duration = Duration::from_secs(6);
