//! Media of a timeline with its protection taken off, by the keys that the timeline holds.
//!
//! The entries stay as they were on the wire; this is a view.

use super::keyed::KeyPair;
use super::point::RolePoint;
use super::timeline::{Entry, Seen, Seq, Timeline};
use crate::wire::srtp::{Encryption, Opener, Plane, Rejection};
use std::collections::BTreeMap;

/// Media of a timeline with its protection taken off.
#[derive(Debug, Default)]
pub struct Plain {
    opened: BTreeMap<Seq, Opened>,
}

/// What became of one protected packet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Opened {
    /// The packet without its protection, or why it has to be dropped.
    pub packet: Result<Vec<u8>, Rejection>,
    /// The index of a report and whether it says that it is encrypted.
    pub report: Option<(u32, Encryption)>,
}

/// The keys that held from an entry on.
struct Era<'a> {
    from: Seq,
    keys: Option<&'a KeyPair>,
}

/// The contexts of one role and direction, one for each key.
#[derive(Default)]
struct Contexts(Vec<(Vec<u8>, Option<Opener>)>);

impl Plain {
    /// Opens what a timeline has.
    pub fn of(timeline: &Timeline) -> Self {
        let mut eras: BTreeMap<u16, Vec<Era<'_>>> = BTreeMap::new();
        for entry in timeline.entries() {
            if let Seen::Keyed(keyed) = &entry.seen {
                let era = Era { from: entry.seq, keys: keyed.keys.as_ref() };
                eras.entry(keyed.role).or_default().push(era);
            }
        }
        let mut plain = Self::default();
        if eras.is_empty() {
            return plain;
        }
        let mut contexts: BTreeMap<(u16, bool), Contexts> = BTreeMap::new();
        for entry in timeline.entries() {
            let Some((role, plane, sent, bytes)) = media(entry) else { continue };
            let Some(eras) = eras.get(&role) else { continue };
            let contexts = contexts.entry((role, sent)).or_default();
            if let Some(opened) = open(eras, contexts, entry.seq, plane, sent, bytes) {
                plain.opened.insert(entry.seq, opened);
            }
        }
        plain
    }

    /// What became of an entry's packet; `None` where nothing protects it.
    pub fn opened(&self, seq: Seq) -> Option<&Opened> {
        self.opened.get(&seq)
    }

    /// The packet of an entry whose datagram is `bytes`; `None` where it has to be dropped.
    pub fn packet<'a>(&'a self, seq: Seq, bytes: &'a [u8]) -> Option<&'a [u8]> {
        match self.opened.get(&seq) {
            Some(opened) => opened.packet.as_deref().ok(),
            None => Some(bytes),
        }
    }
}

/// Role, plane, whether we sent it, and bytes of a media entry.
fn media(entry: &Entry) -> Option<(u16, Plane, bool, &[u8])> {
    let (role, point) = entry.carries()?;
    let plane = match point {
        RolePoint::Rtp => Plane::Rtp,
        RolePoint::Rtcp => Plane::Rtcp,
        RolePoint::Sip => return None,
    };
    match &entry.seen {
        Seen::Sent(datagram) => Some((role, plane, true, &datagram.bytes)),
        Seen::Received(datagram) => Some((role, plane, false, &datagram.bytes)),
        Seen::Opened { .. }
        | Seen::Closed { .. }
        | Seen::Wrote(_)
        | Seen::Line(_)
        | Seen::Bench(_)
        | Seen::Network(_)
        | Seen::Impaired(_)
        | Seen::Unreachable(..)
        | Seen::Died(_)
        | Seen::Stall(_)
        | Seen::Fault(_)
        | Seen::Keyed(_)
        | Seen::Reached(_)
        | Seen::Met(..)
        | Seen::Skipped(_)
        | Seen::Unmet(..) => None,
    }
}

/// Tries the keys of the time, then the next ones, which may be in use before we know them, then the
/// ones before, under which packets may still be on their way (RFC 4568 §7.1.4).
fn open(
    eras: &[Era<'_>],
    contexts: &mut Contexts,
    seq: Seq,
    plane: Plane,
    sent: bool,
    bytes: &[u8],
) -> Option<Opened> {
    let next = eras.partition_point(|era| era.from < seq);
    let current = next.checked_sub(1).and_then(|at| eras.get(at));
    let before = next.checked_sub(2).and_then(|at| eras.get(at));
    let in_clear = current.is_none_or(|era| era.keys.is_none());
    let mut first = None;
    for era in [current, eras.get(next), before].into_iter().flatten() {
        let Some(keys) = era.keys else { continue };
        let Some(opener) = contexts.of(keys, sent) else { continue };
        let report = (plane == Plane::Rtcp).then(|| opener.report_index(bytes)).flatten();
        let packet = match plane {
            Plane::Rtp => opener.open_rtp(bytes),
            Plane::Rtcp => opener.open_rtcp(bytes),
        };
        let found = Opened { packet, report };
        if found.packet.is_ok() {
            return Some(found);
        }
        first = first.or(Some(found));
    }
    first.filter(|_| !in_clear)
}

impl Contexts {
    fn of(&mut self, keys: &KeyPair, sent: bool) -> Option<&mut Opener> {
        let key = if sent { &keys.sent } else { &keys.received };
        let at = self.0.iter().position(|(material, _)| *material == key.material);
        let at = at.unwrap_or_else(|| {
            let opener = keys.master(key).and_then(|master| Opener::new(&master, keys.media()));
            self.0.push((key.material.clone(), opener));
            self.0.len() - 1
        });
        self.0.get_mut(at)?.1.as_mut()
    }
}
