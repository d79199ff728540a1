//! SIP state machines. No I/O, no clock, no randomness: all three come in as arguments.

pub mod auth;
pub mod certificate;
pub mod dialog;
pub mod digits;
pub mod media;
pub mod offer_answer;
pub mod policy;
pub mod proxy;
pub mod redirect;
pub mod registrar;
pub mod registration;
pub mod transaction;
pub mod transport;
pub mod user_agent;
