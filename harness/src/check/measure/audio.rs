//! The sound that packets carry, on the clock of the run.

use super::skew::median;
use super::{Measured, Packet, Stream, Unit, counted, real, seconds};
use crate::signal::{Codec, Dbm0, Sine, level};
use crate::time::Tick;

/// Sound on the clock of the run: the first sample of a packet is heard when the packet passes.
///
/// The spacing of samples is that of the timestamps, so that jitter does not tear the sound. The
/// clocks are tied where the transit time of packets has its median; once it has changed by half a
/// second they are tied anew. Where no packet is, there is silence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Audio {
    /// When the first sample is heard; good to the uncertainty of one stamp, and to the skew of the
    /// device's clock times half the length of the sound.
    pub start: Tick,
    /// By which the packets were decoded, and whose sampling rate is that of the samples.
    pub codec: Codec,
    /// The sound of one channel.
    pub samples: Vec<i16>,
}

/// What there is to know of a tone in a sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Its frequency, relative to the media clock of the sender.
    pub frequency: Measured,
    /// Its level.
    pub level: Measured,
    /// Its power over that of all else.
    pub sinad: Measured,
}

impl Audio {
    /// The sound of the audio packets of a stream, sent or received; of several channels the first.
    ///
    /// `None` where the packets hold no samples.
    pub fn of(stream: &Stream<'_>, codec: Codec) -> Option<Self> {
        Self::of_channel(None, stream, codec, 0)
    }

