//! What time the device takes it to be: RFC 3261 §10.2.5.

use std::time::Duration;

use super::Device;
use crate::defects::Defect;
use crate::sip::{Message, read_date, stamp};

/// The device's clock, which a board with a clock of its own sets when it boots.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    /// The device's own time when it was set, and the seconds since 1970 then.
    set: Option<(Duration, u64)>,
}

impl Clock {
    /// The clock at `now`, by that of the board.
    pub(super) fn of_board(now: Duration, unix: Option<u64>) -> Self {
        Self { set: unix.map(|unix| (now, unix)) }
    }

    pub(super) const fn set(&mut self, now: Duration, unix: u64) {
        self.set = Some((now, unix));
    }

    /// Seconds since 1970; absent where nobody has set the clock.
    pub(super) fn unix(self, now: Duration) -> Option<u64> {
        self.set.map(|(at, unix)| unix + now.saturating_sub(at).as_secs())
    }

    /// As `status` has it.
    pub(super) fn text(self, now: Duration) -> String {
        self.unix(now).map_or_else(|| "unset".to_owned(), stamp)
    }
}

impl Device {
    /// Sets a clock that knows no time by the Date of a registrar's 2xx: whoever says so is not asked to
    /// prove it, and a clock that is right shall stay so.
    //= RFC 3261 §10.2.5
    pub(super) fn learn_time(&mut self, now: Duration, response: &Message) {
        let date = response.headers.get("Date").and_then(read_date);
        if let Some(unix) = date
            .filter(|_| self.clock.unix(now).is_none() && !self.defects.has(Defect::DATE_IGNORED))
        {
            self.clock.set(now, unix);
        }
    }
}
