//! The four transactions of RFC 3261 §17, each as its figure, with the amendments of RFC 6026.
//!
//! Each figure is a table; one interpreter runs them all. A transaction knows no message and no
//! address: its user tells it what kind of message came or is to go, and does the effects that it
//! gives back.

pub mod client_invite;
pub mod client_non_invite;
pub mod machine;
pub mod server_invite;
pub mod server_non_invite;
pub mod timer;
