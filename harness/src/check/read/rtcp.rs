//! Figures of the RTCP reports that a role gets.

use super::message::integer;
use super::window::{Way, Window};
use crate::check::expression::node::Reading;
use crate::check::figure::{Figure, Kind};
use crate::check::measure::rtcp::account::Account;
use crate::check::measure::rtcp::extended::{self, Summarised};
use crate::check::measure::rtcp::{self, Report};
use crate::check::measure::{Measured, Stream, Unit};
use crate::check::value::{Missing, Read, Value};
use crate::check::view::{Instant, View, seconds};
use crate::evidence::point::{Pco, RolePoint};
use crate::wire::rtcp::extended::{Block, Summary, Voip};
use std::time::Duration;

/// The figure, or `None` if it is not one of the reports that come while a role listens.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    if reading.figure.kinds() != [Kind::Heard] || !reading.figure.pattern().starts_with("rtcp.") {
        return None;
    }
    let Some(window) = Window::of(reading.step, view) else {
        return Some(Read::unknown("the listening step was not carried out", []));
    };
    let datagrams = window.datagrams(RolePoint::Rtcp, Way::Received, view);
    let came = rtcp::reports(&datagrams.arrivals);
    let point = |report: &Report| datagrams.point(report.index).and_then(Pco::role);
    let muxed = came.iter().filter(|it| matches!(point(it), Some((_, RolePoint::Rtp)))).count();
    let heard = Reports { window, came, muxed, view };
    let value = heard.read(reading.figure);
    let evidence = std::iter::once(window.start).chain(datagrams.ends()).collect();
    Some(Read { value, evidence })
}

struct Reports<'a> {
    window: Window,
    /// Those that came in the window.
    came: Vec<Report>,
    /// How many of them came to the port of media.
    muxed: usize,
    view: &'a View<'a>,
}

