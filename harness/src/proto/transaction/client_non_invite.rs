//! Non-INVITE client transaction: RFC 3261 §17.1.2, Figure 6.

use super::timer::{Timer, Timers, Timing};
use crate::time::Tick;
use std::collections::VecDeque;

use Effect::{Arm, ArmAtT2, Deliver, Disarm, GiveUp, Retransmit};
use Event::{Final, Fired, Provisional, TransportFailed};
use State::{Completed, Proceeding, Terminated, Trying};

/// Where the transaction stands. Names are those of the figure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// The request is out and nothing has come back.
    Trying,
    /// A provisional response has come back.
    Proceeding,
    /// A final response has come back.
    Completed,
    /// Over.
    Terminated,
}

/// What can happen to the transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// A 1xx response.
    Provisional,
    /// A 200 to 699 response.
    Final,
    /// A timer ran out.
    Fired(Timer),
    /// The transport layer reported that the request could not be sent.
    TransportFailed,
}

/// What the transaction does about it, in the order given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Puts the request on the wire again.
    Retransmit,
    /// Passes the response to the transaction user.
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

/// The arrow that `event` follows out of `state`, or `None` where the figure draws none.
const fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        //= RFC 3261 §17.1.2.2
        (Trying, Fired(Timer::E)) => (Trying, &[Retransmit, Arm(Timer::E)]),
        (Proceeding, Fired(Timer::E)) => (Proceeding, &[Retransmit, ArmAtT2(Timer::E)]),
        (Trying | Proceeding, Fired(Timer::F)) => (Terminated, &[Disarm, GiveUp]),
        (Trying | Proceeding, Provisional) => (Proceeding, &[Deliver]),
        (Trying | Proceeding, Final) => (Completed, &[Disarm, Deliver, Arm(Timer::K)]),
        (Completed, Fired(Timer::K)) => (Terminated, &[]),
        //= RFC 3261 §17.1.4
        (Trying | Proceeding, TransportFailed) => (Terminated, &[Disarm, GiveUp]),
        (Trying | Proceeding | Completed | Terminated, _) => return None,
    })
}

/// A non-INVITE client transaction; driven like
/// [`ClientInvite`](super::client_invite::ClientInvite).
#[derive(Clone, Debug)]
pub struct ClientNonInvite {
    state: State,
    timers: Timers,
    outputs: VecDeque<Effect>,
}

impl ClientNonInvite {
    /// Starts the transaction at `now`; the caller has just sent the request.
    pub fn new(now: Tick, timing: Timing) -> Self {
        let mut timers = Timers::new(timing);
        timers.arm(now, Timer::E);
        timers.arm(now, Timer::F);
        Self { state: Trying, timers, outputs: VecDeque::new() }
    }

    /// Takes an event that happened at `now`.
    pub fn handle(&mut self, now: Tick, event: Event) {
        let Some((next, effects)) = arrow(self.state, event) else { return };
        self.state = next;
        for &effect in effects {
            match effect {
                Arm(timer) => self.timers.arm(now, timer),
                ArmAtT2(timer) => self.timers.arm_at_t2(now, timer),
                Disarm => self.timers.disarm(),
                Retransmit | Deliver | GiveUp => self.outputs.push_back(effect),
            }
        }
    }

    /// Fires every timer due at or before `now`, earliest first.
    pub fn handle_timeout(&mut self, now: Tick) {
        while let Some((at, timer)) = self.timers.pop_due(now) {
            self.handle(at, Fired(timer));
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
    const EVENTS: [Event; 6] =
        [Provisional, Final, TransportFailed, Fired(Timer::E), Fired(Timer::F), Fired(Timer::K)];

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
        assert_eq!(drawn, include_str!("client_non_invite.figure.txt"));
    }

    fn run(machine: &mut ClientNonInvite) -> Vec<(u128, Effect)> {
        let mut log = Vec::new();
        let mut now = Tick::ZERO;
        loop {
            while let Some(effect) = machine.poll_output() {
                log.push((now.since(Tick::ZERO).as_millis(), effect));
            }
            let Some(at) = machine.poll_timeout() else { return log };
            now = at;
            machine.handle_timeout(now);
        }
    }

    #[test]
    fn an_unanswered_request_is_sent_eleven_times_and_given_up_after_32_s() {
        let mut machine = ClientNonInvite::new(Tick::ZERO, Timing::default());
        let expected = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
            .map(|at| (at, Retransmit));
        let log = run(&mut machine);
        assert_eq!(log[..10], expected);
        assert_eq!(log[10..], [(32_000, GiveUp)]);
        assert_eq!(machine.state(), Terminated);
    }

    #[test]
    fn after_a_provisional_response_it_is_sent_every_t2() {
        let mut machine = ClientNonInvite::new(Tick::ZERO, Timing::default());
        machine.handle(Tick::ZERO, Provisional);
        let log = run(&mut machine);
        assert_eq!(
            log[..4],
            [(0, Deliver), (500, Retransmit), (4_500, Retransmit), (8_500, Retransmit)]
        );
        assert_eq!(log.last(), Some(&(32_000, GiveUp)));
    }

    #[test]
    fn further_responses_are_absorbed_for_t4() {
        let mut machine = ClientNonInvite::new(Tick::ZERO, Timing::default());
        machine.handle(Tick::ZERO, Final);
        machine.handle(Tick::ZERO, Final);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(5)));
        assert_eq!(run(&mut machine), [(0, Deliver)]);
        assert_eq!(machine.state(), Terminated);
    }
}
