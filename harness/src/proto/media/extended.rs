//! The extended reports of one of our ends (RFC 3611).

use super::reception::Reception;
use crate::proto::policy::Rtcp;
use crate::time::Tick;
use crate::wire::rtcp::Packet;
use crate::wire::rtcp::extended::{Block, LastReference, Voip};
use std::collections::VecDeque;
use std::time::Duration;

/// What an end reports beyond what everybody does, and what it needs for that.
#[derive(Clone, Debug, Default)]
pub(super) struct Extended {
    wanted: Vec<Rtcp>,
    /// The middle of the NTP times that we said last, and when.
    said: VecDeque<(u32, Tick)>,
    /// The source of the last reference time of the other end, its middle, and when it came.
    reference: Option<(u32, u32, Tick)>,
    round_trip: Option<Duration>,
}

impl Extended {
    pub(super) fn new(wanted: Vec<Rtcp>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Takes an NTP time of ours that goes out, by which the other end can be recognised to answer.
    pub(super) fn said(&mut self, now: Tick, middle: u32) {
        if self.said.len() == MOST_SAID {
            self.said.pop_front();
        }
        self.said.push_back((middle, now));
    }

    /// Takes the answer to such a time, and how long the other end kept it, in 1/65,536 s.
    //= RFC 3550 §6.4.1
    pub(super) fn answered(&mut self, now: Tick, middle: u32, held: u32) {
        let held = Duration::from_nanos(u64::from(held) * 1_000_000_000 / 65_536);
        let said = self.said.iter().find(|(each, _)| *each == middle && middle != 0);
        let trip = said.map(|(_, at)| now.since(*at).saturating_sub(held));
        self.round_trip = trip.or(self.round_trip);
    }

    /// Takes the blocks of an extended report from one source to another.
    pub(super) fn handle(&mut self, now: Tick, (theirs, ours): (u32, u32), blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::ReferenceTime(ntp) => {
                    self.reference = Some((theirs, middle(*ntp), now));
                }
                Block::LastReference(sources) => {
                    for source in sources.iter().filter(|source| source.ssrc == ours) {
                        self.answered(now, source.last, source.delay);
                    }
                }
                Block::Summary(_) | Block::Voip(_) | Block::Other(_) => {}
            }
        }
    }

    /// The packets that go with a report.
    pub(super) fn packets(
        &mut self,
        now: Tick,
        ntp: u64,
        ssrc: u32,
        reception: &mut Reception,
    ) -> Vec<Packet> {
        let mut blocks = Vec::new();
        if self.wanted.contains(&Rtcp::ReferenceTime) {
            blocks.push(Block::ReferenceTime(ntp));
            self.said(now, middle(ntp));
            //= RFC 3611 §4.5
            blocks.extend(self.reference.map(|(ssrc, last, at)| {
                let delay = now.since(at).as_nanos() * 65_536 / 1_000_000_000;
                let delay = u32::try_from(delay).unwrap_or(u32::MAX);
                Block::LastReference(vec![LastReference { ssrc, last, delay }])
            }));
        }
        if self.wanted.contains(&Rtcp::Summary) {
            blocks.extend(reception.summary().map(Block::Summary));
        }
        if self.wanted.contains(&Rtcp::Voip) {
            blocks.extend(reception.loss_rate().map(|(ssrc, loss_rate)| {
                let trip = self.round_trip.map_or(0, |trip| trip.as_millis());
                let round_trip = u16::try_from(trip).unwrap_or(u16::MAX);
                Block::Voip(Voip { ssrc, loss_rate, round_trip, ..UNKNOWN })
            }));
        }
        let mut packets = Vec::new();
        if !blocks.is_empty() {
            packets.push(Packet::Extended { ssrc, blocks });
        }
        if self.wanted.contains(&Rtcp::UnknownBlock) {
            // Three words: who reports, a block of type 200 of one word, and that word.
            let words = [ssrc, 0xc800_0001, 0x1234_5678];
            let data = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            packets.push(Packet::Other { packet_type: EXTENDED, count: 0, data });
        }
        packets
    }
}

/// The middle 32 bits of an NTP time.
const fn middle(ntp: u64) -> u32 {
    let [_, _, a, b, c, d, _, _] = ntp.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Metrics of which nothing is known: bursts are not told apart, and nothing is played out.
const UNKNOWN: Voip = Voip {
    ssrc: 0,
    loss_rate: 0,
    discard_rate: 0,
    density: [0; 2],
    duration: [0; 2],
    round_trip: 0,
    end_system: 0,
    levels: [127; 3],
    gap_minimum: 16,
    r_factor: 127,
    external_r_factor: 127,
    mos: [127; 2],
    configuration: 0,
    buffer_nominal: 0,
    buffer_maximum: 0,
    buffer_limit: 0,
};
/// So many of our times are kept, to be found again by what answers them.
const MOST_SAID: usize = 8;
/// The packet type of extended reports.
const EXTENDED: u8 = 207;
