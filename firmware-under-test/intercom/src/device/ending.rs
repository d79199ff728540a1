//! The end of a call: CANCEL and BYE, from either side.

use std::time::Duration;

use super::Device;
use super::misprint::misprint;
use crate::call::{Call, Phase};
use crate::defects::Defect;
use crate::sip::Message;
use crate::transaction::Key;

impl Device {
    /// Hangs up, rejects or gives up the call, whichever fits.
    pub(super) fn hang_up(&mut self, now: Duration, call: &mut Call) {
        match call.phase {
            Phase::Offered { .. } | Phase::Ringing { .. } => {
                if self.defects.has(Defect::BYE_ON_EARLY) {
                    self.leave(now, call);
                }
                self.decline(now, call, 486);
                self.end(now, call, "rejected");
            }
            Phase::Calling { .. } => self.give_up(now, call, "cancelled"),
            //= RFC 3261 §15
            Phase::InCall
                if call.unacked.is_some()
                    && !self.defects.has(Defect::BYE_BEFORE_ACK)
                    && !self.defects.has(Defect::HANGUP_WITHOUT_BYE) =>
            {
                self.stop_media(now, call);
                self.log(now, "call: ended hung up");
                call.phase = Phase::Closing;
            }
            Phase::InCall => {
                let called = call.invite.tag("From") == call.dialog.local_tag;
                if called && self.defects.has(Defect::CANCEL_AFTER_ANSWER) {
                    self.send_cancel(now, call);
                }
                let silent = !called
                    && call.invite.headers.get("Allow").is_none()
                    && self.defects.has(Defect::SILENT_WITHOUT_ALLOW);
                if !silent && !self.defects.has(Defect::HANGUP_WITHOUT_BYE) {
                    self.leave(now, call);
                }
                self.end(now, call, "hung up");
            }
            Phase::Cancelled { .. } | Phase::Closing | Phase::Leaving | Phase::Over => {}
        }
    }

    /// Sends the BYE of a call, which is over when that is answered.
    pub(super) fn leave(&mut self, now: Duration, call: &mut Call) {
        call.bye = Some(self.send_bye(now, call));
        call.phase = Phase::Leaving;
    }

    /// Takes the end of the device's own BYE: its final response, or that none came.
    //= RFC 3261 §15.1.1
    pub(super) fn left(&mut self, call: &mut Call, code: Option<u16>) {
        let stays = match code {
            None => self.defects.has(Defect::BYE_TIMEOUT_STAYS),
            Some(481) => self.defects.has(Defect::BYE_481_STAYS),
            Some(408) => self.defects.has(Defect::BYE_408_STAYS),
            Some(_) => false,
        };
        call.phase = if stays { Phase::InCall } else { Phase::Over };
    }

    pub(super) fn send_bye(&mut self, now: Duration, call: &mut Call) -> Key {
        if !self.defects.has(Defect::BYE_WRONG_CSEQ) {
            call.dialog.local_cseq += 1;
        }
        if !call.is_ours() && self.defects.has(Defect::CALLEE_CSEQ_TOO_LARGE) {
            call.dialog.local_cseq = 1 << 31;
        }
        let number = call.dialog.local_cseq.max(1);
        let (mut bye, path) = self.dialog_request("BYE", &call.dialog, number);
        misprint(&self.defects, &mut bye);
        self.send_request(now, bye, path.hop)
    }

