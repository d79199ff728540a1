//! The RTP streams that arrived in a case: their figures, and packet by packet what the plots show.

use super::JudgedCase;
use crate::check::measure::{self, Intervals, Jitter, Loss, Measured};
use crate::evidence::formats::Formats;
use crate::evidence::plain::Plain;
use crate::evidence::point::{Point, RolePoint};
use crate::evidence::timeline::{Seen, Timeline};
use crate::signal::codec::Codec;
use crate::time::Tick;
use serde::Serialize;

/// One source at one point, with the figures of its audio.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Stream {
    /// The point: `alice.rtp`.
    pub(super) point: String,
    /// The synchronization source.
    pub(super) ssrc: u32,
    /// How many packets arrived, duplicates and telephone events included.
    pub(super) packets: usize,
    /// How many sequence numbers never arrived.
    pub(super) lost: usize,
    /// How many packets arrived again.
    pub(super) duplicates: usize,
    /// How many arrived after a higher sequence number.
    pub(super) reordered: usize,
    /// Half the width of the interval around each of the following times.
    pub(super) uncertainty_ms: f64,
    /// RFC 3550 interarrival jitter.
    pub(super) jitter_ms: Estimate,
    /// Time between arrivals less time between timestamps, without its sign.
    pub(super) deviation_ms: Deviation,
    /// Time between arrivals, the silence before talkspurts left out.
    pub(super) interarrival_ms: Interarrival,
    /// How much faster the device's media clock is than ours; absent for a stream too short to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skew_ppm: Option<Skew>,
    /// What the plots show.
    #[serde(skip)]
    pub(super) arrivals: Vec<Arrival>,
}

/// The mean and the largest value of the jitter estimate.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Estimate {
    pub(super) mean: f64,
    pub(super) max: f64,
}

/// Percentiles of the deviation.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Deviation {
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) p999: f64,
    pub(super) max: f64,
}

/// Percentiles of the time between arrivals.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Interarrival {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// A difference of clock rates.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Skew {
    pub(super) value: f64,
    pub(super) uncertainty: f64,
}

/// One packet that continues the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// When, in seconds since the case began.
    pub(super) at: f64,
    /// The time since the packet before it, in milliseconds.
    pub(super) apart: f64,
    /// The time since the packet before it, less the time between their timestamps, in milliseconds.
    pub(super) deviation: f64,
    /// The jitter estimate after it, in milliseconds.
    pub(super) jitter: f64,
}

impl Stream {
    /// The streams of audio that arrived, by point and in the order in which they began.
    pub(super) fn received(case: &JudgedCase) -> Vec<Self> {
        let points = case.record.points.iter();
        let points = points.filter(|point| matches!(point.pco.role(), Some((_, RolePoint::Rtp))));
        points.flat_map(|point| Self::at(&case.timeline, point, case.began())).collect()
    }

    /// Those that arrived at one point; their times are since `began`.
    pub(super) fn at(timeline: &Timeline, point: &Point, began: Tick) -> Vec<Self> {
        let (formats, plain) = (Formats::of(timeline), Plain::of(timeline));
        let entries = timeline.entries().iter();
        let entries = entries.filter(|entry| entry.carries() == point.pco.role());
        let arrivals: Vec<measure::Arrival<'_>> = entries
            .filter_map(|entry| {
                let Seen::Received(datagram) = &entry.seen else { return None };
                let bytes = plain.packet(entry.seq, &datagram.bytes)?;
                Some(measure::Arrival { at: entry.at, bytes })
            })
            .collect();
        let streams = measure::Stream::group(&arrivals);
        let of = |stream| Self::of(stream, point, began, &formats);
        streams.iter().filter_map(of).collect()
    }

    /// `None` where the stream has less than two packets of audio.
    fn of(
        stream: &measure::Stream<'_>,
        point: &Point,
        began: Tick,
        formats: &Formats,
    ) -> Option<Self> {
        let (audio, codec) = stream.audio(formats, point.pco)?;
        let Jitter { mean, max, change, .. } =
            Jitter::of(&audio, codec.clock_rate(), point.uncertainty)?;
        let Intervals { p50, p99, p999, max: most, .. } = change;
        let between = Intervals::of_arrivals(&audio, point.uncertainty)?;
        let skew = measure::skew::skew(&audio, codec.clock_rate(), point.uncertainty);
        let loss = Loss::of(stream);
        Some(Self {
            point: point.name.clone(),
            ssrc: stream.packets().first()?.ssrc,
            packets: loss.received,
            lost: loss.lost,
            duplicates: loss.duplicates,
            reordered: loss.reordered,
            uncertainty_ms: round(mean.uncertainty * 1e3),
            jitter_ms: Estimate { mean: ms(mean), max: ms(max) },
            deviation_ms: Deviation { p50: ms(p50), p99: ms(p99), p999: ms(p999), max: ms(most) },
            interarrival_ms: Interarrival {
                p50: ms(between.p50),
                p95: ms(between.p95),
                p99: ms(between.p99),
                max: ms(between.max),
            },
            skew_ppm: skew.map(|it| Skew {
                value: round(it.value * 1e6),
                uncertainty: round(it.uncertainty * 1e6),
            }),
            arrivals: arrivals(&audio, codec, began),
        })
    }
}

//= RFC 3550 §6.4.1
fn arrivals(audio: &measure::Stream<'_>, codec: Codec, began: Tick) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    let mut jitter = 0.0;
    for (before, after) in audio.packets().iter().zip(audio.packets().iter().skip(1)) {
        let media = measure::real(after.instant - before.instant) / f64::from(codec.clock_rate());
        let apart = measure::seconds(before.at, after.at) * 1e3;
        let deviation = apart - media * 1e3;
        jitter += (deviation.abs() - jitter) / 16.0;
        arrivals.push(Arrival { at: measure::seconds(began, after.at), apart, deviation, jitter });
    }
    arrivals
}

fn ms(measured: Measured) -> f64 {
    round(measured.value * 1e3)
}

/// Three decimals: of milliseconds, whole microseconds.
fn round(ms: f64) -> f64 {
    (ms * 1e3).round() / 1e3
}
