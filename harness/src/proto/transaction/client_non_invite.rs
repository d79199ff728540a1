//! Non-INVITE client transaction: RFC 3261 §17.1.2, Figure 6.

use super::machine::{Effect, Figure, Transaction};
use super::timer::Timer;

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

impl From<Timer> for Event {
    fn from(timer: Timer) -> Self {
        Fired(timer)
    }
}

/// A non-INVITE client transaction.
pub type ClientNonInvite = Transaction<Arrows>;

/// Figure 6 of RFC 3261.
#[derive(Clone, Copy, Debug)]
pub enum Arrows {}

impl Figure for Arrows {
    type State = State;
    type Event = Event;
    const START: State = Trying;
    const TIMERS: &'static [Timer] = &[Timer::E, Timer::F];

    fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::transaction::machine::{drawn, run};
    use crate::proto::transaction::timer::Reliability::{self, Reliable, Unreliable};
    use crate::proto::transaction::timer::Timing;
    use crate::time::Tick;
    use std::time::Duration;

    const STATES: [State; 4] = [Trying, Proceeding, Completed, Terminated];
    const EVENTS: [Event; 6] =
        [Provisional, Final, TransportFailed, Fired(Timer::E), Fired(Timer::F), Fired(Timer::K)];

    fn begin(reliability: Reliability) -> ClientNonInvite {
        ClientNonInvite::new(Tick::ZERO, Timing::default(), reliability)
    }

    #[test]
    fn figure() {
        assert_eq!(drawn::<Arrows>(&STATES, &EVENTS), include_str!("client_non_invite.figure.txt"));
    }

    #[test]
    fn an_unanswered_request_is_sent_eleven_times_and_given_up_after_32_s() {
        let mut machine = begin(Unreliable);
        let expected = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
            .map(|at| (at, Retransmit));
        let log = run(&mut machine);
        assert_eq!(log[..10], expected);
        assert_eq!(log[10..], [(32_000, GiveUp)]);
        assert_eq!(machine.state(), Terminated);
    }

    #[test]
    fn after_a_provisional_response_it_is_sent_every_t2() {
        let mut machine = begin(Unreliable);
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
        let mut machine = begin(Unreliable);
        machine.handle(Tick::ZERO, Final);
        machine.handle(Tick::ZERO, Final);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO + Duration::from_secs(5)));
        assert_eq!(run(&mut machine), [(0, Deliver)]);
        assert_eq!(machine.state(), Terminated);
    }

    #[test]
    fn over_tcp_it_is_sent_once_and_absorbs_nothing() {
        let mut machine = begin(Reliable);
        assert_eq!(run(&mut machine), [(32_000, GiveUp)]);
        let mut machine = begin(Reliable);
        machine.handle(Tick::ZERO, Provisional);
        machine.handle(Tick::ZERO, Final);
        assert_eq!(machine.poll_timeout(), Some(Tick::ZERO));
        assert_eq!(run(&mut machine), [(0, Deliver), (0, Deliver)]);
        assert_eq!(machine.state(), Terminated);
    }
}
