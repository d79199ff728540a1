//! Resets, and the memory of why there was one.

use super::flash::{Flash, Place};
use intercom::ResetCause;
use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::termios::tcdrain;
use std::io;

/// Starts the board again, and has it know why.
///
/// What the console has been given leaves the board first. Returns only if the kernel refuses, as it
/// does to any process without the right to do so. The words come after "cannot".
pub(super) fn reset(flash: &Flash, cause: ResetCause) -> String {
    // Where it cannot be kept, the reset is taken for a power cut.
    let _kept = flash.store(Place::Cause, cause.name());
    // A console that is not a tty has nothing to wait for.
    let _drained = tcdrain(io::stdout());
    match reboot(RebootMode::RB_AUTOBOOT) {
        Ok(never) => match never {},
        Err(errno) => format!("reset the board: {errno}"),
    }
}

/// Why the board booted. Asked again, it says that power came up.
pub(super) fn take_cause(flash: &Flash) -> ResetCause {
    let kept = flash.load(Place::Cause).unwrap_or_default();
    // Forgotten at once, so that the next power cut is not taken for it.
    let _forgotten = flash.store(Place::Cause, "");
    let causes = [ResetCause::Command, ResetCause::Watchdog, ResetCause::Panic];
    let known = causes.into_iter().find(|cause| cause.name() == kept);
    known.unwrap_or(ResetCause::PowerOn)
}
