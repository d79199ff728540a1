//! Calling: RFC 3261 §13.2, and responses to the device's own requests.

use std::time::Duration;

use super::Device;
use super::departures::{INITIAL_INVITE, depart};
use super::incoming::DIALOG_USER;
use super::misprint::misprint;
use super::redirect::Targets;
use super::session::Head;
use super::target::{is_number, unescape, unescaped};
use crate::call::{Call, Heard, Infos, Phase};
use crate::defects::Defect;
use crate::dialog::Dialog;
use crate::digest::{Keyring, Outcome, Request};
use crate::provisional::{Order, Provisionals};
use crate::sdp::{Description, Direction};
use crate::settings::Account;
use crate::sip::{Address, Message, Start, Uri};
use crate::transaction::Key;
use crate::transport::{Hop, Transport};

impl Device {
    /// Calls `uri`.
    ///
    /// # Errors
    ///
    /// Says why the URI cannot be called.
    pub(super) fn dial(&mut self, now: Duration, uri: &str) -> Result<(), String> {
        if self.is_busy() {
            return Err("busy".to_owned());
        }
        let formed = self.formed(uri, "INVITE")?;
        let mut target = formed.uri;
        if let Some((from, to)) = &self.detour
            && *from == target
            && self.defects.has(Defect::REDIRECTION_CACHED)
        {
            target.clone_from(to);
        }
        let uri = &*target;
        let routes = self.service_route();
        let first = routes.first().and_then(|route| Address::parse(route));
        let first = first.and_then(|first| first.uri.hop());
        let first = first.filter(|hop| self.own_address(hop.transport).is_some());
        //= RFC 3608 §6.1
        let (routes, hop) = match first {
            Some(hop) => (routes, hop),
            None => (Vec::new(), self.next_hop(uri)?),
        };
        let secure = Uri::parse(uri).is_some_and(|uri| uri.is_secure());
        let account = self.settings.account.as_ref();
        let own = account.map_or_else(
            || self.own_uri("intercom", Transport::Udp, false),
            |account| plain(&account.aor),
        );
        let (mut id, mut local_tag) = (self.token(), self.token());
        if self.defects.has(Defect::CALL_ID_REUSED) {
            "intercom".clone_into(&mut id);
        }
        if self.defects.has(Defect::FROM_TAG_REUSED) {
            "intercom".clone_into(&mut local_tag);
        }
        let mut contact = self.contact(hop.transport, secure);
        if self.defects.has(Defect::CONTACT_FOR_DIALOG_ONLY) {
            contact = format!("<{}>", self.own_uri(DIALOG_USER, hop.transport, secure));
        }
        let dialog = Dialog {
            call_id: format!("{id}@{}", self.config.sip.ip()),
            local_tag,
            remote_tag: String::new(),
            local: format!("<{own}>"),
            remote: if is_number(uri) { format!("<{uri}>") } else { format!("<{}>", plain(uri)) },
            local_cseq: 1,
            remote_cseq: None,
            routes: routes.clone(),
            target: uri.to_owned(),
            hop,
            contact,
        };
        let targets = Targets::of(uri, dialog.remote.clone(), routes);
        let local = self.local_description();
        let mut invite = self.invite(&dialog, local.offer(Direction::SendRecv, None));
        let mut keyring = self.kept.clone();
        if let Some(account) = self.settings.account.clone() {
            self.authenticate(&account, &mut keyring, &mut invite);
        }
        depart(&self.defects, INITIAL_INVITE, &mut invite);
        let key = self.send_request(now, invite.clone(), hop);
        self.log(now, &format!("call: dialing {uri}"));
        let until = now + Duration::from_secs(self.settings.no_answer_timeout);
        self.calls.push(Call {
            dialog,
            phase: Phase::Calling { until, heard: Heard::Nothing },
            peer_uri: uri.to_owned(),
            invite,
            key,
            local,
            answer: None,
            expires: None,
            bye: None,
            media: None,
            unacked: None,
            targets,
            infos: Infos::default(),
            reinvite: None,
            retry: None,
            keyring,
            provisionals: Provisionals::new(false, 0),
        });
        Ok(())
    }

    /// Gives an unanswered call up.
    pub(super) fn give_up(&mut self, now: Duration, call: &mut Call, why: &str) {
        let Phase::Calling { heard, .. } = call.phase else { return };
        self.stop_media(now, call);
        self.log(now, &format!("call: ended {why}"));
        call.phase = Phase::Cancelled { until: now + FORGET, heard };
        //= RFC 3261 §9.1
        if heard == Heard::Provisional || self.defects.has(Defect::CANCEL_EARLY) {
            self.send_cancel(now, call);
        }
        if call.dialog.remote_tag.is_empty() && self.defects.has(Defect::BYE_WITHOUT_DIALOG) {
            self.send_bye(now, call);
        }
    }

