//! Which packets have come already (RFC 3711 §3.3.2).

/// The highest index that has come, and which of the 64 up to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Replay {
    highest: Option<u64>,
    /// Bit n: the index n below the highest has come.
    seen: u64,
}

/// What an index is in the light of those that came before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Age {
    New,
    Replayed,
    /// Too far below the highest to tell.
    Old,
}

impl Replay {
    /// The highest index so far.
    pub(super) const fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// What `index` would be.
    pub(super) fn age(&self, index: u64) -> Age {
        match self.highest.and_then(|highest| highest.checked_sub(index)) {
            None => Age::New,
            Some(below) if below >= WINDOW => Age::Old,
            Some(below) if self.seen >> below & 1 == 1 => Age::Replayed,
            Some(_) => Age::New,
        }
    }

    /// Takes an authenticated packet.
    pub(super) fn take(&mut self, index: u64) {
        let above = match self.highest {
            Some(highest) if index <= highest => {
                self.seen |= 1_u64.checked_shl(shift(highest - index)).unwrap_or(0);
                return;
            }
            Some(highest) => index - highest,
            None => WINDOW,
        };
        self.seen = self.seen.checked_shl(shift(above)).unwrap_or(0) | 1;
        self.highest = Some(index);
    }
}

fn shift(by: u64) -> u32 {
    u32::try_from(by).unwrap_or(u32::MAX)
}

/// The smallest window that RFC 3711 §3.3.2 allows.
const WINDOW: u64 = 64;
