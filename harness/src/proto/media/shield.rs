//! What stands between the media of one of our ends and its datagrams: nothing, or SRTP both ways.

use crate::proto::offer_answer::Keys;
use crate::wire::srtp::{Opener, Sealer};
use std::time::Duration;

/// What stands between the media of one of our ends and its datagrams.
///
/// Media knows nothing of it: packets pass it on their way out and in.
#[derive(Clone, Debug, Default)]
pub struct Shield {
    keys: Option<Keys>,
    secure: Option<Secure>,
    /// What came in before the keys changed.
    before: Option<Opener>,
    /// The packets that were played last, as they went out.
    played: Vec<(Duration, Vec<u8>)>,
}

#[derive(Clone, Debug)]
struct Secure {
    sealer: Sealer,
    opener: Opener,
    /// Opens what we sent ourselves, so that our reports count it.
    own: Opener,
}

/// How packets that we play are protected.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Protection {
    /// As was agreed.
    #[default]
    Agreed,
    /// With a tag of which one bit is another.
    BadTag,
    /// Under another key.
    WrongKey,
    /// With a rollover counter that is one too high.
    WrongRollover,
    /// Not at all.
    None,
}

impl Protection {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Agreed, "agreed"),
        (Self::BadTag, "bad-tag"),
        (Self::WrongKey, "wrong-key"),
        (Self::WrongRollover, "wrong-rollover"),
        (Self::None, "none"),
    ];

    /// The word in scenario files.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(each, _)| *each == self).map_or("", |(_, word)| word)
    }
}

impl Shield {
    /// Goes on with the keys of a session; says whether they are others than before.
    pub fn follow(&mut self, keys: Option<&Keys>) -> bool {
        if self.keys.as_ref() == keys {
            return false;
        }
        let old = self.secure.take();
        self.secure = keys.and_then(|keys| Secure::new(keys, old.as_ref()));
        self.before = old.map(|old| old.opener);
        self.keys = keys.cloned();
        true
    }

    /// The keys.
    pub const fn keys(&self) -> Option<&Keys> {
        self.keys.as_ref()
    }

    /// An RTP packet as it goes out.
    pub fn seal_rtp(&mut self, packet: Vec<u8>, protection: Protection) -> Vec<u8> {
        let (Some(secure), Some(keys)) = (&mut self.secure, &self.keys) else { return packet };
        let wrong = || Sealer::new(&keys.ours.wrong(), keys.media, keys.reports);
        let sealed = match protection {
            Protection::None => return packet,
            Protection::Agreed => secure.sealer.seal_rtp(&packet),
            Protection::BadTag => secure.sealer.seal_rtp(&packet).map(|mut sealed| {
                if let Some(last) = sealed.last_mut() {
                    *last ^= 1;
                }
                sealed
            }),
            Protection::WrongKey => wrong().and_then(|mut sealer| sealer.seal_rtp(&packet)),
            Protection::WrongRollover => {
                let rollover = secure.sealer.rollover(&packet);
                secure.sealer.seal_rtp_at(&packet, rollover.wrapping_add(1))
            }
        };
        sealed.unwrap_or(packet)
    }

    /// An RTCP packet as it goes out.
    pub fn seal_rtcp(&mut self, packet: Vec<u8>) -> Vec<u8> {
        let sealed = self.secure.as_mut().and_then(|it| it.sealer.seal_rtcp(&packet));
        sealed.unwrap_or(packet)
    }

    /// An RTP packet that came in; `None` where it is not what was agreed.
    pub fn open_rtp(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let Some(secure) = &mut self.secure else { return Some(packet.to_vec()) };
        let opened = secure.opener.open_rtp(packet).ok();
        //= RFC 4568 §7.1.4
        opened.or_else(|| self.before.as_mut()?.open_rtp(packet).ok())
    }

    /// An RTCP packet that came in; `None` where it is not what was agreed.
    pub fn open_rtcp(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let Some(secure) = &mut self.secure else { return Some(packet.to_vec()) };
        let opened = secure.opener.open_rtcp(packet).ok();
        opened.or_else(|| self.before.as_mut()?.open_rtcp(packet).ok())
    }

    /// An RTP packet of ours that went out, without its protection; `None` for one that was damaged.
    pub fn open_own(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        match &mut self.secure {
            Some(secure) => secure.own.open_rtp(packet).ok(),
            None => Some(packet.to_vec()),
        }
    }

    /// Keeps what is played now, for [`again`](Self::again).
    pub fn keep(&mut self, packets: &[(Duration, Vec<u8>)]) {
        self.played = packets.to_vec();
    }

    /// What was played last, byte for byte.
    pub fn again(&self) -> Vec<(Duration, Vec<u8>)> {
        self.played.clone()
    }
}

impl Secure {
    /// Whoever follows older keys counts on (RFC 3711 §3.3.1, §3.4).
    fn new(keys: &Keys, old: Option<&Self>) -> Option<Self> {
        let mut sealer = Sealer::new(&keys.ours, keys.media, keys.reports)?;
        if let Some(old) = old {
            sealer.follow(&old.sealer);
        }
        let opener = Opener::new(&keys.theirs, keys.media)?;
        let own = Opener::new(&keys.ours, keys.media)?;
        Some(Self { sealer, opener, own })
    }
}
