//! Being called: RFC 3261 §13.3 and §14.2.

use std::time::Duration;

use super::Device;
use super::incoming::METHODS;
use super::misprint::misprint;
use super::redirect::Targets;
use super::session::MINUTE;
use crate::call::{Call, Infos, Phase, Unacked};
use crate::defects::Defect;
use crate::dialog::Dialog;
use crate::digest::Keyring;
use crate::media::Media;
use crate::provisional::{Next, Provisionals, Said};
use crate::sdp::{Agreed, Description, Direction};
use crate::sip::{Address, Message, Start, Uri};
use crate::transaction::Key;
use crate::transport::Hop;

impl Device {
    pub(super) fn handle_invite(&mut self, now: Duration, key: &Key, from: Hop, invite: &Message) {
        if self.is_busy() && !self.defects.has(Defect::BUSY_RINGS) {
            self.refuse(now, key, invite, 486);
            self.with_call(
                |call| call.phase == Phase::InCall,
                |device, call| {
                    if device.defects.has(Defect::BUSY_DROPS_FIRST) {
                        device.end(now, call, "by another call");
                    }
                },
            );
            return;
        }
        self.invited += 1;
        if self.invited == 2 && self.defects.has(Defect::SECOND_CALL_REFUSED) {
            self.refuse(now, key, invite, 503);
            return;
        }
        let local = self.local_description();
        let answer = match self.answer_to(invite, &local) {
            Ok(answer) => answer,
            Err(refusal) => {
                self.respond(now, key, *refusal);
                return;
            }
        };
        if !self.defects.has(Defect::NO_100) {
            let trying = self.response(invite, 100, "");
            self.respond(now, key, trying);
        }
        let caller = invite.headers.get("From").and_then(Address::parse);
        let peer_uri = caller.map(|caller| caller.uri_text).unwrap_or_default();
        self.log(now, &format!("call: incoming from {peer_uri}"));
        let (tag, contact) = (self.token(), self.contact(from.transport, demands_sips(invite)));
        let tag = if self.defects.has(Defect::SAME_TAG) { "intercom".to_owned() } else { tag };
        //= RFC 3261 §13.3.1
        let expires = invite.headers.get("Expires").and_then(|text| text.parse().ok());
        let expires = expires.map(|seconds: u32| now + Duration::from_secs(seconds.into()));
        let reliable = self.wants_reliable(invite);
        let before = if reliable { self.number_before_first() } else { 0 };
        self.calls.push(Call {
            dialog: Dialog::of_callee(invite, tag, from, contact, &self.defects),
            phase: Phase::Offered { bell: now + BELL + self.slowness() },
            expires,
            bye: None,
            peer_uri,
            invite: invite.clone(),
            key: key.clone(),
            local,
            answer,
            media: None,
            unacked: None,
            targets: Targets::default(),
            infos: Infos::default(),
            reinvite: None,
            retry: None,
            keyring: Keyring::default(),
            provisionals: Provisionals::new(reliable, before),
        });
        self.with_call(|call| call.key == *key, |device, call| device.progress(now, call));
    }

    fn slowness(&self) -> Duration {
        Duration::from_secs(if self.defects.has(Defect::RING_SLOW) { 4 } else { 0 })
    }

    /// Sounds the bell, and answers at once if so set.
    pub(super) fn ring(&mut self, now: Duration, call: &mut Call) {
        self.log(now, "call: ringing");
        if !self.defects.has(Defect::NO_RINGING) {
            let tag = call.dialog.local_tag.clone();
            self.send_ringing(now, call, &tag);
        }
        let limit = Duration::from_secs(self.settings.ring_timeout);
        let until = (!self.defects.has(Defect::RING_FOREVER)).then_some(now + limit);
        call.phase = Phase::Ringing { until, again: now + reminder(call) };
        if self.settings.auto_answer && !self.defects.has(Defect::AUTO_ANSWER_IGNORED) {
            self.accept(now, call);
        }
    }

    /// What a device that takes a retransmission for a new call does.
    pub(super) fn ring_again(&mut self, now: Duration, key: &Key) {
        let tag = self.token();
        self.with_call(
            |call| call.key == *key && matches!(call.phase, Phase::Ringing { .. } | Phase::InCall),
            |device, call| {
                device.log(now, &format!("call: incoming from {}", call.peer_uri));
                device.log(now, "call: ringing");
                device.send_ringing(now, call, &tag);
            },
        );
    }

