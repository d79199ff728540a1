//! INVITE server transaction: RFC 3261 §17.2.1, Figure 7, as amended by RFC 6026 §7.1.

use super::timer::{Timer, Timers, Timing};
use crate::time::Tick;
use std::collections::VecDeque;

use Effect::{Arm, Deliver, Disarm, GiveUp, Respond, RespondTrying};
use Event::{Ack, Failure, Fired, Invite, Provisional, Success, TransportFailed};
use State::{Accepted, Completed, Confirmed, Proceeding, Terminated};

/// Where the transaction stands. Names are those of the figure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// The INVITE is with the transaction user.
    Proceeding,
    /// A failure has been sent and waits for its ACK.
    Completed,
    /// The ACK of the failure has come.
    Confirmed,
    /// A 2xx has been sent; the transaction user sees to its ACK.
    Accepted,
    /// Over.
    Terminated,
}

/// What can happen to the transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The INVITE came again.
    Invite,
    /// An ACK came.
    Ack,
    /// The transaction user sends a 1xx.
    Provisional,
    /// The transaction user sends a 2xx.
    Success,
    /// The transaction user sends a 300 to 699.
    Failure,
    /// A timer ran out.
    Fired(Timer),
    /// The transport layer reported that the response could not be sent.
    TransportFailed,
}

/// What the transaction does about it, in the order given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Puts the most recent response on the wire; nothing, if there is none yet.
    Respond,
    /// Makes a 100 the most recent response, and puts it on the wire.
    RespondTrying,
    /// Passes the ACK to the transaction user.
    Deliver,
    /// Tells the transaction user that the transaction failed.
    GiveUp,
    /// Starts a timer.
    Arm(Timer),
    /// Stops every timer.
    Disarm,
}

/// The arrow that `event` follows out of `state`, or `None` where the figure draws none.
const fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        //= RFC 3261 §17.2.1
        (Proceeding, Invite) => (Proceeding, &[Respond]),
        (Proceeding, Fired(Timer::Trying)) => (Proceeding, &[RespondTrying]),
        (Proceeding, Provisional) => (Proceeding, &[Disarm, Respond]),
        (Proceeding, Failure) => (Completed, &[Disarm, Respond, Arm(Timer::G), Arm(Timer::H)]),
        (Completed, Invite) => (Completed, &[Respond]),
        (Completed, Fired(Timer::G)) => (Completed, &[Respond, Arm(Timer::G)]),
        (Completed, Fired(Timer::H)) => (Terminated, &[Disarm, GiveUp]),
        (Completed, Ack) => (Confirmed, &[Disarm, Arm(Timer::I)]),
        (Confirmed, Fired(Timer::I)) => (Terminated, &[]),
        //= RFC 6026 §7.1
        (Proceeding, Success) => (Accepted, &[Disarm, Respond, Arm(Timer::L)]),
        (Accepted, Success) => (Accepted, &[Respond]),
        (Accepted, Ack) => (Accepted, &[Deliver]),
        (Accepted, Fired(Timer::L)) => (Terminated, &[]),
        (Proceeding | Completed | Accepted, TransportFailed) => (state, &[GiveUp]),
        (Proceeding | Completed | Confirmed | Accepted | Terminated, _) => return None,
    })
}

/// An INVITE server transaction; driven like
/// [`ClientInvite`](super::client_invite::ClientInvite).
#[derive(Clone, Debug)]
pub struct ServerInvite {
    state: State,
    timers: Timers,
    outputs: VecDeque<Effect>,
}

impl ServerInvite {
    /// Starts the transaction at `now`; the caller has the INVITE.
    pub fn new(now: Tick, timing: Timing) -> Self {
        let mut timers = Timers::new(timing);
        timers.arm(now, Timer::Trying);
        Self { state: Proceeding, timers, outputs: VecDeque::new() }
    }

    /// Takes an event that happened at `now`.
    pub fn handle(&mut self, now: Tick, event: Event) {
        let Some((next, effects)) = arrow(self.state, event) else { return };
        self.state = next;
        for &effect in effects {
            match effect {
                Arm(timer) => self.timers.arm(now, timer),
                Disarm => self.timers.disarm(),
                Respond | RespondTrying | Deliver | GiveUp => self.outputs.push_back(effect),
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

    const STATES: [State; 5] = [Proceeding, Completed, Confirmed, Accepted, Terminated];
    const EVENTS: [Event; 11] = [
        Invite,
        Ack,
        Provisional,
        Success,
        Failure,
        TransportFailed,
        Fired(Timer::Trying),
        Fired(Timer::G),
        Fired(Timer::H),
        Fired(Timer::I),
        Fired(Timer::L),
    ];

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
        assert_eq!(drawn, include_str!("server_invite.figure.txt"));
    }

    fn run(machine: &mut ServerInvite) -> Vec<(u128, Effect)> {
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
    fn a_slow_user_gets_a_100_after_200_ms() {
        let mut machine = ServerInvite::new(Tick::ZERO, Timing::default());
        assert_eq!(run(&mut machine), [(200, RespondTrying)]);
        assert_eq!(machine.state(), Proceeding);
    }

    #[test]
    fn an_unacknowledged_failure_is_sent_at_most_every_t2_and_given_up_after_32_s() {
        let mut machine = ServerInvite::new(Tick::ZERO, Timing::default());
        machine.handle(Tick::ZERO, Failure);
        let expected =
            [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
                .map(|at| (at, Respond));
        let log = run(&mut machine);
        assert_eq!(log[..11], expected);
        assert_eq!(log[11..], [(32_000, GiveUp)]);
    }

    #[test]
    fn an_acknowledged_failure_is_quiet_for_t4() {
        let mut machine = ServerInvite::new(Tick::ZERO, Timing::default());
        machine.handle(Tick::ZERO, Failure);
        machine.handle(Tick::ZERO, Ack);
        machine.handle(Tick::ZERO, Ack);
        machine.handle(Tick::ZERO, Invite);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(5)));
        assert_eq!(run(&mut machine), [(0, Respond)]);
        assert_eq!(machine.state(), Terminated);
    }

    #[test]
    fn an_accepted_invite_is_absorbed_for_32_s_and_its_acks_passed_up() {
        let mut machine = ServerInvite::new(Tick::ZERO, Timing::default());
        machine.handle(Tick::ZERO, Success);
        machine.handle(Tick::ZERO, Invite);
        machine.handle(Tick::ZERO, Ack);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(32)));
        assert_eq!(run(&mut machine), [(0, Respond), (0, Deliver)]);
        assert_eq!(machine.state(), Terminated);
    }
}
