//! What the transport layer does to a request that arrives, where its responses go, and which
//! transaction it belongs to.

pub mod connections;
pub mod hop;
pub mod reach;

pub use connections::Connections;
pub use hop::{Flow, Hop};
pub use reach::Reach;

use crate::wire::Transport;
use crate::wire::sip::{Message, Via};
use std::net::{IpAddr, SocketAddr};

/// The port of a SIP address that names none.
pub const DEFAULT_PORT: u16 = 5060;

/// The topmost `Via` of a request from `source`, with what the server transport adds to it; `None`
/// if it cannot be read.
pub fn received_via(request: &Message, source: SocketAddr) -> Option<Via> {
    let mut via = request.top_via()?;
    let rport = via.wants_rport();
    //= RFC 3581 §4
    if rport {
        via.params.set("rport", Some(&source.port().to_string()));
    }
    //= RFC 3261 §18.2.1
    if rport || literal(&via.host) != Some(source.ip()) {
        via.params.set("received", Some(&source.ip().to_string()));
    }
    Some(via)
}

/// Where the response to a request goes that came over `transport` with this topmost `Via`, as
/// [`received_via`] made it; `None` if that is a name, not an address.
///
/// Over a stream it goes there only if the connection of the request is closed.
pub fn response_target(via: &Via, transport: Transport) -> Option<SocketAddr> {
    let sent_by = via.port.unwrap_or(transport.default_port());
    //= RFC 3261 §18.2.2
    if transport.is_stream() {
        let host = via.received().map_or_else(|| literal(&via.host), |host| literal(&host));
        return Some(SocketAddr::new(host?, sent_by));
    }
    if let Some(maddr) = via.maddr() {
        return Some(SocketAddr::new(literal(&maddr)?, sent_by));
    }
    let Some(received) = via.received() else {
        return Some(SocketAddr::new(literal(&via.host)?, sent_by));
    };
    //= RFC 3581 §4
    Some(SocketAddr::new(literal(&received)?, via.rport().unwrap_or(sent_by)))
}

/// The address that `host` is, if it is not a name.
pub fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// What tells one server transaction from another: RFC 3261 §17.2.3.
///
/// An ACK has the key of the INVITE whose failure it acknowledges.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ServerKey {
    method: String,
    rest: KeyRest,
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum KeyRest {
    Branch {
        branch: String,
        host: String,
        port: u16,
    },
    /// For those who speak RFC 2543. Without the To tag, which an ACK has and its INVITE has not.
    Fields {
        uri: String,
        from_tag: String,
        call_id: String,
        cseq: u32,
        via: String,
    },
}

impl ServerKey {
    /// The key of `request`; `None` if it has too little to be told from others.
    pub fn of(request: &Message) -> Option<Self> {
        let method = if request.method()? == "ACK" { "INVITE" } else { request.method()? };
        Some(Self { method: method.to_owned(), rest: Self::rest(request)? })
    }

    /// The key of the INVITE that `cancel` cancels.
    pub fn cancelled(cancel: &Message) -> Option<Self> {
        //= RFC 3261 §9.2
        Some(Self { method: "INVITE".to_owned(), rest: Self::rest(cancel)? })
    }

    fn rest(request: &Message) -> Option<KeyRest> {
        let via = request.top_via()?;
        if via.has_cookie() {
            return Some(KeyRest::Branch {
                branch: via.branch()?.into_owned(),
                host: via.host.to_ascii_lowercase(),
                port: via.port.unwrap_or(DEFAULT_PORT),
            });
        }
        let from = request.from()?;
        Some(KeyRest::Fields {
            uri: request.request_uri()?.to_owned(),
            from_tag: from.tag().unwrap_or_default().into_owned(),
            call_id: request.call_id()?.to_owned(),
            cseq: request.cseq()?.number,
            via: via.to_string(),
        })
    }
}

/// What tells one client transaction from another: RFC 3261 §17.1.3.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ClientKey {
    branch: String,
    method: String,
}

