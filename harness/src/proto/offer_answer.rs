//! Offers, answers, and the audio session that they agree on: RFC 3264.

pub mod capability;
pub mod negotiation;
pub mod security;
pub mod session;

pub use negotiation::Negotiation;
pub use security::{Keying, Keys, Rekey, Security};
pub use session::{RtcpPort, Session};
