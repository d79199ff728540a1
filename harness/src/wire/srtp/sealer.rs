//! What one end sends, protected.

use super::session::{Index, Session};
use super::suite::{Encryption, MasterKey};
use super::{ENCRYPTED, Plane, RTCP_HEADER, header_length, identity, reporter};
use std::collections::BTreeMap;

/// What one end sends, protected.
///
/// Packets are taken in the order in which they are sent.
#[derive(Clone, Debug)]
pub struct Sealer {
    rtp: Session,
    rtcp: Session,
    mki: Vec<u8>,
    reports: Encryption,
    /// By source: the rollover counter and the sequence number of the last packet.
    sent: BTreeMap<u32, (u32, u16)>,
    /// The index of the next report.
    report: u32,
}

impl Sealer {
    /// An end that sends under `master`; `None` if the key has not the length of its suite.
    pub fn new(master: &MasterKey, media: Encryption, reports: Encryption) -> Option<Self> {
        Some(Self {
            rtp: Session::derived(master, Plane::Rtp, media)?,
            rtcp: Session::derived(master, Plane::Rtcp, reports)?,
            mki: master.mki.clone(),
            reports,
            sent: BTreeMap::new(),
            report: 0,
        })
    }

    /// Goes on where `old` is, under its own key.
    //= RFC 3711 §3.3.1
    //= RFC 3711 §3.4
    pub fn follow(&mut self, old: &Self) {
        self.sent.clone_from(&old.sent);
        self.report = old.report;
    }

    /// The rollover counter that the next packet of this one's source would have.
    pub fn rollover(&self, packet: &[u8]) -> u32 {
        let source = identity(packet).and_then(|(_, ssrc)| self.sent.get(&ssrc));
        source.map_or(0, |(rollover, _)| *rollover)
    }

    /// The SRTP packet of an RTP packet; `None` if it is none.
    //= RFC 3711 §3.3
    pub fn seal_rtp(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let (sequence, ssrc) = identity(packet)?;
        let (rollover, last) = self.sent.get(&ssrc).copied().unwrap_or((0, sequence));
        let wrapped = sequence < last && last - sequence >= 0x8000;
        let rollover = rollover.wrapping_add(u32::from(wrapped));
        self.sent.insert(ssrc, (rollover, sequence));
        self.seal_rtp_at(packet, rollover)
    }

    /// The SRTP packet under a rollover counter that is given.
    pub fn seal_rtp_at(&self, packet: &[u8], rollover: u32) -> Option<Vec<u8>> {
        let (header, payload) = packet.split_at_checked(header_length(packet)?)?;
        let (sequence, ssrc) = identity(packet)?;
        let number = u64::from(rollover) << 16 | u64::from(sequence);
        let sealed = self.rtp.seal_rtp(header, payload, Index { ssrc, number });
        //= RFC 7714 §8.2
        // The tag is part of the cipher there, and the identifier comes last.
        Some(if self.rtp.is_aead() {
            [header, &sealed.body, &sealed.tag, &self.mki].concat()
        } else {
            [header, &sealed.body, &self.mki, &sealed.tag].concat()
        })
    }

    /// The SRTCP packet of an RTCP packet; `None` if it is none.
    //= RFC 3711 §3.4
    pub fn seal_rtcp(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let index = self.report;
        self.report = index.wrapping_add(1) & !ENCRYPTED;
        self.seal_rtcp_at(packet, index)
    }

    /// The SRTCP packet with an index that is given.
    pub fn seal_rtcp_at(&self, packet: &[u8], index: u32) -> Option<Vec<u8>> {
        let ssrc = reporter(packet)?;
        let (header, payload) = packet.split_at_checked(RTCP_HEADER)?;
        let bit = if self.reports == Encryption::On { ENCRYPTED } else { 0 };
        let word = index & !ENCRYPTED | bit;
        let at = Index { ssrc, number: u64::from(index & !ENCRYPTED) };
        let sealed = self.rtcp.seal_rtcp(header, payload, word, at);
        let word = word.to_be_bytes();
        Some(if self.rtcp.is_aead() {
            [header, &sealed.body, &sealed.tag, &word, &self.mki].concat()
        } else {
            [header, &sealed.body, &word, &self.mki, &sealed.tag].concat()
        })
    }
}
