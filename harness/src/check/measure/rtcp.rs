//! What RTCP reports say, and how it fits what was seen.

pub mod account;
pub mod extended;
pub mod report;

pub use report::Report;

use super::{Arrival, Measured, Stream, Unit, counted, real, seconds};
use crate::wire::rtcp::SenderInfo;
use std::collections::BTreeSet;
use std::time::Duration;

/// The reports among some arrivals, in order; arrivals that are not RTCP are passed over.
pub fn reports(arrivals: &[Arrival<'_>]) -> Vec<Report> {
    let numbered = arrivals.iter().enumerate();
    numbered.filter_map(|(index, &arrival)| Report::read(arrival, index)).collect()
}

/// How many reports are sender reports.
pub fn sender_reports(reports: &[Report]) -> Measured {
    Measured::count(reports.iter().filter(|report| report.sender.is_some()).count())
}

/// The longest time from one report to the next, good to `2u`; `None` for less than two.
pub fn longest_interval(reports: &[Report], stamp: Duration) -> Option<Measured> {
    let pairs = reports.iter().zip(reports.iter().skip(1));
    let longest = pairs.map(|(a, b)| seconds(a.at, b.at)).max_by(f64::total_cmp)?;
    Some(Measured::between(longest, stamp))
}

/// The shortest time from one report to the next, good to `2u`; `None` for less than two.
///
/// A goodbye may come at any time and is left out.
pub fn shortest_interval(reports: &[Report], stamp: Duration) -> Option<Measured> {
    let regular = || reports.iter().filter(|report| !report.bye);
    let shortest = regular()
        .zip(regular().skip(1))
        .map(|(a, b)| seconds(a.at, b.at))
        .min_by(f64::total_cmp)?;
    Some(Measured::between(shortest, stamp))
}

/// The largest difference between the RTP clock and the NTP clock of the sender, over the time from
/// one sender report of a source to the next. Good to a tick of the RTP clock.
pub fn clock_error(reports: &[Report], clock_rate: u32) -> Option<Measured> {
    let rate = f64::from(clock_rate);
    let senders = || reports.iter().filter_map(|report| Some((report.ssrc, report.sender?)));
    let pairs = senders().zip(senders().skip(1)).filter(|((a, _), (b, _))| a == b);
    let errors = pairs.map(|((_, a), (_, b))| {
        let media = b.rtp_timestamp.wrapping_sub(a.rtp_timestamp).cast_signed();
        let wall = real(b.ntp.wrapping_sub(a.ntp).cast_signed()) / NTP_SECOND;
        (f64::from(media) / rate - wall).abs()
    });
    let value = errors.max_by(f64::total_cmp)?;
    Some(Measured { value, uncertainty: 1.0 / rate, unit: Unit::Seconds })
}

/// Packet count of the last sender report less the packets of its source that had come by then.
///
/// Packets, copies aside, that came within `2u` of the report may have been on either side of it:
/// their number is the uncertainty. Packets that were lost make the figure positive. `None` without
/// a sender report of the stream's source.
pub fn packet_count_error(
    reports: &[Report],
    stream: &Stream<'_>,
    stamp: Duration,
) -> Option<Measured> {
    let source = stream.packets().first()?.ssrc;
    let (report, sender) = last_of(reports, source)?;
    let (mut before, mut close) = (BTreeSet::new(), BTreeSet::new());
    for packet in stream.packets() {
        let after = seconds(report.at, packet.at);
        if after < 0.0 {
            before.insert(packet.order);
        }
        if after.abs() <= 2.0 * stamp.as_secs_f64() && !stamp.is_zero() {
            close.insert(packet.order);
        }
    }
    let value = f64::from(sender.packets) - counted(before.len());
    Some(Measured { value, uncertainty: counted(close.len()), unit: Unit::Count })
}

/// Octet count of the last sender report less the payload bytes of its source that had come by then,
/// as [`packet_count_error`] counts packets.
pub fn octet_count_error(
    reports: &[Report],
    stream: &Stream<'_>,
    stamp: Duration,
) -> Option<Measured> {
    let source = stream.packets().first()?.ssrc;
    let (report, sender) = last_of(reports, source)?;
    let (mut before, mut close) = (0, 0);
    for packet in stream.in_order() {
        let after = seconds(report.at, packet.at);
        if after < 0.0 {
            before += packet.payload.len();
        }
        if after.abs() <= 2.0 * stamp.as_secs_f64() && !stamp.is_zero() {
            close += packet.payload.len();
        }
    }
    let value = f64::from(sender.octets) - counted(before);
    Some(Measured { value, uncertainty: counted(close), unit: Unit::Count })
}

/// RTP timestamp of the last sender report, less what the packets say of the clock at the time when it
/// came: the timestamp of the packet before it, and the time since. Good to `2u` and a tick.
///
/// A device may take the first or the last sample of a packet for the time of its sending: a packet time
/// either way is no error.
pub fn timestamp_error(
    reports: &[Report],
    stream: &Stream<'_>,
    clock_rate: u32,
    stamp: Duration,
) -> Option<Measured> {
    let source = stream.packets().first()?.ssrc;
    let rate = f64::from(clock_rate);
    let (report, sender) = last_of(reports, source)?;
    let before = stream.packets().iter().rev().find(|packet| packet.at <= report.at)?;
    let ahead = sender.rtp_timestamp.wrapping_sub(before.timestamp).cast_signed();
    let value = f64::from(ahead) / rate - seconds(before.at, report.at);
    let stamps = Measured::between(value, stamp);
    Some(Measured { uncertainty: stamps.uncertainty + 1.0 / rate, ..stamps })
}

/// The round trip by the last received block that answers one of the reports that we sent.
///
/// It is the time from our report to the device's, less the delay that the device states. We take
/// our own stamp for the former, not the NTP time in the report. Good to `2u` and to the 2⁻¹⁶ s of
/// the stated delay. `None` if no block answers.
pub fn round_trip(received: &[Report], sent: &[Report], stamp: Duration) -> Option<Measured> {
    //= RFC 3550 §6.4.1
    let blocks = received.iter().rev().flat_map(|report| {
        report.blocks.iter().filter(|block| block.last_sr != 0).map(move |block| (report, block))
    });
    blocks.into_iter().find_map(|(report, block)| {
        let ours = sent.iter().find(|ours| {
            ours.ssrc == block.ssrc
                && ours.sender.is_some_and(|sender| sender.compact_ntp() == block.last_sr)
        })?;
        let held = real(i64::from(block.delay_since_last_sr)) / 65_536.0;
        let stamps = Measured::between(seconds(ours.at, report.at) - held, stamp);
        Some(Measured { uncertainty: stamps.uncertainty + 1.0 / 65_536.0, ..stamps })
    })
}

/// The last sender report of a source, and what it says of the source's sending.
fn last_of(reports: &[Report], source: u32) -> Option<(&Report, SenderInfo)> {
    let mut own = reports.iter().rev().filter(|report| report.ssrc == source);
    own.find_map(|report| Some((report, report.sender?)))
}

/// A second, in units of an NTP timestamp.
const NTP_SECOND: f64 = 4_294_967_296.0;

#[cfg(test)]
mod tests;
