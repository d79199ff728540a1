//! Sequence numbers and timestamps, continued beyond their 16 and 32 bits.

use super::Packet;

/// Continues the numbers of one source, packet by packet.
///
/// A jump of the sequence number that RFC 3550 A.1 takes for a restart of the source (3000 or more
/// forward, 100 or more back) and that the next packet confirms does not count as loss: numbering
/// goes on as if none were missing. So a packet after such a jump waits for the next.
#[derive(Clone, Debug)]
pub struct Numbering<P> {
    highest: Option<(i64, i64, Head)>,
    /// After a jump, waiting for the next.
    waiting: Option<P>,
}

/// A packet that has numbers.
pub trait Numbered: Copy {
    /// The numbers on the wire.
    fn head(&self) -> Head;
    /// Takes the continued sequence number and timestamp.
    fn place(&mut self, order: i64, instant: i64);
}

/// The numbers of a packet on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Head {
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp.
    pub timestamp: u32,
}

impl<P> Default for Numbering<P> {
    fn default() -> Self {
        Self { highest: None, waiting: None }
    }
}

impl<P: Numbered> Numbering<P> {
    /// Takes the next packet; hands out those whose place is now known.
    #[inline]
    pub fn push(&mut self, packet: P, mut known: impl FnMut(P)) {
        let head = packet.head();
        if let Some(waiting) = self.waiting.take() {
            let restarted = head.sequence == waiting.head().sequence.wrapping_add(1);
            known(self.placed(waiting, restarted));
        }
        let far = self.highest.is_some_and(|(.., before)| is_far(step(before, head)));
        if far {
            self.waiting = Some(packet);
        } else {
            known(self.placed(packet, false));
        }
    }

    /// The packet that waits for one that does not come.
    pub fn finish(&mut self) -> Option<P> {
        let waiting = self.waiting.take()?;
        Some(self.placed(waiting, false))
    }

    #[inline]
    fn placed(&mut self, mut packet: P, restarted: bool) -> P {
        let head = packet.head();
        let (order, instant) = match self.highest {
            None => (i64::from(head.sequence), i64::from(head.timestamp)),
            Some((order, instant, before)) => {
                let ticks = head.timestamp.wrapping_sub(before.timestamp).cast_signed();
                let step = if restarted { 1 } else { i64::from(step(before, head)) };
                (order + step, instant + i64::from(ticks))
            }
        };
        if self.highest.is_none_or(|(highest, ..)| order > highest) {
            self.highest = Some((order, instant, head));
        }
        packet.place(order, instant);
        packet
    }
}

impl Numbered for Packet<'_> {
    fn head(&self) -> Head {
        Head { sequence: self.sequence, timestamp: self.timestamp }
    }

    fn place(&mut self, order: i64, instant: i64) {
        (self.order, self.instant) = (order, instant);
    }
}

fn step(before: Head, after: Head) -> i16 {
    after.sequence.wrapping_sub(before.sequence).cast_signed()
}

//= RFC 3550 §A.1
fn is_far(step: i16) -> bool {
    step >= MAX_DROPOUT || step <= -MAX_MISORDER
}

const MAX_DROPOUT: i16 = 3_000;
const MAX_MISORDER: i16 = 100;
