//! Where a request goes, and how it looks then: RFC 3261 §16.4 to §16.6.

use super::{Fork, Proxy, RecordRoute};
use crate::proto::auth::Algorithm;
use crate::proto::transport::{Hop, literal};
use crate::time::Tick;
use crate::wire::Transport;
use crate::wire::builder::Draft;
use crate::wire::sip::{AuthParams, Message, NameAddr, Via};
use crate::wire::uri::{Scheme, Uri};
use std::net::SocketAddr;

/// What is left of a request's way once the proxy has found itself in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// The Request-URI, without what a strict router has done to it.
    pub uri: String,
    /// The `Route` values that are left.
    pub routes: Vec<String>,
}

/// One place that a request is forwarded to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Next {
    /// The Request-URI.
    pub uri: String,
    /// The `Route` values.
    pub routes: Vec<String>,
    /// Where it goes; absent where that is a name, not an address.
    pub hop: Option<Hop>,
}

impl Proxy {
    /// The way of `request` from here.
    pub fn way(&self, request: &Message) -> Way {
        let mut uri = request.request_uri().unwrap_or_default().to_owned();
        let mut routes = request.routes();
        //= RFC 3261 §16.4
        let ours = Uri::read(&uri);
        if ours.user.is_none()
            && self.is_ours(&ours)
            && let Some(last) = routes.pop()
        {
            uri = last.uri.to_string();
        }
        if routes.first().is_some_and(|first| self.is_ours(&first.uri)) {
            routes.remove(0);
        }
        Way { uri, routes: routes.iter().map(ToString::to_string).collect() }
    }

    /// The targets of a request on `way`, best first; empty if nobody knows the user. `None` if the
    /// request is for the proxy itself.
    pub fn targets(&self, now: Tick, way: &Way) -> Option<Vec<String>> {
        let uri = Uri::read(&way.uri);
        //= RFC 3261 §16.5
        if !self.is_responsible(&uri) {
            return Some(vec![way.uri.clone()]);
        }
        let user = uri.user?;
        if let Some(targets) = self.config.routes.get(&user) {
            return Some(targets.clone());
        }
        let of = |aor: &str| aor.split_once('@').is_some_and(|(of, _)| of == user);
        let known = self.bindings.iter().filter(|known| known.until > now && of(&known.aor));
        let mut contacts: Vec<_> = known.map(|known| &known.contact).collect();
        contacts.sort_by_key(|contact| std::cmp::Reverse(preference(contact)));
        Some(contacts.into_iter().map(|contact| contact.uri.to_string()).collect())
    }

    /// The hop to `target` of a request on `way`.
    pub fn next(&self, way: &Way, target: &str) -> Next {
        let mut routes = way.routes.clone();
        let mut uri = target.to_owned();
        let first = routes.first().and_then(|first| NameAddr::read(first)).map(|first| first.uri);
        //= RFC 3261 §16.6
        if let Some(first) = &first
            && !first.params.has("lr")
        {
            routes.remove(0);
            routes.push(format!("<{target}>"));
            uri = first.to_string();
        }
        let hop = Hop::of(first.as_ref().unwrap_or(&Uri::read(&uri)));
        Next { uri, routes, hop }
    }

    /// `request`, whose topmost `Via` is `received` by now, as it goes on to `next` with a `Via` of
    /// ours whose branch ends with its [`mark`].
    pub fn forwarded(
        &self,
        request: &Message,
        received: Option<&Via>,
        next: &Next,
        via: &str,
    ) -> Draft {
        let left =
            request.max_forwards().map_or(DEFAULT_MAX_FORWARDS, |left| left.saturating_sub(1));
        let mut draft = Draft::from_message(request)
            .request_uri(&next.uri)
            .set("Max-Forwards", &left.to_string())
            .remove("Via");
        for via in request.values("Via").into_iter().skip(usize::from(received.is_some())).rev() {
            draft = draft.prepend("Via", via);
        }
        if let Some(received) = received {
            draft = draft.prepend("Via", &received.to_string());
        }
        let method = request.method().unwrap_or_default();
        draft = draft.remove("Route");
        for route in next.routes.iter().rev() {
            draft = draft.prepend("Route", route);
        }
        if let Some(own) = self.record_route(method, next) {
            draft = draft.prepend("Record-Route", &own);
        }
        self.without_own_credentials(draft, request).prepend("Via", via)
    }

