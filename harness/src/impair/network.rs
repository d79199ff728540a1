//! The impaired ways of a case.

use super::{Fate, Impairer, Impairment, Way};
use crate::time::Tick;
use std::collections::BTreeMap;

/// The ways of a case that are impaired, by the point of ours at their end.
#[derive(Clone, Debug)]
pub struct Network<P> {
    seed: u64,
    /// How often ways were set: each time they draw anew.
    set: u64,
    ways: BTreeMap<(P, Way), Impairer>,
}

impl<P: Copy + Ord> Network<P> {
    /// A network that carries everything.
    pub const fn new(seed: u64) -> Self {
        Self { seed, set: 0, ways: BTreeMap::new() }
    }

    /// Has some ways do what is asked from now on, in place of what they did.
    pub fn set(&mut self, ways: &[(P, Way)], asked: Impairment) {
        for way in ways {
            self.set = self.set.wrapping_add(1);
            if asked.is_nothing() {
                self.ways.remove(way);
                continue;
            }
            let seed = self.seed ^ self.set.wrapping_mul(STEP);
            self.ways.insert(*way, Impairer::new(asked, seed));
        }
    }

    /// What becomes of a datagram; `None` where the way is not impaired.
    pub fn carry(&mut self, point: P, way: Way, now: Tick, bytes: usize) -> Option<Fate> {
        Some(self.ways.get_mut(&(point, way))?.carry(now, bytes))
    }
}

/// Keeps the seeds of one setting and the next apart: 2⁶⁴ divided by the golden ratio, odd.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_way_is_impaired_until_it_is_set_again() {
        let mut network = Network::new(1);
        let asked = Impairment { delay: Duration::from_millis(5), ..Impairment::default() };
        network.set(&[(3, Way::ToDevice)], asked);
        let now = Tick::ZERO;
        assert_eq!(network.carry(3, Way::FromDevice, now, 1), None);
        let late = Fate::Carried { delay: asked.delay, copies: 1 };
        assert_eq!(network.carry(3, Way::ToDevice, now, 1), Some(late));
        network.set(&[(3, Way::ToDevice)], Impairment::default());
        assert_eq!(network.carry(3, Way::ToDevice, now, 1), None);
    }
}
