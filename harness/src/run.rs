//! The test system as a state machine: programs and observations in, actions out.
//!
//! Like the protocol machines, it performs nothing. `drive` performs its actions in real time and
//! the virtual world performs them in virtual time; neither can be told apart from in here.

pub mod action;
pub mod boundary;
mod casting;
mod inbox;
pub mod machine;
mod player;
mod seat;
pub mod setup;
