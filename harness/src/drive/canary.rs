//! A thread that notices when the whole machine stands still.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, Stamped};
use super::realtime;
use super::task::on_thread;
use crate::rig::fault::Fault;
use crate::time::Tick;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Wakes every millisecond and delivers a [`LinkEvent::Stall`] when it was kept from it.
///
/// Runs above the pacer, so that only what holds up the pacer too is called a stall. Ends when
/// dropped.
#[derive(Debug)]
pub struct Canary {
    ended: Arc<AtomicBool>,
}

impl Canary {
    /// Starts the thread; a wake-up later than `limit` is a stall.
    ///
    /// # Errors
    ///
    /// The machine has no thread left to give.
    pub fn start(clock: RunClock, limit: Duration, feed: Feed) -> Result<Self, Fault> {
        let ended = Arc::new(AtomicBool::new(false));
        let this = Self { ended: Arc::clone(&ended) };
        thread::Builder::new()
            .name("canary".to_owned())
            .spawn(move || {
                // A panic is told already.
                let _over = on_thread(clock, &feed, || watch(&clock, limit, &feed, &ended));
            })
            .map_err(|error| {
                Fault::new("bench", "start the canary's thread", error, "raise `ulimit -u`")
            })?;
        Ok(this)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

fn watch(clock: &RunClock, limit: Duration, feed: &Feed, ended: &AtomicBool) {
    realtime::prefer(PRIORITY);
    let mut last = clock.now();
    while !ended.load(Ordering::Relaxed) {
        realtime::doze_until(clock, last + PERIOD);
        let now = clock.now();
        if let Some(span) = stall(last, now, limit) {
            let event = Stamped { at: now, what: LinkEvent::Stall { span } };
            if feed.blocking_send(event).is_err() {
                return;
            }
        }
        last = clock.now();
    }
}

/// How long the machine stood still, if a wake-up at `now` after one at `last` is that late.
fn stall(last: Tick, now: Tick, limit: Duration) -> Option<Duration> {
    Some(now.since(last + PERIOD)).filter(|&late| late > limit)
}

/// How often the thread wakes.
const PERIOD: Duration = Duration::from_millis(1);
/// `SCHED_FIFO` priority, above the pacer's.
const PRIORITY: u8 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::link::channel;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn only_a_wake_up_beyond_the_limit_is_a_stall() {
        let last = Tick::ZERO + ms(100);
        assert_eq!(stall(last, Tick::ZERO + ms(101), ms(5)), None);
        assert_eq!(stall(last, Tick::ZERO + ms(106), ms(5)), None);
        assert_eq!(stall(last, Tick::ZERO + ms(107), ms(5)), Some(ms(6)));
    }

    #[test]
    fn every_wake_up_is_late_against_a_limit_of_nothing() {
        let (feed, mut inbox) = channel();
        let canary = Canary::start(RunClock::start(), Duration::ZERO, feed).unwrap();
        let seen = inbox.blocking_recv().unwrap();
        assert!(matches!(seen.what, LinkEvent::Stall { span } if span > Duration::ZERO));
        drop(canary);
        // The thread lets go of the feed, so the channel runs dry and ends.
        while inbox.blocking_recv().is_some() {}
    }
}