impl Reports<'_> {
    fn read(&self, figure: Figure) -> Result<Value, Missing> {
        let count = |things: usize| Ok(Value::count(things));
        let defects = || self.came.iter().flat_map(|report| &report.defects);
        match figure {
            Figure::RtcpCount => count(self.came.len()),
            Figure::RtcpMuxed => count(self.muxed),
            Figure::RtcpSrCount => Ok(Value::Measured(rtcp::sender_reports(&self.came))),
            Figure::RtcpDefectsCount => count(defects().count()),
            Figure::RtcpDefectsCodes => {
                let mut names: Vec<_> = defects().map(|code| code.name().to_owned()).collect();
                names.sort();
                names.dedup();
                Ok(Value::Texts(names))
            }
            Figure::RtcpCname => {
                let cname = self.came.iter().find_map(|report| report.cname.clone());
                cname.map(Value::Text).ok_or_else(|| absent("no canonical name came"))
            }
            Figure::RtcpSsrc => {
                let last = self.came.last().map(|report| integer(report.ssrc));
                last.ok_or_else(|| absent("no RTCP report came"))
            }
            Figure::RtcpBlocks => {
                let ours = self.sent_sources();
                let blocks = self.came.iter().flat_map(|report| &report.blocks);
                count(blocks.filter(|block| ours.contains(&block.ssrc)).count())
            }
            Figure::RtcpLsrUnknown => count(self.unknown_references()),
            Figure::RtcpXrCount => {
                count(self.came.iter().filter(|report| !report.extended.is_empty()).count())
            }
            Figure::RtcpXrKinds => Ok(Value::Texts(extended::kinds(&self.came))),
            Figure::RtcpXrUnknown => {
                count(extended::unknown_references(&self.came, &self.sent_reports()))
            }
            _ => self.measured(figure).map(Value::Measured),
        }
    }

    fn measured(&self, figure: Figure) -> Result<Measured, Missing> {
        let stamp = self.stamp();
        let found = match figure {
            Figure::RtcpInterval => rtcp::longest_interval(&self.came, stamp)
                .map(|it| self.stalled(it))
                .ok_or("less than two RTCP reports came"),
            Figure::RtcpIntervalMin => rtcp::shortest_interval(&self.came, stamp)
                .map(|it| self.stalled(it))
                .ok_or("less than two RTCP reports came"),
            Figure::RtcpFirst => {
                let first = self.came.first().map(|report| {
                    let uncertainty = self.view.uncertainty(Pco::TEST);
                    let from =
                        Instant { at: self.window.from, uncertainty, seq: self.window.start };
                    let to = Instant { at: report.at, uncertainty: stamp, seq: from.seq };
                    self.view.between(from, to)
                });
                first.ok_or("no RTCP report came")
            }
            Figure::RtcpPacketCountError => self
                .of_stream(|reports, stream| rtcp::packet_count_error(reports, stream, stamp))
                .ok_or("no sender report of the source came"),
            Figure::RtcpOctetCountError => self
                .of_stream(|reports, stream| rtcp::octet_count_error(reports, stream, stamp))
                .ok_or("no sender report of the source came"),
            Figure::RtcpTimestampError => self
                .of_stream(|reports, stream| {
                    rtcp::timestamp_error(reports, stream, self.rate(), stamp)
                })
                .map(|it| self.stalled(it))
                .ok_or("no sender report of the source came"),
            Figure::RtcpClockError => rtcp::clock_error(&self.all(), self.rate())
                .ok_or("less than two sender reports came"),
            Figure::RtcpRtt => rtcp::round_trip(&self.came, &self.sent_reports(), stamp)
                .map(|it| self.stalled(it))
                .ok_or("no report answers one of ours"),
            Figure::RtcpXrRtt => extended::round_trip(&self.came, &self.sent_reports(), stamp)
                .map(|it| self.stalled(it))
                .ok_or("no extended report answers a reference time of ours"),
            Figure::RtcpFractionLost => self.fraction_lost().ok_or(NO_BLOCK),
            Figure::RtcpLossError | Figure::RtcpHighestError | Figure::RtcpJitterError => {
                self.account(figure).ok_or(NO_BLOCK)
            }
            _ => self.extended(figure),
        };
        found.map_err(absent)
    }

    /// Figures of extended reports (RFC 3611).
    fn extended(&self, figure: Figure) -> Result<Measured, &'static str> {
        let blocks = || self.came.iter().rev().flat_map(|report| &report.extended);
        let voip = || {
            let found = blocks().find_map(|block| match block {
                Block::Voip(voip) => Some(*voip),
                Block::ReferenceTime(_)
                | Block::LastReference(_)
                | Block::Summary(_)
                | Block::Other(_) => None,
            });
            found.ok_or("no metrics of the call came")
        };
        let exact = |value: f64, unit| Measured { value, uncertainty: 0.0, unit };
        let part = |rate: u8| Measured {
            value: f64::from(rate) / 256.0,
            uncertainty: 1.0 / 256.0,
            unit: Unit::Ratio,
        };
        let delay = |millis: u16| Measured {
            value: f64::from(millis) / 1e3,
            uncertainty: 1e-3,
            unit: Unit::Seconds,
        };
        let emitted = || self.window.since_the_beginning().and(LATER).emitted(self.view);
        let summary = || {
            let found = Summarised::last(&self.came, &emitted().arrivals);
            found.ok_or("no statistics summary about us came")
        };
        let uncounted = "the statistics summary does not count them";
        match figure {
            Figure::RtcpXrLostError => summary()?.lost_error().ok_or(uncounted),
            Figure::RtcpXrDuplicatesError => summary()?.duplicates_error().ok_or(uncounted),
            Figure::RtcpXrLossRateError => {
                extended::loss_rate_error(&self.came, &emitted().arrivals)
                    .ok_or("no metrics of the call about us came")
            }
            Figure::RtcpXrLost => {
                let lost = blocks().find_map(|block| match block {
                    Block::Summary(Summary { lost, .. }) => *lost,
                    Block::ReferenceTime(_)
                    | Block::LastReference(_)
                    | Block::Voip(_)
                    | Block::Other(_) => None,
                });
                let lost = lost.ok_or("no statistics summary came that counts losses")?;
                Ok(exact(f64::from(lost), Unit::Count))
            }
            Figure::RtcpXrLossRate => voip().map(|Voip { loss_rate, .. }| part(loss_rate)),
            Figure::RtcpXrDiscardRate => voip().map(|Voip { discard_rate, .. }| part(discard_rate)),
            Figure::RtcpXrRoundTrip => voip().map(|Voip { round_trip, .. }| delay(round_trip)),
            Figure::RtcpXrBuffer => voip().map(|Voip { buffer_nominal, .. }| delay(buffer_nominal)),
            Figure::RtcpXrRFactor => match voip()?.r_factor {
                127 => Err("the device does not know its R factor"),
                factor => Ok(exact(f64::from(factor), Unit::Count)),
            },
            Figure::RtcpXrMos => match voip()?.mos {
                [127, _] => Err("the device does not know its opinion score"),
                [tenths, _] => Ok(exact(f64::from(tenths) / 10.0, Unit::Count)),
            },
            _ => Err("it cannot be read"),
        }
    }

    /// Figures of the last report block about us, against what we sent.
    fn account(&self, figure: Figure) -> Option<Measured> {
        let sent = self.window.since_the_beginning().and(LATER).emitted(self.view);
        let account = Account::last(&self.came, &sent.arrivals)?;
        match figure {
            Figure::RtcpLossError => account.loss_error(),
            Figure::RtcpHighestError => account.highest_error(),
            _ => account.jitter_error(self.rate(), self.stamp()).map(|it| self.stalled(it)),
        }
    }

    /// The largest fraction lost that is reported of us.
    fn fraction_lost(&self) -> Option<Measured> {
        let ours = self.sent_sources();
        let blocks = self.came.iter().flat_map(|report| &report.blocks);
        let ours = blocks.filter(|block| ours.contains(&block.ssrc));
        let value = f64::from(ours.map(|block| block.fraction_lost).max()?) / 256.0;
        Some(Measured { value, uncertainty: 1.0 / 256.0, unit: Unit::Ratio })
    }

    /// How many blocks about us name a sender report that we never sent.
    fn unknown_references(&self) -> usize {
        let ours = self.sent_sources();
        let sent: Vec<u32> = self
            .sent_reports()
            .iter()
            .filter_map(|report| report.sender.map(|sender| sender.compact_ntp()))
            .collect();
        let blocks = self.came.iter().flat_map(|report| &report.blocks);
        blocks
            .filter(|block| ours.contains(&block.ssrc))
            .filter(|block| block.last_sr != 0 && !sent.contains(&block.last_sr))
            .count()
    }

    /// A figure of the reports since the beginning of the case and the stream that came by then.
    fn of_stream(
        &self,
        of: impl FnOnce(&[Report], &Stream<'_>) -> Option<Measured>,
    ) -> Option<Measured> {
        let case = self.window.since_the_beginning();
        let rtp = case.datagrams(RolePoint::Rtp, Way::Received, self.view);
        let streams = rtp.streams();
        let stream = streams.iter().max_by_key(|stream| stream.packets().len())?;
        of(&self.all(), stream)
    }

    /// The reports since the beginning of the case.
    fn all(&self) -> Vec<Report> {
        let case = self.window.since_the_beginning();
        rtcp::reports(&case.datagrams(RolePoint::Rtcp, Way::Received, self.view).arrivals)
    }

    /// The reports that the role sent.
    fn sent_reports(&self) -> Vec<Report> {
        let case = self.window.since_the_beginning();
        rtcp::reports(&case.datagrams(RolePoint::Rtcp, Way::Sent, self.view).arrivals)
    }

    /// The sources of what the role sent.
    fn sent_sources(&self) -> Vec<u32> {
        let case = self.window.since_the_beginning();
        let sent = case.datagrams(RolePoint::Rtp, Way::Sent, self.view);
        let streams = sent.streams();
        streams.iter().filter_map(|it| Some(it.packets().first()?.ssrc)).collect()
    }

    /// Ticks of the media clock in a second, by what was agreed of the audio that comes.
    fn rate(&self) -> u32 {
        let case = self.window.since_the_beginning();
        let rtp = case.datagrams(RolePoint::Rtp, Way::Received, self.view);
        let streams = rtp.streams();
        let types = streams.iter().flat_map(Stream::payload_types);
        let mut codecs = types.filter_map(|it| self.window.codec(it, self.view));
        let audio = codecs.find(|codec| !codec.is("telephone-event"));
        audio.map_or(USUAL_RATE, |codec| codec.clock_rate)
    }

    fn stalled(&self, measured: Measured) -> Measured {
        let stalled = seconds(self.view.stalled(self.window.from, self.window.to));
        Measured { uncertainty: measured.uncertainty + stalled, ..measured }
    }

    fn stamp(&self) -> Duration {
        self.view.uncertainty(Pco::of_role(self.window.role, RolePoint::Rtcp))
    }
}

fn absent(why: &str) -> Missing {
    Missing::Absent(why.to_owned())
}

const NO_BLOCK: &str = "no report block is about what we sent";
/// The media clock of telephony, where nothing was agreed, in hertz.
const USUAL_RATE: u32 = 8_000;
/// How much of what we send after a report is looked at, for what may have crossed it.
const LATER: Duration = Duration::from_millis(100);
