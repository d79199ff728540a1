//! The speaker, with the fixed jitter buffer before it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::FRAME;
use crate::defects::{Defect, Defects};

/// Plays what was received a fixed time after the first packet, so that jitter is not heard.
#[derive(Debug)]
pub(crate) struct Speaker {
    delay: Duration,
    /// When the first sample plays, and its extended timestamp.
    origin: Option<(Duration, i64)>,
    /// The last extended timestamp, from which the next is extended.
    last: i64,
    samples: BTreeMap<i64, i16>,
    defects: Defects,
    /// The last frame that was heard whole, by which a missing one is concealed.
    heard: [i16; FRAME],
    /// How many samples in a row were concealed.
    concealed: usize,
}

impl Speaker {
    /// A speaker that plays `delay` after arrival.
    pub(crate) fn new(delay: Duration, defects: Defects) -> Self {
        let (samples, heard) = (BTreeMap::new(), [0; FRAME]);
        Self { delay, origin: None, last: 0, samples, defects, heard, concealed: 0 }
    }

    /// Forgets what it was to play.
    pub(crate) fn restart(&mut self) {
        self.origin = None;
        self.samples.clear();
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
        let late = play.is_some_and(|play| (1..RATE).contains(&(play - at - self.slack())));
        if let Some((start, _)) = self.origin.as_mut().filter(|_| late)
            && self.defects.has(Defect::JITTER_BUFFER_GROWS)
        {
            *start += Duration::from_millis(20);
        }
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
            for (index, (at, sample)) in (play..).zip(&mut heard).enumerate() {
                *sample = match self.samples.get(&at) {
                    Some(sample) => {
                        self.concealed = 0;
                        *sample
                    }
                    None => self.conceal(index),
                };
            }
            if self.concealed == 0 {
                self.heard = heard;
            }
            self.samples = self.samples.split_off(&play);
        }
        heard
    }

    /// What stands for a missing sample: that of the last whole frame at its place, softer from frame to
    /// frame, and silence once three are missing.
    fn conceal(&mut self, index: usize) -> i16 {
        if self.concealed >= CONCEALED || self.defects.has(Defect::NO_CONCEALMENT) {
            return 0;
        }
        let softer = 1 + self.concealed / FRAME;
        self.concealed += 1;
        let sample = self.heard.get(index).copied().unwrap_or_default();
        sample / i16::try_from(softer).unwrap_or(i16::MAX)
    }

    /// By how many samples a packet may come after the first and still be played in time.
    fn slack(&self) -> i64 {
        i64::try_from(self.delay.as_micros() / 125).unwrap_or_default()
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
/// The most samples in a row that are concealed: 60 ms.
const CONCEALED: usize = 3 * FRAME;

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn samples_play_after_the_delay_whatever_the_jitter() {
        let mut speaker = Speaker::new(ms(40), Defects::default());
        speaker.push(ms(100), u32::MAX - 159, [1; 160].into_iter());
        speaker.push(ms(135), 0, [2; 160].into_iter());
        assert_eq!(speaker.play(ms(120)), [0; 160]);
        assert_eq!(speaker.play(ms(140)), [1; 160]);
        assert_eq!(speaker.play(ms(160)), [2; 160]);
        assert_eq!(speaker.play(ms(180)), [2; 160], "what is missing is concealed");
        assert_eq!(speaker.play(ms(200)), [1; 160]);
        assert_eq!(speaker.play(ms(220)), [0; 160]);
        assert_eq!(speaker.play(ms(240)), [0; 160]);
    }

    #[test]
    fn half_a_frame_is_heard_half_way() {
        let mut speaker = Speaker::new(ms(40), Defects::default());
        speaker.push(ms(0), 0, [1; 160].into_iter());
        let heard = speaker.play(ms(50));
        assert_eq!((heard[79], heard[80]), (1, 0));
    }
}
