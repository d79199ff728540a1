//! Threads that wake when they are told to.

use super::clock::RunClock;
use crate::time::Tick;
use nix::errno::Errno;
use nix::sys::prctl::set_timerslack;
use nix::time::{ClockId, ClockNanosleepFlags, clock_nanosleep};
use nix::unistd::gettid;
use std::io;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// How the kernel schedules a thread of ours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scheduling {
    /// `SCHED_FIFO`: before every ordinary thread of the machine.
    Fifo,
    /// As any other thread, with the reason why no better was to be had.
    Ordinary {
        /// What stood in the way.
        why: String,
    },
}

impl Scheduling {
    /// The name in reports, with the reason where it is not the best.
    pub fn name(&self) -> String {
        match self {
            Self::Fifo => "fifo".to_owned(),
            Self::Ordinary { why } => format!("other ({why})"),
        }
    }
}

/// Asks for exact wake-ups of the calling thread: timer slack of 1 ns, and `SCHED_FIFO` if allowed.
///
/// `chrt` is asked to do the latter, because no safe call of ours can; it takes some milliseconds.
pub(super) fn prefer(priority: u8) -> Scheduling {
    if let Err(errno) = set_timerslack(1) {
        return Scheduling::Ordinary { why: format!("no timer slack: {errno}") };
    }
    match raise(priority) {
        Ok(()) => Scheduling::Fifo,
        Err(why) => Scheduling::Ordinary { why },
    }
}

/// Has `chrt` raise the calling thread, or says why it did not.
fn raise(priority: u8) -> Result<(), String> {
    let broken = |error: io::Error| format!("chrt: {error}");
    let mut chrt = Command::new("chrt")
        .args(["--fifo", "--pid", &priority.to_string(), &gettid().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(broken)?;
    let mut polls = POLLS;
    while chrt.try_wait().map_err(broken)?.is_none() {
        if polls == 0 {
            chrt.kill().map_err(broken)?;
            break;
        }
        polls -= 1;
        sleep(POLL);
    }
    let ended = chrt.wait_with_output().map_err(broken)?;
    match ended.status.code() {
        Some(0) => Ok(()),
        Some(_) => Err(String::from_utf8_lossy(&ended.stderr).trim().to_owned()),
        None => Err(format!("chrt: no answer within {:?}", POLL * POLLS)),
    }
}

/// Sleeps until `at`, the last stretch of it awake, and returns the instant reached.
///
/// A sleeping thread wakes some 10 to 50 µs late; a waiting one does not.
pub(super) fn sleep_until(clock: &RunClock, at: Tick) -> Tick {
    doze_until(clock, Tick::ZERO + at.since(Tick::ZERO + AWAKE));
    loop {
        let now = clock.now();
        if now >= at {
            return now;
        }
        std::hint::spin_loop();
    }
}

/// Sleeps until `at`, or as much longer as the kernel takes to wake us.
pub(super) fn doze_until(clock: &RunClock, at: Tick) {
    let at = clock.monotonic(at);
    let absolute = ClockNanosleepFlags::TIMER_ABSTIME;
    while clock_nanosleep(ClockId::CLOCK_MONOTONIC, absolute, &at) == Err(Errno::EINTR) {}
}

/// How often, and at what intervals, is looked whether `chrt` is done, which needs some milliseconds.
const POLLS: u32 = 4_000;
/// See [`POLLS`].
const POLL: Duration = Duration::from_micros(500);
/// The stretch before a deadline that is spent awake.
const AWAKE: Duration = Duration::from_micros(60);
