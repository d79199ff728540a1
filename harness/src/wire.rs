//! Bytes to messages and back, for SIP, SDP, RTP and RTCP.

pub mod edits;