    pub(super) fn handle_response(&mut self, now: Duration, key: &Key, response: &Message) {
        if self.handle_register_response(now, key, response)
            || self.handle_query_response(now, key, response)
        {
            return;
        }
        let changed = self.with_call(
            |call| Self::is_reinvite(call, key),
            |device, call| device.handle_reinvite_response(now, call, response),
        );
        if changed {
            return;
        }
        if response.code() >= 200 {
            self.with_call(
                |call| call.infos.sent.as_ref() == Some(key),
                |device, call| device.info_over(now, call),
            );
            self.with_call(
                |call| call.bye.as_ref() == Some(key),
                |device, call| device.left(call, Some(response.code())),
            );
        }
        let known = self.with_call(
            |call| call.key == *key && response.method() == "INVITE",
            |device, call| match response.code() {
                0..200 => device.handle_progress(now, call, response),
                200..300 => device.handle_success(now, call, response),
                _ => device.handle_failure(now, call, response),
            },
        );
        if !known && (200..300).contains(&response.code()) {
            self.repeat_ack(now, key, response);
        }
    }

    pub(super) fn handle_unanswered(&mut self, now: Duration, key: &Key) {
        if self.handle_register_unanswered(now, key) || self.handle_query_unanswered(now, key) {
            return;
        }
        self.with_call(
            |call| Self::is_reinvite(call, key),
            |device, call| device.handle_reinvite_unanswered(now, call),
        );
        self.with_call(
            |call| call.infos.sent.as_ref() == Some(key),
            |device, call| device.info_over(now, call),
        );
        self.with_call(
            |call| call.bye.as_ref() == Some(key),
            |device, call| device.left(call, None),
        );
        self.with_call(
            |call| call.key == *key,
            |device, call| {
                if matches!(call.phase, Phase::Calling { .. }) {
                    if device.defects.has(Defect::TIMEOUT_IGNORED) {
                        return;
                    }
                    device.end(now, call, "no response");
                } else {
                    call.phase = Phase::Over;
                }
            },
        );
    }

    /// Adds the credentials that were asked for to a request.
    pub(super) fn authenticate(
        &mut self,
        account: &Account,
        keyring: &mut Keyring,
        request: &mut Message,
    ) {
        let Start::Request { method, uri, .. } = &request.start else { return };
        let mut password = account.password.clone();
        if self.defects.has(Defect::DIGEST_RESPONSE_WRONG) {
            password.push('?');
        }
        let wrong = self.defects.has(Defect::DIGEST_URI_WRONG);
        let uri = if wrong { "sip:example.net" } else { uri };
        let (cnonce, user, body) = (self.token(), &account.user, &request.body);
        let (password, cnonce) = (&password, &cnonce);
        let asked = Request { user, password, method, uri, body, cnonce, count: 0 };
        let mut answers = keyring.answers(&asked, &self.defects);
        if answers.len() > 1 && self.defects.has(Defect::CREDENTIALS_IN_ONE_ROW) {
            let rows: Vec<_> = answers.iter().map(|(_, value)| value.as_str()).collect();
            let row = rows.join(", ");
            answers.truncate(1);
            if let Some((_, value)) = answers.first_mut() {
                *value = row;
            }
        }
        for (name, value) in answers {
            let misplaced = self.defects.has(Defect::PROXY_CREDENTIALS_MISPLACED);
            request.headers.push(if misplaced { "Authorization" } else { name }, value);
        }
    }

    pub(super) fn next_hop(&self, uri: &str) -> Result<Hop, String> {
        if is_number(uri) {
            let account = self.settings.account.as_ref();
            let gateway = account.map(Account::hop);
            return gateway.ok_or_else(|| "no account for telephone numbers".to_owned());
        }
        let mut uri = Uri::parse(uri).ok_or("not a SIP URI")?;
        if self.defects.has(Defect::ESCAPED_HOST_UNESCAPED) {
            uri.host = unescape(&uri.host);
        }
        if !matches!(uri.scheme.as_str(), "sip" | "sips") {
            return Err(format!("cannot call {} URIs", uri.scheme));
        }
        let transport = self.transport_of(&uri)?;
        if let Some(hop) = uri.hop() {
            let bare = uri.is_secure() && self.defects.has(Defect::SIPS_OVER_TCP);
            return Ok(if bare { Hop { transport: Transport::TCP, ..hop } } else { hop });
        }
        let account = self.settings.account.as_ref();
        let own = account.filter(|account| {
            Uri::parse(&account.aor).is_some_and(|aor| aor.host.eq_ignore_ascii_case(&uri.host))
        });
        let says = uri.is_secure() || uri.params.get("transport").is_some();
        own.map(|account| if says { Hop::to(transport, account.registrar) } else { account.hop() })
            .ok_or_else(|| format!("cannot resolve {}", uri.host))
    }

