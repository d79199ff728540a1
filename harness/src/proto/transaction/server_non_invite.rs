//! Non-INVITE server transaction: RFC 3261 §17.2.2, Figure 8.

use super::machine::{Effect, Figure, Transaction};
use super::timer::Timer;

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

impl From<Timer> for Event {
    fn from(timer: Timer) -> Self {
        Fired(timer)
    }
}

/// A non-INVITE server transaction.
pub type ServerNonInvite = Transaction<Arrows>;

/// Figure 8 of RFC 3261.
///
/// It never sends a 100 by itself, and never a 408: RFC 4320 §4.1 and §4.2.
#[derive(Clone, Copy, Debug)]
pub enum Arrows {}

impl Figure for Arrows {
    type State = State;
    type Event = Event;
    const START: State = Trying;
    const TIMERS: &'static [Timer] = &[];

    fn arrow(state: State, event: Event) -> Option<(State, &'static [Effect])> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::transaction::machine::drawn;
    use crate::proto::transaction::timer::Reliability::{self, Reliable, Unreliable};
    use crate::proto::transaction::timer::Timing;
    use crate::time::Tick;
    use std::time::Duration;

    const STATES: [State; 4] = [Trying, Proceeding, Completed, Terminated];
    const EVENTS: [Event; 5] = [Request, Provisional, Final, TransportFailed, Fired(Timer::J)];

    fn begin(reliability: Reliability) -> ServerNonInvite {
        ServerNonInvite::new(Tick::ZERO, Timing::default(), reliability)
    }

    #[test]
    fn figure() {
        assert_eq!(drawn::<Arrows>(&STATES, &EVENTS), include_str!("server_non_invite.figure.txt"));
    }

    /// What the machine does at once about `event`.
    fn at_once(machine: &mut ServerNonInvite, event: Event) -> Vec<Effect> {
        machine.handle(Tick::ZERO, event);
        std::iter::from_fn(|| machine.poll_output()).collect()
    }

    #[test]
    fn a_request_is_answered_again_only_once_there_is_an_answer() {
        let mut machine = begin(Unreliable);
        assert_eq!(at_once(&mut machine, Request), []);
        assert_eq!(at_once(&mut machine, Final), [Respond]);
        assert_eq!(at_once(&mut machine, Request), [Respond]);
        assert_eq!(at_once(&mut machine, Final), []);
    }

    #[test]
    fn it_absorbs_for_32_s_over_udp_and_not_at_all_over_tcp() {
        for (reliability, until) in [(Unreliable, 32), (Reliable, 0)] {
            let mut machine = begin(reliability);
            machine.handle(Tick::ZERO, Final);
            let at = Tick::ZERO + Duration::from_secs(until);
            assert_eq!(machine.poll_timeout(), Some(at));
            machine.handle_timeout(at);
            assert_eq!(machine.state(), Terminated);
        }
    }
}
