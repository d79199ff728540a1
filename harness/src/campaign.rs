//! Which cases, with which values, in which order.

pub mod estimate;
pub mod filter;
pub mod names;
pub mod plan;
pub mod rounds;
pub mod shard;
