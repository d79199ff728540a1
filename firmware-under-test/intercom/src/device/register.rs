//! Registering: RFC 3261 §10.2.

use std::time::Duration;

use super::Device;
use super::departures::{REGISTER, depart};
use super::outgoing::plain;
use super::session::Head;
use crate::defects::Defect;
use crate::digest::{Keyring, Outcome};
use crate::registration::{Learned, Phase, Registration, Wish};
use crate::sip::{Address, Message, Start, Uri};
use crate::transaction::Key;

impl Device {
    /// Registers the stored account, if there is one, after removing the binding of any other.
    pub(super) fn register_account(&mut self, now: Duration) {
        for mut old in std::mem::take(&mut self.registrations) {
            if old.wish == Wish::Removed {
                self.registrations.push(old);
            } else if matches!(old.phase, Phase::Bound { .. } | Phase::Asked(_)) {
                old.wish = Wish::Removed;
                self.send_register(now, &mut old);
                self.registrations.push(old);
            }
        }
        let Some(account) = self.settings.account.clone() else { return };
        let mut new = Registration {
            expires: account.expires,
            account,
            phase: Phase::Gone,
            wish: Wish::Bound,
            call_id: format!("{}@{}", self.token(), self.config.sip.ip()),
            tag: self.token(),
            cseq: 0,
            keyring: Keyring::default(),
            learned: Learned::default(),
            service_route: Vec::new(),
            redirected: None,
            failures: 0,
            too_brief: false,
        };
        self.send_register(now, &mut new);
        self.registrations.push(new);
    }

    pub(super) fn handle_registration_timeouts(&mut self, now: Duration) {
        for mut registration in std::mem::take(&mut self.registrations) {
            match registration.phase {
                Phase::Bound { refresh } if refresh <= now => {
                    self.log(now, "reg: refreshing");
                    self.start_attempt(now, &mut registration);
                }
                Phase::Waiting { retry } if retry <= now => {
                    self.start_attempt(now, &mut registration);
                }
                Phase::Asked(_) if registration.learned.impatient.is_some_and(|at| at <= now) => {
                    self.start_attempt(now, &mut registration);
                }
                Phase::Asked(_)
                | Phase::Bound { .. }
                | Phase::Waiting { .. }
                | Phase::Failed
                | Phase::Gone => {}
            }
            if registration.phase != Phase::Gone {
                self.registrations.push(registration);
            }
        }
    }

    /// Takes a response if it is to a REGISTER.
    pub(super) fn handle_register_response(
        &mut self,
        now: Duration,
        key: &Key,
        response: &Message,
    ) -> bool {
        self.with_registration(key, |device, registration| {
            device.handle_register_answer(now, registration, response);
        })
    }

    fn handle_register_answer(
        &mut self,
        now: Duration,
        registration: &mut Registration,
        response: &Message,
    ) {
        if self.defects.has(Defect::REGISTRAR_HUNG_UP_ON) {
            self.connections.close_to(registration.account.registrar);
        }
        let device = self;
        match response.code() {
            0..200 => {}
            200..300 => device.handle_registered(now, registration, response),
            300..=399 => device.handle_redirection(now, registration, response),
            401 | 407 => device.handle_challenge(now, registration, response),
            //= RFC 3261 §10.2.8
            423 if !registration.too_brief => {
                registration.too_brief = true;
                if !device.defects.has(Defect::IGNORES_MIN_EXPIRES) {
                    let least = response.headers.get("Min-Expires").and_then(|v| v.parse().ok());
                    registration.expires = least.unwrap_or(registration.expires);
                }
                device.send_register(now, registration);
            }
            _ => device.handle_refusal(now, registration, response),
        }
    }

    /// Takes the silence after a REGISTER.
    pub(super) fn handle_register_unanswered(&mut self, now: Duration, key: &Key) -> bool {
        self.with_registration(key, |device, registration| {
            device.log(now, "reg: failed no response");
            let at_once = device.defects.has(Defect::REGISTER_RETRIED_AT_ONCE);
            back_off(now, registration, at_once.then_some(0));
        })
    }

