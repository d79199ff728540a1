//! Statistics of what is run more than once: rates and shifts, each with its interval.

pub mod proportion;
pub mod shift;
