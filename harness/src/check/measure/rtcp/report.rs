//! One RTCP datagram.

use crate::check::measure::Arrival;
use crate::time::Tick;
use crate::wire::defect::DefectCode;
use crate::wire::rtcp::extended::Block;
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
    /// The blocks of its extended reports.
    pub extended: Vec<Block>,
    /// What is wrong with the datagram.
    pub defects: Vec<DefectCode>,
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
            | Packet::Extended { .. }
            | Packet::Other { .. } => None,
        })?;
        Some(Self {
            at: arrival.at,
            index,
            ssrc,
            sender,
            blocks: compound.reports().copied().collect(),
            cname: compound.cname(),
            extended: extended(&compound),
            defects: compound.defects.iter().map(|defect| defect.code).collect(),
            bye: compound.packets.iter().any(|packet| matches!(packet, Packet::Bye { .. })),
        })
    }
}

/// The blocks of the extended reports of a datagram.
fn extended(compound: &Compound) -> Vec<Block> {
    let of = |packet: &Packet| match packet {
        Packet::Extended { blocks, .. } => blocks.clone(),
        Packet::SenderReport { .. }
        | Packet::ReceiverReport { .. }
        | Packet::SourceDescription(_)
        | Packet::Bye { .. }
        | Packet::App { .. }
        | Packet::Other { .. } => Vec::new(),
    };
    compound.packets.iter().flat_map(of).collect()
}