    fn with_registration(
        &mut self,
        key: &Key,
        act: impl FnOnce(&mut Self, &mut Registration),
    ) -> bool {
        let asked = |r: &Registration| matches!(&r.phase, Phase::Asked(asked) if asked == key);
        let Some(at) = self.registrations.iter().position(asked) else { return false };
        let mut registration = self.registrations.remove(at);
        act(self, &mut registration);
        if registration.phase != Phase::Gone {
            self.registrations.insert(at, registration);
        }
        true
    }

    fn start_attempt(&mut self, now: Duration, registration: &mut Registration) {
        registration.keyring.begin();
        registration.too_brief = false;
        registration.redirected = None;
        self.send_register(now, registration);
    }

    fn send_register(&mut self, now: Duration, registration: &mut Registration) {
        if !self.defects.has(Defect::REGISTER_CSEQ_STUCK) || registration.cseq == 0 {
            registration.cseq += 1;
        }
        let leaving = registration.wish == Wish::Removed;
        if self.defects.has(Defect::REGISTER_NEW_CALL_ID)
            || (leaving && self.defects.has(Defect::UNREGISTER_NEW_CALL_ID))
        {
            registration.call_id = format!("{}@{}", self.token(), self.config.sip.ip());
        }
        let aor = registration.account.aor.clone();
        let Some(uri) = Uri::parse(&aor) else { return };
        let mut hop = registration.account.hop();
        if let Some(home) = uri.hop()
            && self.defects.has(Defect::CONFIGURED_REGISTRAR_IGNORED)
        {
            hop = home;
        }
        let transport = hop.transport;
        let Uri { scheme, host, .. } = &uri;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let aor = plain(&aor);
        let (mut from, mut to) = (aor.clone(), aor.clone());
        if self.defects.has(Defect::REGISTER_FROM_ANOTHER) {
            from = format!("sip:intercom@{host}");
        }
        if self.defects.has(Defect::REGISTER_TO_TEL) {
            "tel:+15555550100".clone_into(&mut to);
        }
        let bare = from.contains(',') && self.defects.has(Defect::FROM_WITHOUT_BRACKETS);
        let (open, close) = if bare { ("", "") } else { ("<", ">") };
        let head = Head {
            from: format!("{open}{from}{close};tag={}", registration.tag),
            to: format!("{open}{to}{close}"),
            call_id: registration.call_id.clone(),
            number: registration.cseq,
        };
        let domain = if self.defects.has(Defect::REGISTER_URI_WITH_USER) {
            aor.clone()
        } else {
            format!("{scheme}:{host}")
        };
        let redirected = registration.redirected.clone();
        let uri_of_contact = redirected.as_ref().map(|(uri, _)| uri.clone());
        let kept = self.defects.has(Defect::REGISTER_REDIRECT_KEEPS_URI);
        let domain = uri_of_contact.filter(|_| !kept).unwrap_or(domain);
        let routes = &registration.learned.routes;
        let mut request = self.request("REGISTER", &domain, routes, transport, &head);
        let user = uri.user.as_deref().unwrap_or("intercom");
        let secure = uri.is_secure() && !self.defects.has(Defect::CONTACT_OF_SIPS_AOR);
        let own = self.own_uri(user, transport, secure);
        let expires = match registration.wish {
            Wish::Removed if self.defects.has(Defect::UNREGISTER_STAR_EXPIRES) => 60,
            Wish::Removed if !self.defects.has(Defect::UNREGISTER_KEEPS_EXPIRES) => 0,
            Wish::Removed | Wish::Bound => registration.expires,
        };
        request.headers.push("Contact", self.bound_contact(&own, registration));
        for other in &registration.learned.others {
            request.headers.push("Contact", other.as_str());
        }
        let other =
            registration.wish == Wish::Bound && self.defects.has(Defect::OTHER_EXPIRY_ASKED);
        let expires = if other { expires * 2 } else { expires };
        request.headers.push("Expires", expires.to_string());
        //= RFC 3327 §5.1
        request.headers.push("Supported", self.supported());
        depart(&self.defects, REGISTER, &mut request);
        let account = registration.account.clone();
        self.authenticate(&account, &mut registration.keyring, &mut request);
        registration.learned.impatient = (!leaving && self.defects.has(Defect::REGISTER_IMPATIENT))
            .then(|| now + Duration::from_secs(4));
        if registration.status() == "registered" && self.defects.has(Defect::REFRESH_ELSEWHERE) {
            hop.address.set_port(5099);
        }
        let hop = redirected.map_or(hop, |(_, hop)| hop);
        registration.phase = Phase::Asked(self.send_request(now, request, hop));
    }

