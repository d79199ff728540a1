//! Sending along datagrams and connections, and what connections bring.

use super::{Output, UserAgent};
use crate::proto::transport::connections::{Closed, Sending};
use crate::proto::transport::{Flow, Hop};
use crate::time::Tick;
use crate::wire::ConnectionId;
use crate::wire::sip::FrameKind;

impl UserAgent {
    /// Takes a connection that the other end at `hop` has opened.
    pub fn handle_accepted(&mut self, id: ConnectionId, hop: Hop) {
        self.connections.handle_accepted(id, hop);
    }

    /// Takes the news that a connection that it asked for is open.
    pub fn handle_connected(&mut self, id: ConnectionId) {
        for bytes in self.connections.handle_connected(id) {
            self.outputs.push_back(Output::Write { connection: id, bytes });
        }
    }

    /// Takes what a connection has brought, however it was split. Keep-alives are dropped.
    pub fn handle_stream(&mut self, now: Tick, id: ConnectionId, bytes: &[u8]) {
        let Some((hop, frames)) = self.connections.handle_bytes(id, bytes) else { return };
        for frame in frames {
            match frame.kind {
                FrameKind::Message | FrameKind::Garbage => {
                    self.receive(now, Flow { hop, connection: Some(id) }, &frame.bytes);
                }
                FrameKind::Ping | FrameKind::LineEnd => {}
            }
        }
    }

    /// Takes the news that a connection is closed or could not be opened; in the latter case the
    /// requests that waited for it fail.
    pub fn handle_closed(&mut self, now: Tick, id: ConnectionId) -> Option<Closed> {
        let closed = self.connections.handle_closed(id)?;
        if let Closed::Refused(hop) = closed {
            self.handle_unreachable(now, hop);
        }
        Some(closed)
    }

    /// Sends `bytes` to `hop` as they are.
    pub(super) fn send_raw(&mut self, hop: Hop, bytes: Vec<u8>) {
        if hop.transport.is_stream() {
            let sending = self.connections.send(hop, bytes);
            self.put_out(hop, sending);
        } else {
            self.outputs.push_back(Output::Transmit { remote: hop.remote, bytes });
        }
    }

    /// Sends a response along `flow`.
    pub(super) fn send_back(&mut self, flow: Flow, bytes: Vec<u8>) {
        let Some(connection) = flow.connection else { return self.send_raw(flow.hop, bytes) };
        let sending = self.connections.send_along(connection, flow.hop, bytes);
        self.put_out(flow.hop, sending);
    }

    fn put_out(&mut self, hop: Hop, sending: Sending) {
        self.outputs.push_back(match sending {
            Sending::Write(connection, bytes) => Output::Write { connection, bytes },
            Sending::Open(connection) => Output::Connect { connection, hop },
            Sending::Wait => return,
        });
    }
}