    /// What carries a request for a URI.
    ///
    /// # Errors
    ///
    /// The device has no such transport.
    pub(super) fn transport_of(&self, uri: &Uri) -> Result<Transport, String> {
        let transport = uri.transport().ok_or("no transport for that URI")?;
        match self.own_address(transport) {
            Some(_) => Ok(transport),
            None => Err(format!("this device has no {}", transport.name())),
        }
    }

    pub(super) fn invite(&mut self, dialog: &Dialog, offer: String) -> Message {
        let from = format!("{};tag={}", dialog.local, dialog.local_tag);
        let (to, call_id) = (dialog.remote.clone(), dialog.call_id.clone());
        let mut head = Head { from, to, call_id, number: dialog.local_cseq };
        if self.defects.has(Defect::INVITE_WITH_TO_TAG) {
            head.to.push_str(";tag=early");
        }
        let transport = dialog.hop.transport;
        let mut invite = self.request("INVITE", &dialog.target, &dialog.routes, transport, &head);
        if !self.defects.has(Defect::INVITE_WITHOUT_CONTACT) {
            invite.headers.push("Contact", dialog.contact.as_str());
        }
        invite.headers.push("Allow", super::incoming::METHODS.join(", "));
        invite.headers.push("Supported", self.supported());
        invite.headers.push("Content-Type", "application/sdp");
        invite.body = offer.into_bytes();
        invite
    }

    fn handle_progress(&mut self, now: Duration, call: &mut Call, response: &Message) {
        let fatal = match response.code() {
            100 => self.defects.has(Defect::TRYING_ENDS_CALL),
            183 => self.defects.has(Defect::PROGRESS_ENDS_CALL),
            180..=182 => false,
            _ => self.defects.has(Defect::UNKNOWN_1XX_ENDS_CALL),
        };
        if fatal {
            self.end(now, call, "unexpected response");
            return;
        }
        match call.phase {
            Phase::Calling { until, .. } => {
                let early = self.defects.has(Defect::TIMER_B_IN_PROCEEDING);
                let until = if early { until.min(now + FORGET) } else { until };
                call.phase = Phase::Calling { until, heard: Heard::Provisional };
            }
            Phase::Cancelled { until, heard: Heard::Nothing } => {
                call.phase = Phase::Cancelled { until, heard: Heard::Provisional };
                if !self.defects.has(Defect::LATE_CANCEL_FORGOTTEN) {
                    self.send_cancel(now, call);
                }
                return;
            }
            Phase::Offered { .. }
            | Phase::Ringing { .. }
            | Phase::Cancelled { .. }
            | Phase::InCall
            | Phase::Closing
            | Phase::Leaving
            | Phase::Over => return,
        }
        if response.code() == 100 {
            if response.headers.get("RSeq").is_some() && self.defects.has(Defect::TRYING_PRACKED) {
                self.send_prack(now, call, 1);
            }
            return;
        }
        let order = self.order(call, response);
        if order == Order::Other {
            return;
        }
        self.log(now, &format!("call: progress {}", response.code()));
        if response.headers.get("Warning").is_some() && self.defects.has(Defect::WARNING_OBEYED) {
            self.give_up(now, call, "warned");
            return;
        }
        self.meet(call, response);
        //= RFC 3261 §13.2.1
        let answer = Description::parse(&response.body).and_then(|d| d.accepted(&call.local));
        let taken = call.media.is_some() && !self.defects.has(Defect::SECOND_ANSWER_TAKEN);
        if let Some(agreed) = answer
            && !taken
        {
            self.start_media(now, call, agreed);
        }
        if let Order::Next(number) = order {
            self.send_prack(now, call, number);
        }
    }

