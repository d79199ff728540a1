//! INVITE client transaction: RFC 3261 §17.1.1, Figure 5, as amended by RFC 6026 §7.2.

use super::machine::{Effect, Figure, Transaction};
use super::timer::Timer;

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

impl From<Timer> for Event {
    fn from(timer: Timer) -> Self {
        Fired(timer)
    }
}

/// An INVITE client transaction.
pub type ClientInvite = Transaction<Arrows>;

/// Figure 5 of RFC 3261, as amended by RFC 6026.
#[derive(Clone, Copy, Debug)]
pub enum Arrows {}

impl Figure for Arrows {
    type State = State;
    type Event = Event;
    const START: State = Calling;
    const TIMERS: &'static [Timer] = &[Timer::A, Timer::B];

    fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::transaction::machine::{drawn, run};
    use crate::proto::transaction::timer::Reliability::{self, Reliable, Unreliable};
    use crate::proto::transaction::timer::Timing;
    use crate::time::Tick;
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

    fn begin(reliability: Reliability) -> ClientInvite {
        ClientInvite::new(Tick::ZERO, Timing::default(), reliability)
    }

    #[test]
    fn figure() {
        assert_eq!(drawn::<Arrows>(&STATES, &EVENTS), include_str!("client_invite.figure.txt"));
    }

    #[test]
    fn an_unanswered_invite_is_sent_seven_times_and_given_up_after_32_s() {
        let mut invite = begin(Unreliable);
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
        assert_eq!(run(&mut begin(Reliable)), [(32_000, GiveUp)]);
    }

    #[test]
    fn over_tcp_copies_of_a_failure_are_not_waited_for() {
        let mut invite = begin(Reliable);
        invite.handle(Tick::ZERO, Failure);
        assert_eq!(invite.poll_timeout(), Some(Tick::ZERO));
        assert_eq!(run(&mut invite), [(0, Deliver), (0, Ack)]);
        assert_eq!(invite.state(), Terminated);
    }

    #[test]
    fn after_a_provisional_response_it_waits_for_ever() {
        let mut invite = begin(Unreliable);
        invite.handle(Tick::ZERO, Provisional);
        assert_eq!(run(&mut invite), [(0, Deliver)]);
        assert_eq!(invite.state(), Proceeding);
    }

    #[test]
    fn each_copy_of_a_failure_is_acknowledged_for_32_s_but_passed_up_once() {
        let mut invite = begin(Unreliable);
        invite.handle(Tick::ZERO, Failure);
        invite.handle(Tick::ZERO, Failure);
        assert_eq!(invite.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(32)));
        assert_eq!(run(&mut invite), [(0, Deliver), (0, Ack), (0, Ack)]);
        assert_eq!(invite.state(), Terminated);
    }

    #[test]
    fn each_copy_of_a_2xx_is_passed_up_for_32_s() {
        let mut invite = begin(Unreliable);
        invite.handle(Tick::ZERO, Success);
        invite.handle(Tick::ZERO, Success);
        assert_eq!(invite.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(32)));
        assert_eq!(run(&mut invite), [(0, Deliver), (0, Deliver)]);
        assert_eq!(invite.state(), Terminated);
    }
}