    fn handle_registered(
        &mut self,
        now: Duration,
        registration: &mut Registration,
        response: &Message,
    ) {
        registration.failures = 0;
        if registration.wish == Wish::Removed {
            self.log(now, "reg: unregistered");
            registration.phase = Phase::Gone;
            return;
        }
        self.learn(registration, response);
        self.learn_time(now, response);
        //= RFC 3608 §6.1
        let mut routes = response.headers.list("Service-Route");
        if self.defects.has(Defect::SERVICE_ROUTE_REVERSED) {
            routes.reverse();
        }
        registration.service_route = routes.into_iter().map(str::to_owned).collect();
        let granted = self.granted(registration, response);
        self.log(now, &format!("reg: registered for {granted} s"));
        let span = Duration::from_secs(u64::from(granted));
        let refresh = if self.defects.has(Defect::REFRESH_LATE) {
            span + Duration::from_secs(2)
        } else {
            // Early enough that a lost request is repeated in time.
            span * 4 / 5
        };
        registration.phase = Phase::Bound { refresh: now + refresh.max(Duration::from_secs(1)) };
    }

    /// The expiry that the registrar granted: of the device's own Contact, or of all.
    fn granted(&self, registration: &Registration, response: &Message) -> u32 {
        let contacts = response.headers.list("Contact");
        let contacts: Vec<_> = contacts.iter().filter_map(|c| Address::parse(c)).collect();
        let mut own = contacts.iter().find(|contact| self.is_own_contact(contact));
        if contacts.len() > 1 && self.defects.has(Defect::GRANT_OF_ANOTHER_CONTACT) {
            own = contacts.last();
        }
        let own = own.and_then(|own| own.params.get("expires"));
        let all = || match response.headers.get("Expires") {
            Some(_) if self.defects.has(Defect::EXPIRES_HEADER_IGNORED) => None,
            all => all,
        };
        let Some(text) = own.or_else(all) else { return registration.expires };
        //= RFC 3261 §10.2
        text.parse().unwrap_or(MALFORMED_EXPIRES)
    }

    /// The Contact that a REGISTER binds or removes.
    fn bound_contact(&self, uri: &str, registration: &Registration) -> String {
        let leaving = registration.wish == Wish::Removed;
        if leaving && self.defects.has(Defect::UNREGISTER_STAR_EXPIRES) {
            return "*".to_owned();
        }
        let own = format!("<{uri}>");
        if registration.cseq > 1 && self.defects.has(Defect::REFRESH_MOVES_CONTACT) {
            return own.replacen("sip:", "sip:new-", 1);
        }
        let q = self.settings.preference.as_ref();
        let q = q.filter(|_| !self.defects.has(Defect::PREFERENCE_LEFT_OUT));
        let own = q.map_or(own.clone(), |q| format!("{own};q={q}"));
        let action = self.defects.has(Defect::CONTACT_WITH_ACTION);
        if action { format!("{own};action=proxy") } else { own }
    }

    /// Keeps of a 2xx what only a device with a defect has use for.
    fn learn(&self, registration: &mut Registration, response: &Message) {
        let routes = response.headers.list("Record-Route");
        if !routes.is_empty() && self.defects.has(Defect::REGISTER_LEARNS_ROUTE) {
            registration.learned.routes = routes.into_iter().map(str::to_owned).collect();
        }
        let mut others = response.headers.list("Contact");
        others
            .retain(|other| Address::parse(other).is_none_or(|other| !self.is_own_contact(&other)));
        if !others.is_empty() && self.defects.has(Defect::REFRESH_OF_ALL_BINDINGS) {
            registration.learned.others = others.into_iter().map(str::to_owned).collect();
        }
    }

