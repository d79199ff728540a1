//! One RTCP datagram.

use crate::check::measure::Arrival;
use crate::time::Tick;
use crate::wire::rtcp::{Compound, Packet, SenderInfo};

/// What one compound RTCP datagram says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// When it passed the point.
    pub at: Tick,
    /// Its place in the list of arrivals, by which it is cited.
    pub index: usize,
    /// The source that reports.
    pub ssrc: u32,
    /// What it says of its own sending; absent in a receiver report.
    pub sender: Option<SenderInfo>,
    /// What it says of each source that it receives, in every packet of the compound.
    pub blocks: Vec<crate::wire::rtcp::Report>,
    /// The canonical name, if it gives one.
    pub cname: Option<String>,
    /// Whether it says that sources leave.
    pub bye: bool,
}

impl Report {
    /// Reads the `index`-th arrival; `None` if there is no whole sender or receiver report in it.
    pub fn read(arrival: Arrival<'_>, index: usize) -> Option<Self> {
        let compound = Compound::read(arrival.bytes);
        let (ssrc, sender) = compound.packets.iter().find_map(|packet| match packet {
            Packet::SenderReport { ssrc, sent, .. } => Some((*ssrc, Some(*sent))),
            Packet::ReceiverReport { ssrc, .. } => Some((*ssrc, None)),
            Packet::SourceDescription(_)
            | Packet::Bye { .. }
            | Packet::App { .. }
            | Packet::Other { .. } => None,
        })?;
        Some(Self {
            at: arrival.at,
            index,
            ssrc,
            sender,
            blocks: compound.reports().copied().collect(),
            cname: compound.cname(),
            bye: compound.packets.iter().any(|packet| matches!(packet, Packet::Bye { .. })),
        })
    }
}
