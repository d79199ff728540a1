//! What a device says in its extended reports (RFC 3611), against what we sent.
//!
//! The truth is what went out to the device, as for [report blocks](super::account).

use super::Report;
use super::account::NEAR;
use crate::check::measure::{Arrival, Measured, Stream, Unit, counted, real, seconds};
use crate::wire::rtcp::extended::{Block, LastReference, Summary, Voip};
use std::collections::BTreeSet;
use std::time::Duration;

/// The names of the blocks that came, each once, in the order in which they came; of those that cannot be
/// read, the number of their type.
pub fn kinds(reports: &[Report]) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for block in reports.iter().flat_map(|report| &report.extended) {
        let name = match block {
            Block::ReferenceTime(_) => "reference-time".to_owned(),
            Block::LastReference(_) => "last-reference".to_owned(),
            Block::Summary(_) => "summary".to_owned(),
            Block::Voip(_) => "voip".to_owned(),
            Block::Other(kind) => kind.to_string(),
        };
        if !kinds.contains(&name) {
            kinds.push(name);
        }
    }
    kinds
}

/// The round trip by the last DLRR block that answers one of the reference times that we sent, as
/// [`round_trip`](super::round_trip) has it of sender reports. `None` if no block answers.
//= RFC 3611 §4.5
pub fn round_trip(received: &[Report], sent: &[Report], stamp: Duration) -> Option<Measured> {
    let mut answers = received.iter().rev().flat_map(answers);
    answers.find_map(|(report, answer)| {
        let ours = sent.iter().find(|ours| said(ours, &answer))?;
        let held = real(i64::from(answer.delay)) / 65_536.0;
        let stamps = Measured::between(seconds(ours.at, report.at) - held, stamp);
        Some(Measured { uncertainty: stamps.uncertainty + 1.0 / 65_536.0, ..stamps })
    })
}

/// How many DLRR blocks about our sources name a reference time that we never sent.
pub fn unknown_references(received: &[Report], sent: &[Report]) -> usize {
    let ours: BTreeSet<u32> = sent.iter().map(|report| report.ssrc).collect();
    let about_us = received.iter().flat_map(answers).filter(|(_, it)| ours.contains(&it.ssrc));
    about_us.filter(|(_, answer)| !sent.iter().any(|ours| said(ours, answer))).count()
}

/// The entries of the DLRR blocks of a report that name a reference time.
fn answers(report: &Report) -> impl Iterator<Item = (&Report, LastReference)> {
    let sources = report.extended.iter().filter_map(|block| match block {
        Block::LastReference(sources) => Some(sources),
        Block::ReferenceTime(_) | Block::Summary(_) | Block::Voip(_) | Block::Other(_) => None,
    });
    sources.flatten().filter(|source| source.last != 0).map(move |source| (report, *source))
}

/// Whether a report of ours has the reference time that an answer names.
fn said(ours: &Report, answer: &LastReference) -> bool {
    let middle = |ntp: u64| u32::try_from(ntp >> 16 & u64::from(u32::MAX)).unwrap_or_default();
    ours.ssrc == answer.ssrc
        && ours
            .extended
            .iter()
            .any(|block| matches!(block, Block::ReferenceTime(ntp) if middle(*ntp) == answer.last))
}

/// The last statistics summary about one of our sources, and what had gone out from it by then.
#[derive(Debug)]
pub struct Summarised {
    summary: Summary,
    /// The packets of the numbers that it is about.
    sent: Vec<i64>,
    /// How many of them went out near to the report.
    close: usize,
    /// How many numbers it is about.
    span: i64,
}