    //= RFC 3261 §9.2
    pub(super) fn handle_cancel(&mut self, now: Duration, key: &Key, cancel: &Message) {
        if self.defects.has(Defect::CANCEL_CHALLENGED) {
            let tag = self.token();
            let mut response = self.response(cancel, 401, &tag);
            let challenge = "Digest realm=\"intercom\", nonce=\"0\", qop=\"auth\"";
            response.headers.push("WWW-Authenticate", challenge);
            self.respond(now, key, response);
            return;
        }
        let required = cancel.headers.get("Require").is_some();
        if required && self.defects.has(Defect::CANCEL_REQUIRE_MINDED) {
            self.refuse(now, key, cancel, 420);
            return;
        }
        if self.wrongly_minded(cancel).is_some() {
            self.refuse(now, key, cancel, 400);
            return;
        }
        let Some(invite) = self.transactions.cancelled_by(cancel) else {
            if self.calls.iter().all(|call| call.dialog.call_id != cancel.call_id()) {
                if self.defects.has(Defect::STRAY_CANCEL_SILENT) {
                    return;
                }
            } else if self.defects.has(Defect::STRAY_CANCEL_200) {
                self.refuse(now, key, cancel, 200);
                return;
            }
            self.refuse(now, key, cancel, 481);
            return;
        };
        let call = self.calls.iter().find(|call| call.key == invite);
        let tag = call.map(|call| call.dialog.local_tag.clone());
        let tag = tag.filter(|_| !self.defects.has(Defect::CANCEL_OTHER_TAG));
        let tag = tag.unwrap_or_else(|| self.token());
        if !self.defects.has(Defect::CANCEL_UNANSWERED) {
            let response = self.response(cancel, 200, &tag);
            self.respond(now, key, response);
        }
        let known =
            self.with_call(|call| call.key == invite, |device, call| device.cancelled(now, call));
        if !known && self.defects.has(Defect::CANCEL_CHANGES_FAILURE) {
            let mut response = self.response(cancel, 487, &tag);
            let number = cancel.cseq().map_or(0, |(number, _)| number);
            response.headers.set("CSeq", format!("{number} INVITE"));
            self.transactions.respond(now, &invite, &response);
        }
    }

    fn cancelled(&mut self, now: Duration, call: &mut Call) {
        match call.phase {
            Phase::Offered { .. } | Phase::Ringing { .. } => {
                if !self.defects.has(Defect::CANCEL_WITHOUT_487) {
                    self.decline(now, call, 487);
                }
                if self.defects.has(Defect::CANCEL_LEAVES_BUSY) {
                    call.phase = Phase::InCall;
                    return;
                }
                self.end(now, call, "cancelled");
            }
            Phase::InCall if self.defects.has(Defect::CANCEL_ENDS_CALL) => {
                self.leave(now, call);
                self.end(now, call, "cancelled");
            }
            Phase::Calling { .. }
            | Phase::Cancelled { .. }
            | Phase::InCall
            | Phase::Closing
            | Phase::Leaving
            | Phase::Over => {}
        }
    }

    pub(super) fn handle_bye(&mut self, now: Duration, key: &Key, call: &mut Call, bye: &Message) {
        let early = matches!(call.phase, Phase::Offered { .. } | Phase::Ringing { .. });
        if early && self.defects.has(Defect::EARLY_BYE_REFUSED) {
            self.refuse(now, key, bye, 481);
            return;
        }
        if call.phase == Phase::Leaving && self.defects.has(Defect::BYE_GLARE_SILENT) {
            return;
        }
        if self.defects.has(Defect::BYE_PROVISIONAL) {
            let trying = self.response(bye, 100, "");
            self.transactions.respond(now, key, &trying);
        }
        if !self.defects.has(Defect::BYE_UNANSWERED) {
            self.refuse(now, key, bye, 200);
        }
        //= RFC 3261 §15.1.2
        if early && !self.defects.has(Defect::EARLY_BYE_NO_487) {
            self.decline(now, call, 487);
        }
        match call.phase {
            Phase::Closing => call.phase = Phase::Over,
            // The device's own BYE still waits for its answer.
            Phase::Leaving => {}
            Phase::InCall if self.defects.has(Defect::BYE_LEAVES_BUSY) => {}
            Phase::Offered { .. }
            | Phase::Ringing { .. }
            | Phase::Calling { .. }
            | Phase::Cancelled { .. }
            | Phase::InCall
            | Phase::Over => self.end(now, call, "by the other side"),
        }
    }
}
