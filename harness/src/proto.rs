//! SIP state machines. No I/O, no clock, no randomness: all three come in as arguments.

pub mod policy;
pub mod transaction;
