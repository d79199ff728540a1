//! Dialogs: RFC 3261 §12.

use crate::defects::{Defect, Defects};
use crate::sip::{Address, Message, Uri};
use crate::transport::Hop;

/// One end of a dialog, early or confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    pub(crate) remote_tag: String,
    /// The device's From or To without its tag.
    pub(crate) local: String,
    /// The other side's From or To, tag and all.
    pub(crate) remote: String,
    /// Number of the device's latest request.
    pub(crate) local_cseq: u32,
    /// Number of the other side's latest request.
    pub(crate) remote_cseq: Option<u32>,
    /// Route values, nearest first.
    pub(crate) routes: Vec<String>,
    /// The remote target: a URI.
    pub(crate) target: String,
    /// Where the other side was last heard, for targets that are not addresses.
    pub(crate) hop: Hop,
    /// The device's own Contact.
    pub(crate) contact: String,
}

/// Where a request of a dialog goes.
pub(crate) struct Path {
    pub(crate) uri: String,
    pub(crate) routes: Vec<String>,
    pub(crate) hop: Hop,
}

impl Dialog {
    /// The callee's end of the dialog that `invite` begins.
    pub(crate) fn of_callee(
        invite: &Message,
        local_tag: String,
        hop: Hop,
        contact: String,
        defects: &Defects,
    ) -> Self {
        let from = invite.headers.get("From").unwrap_or_default();
        let text = |a: Option<Address>| a.map(|a| a.uri_text).unwrap_or_default();
        let remote = invite.headers.list("Contact").first().and_then(|v| Address::parse(v));
        let remote = remote.filter(|_| !defects.has(Defect::TARGET_IS_FROM));
        let target = if remote.is_some() { text(remote) } else { text(Address::parse(from)) };
        let mut routes = owned(invite.headers.list("Record-Route"));
        if routes.len() > 1 && defects.has(Defect::ROUTE_SET_UAS_REVERSED) {
            routes.reverse();
        }
        Self {
            call_id: invite.call_id().to_owned(),
            local_tag,
            remote_tag: invite.tag("From"),
            local: invite.headers.get("To").unwrap_or_default().to_owned(),
            remote: from.to_owned(),
            local_cseq: 0,
            remote_cseq: invite.cseq().map(|(number, _)| number),
            routes,
            target,
            hop,
            contact,
        }
    }

    /// Takes what a response to the caller's INVITE says about the other end.
    pub(crate) fn learn(&mut self, response: &Message, defects: &Defects) {
        let tag = response.tag("To");
        // Without a tag there is no early dialog; a 2xx confirms one with the tag null.
        if tag.is_empty() && response.code() < 200 {
            return;
        }
        let another = !self.remote_tag.is_empty() && self.remote_tag != tag;
        if another && defects.has(Defect::FORK_FIRST_KEPT) {
            return;
        }
        let confirms = self.remote_tag == tag && response.code() >= 200;
        self.remote_tag = tag;
        response.headers.get("To").unwrap_or_default().clone_into(&mut self.remote);
        //= RFC 3261 §12.1.2
        if !(confirms && !self.routes.is_empty() && defects.has(Defect::ROUTE_SET_OF_18X)) {
            self.reroute(response);
            if !(self.routes.len() > 1 && defects.has(Defect::ROUTE_SET_NOT_REVERSED)) {
                self.routes.reverse();
            }
        }
        if !(response.code() >= 200 && defects.has(Defect::TARGET_OF_2XX_IGNORED)) {
            self.refresh(response);
        }
    }

    /// Takes the Record-Route of a message for the route set, in its order.
    pub(crate) fn reroute(&mut self, message: &Message) {
        self.routes = owned(message.headers.list("Record-Route"));
    }

    /// Takes the remote target of a target refresh.
    pub(crate) fn refresh(&mut self, message: &Message) {
        let contact = message.headers.list("Contact").first().and_then(|v| Address::parse(v));
        if let Some(contact) = contact {
            self.target = contact.uri_text;
        }
    }

