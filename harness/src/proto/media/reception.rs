//! What our receiver reports say of the other end's packets.

use crate::time::Tick;
use crate::wire::rtcp::{Report, SenderInfo};
use crate::wire::rtp::Packet;

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
        if ahead != 0 && ahead < 0x8000 {
            self.highest = self.highest.wrapping_add(ahead);
        }
        self.received = self.received.wrapping_add(1);
        #[expect(clippy::cast_precision_loss, reason = "a difference of clock units is small")]
        let difference = (transit - self.transit).unsigned_abs() as f64;
        self.jitter += (difference - self.jitter) / 16.0;
        self.transit = transit;
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