    fn handle_success(&mut self, now: Duration, call: &mut Call, response: &Message) {
        if response.code() != 200 && self.defects.has(Defect::UNKNOWN_2XX_IGNORED)
            || response.body.is_empty() && self.defects.has(Defect::ACK_NEEDS_SDP)
        {
            return;
        }
        match call.phase {
            Phase::Calling { .. } => {
                if response.tag("To").is_empty() && self.defects.has(Defect::TAGLESS_TO_IGNORED) {
                    return;
                }
                self.meet(call, response);
                self.send_ack(now, call);
                call.phase = Phase::InCall;
                let answer = Description::parse(&response.body);
                let early = call.media.as_ref().map(|media| media.agreed().clone());
                let early = early.filter(|_| {
                    let forgets = !call.provisionals.heard.is_empty()
                        && self.defects.has(Defect::RELIABLE_ANSWER_FORGOTTEN);
                    !forgets && !self.defects.has(Defect::SECOND_ANSWER_TAKEN)
                });
                //= RFC 3261 §13.2.1
                let stops = early.is_some() && self.defects.has(Defect::EARLY_MEDIA_STOPS);
                if let Some(mut agreed) = early.or_else(|| answer?.accepted(&call.local)) {
                    if stops {
                        agreed.direction = Direction::Inactive;
                    }
                    self.establish(now, call, agreed);
                } else if !self.defects.has(Defect::UNANSWERED_CALL_KEPT) {
                    self.leave(now, call);
                    self.end(now, call, "no acceptable answer");
                }
            }
            //= RFC 3261 §15
            Phase::Cancelled { .. } => {
                self.meet(call, response);
                if !self.defects.has(Defect::CROSSED_2XX_UNACKED) {
                    self.send_ack(now, call);
                }
                call.phase = Phase::Over;
                if !self.defects.has(Defect::CROSSED_2XX_NO_BYE) {
                    self.leave(now, call);
                }
            }
            Phase::Offered { .. }
            | Phase::Ringing { .. }
            | Phase::InCall
            | Phase::Closing
            | Phase::Leaving
            | Phase::Over => {
                if response.tag("To") == call.dialog.remote_tag {
                    self.repeat_ack(now, &call.key, response);
                } else {
                    self.drop_fork(now, call, response);
                }
            }
        }
    }

    /// Ends the dialog of another branch that answered too.
    fn drop_fork(&mut self, now: Duration, call: &mut Call, response: &Message) {
        if self.defects.has(Defect::FORK_IGNORED) {
            return;
        }
        let tag = response.tag("To");
        if self.acks.iter().any(|ack| ack.key == call.key && ack.remote_tag == tag) {
            self.repeat_ack(now, &call.key, response);
            return;
        }
        let kept = call.dialog.clone();
        self.meet(call, response);
        self.send_ack(now, call);
        if !self.defects.has(Defect::FORK_WITHOUT_BYE) {
            self.send_bye(now, call);
        }
        call.dialog = kept;
    }

    fn handle_failure(&mut self, now: Duration, call: &mut Call, response: &Message) {
        let Start::Response { code, reason } = &response.start else { return };
        if !matches!(call.phase, Phase::Calling { .. }) {
            call.phase = Phase::Over;
            return;
        }
        if matches!(code, 401 | 407) && self.authorize(now, call, response) {
            return;
        }
        if self.tries_wrongly(now, call, response) {
            return;
        }
        //= RFC 3261 §8.1.3.4
        let goes_on = match code {
            300..400 => self.follow(now, call, response),
            _ => self.try_next(now, call),
        };
        if goes_on {
            return;
        }
        if *code % 100 == 99 && self.defects.has(Defect::UNKNOWN_FAILURE_IGNORED)
            || self.defects.has(Defect::REJECT_STAYS_CALLING)
        {
            return;
        }
        if (400..500).contains(code)
            && self.defects.has(Defect::RETRIES_FAILED_CALL)
            && call.dialog.local_cseq < RETRIES
        {
            self.invite_anew(now, call, None);
            return;
        }
        self.end(now, call, &format!("{code} {reason}"));
    }

    /// What a device does about a failure although it should not; false if it does nothing.
    fn tries_wrongly(&mut self, now: Duration, call: &mut Call, response: &Message) -> bool {
        let again = match response.code() {
            305 => {
                call.targets.tries_once_more() && self.defects.has(Defect::PROXY_REFUSAL_RETRIED)
            }
            503 if response.tag("To").is_empty() => {
                // It made this one itself, for what it could not send.
                return self.defects.has(Defect::BROKEN_CONNECTION_IGNORED);
            }
            503 => {
                response.headers.get("Retry-After").is_none()
                    && call.targets.tries_once_more()
                    && self.defects.has(Defect::UNAVAILABLE_RETRIED)
            }
            _ => false,
        };
        if again {
            self.invite_anew(now, call, None);
        }
        again
    }

