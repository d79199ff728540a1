//! Statistics of what is run more than once: rates with their intervals.

pub mod proportion;
