//! Provisional responses that are acknowledged, and their PRACKs: RFC 3262.

use std::time::Duration;

use super::Device;
use super::misprint::misprint;
use crate::call::{Call, Phase};
use crate::defects::Defect;
use crate::provisional::{Next, Order, Said, Unpracked, rack};
use crate::sdp::{Description, Direction};
use crate::sip::Message;
use crate::transaction::Key;

impl Device {
    /// Whether an INVITE lets the device send its provisional responses reliably.
    //= RFC 3262 §3
    pub(super) fn wants_reliable(&self, invite: &Message) -> bool {
        let named = |name| invite.headers.list(name).contains(&"100rel");
        let asked = named("Supported") || named("Require");
        (self.settings.reliable && asked && !self.defects.has(Defect::UNRELIABLE_ALTHOUGH_REQUIRED))
            || (!asked && self.defects.has(Defect::RELIABLE_UNASKED))
    }

    /// The number before that of the first reliable provisional response of a call.
    pub(super) fn number_before_first(&mut self) -> u32 {
        if self.defects.has(Defect::RSEQ_TOO_LARGE) {
            return (1 << 31) - 1;
        }
        // Far enough from the end for what one call can have.
        self.rng.u32(0..1 << 30)
    }

    /// Says how the session is to be before the call is answered, where the device is set to.
    pub(super) fn progress(&mut self, now: Duration, call: &mut Call) {
        if !self.settings.early_media || !call.provisionals.reliable {
            return;
        }
        let tag = call.dialog.local_tag.clone();
        let progress = self.early_response(183, call, &tag);
        self.send_provisional(now, call, progress);
        if self.defects.has(Defect::PROVISIONALS_OVERLAP) {
            self.send_ringing(now, call, &tag);
        }
    }

    /// Sends a provisional response, reliably if the call is to have it so.
    pub(super) fn send_provisional(&mut self, now: Duration, call: &mut Call, mut it: Message) {
        let first = call.provisionals.unacked.is_none() && call.provisionals.said == Said::Nothing;
        let loses = !first && self.defects.has(Defect::LATER_PROVISIONAL_UNRELIABLE);
        if !call.provisionals.reliable || loses {
            self.respond(now, &call.key, it);
            return;
        }
        //= RFC 3262 §3
        if call.provisionals.unacked.is_some() && !self.defects.has(Defect::PROVISIONALS_OVERLAP) {
            call.provisionals.next.get_or_insert(Next::Ringing);
            return;
        }
        call.provisionals.number += 1;
        if !first && self.defects.has(Defect::RSEQ_SKIPS) {
            call.provisionals.number += 1;
        }
        if !self.defects.has(Defect::RSEQ_WITHOUT_REQUIRE)
            && !self.defects.has(Defect::RELIABLE_WITHOUT_REQUIRE)
        {
            it.headers.push("Require", "100rel");
        }
        let number = call.provisionals.number;
        if !self.defects.has(Defect::RELIABLE_WITHOUT_RSEQ) {
            it.headers.push("RSeq", number.to_string());
        }
        self.describe_early(now, call, &mut it);
        misprint(&self.defects, &mut it);
        self.transactions.respond(now, &call.key, &it);
        let once = self.defects.has(Defect::RELIABLE_SENT_ONCE);
        call.provisionals.unacked = Some(Unpracked {
            number,
            described: !it.body.is_empty(),
            response: it,
            again: Some((if once { now + T1 * 64 } else { now + T1 }, T1)),
            until: now + T1 * 64,
        });
    }

    /// Puts into the first reliable response what there is to say of the session.
    //= RFC 3262 §5
    fn describe_early(&mut self, now: Duration, call: &mut Call, response: &mut Message) {
        if call.provisionals.said != Said::Nothing {
            return;
        }
        let body = match &call.answer {
            Some((body, agreed)) if self.settings.early_media => {
                let (body, agreed) = (body.clone(), agreed.clone());
                call.provisionals.said = Said::Agreed;
                if !self.defects.has(Defect::EARLY_SESSION_SILENT) {
                    self.start_media(now, call, agreed);
                }
                body
            }
            Some(_) => return,
            None if self.defects.has(Defect::RELIABLE_WITHOUT_OFFER) => return,
            None => {
                call.provisionals.said = Said::Offered;
                call.local.offer(Direction::SendRecv, None)
            }
        };
        response.headers.push("Content-Type", "application/sdp");
        response.body = body.into_bytes();
    }

    /// Repeats a provisional response, or gives up on its PRACK.
    pub(super) fn handle_unpracked(&mut self, now: Duration, call: &mut Call) {
        let Some(unacked) = &mut call.provisionals.unacked else { return };
        let Some((next, interval)) = unacked.again else { return };
        if unacked.until <= now {
            if self.defects.has(Defect::UNPRACKED_RINGS_ON) {
                unacked.again = None;
                return;
            }
            self.decline(now, call, 504);
            self.end(now, call, "no PRACK");
        } else if next <= now {
            let doubled = !self.defects.has(Defect::RELIABLE_FIXED_INTERVAL);
            let interval = if doubled { interval * 2 } else { interval };
            unacked.again = Some((next + interval, interval));
            if call.phase == Phase::InCall {
                // Only where it should have stopped: the transaction lets nothing through any more.
                let late = unacked.response.to_bytes();
                self.send_sip(now, call.dialog.hop, None, late);
            } else {
                self.transactions.respond(now, &call.key, &unacked.response);
            }
        }
    }