    /// The sound of one channel, counted from 0; `None` where the packets hold no samples of it.
    ///
    /// A codec with a memory is decoded from what came before on, which is not part of the sound.
    pub fn of_channel(
        before: Option<&Stream<'_>>,
        stream: &Stream<'_>,
        codec: Codec,
        channel: usize,
    ) -> Option<Self> {
        let rate = f64::from(codec.clock_rate());
        let samples_a_tick = f64::from(codec.sample_rate()) / rate;
        let channels = usize::from(codec.channels());
        if channel >= channels {
            return None;
        }
        let mut decoder = codec.decoder();
        for packet in before.map(Stream::in_order).unwrap_or_default() {
            decoder.decode(packet.payload);
        }
        let packets = stream.in_order();
        let first = *packets.first()?;
        let transit = |packet: &Packet<'_>| {
            seconds(first.at, packet.at) * rate - real(packet.instant - first.instant)
        };
        let mut rest = packets.as_slice();
        let mut placed = Vec::new();
        while let Some(head) = rest.first() {
            let apart = |p: &Packet<'_>| (transit(p) - transit(head)).abs() >= RETIE_AFTER * rate;
            let (spurt, after) = rest.split_at(rest.iter().position(apart).unwrap_or(rest.len()));
            let tie = median(spurt.iter().map(transit).collect())?;
            placed.extend(spurt.iter().map(|p| (tie + real(p.instant - first.instant), p)));
            rest = after;
        }
        let begin = placed.iter().map(|&(place, _)| place).fold(f64::INFINITY, f64::min);
        let mut samples = Vec::new();
        for (place, packet) in placed {
            let frame = decoder.decode(packet.payload);
            let frame: Vec<i16> = frame.into_iter().skip(channel).step_by(channels).collect();
            let from = whole((place - begin) * samples_a_tick);
            if samples.len() < from + frame.len() {
                samples.resize(from + frame.len(), 0);
            }
            let slots = samples.iter_mut().skip(from);
            slots.zip(frame).for_each(|(slot, sample)| *slot = sample);
        }
        let start = shifted(first.at, begin / rate);
        (!samples.is_empty()).then_some(Self { start, codec, samples })
    }

    /// When the last sample ends.
    pub fn end(&self) -> Tick {
        shifted(self.start, counted(self.samples.len()) / self.rate())
    }

    /// The part of the sound between two instants.
    #[must_use]
    pub fn between(&self, from: Tick, to: Tick) -> Self {
        let place = |at: Tick| whole(seconds(self.start, at) * self.rate()).min(self.samples.len());
        let (from, to) = (place(from), place(to));
        let samples = self.samples.get(from..to).unwrap_or_default().to_vec();
        Self { start: shifted(self.start, counted(from) / self.rate()), codec: self.codec, samples }
    }

    /// The longest part that is everywhere within 6 dB of the loudest 20 ms, without its edges.
    ///
    /// It is where a tone is to be measured that did not sound all the time. Empty if the sound is
    /// silent or nowhere steady.
    #[must_use]
    pub fn steady(&self) -> Self {
        let block = whole(0.02 * self.rate());
        let levels: Vec<f64> = self.samples.chunks(block).map(level::rms).collect();
        let loudest = levels.iter().copied().fold(0.0, f64::max);
        let loud = |&level: &f64| level > 0.5 * loudest && loudest > 0.0;
        let mut longest = 0..0;
        let mut at = 0;
        for run in levels.chunk_by(|a, b| loud(a) == loud(b)) {
            if run.first().is_some_and(loud) && run.len() > longest.len() {
                longest = at..at + run.len();
            }
            at += run.len();
        }
        // What a device puts in place of what does not come any more is no part of the tone.
        let tail = if longest.len() > LONG { CONCEALED } else { 1 };
        let inside = (longest.start + 1) * block..longest.end.saturating_sub(tail) * block;
        let samples = self.samples.get(inside.clone()).unwrap_or_default().to_vec();
        let start = shifted(self.start, counted(inside.start) / self.rate());
        Self { start, codec: self.codec, samples }
    }

    /// The strongest tone of the whole sound; see [`Sine`] for its uncertainties.
    pub fn tone(&self) -> Option<Tone> {
        let sine = Sine::fit(&self.samples, self.codec)?;
        Some(Tone {
            frequency: Measured::of(sine.frequency, Unit::Hertz),
            level: Measured::of(sine.level, Unit::Dbm0),
            sinad: Measured::of(sine.sinad, Unit::Decibel),
        })
    }

    /// The level of the whole sound; `None` for silence. See [`level::level`] for its uncertainty.
    pub fn level(&self) -> Option<Measured> {
        Some(Measured::of(level::level(&self.samples, self.codec)?, Unit::Dbm0))
    }

    /// The longest silence between the first and the last sound, good to a sample; `None` for silence
    /// all through.
    ///
    /// Silence is what lies below −50 dBm0 sample by sample: a tone crosses zero faster than that.
    pub fn longest_silence(&self) -> Option<Measured> {
        let limit = QUIET.amplitude(self.codec);
        let loud = |sample: &i16| f64::from(sample.unsigned_abs()) > limit;
        let first = self.samples.iter().position(loud)?;
        let last = self.samples.iter().rposition(loud)?;
        let sounding = self.samples.get(first..=last)?;
        let runs = sounding
            .chunk_by(|a, b| loud(a) == loud(b))
            .filter(|run| !run.first().is_some_and(loud));
        let longest = runs.map(<[i16]>::len).max().unwrap_or(0);
        let value = counted(longest) / self.rate();
        Some(Measured { value, uncertainty: 1.0 / self.rate(), unit: Unit::Seconds })
    }

    fn rate(&self) -> f64 {
        f64::from(self.codec.sample_rate())
    }
}

/// The nearest whole number of samples, not below zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn whole(samples: f64) -> usize {
    samples.round() as usize
}

/// An instant moved by seconds; not before the run began.
fn shifted(at: Tick, by: f64) -> Tick {
    let span = std::time::Duration::from_secs_f64(by.abs());
    if by < 0.0 { Tick::ZERO + at.since(Tick::ZERO + span) } else { at + span }
}

/// How many blocks of 20 ms at the end of a long sound may be made up by the device.
const CONCEALED: usize = 4;
/// From how many blocks on a sound is long.
const LONG: usize = 25;
/// What counts as silence.
const QUIET: Dbm0 = Dbm0(-50.0);
/// The change of transit time after which the clocks are tied anew, in seconds.
const RETIE_AFTER: f64 = 0.5;

#[cfg(test)]
mod tests;
