//! What both directions of a call share: media, hanging up, time-outs, and requests of the device.

use std::time::Duration;

use super::departures::{ACK, depart};
use super::invite::reminder;
use super::{Device, SentAck};
use crate::call::{Call, Phase};
use crate::defects::Defect;
use crate::dialog::{Dialog, Path};
use crate::media::Media;
use crate::sdes::Security;
use crate::sdp::{Agreed, Local};
use crate::settings::ReportPort;
use crate::sip::{Message, Uri, Via};
use crate::transaction::Key;
use crate::transport::Transport;

impl Device {
    /// Whether a call occupies the device.
    pub(super) fn is_busy(&self) -> bool {
        self.calls.iter().any(Call::is_live)
    }

    /// Does something with the first call that `is` picks; false if there is none.
    pub(super) fn with_call(
        &mut self,
        is: impl Fn(&Call) -> bool,
        act: impl FnOnce(&mut Self, &mut Call),
    ) -> bool {
        let Some(at) = self.calls.iter().position(|c| c.phase != Phase::Over && is(c)) else {
            return false;
        };
        let mut call = self.calls.remove(at);
        act(self, &mut call);
        if call.phase != Phase::Over {
            self.calls.insert(at, call);
        }
        true
    }

    /// Does everything that is due in the calls.
    pub(super) fn handle_call_timeouts(&mut self, now: Duration) {
        for mut call in std::mem::take(&mut self.calls) {
            self.handle_call_timeout(now, &mut call);
            if call.phase != Phase::Over {
                self.calls.push(call);
            }
        }
    }

    /// Says that both sides talk now, with the codec that they agreed.
    pub(super) fn establish(&mut self, now: Duration, call: &mut Call, agreed: Agreed) {
        let keys = agreed.keys.as_ref();
        let suite = keys.map(|keys| format!(" under {}", keys.ours.suite.name()));
        let (codec, suite) = (agreed.codec.name(), suite.unwrap_or_default());
        let line = format!("call: established {codec} with {}{suite}", call.peer_uri);
        self.start_media(now, call, agreed);
        self.log(now, &line);
    }

    /// Starts the media of a call, or moves it to a new agreement.
    pub(super) fn start_media(&mut self, now: Duration, call: &mut Call, agreed: Agreed) {
        match &mut call.media {
            Some(media) => media.set_agreed(agreed),
            media @ None => {
                let (seed, mode) = (self.rng.u64(..), self.mode());
                let cname = format!("intercom@{}", self.config.rtp.ip());
                let new = Media::new(now, agreed, mode, seed, self.defects.clone(), cname);
                *media = Some(Box::new(new));
            }
        }
    }

    /// Ends a call on the device; what has to be said to the other side has been said.
    pub(super) fn end(&mut self, now: Duration, call: &mut Call, why: &str) {
        self.stop_media(now, call);
        self.log(now, &format!("call: ended {why}"));
        if call.phase != Phase::Leaving {
            call.phase = Phase::Over;
        }
    }

    pub(super) fn stop_media(&mut self, now: Duration, call: &mut Call) {
        let Some(mut media) = call.media.take() else { return };
        self.silent_since = Some(now);
        if self.defects.has(Defect::RTP_AFTER_BYE) {
            self.lingering.push((now + LINGER, media));
            return;
        }
        let goodbye = media.goodbye(now);
        if self.defects.has(Defect::RTCP_AFTER_BYE) {
            media.fall_silent();
            self.lingering.push((now + LONG_LINGER, media));
        }
        self.send_media(goodbye);
    }

    /// Acknowledges a 2xx and remembers the ACK, for the 2xx may come again.
    pub(super) fn send_ack(&mut self, now: Duration, call: &Call) {
        self.acknowledge(now, call, &call.key, &call.invite);
    }

    /// Acknowledges the 2xx to an INVITE or re-INVITE of the device's.
    pub(super) fn acknowledge(&mut self, now: Duration, call: &Call, key: &Key, invite: &Message) {
        let number = invite.cseq().map_or(0, |(number, _)| number);
        if self.defects.has(Defect::ACK_MISSING) {
            return;
        }
        let wrong = u32::from(self.defects.has(Defect::ACK_WRONG_CSEQ));
        let (mut ack, path) = self.dialog_request("ACK", &call.dialog, number + wrong);
        //= RFC 3261 §13.2.2.4
        for name in ["Authorization", "Proxy-Authorization"] {
            if let Some(credentials) = invite.headers.get(name) {
                ack.headers.push(name, credentials);
            }
        }
        if self.defects.has(Defect::ACK_TO_REQUEST_URI) {
            ack.start = Message::request("ACK", &call.peer_uri).start;
        }
        if self.defects.has(Defect::ACK_SAME_BRANCH) {
            ack.headers.set("Via", invite.headers.get("Via").unwrap_or_default());
        }
        depart(&self.defects, ACK, &mut ack);
        let kept = if self.defects.has(Defect::ACK_FORGOTTEN) { 5 } else { 32 };
        let (ack, hop, _) = self.fit(ack, path.hop);
        let bytes = ack.to_bytes();
        self.send_sip(now, hop, None, bytes.clone());
        self.acks.push(SentAck {
            key: key.clone(),
            remote_tag: call.dialog.remote_tag.clone(),
            hop,
            bytes,
            until: now + Duration::from_secs(kept),
        });
    }