impl ClientKey {
    /// The key of a request that we sent, or of a response that came.
    pub fn of(message: &Message) -> Option<Self> {
        let branch = message.top_via()?.branch()?.into_owned();
        Some(Self { branch, method: message.cseq()?.method })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn request(method: &str, via: &str) -> Message {
        let text = format!(
            "{method} sip:a@192.0.2.1 SIP/2.0\r\nVia: {via}\r\nFrom: <sip:b@c>;tag=1\r\n\
             To: <sip:a@192.0.2.1>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\r\n"
        );
        Message::read(text.as_bytes())
    }

    #[rstest]
    #[case::as_it_says("192.0.2.9:5062;branch=z9hG4bK1", "", "192.0.2.9:5062")]
    #[case::no_port("192.0.2.9;branch=z9hG4bK1", "", "192.0.2.9:5060")]
    #[case::another_address(
        "10.0.0.1:5062;branch=z9hG4bK1",
        ";received=192.0.2.9",
        "192.0.2.9:5062"
    )]
    #[case::a_name("door.example:5062;branch=z9hG4bK1", ";received=192.0.2.9", "192.0.2.9:5062")]
    #[case::maddr("192.0.2.9:5062;maddr=192.0.2.7", "", "192.0.2.7:5062")]
    fn responses_go_where_the_via_says(#[case] via: &str, #[case] added: &str, #[case] to: &str) {
        let source = "192.0.2.9:7000".parse().unwrap();
        let via = received_via(&request("OPTIONS", &format!("SIP/2.0/UDP {via}")), source).unwrap();
        let received = via.received().map(|ip| format!(";received={ip}")).unwrap_or_default();
        assert_eq!(received, added);
        assert_eq!(response_target(&via, Transport::Udp), Some(to.parse().unwrap()));
    }

    #[test]
    fn rport_sends_responses_back_to_where_the_request_came_from() {
        let source = "192.0.2.9:7000".parse().unwrap();
        let asked = "SIP/2.0/UDP 192.0.2.9:5062;rport;branch=z9hG4bK1";
        let via = received_via(&request("OPTIONS", asked), source).unwrap();
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP 192.0.2.9:5062;rport=7000;branch=z9hG4bK1;received=192.0.2.9"
        );
        assert_eq!(response_target(&via, Transport::Udp), Some(source));
    }

    #[test]
    fn over_a_stream_a_new_connection_goes_to_the_port_of_the_via() {
        let source = "192.0.2.9:7000".parse().unwrap();
        let target = |asked: &str, transport| {
            let via = received_via(&request("OPTIONS", asked), source).unwrap();
            response_target(&via, transport).unwrap().to_string()
        };
        let asked = "SIP/2.0/TCP 10.0.0.1:5062;rport;branch=z9hG4bK1";
        assert_eq!(target(asked, Transport::Tcp), "192.0.2.9:5062");
        assert_eq!(target("SIP/2.0/TLS 192.0.2.9", Transport::Tls), "192.0.2.9:5061");
    }

    #[test]
    fn requests_belong_together_by_branch_sent_by_and_method() {
        let key = |method, via: &str| ServerKey::of(&request(method, via)).unwrap();
        let invite = key("INVITE", "SIP/2.0/UDP Door:5060;branch=z9hG4bK1");
        assert_eq!(invite, key("ACK", "SIP/2.0/UDP door;branch=z9hG4bK1"));
        assert_ne!(invite, key("CANCEL", "SIP/2.0/UDP door;branch=z9hG4bK1"));
        assert_ne!(invite, key("INVITE", "SIP/2.0/UDP door;branch=z9hG4bK2"));
        assert_ne!(invite, key("INVITE", "SIP/2.0/UDP door:5061;branch=z9hG4bK1"));
        let cancel = request("CANCEL", "SIP/2.0/UDP door;branch=z9hG4bK1");
        assert_eq!(ServerKey::cancelled(&cancel), Some(invite));
        // Before RFC 3261 there was no cookie.
        let old = key("INVITE", "SIP/2.0/UDP door;branch=1");
        assert_eq!(old, key("ACK", "SIP/2.0/UDP door;branch=1"));
        assert_ne!(old, key("INVITE", "SIP/2.0/UDP door"));
    }
}
