//! Whether the hardware can execute the virtual board's instructions.

use super::Lane;
use crate::drive::bench::Bench;
use crate::drive::dispatcher::{Dispatcher, Links};
use crate::drive::link::channel;
use crate::drive::pacer::Pacer;
use crate::drive::qemu::Accelerator;
use crate::rig::fault::Fault;
use crate::wire::IpVersion;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

impl Lane {
    /// Takes the fastest accelerator that works with this rig's board, and returns it in words.
    ///
    /// KVM is not believed by its name: on some virtual machines it is there and does not work. So the
    /// board is booted on it, and its state saved and restored, as the cases will do.
    pub(super) async fn choose_accelerator(&mut self) -> String {
        let tried = match can_open() {
            Ok(()) => self.boots_on_kvm().await.map_err(|Fault { doing, cause, .. }| {
                format!("a probe boot on it could not {doing}: {cause}")
            }),
            Err(cause) => Err(cause),
        };
        match tried {
            Ok(()) => {
                self.accelerator = Accelerator::Kvm;
                "KVM".to_owned()
            }
            Err(why) => format!("TCG, some ten times slower than KVM: {why}"),
        }
    }

    async fn boots_on_kvm(&mut self) -> Result<(), Fault> {
        let (feed, inbox) = channel();
        let mut spec = self.bench_spec(self.folder.join("kvm"), IpVersion::V4, 0);
        spec.accelerator = Accelerator::Kvm;
        let state = spec.folder.join("state");
        let bench = Bench::new(spec, self.clock, feed.clone())?;
        let pacer = Pacer::start(self.clock, feed)?;
        let (sockets, connections) = (BTreeMap::new(), BTreeMap::new());
        let links = Links { inbox, sockets, connections, pacer, bench, seed: 0 };
        let face = Arc::clone(&self.rig.device.face);
        let mut dispatcher = Dispatcher::new(self.clock, links, face, Box::new(|_| Ok(())));
        let tried = async {
            let patience = self.rig.profile.boot.duration().min(PATIENCE);
            dispatcher.boot(patience).await?;
            self.own(&dispatcher)?;
            dispatcher.bench().save(&state).await?;
            dispatcher.cut().await?;
            dispatcher.restore(&state).await?;
            self.own(&dispatcher)?;
            dispatcher.prepare(&self.rig.profile.prepare).await
        };
        let tried = tried.await;
        // The board is let go of whatever it came to.
        let _off = dispatcher.cut().await;
        tried
    }
}

/// Whether KVM can be opened at all.
///
/// # Errors
///
/// Why not, in words.
pub fn can_open() -> Result<(), String> {
    let device = Path::new("/dev/kvm");
    let opened = OpenOptions::new().read(true).write(true).open(device);
    opened.map(drop).map_err(|error| {
        let is_denied = error.kind() == io::ErrorKind::PermissionDenied;
        let remedy = if is_denied { "; the group `kvm` may" } else { "" };
        format!("cannot open {}: {error}{remedy}", device.display())
    })
}

/// A board on working KVM is ready in one or two seconds; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(10);
