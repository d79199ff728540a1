//! Bytes to messages and back, for SIP, SDP, RTP and RTCP, in clear and protected.
//!
//! **Raw is the record; a view is an opinion.** [`sip::Message::read`] keeps the datagram as it was
//! and remembers where each header field stood in it. It never fails: what is wrong with a message
//! is a list of [`Defect`]s, each with a code, a byte range, a sentence and the clause that it goes
//! against. A typed view (`top_via`, `from`, `cseq`, …) is computed from those bytes when somebody
//! asks, reads as much as it can, and is `None` where nothing sensible can be said. So a message with
//! a broken `Contact` still has a `Call-ID` that its response is found by, and a report can point at
//! the very byte that is wrong.
//!
//! Writing is separate from reading. [`builder::Draft`] writes well-formed messages,
//! [`edits::Edits`] overrides one part of them, and [`mutate::Mutation`] damages them on purpose.
//! A received message is never written out again by way of its views.

pub mod builder;
pub mod classify;
pub mod defect;
pub mod dtmf_body;
pub mod edits;
pub mod mutate;
pub mod params;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod sip;
pub mod srtp;
pub mod telephone_event;
mod tokens;
pub mod transport;
pub mod uri;

pub use defect::{Defect, DefectCode, Severity};
pub use transport::{ConnectionId, IpVersion, Transport};
