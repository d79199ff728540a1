//! What is heard of a stream.

use super::super::digits::{Digit, Way};
use crate::check::measure::{Measured, Unit, counted};
use crate::evidence::wav::Heard;
use crate::signal::codec::Decoder;
use crate::signal::dtmf::detector::Detector;
use crate::signal::{Codec, Estimate};
use crate::time::Tick;
use std::net::SocketAddr;
use std::time::Duration;

/// The sound of a stream as its packets come.
///
/// A packet that comes after its turn is left out, and a gap is silence: of a longer one than two
/// seconds no more than that. Times are those of the packets after which it went on.
#[derive(Debug)]
pub(super) struct Sound {
    codec: Codec,
    decoder: Decoder,
    /// Absent where there is more than one channel.
    detector: Option<Detector>,
    digits: Vec<Digit>,
    /// The samples, where they are wanted.
    kept: Option<Vec<i16>>,
    /// How many samples of a channel there were.
    count: usize,
    /// The timestamp that comes next.
    due: Option<u32>,
    /// From which sample on the sound went on at which instant.
    ties: Vec<(usize, Tick)>,
}

impl Sound {
    pub(super) fn new(codec: Codec, keep: bool) -> Self {
        Self {
            codec,
            decoder: codec.decoder(),
            detector: (codec.channels() == 1).then(|| Detector::new(codec)),
            digits: Vec::new(),
            kept: keep.then(Vec::new),
            count: 0,
            due: None,
            ties: Vec::new(),
        }
    }

    pub(super) const fn codec(&self) -> Codec {
        self.codec
    }

    /// Takes the payload of a packet.
    pub(super) fn packet(&mut self, at: Tick, timestamp: u32, payload: &[u8]) {
        let ahead = self.due.map_or(0, |due| timestamp.wrapping_sub(due).cast_signed());
        let ticks = self.codec.ticks_in(LONGEST_GAP).cast_signed();
        if ahead < 0 && ahead > -ticks {
            return;
        }
        if ahead != 0 {
            let silent =
                if ahead.abs() < ticks { self.samples(ahead) } else { self.samples(ticks) };
            self.take(&vec![0; silent * usize::from(self.codec.channels())]);
        }
        if self.due.is_none() || ahead != 0 {
            self.ties.push((self.count, at));
        }
        let before = self.count;
        let samples = self.decoder.decode(payload);
        self.take(&samples);
        let rate = u64::from(self.codec.sample_rate());
        let lasted = u64::try_from(self.count - before).unwrap_or_default();
        let ticks = lasted * u64::from(self.codec.clock_rate()) / rate.max(1);
        self.due = Some(timestamp.wrapping_add(u32::try_from(ticks).unwrap_or_default()));
    }

    /// The digits, and the sound where it was wanted.
    pub(super) fn finish(
        mut self,
        from: SocketAddr,
        to: SocketAddr,
    ) -> (Vec<Digit>, Option<Heard>) {
        if let Some(detector) = &mut self.detector {
            detector.finish();
        }
        self.listen();
        for digit in &mut self.digits {
            (digit.from, digit.to) = (from, to);
        }
        let rate = self.codec.sample_rate();
        let channels = self.codec.channels().into();
        (self.digits, self.kept.map(|samples| Heard { rate, channels, samples }))
    }

    /// How many samples of a channel so many ticks last.
    fn samples(&self, ticks: i32) -> usize {
        let samples = u64::from(ticks.unsigned_abs()) * u64::from(self.codec.sample_rate());
        usize::try_from(samples / u64::from(self.codec.clock_rate())).unwrap_or_default()
    }

    fn take(&mut self, samples: &[i16]) {
        self.count += samples.len() / usize::from(self.codec.channels().max(1));
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(samples);
        }
        if let Some(detector) = &mut self.detector {
            detector.handle(samples);
        }
        self.listen();
    }

    fn listen(&mut self) {
        let rate = f64::from(self.codec.sample_rate());
        let seconds = |samples: Estimate| Measured {
            value: samples.value / rate,
            uncertainty: samples.uncertainty / rate,
            unit: Unit::Seconds,
        };
        while let Some(heard) = self.detector.as_mut().and_then(Detector::poll) {
            let start = heard.start.value;
            let tie = self.ties.iter().rev().find(|(sample, _)| counted(*sample) <= start);
            let (sample, at) = tie.or(self.ties.first()).copied().unwrap_or_default();
            let since = Duration::from_secs_f64(((start - counted(sample)) / rate).max(0.0));
            let unset = SocketAddr::from(([0, 0, 0, 0], 0));
            self.digits.push(Digit {
                way: Way::InBand,
                name: heard.digit.name().to_string(),
                at: at + since,
                duration: Some(seconds(heard.length)),
                from: unset,
                to: unset,
                detail: format!(
                    "{:.1} and {:.1} dBm0, frequency off by {:+.1} %",
                    heard.low.level.0,
                    heard.high.level.0,
                    heard.offset() * 1e2
                ),
            });
        }
        // Digits come in order, and none is longer than what lies between ties by so much.
        let old = self.ties.len().saturating_sub(MOST_TIES);
        self.ties.drain(..old);
    }
}

/// A longer gap is cut to this.
const LONGEST_GAP: Duration = Duration::from_secs(2);
const MOST_TIES: usize = 4_096;
