//! What a device can be told to do, and what it tells.

pub mod action;
pub mod event;
