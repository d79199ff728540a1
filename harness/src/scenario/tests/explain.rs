//! The explanation of programs.

use super::*;

#[test]
fn defaults_are_spelled_out() {}
