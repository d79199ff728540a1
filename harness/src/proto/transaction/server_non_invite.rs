//! Non-INVITE server transaction: RFC 3261 §17.2.2, Figure 8.

use super::timer::{Timer, Timers, Timing};
use crate::time::Tick;
use std::collections::VecDeque;

use Effect::{Arm, Disarm, GiveUp, Respond};
use Event::{Final, Fired, Provisional, Request, TransportFailed};
use State::{Completed, Proceeding, Terminated, Trying};

/// Where the transaction stands. Names are those of the figure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// The request is with the transaction user, and nothing has been sent.
    Trying,
    /// A provisional response has been sent.
    Proceeding,
    /// A final response has been sent.
    Completed,
    /// Over.
    Terminated,
}

/// What can happen to the transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The request came again.
    Request,
    /// The transaction user sends a 1xx.
    Provisional,
    /// The transaction user sends a 200 to 699.
    Final,
    /// A timer ran out.
    Fired(Timer),
    /// The transport layer reported that the response could not be sent.
    TransportFailed,
}

/// What the transaction does about it, in the order given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Puts the most recent response on the wire.
    Respond,
    /// Tells the transaction user that the transaction failed.
    GiveUp,
    /// Starts a timer.
    Arm(Timer),
    /// Stops every timer.
    Disarm,
}

/// The arrow that `event` follows out of `state`, or `None` where the figure draws none.
///
/// It never sends a 100 by itself, and never a 408: RFC 4320 §4.1 and §4.2.
const fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        //= RFC 3261 §17.2.2
        (Trying | Proceeding, Provisional) => (Proceeding, &[Respond]),
        (Trying | Proceeding, Final) => (Completed, &[Respond, Arm(Timer::J)]),
        (Proceeding, Request) => (Proceeding, &[Respond]),
        (Completed, Request) => (Completed, &[Respond]),
        (Completed, Fired(Timer::J)) => (Terminated, &[]),
        //= RFC 3261 §17.2.4
        (Proceeding | Completed, TransportFailed) => (Terminated, &[Disarm, GiveUp]),
        (Trying | Proceeding | Completed | Terminated, _) => return None,
    })
}

/// A non-INVITE server transaction; driven like
/// [`ClientInvite`](super::client_invite::ClientInvite).
#[derive(Clone, Debug)]
pub struct ServerNonInvite {
    state: State,
    timers: Timers,
    outputs: VecDeque<Effect>,
}

impl ServerNonInvite {
    /// Starts the transaction; the caller has the request.
    pub const fn new(timing: Timing) -> Self {
        Self { state: Trying, timers: Timers::new(timing), outputs: VecDeque::new() }
    }

    /// Takes an event that happened at `now`.
    pub fn handle(&mut self, now: Tick, event: Event) {
        let Some((next, effects)) = arrow(self.state, event) else { return };
        self.state = next;
        for &effect in effects {
            match effect {
                Arm(timer) => self.timers.arm(now, timer),
                Disarm => self.timers.disarm(),
                Respond | GiveUp => self.outputs.push_back(effect),
            }
        }
    }

    /// Fires every timer due at or before `now`, earliest first.
    pub fn handle_timeout(&mut self, now: Tick) {
        while let Some((at, timer)) = self.timers.pop_due(now) {
            self.handle(at, Fired(timer));
        }
    }

    /// The next thing for the caller to do, if any; never [`Arm`] nor [`Disarm`].
    pub fn poll_output(&mut self) -> Option<Effect> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub fn poll_timeout(&self) -> Option<Tick> {
        self.timers.next()
    }

    /// The current state.
    pub const fn state(&self) -> State {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::time::Duration;

    const STATES: [State; 4] = [Trying, Proceeding, Completed, Terminated];
    const EVENTS: [Event; 5] = [Request, Provisional, Final, TransportFailed, Fired(Timer::J)];

    #[test]
    fn figure() {
        let mut drawn = String::new();
        for state in STATES {
            for event in EVENTS {
                if let Some((next, effects)) = arrow(state, event) {
                    writeln!(drawn, "{state:?} --{event:?}--> {next:?} {effects:?}").unwrap();
                }
            }
        }
        assert_eq!(drawn, include_str!("server_non_invite.figure.txt"));
    }

    /// What the machine does at once about `event`.
    fn at_once(machine: &mut ServerNonInvite, event: Event) -> Vec<Effect> {
        machine.handle(Tick::ZERO, event);
        std::iter::from_fn(|| machine.poll_output()).collect()
    }

    #[test]
    fn a_request_is_answered_again_only_once_there_is_an_answer() {
        let mut machine = ServerNonInvite::new(Timing::default());
        assert_eq!(at_once(&mut machine, Request), []);
        assert_eq!(at_once(&mut machine, Final), [Respond]);
        assert_eq!(at_once(&mut machine, Request), [Respond]);
        assert_eq!(at_once(&mut machine, Final), []);
    }

    #[test]
    fn it_absorbs_for_32_s_over_udp_and_not_at_all_over_tcp() {
        for (reliable, until) in [(false, 32), (true, 0)] {
            let timing = Timing { reliable, ..Timing::default() };
            let mut machine = ServerNonInvite::new(timing);
            machine.handle(Tick::ZERO, Final);
            let at = Tick::ZERO + Duration::from_secs(until);
            assert_eq!(machine.poll_timeout(), Some(at));
            machine.handle_timeout(at);
            assert_eq!(machine.state(), Terminated);
        }
    }
}