    pub(super) fn dialog_request(
        &mut self,
        method: &str,
        dialog: &Dialog,
        number: u32,
    ) -> (Message, Path) {
        let mut path = dialog.path(method, &self.defects);
        if self.own_address(path.hop.transport).is_none() {
            path.hop = dialog.hop;
        }
        let from = format!("{};tag={}", dialog.local, dialog.local_tag);
        let mut to = dialog.remote.clone();
        if dialog.remote_tag.is_empty() && self.defects.has(Defect::NULL_TAG_WRITTEN) {
            to.push_str(";tag=");
        }
        let head = Head { from, to, call_id: dialog.call_id.clone(), number };
        (self.request(method, &path.uri, &path.routes, path.hop.transport, &head), path)
    }

    /// A request with everything that RFC 3261 §8.1.1 wants.
    pub(super) fn request(
        &mut self,
        method: &str,
        uri: &str,
        routes: &[String],
        transport: Transport,
        head: &Head,
    ) -> Message {
        let mut request = Message::request(method, uri);
        let branch = if self.defects.has(Defect::SAME_BRANCH_FOR_ALL) {
            "z9hG4bKintercom".to_owned()
        } else if self.defects.has(Defect::BRANCH_WITHOUT_COOKIE) {
            self.token()
        } else {
            format!("z9hG4bK{}", self.token())
        };
        let sent_by = self.own_address(transport).unwrap_or(self.config.sip);
        request.headers.push("Via", Via::own(transport, sent_by, &branch).to_string());
        if !self.defects.has(Defect::MAX_FORWARDS_MISSING) {
            request.headers.push("Max-Forwards", "70");
        }
        for route in routes {
            request.headers.push("Route", route.as_str());
        }
        request.headers.push("From", head.from.as_str());
        request.headers.push("To", head.to.as_str());
        request.headers.push("Call-ID", head.call_id.as_str());
        request.headers.push("CSeq", format!("{} {method}", head.number));
        request
    }

    /// The device's end of a new session.
    pub(super) fn local_description(&mut self) -> Local {
        let (codecs, accepted) = (self.settings.codecs.clone(), self.settings.accepted());
        let session = self.rng.u32(1..1 << 31);
        let security = Security {
            policy: self.settings.srtp,
            suites: self.settings.srtp_suites.clone(),
            // Not fit for a product: whoever knows the seed knows the keys.
            seed: self.config.seed ^ u64::from(session),
            overheard: false,
            again: false,
            defects: self.defects.clone(),
        };
        let (rtp, defects) = (self.config.rtp, self.defects.clone());
        let mux = self.settings.reports == ReportPort::Shared;
        Local { rtp, codecs, accepted, session, version: 1, mux, security, defects }
    }

    /// The device's Contact for what comes over a transport; TLS has to come over TLS.
    pub(super) fn contact(&self, transport: Transport, secure: bool) -> String {
        let aor = self.settings.account.as_ref().and_then(|account| Uri::parse(&account.aor));
        let user = aor.and_then(|aor| aor.user).unwrap_or_else(|| "intercom".to_owned());
        let transport = if secure { Transport::TLS } else { transport };
        format!("<{}>", self.own_uri(&user, transport, secure))
    }

    fn handle_call_timeout(&mut self, now: Duration, call: &mut Call) {
        if let Some(media) = &mut call.media {
            let out = media.handle_timeout(now);
            self.send_media(out);
        }
        if call.unacked.is_some() {
            self.handle_unacked(now, call);
        }
        self.handle_unpracked(now, call);
        if call.expires.is_some_and(|expires| expires <= now) {
            self.expire(now, call);
        }
        self.retry_change(now, call);
        match call.phase {
            Phase::Offered { bell } if bell <= now => self.ring(now, call),
            Phase::Ringing { until: Some(until), .. } if until <= now => {
                self.decline(now, call, 480);
                self.end(now, call, "ring timeout");
            }
            Phase::Ringing { until, again } if again <= now => {
                self.repeat_ringing(now, call);
                call.phase = Phase::Ringing { until, again: again + reminder(call) };
            }
            Phase::Calling { until, .. } if until <= now => self.give_up(now, call, "no answer"),
            //= RFC 3261 §9.1
            Phase::Cancelled { until, .. } if until <= now => call.phase = Phase::Over,
            Phase::Offered { .. }
            | Phase::Ringing { .. }
            | Phase::Calling { .. }
            | Phase::Cancelled { .. }
            | Phase::InCall
            | Phase::Closing
            | Phase::Leaving
            | Phase::Over => {}
        }
    }
}

/// Who asks whom, in which transaction.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) call_id: String,
    pub(super) number: u32,
}

/// How often a caller is told that it rings.
pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// How long a device with that defect goes on sending media.
const LINGER: Duration = Duration::from_secs(2);

/// How long one with that defect goes on sending reports.
const LONG_LINGER: Duration = Duration::from_secs(10);
