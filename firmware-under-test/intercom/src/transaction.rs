//! Transactions: RFC 3261 §17 as amended by RFC 6026.

mod figure;
mod layer;

pub(crate) use layer::{Event, Key, Transactions};