    /// Whether a request of the other side belongs to it.
    pub(crate) fn owns(&self, request: &Message) -> bool {
        request.call_id() == self.call_id
            && request.tag("To") == self.local_tag
            && request.tag("From") == self.remote_tag
    }

    /// Request-URI, routes and next hop of the device's next request.
    pub(crate) fn path(&self, method: &str, defects: &Defects) -> Path {
        let mut routes = self.routes.clone();
        if !routes.is_empty() && defects.has(Defect::ROUTE_SET_IGNORED) {
            routes.clear();
        }
        let mut uri = self.target.clone();
        //= RFC 3261 §12.2.1.1
        let first = routes.first().and_then(|route| Address::parse(route));
        let strict = first.as_ref().is_some_and(|f| f.uri.params.get("lr").is_none());
        match &first {
            Some(first) if first.uri.params.get("lr").is_some() => {
                let rewrites = defects.has(Defect::LOOSE_ROUTE_REWRITES);
                uri = if rewrites { first.uri_text.clone() } else { uri };
            }
            Some(_) if defects.has(Defect::STRICT_ROUTE_AS_LOOSE) => {}
            Some(first) => {
                routes.remove(0);
                if !defects.has(Defect::STRICT_ROUTE_LOSES_TARGET) {
                    routes.push(format!("<{uri}>"));
                }
                uri.clone_from(&first.uri_text);
            }
            None if method == "BYE" && defects.has(Defect::ROUTE_INVENTED) => {
                routes.push(format!("<{uri}>"));
            }
            None => {}
        }
        let first = first.filter(|_| !defects.has(Defect::ROUTE_NOT_FOLLOWED));
        let next = first.map(|first| first.uri).or_else(|| Uri::parse(&self.target));
        let mut hop = next.and_then(|next| next.hop()).unwrap_or(self.hop);
        if strict && defects.has(Defect::STRICT_ROUTER_BYPASSED) {
            hop = Uri::parse(&self.target).and_then(|target| target.hop()).unwrap_or(hop);
        }
        if !routes.is_empty() && defects.has(Defect::ROUTE_BARE) {
            let bare = |route: &String| route.split([';', '>']).next().map(|uri| format!("{uri}>"));
            routes = routes.iter().filter_map(bare).collect();
        }
        Path { uri, routes, hop }
    }
}

fn owned(values: Vec<&str>) -> Vec<String> {
    values.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Transport;

    fn dialog(routes: &[&str]) -> Dialog {
        let mut invite = Message::request("INVITE", "sip:door@192.0.2.1");
        for (name, value) in [
            ("From", "<sip:a@b>;tag=f"),
            ("To", "<sip:door@192.0.2.1>"),
            ("Call-ID", "x"),
            ("CSeq", "1 INVITE"),
            ("Contact", "<sip:a@192.0.2.2:5070>"),
        ] {
            invite.headers.push(name, value);
        }
        invite.headers.push("Record-Route", routes.join(", "));
        let hop = Hop::to(Transport::Udp, "192.0.2.9:5060".parse().unwrap());
        Dialog::of_callee(&invite, "t".into(), hop, String::new(), &Defects::default())
    }

    #[test]
    fn a_loose_route_keeps_the_target() {
        let path = dialog(&["<sip:192.0.2.3;lr>", "<sip:p@x>"]).path("BYE", &Defects::default());
        assert_eq!(path.uri, "sip:a@192.0.2.2:5070");
        assert_eq!(
            (path.routes.len(), path.hop.address.to_string().as_str()),
            (2, "192.0.2.3:5060")
        );
    }

    #[test]
    fn a_strict_route_takes_its_place() {
        let path = dialog(&["<sip:192.0.2.3>", "<sip:p@x;lr>"]).path("BYE", &Defects::default());
        assert_eq!(path.uri, "sip:192.0.2.3");
        assert_eq!(path.routes, ["<sip:p@x;lr>", "<sip:a@192.0.2.2:5070>"]);
    }

    #[test]
    fn without_routes_the_target_is_next() {
        let path = dialog(&[]).path("BYE", &Defects::default());
        assert_eq!(path.hop.address.to_string(), "192.0.2.2:5070");
    }
}