    /// Answers the call with 200.
    pub(super) fn accept(&mut self, now: Duration, call: &mut Call) {
        //= RFC 3262 §5
        if call.provisionals.holds_answer() && !self.defects.has(Defect::ANSWER_OVERTAKES_PRACK) {
            call.provisionals.next = Some(Next::Answer);
            return;
        }
        if !self.defects.has(Defect::UNPRACKED_REPEATED_AFTER_ANSWER) {
            call.provisionals.finish();
        }
        if self.defects.has(Defect::TO_TAG_CHANGES) {
            call.dialog.local_tag = self.token();
        }
        if !(call.expires.is_some() && self.defects.has(Defect::EXPIRES_ENDS_SESSION)) {
            call.expires = None;
        }
        let early = call.media.as_ref().map(|media| media.agreed().clone());
        let (body, agreed) = match call.answer.take() {
            _ if call.provisionals.said == Said::Agreed => (String::new(), early),
            Some(_) if self.defects.has(Defect::NO_ANSWER_IN_2XX) => (String::new(), None),
            Some((answer, agreed)) => (answer, Some(agreed)),
            None if self.defects.has(Defect::NO_OFFER_IN_2XX) => (String::new(), None),
            None => (call.local.offer(Direction::SendRecv, None), None),
        };
        let (invite, key) = (call.invite.clone(), call.key.clone());
        let offered = agreed.is_none();
        self.send_2xx(now, &key, call, &invite, body, offered);
        call.phase = Phase::InCall;
        if let Some(agreed) = agreed {
            self.establish(now, call, agreed);
        }
    }

    /// Ends the transaction of an unanswered call.
    pub(super) fn decline(&mut self, now: Duration, call: &Call, code: u16) {
        let mut tag = call.dialog.local_tag.clone();
        if self.defects.has(Defect::FAILURE_TAG_CHANGES) {
            tag.push('x');
        }
        let response = self.response(&call.invite, code, &tag);
        self.respond(now, &call.key, response);
    }

    /// Ends an invitation that has run out.
    //= RFC 3261 §13.3.1
    pub(super) fn expire(&mut self, now: Duration, call: &mut Call) {
        call.expires = None;
        match call.phase {
            Phase::Offered { .. } | Phase::Ringing { .. } => {
                if !self.defects.has(Defect::EXPIRES_IGNORED) {
                    self.decline(now, call, 487);
                    self.end(now, call, "expired");
                }
            }
            Phase::InCall => {
                self.leave(now, call);
                self.end(now, call, "expired");
            }
            Phase::Calling { .. }
            | Phase::Cancelled { .. }
            | Phase::Closing
            | Phase::Leaving
            | Phase::Over => {}
        }
    }

    /// Tells the caller once more that it rings.
    //= RFC 3261 §13.3.1.1
    pub(super) fn repeat_ringing(&mut self, now: Duration, call: &mut Call) {
        if self.defects.has(Defect::NO_RINGING) || self.defects.has(Defect::NO_MINUTE_PROVISIONAL) {
            return;
        }
        let mut tag = call.dialog.local_tag.clone();
        if self.defects.has(Defect::MINUTE_PROVISIONAL_TAG) {
            tag.push('x');
        }
        self.send_ringing(now, call, &tag);
    }

