//! What the four transactions have in common: an interpreter of their figures.

use super::timer::{Reliability, Timer, Timers, Timing};
use crate::time::Tick;
use std::collections::VecDeque;
use std::fmt::Debug;

/// What a transaction does about an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Puts the request on the wire again.
    Retransmit,
    /// Puts the ACK for the final response on the wire.
    Ack,
    /// Puts the most recent response on the wire; nothing, if there is none yet.
    Respond,
    /// Makes a 100 the most recent response, and puts it on the wire.
    RespondTrying,
    /// Passes what came to the transaction user.
    Deliver,
    /// Tells the transaction user that the transaction failed.
    GiveUp,
    /// Starts a timer.
    Arm(Timer),
    /// Starts a timer at T2.
    ArmAtT2(Timer),
    /// Stops every timer.
    Disarm,
}

/// One of the four figures of RFC 3261 §17: states, events, and the arrows between them.
pub trait Figure {
    /// Where the transaction stands.
    type State: Copy + Debug + Eq;
    /// What can happen to it; a timer that ran out is such an event.
    type Event: Copy + Debug + Eq + From<Timer>;
    /// The state that it begins in.
    const START: Self::State;
    /// The timers that run from the beginning.
    const TIMERS: &'static [Timer];

    /// The arrow that `event` follows out of `state`, or `None` where the figure draws none.
    ///
    /// This is the figure and nothing else: no message, no clock, no transport. An event without an
    /// arrow changes nothing and is not an error, for a late duplicate is ordinary on UDP. The
    /// effects are done in the order given.
    fn arrow(state: Self::State, event: Self::Event) -> Option<(Self::State, &'static [Effect])>;
}

/// A transaction: a figure, the state in it, and the timers that run.
///
/// Call a `handle*` method, then [`poll_output`](Self::poll_output) until it returns `None`, then
/// wait until [`poll_timeout`](Self::poll_timeout). Never do two of the first without the second
/// between them.
#[derive(Clone, Debug)]
pub struct Transaction<F: Figure> {
    state: F::State,
    timers: Timers,
    outputs: VecDeque<Effect>,
}

impl<F: Figure> Transaction<F> {
    /// Starts the transaction at `now`; the caller has just sent the request, or has just got it.
    pub fn new(now: Tick, timing: Timing, reliability: Reliability) -> Self {
        let mut timers = Timers::new(timing, reliability);
        for &timer in F::TIMERS {
            timers.arm(now, timer);
        }
        Self { state: F::START, timers, outputs: VecDeque::new() }
    }

    /// Takes an event that happened at `now`.
    pub fn handle(&mut self, now: Tick, event: F::Event) {
        let Some((next, effects)) = F::arrow(self.state, event) else { return };
        self.state = next;
        for &effect in effects {
            match effect {
                Effect::Arm(timer) => self.timers.arm(now, timer),
                Effect::ArmAtT2(timer) => self.timers.arm_at_t2(now, timer),
                Effect::Disarm => self.timers.disarm(),
                Effect::Retransmit
                | Effect::Ack
                | Effect::Respond
                | Effect::RespondTrying
                | Effect::Deliver
                | Effect::GiveUp => self.outputs.push_back(effect),
            }
        }
    }

    /// Fires every timer due at or before `now`, earliest first.
    pub fn handle_timeout(&mut self, now: Tick) {
        while let Some((at, timer)) = self.timers.pop_due(now) {
            self.handle(at, timer.into());
        }
    }

    /// The next thing for the caller to do, if any; never one about timers.
    pub fn poll_output(&mut self) -> Option<Effect> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub fn poll_timeout(&self) -> Option<Tick> {
        self.timers.next()
    }

    /// The current state.
    pub const fn state(&self) -> F::State {
        self.state
    }
}

/// The whole figure as text, so that a review sees every arrow that a change moves.
#[cfg(test)]
pub(super) fn drawn<F: Figure>(states: &[F::State], events: &[F::Event]) -> String {
    let pairs = states.iter().flat_map(|&state| events.iter().map(move |&event| (state, event)));
    let arrows = pairs.filter_map(|(state, event)| {
        let (next, effects) = F::arrow(state, event)?;
        Some(format!("{state:?} --{event:?}--> {next:?} {effects:?}\n"))
    });
    arrows.collect()
}

/// Runs a transaction until it is over, or has no timer left: what it does and when, in ms.
#[cfg(test)]
pub(super) fn run<F: Figure>(transaction: &mut Transaction<F>) -> Vec<(u128, Effect)> {
    let mut log = Vec::new();
    let mut now = Tick::ZERO;
    loop {
        while let Some(effect) = transaction.poll_output() {
            log.push((now.since(Tick::ZERO).as_millis(), effect));
        }
        let Some(at) = transaction.poll_timeout() else { return log };
        now = at;
        transaction.handle_timeout(now);
    }
}
