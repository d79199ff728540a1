//! The messages in the streams of a timeline.

use super::point::Pco;
use super::timeline::{Datagram, Entry, Seen, Seq, Timeline};
use crate::wire::ConnectionId;
use crate::wire::sip::{FrameKind, Framer};
use std::collections::BTreeMap;

/// The messages in the streams of a timeline, by the entry in which each ends.
#[derive(Clone, Debug, Default)]
pub struct Streams {
    ends: BTreeMap<Seq, Vec<u8>>,
}

impl Streams {
    /// Finds the messages that came along connections.
    pub fn of(timeline: &Timeline) -> Self {
        let mut readers: BTreeMap<(Pco, ConnectionId), Reader> = BTreeMap::new();
        let mut ends = BTreeMap::new();
        for entry in timeline.entries() {
            let Seen::Received(Datagram { connection: Some(connection), bytes, .. }) = &entry.seen
            else {
                continue;
            };
            let reader = readers.entry((entry.pco, *connection)).or_default();
            ends.extend(reader.read(entry.seq, bytes));
        }
        Self { ends }
    }

    /// The message that an entry is, or that ends in it: what we wrote is one message a write.
    pub fn message<'t>(&'t self, entry: &'t Entry) -> Option<&'t [u8]> {
        let (Seen::Sent(datagram) | Seen::Received(datagram)) = &entry.seen else { return None };
        if datagram.connection.is_some() && matches!(entry.seen, Seen::Received(_)) {
            return self.ends.get(&entry.seq).map(Vec::as_slice);
        }
        Some(&datagram.bytes)
    }
}

/// One direction of a connection.
#[derive(Default)]
struct Reader {
    framer: Framer,
    length: u64,
    /// The entries since the last end of a message, and how much of the stream there was after each.
    entries: Vec<(u64, Seq)>,
}

impl Reader {
    fn read(&mut self, seq: Seq, bytes: &[u8]) -> Vec<(Seq, Vec<u8>)> {
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.entries.push((self.length, seq));
        self.framer.push(bytes);
        let mut found = Vec::new();
        while let Some(frame) = self.framer.poll() {
            let past = self.entries.partition_point(|(length, _)| *length < frame.end);
            self.entries.drain(..past);
            let Some((_, seq)) = self.entries.first() else { continue };
            match frame.kind {
                FrameKind::Message | FrameKind::Garbage => found.push((*seq, frame.bytes)),
                FrameKind::Ping | FrameKind::LineEnd => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::point::RolePoint;
    use crate::time::Tick;

    const SIP: Pco = Pco::of_role(0, RolePoint::Sip);

    #[test]
    fn a_message_is_found_in_the_entry_in_which_it_ends() {
        let mut timeline = Timeline::default();
        let mut read = |connection, bytes: &[u8]| {
            let address = "192.0.2.1:5060".parse().unwrap();
            let (local, remote, bytes) = (address, address, bytes.to_vec());
            let datagram = Datagram { local, remote, bytes, connection };
            timeline.record(Tick::ZERO, SIP, Seen::Received(datagram));
        };
        let text = b"OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n".as_slice();
        let one = Some(ConnectionId(1));
        read(one, &text[..10]);
        read(Some(ConnectionId(2)), text);
        read(one, &text[10..30]);
        read(one, &text[30..]);
        read(None, b"OPTIONS");
        read(one, b"\r\n\r\n");
        let streams = Streams::of(&timeline);
        let found = timeline.entries().iter().map(|entry| streams.message(entry));
        let whole = Some(text);
        assert!(found.eq([None, whole, None, whole, Some(b"OPTIONS".as_slice()), None]));
    }
}
