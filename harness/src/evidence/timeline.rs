//! The append-only list of everything that was seen in one case.

use super::keyed::Keyed;
use super::point::{Pco, RolePoint};
use super::step::StepId;
use crate::impair::{Fate, Way};
use crate::time::Tick;
use crate::wire::classify::{Kind, classify};
use crate::wire::{ConnectionId, Transport};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// The position of an entry in the timeline. A finding cites evidence by this number.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Seq(pub u32);

/// A datagram, or what one write put on a connection or one read took from it.
///
/// A read is cut where a message ends, so that in no entry more than one message does.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Datagram {
    /// The address of our end.
    pub local: SocketAddr,
    /// The address of the other end.
    pub remote: SocketAddr,
    /// The payload, as it was on the wire.
    #[serde(with = "super::bytes")]
    pub bytes: Vec<u8>,
    /// The connection; absent for a datagram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
}

/// What the network of the bench did to a datagram.
///
/// What one of our ends sends is `Sent` when that end gives it to the network, and this when it goes
/// out to the device, by the stamp of that, or when it was lost. What the device sends is this when it
/// arrives, and `Received` when the network gives it to our end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Impaired {
    /// Which way it went.
    pub way: Way,
    /// What became of it, as it really was.
    pub fate: Fate,
    /// The datagram.
    pub datagram: Datagram,
}

/// One thing that was seen.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// The test system put this on the wire.
    Sent(Datagram),
    /// This arrived from the wire.
    Received(Datagram),
    /// A connection was opened, by us or by the other end, as its number says.
    Opened {
        /// Its number.
        connection: ConnectionId,
        /// TCP, or TLS over it, of which the bytes are those inside.
        transport: Transport,
        /// The address of our end.
        local: SocketAddr,
        /// The address of the other end.
        remote: SocketAddr,
    },
    /// A connection ended, or could not be opened, and why.
    Closed {
        /// Its number.
        connection: ConnectionId,
        /// Why, in words.
        why: String,
    },
    /// The test system wrote this line to the control face, without its line ending.
    Wrote(String),
    /// A line from the control face, without its line ending.
    Line(String),
    /// The bench did this: `power on`, `reset`.
    Bench(String),
    /// The network of the bench is from now on like this: `impair alice.rtp to dut: delay 40 ms`.
    Network(String),
    /// The network of the bench did this to a datagram.
    Impaired(Impaired),
    /// What we sent to an address does not arrive there, as ICMP or our own kernel tells, and why.
    Unreachable(SocketAddr, String),
    /// The device's process or emulator ended without being told to, and how.
    Died(String),
    /// The whole machine stood still for this long, ending at the stamp: what was timed meanwhile is void.
    Stall(#[serde(with = "crate::time::nanos")] Duration),
    /// The bench failed; the text is a fault's.
    Fault(String),
    /// A role's media goes under other keys from now on.
    Keyed(Box<Keyed>),
    /// The interpreter came to a step.
    Reached(StepId),
    /// A step was met, by an entry where one met it.
    Met(StepId, Option<Seq>),
    /// An optional step was passed over.
    Skipped(StepId),
    /// A step was not met, and why.
    Unmet(StepId, String),
}

/// What a fault says, after their number, of datagrams that the kernel dropped for want of room in our
/// buffers.
pub const OVERRUN: &str = "datagrams lost in our own socket buffer";

/// One entry of the timeline.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// Position; also the order in which the test system became aware of things.
    pub seq: Seq,
    /// When it happened, stamped as close to the hardware as the point allows.
    pub at: Tick,
    /// Where it was seen.
    pub pco: Pco,
    /// What was seen.
    pub seen: Seen,
}

impl Entry {
    /// The role and what a datagram at one of its points is: at the port of media, RTCP by its packet
    /// type is RTCP, whether it was agreed to multiplex or not.
    //= RFC 5761 §4
    pub fn carries(&self) -> Option<(u16, RolePoint)> {
        let (role, point) = self.pco.role()?;
        let (Seen::Sent(datagram)
        | Seen::Received(datagram)
        | Seen::Impaired(Impaired { datagram, .. })) = &self.seen
        else {
            return None;
        };
        let report = point == RolePoint::Rtp && classify(&datagram.bytes) == Kind::Rtcp;
        Some((role, if report { RolePoint::Rtcp } else { point }))
    }
}

/// Everything that was seen in one case.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Timeline {
    entries: Vec<Entry>,
}

impl Timeline {
    /// A timeline that was stored.
    ///
    /// # Errors
    ///
    /// The position at which the numbering of the entries has a gap: the evidence was tampered with
    /// or cut.
    pub fn from_entries(entries: Vec<Entry>) -> Result<Self, Seq> {
        for (index, entry) in entries.iter().enumerate() {
            if u32::try_from(index) != Ok(entry.seq.0) {
                return Err(entry.seq);
            }
        }
        Ok(Self { entries })
    }

    /// Adds what was seen and returns the entry.
    ///
    /// # Panics
    ///
    /// Never in practice: a case would need 2³² entries.
    #[expect(clippy::expect_used, reason = "2^32 entries do not fit in memory")]
    pub fn record(&mut self, at: Tick, pco: Pco, seen: Seen) -> &Entry {
        let seq = Seq(u32::try_from(self.entries.len()).expect("fewer than 2^32 entries"));
        self.entries.push(Entry { seq, at, pco, seen });
        self.entries.last().expect("an entry was just pushed")
    }

    /// The entries, in the order in which they were recorded.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// When the interpreter came to `step`.
    pub fn reached(&self, step: StepId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.seen == Seen::Reached(step))
    }

    /// The mark that met `step`, and the entry by which it was met.
    pub fn met(&self, step: StepId) -> Option<(&Entry, Option<&Entry>)> {
        self.entries.iter().find_map(|entry| {
            let Seen::Met(met, by) = entry.seen else { return None };
            (met == step).then(|| (entry, by.and_then(|seq| self.get(seq))))
        })
    }

    /// The entry at a position.
    pub fn get(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(usize::try_from(seq.0).ok()?)
    }
}