    pub(super) fn handle_prack(
        &mut self,
        now: Duration,
        key: &Key,
        call: &mut Call,
        prack: &Message,
    ) {
        let invite = call.invite.cseq().map_or(0, |(number, _)| number);
        let asked = rack(prack);
        let late = !matches!(call.phase, Phase::Offered { .. } | Phase::Ringing { .. });
        let unacked = call.provisionals.unacked.as_ref().map(|unacked| (unacked.number, invite));
        let known = match unacked {
            Some(_) if late && self.defects.has(Defect::LATE_PRACK_REFUSED) => false,
            Some(_) if self.defects.has(Defect::PRACK_REFUSED) => false,
            Some(_) if self.defects.has(Defect::RACK_IGNORED) => true,
            Some(_) => asked == unacked,
            None if !call.provisionals.reliable => {
                self.defects.has(Defect::PRACK_OF_UNRELIABLE_TAKEN)
            }
            None => {
                let past = asked == Some((call.provisionals.number, invite));
                past && self.defects.has(Defect::PRACK_TAKEN_TWICE)
            }
        };
        if !known {
            self.refuse(now, key, prack, 481);
            return;
        }
        if !self.defects.has(Defect::PRACKED_REPEATED) {
            call.provisionals.unacked = None;
        }
        let Some(response) = self.prack_response(now, call, prack) else {
            self.decline(now, call, 488);
            self.refuse(now, key, prack, 200);
            self.end(now, call, "no acceptable answer");
            return;
        };
        self.respond(now, key, response);
        if late && self.defects.has(Defect::PROVISIONAL_AFTER_ANSWER) {
            let tag = call.dialog.local_tag.clone();
            let mut again = self.early_response(180, call, &tag);
            again.headers.push("Require", "100rel");
            again.headers.push("RSeq", (call.provisionals.number + 1).to_string());
            self.send_sip(now, call.dialog.hop, None, again.to_bytes());
        }
        match call.provisionals.next.take() {
            Some(Next::Ringing) => {
                let tag = call.dialog.local_tag.clone();
                self.send_ringing(now, call, &tag);
            }
            Some(Next::Answer) => self.accept(now, call),
            None => {}
        }
    }

    /// What answers a PRACK that is for something; `None` if it should have answered an offer and has
    /// not.
    //= RFC 3262 §5
    fn prack_response(
        &mut self,
        now: Duration,
        call: &mut Call,
        prack: &Message,
    ) -> Option<Message> {
        let accepted = |call: &Call| Description::parse(&prack.body)?.accepted(&call.local);
        let mut response = self.response(prack, 200, &call.dialog.local_tag);
        match call.provisionals.said {
            Said::Offered => {
                let agreed = accepted(call)?;
                call.provisionals.said = Said::Agreed;
                if !self.defects.has(Defect::ANSWER_IN_PRACK_IGNORED) {
                    self.start_media(now, call, agreed);
                }
            }
            Said::Agreed if !prack.body.is_empty() => {
                let local = call.local.next(&self.settings);
                match self.answer_to(prack, &local) {
                    Err(refusal) => return Some(*refusal),
                    Ok(Some((body, agreed))) => {
                        if !self.defects.has(Defect::PRACK_OFFER_UNANSWERED) {
                            response.headers.push("Content-Type", "application/sdp");
                            response.body = body.into_bytes();
                        }
                        call.local = local;
                        self.start_media(now, call, agreed);
                    }
                    Ok(None) => {}
                }
            }
            // An offer while that of the INVITE has no answer.
            Said::Nothing if !prack.body.is_empty() => return Some(self.not_now(prack)),
            Said::Nothing | Said::Agreed => {}
        }
        Some(response)
    }

    /// Finds the place of a provisional response to the device's INVITE, and keeps it.
    //= RFC 3262 §4
    pub(super) fn order(&self, call: &mut Call, response: &Message) -> Order {
        let required = response.headers.list("Require").contains(&"100rel");
        let number = response.headers.get("RSeq").and_then(|text| text.parse::<u32>().ok());
        let Some(number) = number.filter(|_| required && self.settings.reliable) else {
            return Order::Unreliable;
        };
        let tag = response.tag("To");
        let last = call.provisionals.heard.iter_mut().find(|(known, _)| *known == tag);
        let Some((_, last)) = last else {
            if number != 1 && self.defects.has(Defect::RSEQ_EXPECTED_FROM_ONE) {
                return Order::Other;
            }
            call.provisionals.heard.push((tag, number));
            return Order::Next(number);
        };
        let before = *last;
        let next = last.wrapping_add(1);
        if number == next && self.defects.has(Defect::LATER_PROVISIONAL_UNPRACKED) {
            return Order::Unreliable;
        }
        if number == next || (number > next && self.defects.has(Defect::RSEQ_GAP_PRACKED)) {
            *last = number;
            return Order::Next(number);
        }
        if number > next && self.defects.has(Defect::RSEQ_GAP_REMEMBERED) {
            *last = number;
        }
        if number == before && self.defects.has(Defect::PRACK_REPEATED) {
            return Order::Next(number);
        }
        Order::Other
    }

    /// Acknowledges a provisional response with that number.
    //= RFC 3262 §4
    pub(super) fn send_prack(&mut self, now: Duration, call: &mut Call, number: u32) {
        if self.defects.has(Defect::NO_PRACK) {
            return;
        }
        if !self.defects.has(Defect::PRACK_SAME_CSEQ) {
            call.dialog.local_cseq += 1;
        }
        let invite = call.invite.cseq().map_or(0, |(number, _)| number);
        let own = call.dialog.local_cseq;
        let (mut prack, path) = self.dialog_request("PRACK", &call.dialog, own);
        let named = if self.defects.has(Defect::RACK_OF_PRACK) { own } else { invite };
        prack.headers.push("RAck", format!("{number} {named} INVITE"));
        misprint(&self.defects, &mut prack);
        self.send_request(now, prack, path.hop);
    }
}

const T1: Duration = Duration::from_millis(500);
