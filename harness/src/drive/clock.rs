//! The only clock.

use crate::time::Tick;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// The clock of one run: nanoseconds since the run began, on the machine's monotonic clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RunClock {
    /// `CLOCK_MONOTONIC` when the run began.
    began: Duration,
    /// `CLOCK_REALTIME` when the run began.
    began_unix: Duration,
}

impl RunClock {
    /// Starts the run's clock: now is [`Tick::ZERO`].
    pub fn start() -> Self {
        let Both { monotonic, unix } = Both::read();
        Self { began: monotonic, began_unix: unix }
    }

    /// The present instant.
    pub fn now(&self) -> Tick {
        self.tick_of_monotonic(read(ClockId::CLOCK_MONOTONIC))
    }

    /// The instant of a kernel stamp, which counts from the Unix epoch.
    ///
    /// Goes by how long ago the stamp was, so that a step of the wall clock since the run began does
    /// no harm; one between stamp and call moves the result by the step. Good to about 1 µs otherwise.
    pub fn tick_of_realtime(&self, stamp: Duration) -> Tick {
        let Both { monotonic, unix } = Both::read();
        self.tick_of_monotonic(monotonic.saturating_sub(unix.saturating_sub(stamp)))
    }

    /// The time since the Unix epoch at `tick`, by the wall clock as it was when the run began.
    pub fn unix(&self, tick: Tick) -> Duration {
        self.began_unix + tick.since(Tick::ZERO)
    }

    /// `tick` on `CLOCK_MONOTONIC`, for absolute sleeps.
    pub(super) fn monotonic(&self, tick: Tick) -> TimeSpec {
        TimeSpec::from_duration(self.began + tick.since(Tick::ZERO))
    }

    fn tick_of_monotonic(&self, monotonic: Duration) -> Tick {
        Tick::ZERO + monotonic.saturating_sub(self.began)
    }
}

/// The wall clock, since 1970-01-01 UTC.
pub fn unix_now() -> Duration {
    read(ClockId::CLOCK_REALTIME)
}

/// The two kernel clocks, read together.
struct Both {
    monotonic: Duration,
    unix: Duration,
}

impl Both {
    /// Reads both, again where the thread was interrupted between the readings.
    fn read() -> Self {
        let mut best = Self::read_once();
        for _ in 0..READINGS {
            if best.1 <= CLOSE {
                break;
            }
            let again = Self::read_once();
            if again.1 < best.1 {
                best = again;
            }
        }
        best.0
    }

    /// Reads both, and says how long the reading took.
    fn read_once() -> (Self, Duration) {
        let before = read(ClockId::CLOCK_MONOTONIC);
        let unix = read(ClockId::CLOCK_REALTIME);
        let took = read(ClockId::CLOCK_MONOTONIC).saturating_sub(before);
        (Self { monotonic: before + took / 2, unix }, took)
    }
}

#[expect(clippy::expect_used, reason = "Linux always has these two clocks")]
fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).map(Duration::from).expect("a Linux kernel")
}

/// Two readings this close together count as one.
const CLOSE: Duration = Duration::from_micros(1);
/// How often a disturbed reading is tried again.
const READINGS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_of_the_wall_clock_lands_where_it_was_taken() {
        let clock = RunClock::start();
        let before = clock.now();
        let stamp = read(ClockId::CLOCK_REALTIME);
        let after = clock.now();
        let tick = clock.tick_of_realtime(stamp);
        // The two clocks are read one after the other: allow the width of such a reading.
        let slack = Duration::from_millis(5);
        assert!(tick + slack >= before && tick <= after + slack, "{before:?} {tick:?} {after:?}");
    }

    #[test]
    fn a_stamp_from_before_the_run_is_its_beginning() {
        let clock = RunClock::start();
        assert_eq!(clock.tick_of_realtime(Duration::from_secs(1)), Tick::ZERO);
    }

    #[test]
    fn unix_time_advances_with_the_tick() {
        let clock = RunClock::start();
        let span = Duration::from_secs(7);
        assert_eq!(clock.unix(Tick::ZERO + span), clock.unix(Tick::ZERO) + span);
    }
}
