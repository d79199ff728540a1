//! Scenario text to program, with diagnostics.

pub mod program;
