//! What passed a role's media points while a step lasted.

use crate::check::measure::{Arrival, Stream};
use crate::check::view::View;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::step::StepId;
use crate::evidence::timeline::{Datagram, Entry, Impaired, Seen, Seq};
use crate::impair::{self, Fate};
use crate::time::Tick;
use crate::wire::sdp::Codec;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// The span of a media step at one role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) role: u16,
    pub(super) from: Tick,
    pub(super) to: Tick,
    pub(super) start: Seq,
}

/// Datagrams of one point and direction, with the entries that bear them.
#[derive(Debug, Default)]
pub(super) struct Datagrams<'a> {
    entries: Vec<&'a Entry>,
    pub(super) arrivals: Vec<Arrival<'a>>,
}

/// Which way a datagram went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    Received,
    Sent,
}

impl Window {
    /// The span of a step, if it was reached and met, and has a role.
    pub(super) fn of(step: StepId, view: &View<'_>) -> Option<Self> {
        let reached = view.course(step).reached?;
        let (end, _) = view.course(step).ended?;
        let role = view.role(step)?;
        Some(Self { role, from: reached.at, to: end.at, start: reached.seq })
    }

    /// Its length.
    pub(super) fn span(self) -> Duration {
        self.to.since(self.from)
    }

    /// The same window from the beginning of the case.
    pub(super) fn since_the_beginning(self) -> Self {
        Self { from: Tick::ZERO, ..self }
    }

    /// The same window, and what comes a little later.
    pub(super) fn and(self, later: Duration) -> Self {
        Self { to: self.to + later, ..self }
    }

    /// What passed one of the role's points in it, in the order of arrival.
    ///
    /// What was protected stands there without its protection; what has to be dropped does not.
    pub(super) fn datagrams<'a>(
        self,
        point: RolePoint,
        way: Way,
        view: &'a View<'_>,
    ) -> Datagrams<'a> {
        let mut found = Datagrams::default();
        for entry in view.timeline().entries() {
            if entry.at < self.from || self.to < entry.at {
                continue;
            }
            if entry.carries() != Some((self.role, point)) {
                continue;
            }
            match (&entry.seen, way) {
                (Seen::Received(Datagram { bytes, .. }), Way::Received)
                | (Seen::Sent(Datagram { bytes, .. }), Way::Sent) => {
                    let Some(bytes) = view.plain().packet(entry.seq, bytes) else {
                        continue;
                    };
                    found.entries.push(entry);
                    found.arrivals.push(Arrival { at: entry.at, bytes });
                }
                _ => {}
            }
        }
        found
    }

    /// What went out to the device from the role: what it sent, or what came of that out of an
    /// impaired network.
    pub(super) fn emitted<'a>(self, view: &View<'a>) -> Datagrams<'a> {
        let media = Some((self.role, RolePoint::Rtp));
        let entries = view.timeline().entries().iter();
        let inside = entries.filter(|entry| {
            self.from <= entry.at && entry.at <= self.to && entry.carries() == media
        });
        let mut impaired = BTreeSet::new();
        for entry in inside.clone() {
            if let Seen::Impaired(Impaired { way: impair::Way::ToDevice, datagram, .. }) =
                &entry.seen
            {
                impaired.insert(datagram.bytes.as_slice());
            }
        }
        let mut found = Datagrams::default();
        for entry in inside {
            let bytes = match &entry.seen {
                Seen::Sent(datagram) if !impaired.contains(datagram.bytes.as_slice()) => {
                    &datagram.bytes
                }
                Seen::Impaired(Impaired {
                    way: impair::Way::ToDevice,
                    fate: Fate::Carried { .. },
                    datagram,
                }) => &datagram.bytes,
                _ => continue,
            };
            found.entries.push(entry);
            found.arrivals.push(Arrival { at: entry.at, bytes });
        }
        found
    }

    /// Where the device's last session description wants to receive audio.
    pub(super) fn described(self, view: &View<'_>) -> Option<SocketAddr> {
        let received = view
            .signalling(self.role)
            .filter(|(entry, _)| entry.at <= self.to && matches!(entry.seen, Seen::Received(_)));
        let sessions = received.filter_map(|(entry, _)| view.session(entry));
        let session = sessions.last()?;
        let audio = session.audio()?;
        let address: IpAddr = audio.connection.as_ref()?.address.parse().ok()?;
        Some(SocketAddr::new(address, audio.port))
    }

    /// What a payload type of the device's packets stands for.
    pub(super) fn codec(self, payload_type: u8, view: &View<'_>) -> Option<Codec> {
        view.formats().encoding(self.role, self.to, payload_type)
    }
}

impl<'a> Datagrams<'a> {
    /// The streams among them.
    pub(super) fn streams(&self) -> Vec<Stream<'a>> {
        Stream::group(&self.arrivals)
    }

    /// The entry of an arrival.
    pub(super) fn seq(&self, index: usize) -> Option<Seq> {
        self.entries.get(index).map(|entry| entry.seq)
    }

    /// The point that an arrival passed.
    pub(super) fn point(&self, index: usize) -> Option<Pco> {
        self.entries.get(index).map(|entry| entry.pco)
    }

    /// Where an arrival came from.
    pub(super) fn remote(&self, index: usize) -> Option<SocketAddr> {
        match &self.entries.get(index)?.seen {
            Seen::Received(datagram) | Seen::Sent(datagram) => Some(datagram.remote),
            _ => None,
        }
    }

    /// The first and the last of them.
    pub(super) fn ends(&self) -> impl Iterator<Item = Seq> + use<'_, 'a> {
        let ends = [self.entries.first(), self.entries.last()];
        let single = self.entries.len() == 1;
        ends.into_iter().take(if single { 1 } else { 2 }).flatten().map(|entry| entry.seq)
    }
}
