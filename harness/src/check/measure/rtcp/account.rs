//! What a device says in its report blocks of what we sent, against what we did send.
//!
//! The truth is what went out to the device: what our end sent, or, where the network of the bench is
//! impaired, what came out of that. What goes out within [`NEAR`] of a report may be on either side of it.

use super::super::{Arrival, Jitter, Measured, Stream, Unit, counted, real, seconds};
use super::Report;
use crate::wire::rtcp::Report as ReportBlock;
use std::collections::BTreeSet;
use std::time::Duration;

/// The last report block about one of our sources, and what had gone out from it by then.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    block: ReportBlock,
    /// Everything of that source that went out before the report came, or near to it.
    stream: Stream<'a>,
    /// When the report came.
    report: &'a Report,
}

impl<'a> Account<'a> {
    /// Finds the last block that is about a source of `sent`; `None` if there is none.
    pub fn last(reports: &'a [Report], sent: &[Arrival<'a>]) -> Option<Self> {
        let ours: BTreeSet<u32> =
            Stream::group(sent).iter().filter_map(|it| Some(it.packets().first()?.ssrc)).collect();
        let (report, block) = reports.iter().rev().find_map(|report| {
            let block = report.blocks.iter().find(|block| ours.contains(&block.ssrc))?;
            Some((report, *block))
        })?;
        let until: Vec<_> = sent.iter().copied().filter(|it| it.at <= report.at + NEAR).collect();
        let streams = Stream::group(&until);
        let of_source =
            |it: &Stream<'_>| it.packets().first().is_some_and(|p| p.ssrc == block.ssrc);
        let stream = streams.into_iter().find(of_source)?;
        Some(Self { block, stream, report })
    }

    /// The block itself.
    pub const fn block(&self) -> ReportBlock {
        self.block
    }

    /// Cumulative number of packets lost, less the number that really were: what is missing up to the
    /// highest number that is reported, less copies. Uncertain by what went out near to the report.
    //= RFC 3550 §6.4.1
    pub fn loss_error(&self) -> Option<Measured> {
        let first = self.stream.packets().iter().map(|packet| packet.order).min()?;
        let highest = self.highest()?;
        let expected = highest - first + 1;
        let sent = self.stream.packets();
        let before = sent.iter().filter(|it| seconds(it.at, self.report.at) > near()).count();
        let close = sent.len() - before;
        let lost = real(expected) - counted(before + close / 2);
        let value = f64::from(self.block.cumulative_lost) - lost;
        let uncertainty = counted(close.div_ceil(2));
        Some(Measured { value, uncertainty, unit: Unit::Count })
    }

    /// Highest sequence number that is reported, less the highest that had gone out.
    pub fn highest_error(&self) -> Option<Measured> {
        let order = |far: bool| {
            let mut sent = self.stream.packets().iter();
            sent.rfind(|it| !far || seconds(it.at, self.report.at) > near()).map(|it| it.order)
        };
        let latest = order(false)?;
        let earliest = order(true)?;
        let uncertainty = real(latest - earliest).abs() / 2.0;
        let value = real(self.highest()?) - real(latest + earliest) / 2.0;
        Some(Measured { value, uncertainty, unit: Unit::Count })
    }

    /// Interarrival jitter that is reported, less that with which the packets went out.
    ///
    /// Good to `2u` and to two ticks of the media clock, in which it is counted.
    pub fn jitter_error(&self, clock_rate: u32, stamp: Duration) -> Option<Measured> {
        let truth = Jitter::of(&self.stream, clock_rate, stamp)?.last;
        let tick = 1.0 / f64::from(clock_rate);
        let reported = f64::from(self.block.jitter) * tick;
        let uncertainty = truth.uncertainty + 2.0 * tick;
        Some(Measured { value: reported - truth.value, uncertainty, unit: Unit::Seconds })
    }

    /// The highest number that is reported, continued as the numbers of the stream are.
    fn highest(&self) -> Option<i64> {
        let last = self.stream.packets().iter().map(|packet| packet.order).max()?;
        let low = |number: i64| u16::try_from(number & 0xffff).unwrap_or_default();
        let reported = low(i64::from(self.block.highest_sequence));
        Some(last + i64::from(reported.wrapping_sub(low(last)).cast_signed()))
    }
}

/// How near to a report a packet may be on either side of it: the way there and back.
pub(super) const NEAR: Duration = Duration::from_millis(30);

const fn near() -> f64 {
    NEAR.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::super::super::synthetic::{Sender, arrivals, moved};
    use super::*;
    use crate::time::Tick;

    const STAMP: Duration = Duration::from_micros(50);

    fn report(at: Tick, block: ReportBlock) -> Report {
        Report {
            at,
            index: 0,
            ssrc: 9,
            sender: None,
            blocks: vec![block],
            cname: None,
            bye: false,
            extended: Vec::new(),
            defects: Vec::new(),
        }
    }

    /// 200 packets, of which ten are lost and one comes twice, with a jitter of 2 ms.
    #[test]
    fn a_true_report_has_no_error_and_a_false_one_has_its_own() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut sent = moved(Sender::new(7).packets(200), |_| 0.002 * random.f64());
        sent.drain(50..60);
        let copy = sent[100].clone();
        sent.insert(101, copy);
        let arrivals = arrivals(&sent);
        let stream = &Stream::group(&arrivals)[0];
        let jitter = Jitter::of(stream, 8_000, STAMP).unwrap().last.value;
        let at = sent.last().unwrap().0 + Duration::from_millis(40);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
        let block = ReportBlock {
            ssrc: 7,
            cumulative_lost: 9,
            highest_sequence: u32::from(65_500_u16.wrapping_add(199)) | 0x1_0000,
            jitter: (jitter * 8_000.0) as u32,
            ..ReportBlock::default()
        };
        let errors = |block| {
            let reports = [report(at, block)];
            let account = Account::last(&reports, &arrivals).unwrap();
            [
                account.loss_error().unwrap(),
                account.highest_error().unwrap(),
                account.jitter_error(8_000, STAMP).unwrap(),
            ]
        };
        for error in errors(block) {
            assert!(error.holds(0.0) && error.uncertainty <= 1.0, "{error}");
        }
        let wrong = ReportBlock {
            cumulative_lost: 0,
            highest_sequence: block.highest_sequence - 50,
            jitter: block.jitter + 80,
            ..block
        };
        let [loss, highest, jitter] = errors(wrong);
        // The fifty that are not counted yet have nothing lost among them.
        assert!(loss.value > 30.0 && highest.holds(-50.0), "{loss} {highest}");
        assert!(jitter.holds(0.01), "{jitter}");
        let of_another = [report(at, ReportBlock { ssrc: 8, ..block })];
        assert!(Account::last(&of_another, &arrivals).is_none());
    }
}
