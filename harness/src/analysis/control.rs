//! What RTCP says of the streams of a capture.

use super::described::Described;
use crate::check::measure::rtcp::Report;
use crate::check::measure::{Arrival, Measured, real, seconds};
use crate::time::Tick;
use crate::wire::rtcp::extended::{Block, Summary, Voip};
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
    /// Which port the sender's last report went to.
    pub port: Port,
    /// What the receiver says.
    pub heard: Option<Heard>,
    /// What its extended reports say.
    pub extended: Option<Extended>,
}

/// What the extended reports of the receiver of a stream say of it (RFC 3611).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extended {
    /// How many statistics summaries there were, and what they counted as lost and as duplicates.
    pub summaries: (u64, u64, u64),
    /// The largest jitter that one of them has, in units of the RTP clock.
    pub most_jitter: Option<u32>,
    /// The last metrics of the call.
    pub voip: Option<Voip>,
}

/// Which port the reports of a sender go to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Port {
    /// One of their own, or there were none.
    #[default]
    Own,
    /// That of media (RFC 5761), and whether both descriptions say `a=rtcp-mux`.
    Media(Agreement),
}

/// Whether both ends have agreed on something, as far as the capture tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Agreement {
    /// Both descriptions say so.
    Agreed,
    /// One does not.
    Missing,
    /// Nothing describes one of the ends.
    Unknown,
}

impl Agreement {
    /// The word for it: `agreed`, `not agreed`, `not known`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Missing => "not agreed",
            Self::Unknown => "not known",
        }
    }
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
    /// Where the source's last report went.
    target: Option<SocketAddr>,
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
            kept.target = Some(to);
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
        for block in &report.extended {
            let (Block::Summary(Summary { ssrc, .. }) | Block::Voip(Voip { ssrc, .. })) = block
            else {
                continue;
            };
            if let Some(kept) = self.kept((*ssrc, there, here)) {
                kept.control.extended.get_or_insert_default().take(block);
            }
        }
        for block in report.blocks {
            if let Some(kept) = self.kept((block.ssrc, there, here)) {
                kept.block(at, block);
            }
        }
        report.defects.is_empty()
    }

    /// What was said of a source.
    pub(super) fn of(
        &self,
        ssrc: u32,
        from: SocketAddr,
        to: SocketAddr,
        described: &Described,
    ) -> Option<Control> {
        let kept = self.of.get(&(ssrc, from.ip(), to.ip()))?;
        let mut control = kept.control.clone();
        if kept.target == Some(to) {
            control.port = Port::Media(described.multiplexes(from, to));
        }
        Some(control)
    }

    fn kept(&mut self, key: (u32, IpAddr, IpAddr)) -> Option<&mut Kept> {
        if self.of.len() >= MOST_SOURCES && !self.of.contains_key(&key) {
            return None;
        }
        Some(self.of.entry(key).or_default())
    }
}

impl Extended {
    fn take(&mut self, block: &Block) {
        match block {
            Block::Summary(Summary { lost, duplicates, jitter, .. }) => {
                let (count, all_lost, copies) = &mut self.summaries;
                *count += 1;
                *all_lost += u64::from(lost.unwrap_or(0));
                *copies += u64::from(duplicates.unwrap_or(0));
                self.most_jitter = self.most_jitter.max(jitter.map(|[_, largest, ..]| largest));
            }
            Block::Voip(voip) => self.voip = Some(*voip),
            Block::ReferenceTime(_) | Block::LastReference(_) | Block::Other(_) => {}
        }
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
