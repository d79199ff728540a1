//! Writing messages.

use super::call::Call;
use super::default_answer::unsupported;
use super::reason::reason;
use super::server::Server;
use super::{RequestSpec, UserAgent};
use crate::proto::dialog::Outline;
use crate::proto::transport::Hop;
use crate::wire::Transport;
use crate::wire::builder::{Draft, Essentials};
use crate::wire::sip::{Message, NameAddr, Via};
use crate::wire::uri::{Scheme, Uri};

impl UserAgent {
    /// A request of `method` as `outline` has it, with what every request of ours says.
    pub(super) fn draft_request(&mut self, method: &str, outline: &Outline) -> Draft {
        let branch = self.tokens.word();
        self.draft_request_on(method, outline, &self.via(transport(outline), &branch))
    }

    /// The same in the transaction of `via`.
    pub(super) fn draft_request_on(&self, method: &str, outline: &Outline, via: &str) -> Draft {
        let Outline { uri, routes, from, to, call_id, cseq, .. } = outline;
        let essentials = Essentials {
            via: via.to_owned(),
            from: from.clone(),
            to: to.clone(),
            call_id: call_id.clone(),
            cseq: *cseq,
        };
        let mut draft = Draft::request(method, uri, &essentials);
        for route in routes {
            draft = draft.add("Route", route);
        }
        if CARRY_CONTACT.contains(&method) {
            draft = draft.add("Contact", &self.contact_in(outline));
        }
        if matches!(method, "INVITE" | "OPTIONS") {
            draft = draft.add("Allow", &self.allow()).add("Accept", SDP);
        }
        draft.add("User-Agent", PRODUCT)
    }

    /// What a request outside any dialog says; `tag` is for `To`, which should have none.
    pub(super) fn fresh_outline(&mut self, spec: &RequestSpec, tag: Option<&str>) -> Outline {
        let target = Uri::read(&spec.target.uri);
        let scheme = secured(&target);
        let ours = |host: &str| {
            let uri = Uri::sip(Some(&self.config.user), host, None);
            NameAddr::new(Uri { scheme: scheme.clone(), ..uri })
        };
        //= RFC 3261 §10.2
        let (from, to) = match spec.method.as_str() {
            "REGISTER" => (ours(&target.host), ours(&target.host)),
            _ => (ours(&self.host()), NameAddr::new(target)),
        };
        //= RFC 3261 §8.1.2
        let proxies = if spec.method == "REGISTER" { &[] } else { self.outbound.as_slice() };
        let routes = proxies.iter().map(preloaded).collect();
        let hop = proxies.first().copied().unwrap_or(spec.target.hop);
        let to = match tag {
            Some(tag) => to.with_tag(tag),
            None => to,
        };
        Outline {
            uri: spec.target.uri.clone(),
            hop: Some(hop),
            routes,
            from: from.with_tag(&self.tokens.word()).to_string(),
            to: to.to_string(),
            call_id: self.tokens.call_id(&self.host()),
            cseq: self.tokens.cseq(),
        }
    }

    /// A response of `status` to the request of `server`, with what every response of ours says.
    pub(super) fn draft_response(&self, status: u16, server: &Server) -> Draft {
        let request = &server.request;
        let mut draft = Draft::response(status, reason(status), request);
        if let Some(via) = &server.via {
            draft = draft.remove("Via");
            for value in request.values("Via").into_iter().skip(1).rev() {
                draft = draft.prepend("Via", value);
            }
            draft = draft.prepend("Via", &via.to_string());
        }
        //= RFC 3261 §8.2.6.1
        if status == 100 {
            return match request.header("Timestamp") {
                Some(timestamp) => draft.add("Timestamp", timestamp),
                None => draft,
            };
        }
        draft = draft.to_tag(&server.tag);
        //= RFC 3261 §12.1.1
        if server.method == "INVITE" && (101..300).contains(&status) {
            for value in request.values("Record-Route") {
                draft = draft.add("Record-Route", value);
            }
            let contact = self.contact(server.flow.hop.transport, request_scheme(request));
            draft = draft.add("Contact", &contact);
        }
        let success = (200..300).contains(&status);
        if status == 405 || (success && matches!(server.method.as_str(), "INVITE" | "OPTIONS")) {
            draft = draft.add("Allow", &self.allow());
        }
        if status == 415 || (success && server.method == "OPTIONS") {
            draft = draft.add("Accept", SDP);
        }
        if status == 420 {
            draft = draft.add("Unsupported", &unsupported(request).join(", "));
        }
        draft.add("Server", PRODUCT)
    }

