//! What RTCP says of the streams of a capture.

use crate::check::measure::rtcp::Report;
use crate::check::measure::{Arrival, Measured, real, seconds};
use crate::time::Tick;
use crate::wire::rtcp::{self, SenderInfo};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What both ends say of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Control {
    /// How many sender reports there were.
    pub sender_reports: u64,
    /// The last of them.
    pub sent: Option<SenderInfo>,
    /// The canonical name of the source.
    pub cname: Option<String>,
    /// When its sender said goodbye.
    pub bye: Option<Tick>,
    /// What the receiver says.
    pub heard: Option<Heard>,
}

/// What the receiver of a stream says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// How many report blocks there were.
    pub blocks: u64,
    /// The last of them.
    pub last: rtcp::Report,
    /// The largest fraction lost since the report before, in 1/256.
    pub worst_fraction: u8,
    /// The largest jitter, in units of the RTP clock.
    pub most_jitter: u32,
    /// From the place of the capture to the receiver and back: the last, by LSR and DLSR. What lies
    /// between the sender and the place of the capture is not in it.
    pub round_trip: Option<Measured>,
}

/// The reports of a capture.
#[derive(Debug, Default)]
pub(super) struct Reports {
    /// By source, the host that it is at, and the host that receives it.
    of: HashMap<(u32, IpAddr, IpAddr), Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    control: Control,
    /// The middle of the NTP time of the last sender reports, and when they passed.
    senders: VecDeque<(u32, Tick)>,
}

impl Reports {
    /// Takes a datagram of RTCP: whether it could be read, all of it.
    pub(super) fn take(
        &mut self,
        at: Tick,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) -> bool {
        let Some(report) = Report::read(Arrival { at, bytes }, 0) else {
            return rtcp::Compound::read(bytes).defects.is_empty();
        };
        let (here, there) = (from.ip(), to.ip());
        if let Some(kept) = self.kept((report.ssrc, here, there)) {
            let control = &mut kept.control;
            if let Some(sent) = report.sender {
                control.sender_reports += 1;
                control.sent = Some(sent);
                if kept.senders.len() == MOST_SENDERS {
                    kept.senders.pop_front();
                }
                kept.senders.push_back((sent.compact_ntp(), at));
            }
            control.cname = report.cname.or(control.cname.take());
            control.bye = control.bye.or(report.bye.then_some(at));
        }
        for block in report.blocks {
            if let Some(kept) = self.kept((block.ssrc, there, here)) {
                kept.block(at, block);
            }
        }
        report.defects.is_empty()
    }

    /// What was said of a source.
    pub(super) fn of(&self, ssrc: u32, from: SocketAddr, to: SocketAddr) -> Option<Control> {
        Some(self.of.get(&(ssrc, from.ip(), to.ip()))?.control.clone())
    }

    fn kept(&mut self, key: (u32, IpAddr, IpAddr)) -> Option<&mut Kept> {
        if self.of.len() >= MOST_SOURCES && !self.of.contains_key(&key) {
            return None;
        }
        Some(self.of.entry(key).or_default())
    }
}

impl Kept {
    fn block(&mut self, at: Tick, block: rtcp::Report) {
        let sent = self.senders.iter().rev().find(|(middle, _)| *middle == block.last_sr);
        //= RFC 3550 §6.4.1
        let round_trip = sent.filter(|_| block.last_sr != 0).map(|(_, sent)| {
            let held = real(i64::from(block.delay_since_last_sr)) / 65_536.0;
            let stamps = Measured::between(seconds(*sent, at) - held, Duration::ZERO);
            Measured { uncertainty: stamps.uncertainty + 1.0 / 65_536.0, ..stamps }
        });
        let before = self.control.heard;
        self.control.heard = Some(Heard {
            blocks: before.map_or(0, |heard| heard.blocks) + 1,
            last: block,
            worst_fraction: before.map_or(0, |heard| heard.worst_fraction).max(block.fraction_lost),
            most_jitter: before.map_or(0, |heard| heard.most_jitter).max(block.jitter),
            round_trip: round_trip.or(before.and_then(|heard| heard.round_trip)),
        });
    }
}

/// So many sender reports of a source are kept, to be found again by those that answer them.
const MOST_SENDERS: usize = 16;
/// So many sources are followed.
const MOST_SOURCES: usize = 65_536;
