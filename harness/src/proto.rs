//! SIP state machines. No I/O, no clock, no randomness: all three come in as arguments.

pub mod media;
pub mod policy;
