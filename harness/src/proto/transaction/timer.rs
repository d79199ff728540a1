//! The timers of RFC 3261 Table 4, RFC 6026 §7 and §8, and how long each runs.

use crate::time::Tick;
use std::time::Duration;

/// A timer of a transaction, by its letter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Timer {
    /// Retransmits the INVITE over an unreliable transport: T1, then doubling.
    A,
    /// Gives up on a response to the INVITE: 64·T1.
    B,
    /// Absorbs retransmitted failures: at least 32 s, or zero over a reliable transport.
    D,
    /// Retransmits another request over an unreliable transport: T1, then doubling up to T2.
    E,
    /// Gives up on a response to another request: 64·T1.
    F,
    /// Retransmits the failure of an INVITE over an unreliable transport: T1, doubling up to T2.
    G,
    /// Gives up on the ACK: 64·T1.
    H,
    /// Absorbs retransmitted ACKs: T4, or zero over a reliable transport.
    I,
    /// Absorbs retransmissions of another request: 64·T1, or zero over a reliable transport.
    J,
    /// Absorbs retransmitted responses: T4, or zero over a reliable transport.
    K,
    /// Absorbs retransmissions of an accepted INVITE: 64·T1.
    L,
    /// Passes up further 2xx responses: 64·T1.
    M,
    /// Sends 100 in place of a transaction user that is slow: 200 ms. RFC 3261 names no letter.
    Trying,
}

/// The durations on which the timers are built.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timing {
    /// Round-trip estimate. 500 ms by default.
    pub t1: Duration,
    /// The longest interval between retransmissions, but for those of an INVITE. 4 s by default.
    pub t2: Duration,
    /// How long a message can stay in the network. 5 s by default.
    pub t4: Duration,
}

/// Whether a transport sees to it by itself that what is sent arrives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reliability {
    /// It does not: UDP.
    Unreliable,
    /// It does: TCP and TLS.
    Reliable,
}

impl Default for Timing {
    /// RFC 3261 Table 4.
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

/// The running timers of one transaction.
#[derive(Clone, Debug)]
pub(super) struct Timers {
    timing: Timing,
    reliability: Reliability,
    due: Vec<(Tick, Timer)>,
    /// How often the retransmission timer (A, E or G) has been started; sets its next interval.
    starts: u32,
}

impl Timers {
    pub(super) const fn new(timing: Timing, reliability: Reliability) -> Self {
        Self { timing, reliability, due: Vec::new(), starts: 0 }
    }

    /// Starts `timer` at `now`; a retransmission timer runs longer each time.
    pub(super) fn arm(&mut self, now: Tick, timer: Timer) {
        let Timing { t1, t2, t4 } = self.timing;
        let reliable = self.reliability == Reliability::Reliable;
        let doubled = t1.saturating_mul(2_u32.saturating_pow(self.starts));
        let unless_reliable = |span| if reliable { Duration::ZERO } else { span };
        let span = match timer {
            //= RFC 3261 §17.1.1.2
            Timer::A | Timer::E | Timer::G if reliable => return,
            Timer::A => doubled,
            Timer::E | Timer::G => doubled.min(t2),
            Timer::B | Timer::F | Timer::H | Timer::L | Timer::M => t1.saturating_mul(64),
            Timer::D => unless_reliable(Duration::from_secs(32)),
            Timer::I | Timer::K => unless_reliable(t4),
            Timer::J => unless_reliable(t1.saturating_mul(64)),
            //= RFC 3261 §17.2.1
            Timer::Trying => Duration::from_millis(200),
        };
        if matches!(timer, Timer::A | Timer::E | Timer::G) {
            self.starts += 1;
        }
        self.due.push((now + span, timer));
    }

    /// Starts a retransmission timer at its longest interval.
    pub(super) fn arm_at_t2(&mut self, now: Tick, timer: Timer) {
        if self.reliability == Reliability::Unreliable {
            self.due.push((now + self.timing.t2, timer));
        }
    }

    /// Stops every timer.
    pub(super) fn disarm(&mut self) {
        self.due.clear();
    }

    /// Stops and returns the timer that ran out first, at or before `now`, with the time it did.
    pub(super) fn pop_due(&mut self, now: Tick) -> Option<(Tick, Timer)> {
        let (index, &first) = self.due.iter().enumerate().min_by_key(|(_, (at, _))| at)?;
        (first.0 <= now).then(|| self.due.remove(index))
    }

    /// When the next timer runs out, if any runs.
    pub(super) fn next(&self) -> Option<Tick> {
        self.due.iter().map(|&(at, _)| at).min()
    }
}
