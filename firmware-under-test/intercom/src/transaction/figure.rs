//! The four state machines as tables: figures 5 to 8 of RFC 3261, with the changes of RFC 6026.

use Effect::{Ack, Arm, Deliver, Disarm, GiveUp, Send};
use Event::{Acked, Broken, Failure, Fired, Provisional, Repeated, Success};
use State::{Accepted, Completed, Confirmed, Proceeding, Start, Terminated};

/// Which of the four machines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    ClientInvite,
    Client,
    ServerInvite,
    Server,
}

/// States; `Start` is the figures' Calling and Trying.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Start,
    Proceeding,
    Completed,
    Confirmed,
    Accepted,
    Terminated,
}

/// Timers, by their letters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Timer {
    A,
    B,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
}

/// What happens: a response came in (client) or goes out (server), a request came again, its ACK
/// came, or a timer ran out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    Provisional,
    Success,
    Failure,
    Repeated,
    Acked,
    /// What was to be sent could not be.
    Broken,
    Fired(Timer),
}

/// What to do about it, in order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// Put the request (client) or the latest response (server) on the wire.
    Send,
    /// Acknowledge the response.
    Ack,
    /// Pass the message up.
    Deliver,
    /// Say that the other side is silent.
    GiveUp,
    Arm(Timer),
    /// Stop every timer.
    Disarm,
}

/// The timers that run from the start.
pub(super) const fn armed(kind: Kind) -> &'static [Timer] {
    match kind {
        Kind::ClientInvite => &[Timer::A, Timer::B],
        Kind::Client => &[Timer::E, Timer::F],
        Kind::ServerInvite | Kind::Server => &[],
    }
}

/// The arrow that `event` follows out of `state`; `None` where the figure draws none.
pub(super) const fn arrow(
    kind: Kind,
    state: State,
    event: Event,
) -> Option<(State, &'static [Effect])> {
    match kind {
        Kind::ClientInvite => client_invite(state, event),
        Kind::Client => client(state, event),
        Kind::ServerInvite => server_invite(state, event),
        Kind::Server => server(state, event),
    }
}

//= RFC 3261 §17.1.1
const fn client_invite(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        (Start, Fired(Timer::A)) => (Start, &[Send, Arm(Timer::A)]),
        (Start, Fired(Timer::B)) => (Terminated, &[Disarm, GiveUp]),
        (Start | Proceeding, Provisional) => (Proceeding, &[Disarm, Deliver]),
        (Start | Proceeding, Failure) => (Completed, &[Disarm, Ack, Deliver, Arm(Timer::D)]),
        (Start | Proceeding, Success) => (Accepted, &[Disarm, Deliver, Arm(Timer::M)]),
        //= RFC 3261 §17.1.4
        (Start | Proceeding, Broken) => (Terminated, &[Disarm, Deliver]),
        (Completed, Failure) => (Completed, &[Ack]),
        (Accepted, Success) => (Accepted, &[Deliver]),
        (Completed, Fired(Timer::D)) | (Accepted, Fired(Timer::M)) => (Terminated, &[]),
        _ => return None,
    })
}

//= RFC 3261 §17.1.2
const fn client(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        (Start | Proceeding, Fired(Timer::E)) => (state, &[Send, Arm(Timer::E)]),
        (Start | Proceeding, Fired(Timer::F)) => (Terminated, &[Disarm, GiveUp]),
        (Start | Proceeding, Provisional) => (Proceeding, &[Deliver]),
        (Start | Proceeding, Success | Failure) => (Completed, &[Disarm, Deliver, Arm(Timer::K)]),
        //= RFC 3261 §17.1.4
        (Start | Proceeding, Broken) => (Terminated, &[Disarm, Deliver]),
        (Completed, Fired(Timer::K)) => (Terminated, &[]),
        _ => return None,
    })
}

//= RFC 3261 §17.2.1
const fn server_invite(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        (Start | Proceeding, Provisional) => (Proceeding, &[Send]),
        (Start | Proceeding, Success) => (Accepted, &[Send, Arm(Timer::L)]),
        (Start | Proceeding, Failure) => (Completed, &[Send, Arm(Timer::G), Arm(Timer::H)]),
        (Proceeding | Completed, Repeated) => (state, &[Send]),
        (Completed, Fired(Timer::G)) => (Completed, &[Send, Arm(Timer::G)]),
        (Completed, Fired(Timer::H)) => (Terminated, &[Disarm, GiveUp]),
        (Completed, Acked) => (Confirmed, &[Disarm, Arm(Timer::I)]),
        (Confirmed, Fired(Timer::I)) | (Accepted, Fired(Timer::L)) => (Terminated, &[]),
        //= RFC 3261 §17.2.4
        (Proceeding | Completed, Broken) => (Terminated, &[Disarm, GiveUp]),
        // The transaction user repeats its 2xx; the ACK is a matter for the dialog.
        (Accepted, Success) => (Accepted, &[Send]),
        (Accepted, Acked) => (Accepted, &[Deliver]),
        _ => return None,
    })
}

//= RFC 3261 §17.2.2
const fn server(state: State, event: Event) -> Option<(State, &'static [Effect])> {
    Some(match (state, event) {
        (Start | Proceeding, Provisional) => (Proceeding, &[Send]),
        (Start | Proceeding, Success | Failure) => (Completed, &[Send, Arm(Timer::J)]),
        (Proceeding | Completed, Repeated) => (state, &[Send]),
        //= RFC 3261 §17.2.4
        (Proceeding | Completed, Broken) => (Terminated, &[Disarm, GiveUp]),
        (Completed, Fired(Timer::J)) => (Terminated, &[]),
        _ => return None,
    })
}
