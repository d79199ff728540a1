//! How one end is reached: over which transport, under which scheme.

use crate::wire::Transport;
use crate::wire::uri::{Scheme, Uri};
use std::net::SocketAddr;

/// How one end is reached: over which transport, under which scheme.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    /// The transport.
    pub transport: Transport,
    /// Whether its addresses ask for TLS on every hop.
    pub security: Security,
}

/// What a URI asks of the hops to where it points.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Security {
    /// Nothing: `sip`.
    #[default]
    BestEffort,
    /// TLS: `sips`.
    EveryHop,
}

impl Reach {
    /// By the words of a scenario; `sips` means TLS. Words that are none leave `self` as it is.
    #[must_use]
    pub fn with(self, transport: Option<&str>, scheme: Option<&str>) -> Self {
        let named = transport.and_then(|text| text.parse().ok());
        let security = match scheme {
            Some("sips") => Security::EveryHop,
            Some("sip") => Security::BestEffort,
            Some(_) | None => self.security,
        };
        let transport = match security {
            Security::EveryHop => Transport::Tls,
            Security::BestEffort => named.unwrap_or(self.transport),
        };
        Self { transport, security }
    }

    /// The word of its scheme.
    pub const fn scheme(self) -> &'static str {
        match self.security {
            Security::BestEffort => "sip",
            Security::EveryHop => "sips",
        }
    }

    /// The URI of `user` at `address`.
    pub fn uri(self, user: &str, address: SocketAddr) -> Uri {
        let mut uri = Uri::sip(Some(user), &address.ip().to_string(), Some(address.port()));
        if self.security == Security::EveryHop {
            uri.scheme = Scheme::Sips;
        } else if self.transport.is_stream() {
            uri.params.set("transport", Some(self.transport.name()));
        }
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, None, "sip:a@[2001:db8::1]:5060")]
    #[case(Some("tcp"), None, "sip:a@[2001:db8::1]:5060;transport=tcp")]
    #[case(Some("tls"), None, "sip:a@[2001:db8::1]:5060;transport=tls")]
    #[case(None, Some("sips"), "sips:a@[2001:db8::1]:5060")]
    fn words_make_uris(
        #[case] transport: Option<&str>,
        #[case] scheme: Option<&str>,
        #[case] uri: &str,
    ) {
        let reach = Reach::default().with(transport, scheme);
        assert_eq!(reach.uri("a", "[2001:db8::1]:5060".parse().unwrap()).to_string(), uri);
    }
}
