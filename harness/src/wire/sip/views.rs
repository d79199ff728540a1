//! The typed views of a message.

use super::{AuthParams, CSeq, Header, MediaType, Message, NameAddr, Via};
use crate::wire::sdp::Session;
use crate::wire::tokens::is_digits;

impl Message {
    /// Every readable `Via` value, topmost first.
    pub fn vias(&self) -> Vec<Via> {
        self.values("Via").into_iter().filter_map(Via::read).collect()
    }

    /// The topmost `Via`, if it can be read.
    pub fn top_via(&self) -> Option<Via> {
        self.values("Via").first().and_then(|value| Via::read(value))
    }

    /// The `From`.
    pub fn from(&self) -> Option<NameAddr> {
        self.header("From").and_then(NameAddr::read)
    }

    /// The `To`.
    pub fn to(&self) -> Option<NameAddr> {
        self.header("To").and_then(NameAddr::read)
    }

    /// Every `Contact` value.
    pub fn contacts(&self) -> Vec<NameAddr> {
        self.addresses("Contact")
    }

    /// Every `Route` value, topmost first.
    pub fn routes(&self) -> Vec<NameAddr> {
        self.addresses("Route")
    }

    /// Every `Record-Route` value, topmost first.
    pub fn record_routes(&self) -> Vec<NameAddr> {
        self.addresses("Record-Route")
    }

    /// Every value of `name` as an address, such as `Path` or `P-Asserted-Identity`.
    pub fn addresses(&self, name: &str) -> Vec<NameAddr> {
        self.values(name).into_iter().filter_map(NameAddr::read).collect()
    }

    /// The `CSeq`.
    pub fn cseq(&self) -> Option<CSeq> {
        self.header("CSeq").and_then(CSeq::read)
    }

    /// The `Call-ID`.
    pub fn call_id(&self) -> Option<&str> {
        self.header("Call-ID").filter(|value| !value.is_empty())
    }

    /// The `Content-Length`, if there is exactly one value and it is a number.
    pub fn content_length(&self) -> Option<usize> {
        super::reader::content_length(self)
    }

    /// The `Max-Forwards`, if it is in 0 to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        self.header("Max-Forwards").filter(|value| is_digits(value))?.parse().ok()
    }

    /// The `Expires` in seconds.
    pub fn expires(&self) -> Option<u32> {
        self.header("Expires").filter(|value| is_digits(value))?.parse().ok()
    }

    /// The `Min-Expires` in seconds.
    pub fn min_expires(&self) -> Option<u32> {
        self.header("Min-Expires").filter(|value| is_digits(value))?.parse().ok()
    }

    /// The methods of `Allow`.
    pub fn allow(&self) -> Vec<String> {
        self.words("Allow")
    }

    /// The option tags of `Require`.
    pub fn require(&self) -> Vec<String> {
        self.words("Require")
    }

    /// The option tags of `Proxy-Require`.
    pub fn proxy_require(&self) -> Vec<String> {
        self.words("Proxy-Require")
    }

    /// The option tags of `Supported`.
    pub fn supported(&self) -> Vec<String> {
        self.words("Supported")
    }

    /// The option tags of `Unsupported`.
    pub fn unsupported(&self) -> Vec<String> {
        self.words("Unsupported")
    }

    fn words(&self, name: &str) -> Vec<String> {
        self.values(name).into_iter().map(str::to_owned).collect()
    }

    /// The `WWW-Authenticate` and `Proxy-Authenticate` challenges, in the order written.
    pub fn challenges(&self) -> Vec<AuthParams> {
        self.auth(["WWW-Authenticate", "Proxy-Authenticate"])
    }

    /// The `Authorization` and `Proxy-Authorization` credentials, in the order written.
    pub fn credentials(&self) -> Vec<AuthParams> {
        self.auth(["Authorization", "Proxy-Authorization"])
    }

    /// The `Proxy-Authorization` credentials, in the order written: those that a proxy may look at.
    pub fn proxy_credentials(&self) -> Vec<AuthParams> {
        self.auth(["Proxy-Authorization"])
    }

    fn auth<const N: usize>(&self, names: [&str; N]) -> Vec<AuthParams> {
        self.headers()
            .filter(|header| names.iter().any(|name| header.is(name)))
            .filter_map(|Header { value, .. }| AuthParams::read(value))
            .collect()
    }

    /// The `Content-Type`.
    pub fn content_type(&self) -> Option<MediaType> {
        self.header("Content-Type").and_then(MediaType::read)
    }

    /// The body as SDP, if it says that it is SDP.
    pub fn sdp(&self) -> Option<Session> {
        let is_sdp = self.content_type().is_some_and(|kind| kind.is("application/sdp"));
        (is_sdp && !self.body().is_empty()).then(|| Session::read(self.body()))
    }

    /// The `RSeq` (RFC 3262 §7.1).
    pub fn rseq(&self) -> Option<u32> {
        self.header("RSeq").filter(|value| is_digits(value))?.parse().ok()
    }

    /// The `RAck` (RFC 3262 §7.2).
    pub fn rack(&self) -> Option<RAck> {
        let value = self.header("RAck")?;
        let (rseq, cseq) = value.split_once(char::is_whitespace)?;
        Some(RAck { rseq: rseq.parse().ok()?, cseq: CSeq::read(cseq)? })
    }
}

/// A `RAck` value: which provisional response a PRACK acknowledges.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RAck {
    /// The `RSeq` of the provisional response.
    pub rseq: u32,
    /// The `CSeq` of the provisional response.
    pub cseq: CSeq,
}