    //= RFC 3261 §14.2
    pub(super) fn handle_reinvite(
        &mut self,
        now: Duration,
        key: &Key,
        call: &mut Call,
        request: &Message,
    ) {
        let waiting = call.unacked.as_ref().is_some_and(|unacked| unacked.offered);
        if call.reinvite.is_some() && !self.defects.has(Defect::GLARE_ACCEPTED) {
            self.refuse(now, key, request, 491);
            return;
        }
        match call.phase {
            Phase::Calling { .. } | Phase::Cancelled { .. } => {
                self.refuse(now, key, request, 491);
                return;
            }
            Phase::InCall if !waiting => {}
            Phase::Closing | Phase::Leaving | Phase::Over => {
                self.refuse(now, key, request, 481);
                return;
            }
            Phase::Offered { .. } | Phase::Ringing { .. } | Phase::InCall => {
                let response = self.not_now(request);
                self.respond(now, key, response);
                return;
            }
        }
        let mut local = call.local.next(&self.settings);
        if self.defects.has(Defect::ANSWER_VERSION_KEPT) {
            local.version = call.local.version;
        }
        match self.answer_to(request, &local) {
            Err(mut refusal) => {
                if self.defects.has(Defect::REFUSED_TARGET_TAKEN) {
                    call.dialog.refresh(request);
                }
                if self.defects.has(Defect::REINVITE_REFUSAL_WITHOUT_WARNING) {
                    refusal.headers.remove("Warning");
                }
                self.respond(now, key, *refusal);
            }
            Ok(answer) => {
                call.local = local;
                if !self.defects.has(Defect::REINVITE_TARGET_IGNORED) {
                    call.dialog.refresh(request);
                }
                if self.defects.has(Defect::ROUTE_SET_UPDATED) {
                    call.dialog.reroute(request);
                }
                let offered = answer.is_none();
                let (body, agreed) = match answer {
                    Some((body, agreed)) => (self.depart_answer(call, request, body), Some(agreed)),
                    None => (self.fresh_offer(call), None),
                };
                self.send_2xx(now, key, call, request, body, offered);
                if let Some(agreed) = agreed {
                    self.change_media(now, call, request, agreed);
                }
            }
        }
    }

    /// What a device with one of these defects answers.
    fn depart_answer(&self, call: &Call, offer: &Message, body: String) -> String {
        let held = body.contains("a=recvonly") && self.defects.has(Defect::HOLD_ANSWERED_SENDRECV);
        let inactive = body.contains("a=inactive") && self.defects.has(Defect::INACTIVE_ANSWERED);
        let same =
            offer.body == call.invite.body && self.defects.has(Defect::SAME_OFFER_WITHOUT_ANSWER);
        if same {
            return String::new();
        }
        if held || inactive {
            return body.replace("a=recvonly", "a=sendrecv").replace("a=inactive", "a=sendrecv");
        }
        body
    }

    //= RFC 3261 §14.2
    fn fresh_offer(&self, call: &Call) -> String {
        if self.defects.has(Defect::REINVITE_2XX_WITHOUT_OFFER) {
            return String::new();
        }
        let mut local = call.local.clone();
        if let Some(media) = &call.media
            && self.defects.has(Defect::REINVITE_OFFER_DISJOINT)
        {
            let used = media.agreed().codec;
            local.codecs.retain(|codec| *codec != used);
        }
        if let Some(media) = &call.media
            && self.defects.has(Defect::REINVITE_OFFER_NARROW)
        {
            local.codecs = vec![media.agreed().codec];
        }
        if self.defects.has(Defect::REOFFER_NEW_SESSION) {
            local.session += 1;
        }
        local.offer(Direction::SendRecv, call.media.as_deref().map(Media::agreed))
    }

    /// What answers a request that comes while another is under way.
    //= RFC 3261 §14.2
    pub(super) fn not_now(&mut self, request: &Message) -> Message {
        let mut response = self.response(request, 500, "");
        let after = self.rng.u32(0..=10).to_string();
        if !(request.method() == "INVITE" && self.defects.has(Defect::SECOND_INVITE_UNTOLD)) {
            response.headers.push("Retry-After", after);
        }
        response
    }

