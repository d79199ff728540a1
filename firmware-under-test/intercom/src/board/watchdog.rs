//! The board's watchdog.

use super::flash::Flash;
use super::reset::reset;
use intercom::ResetCause;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Resets the board when [`beat`](Self::beat) is not called for a while.
///
/// The kernel's watchdog stands behind it, for the case that the whole program is stuck.
#[derive(Clone, Debug)]
pub(super) struct Watchdog {
    alive: Arc<AtomicBool>,
}

impl Watchdog {
    /// Starts watching.
    ///
    /// # Errors
    ///
    /// The board has no thread to give. The words come after "cannot".
    pub(super) fn start(flash: Flash) -> Result<Self, String> {
        let alive = Arc::new(AtomicBool::new(true));
        let watched = Arc::clone(&alive);
        // A board without one has only ours.
        let kernels = OpenOptions::new().write(true).open("/dev/watchdog").ok();
        thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || watch(&watched, kernels, &flash))
            .map_err(|error| format!("start the watchdog: {error}"))?;
        Ok(Self { alive })
    }

    /// Says that the main loop is alive.
    pub(super) fn beat(&self) {
        self.alive.store(true, Ordering::Relaxed);
    }
}

fn watch(alive: &AtomicBool, mut kernels: Option<File>, flash: &Flash) {
    loop {
        thread::sleep(PERIOD);
        if !alive.swap(false, Ordering::Relaxed) {
            let why = reset(flash, ResetCause::Watchdog);
            // The kernel's watchdog ends what we could not.
            drop(kernels);
            return write_error(&why);
        }
        if let Some(watchdog) = &mut kernels {
            // A beat that does not arrive is what the watchdog is there for.
            let _beaten = watchdog.write_all(b"beat");
        }
    }
}

fn write_error(why: &str) {
    // Nothing is left to tell it to but the console.
    let _written = writeln!(std::io::stderr(), "cannot {why}");
}

/// How long the main loop may be silent. The kernel's own margin is a minute.
const PERIOD: Duration = Duration::from_secs(4);