impl Summarised {
    /// Finds it; `None` if there is none.
    //= RFC 3611 §4.6
    pub fn last(reports: &[Report], sent: &[Arrival<'_>]) -> Option<Self> {
        let streams = Stream::group(sent);
        let (report, summary, stream) = reports.iter().rev().find_map(|report| {
            report.extended.iter().rev().find_map(|block| {
                let Block::Summary(summary) = block else { return None };
                Some((report, *summary, of_source(&streams, summary.ssrc)?))
            })
        })?;
        let (begin, end) = summary.sequence;
        let span = i64::from(end.wrapping_sub(begin));
        let before = |at| seconds(at, report.at) > -NEAR.as_secs_f64();
        let gone = stream.packets().iter().filter(|packet| before(packet.at));
        let latest = gone.clone().map(|packet| packet.order).max()?;
        let low = u16::try_from(latest & 0xffff).unwrap_or_default();
        let until = latest + i64::from(end.wrapping_sub(low).cast_signed());
        let inside = gone.filter(|packet| (until - span..until).contains(&packet.order));
        let near = |at| seconds(at, report.at).abs() <= NEAR.as_secs_f64();
        let close = inside.clone().filter(|packet| near(packet.at)).count();
        let sent = inside.map(|packet| packet.order).collect();
        Some(Self { summary, sent, close, span })
    }

    /// Packets lost, less those of its numbers that never went out; `None` where it does not count them.
    pub fn lost_error(&self) -> Option<Measured> {
        let lost = self.span - i64::try_from(self.unique()).ok()?;
        Some(self.count(i64::from(self.summary.lost?) - lost))
    }

    /// Duplicates, less the copies that went out; `None` where it does not count them.
    pub fn duplicates_error(&self) -> Option<Measured> {
        let copies = i64::try_from(self.sent.len() - self.unique()).ok()?;
        Some(self.count(i64::from(self.summary.duplicates?) - copies))
    }

    fn unique(&self) -> usize {
        self.sent.iter().collect::<BTreeSet<_>>().len()
    }

    fn count(&self, value: i64) -> Measured {
        Measured { value: real(value), uncertainty: counted(self.close), unit: Unit::Count }
    }
}

/// Loss rate of the last metrics about one of our sources, less the part of its packets that really was
/// lost by then. Good to 1/256, to which it is cut, and to what went out near to the report.
pub fn loss_rate_error(reports: &[Report], sent: &[Arrival<'_>]) -> Option<Measured> {
    let streams = Stream::group(sent);
    let (report, voip, stream) = reports.iter().rev().find_map(|report| {
        report.extended.iter().rev().find_map(|block| {
            let Block::Voip(voip) = block else { return None };
            Some((report, *voip, of_source(&streams, voip.ssrc)?))
        })
    })?;
    let Voip { loss_rate, .. } = voip;
    let gone: Vec<i64> = stream
        .packets()
        .iter()
        .filter(|packet| seconds(packet.at, report.at) > 0.0)
        .map(|packet| packet.order)
        .collect();
    let (first, last) = (gone.iter().min()?, gone.iter().max()?);
    let expected = real(last - first + 1);
    let came = counted(gone.iter().collect::<BTreeSet<_>>().len());
    let near = |at| seconds(at, report.at).abs() <= NEAR.as_secs_f64();
    let close = stream.packets().iter().filter(|packet| near(packet.at)).count();
    let value = f64::from(loss_rate) / 256.0 - (1.0 - came / expected);
    let uncertainty = 1.0 / 256.0 + counted(close) / expected;
    Some(Measured { value, uncertainty, unit: Unit::Ratio })
}

fn of_source<'s, 'a>(streams: &'s [Stream<'a>], ssrc: u32) -> Option<&'s Stream<'a>> {
    streams.iter().find(|it| it.packets().first().is_some_and(|packet| packet.ssrc == ssrc))
}

#[cfg(test)]
mod tests {
    use super::super::super::synthetic::{Sender, arrivals};
    use super::*;
    use crate::time::Tick;

    fn report(at: Tick, ssrc: u32, extended: Vec<Block>) -> Report {
        Report {
            at,
            index: 0,
            ssrc,
            sender: None,
            blocks: Vec::new(),
            cname: None,
            bye: false,
            extended,
            defects: Vec::new(),
        }
    }

    /// 200 packets of source 7, of which ten are lost and one comes twice.
    fn sent() -> (Vec<(Tick, Vec<u8>)>, Tick) {
        let mut sent = Sender::new(7).packets(200);
        sent.drain(50..60);
        let copy = sent[100].clone();
        sent.insert(101, copy);
        let at = sent.last().unwrap().0 + Duration::from_millis(40);
        (sent, at)
    }

    #[test]
    fn a_summary_is_held_against_what_went_out() {
        let (sent, at) = sent();
        let arrivals = arrivals(&sent);
        let errors = |sequence, lost, duplicates| {
            let (lost, duplicates) = (Some(lost), Some(duplicates));
            let block = Block::Summary(Summary {
                ssrc: 7,
                sequence,
                lost,
                duplicates,
                ..Summary::default()
            });
            let reports = [report(at, 9, vec![block])];
            let found = Summarised::last(&reports, &arrivals).unwrap();
            [found.lost_error(), found.duplicates_error()].map(|it| it.unwrap().value.to_string())
        };
        let (first, end) = (65_500_u16, 65_500_u16.wrapping_add(200));
        assert_eq!(errors((first, end), 10, 1), ["0", "0"]);
        assert_eq!(errors((first, end), 0, 0), ["-10", "-1"]);
        // The loss is before the last hundred, the copy within them.
        assert_eq!(errors((end.wrapping_sub(100), end), 0, 1), ["0", "0"]);
        let other = [report(at, 9, vec![Block::Summary(Summary::default())])];
        assert!(Summarised::last(&other, &arrivals).is_none());
    }

    #[test]
    fn a_loss_rate_is_held_against_what_went_out() {
        let (sent, at) = sent();
        let arrivals = arrivals(&sent);
        let error = |loss_rate| {
            let block = Block::Voip(Voip { ssrc: 7, loss_rate, ..Voip::default() });
            loss_rate_error(&[report(at, 9, vec![block])], &arrivals).unwrap()
        };
        // Ten of two hundred are 12.8 of 256.
        assert!(error(12).holds(0.0) && error(0).holds(-0.05) && !error(0).holds(0.0));
    }

    #[test]
    fn a_round_trip_is_that_of_the_reference_time_that_is_named() {
        let begin = Tick::from_nanos(1_000_000_000);
        let ours = [report(begin, 7, vec![Block::ReferenceTime(0x1122_3344_5566_7788)])];
        let answer = |last, delay| {
            let block = Block::LastReference(vec![LastReference { ssrc: 7, last, delay }]);
            [report(begin + Duration::from_millis(600), 9, vec![block])]
        };
        let held = answer(0x3344_5566, 32_768);
        assert!(round_trip(&held, &ours, Duration::ZERO).unwrap().holds(0.1));
        assert_eq!(unknown_references(&held, &ours), 0);
        let invented = answer(0x5566_7788, 32_768);
        assert_eq!(round_trip(&invented, &ours, Duration::ZERO), None);
        assert_eq!(unknown_references(&invented, &ours), 1);
        assert_eq!(unknown_references(&answer(0, 0), &ours), 0);
        assert_eq!(kinds(&invented), ["last-reference"]);
    }
}
