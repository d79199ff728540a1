//! The speaker, with the fixed jitter buffer before it.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Codec, Frame};
use crate::defects::{Defect, Defects};

/// Plays what was received a fixed time after the first packet, so that jitter is not heard.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    delay: Duration,
    codec: Codec,
    /// When the first sample plays, and its extended timestamp.
    origin: Option<(Duration, i64)>,
    /// The last extended timestamp, from which the next is extended.
    last: i64,
    /// What is to be played; nothing where nothing has come.
    samples: VecDeque<Option<Frame>>,
    /// The place of the first of them: the timestamp in samples.
    first: i64,
    defects: Defects,
    /// The last frame that was heard whole, by which a missing one is concealed.
    heard: Vec<Frame>,
    /// How many samples in a row were concealed.
    concealed: usize,
}

impl Speaker {
    /// A speaker that plays `delay` after arrival.
    pub(crate) fn new(delay: Duration, codec: Codec, defects: Defects) -> Self {
        let (samples, heard) = (VecDeque::new(), Vec::new());
        Self {
            delay,
            codec,
            origin: None,
            last: 0,
            samples,
            first: 0,
            defects,
            heard,
            concealed: 0,
        }
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
        samples: impl IntoIterator<Item = Frame>,
    ) {
        let at = self.extend(timestamp);
        let play = self.position(now + self.delay);
        // A jump of more than a second is a new talker, not jitter.
        let second = i64::from(self.codec.clock());
        let late = play.is_some_and(|play| (1..second).contains(&(play - at - self.slack())));
        if let Some((start, _)) = self.origin.as_mut().filter(|_| late)
            && self.defects.has(Defect::JITTER_BUFFER_GROWS)
        {
            *start += Duration::from_millis(20);
        }
        if play.is_none_or(|play| (at - play).abs() > second) {
            self.origin = Some((now + self.delay, at));
            self.samples.clear();
        }
        self.last = at;
        self.put(self.place(at), samples);
    }

    /// So many samples that are heard from `now` on; silence where there are none.
    pub(crate) fn play(&mut self, now: Duration, count: usize) -> Vec<Frame> {
        let mut heard = vec![[0; 2]; count];
        if let Some(play) = self.position(now).map(|tick| self.place(tick)) {
            for (index, (at, sample)) in (play..).zip(&mut heard).enumerate() {
                *sample = match self.at(at) {
                    Some(sample) => {
                        self.concealed = 0;
                        sample
                    }
                    None => self.conceal(index, count),
                };
            }
            if self.concealed == 0 {
                self.heard.clone_from(&heard);
            }
            let past = usize::try_from(play - self.first).unwrap_or(0).min(self.samples.len());
            self.samples.drain(..past);
            self.first = self.first.max(play);
        }
        heard
    }

    /// Puts samples in their places. None is more than a second away from what plays.
    fn put(&mut self, from: i64, samples: impl IntoIterator<Item = Frame>) {
        if self.samples.is_empty() {
            self.first = from;
        }
        while from < self.first {
            self.samples.push_front(None);
            self.first -= 1;
        }
        let from = usize::try_from(from - self.first).unwrap_or(usize::MAX);
        for (at, sample) in (from..).zip(samples) {
            if at >= self.samples.len() {
                self.samples.resize(at + 1, None);
            }
            if let Some(place) = self.samples.get_mut(at) {
                *place = Some(sample);
            }
        }
    }

    fn at(&self, place: i64) -> Option<Frame> {
        *self.samples.get(usize::try_from(place - self.first).ok()?)?
    }

    /// What stands for a missing sample: that of the last whole frame of `count` at its place, softer from
    /// frame to frame, and silence once 60 ms are missing.
    fn conceal(&mut self, index: usize, count: usize) -> Frame {
        let most = self.codec.samples(CONCEALED);
        if self.concealed >= most || self.defects.has(Defect::NO_CONCEALMENT) {
            return [0; 2];
        }
        let softer = 1 + self.concealed / count.max(1);
        self.concealed += 1;
        let sample = self.heard.get(index).copied().unwrap_or_default();
        sample.map(|channel| channel / i16::try_from(softer).unwrap_or(i16::MAX))
    }

    /// By how many ticks a packet may come after the first and still be played in time.
    fn slack(&self) -> i64 {
        i64::from(self.codec.ticks(self.delay))
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

/// How long missing sound is concealed.
const CONCEALED: Duration = Duration::from_millis(60);

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn samples_play_after_the_delay_whatever_the_jitter() {
        let mut speaker = Speaker::new(ms(40), Codec::Pcmu, Defects::default());
        speaker.push(ms(100), u32::MAX - 159, [[1; 2]; 160]);
        speaker.push(ms(135), 0, [[2; 2]; 160]);
        assert_eq!(speaker.play(ms(120), 160), [[0; 2]; 160]);
        assert_eq!(speaker.play(ms(140), 160), [[1; 2]; 160]);
        assert_eq!(speaker.play(ms(160), 160), [[2; 2]; 160]);
        assert_eq!(speaker.play(ms(180), 160), [[2; 2]; 160], "what is missing is concealed");
        assert_eq!(speaker.play(ms(200), 160), [[1; 2]; 160]);
        assert_eq!(speaker.play(ms(220), 160), [[0; 2]; 160]);
        assert_eq!(speaker.play(ms(240), 160), [[0; 2]; 160]);
    }

    #[test]
    fn half_a_frame_is_heard_half_way() {
        let mut speaker = Speaker::new(ms(40), Codec::Pcmu, Defects::default());
        speaker.push(ms(0), 0, [[1; 2]; 160]);
        let heard = speaker.play(ms(50), 160);
        assert_eq!((heard[79], heard[80]), ([1; 2], [0; 2]));
    }
}
