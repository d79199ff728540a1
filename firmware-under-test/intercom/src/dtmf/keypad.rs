//! The tones of the keypad, for a microphone line that carries them.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use super::{COLUMNS, ROWS, place};
use crate::defects::{Defect, Defects};

/// Digits on their way out as tones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keypad {
    waiting: VecDeque<u8>,
    /// The event that sounds and how many samples of it and its pause are over.
    sounding: Option<(u8, u32)>,
}

/// How the tones are.
struct Manner {
    /// Samples a second, and of a tone and its pause.
    rate: u32,
    tone: u32,
    pause: u32,
    /// dBm0 of a row's and of a column's tone.
    levels: (f64, f64),
    /// What the frequencies are multiplied with.
    pitch: f64,
}

impl Keypad {
    /// Queues event codes.
    pub(crate) fn dial(&mut self, events: impl Iterator<Item = u8>) {
        self.waiting.extend(events);
    }

    /// The next `count` samples, of `rate` a second, while there is something to dial.
    pub(crate) fn frame(&mut self, count: usize, rate: u32, defects: &Defects) -> Option<Vec<i16>> {
        if self.sounding.is_none() && self.waiting.is_empty() {
            return None;
        }
        let manner = Manner::of(rate, defects);
        let mut frame = vec![0; count];
        for sample in &mut frame {
            let next = || self.waiting.pop_front().map(|event| (event, 0));
            let Some((event, at)) = self.sounding.take().or_else(next) else { break };
            *sample = manner.sample(event, at);
            self.sounding = (at + 1 < manner.tone + manner.pause).then_some((event, at + 1));
        }
        Some(frame)
    }
}

impl Manner {
    fn of(rate: u32, defects: &Defects) -> Self {
        let tone = if defects.has(Defect::INBAND_SENT_SHORT) { 20 } else { 160 };
        let row = if defects.has(Defect::INBAND_SENT_QUIET) { -34.0 } else { -11.0 };
        let twist = if defects.has(Defect::INBAND_SENT_TWISTED) { -12.0 } else { 2.0 };
        let pitch = if defects.has(Defect::INBAND_SENT_DETUNED) { 1.02 } else { 1.0 };
        let samples = |ms: u32| ms * rate / 1_000;
        let (tone, pause) = (samples(tone), samples(240) - samples(tone));
        Self { rate, tone, pause, levels: (row, row + twist), pitch }
    }

    fn sample(&self, event: u8, at: u32) -> i16 {
        let Some((row, column)) = place(event).filter(|_| at < self.tone) else { return 0 };
        let tone = |hertz: Option<&f64>, dbm0: f64| {
            let hertz = hertz.copied().unwrap_or_default() * self.pitch;
            let peak = 32_124.0 * 10f64.powf((dbm0 - 3.17) / 20.0);
            peak * (TAU * hertz * f64::from(at) / f64::from(self.rate)).sin()
        };
        // A millisecond to swell and to fade, so that it does not click.
        let millisecond = self.rate / 1_000;
        let edge = f64::from(at.min(self.tone - 1 - at).min(millisecond)) / f64::from(millisecond);
        let both = tone(ROWS.get(row), self.levels.0) + tone(COLUMNS.get(column), self.levels.1);
        #[expect(clippy::cast_possible_truncation, reason = "the two peaks fit into 16 bits")]
        let sample = (edge * both).round() as i16;
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_take_two_times_240_ms() {
        let mut keypad = Keypad::default();
        keypad.dial([5, 9].into_iter());
        let frames: Vec<_> =
            std::iter::from_fn(|| keypad.frame(160, 8_000, &Defects::default())).collect();
        assert_eq!(frames.len(), 24);
        let loud: Vec<_> = frames.iter().map(|frame| frame.iter().any(|&x| x > 1_000)).collect();
        let one = [[true; 8].as_slice(), &[false; 4]].concat();
        assert_eq!(loud, [one.clone(), one].concat());
    }
}
