//! What our receiver reports say of the other end's packets.

use crate::time::Tick;
use crate::wire::rtcp::extended::Summary;
use crate::wire::rtcp::{Report, SenderInfo};
use crate::wire::rtp::Packet;
use std::collections::BTreeSet;

/// The statistics of the source that was heard last.
#[derive(Clone, Debug, Default)]
pub(super) struct Reception {
    source: Option<Source>,
    /// The middle of the NTP time of the last sender report, and when it came.
    last_report: Option<(u32, Tick)>,
}

#[derive(Clone, Debug)]
struct Source {
    ssrc: u32,
    first: u32,
    /// The highest sequence number, with its cycles above.
    highest: u32,
    received: u32,
    /// Expected and received when the last report was made.
    before: (u32, u32),
    /// Arrival less timestamp of the last packet, in clock units.
    transit: i64,
    jitter: f64,
    /// What came since the last summary.
    interval: Interval,
}

/// What a statistics summary is about.
#[derive(Clone, Debug, Default)]
struct Interval {
    /// The first number that it is about, continued beyond 16 bits.
    begin: u32,
    seen: BTreeSet<u32>,
    duplicates: u32,
    /// How much the transit time changed from packet to packet, in clock units.
    changes: Vec<u32>,
}

impl Reception {
    pub(super) fn handle_rtp(&mut self, now: Tick, packet: &Packet<'_>, clock_rate: u32) {
        let arrival = u128::from(now.as_nanos()) * u128::from(clock_rate) / 1_000_000_000;
        let arrival = i64::try_from(arrival).unwrap_or(i64::MAX);
        let transit = arrival - i64::from(packet.timestamp);
        let sequence = u32::from(packet.sequence);
        match &mut self.source {
            Some(source) if source.ssrc == packet.ssrc => source.take(sequence, transit),
            _ => {
                let (ssrc, first) = (packet.ssrc, sequence);
                self.source = Some(Source {
                    ssrc,
                    first,
                    highest: first,
                    received: 1,
                    before: (0, 0),
                    transit,
                    jitter: 0.0,
                    interval: Interval {
                        begin: first,
                        seen: BTreeSet::from([first]),
                        ..Interval::default()
                    },
                });
            }
        }
    }

    /// The source that was heard last.
    pub(super) fn ssrc(&self) -> Option<u32> {
        self.source.as_ref().map(|source| source.ssrc)
    }

    pub(super) fn handle_sender_report(&mut self, now: Tick, sent: &SenderInfo) {
        self.last_report = Some((sent.compact_ntp(), now));
    }

    /// The summary of what came since the last one.
    pub(super) fn summary(&mut self) -> Option<Summary> {
        self.source.as_mut().map(Source::summary)
    }

    /// The source, and the part of its packets that was lost, in 1/256.
    pub(super) fn loss_rate(&self) -> Option<(u32, u8)> {
        let source = self.source.as_ref()?;
        let expected = source.highest.wrapping_sub(source.first).wrapping_add(1);
        let lost = expected.saturating_sub(source.received);
        let rate = (u64::from(lost) << 8).checked_div(u64::from(expected)).unwrap_or(0);
        Some((source.ssrc, u8::try_from(rate).unwrap_or(u8::MAX)))
    }

    /// The report blocks that are due now.
    pub(super) fn reports(&mut self, now: Tick) -> Vec<Report> {
        let (last_sr, delay_since_last_sr) = self.last_report.map_or((0, 0), |(ntp, at)| {
            let delay = now.since(at).as_nanos() * 65_536 / 1_000_000_000;
            (ntp, u32::try_from(delay).unwrap_or(u32::MAX))
        });
        self.source
            .as_mut()
            .map(|source| Report { last_sr, delay_since_last_sr, ..source.report() })
            .into_iter()
            .collect()
    }
}

impl Source {
    //= RFC 3550 §6.4.1
    fn take(&mut self, sequence: u32, transit: i64) {
        let ahead = sequence.wrapping_sub(self.highest) & 0xffff;
        let behind = if ahead < 0x8000 { 0 } else { 0x1_0000 };
        let number = self.highest.wrapping_add(ahead).wrapping_sub(behind);
        if number >= self.interval.begin && !self.interval.seen.insert(number) {
            self.interval.duplicates += 1;
        }
        if ahead != 0 && ahead < 0x8000 {
            self.highest = self.highest.wrapping_add(ahead);
        }
        self.received = self.received.wrapping_add(1);
        #[expect(clippy::cast_precision_loss, reason = "a difference of clock units is small")]
        let difference = (transit - self.transit).unsigned_abs() as f64;
        self.jitter += (difference - self.jitter) / 16.0;
        let change = (transit - self.transit).unsigned_abs();
        self.interval.changes.push(u32::try_from(change).unwrap_or(u32::MAX));
        self.transit = transit;
    }

    //= RFC 3611 §4.6
    fn summary(&mut self) -> Summary {
        let end = self.highest.wrapping_add(1);
        let interval =
            std::mem::replace(&mut self.interval, Interval { begin: end, ..Interval::default() });
        let span = end.wrapping_sub(interval.begin);
        let came = u32::try_from(interval.seen.len()).unwrap_or(u32::MAX);
        let low = |number: u32| u16::try_from(number & 0xffff).unwrap_or_default();
        Summary {
            ssrc: self.ssrc,
            sequence: (low(interval.begin), low(end)),
            lost: Some(span.saturating_sub(came)),
            duplicates: Some(interval.duplicates),
            jitter: spread(&interval.changes),
            hops: None,
        }
    }

    fn report(&mut self) -> Report {
        let expected = self.highest.wrapping_sub(self.first).wrapping_add(1);
        let (expected_before, received_before) = self.before;
        self.before = (expected, self.received);
        let expected_now = expected.wrapping_sub(expected_before);
        let received_now = self.received.wrapping_sub(received_before);
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction = (u64::from(lost_now) << 8).checked_div(u64::from(expected_now)).unwrap_or(0);
        let lost = i64::from(expected) - i64::from(self.received);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let jitter = self.jitter as u32;
        Report {
            ssrc: self.ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            cumulative_lost: i32::try_from(lost.clamp(-0x0080_0000, 0x007f_ffff)).unwrap_or(0),
            highest_sequence: self.highest,
            jitter,
            last_sr: 0,
            delay_since_last_sr: 0,
        }
    }
}

/// The least, largest, mean and standard deviation of some changes; `None` without any.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn spread(changes: &[u32]) -> Option<[u32; 4]> {
    let (least, largest) = (changes.iter().min()?, changes.iter().max()?);
    let count = f64::from(u32::try_from(changes.len()).unwrap_or(u32::MAX));
    let mean = changes.iter().map(|&change| f64::from(change)).sum::<f64>() / count;
    let squares = changes.iter().map(|&change| (f64::from(change) - mean).powi(2)).sum::<f64>();
    let deviation = (squares / count).sqrt();
    Some([*least, *largest, mean.round() as u32, deviation.round() as u32])
}
