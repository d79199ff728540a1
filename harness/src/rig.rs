//! What a bench has: power, serial line, network, emulator.

pub mod fault;
