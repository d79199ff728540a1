//! INVITE server transaction: RFC 3261 §17.2.1, Figure 7, as amended by RFC 6026 §7.1.

use super::machine::{Effect, Figure, Transaction};
use super::timer::Timer;

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

impl From<Timer> for Event {
    fn from(timer: Timer) -> Self {
        Fired(timer)
    }
}

/// An INVITE server transaction.
pub type ServerInvite = Transaction<Arrows>;

/// Figure 7 of RFC 3261, as amended by RFC 6026.
#[derive(Clone, Copy, Debug)]
pub enum Arrows {}

impl Figure for Arrows {
    type State = State;
    type Event = Event;
    const START: State = Proceeding;
    const TIMERS: &'static [Timer] = &[Timer::Trying];

    fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::transaction::machine::{drawn, run};
    use crate::proto::transaction::timer::Reliability::{self, Reliable, Unreliable};
    use crate::proto::transaction::timer::Timing;
    use crate::time::Tick;
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

    fn begin(reliability: Reliability) -> ServerInvite {
        ServerInvite::new(Tick::ZERO, Timing::default(), reliability)
    }

    #[test]
    fn figure() {
        assert_eq!(drawn::<Arrows>(&STATES, &EVENTS), include_str!("server_invite.figure.txt"));
    }

    #[test]
    fn a_slow_user_gets_a_100_after_200_ms() {
        let mut machine = begin(Unreliable);
        assert_eq!(run(&mut machine), [(200, RespondTrying)]);
        assert_eq!(machine.state(), Proceeding);
    }

    #[test]
    fn an_unacknowledged_failure_is_sent_at_most_every_t2_and_given_up_after_32_s() {
        let mut machine = begin(Unreliable);
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
        let mut machine = begin(Unreliable);
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
        let mut machine = begin(Unreliable);
        machine.handle(Tick::ZERO, Success);
        machine.handle(Tick::ZERO, Invite);
        machine.handle(Tick::ZERO, Ack);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(32)));
        assert_eq!(run(&mut machine), [(0, Respond), (0, Deliver)]);
        assert_eq!(machine.state(), Terminated);
    }

    #[test]
    fn over_tcp_a_failure_is_sent_once_and_an_ack_ends_it() {
        let mut machine = begin(Reliable);
        machine.handle(Tick::ZERO, Failure);
        assert_eq!(run(&mut machine), [(0, Respond), (32_000, GiveUp)]);
        let mut machine = begin(Reliable);
        machine.handle(Tick::ZERO, Failure);
        machine.handle(Tick::ZERO, Ack);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO));
        assert_eq!(run(&mut machine), [(0, Respond)]);
        assert_eq!(machine.state(), Terminated);
    }
}
