//! The device from outside, in virtual time.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "in a test a broken invariant is a failed test"
)]

mod calls;
mod departures;
mod registering;
mod requests;
mod robustness;
mod streams;
mod world;
