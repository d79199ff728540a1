//! How evenly packets came.

use super::timestamps::Timestamps;
use super::{Measured, Packet, Stream, counted, real, seconds};
use std::time::Duration;

/// The spread of a time over the packets of a stream.
///
/// A percentile is the smallest value that at least that part of all values does not exceed. A
/// value moves by no more than `2u` when two stamps move by `u`, and then so does every percentile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// Median.
    pub p50: Measured,
    /// 95th percentile.
    pub p95: Measured,
    /// 99th percentile.
    pub p99: Measured,
    /// 99.9th percentile; the largest where there are fewer than a thousand.
    pub p999: Measured,
    /// The largest.
    pub max: Measured,
}

impl Intervals {
    /// The spread of times in seconds, each the difference of two stamps; `None` for no times.
    pub fn over(mut times: Vec<f64>, stamp: Duration) -> Option<Self> {
        times.sort_by(f64::total_cmp);
        let rank = |part: f64| {
            let below = times
                .iter()
                .enumerate()
                .find(|(at, _)| counted(at + 1) >= part * counted(times.len()));
            below.map(|(_, &value)| Measured::between(value, stamp))
        };
        Some(Self {
            p50: rank(0.5)?,
            p95: rank(0.95)?,
            p99: rank(0.99)?,
            p999: rank(0.999)?,
            max: rank(1.0)?,
        })
    }

    /// The times from one arrival to the next, in the order of arrival.
    ///
    /// The silence before a talkspurt is not one of them.
    pub fn of_arrivals(stream: &Stream<'_>, stamp: Duration) -> Option<Self> {
        let step = Timestamps::of(stream)?.step;
        let spoken = pairs(stream).filter(|(before, after)| !pauses(before, after, step));
        Self::over(spoken.map(|(before, after)| seconds(before.at, after.at)).collect(), stamp)
    }

    /// How far the time from one packet to the next in sequence is from the packet time.
    ///
    /// The packet time is the [timestamp step](Timestamps::step) in seconds of the media clock. The
    /// silence before a talkspurt is left out.
    pub fn of_pacing(stream: &Stream<'_>, clock_rate: u32, stamp: Duration) -> Option<Self> {
        let step = Timestamps::of(stream)?.step;
        let packet_time = real(step) / f64::from(clock_rate);
        let times = pairs(stream)
            .filter(|(before, after)| after.order == before.order + 1)
            .filter(|(before, after)| !pauses(before, after, step))
            .map(|(before, after)| (seconds(before.at, after.at) - packet_time).abs());
        Self::over(times.collect(), stamp)
    }
}

fn pairs<'s>(stream: &'s Stream<'_>) -> impl Iterator<Item = (&'s Packet<'s>, &'s Packet<'s>)> {
    stream.packets().iter().zip(stream.packets().iter().skip(1))
}

/// Whether there was silence between two packets: the second begins a talkspurt.
fn pauses(before: &Packet<'_>, after: &Packet<'_>, step: i64) -> bool {
    after.marker && after.instant - before.instant > step
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{Sender, measured, moved};
    use super::*;

    const STAMP: Duration = Duration::from_micros(50);

    fn near(measured: Measured, expected: f64) -> bool {
        (measured.value - expected).abs() < 1e-9 && (measured.uncertainty - 100e-6).abs() < 1e-12
    }

    #[test]
    fn an_even_stream_has_one_interval() {
        let sent = Sender::new(1).packets(100);
        let times = measured(&sent, |s| Intervals::of_arrivals(s, STAMP)).unwrap();
        assert!(near(times.p50, 0.02) && near(times.max, 0.02), "{times:?}");
        let pacing = measured(&sent, |s| Intervals::of_pacing(s, 8_000, STAMP)).unwrap();
        assert!(near(pacing.max, 0.0), "{pacing:?}");
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let times = Intervals::over((1..=100).map(f64::from).collect(), STAMP).unwrap();
        assert!(near(times.p50, 50.0) && near(times.p95, 95.0));
        assert!(near(times.p99, 99.0) && near(times.max, 100.0));
        assert_eq!(Intervals::over(Vec::new(), STAMP), None);
    }

    #[test]
    fn one_late_packet_is_seen_twice() {
        let sent = moved(Sender::new(1).packets(201), |at| if at == 50 { 0.007 } else { 0.0 });
        let pacing = measured(&sent, |s| Intervals::of_pacing(s, 8_000, STAMP)).unwrap();
        assert!(near(pacing.p95, 0.0) && near(pacing.p99, 0.0) && near(pacing.max, 0.007));
        let times = measured(&sent, |s| Intervals::of_arrivals(s, STAMP)).unwrap();
        assert!(near(times.max, 0.027) && near(times.p50, 0.02));
    }

    #[test]
    fn silence_before_a_talkspurt_is_not_an_interval() {
        let mut sender = Sender::new(1);
        let mut sent = sender.packets(20);
        sender.timestamp = sender.timestamp.wrapping_add(16_000);
        sender.at = sender.at + Duration::from_secs(2);
        sender.marker = true;
        sent.extend(sender.packets(20));
        let times = measured(&sent, |s| Intervals::of_arrivals(s, STAMP)).unwrap();
        assert!(near(times.max, 0.02), "{times:?}");
        let pacing = measured(&sent, |s| Intervals::of_pacing(s, 8_000, STAMP)).unwrap();
        assert!(near(pacing.max, 0.0), "{pacing:?}");
    }
}
