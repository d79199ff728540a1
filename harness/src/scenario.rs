//! Scenario text to program, with diagnostics.
