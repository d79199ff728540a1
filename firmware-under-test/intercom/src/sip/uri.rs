//! SIP URIs: RFC 3261 §19.1.

use std::net::{IpAddr, SocketAddr};

use super::split::Params;
use crate::transport::{Hop, Transport};

/// A SIP URI, split; an unknown scheme has everything else in `host`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Uri {
    /// The scheme in lower case.
    pub(crate) scheme: String,
    /// What stands before the `@`, as written.
    pub(crate) user: Option<String>,
    /// Host name or address; IPv6 without its brackets.
    pub(crate) host: String,
    /// The port, where one is given.
    pub(crate) port: Option<u16>,
    /// The parameters.
    pub(crate) params: Params,
}

impl Uri {
    /// Reads a URI; `None` if it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if scheme.is_empty() || !scheme.chars().all(letters) || rest.is_empty() {
            return None;
        }
        if text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>')) {
            return None;
        }
        if scheme != "sip" && scheme != "sips" {
            let (user, port, params) = (None, None, Params::default());
            return Some(Self { scheme, user, host: rest.to_owned(), port, params });
        }
        let (user, rest) = match rest.rsplit_once('@') {
            Some((user, rest)) => (Some(user.to_owned()), rest),
            None => (None, rest),
        };
        let rest = rest.split('?').next().unwrap_or_default();
        let (hostport, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = host_port(hostport)?;
        Some(Self { scheme, user, host, port, params: Params::parse(params, ';') })
    }

    /// What carries a request for it; `None` if that is nothing that the device knows.
    pub(crate) fn transport(&self) -> Option<Transport> {
        let named = self.params.get("transport").map(str::to_ascii_lowercase);
        match (self.scheme.as_str(), named.as_deref()) {
            //= RFC 3261 §26.2.2
            ("sips", None | Some("tcp" | "tls")) | ("sip", Some("tls")) => Some(Transport::TLS),
            ("sip", Some("tcp")) => Some(Transport::TCP),
            //= RFC 3263 §4.1
            ("sip", None | Some("udp")) => Some(Transport::Udp),
            _ => None,
        }
    }

    /// Where a request for it goes, if its host is an address and its transport known.
    pub(crate) fn hop(&self) -> Option<Hop> {
        let transport = self.transport()?;
        let host = self.params.get("maddr").unwrap_or(&self.host);
        let ip: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
        let port = self.port.unwrap_or(transport.default_port());
        Some(Hop::to(transport, SocketAddr::new(ip, port)))
    }

    /// Whether it demands TLS all the way.
    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == "sips"
    }
}

/// Splits `host`, `host:port`, `[v6]` or `[v6]:port`.
pub(super) fn host_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?,
        None => match text.find(':') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        },
    };
    let host = host.trim();
    if host.is_empty() {
        return None;
    }
    let port = match rest.trim() {
        "" => None,
        rest => Some(rest.strip_prefix(':')?.trim().parse().ok()?),
    };
    Some((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        let uri = Uri::parse("SIP:a%20b:pw@[2001:db8::1]:5070;transport=udp;lr?subject=x").unwrap();
        assert_eq!(uri.user.as_deref(), Some("a%20b:pw"));
        assert_eq!(uri.hop().unwrap().address, "[2001:db8::1]:5070".parse().unwrap());
        assert!(uri.params.get("lr").is_some());
    }

    #[test]
    fn scheme_and_parameter_say_what_carries_it() {
        for (text, hop) in [
            ("sip:192.0.2.4", Some((Transport::Udp, 5060))),
            ("sip:192.0.2.4;transport=UDP", Some((Transport::Udp, 5060))),
            ("sip:192.0.2.4:5070;transport=tcp", Some((Transport::TCP, 5070))),
            ("sip:192.0.2.4;transport=tls", Some((Transport::TLS, 5061))),
            ("sips:[2001:db8::1]", Some((Transport::TLS, 5061))),
            ("sips:192.0.2.4;transport=tcp", Some((Transport::TLS, 5061))),
            ("sips:192.0.2.4;transport=udp", None),
            ("sip:192.0.2.4;transport=sctp", None),
            ("sip:example.com", None),
        ] {
            let found = Uri::parse(text).unwrap().hop();
            assert_eq!(found.map(|hop| (hop.transport, hop.address.port())), hop, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_uri_is_refused() {
        for text in ["", "sip:", "nonsense", "<sip:a@b>", "sip:a@b c", "sip:a@b:99999", "sip:@"] {
            assert_eq!(Uri::parse(text), None, "{text}");
        }
    }
}
