//! Secure RTP and RTCP: packets to protected packets and back (RFC 3711, 6188, 7714).
//!
//! Keys come from outside and nothing here is random, so that the same packets and the same keys
//! always make the same bytes. [`Sealer`] protects what one end sends; [`Opener`] takes it off again
//! and says of each packet why it can't, where it can't. Neither misbehaves: whoever wants a wrong
//! tag, a wrong key or a wrong rollover counter damages what the sealer made, or gives it another
//! key or counter.

mod derive;
mod opener;
mod replay;
mod sealer;
mod session;
mod suite;

pub use opener::{Opener, Rejection};
pub use sealer::Sealer;
pub use suite::{Encryption, MasterKey, Suite, UnknownSuite};

/// What a packet is, as far as SRTP tells them apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Plane {
    /// Media: RTP.
    Rtp,
    /// Reports: RTCP.
    Rtcp,
}

/// The length of an RTP header with its sources and extension; `None` where the packet is shorter.
//= RFC 3711 §3.1
fn header_length(packet: &[u8]) -> Option<usize> {
    let first = *packet.first()?;
    let sources = 12 + 4 * usize::from(first & 0x0f);
    let length = if first & 0x10 == 0 {
        sources
    } else {
        let &[high, low] = packet.get(sources + 2..)?.first_chunk()?;
        sources + 4 + 4 * usize::from(u16::from_be_bytes([high, low]))
    };
    (length <= packet.len()).then_some(length)
}

/// Sequence number and source of an RTP packet.
fn identity(packet: &[u8]) -> Option<(u16, u32)> {
    let &[_, _, s0, s1, _, _, _, _, c0, c1, c2, c3] = packet.first_chunk::<12>()?;
    Some((u16::from_be_bytes([s0, s1]), u32::from_be_bytes([c0, c1, c2, c3])))
}

/// Source of an RTCP packet: that of the first report in it.
fn reporter(packet: &[u8]) -> Option<u32> {
    let &[_, _, _, _, c0, c1, c2, c3] = packet.first_chunk::<8>()?;
    Some(u32::from_be_bytes([c0, c1, c2, c3]))
}

/// What stands in clear before every RTCP packet.
const RTCP_HEADER: usize = 8;

/// The bit of an SRTCP index that says that the packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;

#[cfg(test)]
mod tests;
