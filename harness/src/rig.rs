//! What a bench has: power, serial line, network, emulator.

pub mod command;
pub mod fault;
pub mod profile;
