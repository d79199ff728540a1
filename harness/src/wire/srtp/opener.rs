//! What one end receives, with the protection taken off.

use super::replay::{Age, Replay};
use super::session::{Index, Session};
use super::suite::{Encryption, MasterKey};
use super::{ENCRYPTED, Plane, RTCP_HEADER, header_length, identity, reporter};
use std::collections::BTreeMap;
use std::fmt;

/// What one end receives under one key, with the protection taken off.
///
/// Packets are taken in the order in which they came. One that is refused changes nothing.
#[derive(Clone, Debug)]
pub struct Opener {
    rtp: Session,
    rtcp: Session,
    mki: Vec<u8>,
    /// The rollover counter of a source of which nothing has come yet.
    rollover: u32,
    media: BTreeMap<u32, Replay>,
    reports: BTreeMap<u32, Replay>,
}

/// Why a packet is refused.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rejection {
    /// It is too short to be a protected packet.
    Short,
    /// It bears another master key identifier.
    OtherKey,
    /// Its tag is not that of this key, or of this place in the stream.
    Unauthentic,
    /// It has come before, or is too old to tell.
    Replayed,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "too short to be protected",
            Self::OtherKey => "another master key identifier",
            Self::Unauthentic => "authentication fails",
            Self::Replayed => "replayed",
        })
    }
}

impl Opener {
    /// An end that receives what was sent under `master`; `None` if the key has not the length of its
    /// suite.
    pub fn new(master: &MasterKey, media: Encryption) -> Option<Self> {
        Some(Self {
            rtp: Session::derived(master, Plane::Rtp, media)?,
            // Each report says itself whether it is encrypted.
            rtcp: Session::derived(master, Plane::Rtcp, Encryption::On)?,
            mki: master.mki.clone(),
            rollover: 0,
            media: BTreeMap::new(),
            reports: BTreeMap::new(),
        })
    }

    /// The same, for a stream that is joined after its sequence numbers have wrapped so often.
    #[must_use]
    pub fn joining_at(self, rollover: u32) -> Self {
        Self { rollover, ..self }
    }

    /// The RTP packet that stood in an SRTP packet.
    ///
    /// # Errors
    ///
    /// Why the packet has to be dropped.
    //= RFC 3711 §3.3
    pub fn open_rtp(&mut self, packet: &[u8]) -> Result<Vec<u8>, Rejection> {
        let (sequence, ssrc) = identity(packet).ok_or(Rejection::Short)?;
        let length = header_length(packet).ok_or(Rejection::Short)?;
        let (header, rest) = packet.split_at_checked(length).ok_or(Rejection::Short)?;
        let (body, tag) = self.split(&self.rtp, rest)?;
        let mut replay = self.media.get(&ssrc).copied().unwrap_or_default();
        let first = u64::from(self.rollover) << 16 | u64::from(sequence);
        let number = replay.highest().map_or(first, |highest| guess(highest, sequence));
        if replay.age(number) != Age::New {
            return Err(Rejection::Replayed);
        }
        let opened = self.rtp.open_rtp(header, body, tag, Index { ssrc, number });
        let payload = opened.ok_or(Rejection::Unauthentic)?;
        replay.take(number);
        self.media.insert(ssrc, replay);
        Ok([header, &payload].concat())
    }

    /// The RTCP packet that stood in an SRTCP packet.
    ///
    /// # Errors
    ///
    /// Why the packet has to be dropped.
    //= RFC 3711 §3.4
    pub fn open_rtcp(&mut self, packet: &[u8]) -> Result<Vec<u8>, Rejection> {
        let ssrc = reporter(packet).ok_or(Rejection::Short)?;
        let (header, rest) = packet.split_at_checked(RTCP_HEADER).ok_or(Rejection::Short)?;
        let (body, word, tag) = if self.rtcp.is_aead() {
            let rest = self.without_mki(rest)?;
            let (rest, word) = rest.split_last_chunk::<4>().ok_or(Rejection::Short)?;
            let (body, tag) = split_end(rest, self.rtcp.tag_length())?;
            (body, word, tag)
        } else {
            let (rest, tag) = split_end(rest, self.rtcp.tag_length())?;
            let (body, word) =
                self.without_mki(rest)?.split_last_chunk::<4>().ok_or(Rejection::Short)?;
            (body, word, tag)
        };
        let word = u32::from_be_bytes(*word);
        let number = u64::from(word & !ENCRYPTED);
        let mut replay = self.reports.get(&ssrc).copied().unwrap_or_default();
        if replay.age(number) != Age::New {
            return Err(Rejection::Replayed);
        }
        let opened = self.rtcp.open_rtcp(header, body, tag, word, Index { ssrc, number });
        let payload = opened.ok_or(Rejection::Unauthentic)?;
        replay.take(number);
        self.reports.insert(ssrc, replay);
        Ok([header, &payload].concat())
    }

    /// The index that the last bytes of an SRTCP packet claim, and whether they say that it is encrypted.
    pub fn report_index(&self, packet: &[u8]) -> Option<(u32, Encryption)> {
        let after = self.mki.len() + if self.rtcp.is_aead() { 0 } else { self.rtcp.tag_length() };
        let (rest, _) = packet.split_at_checked(packet.len().checked_sub(after)?)?;
        let word = u32::from_be_bytes(*rest.last_chunk::<4>()?);
        let encryption = if word & ENCRYPTED == 0 { Encryption::Off } else { Encryption::On };
        Some((word & !ENCRYPTED, encryption))
    }

    fn split<'a>(
        &self,
        session: &Session,
        rest: &'a [u8],
    ) -> Result<(&'a [u8], &'a [u8]), Rejection> {
        if session.is_aead() {
            return split_end(self.without_mki(rest)?, session.tag_length());
        }
        let (rest, tag) = split_end(rest, session.tag_length())?;
        Ok((self.without_mki(rest)?, tag))
    }

    fn without_mki<'a>(&self, rest: &'a [u8]) -> Result<&'a [u8], Rejection> {
        rest.strip_suffix(self.mki.as_slice()).ok_or(Rejection::OtherKey)
    }
}

fn split_end(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), Rejection> {
    let at = bytes.len().checked_sub(length).ok_or(Rejection::Short)?;
    bytes.split_at_checked(at).ok_or(Rejection::Short)
}

/// The index of the packet with that sequence number that is nearest to the highest so far.
//= RFC 3711 §3.3.1
fn guess(highest: u64, sequence: u16) -> u64 {
    let last = highest & 0xffff;
    let rollover = highest >> 16;
    let sequence = u64::from(sequence);
    let rollover = if last < 0x8000 && sequence > last + 0x8000 {
        rollover.saturating_sub(1)
    } else if last >= 0x8000 && last - 0x8000 > sequence {
        rollover + 1
    } else {
        rollover
    };
    rollover << 16 | sequence
}
