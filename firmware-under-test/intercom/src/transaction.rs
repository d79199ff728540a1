//! Transactions: RFC 3261 §17 as amended by RFC 6026.

mod figure;
mod layer;
mod live;

pub(crate) use layer::{Event, Key, Transactions};
