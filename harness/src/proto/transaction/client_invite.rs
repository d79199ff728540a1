//! INVITE client transaction: RFC 3261 §17.1.1, Figure 5, as amended by RFC 6026 §7.2.

use super::timer::{Timer, Timers, Timing};
use crate::time::Tick;
use std::collections::VecDeque;

use Effect::{Ack, Arm, Deliver, Disarm, GiveUp, Retransmit};
use Event::{Failure, Fired, Provisional, Success, TransportFailed};
use State::{Accepted, Calling, Completed, Proceeding, Terminated};

/// Where the transaction stands. Names are those of the figure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// The request is out and nothing has come back.
    Calling,
    /// A provisional response has come back.
    Proceeding,
    /// A final response of 300 to 699 has come back and been acknowledged.
    Completed,
    /// A 2xx has come back; further 2xx from other branches are still passed up.
    Accepted,
    /// Over.
    Terminated,
}

/// What can happen to the transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// A 1xx response.
    Provisional,
    /// A 2xx response.
    Success,
    /// A 300 to 699 response.
    Failure,
    /// A timer ran out.
    Fired(Timer),
    /// The transport layer reported that the request could not be sent.
    TransportFailed,
}

/// What the transaction does about it, in the order given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Puts the INVITE on the wire again.
    Retransmit,
    /// Puts the ACK for the final response on the wire.
    Ack,
    /// Passes the response to the transaction user.
    Deliver,
    /// Tells the transaction user that the transaction failed.
    GiveUp,
    /// Starts a timer.
    Arm(Timer),
    /// Stops every timer.
    Disarm,
}

/// The arrow that `event` follows out of `state`, or `None` where the figure draws none.
///
/// This is the figure and nothing else: no message, no clock, no transport. An event without an
/// arrow changes nothing and is not an error, for a late duplicate is ordinary on UDP.
const fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        //= RFC 3261 §17.1.1.2
        (Calling, Fired(Timer::A)) => (Calling, &[Retransmit, Arm(Timer::A)]),
        (Calling, Fired(Timer::B)) => (Terminated, &[Disarm, GiveUp]),
        (Calling | Proceeding, Provisional) => (Proceeding, &[Disarm, Deliver]),
        (Calling | Proceeding, Failure) => (Completed, &[Disarm, Deliver, Ack, Arm(Timer::D)]),
        (Completed, Failure) => (Completed, &[Ack]),
        (Completed, Fired(Timer::D)) => (Terminated, &[]),
        //= RFC 6026 §7.2
        (Calling | Proceeding, Success) => (Accepted, &[Disarm, Deliver, Arm(Timer::M)]),
        (Accepted, Success) => (Accepted, &[Deliver]),
        (Accepted, Fired(Timer::M)) => (Terminated, &[]),
        //= RFC 3261 §17.1.4
        (Calling | Completed, TransportFailed) => (Terminated, &[Disarm, GiveUp]),
        (Calling | Proceeding | Completed | Accepted | Terminated, _) => return None,
    })
}

/// An INVITE client transaction.
///
/// Call a `handle*` method, then [`poll_output`](Self::poll_output) until it returns `None`, then
/// wait until [`poll_timeout`](Self::poll_timeout). Never do two of the first without the second
/// between them.
#[derive(Clone, Debug)]
pub struct ClientInvite {
    state: State,
    timers: Timers,
    outputs: VecDeque<Effect>,
}

impl ClientInvite {
    /// Starts the transaction at `now`; the caller has just sent the request.
    pub fn new(now: Tick, timing: Timing) -> Self {
        let mut timers = Timers::new(timing);
        timers.arm(now, Timer::A);
        timers.arm(now, Timer::B);
        Self { state: Calling, timers, outputs: VecDeque::new() }
    }

    /// Takes an event that happened at `now`.
    pub fn handle(&mut self, now: Tick, event: Event) {
        let Some((next, effects)) = arrow(self.state, event) else { return };
        self.state = next;
        for &effect in effects {
            match effect {
                Arm(timer) => self.timers.arm(now, timer),
                Disarm => self.timers.disarm(),
                Retransmit | Ack | Deliver | GiveUp => self.outputs.push_back(effect),
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

    const STATES: [State; 5] = [Calling, Proceeding, Completed, Accepted, Terminated];
    const EVENTS: [Event; 8] = [
        Provisional,
        Success,
        Failure,
        TransportFailed,
        Fired(Timer::A),
        Fired(Timer::B),
        Fired(Timer::D),
        Fired(Timer::M),
    ];

    /// The whole figure as text, so that a review sees every arrow that a change moves.
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
        assert_eq!(drawn, include_str!("client_invite.figure.txt"));
    }

    /// Runs the machine until it is over, or has no timer left, and lists what it did and when.
    fn run(invite: &mut ClientInvite) -> Vec<(u128, Effect)> {
        let mut log = Vec::new();
        let mut now = Tick::ZERO;
        loop {
            while let Some(effect) = invite.poll_output() {
                log.push((now.since(Tick::ZERO).as_millis(), effect));
            }
            let Some(at) = invite.poll_timeout() else { return log };
            now = at;
            invite.handle_timeout(now);
        }
    }

    #[test]
    fn an_unanswered_invite_is_sent_seven_times_and_given_up_after_32_s() {
        let mut invite = ClientInvite::new(Tick::ZERO, Timing::default());
        assert_eq!(
            run(&mut invite),
            [
                (500, Retransmit),
                (1_500, Retransmit),
                (3_500, Retransmit),
                (7_500, Retransmit),
                (15_500, Retransmit),
                (31_500, Retransmit),
                (32_000, GiveUp),
            ]
        );
        assert_eq!(invite.state(), Terminated);
    }

    #[test]
    fn over_tcp_it_is_sent_once() {
        let timing = Timing { reliable: true, ..Timing::default() };
        let mut invite = ClientInvite::new(Tick::ZERO, timing);
        assert_eq!(run(&mut invite), [(32_000, GiveUp)]);
    }

    #[test]
    fn after_a_provisional_response_it_waits_for_ever() {
        let mut invite = ClientInvite::new(Tick::ZERO, Timing::default());
        invite.handle(Tick::ZERO, Provisional);
        assert_eq!(run(&mut invite), [(0, Deliver)]);
        assert_eq!(invite.state(), Proceeding);
    }

    #[test]
    fn each_copy_of_a_failure_is_acknowledged_for_32_s_but_passed_up_once() {
        let mut invite = ClientInvite::new(Tick::ZERO, Timing::default());
        invite.handle(Tick::ZERO, Failure);
        invite.handle(Tick::ZERO, Failure);
        assert_eq!(invite.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(32)));
        assert_eq!(run(&mut invite), [(0, Deliver), (0, Ack), (0, Ack)]);
        assert_eq!(invite.state(), Terminated);
    }

    #[test]
    fn each_copy_of_a_2xx_is_passed_up_for_32_s() {
        let mut invite = ClientInvite::new(Tick::ZERO, Timing::default());
        invite.handle(Tick::ZERO, Success);
        invite.handle(Tick::ZERO, Success);
        assert_eq!(invite.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(32)));
        assert_eq!(run(&mut invite), [(0, Deliver), (0, Deliver)]);
        assert_eq!(invite.state(), Terminated);
    }
}
