//! Figures of connections of TLS.

use super::time;
use crate::check::expression::node::Reading;
use crate::check::figure::Figure;
use crate::check::value::{Read, Value};
use crate::check::view::View;
use crate::evidence::point::Pco;
use crate::evidence::timeline::{Entry, Seen, Seq};
use crate::wire::{ConnectionId, Transport};
use std::collections::BTreeSet;

/// The figure, or `None` if it is not one of connections of TLS.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    let count = match reading.figure {
        Figure::TlsTried => tried,
        Figure::TlsSpoken => spoken,
        _ => return None,
    };
    Some(match time::end(reading.step, view) {
        Err(why) => Read::unknown(why, []),
        Ok(end) => {
            let entries = view.timeline().entries();
            let until: Vec<_> = entries.iter().filter(|entry| entry.at <= end.at).collect();
            let seqs = count(&until);
            Read::of(Value::count(seqs.len()), seqs.into_iter().take(CITED))
        }
    })
}

/// The entries that show each attempt: a connection that opened, or one that closed and never had.
fn tried(entries: &[&Entry]) -> Vec<Seq> {
    let opened = |entry: &Entry, id| {
        let mut earlier = entries.iter().take_while(|other| other.seq < entry.seq);
        earlier.any(|other| {
            other.pco == entry.pco
                && matches!(other.seen, Seen::Opened { connection, .. } if connection == id)
        })
    };
    let attempt = |entry: &&&Entry| match entry.seen {
        Seen::Opened { connection, transport: Transport::Tls, .. } => connection.is_incoming(),
        Seen::Closed { connection, .. } => connection.is_incoming() && !opened(entry, connection),
        _ => false,
    };
    entries.iter().filter(attempt).map(|entry| entry.seq).collect()
}

/// What came on connections that the device has begun.
fn spoken(entries: &[&Entry]) -> Vec<Seq> {
    let mut secured: BTreeSet<(Pco, ConnectionId)> = BTreeSet::new();
    let mut seqs = Vec::new();
    for entry in entries {
        match &entry.seen {
            Seen::Opened { connection, transport: Transport::Tls, .. }
                if connection.is_incoming() =>
            {
                secured.insert((entry.pco, *connection));
            }
            Seen::Received(datagram)
                if datagram.connection.is_some_and(|id| secured.contains(&(entry.pco, id))) =>
            {
                seqs.push(entry.seq);
            }
            _ => {}
        }
    }
    seqs
}

/// How many of many like entries a finding cites.
const CITED: usize = 5;
