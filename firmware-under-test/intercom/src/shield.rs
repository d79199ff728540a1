//! What stands between the media of a call and its datagrams: nothing, or SRTP both ways.

use crate::defects::{Defect, Defects};
use crate::sdes::Pair;
use crate::srtp::{Context, Master};

/// Both directions of one call.
#[derive(Clone, Debug)]
pub(crate) struct Shield {
    outgoing: Option<Context>,
    incoming: Option<Context>,
    /// What was incoming before the keys changed, until a packet comes under the new ones.
    before: Option<Context>,
    complaint: Option<String>,
    /// Whether it complained since a packet was good.
    complained: bool,
    defects: Defects,
}

impl Shield {
    /// With these keys, or none.
    pub(crate) fn new(keys: Option<&Pair>, defects: &Defects) -> Self {
        let mut shield = Self {
            outgoing: None,
            incoming: None,
            before: None,
            complaint: None,
            complained: false,
            defects: defects.clone(),
        };
        shield.follow(keys);
        shield
    }

    /// Goes on with other keys, or none; a direction whose key is the same goes on as it was.
    //= RFC 4568 §7.1.4
    pub(crate) fn follow(&mut self, keys: Option<&Pair>) {
        let defects = self.defects.clone();
        let renew = |old: Option<Context>, key: Option<&Master>| match (old, key) {
            (Some(old), Some(key)) if old.master() == key => (Some(old), None),
            (old, key) => {
                let new = key.and_then(|key| Context::new(key.clone(), defects.clone()));
                (new, old)
            }
        };
        let old;
        (self.outgoing, old) = renew(self.outgoing.take(), keys.map(|keys| &keys.ours));
        self.outgoing = match (self.outgoing.take(), old) {
            (Some(new), Some(old)) => Some(new.following(&old)),
            (new, _) => new,
        };
        if self.incoming.is_some() && self.defects.has(Defect::SRTP_REKEY_IGNORED) {
            return;
        }
        let old;
        (self.incoming, old) = renew(self.incoming.take(), keys.map(|keys| &keys.theirs));
        self.before = old.or_else(|| self.before.take());
    }

    /// An RTP packet as it goes out.
    pub(crate) fn seal(&mut self, packet: Vec<u8>) -> Vec<u8> {
        match &mut self.outgoing {
            Some(context) if !self.defects.has(Defect::SRTP_SENT_PLAIN) => context.protect(&packet),
            _ => packet,
        }
    }

    /// An RTCP packet as it goes out.
    pub(crate) fn seal_report(&mut self, packet: Vec<u8>) -> Vec<u8> {
        match &mut self.outgoing {
            Some(context) if !self.defects.has(Defect::SRTCP_SENT_PLAIN) => {
                context.protect_report(&packet)
            }
            _ => packet,
        }
    }

    /// The RTP packet that came in; none where it has to be dropped.
    //= RFC 3711 §3.3
    pub(crate) fn open(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let Some(context) = &mut self.incoming else { return Some(packet.to_vec()) };
        let mut opened = context.unprotect(packet);
        if opened.is_ok() {
            self.before = None;
        } else if let Some(Ok(packet)) = self.before.as_mut().map(|old| old.unprotect(packet)) {
            opened = Ok(packet);
        }
        match opened {
            Ok(packet) => {
                self.complained = false;
                Some(packet)
            }
            Err(_) if self.defects.has(Defect::SRTP_PLAIN_ACCEPTED) => Some(packet.to_vec()),
            Err(reason) => {
                if !std::mem::replace(&mut self.complained, true) {
                    self.complaint = Some(reason.to_owned());
                }
                None
            }
        }
    }

    /// The RTCP packet that came in; none where it has to be dropped.
    pub(crate) fn open_report(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let Some(context) = &mut self.incoming else { return Some(packet.to_vec()) };
        let opened = context.unprotect_report(packet).ok();
        opened.or_else(|| self.before.as_mut()?.unprotect_report(packet).ok())
    }

    /// Why it dropped a packet, said once until one is good again.
    pub(crate) fn poll_complaint(&mut self) -> Option<String> {
        self.complaint.take()
    }
}
