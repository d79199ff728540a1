//! Being registered: sending what a [`Registration`] makes due.

use super::client::Client;
use super::{Phase, RequestSpec, Target, UserAgent};
use crate::proto::policy::{DialogUse, SessionSpec};
use crate::proto::registration::{Config, Registration};
use crate::time::Tick;
use crate::wire::edits::Edits;
use crate::wire::sip::Message;
use crate::wire::uri::Uri;

/// A registration of ours and what its requests have in common.
#[derive(Clone, Debug)]
pub(super) struct Registering {
    registration: Registration,
    from: String,
    call_id: String,
    /// The number of the last REGISTER.
    cseq: u32,
}

impl UserAgent {
    /// A user agent that can be registered as `config` has it, and is not yet.
    #[must_use]
    pub fn with_registration(mut self, config: Config) -> Self {
        let spec = spec(&config);
        let outline = self.fresh_outline(&spec, None);
        let contact = Uri::read(self.contact_in(&outline).trim_matches(['<', '>']));
        self.registering = Some(Registering {
            registration: Registration::new(config, contact),
            from: outline.from,
            call_id: outline.call_id,
            cseq: outline.cseq,
        });
        self
    }

    /// Registers, and refreshes from now on; does nothing without a registrar.
    pub fn register(&mut self, now: Tick) {
        if let Some(registering) = &mut self.registering {
            registering.registration.bind();
            self.send_register(now);
        }
    }

    /// Removes the binding if there may be one.
    pub fn unregister(&mut self, now: Tick) {
        let Some(registering) = &mut self.registering else { return };
        let before = registering.registration.state();
        registering.registration.release();
        if registering.registration.state() != before {
            self.send_register(now);
        }
    }

    /// The registration, where there is a registrar to register with.
    pub fn registration(&self) -> Option<&Registration> {
        self.registering.as_ref().map(|registering| &registering.registration)
    }

    pub(super) fn refresh_registration(&mut self, now: Tick) {
        let due = |registering: &mut Registering| registering.registration.handle_timeout(now);
        if self.phase == Phase::Scripted && self.registering.as_mut().is_some_and(due) {
            self.send_register(now);
        }
    }

    /// Takes the response to a REGISTER of the registration; returns whether it was one.
    pub(super) fn take_registered(
        &mut self,
        now: Tick,
        client: &Client,
        response: &Message,
    ) -> bool {
        let Some(registering) = self.registering.as_mut().filter(|own| own.sent(client)) else {
            return false;
        };
        let status = response.status().unwrap_or_default();
        // Only the response to the last REGISTER says how things stand.
        let latest = client.request.cseq().is_some_and(|cseq| cseq.number == registering.cseq);
        if latest && status >= 200 && registering.registration.handle_response(now, response) {
            self.send_register(now);
        }
        true
    }

    /// Takes the news that a request was not answered; returns whether it was a REGISTER of the
    /// registration.
    pub(super) fn take_registration_failure(&mut self, client: &Client) -> bool {
        let Some(registering) = self.registering.as_mut().filter(|own| own.sent(client)) else {
            return false;
        };
        registering.registration.handle_silence();
        true
    }

    fn send_register(&mut self, now: Tick) {
        let Some(registering) = &self.registering else { return };
        let spec = spec(registering.registration.config());
        let mut outline = self.fresh_outline(&spec, None);
        let cnonce = self.tokens.word();
        let Some(registering) = &mut self.registering else { return };
        //= RFC 3261 §10.2.4
        registering.cseq += 1;
        outline.cseq = registering.cseq;
        outline.from.clone_from(&registering.from);
        outline.call_id.clone_from(&registering.call_id);
        let expires = registering.registration.expires().to_string();
        let credentials = registering.registration.credentials(&cnonce);
        let mut draft = self.draft_request("REGISTER", &outline).add("Expires", &expires);
        for (name, value) in credentials {
            draft = draft.add(name, &value);
        }
        let client = self.send(now, draft, &spec, spec.target.hop, None);
        self.clients.push(client);
    }
}

impl Registering {
    /// Whether the request of `client` is one of this registration.
    fn sent(&self, client: &Client) -> bool {
        client.method == "REGISTER" && client.request.call_id() == Some(&self.call_id)
    }
}

fn spec(config: &Config) -> RequestSpec {
    RequestSpec {
        method: "REGISTER".to_owned(),
        target: Target { uri: config.uri.clone(), hop: config.hop },
        dialog: DialogUse::Outside,
        edits: Edits::default(),
        session: SessionSpec::Usual,
    }
}
