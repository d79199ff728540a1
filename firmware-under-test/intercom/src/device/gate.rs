//! Whom the device serves, and what callers have to prove first: RFC 3261 §8.2.2.1 and §22.2.

use super::Device;
use crate::defects::Defect;
use crate::digest::Refusal;
use crate::sip::{Message, Start, Uri};

impl Device {
    /// What to answer a request whose sender has not proved who he is, where he has to.
    pub(super) fn gatekeep(&mut self, request: &Message) -> Option<Message> {
        let visitors = self.settings.visitors.clone()?;
        //= RFC 3261 §22.1
        let begins = request.tag("To").is_empty();
        if !begins || !matches!(request.method(), "INVITE" | "OPTIONS") {
            return None;
        }
        let realm = format!("intercom@{}", self.config.sip.ip());
        let callee = self.settings.callee.clone();
        let serves =
            |uri: &Uri| callee.as_ref().is_none_or(|callee| uri.user.as_ref() == Some(callee));
        let refusal = self.gate.check(&visitors, &realm, request, serves, &self.defects).err()?;
        let (tag, nonce) = (self.token(), self.token());
        let code = match refusal {
            Refusal::Malformed => 400,
            Refusal::Elsewhere => 404,
            Refusal::Unproven { .. } => 401,
        };
        let mut response = self.response(request, code, &tag);
        if let Refusal::Unproven { stale } = refusal
            && !self.defects.has(Defect::CHALLENGE_MISSING)
        {
            let challenges = self.gate.challenges(&visitors, &realm, &nonce, stale, &self.defects);
            for challenge in challenges {
                response.headers.push("WWW-Authenticate", challenge);
            }
        }
        Some(response)
    }

    /// Whether a request is for somebody whom the device takes none for.
    pub(super) fn is_for_another(&self, request: &Message) -> bool {
        let Start::Request { uri, .. } = &request.start else { return false };
        let user = Uri::parse(uri).and_then(|uri| uri.user);
        let callee = self.settings.callee.as_ref();
        request.tag("To").is_empty()
            && callee.is_some_and(|callee| user.as_ref() != Some(callee))
            && !self.defects.has(Defect::ANYBODY_SERVED)
    }
}