    /// Whether the proxy tries all targets at once.
    pub const fn fork(&self) -> Fork {
        self.config.fork
    }

    pub(super) fn is_sent_by_us(&self, via: &Via) -> bool {
        let Ok(transport) = via.transport.parse::<Transport>() else { return false };
        let own = self.own_address(transport);
        literal(&via.host) == Some(own.ip())
            && via.port.unwrap_or(transport.default_port()) == own.port()
    }

    const fn own_address(&self, transport: Transport) -> SocketAddr {
        match transport {
            Transport::Udp | Transport::Tcp => self.config.sip,
            Transport::Tls => self.config.tls,
        }
    }

    fn record_route(&self, method: &str, next: &Next) -> Option<String> {
        //= RFC 3261 §16.6
        if !matches!(method, "INVITE" | "SUBSCRIBE" | "REFER") {
            return None;
        }
        let transport = next.hop.map_or(Transport::Udp, |hop| hop.transport);
        let address = self.own_address(transport);
        let mut own = Uri::sip(None, &address.ip().to_string(), Some(address.port()));
        if transport.is_stream() {
            own.params.set("transport", Some(transport.name()));
        }
        match self.config.record_route {
            RecordRoute::Loose => own.params.set("lr", None),
            RecordRoute::Strict => {}
            RecordRoute::Absent => return None,
        }
        Some(format!("<{own}>"))
    }

    /// Takes away what was for this proxy alone.
    fn without_own_credentials(&self, draft: Draft, request: &Message) -> Draft {
        //= RFC 3261 §22.3
        if self.config.space.algorithms.is_empty() {
            return draft;
        }
        let is_own = |value: &str| {
            AuthParams::read(value).and_then(|it| it.get("realm")).as_deref()
                == Some(&self.config.space.realm)
        };
        let others = request.fields("Proxy-Authorization").filter(|field| !is_own(&field.value));
        others.fold(draft.remove("Proxy-Authorization"), |draft, field| {
            draft.add("Proxy-Authorization", &field.value)
        })
    }

    /// Whether `uri` names this proxy.
    fn is_ours(&self, uri: &Uri) -> bool {
        Hop::of(uri).is_some_and(|hop| hop.remote == self.own_address(hop.transport))
    }

    /// Whether `uri` is in a domain of this proxy.
    pub fn is_responsible(&self, uri: &Uri) -> bool {
        let named = self.config.domains.iter().any(|name| name.eq_ignore_ascii_case(&uri.host));
        matches!(uri.scheme, Scheme::Sip | Scheme::Sips) && (named || self.is_ours(uri))
    }
}

/// What tells a loop from a spiral: equal for requests that would be treated alike.
///
/// RFC 3261 §16.6 item 8 without the topmost `Via`, as RFC 5393 §4.2.1 has it.
pub fn mark(request: &Message) -> String {
    let mut text = request.request_uri().unwrap_or_default().to_owned();
    for name in ["From", "To", "Call-ID", "Route", "Proxy-Require", "Proxy-Authorization"] {
        for value in request.values(name) {
            text.push('\n');
            text.push_str(value);
        }
    }
    text.push_str(&request.cseq().map_or(0, |cseq| cseq.number).to_string());
    let hash = Algorithm::Md5.hash(&text);
    format!(".{}", hash.get(..12).unwrap_or_default())
}

/// The `q` of a contact in thousandths; 1 where it has none.
fn preference(contact: &NameAddr) -> u32 {
    let q = contact.params.get("q").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = (q.clamp(0.0, 1.0) * 1_000.0) as u32;
    thousandths
}

/// What a request without `Max-Forwards` gets: RFC 3261 §16.6 item 3.
const DEFAULT_MAX_FORWARDS: u8 = 70;
