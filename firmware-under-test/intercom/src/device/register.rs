//! Registering: RFC 3261 §10.2.

use std::time::Duration;

use super::Device;
use super::outgoing::plain;
use super::session::Head;
use crate::defects::Defect;
use crate::digest::Challenge;
use crate::registration::{Phase, Registration, Wish};
use crate::sip::{Address, Message, Start, Uri};
use crate::transaction::Key;
use crate::transport::{Hop, Transport};

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
            challenge: None,
            answered: false,
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
        self.with_registration(key, |device, registration| match response.code() {
            0..200 => {}
            200..300 => device.handle_registered(now, registration, response),
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
        })
    }

    /// Takes the silence after a REGISTER.
    pub(super) fn handle_register_unanswered(&mut self, now: Duration, key: &Key) -> bool {
        self.with_registration(key, |device, registration| {
            device.log(now, "reg: failed no response");
            back_off(now, registration, None);
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
        let loops = self.defects.has(Defect::AUTH_LOOPS);
        registration.answered = loops && registration.answered;
        registration.too_brief = false;
        self.send_register(now, registration);
    }

    fn send_register(&mut self, now: Duration, registration: &mut Registration) {
        if !self.defects.has(Defect::REGISTER_CSEQ_STUCK) || registration.cseq == 0 {
            registration.cseq += 1;
        }
        if self.defects.has(Defect::REGISTER_NEW_CALL_ID) {
            registration.call_id = format!("{}@{}", self.token(), self.config.sip.ip());
        }
        let aor = registration.account.aor.clone();
        let Some(uri) = Uri::parse(&aor) else { return };
        let transport = uri.transport().unwrap_or(Transport::Udp);
        let Uri { scheme, host, .. } = &uri;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let aor = plain(&aor);
        let head = Head {
            from: format!("<{aor}>;tag={}", registration.tag),
            to: format!("<{aor}>"),
            call_id: registration.call_id.clone(),
            number: registration.cseq,
        };
        let domain = format!("{scheme}:{host}");
        let mut request = self.request("REGISTER", &domain, &[], transport, &head);
        let user = uri.user.as_deref().unwrap_or("intercom");
        let contact = self.own_uri(user, transport, uri.is_secure());
        request.headers.push("Contact", format!("<{contact}>"));
        let keeps = self.defects.has(Defect::UNREGISTER_KEEPS_EXPIRES);
        let expires = match registration.wish {
            Wish::Removed if !keeps => 0,
            Wish::Removed | Wish::Bound => registration.expires,
        };
        request.headers.push("Expires", expires.to_string());
        if let Some((challenge, count)) = &mut registration.challenge {
            *count += 1;
            let (challenge, count) = (challenge.clone(), *count);
            let account = registration.account.clone();
            let (name, value) = self.credentials(&account, challenge, &request, count);
            request.headers.push(name, value);
        }
        let hop = Hop::to(transport, registration.account.registrar);
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
        let own = contacts
            .iter()
            .filter_map(|contact| Address::parse(contact))
            .find(|contact| contact.uri.hop().is_some_and(|hop| self.is_own(hop)));
        let own = own.and_then(|own| own.params.get("expires").and_then(|v| v.parse().ok()));
        let all = || response.headers.get("Expires").and_then(|v| v.parse().ok());
        own.or_else(all).unwrap_or(registration.expires)
    }

    fn handle_challenge(
        &mut self,
        now: Duration,
        registration: &mut Registration,
        response: &Message,
    ) {
        let challenge = Challenge::strongest(response);
        let repeated = registration.answered;
        let Some(challenge) = challenge.filter(|c| {
            !repeated
                || (c.stale && registration.failures < 1)
                || self.defects.has(Defect::AUTH_LOOPS)
        }) else {
            self.handle_refusal(now, registration, response);
            return;
        };
        registration.failures += u32::from(repeated);
        registration.answered = true;
        registration.challenge = Some((challenge, 0));
        if repeated && self.defects.has(Defect::AUTH_LOOPS) {
            registration.phase = Phase::Waiting { retry: now + Duration::from_millis(100) };
        } else {
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
        registration.challenge = None;
        if matches!(code, 408 | 500..600) {
            let after = response.headers.get("Retry-After");
            let after = after.and_then(|v| v.split([' ', ';', '(']).next()?.parse().ok());
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
