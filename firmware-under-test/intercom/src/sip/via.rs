//! Via values: RFC 3261 §20.42, RFC 3581.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::split::Params;
use super::uri::host_port;
use crate::transport::{Hop, Transport};

/// One Via value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Via {
    /// Protocol, version and transport: `SIP/2.0/UDP`.
    protocol: String,
    /// Sent-by host, IPv6 without its brackets.
    pub(crate) host: String,
    /// Sent-by port, where one is given.
    pub(crate) port: Option<u16>,
    /// The parameters.
    pub(crate) params: Params,
}

impl Via {
    /// Reads one value; `None` if it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (head, params) = text.split_once(';').unwrap_or((text, ""));
        // Blanks may stand around the slashes.
        let mut slashes = head.splitn(3, '/');
        let (name, version) = (slashes.next()?.trim(), slashes.next()?.trim());
        let (transport, sent_by) = slashes.next()?.trim().split_once(char::is_whitespace)?;
        if !name.eq_ignore_ascii_case("SIP") {
            return None;
        }
        let (host, port) = host_port(sent_by.trim())?;
        let protocol = format!("{name}/{version}/{transport}");
        Some(Self { protocol, host, port, params: Params::parse(params, ';') })
    }

    /// The branch, empty where there is none.
    pub(crate) fn branch(&self) -> &str {
        self.params.get("branch").unwrap_or_default()
    }

    /// Notes where the request came from.
    pub(crate) fn stamp(&mut self, from: SocketAddr, fill_rport: bool) {
        let rport = fill_rport && self.params.get("rport").is_some();
        //= RFC 3581 §4
        if rport {
            self.params.set("rport", from.port().to_string());
        }
        //= RFC 3261 §18.2.1
        let named: Option<IpAddr> = self.host.parse().ok();
        if rport || named != Some(from.ip()) {
            self.params.set("received", from.ip().to_string());
        }
    }

    /// A value of the device's own.
    pub(crate) fn own(transport: Transport, sent_by: SocketAddr, branch: &str) -> Self {
        //= RFC 3581 §3
        let rport = if transport == Transport::Udp { ";rport" } else { "" };
        Self {
            protocol: format!("SIP/2.0/{}", transport.name()),
            host: sent_by.ip().to_string(),
            port: Some(sent_by.port()),
            params: Params::parse(&format!("branch={branch}{rport}"), ';'),
        }
    }

    /// Where a response goes, to a request that came from there.
    pub(crate) fn reply_to(&self, from: Hop, follow_rport: bool) -> Hop {
        //= RFC 3261 §18.2.2
        let source = from.address.ip();
        if from.transport.is_reliable() {
            // The address is for when the stream is closed by then.
            let port = self.port.unwrap_or(from.transport.default_port());
            return Hop { address: SocketAddr::new(source, port), ..from };
        }
        let maddr = self.params.get("maddr").and_then(|m| m.parse().ok());
        let rport = self.params.get("rport").filter(|_| follow_rport);
        let port = rport.and_then(|p| p.parse().ok()).or(self.port).unwrap_or(5060);
        Hop { address: SocketAddr::new(maddr.unwrap_or(source), port), ..from }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, host, port, params } = self;
        if host.contains(':') {
            write!(f, "{protocol} [{host}]")?;
        } else {
            write!(f, "{protocol} {host}")?;
        }
        if let Some(port) = port {
            write!(f, ":{port}")?;
        }
        write!(f, "{params}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Connection;

    #[test]
    fn a_loose_value_is_read_and_stamped() {
        let mut via = Via::parse("SIP / 2.0 / UDP  gate.example.com:5070 ;rport; branch=z9hG4bKx");
        let via = via.as_mut().unwrap();
        let from = "192.0.2.9:40000".parse().unwrap();
        via.stamp(from, true);
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP gate.example.com:5070;rport=40000;branch=z9hG4bKx;received=192.0.2.9"
        );
        let udp = Hop::to(Transport::Udp, from);
        assert_eq!(via.reply_to(udp, true), udp);
        assert_eq!(via.reply_to(udp, false).address.port(), 5070);
        let tcp = Hop { connection: Some(Connection(7)), ..Hop::to(Transport::TCP, from) };
        assert_eq!(via.reply_to(tcp, true).address, "192.0.2.9:5070".parse().unwrap());
        assert_eq!(via.reply_to(tcp, true).connection, Some(Connection(7)));
    }

    #[test]
    fn an_own_value_names_the_transport_and_brackets_its_address() {
        let sent_by = "[2001:db8::1]:5061".parse().unwrap();
        let via = Via::own(Transport::TLS, sent_by, "z9hG4bKx");
        assert_eq!(via.to_string(), "SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKx");
        assert_eq!(Via::parse(&via.to_string()), Some(via));
        let via = Via::own(Transport::Udp, sent_by, "z9hG4bKx");
        assert!(via.to_string().ends_with(";branch=z9hG4bKx;rport"));
    }

    #[test]
    fn other_protocols_are_refused() {
        assert_eq!(Via::parse("HTTP/1.1/TCP host"), None);
        assert_eq!(Via::parse("SIP/2.0/UDP"), None);
    }
}
