//! Changing a session, or a dialog that is not yet confirmed, without a user: RFC 3311.

use std::time::Duration;

use super::Device;
use super::incoming::METHODS;
use crate::call::{Call, Phase};
use crate::defects::Defect;
use crate::provisional::Said;
use crate::sip::Message;
use crate::transaction::Key;

impl Device {
    //= RFC 3311 §5.2
    pub(super) fn handle_update(
        &mut self,
        now: Duration,
        key: &Key,
        call: &mut Call,
        request: &Message,
    ) {
        let offers = !request.body.is_empty();
        let offered = call.reinvite.is_some()
            || matches!(call.phase, Phase::Calling { .. })
            || call.unacked.as_ref().is_some_and(|unacked| unacked.offered)
            || call.provisionals.said == Said::Offered;
        if offers && offered && !self.defects.has(Defect::UPDATE_GLARE_ACCEPTED) {
            self.refuse(now, key, request, 491);
            return;
        }
        let waiting = matches!(call.phase, Phase::Offered { .. } | Phase::Ringing { .. })
            && call.provisionals.said == Said::Nothing;
        if offers && waiting && !self.defects.has(Defect::UPDATE_EARLY_ACCEPTED) {
            let mut response = self.not_now(request);
            if self.defects.has(Defect::UPDATE_500_WITHOUT_RETRY_AFTER) {
                response.headers.remove("Retry-After");
            }
            self.transactions.respond(now, key, &response);
            return;
        }
        let holds = request.body.windows(b"a=sendonly".len()).any(|window| window == b"a=sendonly");
        if holds && self.defects.has(Defect::UPDATE_ASKS_USER) {
            return;
        }
        let local = call.local.next(&self.settings);
        match self.answer_to(request, &local) {
            Err(mut refusal) => {
                if self.defects.has(Defect::UPDATE_REFUSAL_WITHOUT_WARNING) {
                    refusal.headers.remove("Warning");
                }
                self.transactions.respond(now, key, &refusal);
            }
            Ok(answer) => {
                if !self.defects.has(Defect::UPDATE_TARGET_IGNORED) {
                    call.dialog.refresh(request);
                }
                let mut response = self.response(request, 200, &call.dialog.local_tag);
                response.headers.push("Contact", call.dialog.contact.as_str());
                response.headers.push("Allow", METHODS.join(", "));
                let mute = answer.is_some() && self.defects.has(Defect::UPDATE_WITHOUT_ANSWER);
                let agreed = answer.map(|(body, agreed)| {
                    if !mute {
                        response.headers.push("Content-Type", "application/sdp");
                        response.body = body.into_bytes();
                    }
                    agreed
                });
                self.transactions.respond(now, key, &response);
                if let Some(agreed) = agreed {
                    call.local = local;
                    self.change_media(now, call, request, agreed);
                }
            }
        }
    }
}
