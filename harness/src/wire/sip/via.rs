//! The `Via` view: RFC 3261 §20.42.

use crate::wire::defect::{DefectCode, Flaws};
use crate::wire::params::Params;
use crate::wire::tokens::{find_outside, is_token};
use crate::wire::uri::scan_hostport;
use std::borrow::Cow;
use std::fmt;

/// One value of a `Via` header field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Via {
    /// The protocol and its version: `SIP/2.0`.
    pub protocol: String,
    /// The transport as written, such as `UDP`.
    pub transport: String,
    /// The host of sent-by; an IPv6 address keeps its brackets.
    pub host: String,
    /// The port of sent-by, if one is given.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params,
}

impl Via {
    /// A `Via` of our own: `branch` without the magic cookie, which is put before it.
    ///
    /// It asks for `rport` (RFC 3581) if `transport` is UDP.
    pub fn new(transport: &str, host: &str, port: Option<u16>, branch: &str) -> Self {
        let mut params = Params::default();
        if transport.eq_ignore_ascii_case("UDP") {
            params.set("rport", None);
        }
        params.set("branch", Some(&format!("{COOKIE}{branch}")));
        Self {
            protocol: "SIP/2.0".to_owned(),
            transport: transport.to_owned(),
            host: host.to_owned(),
            port,
            params,
        }
    }

    /// Reads one value, as far as it can be read; `None` without a protocol and a sent-by.
    pub fn read(value: &str) -> Option<Self> {
        Self::scan(value, &mut Flaws::default())
    }

    pub(in crate::wire) fn scan(value: &str, flaws: &mut Flaws) -> Option<Self> {
        let (head, params) = match find_outside(value, ';') {
            Some(at) => (value.get(..at)?, value.get(at + 1..)),
            None => (value, None),
        };
        let Some((protocol, transport, sent_by)) = scan_head(head) else {
            flaws.note(
                DefectCode::ViaInvalid,
                format!("`{}` is not a protocol and a sent-by", head.trim()),
            );
            return None;
        };
        let (host, port) = scan_hostport(sent_by).unwrap_or_else(|| {
            flaws.note(DefectCode::ViaInvalid, format!("`{sent_by}` is not a host and port"));
            (sent_by, None)
        });
        let params = params.map(|text| Params::scan(text, flaws)).unwrap_or_default();
        let via =
            Self { protocol, transport: transport.to_owned(), host: host.to_owned(), port, params };
        //= RFC 3261 §8.1.1.7
        match via.branch().as_deref().map(|branch| branch.strip_prefix(COOKIE)) {
            Some(Some("")) => {
                flaws.note(DefectCode::BranchEmpty, "the branch is the magic cookie alone");
            }
            Some(Some(_)) => {}
            Some(None) | None => flaws.note(
                DefectCode::BranchWithoutCookie,
                "the Via has no branch that begins with z9hG4bK, as before RFC 3261",
            ),
        }
        Some(via)
    }

    /// The branch as written, cookie included.
    pub fn branch(&self) -> Option<Cow<'_, str>> {
        self.params.get("branch")
    }

    /// Whether the branch identifies a transaction as RFC 3261 has it.
    pub fn has_cookie(&self) -> bool {
        self.branch()
            .is_some_and(|branch| branch.len() > COOKIE.len() && branch.starts_with(COOKIE))
    }

    /// The `received` address, as written.
    pub fn received(&self) -> Option<Cow<'_, str>> {
        self.params.get("received")
    }

    /// The `rport` value; `None` if it is absent or has no value yet.
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }

    /// Whether the sender asks for `rport` (RFC 3581 §3).
    pub fn wants_rport(&self) -> bool {
        self.params.get("rport").is_some_and(|value| value.is_empty())
    }

    /// The `maddr` value, as written.
    pub fn maddr(&self) -> Option<Cow<'_, str>> {
        self.params.get("maddr")
    }

    /// Host and port as written, such as `[2001:db8::1]:5062`.
    pub fn sent_by(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, transport, params, .. } = self;
        write!(f, "{protocol}/{transport} {}{params}", self.sent_by())
    }
}

/// `SIP / 2.0 / UDP host:port`, with white space allowed around the slashes.
fn scan_head(head: &str) -> Option<(String, &str, &str)> {
    let mut parts = head.splitn(3, '/').map(str::trim);
    let (name, version, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (transport, sent_by) = rest.split_once(char::is_whitespace)?;
    let sent_by = sent_by.trim();
    (is_token(name) && is_token(version) && is_token(transport) && !sent_by.is_empty())
        .then(|| (format!("{name}/{version}"), transport, sent_by))
}

/// What a branch begins with since RFC 3261 (§8.1.1.7).
pub const COOKIE: &str = "z9hG4bK";