    /// Follows a new agreement.
    pub(super) fn change_media(
        &mut self,
        now: Duration,
        call: &mut Call,
        offer: &Message,
        mut agreed: Agreed,
    ) {
        if let Some(before) = call.media.as_ref().map(|media| media.agreed().clone()) {
            let null = agreed.rtp.ip().is_unspecified();
            let deaf = before.direction.sends() && !agreed.direction.sends() && {
                null && self.defects.has(Defect::NULL_ADDRESS_IGNORED)
                    || !null && self.defects.has(Defect::HOLD_KEEPS_SENDING)
            };
            let stuck = !before.direction.sends()
                && agreed.direction.sends()
                && self.defects.has(Defect::RESUME_IGNORED);
            let codec =
                before.codec != agreed.codec && self.defects.has(Defect::CODEC_CHANGE_IGNORED);
            let off = agreed.is_off() && self.defects.has(Defect::ZERO_PORT_KEEPS_SENDING);
            let gone =
                before.is_off() && !agreed.is_off() && self.defects.has(Defect::ZERO_PORT_FOR_GOOD);
            if deaf || stuck || codec || off || gone {
                return;
            }
            if agreed.rtp != before.rtp && self.defects.has(Defect::NEW_ADDRESS_IGNORED) {
                (agreed.rtp, agreed.rtcp) = (before.rtp, before.rtcp);
            }
            let same = offer.body == call.invite.body;
            if same && self.defects.has(Defect::SAME_OFFER_STOPS_MEDIA) {
                agreed.direction = Direction::Inactive;
            }
        }
        if agreed.is_off() {
            self.start_media(now, call, agreed);
            self.log(now, "call: media off");
            return;
        }
        if offer.method() == "INVITE" {
            self.establish(now, call, agreed);
        } else {
            self.start_media(now, call, agreed);
        }
    }

    pub(super) fn handle_ack(&mut self, now: Duration, ack: &Message) {
        let number = ack.cseq().map_or(0, |(number, _)| number);
        self.with_call(
            |call| call.dialog.owns(ack),
            |device, call| {
                let known = call.unacked.as_ref().is_some_and(|u| u.number == number);
                if known && device.defects.has(Defect::ANSWER_2XX_AFTER_ACK) {
                    return;
                }
                if device.settings.visitors.is_some() && device.defects.has(Defect::ACK_CHALLENGED)
                {
                    let challenge = device.response(ack, 401, "");
                    device.send_sip(now, call.dialog.hop, None, challenge.to_bytes());
                    return;
                }
                let Some(unacked) = call.unacked.take_if(|_| known) else { return };
                if call.phase == Phase::Closing {
                    call.phase = Phase::Over;
                    if !device.defects.has(Defect::LATE_BYE_FORGOTTEN) {
                        device.leave(now, call);
                    }
                } else if unacked.offered && !device.defects.has(Defect::ANSWER_IN_ACK_IGNORED) {
                    let answer = Description::parse(&ack.body);
                    if let Some(agreed) = answer.and_then(|answer| answer.accepted(&call.local)) {
                        device.establish(now, call, agreed);
                    } else if !device.defects.has(Defect::UNANSWERED_OFFER_KEPT) {
                        device.leave(now, call);
                        device.end(now, call, "no acceptable answer");
                    }
                }
                device.retry_change(now, call);
            },
        );
    }

    /// Repeats the 2xx, or gives up on its ACK.
    pub(super) fn handle_unacked(&mut self, now: Duration, call: &mut Call) {
        let Some(unacked) = &mut call.unacked else { return };
        if unacked.until <= now {
            let closing = call.phase == Phase::Closing;
            let changed = unacked.key != call.key;
            call.unacked = None;
            if changed && self.defects.has(Defect::REINVITE_UNACKED_KEPT) {
                return;
            }
            //= RFC 3261 §13.3.1.4
            call.phase = Phase::Over;
            if !self.defects.has(Defect::UNACKED_NO_BYE) {
                self.leave(now, call);
            }
            if !closing {
                self.end(now, call, "no ACK");
            }
        } else if unacked.next <= now {
            if !self.defects.has(Defect::ANSWER_2XX_FIXED_INTERVAL) {
                unacked.interval = (unacked.interval * 2).min(T2);
            }
            unacked.next += unacked.interval;
            if self.defects.has(Defect::ANSWER_2XX_DIFFERS) {
                let contact = unacked.response.headers.get("Contact").unwrap_or_default();
                let contact = format!("{contact};again");
                unacked.response.headers.set("Contact", contact);
            }
            self.transactions.respond(now, &unacked.key, &unacked.response);
        }
    }

    pub(super) fn send_ringing(&mut self, now: Duration, call: &mut Call, tag: &str) {
        let ringing = self.early_response(180, call, tag);
        self.send_provisional(now, call, ringing);
    }

    /// A provisional response that makes an early dialog.
    pub(super) fn early_response(&self, code: u16, call: &Call, tag: &str) -> Message {
        let tag = if self.defects.has(Defect::TAGLESS_1XX) { "" } else { tag };
        let mut response = self.response(&call.invite, code, tag);
        self.add_dialog_headers(&mut response, &call.invite);
        response.headers.push("Contact", call.dialog.contact.as_str());
        response
    }

