//! Taking SRTP off the packets of a stream.

use crate::wire::sdp::crypto::Offered;
use crate::wire::srtp::Opener;

/// The keys that the sender of a stream has described, of which one opens its packets.
#[derive(Debug, Default)]
pub(super) struct Keys {
    candidates: Vec<Opener>,
    /// For how many packets none was right in a row.
    refused: usize,
    /// How many keys there were when the openers were made.
    known: usize,
    opened: u64,
}

impl Keys {
    /// The packet in clear; `None` where no key opens it.
    pub(super) fn open(&mut self, packet: &[u8], described: &[Offered]) -> Option<Vec<u8>> {
        if self.known != described.len() {
            self.known = described.len();
            self.refused = 0;
            let keys = described.iter().flat_map(|it| it.keys.iter().map(|key| (key, it.media)));
            self.candidates = keys.filter_map(|(key, media)| Opener::new(key, media)).collect();
        }
        // A stream whose key is another is not tried for ever.
        if self.refused > MOST_REFUSED {
            return None;
        }
        let found =
            self.candidates.iter_mut().enumerate().find_map(|(place, opener)| {
                opener.open_rtp(packet).ok().map(|opened| (place, opened))
            });
        let Some((place, opened)) = found else {
            self.refused += 1;
            return None;
        };
        self.candidates.swap(0, place);
        self.refused = 0;
        self.opened += 1;
        Some(opened)
    }

    /// How many packets were opened.
    pub(super) const fn opened(&self) -> u64 {
        self.opened
    }
}

const MOST_REFUSED: usize = 200;