    fn is_own_contact(&self, contact: &Address) -> bool {
        //= RFC 3261 §19.1.4
        let headers =
            contact.uri_text.contains('?') && !self.defects.has(Defect::URI_HEADERS_NOT_COMPARED);
        !headers && contact.uri.hop().is_some_and(|hop| self.is_own(hop))
    }

    /// Sends the REGISTER where a 3xx says, once for each attempt.
    //= RFC 3261 §8.1.3.4
    fn handle_redirection(
        &mut self,
        now: Duration,
        registration: &mut Registration,
        response: &Message,
    ) {
        let contact = response.headers.list("Contact").first().and_then(|c| Address::parse(c));
        let target = contact.and_then(|contact| Some((contact.uri.hop()?, contact.uri_text)));
        match target {
            Some((hop, uri))
                if registration.redirected.is_none()
                    && self.own_address(hop.transport).is_some()
                    && !self.defects.has(Defect::REGISTER_REDIRECT_IGNORED) =>
            {
                registration.redirected = Some((uri, hop));
                self.send_register(now, registration);
            }
            _ => self.handle_refusal(now, registration, response),
        }
    }

    /// The routes that a registrar has given requests of the device's address of record.
    pub(super) fn service_route(&self) -> Vec<String> {
        let account = self.settings.account.as_ref();
        let of = |registration: &&Registration| {
            registration.wish == Wish::Bound && Some(&registration.account) == account
        };
        self.registrations.iter().find(of).map(|r| r.service_route.clone()).unwrap_or_default()
    }

    fn handle_challenge(
        &mut self,
        now: Duration,
        registration: &mut Registration,
        response: &Message,
    ) {
        let old = registration.keyring.clone();
        if registration.keyring.take(response, &self.defects) == Outcome::Rejected {
            self.handle_refusal(now, registration, response);
        } else if registration.keyring.is_tried() && self.defects.has(Defect::AUTH_LOOPS) {
            registration.phase = Phase::Waiting { retry: now + Duration::from_millis(100) };
        } else {
            if old.is_used() && self.defects.has(Defect::REGISTER_NONCE_KEPT) {
                registration.keyring = old;
            }
            if self.defects.has(Defect::CHALLENGED_REGISTER_NEW_CALL_ID) {
                registration.call_id = format!("{}@{}", self.token(), self.config.sip.ip());
            }
            self.send_register(now, registration);
        }
    }

    fn handle_refusal(
        &mut self,
        now: Duration,
        registration: &mut Registration,
        response: &Message,
    ) {
        let Start::Response { code, reason } = &response.start else { return };
        self.log(now, &format!("reg: failed {code} {reason}"));
        registration.keyring.clear();
        if !self.defects.has(Defect::SERVICE_ROUTE_KEPT) {
            registration.service_route.clear();
        }
        if (400..500).contains(code) && self.defects.has(Defect::REFUSED_REGISTER_REPEATED) {
            registration.phase = Phase::Waiting { retry: now + Duration::from_secs(1) };
            return;
        }
        if matches!(code, 408 | 500..600) {
            let after = response.headers.get("Retry-After");
            let after = after.and_then(|v| v.split([' ', ';', '(']).next()?.parse().ok());
            let after = after.filter(|_| !self.defects.has(Defect::RETRY_AFTER_IGNORED));
            back_off(now, registration, after);
        } else {
            registration.phase = match registration.wish {
                Wish::Bound => Phase::Failed,
                Wish::Removed => Phase::Gone,
            };
        }
    }
}

/// Tries again later, each time twice as late; a binding that cannot be removed is left to expire.
fn back_off(now: Duration, registration: &mut Registration, after: Option<u64>) {
    if registration.wish == Wish::Removed {
        registration.phase = Phase::Gone;
        return;
    }
    let doubled = 5 * 2_u64.pow(registration.failures.min(6));
    registration.failures += 1;
    let retry = now + Duration::from_secs(after.unwrap_or(doubled).min(3600));
    registration.phase = Phase::Waiting { retry };
}

/// What a malformed expiry is taken for, in seconds.
const MALFORMED_EXPIRES: u32 = 3_600;
