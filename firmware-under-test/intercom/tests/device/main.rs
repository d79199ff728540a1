//! The device from outside, in virtual time.

mod calls;
mod departures;
mod registering;
mod requests;
mod robustness;
mod world;
