//! What session descriptions say of addresses.

use super::Wishes;
use super::control::Agreement;
use crate::wire::sdp::crypto::{Crypto, Offered};
use crate::wire::sdp::{Codec, Session};
use crate::wire::srtp::Opener;
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// What is known of the addresses at which media is received.
#[derive(Debug, Default)]
pub(super) struct Described {
    at: HashMap<SocketAddr, Receiver>,
    ports: Vec<u16>,
    payloads: Vec<Codec>,
    /// Keys from outside the capture.
    told: Vec<Offered>,
    /// Goes up whenever something becomes known.
    generation: u64,
}

/// Who receives at an address, and what.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    /// The place of the dialog.
    pub(super) dialog: usize,
    /// The kind of the media: `audio`.
    pub(super) kind: String,
    /// The profile: `RTP/AVP`.
    pub(super) protocol: String,
    codecs: Vec<Codec>,
    /// The keys under which it sends, by RFC 4568.
    keys: Vec<Offered>,
    /// Whether its last description wants reports at the port of media.
    mux: bool,
}

impl Described {
    pub(super) fn new(wishes: Wishes) -> Self {
        let Wishes { rtp_ports: ports, payloads, keys: told, .. } = wishes;
        Self { ports, payloads, told, ..Self::default() }
    }

    /// Takes the description of a dialog. What the same dialog said of a payload type before still
    /// holds for packets under way.
    pub(super) fn learn(&mut self, dialog: usize, session: &Session) {
        for media in session.media.iter().filter(|media| !media.is_rejected()) {
            let connection = media.connection.as_ref().or(session.connection.as_ref());
            let host = connection.and_then(|it| it.address.parse::<IpAddr>().ok());
            let Some(host) = host else { continue };
            let mut codecs = media.codecs();
            let mut keys: Vec<_> = media.cryptos().iter().filter_map(Crypto::offered).collect();
            if media.protocol.contains("SAVP") {
                keys.extend(self.told.iter().cloned());
            }
            let address = SocketAddr::new(host, media.port);
            if let Some(before) = self.at.get(&address).filter(|before| before.dialog == dialog) {
                let known =
                    |codec: &Codec| codecs.iter().any(|it| it.payload_type == codec.payload_type);
                let kept: Vec<_> = before.codecs.iter().filter(|it| !known(it)).cloned().collect();
                codecs.extend(kept);
                keys.extend(
                    before.keys.iter().filter(|it| !keys.contains(it)).cloned().collect::<Vec<_>>(),
                );
            }
            let (kind, protocol) = (media.kind.clone(), media.protocol.clone());
            let mux = media.multiplexes();
            self.at.insert(address, Receiver { dialog, kind, protocol, codecs, keys, mux });
            self.generation += 1;
        }
    }

    /// Who is known of at either end of a stream: of the receiver what it takes, else of the sender.
    pub(super) fn receiver(&self, from: SocketAddr, to: SocketAddr) -> Option<&Receiver> {
        self.at.get(&to).or_else(|| self.at.get(&from))
    }

    /// The keys under which a sender may send: those of its own description, and those from outside.
    pub(super) fn keys(&self, from: SocketAddr) -> &[Offered] {
        self.at.get(&from).map_or(&self.told, |sender| &sender.keys)
    }

    /// Whether packets between two addresses are encrypted, or may be: nothing describes them, and there
    /// are keys from outside.
    pub(super) fn encrypts(&self, from: SocketAddr, to: SocketAddr) -> bool {
        match self.receiver(from, to) {
            Some(it) => it.protocol.contains("SAVP") || !it.keys.is_empty(),
            None => !self.told.is_empty(),
        }
    }

    /// A datagram of RTCP in clear; `None` where it is encrypted and no key opens it. Its media has the same
    /// port or the one below.
    pub(super) fn control<'b>(
        &self,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &'b [u8],
    ) -> Option<Cow<'b, [u8]>> {
        let below = |it: SocketAddr| SocketAddr::new(it.ip(), it.port().saturating_sub(1));
        let ways = [(from, to), (below(from), below(to))];
        let way = ways.into_iter().find(|(from, to)| self.receiver(*from, *to).is_some());
        let Some((from, _)) = way.filter(|(from, to)| self.encrypts(*from, *to)) else {
            return Some(Cow::Borrowed(bytes));
        };
        let mut keys =
            self.keys(from).iter().flat_map(|it| it.keys.iter().map(|key| (key, it.media)));
        keys.find_map(|(key, media)| Opener::new(key, media)?.open_rtcp(bytes).ok()).map(Cow::Owned)
    }

    /// Whether both ends want reports at the port of media.
    pub(super) fn multiplexes(&self, from: SocketAddr, to: SocketAddr) -> Agreement {
        match (self.at.get(&from), self.at.get(&to)) {
            (Some(sender), Some(receiver)) if sender.mux && receiver.mux => Agreement::Agreed,
            (Some(_), Some(_)) => Agreement::Missing,
            (None, _) | (_, None) => Agreement::Unknown,
        }
    }

    /// Whether the operator says that it is RTP.
    pub(super) fn is_told(&self, from: SocketAddr, to: SocketAddr) -> bool {
        self.ports.contains(&from.port()) || self.ports.contains(&to.port())
    }

    /// What a payload type stands for between two addresses.
    pub(super) fn codec(
        &self,
        from: SocketAddr,
        to: SocketAddr,
        payload_type: u8,
    ) -> Option<Codec> {
        let is = |codec: &&Codec| codec.payload_type == payload_type;
        let of = |address| self.at.get(&address)?.codecs.iter().find(is);
        let known = of(to).or_else(|| of(from)).or_else(|| self.payloads.iter().find(is));
        known.cloned().or_else(|| Codec::of_static(payload_type))
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }
}
