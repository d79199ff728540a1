//! What there was in a capture, by kind.

use crate::evidence::capture::{Link, Passed};
use std::collections::BTreeMap;

/// How many there were of each kind of thing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Frames.
    pub frames: u64,
    /// SIP messages.
    pub sip: u64,
    /// RTCP packets.
    pub rtcp: u64,
    /// RTCP packets among them that are encrypted, and not read.
    pub rtcp_shut: u64,
    /// RTCP packets among them that are not as RFC 3550 has them.
    pub rtcp_broken: u64,
    /// STUN messages.
    pub stun: u64,
    /// TCP segments.
    pub segments: u64,
    /// Streams in TLS, of which nothing is read.
    pub tls: u64,
    /// Secrets of TLS in the file.
    pub secrets: u64,
    /// Bytes of SIP over TCP that the capture has not got.
    pub missing: u64,
    /// Datagrams that are none of these and not RTP.
    pub other: u64,
    /// Parts of IP packets, and how many packets were put together of them.
    pub fragments: (u64, u64),
    /// Frames that are not IP.
    pub not_ip: u64,
    /// IP packets that are neither UDP nor TCP.
    pub transports: u64,
    /// Frames that were cut off within their headers.
    pub cut: u64,
    /// Frames of link types that are not read.
    pub links: BTreeMap<u16, u64>,
}

impl Tally {
    /// Counts a frame that held no packet.
    pub(super) fn pass(&mut self, passed: Passed<'_>) {
        match passed {
            Passed::Link(Link(link)) => *self.links.entry(link).or_default() += 1,
            Passed::NotIp => self.not_ip += 1,
            Passed::Transport | Passed::Fragment(_) => self.transports += 1,
            Passed::Cut => self.cut += 1,
        }
    }

    /// What was not read, in sentences.
    pub fn unread(&self) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |count: u64, what: String| {
            if count > 0 {
                said.push(what);
            }
        };
        for (link, count) in &self.links {
            say(*count, format!("{count} frames are of link type {link}, which is not read"));
        }
        say(
            self.cut,
            format!("{} frames were captured in part and end within their headers", self.cut),
        );
        let (parts, joined) = self.fragments;
        say(parts, format!("{parts} fragments of IP packets made {joined} whole packets"));
        say(
            self.tls,
            format!("{} streams are in TLS and were not decrypted", self.tls)
                + if self.secrets > 0 { ", though the file has secrets for them" } else { "" },
        );
        say(
            self.rtcp_shut,
            format!("{} RTCP packets are encrypted and were not read", self.rtcp_shut),
        );
        say(
            self.rtcp_broken,
            format!("{} RTCP packets are not as RFC 3550 has them", self.rtcp_broken),
        );
        say(
            self.missing,
            format!("{} bytes of SIP over TCP are missing from the capture", self.missing),
        );
        said
    }
}