    fn send_2xx(
        &mut self,
        now: Duration,
        key: &Key,
        call: &mut Call,
        request: &Message,
        body: String,
        offered: bool,
    ) {
        let mut response = self.response(request, 200, &call.dialog.local_tag);
        self.add_dialog_headers(&mut response, request);
        if !self.defects.has(Defect::NO_CONTACT_IN_2XX) {
            response.headers.push("Contact", call.dialog.contact.as_str());
        }
        response.headers.push("Allow", METHODS.join(", "));
        response.headers.push("Supported", self.supported());
        //= RFC 6086 §5.2.3
        let asked = request.headers.get("Recv-Info").is_some();
        let departs = if asked { Defect::RECV_INFO_MISSING } else { Defect::RECV_INFO_UNASKED };
        if asked != self.defects.has(departs) {
            response.headers.push("Recv-Info", "");
        }
        if !body.is_empty() {
            response.headers.push("Content-Type", "application/sdp");
            response.body = body.into_bytes();
        }
        if self.defects.has(Defect::UPDATE_NOT_ALLOWED_IN_2XX) {
            response.headers.set("Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE, INFO");
        }
        misprint(&self.defects, &mut response);
        self.transactions.respond(now, key, &response);
        let once = self.defects.has(Defect::ANSWER_2XX_NOT_RETRANSMITTED);
        let until = now + T1 * 64;
        call.unacked = Some(Unacked {
            key: key.clone(),
            number: request.cseq().map_or(0, |(number, _)| number),
            response,
            next: if once { until } else { now + T1 },
            interval: T1,
            until,
            offered,
        });
    }

    /// The answer to the request's offer, `None` if it makes none, or the refusal.
    pub(super) fn answer_to(
        &mut self,
        request: &Message,
        local: &crate::sdp::Local,
    ) -> Result<Option<(String, Agreed)>, Box<Message>> {
        let kind = request.headers.get("Content-Type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        // A body of another type that was let through is optional, and no offer.
        if request.body.is_empty() || !kind.eq_ignore_ascii_case("application/sdp") {
            return Ok(None);
        }
        let Some(offer) = Description::parse(&request.body) else {
            let tag = self.token();
            let mut refusal = self.response(request, 400, &tag);
            let host = self.config.sip;
            refusal.headers.push("Warning", format!("399 {host} \"bad session description\""));
            return Err(Box::new(refusal));
        };
        let mut local = local.clone();
        let via = request.headers.get("Via").unwrap_or_default().to_ascii_uppercase();
        local.security.overheard = self.settings.srtp_needs_tls && !via.starts_with("SIP/2.0/TLS");
        match offer.answer(&local) {
            Some(answer) => Ok(Some(answer)),
            None => Err(Box::new(self.not_acceptable(request))),
        }
    }

    //= RFC 3261 §12.1.1
    fn add_dialog_headers(&self, response: &mut Message, request: &Message) {
        if self.defects.has(Defect::RECORD_ROUTE_NOT_COPIED) {
            return;
        }
        for route in request.headers.list("Record-Route") {
            response.headers.push("Record-Route", route);
        }
    }
}

//= RFC 3261 §12.1.1
fn demands_sips(invite: &Message) -> bool {
    let Start::Request { uri, .. } = &invite.start else { return false };
    let top = |name| invite.headers.list(name).first().and_then(|v| Address::parse(v));
    let next = top("Record-Route").or_else(|| top("Contact"));
    let target = Uri::parse(uri);
    target.is_some_and(|uri| uri.is_secure()) || next.is_some_and(|next| next.uri.is_secure())
}

/// How long until a caller is told once more that it rings.
pub(super) const fn reminder(call: &Call) -> Duration {
    //= RFC 3262 §3
    if call.provisionals.reliable { RELIABLE_REMINDER } else { MINUTE }
}

/// Two and a half minutes: what is acknowledged needs no repetition each minute.
const RELIABLE_REMINDER: Duration = Duration::from_secs(150);

/// How long the bell's circuit takes to sound.
const BELL: Duration = Duration::from_millis(300);

const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
