//! Dialogs: RFC 3261 §12.

use crate::proto::transport::Hop;
use crate::wire::sip::{Message, NameAddr};
use crate::wire::uri::Uri;

/// Where a dialog stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// A provisional response with a To tag made it.
    Early,
    /// A 2xx made or confirmed it.
    Confirmed,
    /// A BYE, a failure of its INVITE, or a 481 ended it.
    Terminated,
}

/// Which side of its first INVITE our end was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// We sent it.
    Uac,
    /// The peer sent it.
    Uas,
}

/// A peer-to-peer relation between our end and one other.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialog {
    /// Where it stands.
    pub state: State,
    /// Which side we were when it began.
    pub side: Side,
    call_id: String,
    /// Our address, with our tag.
    local: NameAddr,
    /// The peer's address, with its tag where it gave one.
    remote: NameAddr,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    target: Uri,
    routes: Vec<NameAddr>,
}

impl Dialog {
    /// The dialog that `response` to our `request` makes: RFC 3261 §12.1.2.
    ///
    /// `None` if either lacks what identifies a dialog. A response without `Contact`, which is a
    /// defect of its own, leaves the Request-URI as the remote target.
    pub fn as_uac(request: &Message, response: &Message) -> Option<Self> {
        let mut this = Self {
            state: State::Early,
            side: Side::Uac,
            call_id: request.call_id()?.to_owned(),
            local: request.from()?,
            remote: response.to().filter(|to| to.tag().is_some())?,
            local_cseq: request.cseq()?.number,
            remote_cseq: None,
            target: Uri::read(request.request_uri()?),
            routes: Vec::new(),
        };
        this.learn(response);
        Some(this)
    }

    /// The dialog that our response with `tag` to the peer's `request` makes: RFC 3261 §12.1.1.
    ///
    /// `None` if the request lacks what identifies a dialog.
    pub fn as_uas(request: &Message, tag: &str) -> Option<Self> {
        let remote = request.from()?;
        Some(Self {
            state: State::Early,
            side: Side::Uas,
            call_id: request.call_id()?.to_owned(),
            local: request.to()?.with_tag(tag),
            target: contact(request).unwrap_or_else(|| remote.uri.clone()),
            remote,
            local_cseq: 0,
            remote_cseq: Some(request.cseq()?.number),
            routes: request.record_routes(),
        })
    }

    /// Takes route set and remote target from a response to the INVITE that made the dialog.
    ///
    /// The 2xx has the last word: RFC 3261 §13.2.2.4.
    pub fn learn(&mut self, response: &Message) {
        self.routes = response.record_routes();
        self.routes.reverse();
        self.refresh_target(response);
    }

    /// Takes the remote target from a target refresh request or its 2xx: RFC 3261 §12.2.
    pub fn refresh_target(&mut self, message: &Message) {
        if let Some(target) = contact(message) {
            self.target = target;
        }
    }

    /// Whether the peer may send this sequence number now; remembers it if so.
    pub fn accept_cseq(&mut self, number: u32) -> bool {
        //= RFC 3261 §12.2.2
        let accepted = self.remote_cseq.is_none_or(|last| number > last);
        if accepted {
            self.remote_cseq = Some(number);
        }
        accepted
    }

    /// Remembers the number of a request that we have sent in the dialog.
    pub const fn note_sent(&mut self, number: u32) {
        if number > self.local_cseq {
            self.local_cseq = number;
        }
    }

    /// What our next request in the dialog says; for an ACK or CANCEL set its own number.
    pub fn next_request(&self) -> Outline {
        let mut routes: Vec<String> = self.routes.iter().map(ToString::to_string).collect();
        //= RFC 3261 §12.2.1.1
        let (uri, hop) = match self.routes.first() {
            None => (self.target.to_string(), &self.target),
            Some(first) if first.uri.params.has("lr") => (self.target.to_string(), &first.uri),
            Some(first) => {
                routes.remove(0);
                routes.push(format!("<{}>", self.target));
                (first.uri.to_string(), &first.uri)
            }
        };
        Outline {
            uri,
            hop: Hop::of(hop),
            routes,
            from: self.local.to_string(),
            to: self.remote.to_string(),
            call_id: self.call_id.clone(),
            cseq: self.local_cseq + 1,
        }
    }

    /// Whether `request` from the peer is inside this dialog.
    pub fn holds_request(&self, request: &Message) -> bool {
        self.is(request, request.to().as_ref(), request.from().as_ref())
    }

    /// Whether `response` from the peer is inside this dialog.
    pub fn holds_response(&self, response: &Message) -> bool {
        self.is(response, response.from().as_ref(), response.to().as_ref())
    }

    /// The tag that our end has.
    pub fn local_tag(&self) -> String {
        self.local.tag().unwrap_or_default().into_owned()
    }

    fn is(&self, message: &Message, local: Option<&NameAddr>, remote: Option<&NameAddr>) -> bool {
        let tag = |address: Option<&NameAddr>| {
            address.and_then(NameAddr::tag).unwrap_or_default().into_owned()
        };
        message.call_id() == Some(&self.call_id)
            && tag(local) == self.local_tag()
            //= RFC 3261 §12.2.2
            && tag(remote) == tag(Some(&self.remote))
    }
}

/// What a request says because of where it belongs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outline {
    /// The Request-URI.
    pub uri: String,
    /// Where the message goes, if that is an address and not a name.
    pub hop: Option<Hop>,
    /// The `Route` values.
    pub routes: Vec<String>,
    /// The `From` value.
    pub from: String,
    /// The `To` value.
    pub to: String,
    /// The `Call-ID`.
    pub call_id: String,
    /// The sequence number.
    pub cseq: u32,
}

fn contact(message: &Message) -> Option<Uri> {
    message.contacts().into_iter().next().map(|contact| contact.uri)
}

#[cfg(test)]
mod tests;
