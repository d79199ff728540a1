//! Messages in and out: which transport carries them, and what becomes of them there.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::miswriting::miswrite;
use super::session::Head;
use super::{Device, Life, Output, Port};
use crate::defects::Defect;
use crate::sip::{Message, Names, Start, Via};
use crate::transaction::Key;
use crate::transport::{Connection, Frame, Hop, Stream, Transport};

impl Device {
    /// Takes a byte stream that `from` opened.
    pub fn handle_accepted(
        &mut self,
        now: Duration,
        connection: Connection,
        stream: Stream,
        from: SocketAddr,
    ) {
        if self.life == Life::Running {
            self.connections.accept(now, connection, stream, from);
            self.settle(now);
        }
    }

    /// Takes it that a byte stream of the device's own is open.
    pub fn handle_connected(&mut self, now: Duration, connection: Connection) {
        if self.life == Life::Running {
            self.connections.connected(now, connection);
            self.settle(now);
        }
    }

    /// Takes what came on a byte stream.
    pub fn handle_stream(&mut self, now: Duration, connection: Connection, bytes: &[u8]) {
        if self.life != Life::Running {
            return;
        }
        let own = connection.0 & 0x8000_0000 == 0;
        if own && self.defects.has(Defect::DEAF_ON_OWN_STREAMS) {
            return;
        }
        let names = self.names();
        let blank = bytes.starts_with(b"\r") && self.connections.is_between_messages(connection);
        let read = self.connections.receive(now, connection, bytes, names);
        let Some((hop, mut frames)) = read else { return };
        if blank && self.defects.has(Defect::BLANK_LINES_REFUSED) {
            self.connections.close(connection);
            return self.settle(now);
        }
        if self.defects.has(Defect::SEGMENT_IS_MESSAGE) {
            frames = vec![Frame::Message(bytes.to_vec())];
        }
        if !frames.is_empty() && self.defects.has(Defect::FIRST_OF_SEGMENT_ONLY) {
            frames.truncate(1);
            self.connections.forget(connection);
        }
        for frame in frames {
            match frame {
                Frame::Message(bytes) => self.handle_sip(now, hop, &bytes),
                Frame::Unframed { head, code, fault } => {
                    self.refuse_unframed(now, hop, &head, code, fault);
                    self.connections.close(connection);
                }
            }
            if self.life != Life::Running {
                return;
            }
        }
        self.settle(now);
    }

    /// Takes it that a byte stream is closed, or could not be opened.
    pub fn handle_closed(&mut self, now: Duration, connection: Connection) {
        if self.life != Life::Running {
            return;
        }
        let waiting = self.connections.closed(connection);
        if !waiting.is_empty() && self.defects.has(Defect::REFUSED_CONNECTION_IGNORED) {
            return;
        }
        for key in waiting {
            self.transactions.fail(now, &key);
        }
        self.settle(now);
    }

    pub(super) fn handle_sip(&mut self, now: Duration, from: Hop, bytes: &[u8]) {
        let bytes = &*self.rescan(bytes);
        let Some(mut message) = Message::parse(bytes, self.names()) else { return };
        if !self.misread(now, bytes, &mut message) {
            return;
        }
        if let Some(rest) = self.trailing(bytes, &message) {
            self.handle_sip(now, from, rest);
        }
        let vias = message.headers.list("Via");
        let Some(mut via) = vias.first().and_then(|v| Via::parse(v)) else { return };
        match &message.start {
            Start::Response { .. } => {
                //= RFC 3261 §18.1.2
                let ours = via
                    .host
                    .parse()
                    .is_ok_and(|ip: IpAddr| self.own_addresses().any(|a| a.ip() == ip));
                let ours = ours || self.defects.has(Defect::RESPONSE_SENT_BY_NOT_COMPARED);
                if ours
                    && (vias.len() == 1 || self.defects.has(Defect::TWO_VIAS_ACCEPTED))
                    && message.faults.is_empty()
                {
                    self.transactions.receive(now, from, message);
                } else {
                    self.discard(now, from, &message);
                }
            }
            Start::Request { .. } => {
                via.stamp(from.address, !self.defects.has(Defect::NO_RPORT));
                self.misstamp(&mut via);
                message.headers.set_first("Via", &via.to_string());
                if self.is_sound(now, from, &via, &message) {
                    self.transactions.receive(now, from, message);
                }
            }
        }
    }

    /// What a device with one of these defects makes of where a request came from.
    fn misstamp(&self, via: &mut Via) {
        let named = via.host.parse::<IpAddr>().is_err();
        if named && self.defects.has(Defect::RECEIVED_MISSING) {
            via.params.remove("received");
        }
        if named && self.defects.has(Defect::RECEIVED_WRONG) {
            via.params.set("received", "192.0.2.99".to_owned());
        }
        let differs = !named && via.params.get("received").is_some();
        if differs && self.defects.has(Defect::RECEIVED_FOR_NAMES_ONLY) {
            via.params.remove("received");
        }
    }

    /// Does nothing about a response that is not the device's, but with that defect.
    fn discard(&mut self, now: Duration, from: Hop, response: &Message) {
        let success = (200..300).contains(&response.code()) && response.method() == "INVITE";
        if success && self.defects.has(Defect::STRAY_2XX_ACKNOWLEDGED) {
            let (own, other) = (response.headers.get("From"), response.headers.get("To"));
            let head = Head {
                from: own.unwrap_or_default().to_owned(),
                to: other.unwrap_or_default().to_owned(),
                call_id: response.call_id().to_owned(),
                number: response.cseq().map_or(0, |(number, _)| number),
            };
            let ack =
                self.request("ACK", &format!("sip:{}", from.address), &[], from.transport, &head);
            self.send_sip(now, from, None, ack.to_bytes());
        }
    }