    /// Sends the INVITE again with credentials; false if that is no use.
    fn authorize(&mut self, now: Duration, call: &mut Call, response: &Message) -> bool {
        let Some(account) = self.settings.account.clone() else { return false };
        if call.keyring.take(response, &self.defects) == Outcome::Rejected {
            return false;
        }
        if self.defects.has(Defect::PROXY_CREDENTIALS_KEPT) {
            self.kept = call.keyring.clone();
            self.kept.begin();
        }
        self.invite_anew(now, call, Some(&account));
        true
    }

    /// Sends the INVITE of a refused call again, as a request of its own.
    pub(super) fn invite_anew(
        &mut self,
        now: Duration,
        call: &mut Call,
        account: Option<&Account>,
    ) {
        if !self.defects.has(Defect::INVITE_CSEQ_STUCK) {
            call.dialog.local_cseq += 1;
        }
        if self.defects.has(Defect::CHALLENGED_CALL_NEW_CALL_ID) {
            call.dialog.call_id = format!("{}@{}", self.token(), self.config.sip.ip());
        }
        //= RFC 3261 §22.2
        call.dialog.remote.clone_from(&call.targets.to);
        call.dialog.target.clone_from(&call.peer_uri);
        call.dialog.remote_tag.clear();
        call.provisionals.heard.clear();
        call.dialog.routes.clone_from(&call.targets.routes);
        let mut invite = self.invite(&call.dialog, call.local.offer(Direction::SendRecv, None));
        for (name, value) in unescaped(&call.targets.headers) {
            invite.headers.push(&name, value);
        }
        if let Some(account) = account {
            self.authenticate(account, &mut call.keyring, &mut invite);
        }
        call.key = self.send_request(now, invite.clone(), call.dialog.hop);
        call.invite = invite;
        if let Phase::Calling { until, .. } = call.phase {
            call.phase = Phase::Calling { until, heard: Heard::Nothing };
        }
    }

    /// Takes what a response says about the other end of the call.
    fn meet(&self, call: &mut Call, response: &Message) {
        let known = !call.dialog.remote_tag.is_empty();
        if known && self.defects.has(Defect::FIRST_EARLY_DIALOG_WINS) {
            return;
        }
        call.dialog.learn(response, &self.defects);
    }

    //= RFC 3261 §9.1
    pub(super) fn send_cancel(&mut self, now: Duration, call: &Call) {
        if self.defects.has(Defect::NO_CANCEL_ON_NO_ANSWER) {
            return;
        }
        let Some((invite, hop)) = self.transactions.sent(&call.key) else { return };
        let Start::Request { uri, .. } = &invite.start else { return };
        let mut cancel = Message::request("CANCEL", uri);
        for name in ["Via", "Max-Forwards", "Route", "From", "To", "Call-ID"] {
            for value in invite.headers.all(name) {
                cancel.headers.push(name, value);
            }
        }
        let number = invite.cseq().map_or(0, |(number, _)| number);
        cancel.headers.push("CSeq", format!("{number} CANCEL"));
        misprint(&self.defects, &mut cancel);
        let mut hop = hop;
        if !call.dialog.remote_tag.is_empty() && self.defects.has(Defect::CANCEL_TO_CONTACT) {
            hop = call.dialog.path("CANCEL", &self.defects).hop;
        }
        self.transactions.request(now, cancel, hop, None);
    }

    fn repeat_ack(&mut self, now: Duration, key: &Key, response: &Message) {
        if self.defects.has(Defect::ACK_NOT_REPEATED) {
            return;
        }
        let tag = response.tag("To");
        let ack = self.acks.iter().find(|ack| ack.key == *key && ack.remote_tag == tag);
        if let Some((hop, bytes)) = ack.map(|ack| (ack.hop, ack.bytes.clone())) {
            self.send_sip(now, hop, None, bytes);
        }
    }
}

/// A URI as From and To may have it: without the parameters of a way there.
//= RFC 3261 §19.1.1
pub(super) fn plain(uri: &str) -> String {
    let host = uri.rfind('@').unwrap_or_default();
    let params = uri.get(host..).and_then(|rest| rest.find([';', '?']));
    uri.get(..params.map_or(uri.len(), |at| host + at)).unwrap_or(uri).to_owned()
}

/// How often a call that failed is tried, by a device that should not.
const RETRIES: u32 = 10;
/// 64*T1: how long a cancelled INVITE may still be answered.
const FORGET: Duration = Duration::from_secs(32);
