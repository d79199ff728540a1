//! The speaker, with the fixed jitter buffer before it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::FRAME;

/// Plays what was received a fixed time after the first packet, so that jitter is not heard.
#[derive(Debug)]
pub(crate) struct Speaker {
    delay: Duration,
    /// When the first sample plays, and its extended timestamp.
    origin: Option<(Duration, i64)>,
    /// The last extended timestamp, from which the next is extended.
    last: i64,
    samples: BTreeMap<i64, i16>,
}

impl Speaker {
    /// A speaker that plays `delay` after arrival.
    pub(crate) const fn new(delay: Duration) -> Self {
        Self { delay, origin: None, last: 0, samples: BTreeMap::new() }
    }

    /// Takes a packet's samples that arrived at `now`.
    pub(crate) fn push(
        &mut self,
        now: Duration,
        timestamp: u32,
        samples: impl Iterator<Item = i16>,
    ) {
        let at = self.extend(timestamp);
        let play = self.position(now + self.delay);
        // A jump of more than a second is a new talker, not jitter.
        if play.is_none_or(|play| (at - play).abs() > RATE) {
            self.origin = Some((now + self.delay, at));
            self.samples.clear();
        }
        self.last = at;
        self.samples.extend((at..).zip(samples));
    }

    /// The samples that are heard in the 20 ms from `now` on; silence where there are none.
    pub(crate) fn play(&mut self, now: Duration) -> [i16; FRAME] {
        let mut heard = [0; FRAME];
        if let Some(play) = self.position(now) {
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
        let samples = |span: Duration| i64::try_from(span.as_micros() / 125).unwrap_or_default();
        Some(match now.checked_sub(start) {
            Some(after) => first + samples(after),
            None => first - samples(start.saturating_sub(now)),
        })
    }

    /// Extends a timestamp past 32 bits, near to the last one.
    fn extend(&self, timestamp: u32) -> i64 {
        let low = u32::try_from(self.last & 0xffff_ffff).unwrap_or_default();
        self.last + i64::from(timestamp.wrapping_sub(low).cast_signed())
    }
}

const RATE: i64 = 8000;

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn samples_play_after_the_delay_whatever_the_jitter() {
        let mut speaker = Speaker::new(ms(40));
        speaker.push(ms(100), u32::MAX - 159, [1; 160].into_iter());
        speaker.push(ms(135), 0, [2; 160].into_iter());
        assert_eq!(speaker.play(ms(120)), [0; 160]);
        assert_eq!(speaker.play(ms(140)), [1; 160]);
        assert_eq!(speaker.play(ms(160)), [2; 160]);
        assert_eq!(speaker.play(ms(180)), [0; 160]);
    }

    #[test]
    fn half_a_frame_is_heard_half_way() {
        let mut speaker = Speaker::new(ms(40));
        speaker.push(ms(0), 0, [1; 160].into_iter());
        let heard = speaker.play(ms(50));
        assert_eq!((heard[79], heard[80]), (1, 0));
    }
}
