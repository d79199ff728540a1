//! The speaker, with the fixed jitter buffer before it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Codec, Frame};

/// Plays what was received a fixed time after the first packet, so that jitter is not heard.
#[derive(Debug)]
pub(crate) struct Speaker {
    delay: Duration,
    codec: Codec,
    /// When the first sample plays, and its extended timestamp.
    origin: Option<(Duration, i64)>,
    /// The last extended timestamp, from which the next is extended.
    last: i64,
    /// By their place: the timestamp in samples.
    samples: BTreeMap<i64, Frame>,
}

impl Speaker {
    /// A speaker that plays `delay` after arrival.
    pub(crate) const fn new(delay: Duration, codec: Codec) -> Self {
        Self { delay, codec, origin: None, last: 0, samples: BTreeMap::new() }
    }

    /// Takes a packet's samples that arrived at `now`.
    pub(crate) fn push(
        &mut self,
        now: Duration,
        timestamp: u32,
        samples: impl IntoIterator<Item = Frame>,
    ) {
        let at = self.extend(timestamp);
        let play = self.position(now + self.delay);
        // A jump of more than a second is a new talker, not jitter.
        if play.is_none_or(|play| (at - play).abs() > i64::from(self.codec.clock())) {
            self.origin = Some((now + self.delay, at));
            self.samples.clear();
        }
        self.last = at;
        self.samples.extend((self.place(at)..).zip(samples));
    }

    /// So many samples that are heard from `now` on; silence where there are none.
    pub(crate) fn play(&mut self, now: Duration, count: usize) -> Vec<Frame> {
        let mut heard = vec![[0; 2]; count];
        if let Some(play) = self.position(now).map(|tick| self.place(tick)) {
            for (at, sample) in (play..).zip(&mut heard) {
                *sample = self.samples.get(&at).copied().unwrap_or_default();
            }
            self.samples = self.samples.split_off(&play);
        }
        heard
    }

    /// The extended timestamp that plays at `now`.
    fn position(&self, now: Duration) -> Option<i64> {
        let (start, first) = self.origin?;
        let ticks = |span: Duration| i64::from(self.codec.ticks(span));
        Some(match now.checked_sub(start) {
            Some(after) => first + ticks(after),
            None => first - ticks(start.saturating_sub(now)),
        })
    }

    /// The place of an extended timestamp among the samples.
    fn place(&self, tick: i64) -> i64 {
        tick * i64::from(self.codec.rate()) / i64::from(self.codec.clock())
    }

    /// Extends a timestamp past 32 bits, near to the last one.
    fn extend(&self, timestamp: u32) -> i64 {
        let low = u32::try_from(self.last & 0xffff_ffff).unwrap_or_default();
        self.last + i64::from(timestamp.wrapping_sub(low).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn samples_play_after_the_delay_whatever_the_jitter() {
        let mut speaker = Speaker::new(ms(40), Codec::Pcmu);
        speaker.push(ms(100), u32::MAX - 159, [[1; 2]; 160]);
        speaker.push(ms(135), 0, [[2; 2]; 160]);
        assert_eq!(speaker.play(ms(120), 160), [[0; 2]; 160]);
        assert_eq!(speaker.play(ms(140), 160), [[1; 2]; 160]);
        assert_eq!(speaker.play(ms(160), 160), [[2; 2]; 160]);
        assert_eq!(speaker.play(ms(180), 160), [[0; 2]; 160]);
    }

    #[test]
    fn half_a_frame_is_heard_half_way() {
        let mut speaker = Speaker::new(ms(40), Codec::Pcmu);
        speaker.push(ms(0), 0, [[1; 2]; 160]);
        let heard = speaker.play(ms(50), 160);
        assert_eq!((heard[79], heard[80]), ([1; 2], [0; 2]));
    }
}