    /// Starts a client transaction.
    pub(super) fn send_request(&mut self, now: Duration, request: Message, hop: Hop) -> Key {
        let (request, hop, otherwise) = self.fit(request, hop);
        self.transactions.request(now, request, hop, otherwise)
    }

    /// Sends a message, on behalf of a transaction if any.
    pub(super) fn send_sip(&mut self, now: Duration, hop: Hop, key: Option<Key>, bytes: Vec<u8>) {
        let bytes = miswrite(&self.defects, bytes);
        match hop.transport {
            Transport::Udp => {
                let (port, to) = (Port::Sip, hop.address);
                self.outputs.push_back(Output::Datagram { port, to, bytes });
            }
            Transport::Stream(stream) => {
                let (hop, bytes) = self.misdeliver(hop, bytes);
                let demand = self.demand_of_server(now, hop.address);
                self.connections.send(now, stream, hop, (key, bytes), || demand);
                self.drain_connections();
            }
        }
    }

    /// Sends a message on a stream wrongly, with those defects.
    fn misdeliver(&self, mut hop: Hop, mut bytes: Vec<u8>) -> (Hop, Vec<u8>) {
        if bytes.starts_with(b"SIP/2.0 ") && self.defects.has(Defect::ANSWERS_TO_SENT_BY) {
            hop.connection = None;
        }
        if self.defects.has(Defect::NO_LENGTH_ON_STREAMS) {
            let name = b"\r\nContent-Length:";
            let at = bytes.windows(name.len()).position(|window| window == name);
            let rest = at.and_then(|at| bytes.get(at + 2..));
            let long = rest.and_then(|rest| rest.windows(2).position(|window| window == b"\r\n"));
            if let (Some(at), Some(long)) = (at, long) {
                bytes.drain(at..at + 2 + long);
            }
        }
        (hop, bytes)
    }

    pub(super) fn drain_connections(&mut self) {
        while let Some(output) = self.connections.poll_output() {
            self.outputs.push_back(output);
        }
    }

    /// Chooses the transport by size: a request too large for a datagram goes over TCP. What to
    /// send over UDP instead comes last, should there be no TCP at the other end.
    pub(super) fn fit(
        &self,
        mut request: Message,
        hop: Hop,
    ) -> (Message, Hop, Option<(Message, Hop)>) {
        //= RFC 3261 §18.1.1
        let large = hop.transport == Transport::Udp && request.to_bytes().len() > LARGEST_DATAGRAM;
        let Some(sent_by) = self.config.sip_tcp.filter(|_| large) else {
            return (request, hop, None);
        };
        if self.defects.has(Defect::LARGE_OVER_UDP) {
            return (request, hop, None);
        }
        let datagram = request.clone();
        let via = request.headers.list("Via").first().and_then(|via| Via::parse(via));
        let branch = via.as_ref().map_or("", Via::branch);
        let via = Via::own(Transport::TCP, sent_by, branch).to_string();
        if !self.defects.has(Defect::LARGE_VIA_KEPT) {
            request.headers.set_first("Via", &via);
        }
        (request, Hop::to(Transport::TCP, hop.address), Some((datagram, hop)))
    }

    /// Where the device receives what a transport carries; `None` if it has no such transport.
    pub(super) const fn own_address(&self, transport: Transport) -> Option<SocketAddr> {
        match transport {
            Transport::Udp => Some(self.config.sip),
            Transport::TCP => self.config.sip_tcp,
            Transport::TLS => self.config.sip_tls,
        }
    }

    /// Everywhere that the device receives SIP.
    pub(super) fn own_addresses(&self) -> impl Iterator<Item = SocketAddr> + use<> {
        let all = [Transport::Udp, Transport::TCP, Transport::TLS];
        all.map(|transport| self.own_address(transport)).into_iter().flatten()
    }

    /// Whether that is where the device itself receives.
    pub(super) fn is_own(&self, hop: Hop) -> bool {
        self.own_address(hop.transport) == Some(hop.address)
    }

    /// A URI at which the device receives what `transport` carries.
    pub(super) fn own_uri(&self, user: &str, transport: Transport, secure: bool) -> String {
        let at = self.own_address(transport).unwrap_or(self.config.sip);
        match transport {
            Transport::TLS if secure => format!("sips:{user}@{at}"),
            Transport::TLS => format!("sip:{user}@{at};transport=tls"),
            Transport::TCP => format!("sip:{user}@{at};transport=tcp"),
            Transport::Udp => format!("sip:{user}@{at}"),
        }
    }

    fn names(&self) -> Names {
        if self.defects.has(Defect::NO_COMPACT_FORMS) { Names::LongOnly } else { Names::Both }
    }

    /// Says that a request on a stream has no end that can be found.
    fn refuse_unframed(
        &mut self,
        now: Duration,
        from: Hop,
        head: &[u8],
        code: u16,
        fault: &'static str,
    ) {
        let Some(mut request) = Message::parse(head, self.names()) else { return };
        let via = request.headers.list("Via").first().and_then(|via| Via::parse(via));
        let (Some(mut via), Start::Request { .. }) = (via, &request.start) else { return };
        via.stamp(from.address, !self.defects.has(Defect::NO_RPORT));
        request.headers.set_first("Via", &via.to_string());
        request.faults.insert(0, fault);
        self.refuse_unsound(now, from, &via, &request, code);
    }
}

/// Bytes of a request above which a datagram may be fragmented on its way.
const LARGEST_DATAGRAM: usize = 1300;
