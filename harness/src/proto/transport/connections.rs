//! The connections of one end: RFC 3261 §18.

use super::hop::Hop;
use crate::wire::ConnectionId;
use crate::wire::sip::{Frame, Framer};
use std::collections::BTreeMap;

/// The connections of one end, from when one is to be opened until it is closed.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    known: BTreeMap<ConnectionId, Connection>,
    opened: u32,
}

#[derive(Clone, Debug)]
struct Connection {
    hop: Hop,
    stage: Stage,
    framer: Framer,
}

#[derive(Clone, Debug)]
enum Stage {
    /// It is being opened, and these messages wait for it.
    Opening(Vec<Vec<u8>>),
    Open,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closed {
    /// It was never open: what waited for it was not sent.
    Refused(Hop),
    /// It was open.
    Ended,
}

/// What is to be done for a message to go out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sending {
    /// Write it.
    Write(ConnectionId, Vec<u8>),
    /// Open the connection; the message waits for it.
    Open(ConnectionId),
    /// Nothing: it waits for a connection that is being opened.
    Wait,
}

impl Connections {
    /// Takes a connection that the other end at `hop` has opened.
    pub fn handle_accepted(&mut self, id: ConnectionId, hop: Hop) {
        self.insert(id, hop, Stage::Open);
    }

    /// Takes the news that a connection is open; returns what has waited for it.
    pub fn handle_connected(&mut self, id: ConnectionId) -> Vec<Vec<u8>> {
        let Some(connection) = self.known.get_mut(&id) else { return Vec::new() };
        match std::mem::replace(&mut connection.stage, Stage::Open) {
            Stage::Opening(waiting) => waiting,
            Stage::Open => Vec::new(),
        }
    }

    /// Takes what a connection has brought; returns what is complete by it, with where it is from.
    pub fn handle_bytes(&mut self, id: ConnectionId, bytes: &[u8]) -> Option<(Hop, Vec<Frame>)> {
        let connection = self.known.get_mut(&id)?;
        connection.framer.push(bytes);
        let frames = std::iter::from_fn(|| connection.framer.poll()).collect();
        Some((connection.hop, frames))
    }

    /// Takes the news that a connection is closed, or could not be opened.
    pub fn handle_closed(&mut self, id: ConnectionId) -> Option<Closed> {
        let connection = self.known.remove(&id)?;
        Some(match connection.stage {
            Stage::Opening(_) => Closed::Refused(connection.hop),
            Stage::Open => Closed::Ended,
        })
    }

    /// Sends a request to `hop`: along a connection that leads there, or a new one.
    pub fn send(&mut self, hop: Hop, bytes: Vec<u8>) -> Sending {
        //= RFC 3261 §18
        let known = self.known.iter().find(|(_, connection)| connection.hop == hop);
        if let Some(&id) = known.map(|(id, _)| id) {
            return self.send_along(id, hop, bytes);
        }
        self.opened += 1;
        let id = ConnectionId(self.opened);
        self.insert(id, hop, Stage::Opening(vec![bytes]));
        Sending::Open(id)
    }

    /// Sends a response along the connection that the request came by; to `hop` if that is closed.
    pub fn send_along(&mut self, id: ConnectionId, hop: Hop, bytes: Vec<u8>) -> Sending {
        //= RFC 3261 §18.2.2
        match self.known.get_mut(&id).map(|connection| &mut connection.stage) {
            Some(Stage::Open) => Sending::Write(id, bytes),
            Some(Stage::Opening(waiting)) => {
                waiting.push(bytes);
                Sending::Wait
            }
            None => self.send(hop, bytes),
        }
    }

    fn insert(&mut self, id: ConnectionId, hop: Hop, stage: Stage) {
        self.known.insert(id, Connection { hop, stage, framer: Framer::default() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Transport;

    fn hop(port: u16) -> Hop {
        Hop { transport: Transport::Tcp, remote: ([192, 0, 2, 9], port).into() }
    }

    #[test]
    fn requests_to_one_place_share_a_connection_and_wait_until_it_is_open() {
        let mut connections = Connections::default();
        let first = ConnectionId(1);
        assert_eq!(connections.send(hop(5060), b"a".to_vec()), Sending::Open(first));
        assert_eq!(connections.send(hop(5060), b"b".to_vec()), Sending::Wait);
        assert_eq!(connections.send(hop(5062), b"c".to_vec()), Sending::Open(ConnectionId(2)));
        assert_eq!(connections.handle_connected(first), [b"a".to_vec(), b"b".to_vec()]);
        let written = Sending::Write(first, b"d".to_vec());
        assert_eq!(connections.send(hop(5060), b"d".to_vec()), written);
        assert_eq!(connections.handle_closed(first), Some(Closed::Ended));
        let refused = Closed::Refused(hop(5062));
        assert_eq!(connections.handle_closed(ConnectionId(2)), Some(refused));
    }

    #[test]
    fn a_response_goes_back_along_its_connection_and_elsewhere_only_if_that_is_closed() {
        let mut connections = Connections::default();
        let theirs = ConnectionId::incoming(1);
        connections.handle_accepted(theirs, hop(40_000));
        let along = connections.send_along(theirs, hop(5060), b"a".to_vec());
        assert_eq!(along, Sending::Write(theirs, b"a".to_vec()));
        connections.handle_closed(theirs);
        let anew = connections.send_along(theirs, hop(5060), b"a".to_vec());
        assert_eq!(anew, Sending::Open(ConnectionId(1)));
    }

    #[test]
    fn messages_are_found_across_reads() {
        let mut connections = Connections::default();
        let theirs = ConnectionId::incoming(1);
        connections.handle_accepted(theirs, hop(40_000));
        let bytes = b"OPTIONS sip:a SIP/2.0\r\n\r\n";
        let (_, frames) = connections.handle_bytes(theirs, &bytes[..10]).unwrap();
        assert_eq!(frames, []);
        let (from, frames) = connections.handle_bytes(theirs, &bytes[10..]).unwrap();
        assert_eq!((from, frames.len()), (hop(40_000), 1));
    }
}