    /// The `Via` of a new transaction over `transport`.
    pub(super) fn via(&self, transport: Transport, branch: &str) -> String {
        let port = Some(self.port(transport));
        Via::new(transport.in_via(), &self.bracketed(), port, branch).to_string()
    }

    /// What this user agent is called in a request that goes like this.
    pub(super) fn contact_in(&self, outline: &Outline) -> String {
        self.contact(transport(outline), outline_scheme(outline))
    }

    /// What this user agent is called where one asks for an address, to be reached over `transport`.
    fn contact(&self, transport: Transport, scheme: Scheme) -> String {
        // A `sips` URI says TLS by itself, at the port of TLS.
        let transport = if scheme == Scheme::Sips { Transport::Tls } else { transport };
        let port = Some(self.port(transport));
        let mut uri = Uri::sip(Some(&self.config.user), &self.host(), port);
        if transport.is_stream() && scheme != Scheme::Sips {
            uri.params.set("transport", Some(transport.name()));
        }
        NameAddr::new(Uri { scheme, ..uri }).to_string()
    }

    const fn port(&self, transport: Transport) -> u16 {
        match transport {
            Transport::Udp | Transport::Tcp => self.config.sip.port(),
            Transport::Tls => self.config.tls.port(),
        }
    }

    /// What a request of ours in `call` says.
    pub(super) fn outline_in(call: &Call) -> Outline {
        let outline = call.dialog.next_request();
        Outline { hop: outline.hop.or(Some(call.peer)), ..outline }
    }

    pub(super) fn allow(&self) -> String {
        match self.registrar {
            Some(_) => format!("{METHODS}, REGISTER"),
            None => METHODS.to_owned(),
        }
    }

    fn host(&self) -> String {
        self.config.sip.ip().to_string()
    }

    fn bracketed(&self) -> String {
        match self.config.sip.ip() {
            ip if ip.is_ipv6() => format!("[{ip}]"),
            ip => ip.to_string(),
        }
    }
}

/// The `Route` value of a proxy that a request has to go through.
fn preloaded(proxy: &Hop) -> String {
    let mut uri = Uri::sip(None, &proxy.remote.ip().to_string(), Some(proxy.remote.port()));
    if proxy.transport.is_stream() {
        uri.params.set("transport", Some(proxy.transport.name()));
    }
    uri.params.set("lr", None);
    format!("<{uri}>")
}

/// The transport of a request's next hop.
fn transport(outline: &Outline) -> Transport {
    outline.hop.map_or(Transport::Udp, |hop| hop.transport)
}

/// `sips` where `uri` is, else `sip`.
fn secured(uri: &Uri) -> Scheme {
    if uri.scheme == Scheme::Sips { Scheme::Sips } else { Scheme::Sip }
}

/// The scheme of our `Contact` in a request.
fn outline_scheme(outline: &Outline) -> Scheme {
    //= RFC 3261 §8.1.1.8
    let route = outline.routes.first().and_then(|route| NameAddr::read(route));
    let uri = Uri::read(&outline.uri);
    let asks = route.filter(|_| uri.scheme != Scheme::Sips).map_or(uri, |route| route.uri);
    secured(&asks)
}

/// The scheme of our `Contact` in a response that makes a dialog.
fn request_scheme(request: &Message) -> Scheme {
    //= RFC 3261 §12.1.1
    let top = request.record_routes().into_iter().next();
    let top = top.or_else(|| request.contacts().into_iter().next());
    let uri = request.request_uri().map(Uri::read).filter(|uri| uri.scheme == Scheme::Sips);
    uri.or_else(|| top.map(|top| top.uri)).map_or(Scheme::Sip, |uri| secured(&uri))
}

/// The media type of session descriptions.
pub(super) const SDP: &str = "application/sdp";

/// The methods that a user agent answers with something else than 405.
const METHODS: &str = "INVITE, ACK, CANCEL, OPTIONS, BYE, INFO, MESSAGE, PRACK, UPDATE";

/// The methods that make dialogs or refresh targets, and OPTIONS: RFC 3261 §20 Table 3.
const CARRY_CONTACT: [&str; 7] =
    ["INVITE", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "REFER", "UPDATE"];

const PRODUCT: &str = concat!("ringtrue/", env!("CARGO_PKG_VERSION"));
