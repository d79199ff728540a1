//! Changing a session by the device's own re-INVITE: RFC 3261 §14.1.

use std::time::Duration;

use super::Device;
use super::departures::{REINVITE, depart};
use super::incoming::METHODS;
use crate::call::{Call, Phase, Reinvite, Retry};
use crate::defects::Defect;
use crate::media::Media;
use crate::sdp::{Description, Direction};
use crate::sip::{Message, Start};
use crate::transaction::Key;

impl Device {
    /// Holds the other side or takes it back, at once or when the dialog is free for it.
    pub(super) fn change(&mut self, now: Duration, call: &mut Call, wish: Direction) {
        //= RFC 3261 §14.1
        let ours = call.reinvite.is_some() && !self.defects.has(Defect::REINVITES_OVERLAP);
        let theirs = call.unacked.is_some() && !self.defects.has(Defect::REINVITE_DURING_THEIRS);
        if ours || theirs {
            call.retry = Some(Retry { at: None, wish });
        } else {
            self.send_reinvite(now, call, wish);
        }
    }

    /// Does what had to wait, if nothing is in its way any more.
    pub(super) fn retry_change(&mut self, now: Duration, call: &mut Call) {
        let free = call.phase == Phase::InCall && call.reinvite.is_none() && call.unacked.is_none();
        let due = |retry: &mut Retry| retry.at.is_none_or(|at| at <= now);
        if free && let Some(retry) = call.retry.take_if(due) {
            self.send_reinvite(now, call, retry.wish);
        }
    }

    pub(super) fn handle_reinvite_response(
        &mut self,
        now: Duration,
        call: &mut Call,
        response: &Message,
    ) {
        if response.code() < 200 {
            if self.defects.has(Defect::PROVISIONAL_MOVES_TARGET) {
                call.dialog.refresh(response);
            }
            return;
        }
        let Some(reinvite) = call.reinvite.take() else { return };
        match &response.start {
            Start::Response { code: 200..300, .. } => {
                self.take_change(now, call, reinvite, response);
            }
            Start::Response { code: 491, .. } => self.plan_retry(now, call, reinvite.wish),
            Start::Response { code: code @ (408 | 481), .. }
                if !self.defects.has(match code {
                    408 => Defect::REINVITE_408_KEEPS_DIALOG,
                    _ => Defect::REINVITE_481_KEEPS_DIALOG,
                }) =>
            {
                self.abandon(now, call);
            }
            Start::Response { code, reason } => {
                self.log(now, &format!("call: change refused {code} {reason}"));
                if self.defects.has(Defect::HELD_ALTHOUGH_REFUSED) {
                    Self::direct_media(call, Direction::Inactive);
                }
            }
            Start::Request { .. } => {}
        }
        self.retry_change(now, call);
    }

    pub(super) fn handle_reinvite_unanswered(&mut self, now: Duration, call: &mut Call) {
        call.reinvite = None;
        if !self.defects.has(Defect::REINVITE_TIMEOUT_KEEPS_DIALOG) {
            self.abandon(now, call);
        }
    }

    fn send_reinvite(&mut self, now: Duration, call: &mut Call, wish: Direction) {
        if !self.defects.has(Defect::REINVITE_SAME_CSEQ) {
            call.dialog.local_cseq += 1;
        }
        if self.defects.has(Defect::REINVITE_CSEQ_SKIPS) {
            call.dialog.local_cseq += 1;
        }
        let mut local = call.local.next(&self.settings);
        if self.defects.has(Defect::REINVITE_VERSION_KEPT) {
            local.version = call.local.version;
        }
        if self.defects.has(Defect::REINVITE_ORIGIN_CHANGES) {
            local.session += 1;
        }
        let number = call.dialog.local_cseq.max(1);
        let (mut invite, path) = self.dialog_request("INVITE", &call.dialog, number);
        invite.headers.push("Contact", call.dialog.contact.as_str());
        invite.headers.push("Allow", METHODS.join(", "));
        invite.headers.push("Supported", self.supported());
        invite.headers.push("Content-Type", "application/sdp");
        let session = call.media.as_deref().map(Media::agreed);
        invite.body = local.offer(wish, session).into_bytes();
        depart(&self.defects, REINVITE, &mut invite);
        let key = self.send_request(now, invite.clone(), path.hop);
        call.reinvite = Some(Reinvite { key, request: invite, local, wish });
    }

    fn take_change(
        &mut self,
        now: Duration,
        call: &mut Call,
        reinvite: Reinvite,
        response: &Message,
    ) {
        let Reinvite { key, request, local, wish } = reinvite;
        if !self.defects.has(Defect::REINVITE_RESPONSE_TARGET_IGNORED) {
            call.dialog.refresh(response);
        }
        if !self.defects.has(Defect::REINVITE_2XX_NOT_ACKED) {
            self.acknowledge(now, call, &key, &request);
        }
        call.local = local;
        let answer = Description::parse(&response.body).and_then(|d| d.accepted(&call.local));
        if let Some(agreed) = answer {
            let words = if wish.sends() && wish.receives() { "resumed" } else { "held" };
            self.start_media(now, call, agreed);
            self.log(now, &format!("call: {words}"));
        } else {
            self.send_bye(now, call);
            self.end(now, call, "no acceptable answer");
        }
    }

    /// Waits for as long as the owner of the Call-ID, or the other side, has to after a collision.
    fn plan_retry(&mut self, now: Duration, call: &mut Call, wish: Direction) {
        if self.defects.has(Defect::GLARE_NOT_RETRIED) {
            return;
        }
        let owner = call.is_ours() || self.defects.has(Defect::GLARE_WAITS_AS_OWNER);
        //= RFC 3261 §14.1
        let hundredths = if owner { self.rng.u64(210..=400) } else { self.rng.u64(0..=200) };
        let at_once = owner && call.is_ours() && self.defects.has(Defect::GLARE_RETRIED_AT_ONCE);
        let wait = if at_once { 0 } else { hundredths * 10 };
        call.retry = Some(Retry { at: Some(now + Duration::from_millis(wait)), wish });
    }

    /// Ends a dialog that the other side does not know any more.
    //= RFC 3261 §12.2.1.2
    fn abandon(&mut self, now: Duration, call: &mut Call) {
        self.send_bye(now, call);
        self.end(now, call, "lost");
    }

    fn direct_media(call: &mut Call, direction: Direction) {
        if let Some(media) = &mut call.media {
            let mut agreed = media.agreed().clone();
            agreed.direction = direction;
            media.set_agreed(agreed);
        }
    }

    /// Whether a response or a time-out is for the re-INVITE of a call.
    pub(super) fn is_reinvite(call: &Call, key: &Key) -> bool {
        call.reinvite.as_ref().is_some_and(|reinvite| reinvite.key == *key)
    }
}
