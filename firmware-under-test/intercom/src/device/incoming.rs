//! Requests from outside: RFC 3261 §8.2.

use std::time::Duration;

use super::Device;
use super::misprint::misprint;
use crate::call::{Call, Phase};
use crate::defects::Defect;
use crate::dialog::Dialog;
use crate::dtmf::info::Kind;
use crate::sip::{Address, Message, Start, Uri, Via};
use crate::transaction::Key;
use crate::transport::{Hop, Transport};

impl Device {
    /// Whether a request can be served at all; answers it if not.
    pub(super) fn is_sound(
        &mut self,
        now: Duration,
        from: Hop,
        via: &Via,
        request: &Message,
    ) -> bool {
        if self.defects.has(Defect::CRASH_ON_MALFORMED) && request.call_id().is_empty() {
            self.crash(now, "null pointer in sip_find_dialog");
            return false;
        }
        let Start::Request { version, .. } = &request.start else { return false };
        let code = match request.faults.first() {
            _ if version != VERSION && !self.defects.has(Defect::VERSION_IGNORED) => 505,
            Some(_) => 400,
            None => return true,
        };
        self.refuse_unsound(now, from, via, request, code);
        false
    }

    /// Answers without a transaction a request that can have none.
    pub(super) fn refuse_unsound(
        &mut self,
        now: Duration,
        from: Hop,
        via: &Via,
        request: &Message,
        code: u16,
    ) {
        //= RFC 3261 §17.1.1.3
        if request.method() == "ACK" {
            return;
        }
        let tag = self.token();
        let mut response = self.response(request, code, &tag);
        if let Some(fault) = request.faults.first() {
            let host = self.config.sip;
            response.headers.push("Warning", format!("399 {host} \"{fault}\""));
            //= RFC 3261 §21.4.1
            if code == 400 && !self.defects.has(Defect::BAD_REQUEST_UNEXPLAINED) {
                response.start = Start::Response { code, reason: format!("Bad Request: {fault}") };
            }
        }
        let hop = via.reply_to(from, !self.defects.has(Defect::NO_RPORT));
        let mut bytes = response.to_bytes();
        if let Start::Request { version, .. } = &request.start
            && self.defects.has(Defect::VERSION_ECHOED)
        {
            bytes.splice(..VERSION.len(), version.bytes());
        }
        self.send_sip(now, hop, None, bytes);
    }

    pub(super) fn handle_request(
        &mut self,
        now: Duration,
        key: &Key,
        from: Hop,
        request: &Message,
    ) {
        let method = request.method();
        if method == "CANCEL" {
            self.handle_cancel(now, key, request);
            return;
        }
        if let Some(refusal) = self.gatekeep(request) {
            self.respond(now, key, refusal);
            return;
        }
        let home = self.home(request);
        if let Some(refusal) = self.refusal(key, from, request) {
            self.respond(now, key, refusal);
            self.refused(now, home.as_ref(), request);
            return;
        }
        let in_dialog = !request.tag("To").is_empty();
        match method {
            "INVITE" if !in_dialog => self.handle_invite(now, key, from, request),
            "OPTIONS" if !in_dialog => self.handle_options(now, key, request),
            _ => match home {
                Some(home) => {
                    self.with_call(
                        |call| call.key == home,
                        |device, call| device.handle_in_dialog(now, key, call, request),
                    );
                }
                //= RFC 3261 §12.2.2
                None => self.handle_stray(now, key, request),
            },
        }
    }

    /// Sends a response, wrongly written if the device has a defect like that.
    pub(super) fn respond(&mut self, now: Duration, key: &Key, mut response: Message) {
        misprint(&self.defects, &mut response);
        self.transactions.respond(now, key, &response);
    }

    /// The call whose dialog a request belongs to, by the key of its INVITE.
    fn home(&self, request: &Message) -> Option<Key> {
        let mut live = self.calls.iter().filter(|call| call.phase != Phase::Over);
        let home = live.find(|call| self.belongs(&call.dialog, request));
        home.map(|call| call.key.clone())
    }

    fn belongs(&self, dialog: &Dialog, request: &Message) -> bool {
        if dialog.owns(request) {
            return true;
        }
        let call_id = request.call_id();
        let same_id = call_id == dialog.call_id;
        let same_to = request.tag("To") == dialog.local_tag;
        let same_from = request.tag("From") == dialog.remote_tag;
        request.method() == "BYE"
            && match (same_id, same_to, same_from) {
                (true, false, true) => self.defects.has(Defect::BYE_ANY_TO_TAG),
                (true, true, false) => self.defects.has(Defect::BYE_ANY_FROM_TAG),
                (false, true, true) if call_id.eq_ignore_ascii_case(&dialog.call_id) => {
                    self.defects.has(Defect::CALL_ID_ANY_CASE)
                }
                (false, true, true) => self.defects.has(Defect::BYE_ANY_CALL_ID),
                _ => false,
            }
    }

    /// Answers a request of a dialog that there is not.
    fn handle_stray(&mut self, now: Duration, key: &Key, request: &Message) {
        let code = match request.method() {
            "BYE" if self.defects.has(Defect::STRAY_BYE_200) => 200,
            "INVITE" if self.defects.has(Defect::UNKNOWN_DIALOG_404) => 404,
            "INFO" if self.defects.has(Defect::STRAY_INFO_408) => 408,
            _ => 481,
        };
        self.refuse(now, key, request, code);
        self.with_call(
            |call| request.method() == "BYE" && call.dialog.call_id == request.call_id(),
            |device, call| {
                if device.defects.has(Defect::STRAY_BYE_ENDS_CALL) {
                    device.end(now, call, "by the other side");
                }
            },
        );
    }

    /// What a device that has refused a request does about it although it should not.
    fn refused(&mut self, now: Duration, home: Option<&Key>, request: &Message) {
        self.with_call(
            |call| home == Some(&call.key),
            |device, call| match request.method() {
                "BYE" if device.defects.has(Defect::REFUSED_BYE_ENDS_CALL) => {
                    device.end(now, call, "by the other side");
                }
                "INVITE" if device.defects.has(Defect::TARGET_REFRESHED_BY_REFUSED) => {
                    call.dialog.refresh(request);
                }
                _ => {}
            },
        );
        let merged = |call: &Call| {
            matches!(call.phase, Phase::Offered { .. } | Phase::Ringing { .. })
                && request.tag("To").is_empty()
                && call.dialog.call_id == request.call_id()
        };
        self.with_call(merged, |device, call| {
            if device.defects.has(Defect::MERGED_ENDS_FIRST) {
                device.decline(now, call, 480);
                device.end(now, call, "merged");
            }
        });
    }

    /// A response to `request` with what every response copies; `tag` goes into a To without one.
    pub(super) fn response(&self, request: &Message, code: u16, tag: &str) -> Message {
        let mut response = Message::response(code, reason(code));
        let mut vias = request.headers.list("Via");
        if self.defects.has(Defect::VIA_REORDERED) {
            vias.reverse();
        }
        for via in vias {
            response.headers.push("Via", via);
        }
        let has_tag = !request.tag("To").is_empty();
        for name in ["From", "To", "Call-ID", "CSeq"] {
            let Some(value) = request.headers.get(name) else { continue };
            if name == "To" && !has_tag && !tag.is_empty() && code != 100 {
                response.headers.push(name, format!("{value};tag={tag}"));
            } else {
                response.headers.push(name, value);
            }
        }
        //= RFC 3261 §8.2.6.1
        if let Some(timestamp) = request.headers.get("Timestamp").filter(|_| code == 100)
            && !self.defects.has(Defect::TIMESTAMP_DROPPED)
        {
            response.headers.push("Timestamp", timestamp);
        }
        self.miscopy(request, &mut response);
        response
    }

    /// Answers with a bare final response.
    pub(super) fn refuse(&mut self, now: Duration, key: &Key, request: &Message, code: u16) {
        let tag = self.token();
        let response = self.response(request, code, &tag);
        self.respond(now, key, response);
    }

    /// The 488 of RFC 3261 §13.3.1.3.
    pub(super) fn not_acceptable(&mut self, request: &Message) -> Message {
        let tag = self.token();
        let mut response = self.response(request, 488, &tag);
        let host = self.config.sip;
        let unquoted = self.defects.has(Defect::WARNING_UNQUOTED);
        let text = if unquoted { "no codec in common" } else { "\"no codec in common\"" };
        let code = if self.defects.has(Defect::WARNING_OF_BANDWIDTH) { 370 } else { 305 };
        response.headers.push("Warning", format!("{code} {host} {text}"));
        response
    }

    /// The extensions that it knows.
    pub(super) fn supported(&self) -> String {
        let mut supported = vec!["path"];
        if self.settings.reliable {
            supported.push("100rel");
        }
        supported.join(", ")
    }

    /// Whether a request may require an extension.
    fn knows(&self, tag: &str) -> bool {
        tag == "100rel" && (self.settings.reliable || self.defects.has(Defect::RELIABLE_OFF_UNTOLD))
    }

    /// The methods that a refusal of another says to be allowed.
    fn allowed(&self) -> String {
        let mut allowed = METHODS.join(", ");
        if self.defects.has(Defect::REFUSED_METHOD_ALLOWED) {
            allowed.push_str(", REFER");
        }
        if self.defects.has(Defect::ALLOW_OF_CALLS_ONLY) {
            "INVITE, ACK, BYE, CANCEL".clone_into(&mut allowed);
        }
        allowed
    }

    /// The checks of RFC 3261 §8.2.1 to §8.2.3, in their order.
    fn refusal(&mut self, key: &Key, from: Hop, request: &Message) -> Option<Message> {
        let tag = self.token();
        let Start::Request { method, uri, .. } = &request.start else { return None };
        if !METHODS.contains(&method.as_str()) {
            if self.defects.has(Defect::UNKNOWN_METHOD_501) {
                return Some(self.response(request, 501, &tag));
            }
            let mut response = self.response(request, 405, &tag);
            if !self.defects.has(Defect::NO_ALLOW_IN_405) {
                response.headers.push("Allow", self.allowed());
            }
            return Some(response);
        }
        if method == "OPTIONS"
            && request.tag("To").is_empty()
            && self.defects.has(Defect::OPTIONS_REFUSED)
        {
            return Some(self.response(request, 405, &tag));
        }
        //= RFC 3261 §8.2.2.1
        let foreign = Uri::parse(uri).is_some_and(|uri| !may_come(&uri, from));
        let barred = Uri::parse(uri).is_some_and(|uri| uri.is_secure())
            && self.defects.has(Defect::SIPS_REFUSED);
        let foreign = foreign || barred;
        let odd = uri.starts_with("SIP:") && self.defects.has(Defect::SMALL_SCHEME_ONLY);
        if odd || foreign && !self.defects.has(Defect::SCHEME_OF_TO) {
            return Some(self.response(request, 416, &tag));
        }
        if self.is_for_another(request) {
            return Some(self.response(request, 404, &tag));
        }
        let private = Uri::parse(uri).and_then(|uri| uri.user).is_some_and(|u| u == DIALOG_USER);
        if private && in_no_dialog(request) && self.defects.has(Defect::CONTACT_FOR_DIALOG_ONLY) {
            return Some(self.response(request, 404, &tag));
        }
        let spent = request.headers.get("Max-Forwards").is_some_and(|hops| hops == "0");
        if spent && self.defects.has(Defect::MAX_FORWARDS_ZERO_REFUSED) {
            return Some(self.response(request, 483, &tag));
        }
        if request.tag("To").is_empty()
            && self.transactions.is_merged(key, request)
            && !(method == "INVITE" && self.defects.has(Defect::MERGED_486))
        {
            return Some(self.response(request, 482, &tag));
        }
        if let Some(code) = self.wrongly_minded(request) {
            return Some(self.response(request, code, &tag));
        }
        if request.headers.get("Proxy-Require").is_some()
            && self.defects.has(Defect::PROXY_REQUIRE_MINDED)
        {
            return Some(self.response(request, 420, &tag));
        }
        if method == "INVITE"
            && request.headers.get("Supported").is_some_and(str::is_empty)
            && self.defects.has(Defect::EXTENSION_REQUIRED_UNNAMED)
        {
            return Some(self.response(request, 421, &tag));
        }
        //= RFC 3261 §8.2.2.3
        let mut required = request.headers.list("Require");
        let several = request.headers.all("Require").count() > 1;
        if several && self.defects.has(Defect::FIRST_ROW_ONLY) {
            required.truncate(1);
        }
        required.retain(|tag| !self.knows(tag));
        if !required.is_empty() && !self.defects.has(Defect::IGNORES_REQUIRE) {
            let mut response = self.response(request, 420, &tag);
            if !self.defects.has(Defect::NO_UNSUPPORTED_IN_420) {
                let several = required.len() > 1;
                let first_only = several && self.defects.has(Defect::UNSUPPORTED_FIRST_ONLY);
                let named = if first_only { required.get(..1) } else { required.get(..) };
                let mut named = named.unwrap_or_default().to_vec();
                if self.defects.has(Defect::UNSUPPORTED_TOO_MANY) {
                    named.push("100rel");
                }
                response.headers.push("Unsupported", named.join(", "));
            }
            return Some(response);
        }
        self.unreadable(request, &tag).or_else(|| self.unwritable(request, &tag))
    }

    /// The refusal of an INVITE whose answer the caller could not read.
    fn unwritable(&self, request: &Message, tag: &str) -> Option<Message> {
        //= RFC 3261 §20.1
        let accepted = request.headers.list("Accept");
        let listed = accepted.into_iter().any(|range| {
            let kind = range.split(';').next().unwrap_or_default().trim();
            SDP_RANGES.iter().any(|known| known.eq_ignore_ascii_case(kind))
        });
        let silent = request.headers.get("Accept").is_none();
        if request.method() != "INVITE"
            || silent
            || listed
            || self.defects.has(Defect::ACCEPT_IGNORED)
        {
            return None;
        }
        //= RFC 3261 §21.4.7
        Some(self.response(request, 406, tag))
    }

    //= RFC 3261 §8.2.3
    fn unreadable(&self, request: &Message, tag: &str) -> Option<Message> {
        let written = request.headers.get("Content-Disposition").unwrap_or_default();
        let mut disposition = written.to_ascii_lowercase();
        if disposition != written && self.defects.has(Defect::HANDLING_CASE_MATTERS) {
            written.clone_into(&mut disposition);
        }
        let optional = disposition.contains("handling=optional");
        if request.body.is_empty()
            || (optional
                && !(request.method() == "INVITE"
                    && self.defects.has(Defect::OPTIONAL_BODY_REFUSED)))
        {
            return None;
        }
        let kind = request.headers.get("Content-Type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        // The body of a package is the package's matter.
        if request.method() == "INFO" && request.headers.get("Info-Package").is_some() {
            return None;
        }
        let types: &[&str] = match request.method() {
            "INFO" => &INFO_TYPES,
            _ => &["application/sdp"],
        };
        let accepted = types.join(", ");
        let known = types.iter().any(|accepted| kind.eq_ignore_ascii_case(accepted));
        if request.method() == "INVITE" && !known && self.defects.has(Defect::UNKNOWN_BODY_RINGS) {
            return None;
        }
        let encodings = request.headers.list("Content-Encoding");
        let identity = encodings.iter().all(|e| e.eq_ignore_ascii_case("identity"));
        let languages = request.headers.list("Content-Language");
        let spoken = languages.iter().all(|language| {
            language.get(..2).is_some_and(|primary| primary.eq_ignore_ascii_case(LANGUAGE))
        });
        if known && identity && spoken {
            return None;
        }
        if identity && self.defects.has(Defect::CONTENT_TYPE_IGNORED)
            || !identity && self.defects.has(Defect::CONTENT_ENCODING_IGNORED)
        {
            return None;
        }
        let mut response = self.response(request, 415, tag);
        if !spoken && !self.defects.has(Defect::NO_ACCEPT_LANGUAGE_IN_415) {
            response.headers.push("Accept-Language", LANGUAGE);
        }
        if !identity || !self.defects.has(Defect::NO_ACCEPT_IN_415) {
            response.headers.push("Accept", accepted);
        }
        if identity || !self.defects.has(Defect::NO_ACCEPT_ENCODING_IN_415) {
            response.headers.push("Accept-Encoding", "identity");
        }
        Some(response)
    }

    fn handle_in_dialog(&mut self, now: Duration, key: &Key, call: &mut Call, request: &Message) {
        let number = request.cseq().map_or(0, |(number, _)| number);
        //= RFC 3261 §12.2.2
        let (lower, gap) = match call.dialog.remote_cseq {
            Some(last) => (number < last, number > last + 1),
            None => (false, false),
        };
        if (lower && !self.defects.has(Defect::LOWER_CSEQ_SERVED))
            || (gap && self.defects.has(Defect::CSEQ_GAP_REFUSED))
        {
            self.refuse(now, key, request, 500);
            return;
        }
        let kept = match call.dialog.remote_cseq {
            Some(_) => Defect::REMOTE_CSEQ_KEPT,
            None => Defect::OTHER_CSEQ_FORGOTTEN,
        };
        if !self.defects.has(kept) {
            call.dialog.remote_cseq = Some(number);
        }
        if request.headers.get("Contact").is_some()
            && request.method() != "INVITE"
            && self.defects.has(Defect::TARGET_REFRESHED_BY_ANY)
        {
            call.dialog.refresh(request);
        }
        match request.method() {
            "BYE" => self.handle_bye(now, key, call, request),
            "INFO" => self.handle_info(now, key, call, request),
            "OPTIONS" => {
                if self.defects.has(Defect::OPTIONS_IN_DIALOG_ENDS_CALL) {
                    self.end(now, call, "by OPTIONS");
                    call.phase = Phase::Over;
                }
                let mut response = self.response(request, 200, "");
                if !self.defects.has(Defect::OPTIONS_BARE_IN_DIALOG) {
                    self.describe(&mut response);
                }
                self.respond(now, key, response);
            }
            "UPDATE" => self.handle_update(now, key, call, request),
            "PRACK" => self.handle_prack(now, key, call, request),
            _ => self.handle_reinvite(now, key, call, request),
        }
    }

    /// The status for what should not matter, but does to a device with such a defect.
    pub(super) fn wrongly_minded(&self, request: &Message) -> Option<u16> {
        let headers = &request.headers;
        let to = || headers.get("To").and_then(Address::parse);
        let minds = match request.method() {
            "INVITE" if request.tag("To").is_empty() => {
                let scheme = to().is_some_and(|to| to.uri.scheme != "sip");
                let host = self.config.sip.ip().to_string();
                let elsewhere = !scheme && to().is_some_and(|to| to.uri.host != host);
                let dated = headers.get("Date").is_some_and(|date| !date.ends_with("GMT"));
                let extended = headers.names().any(|name| name.starts_with("X-"));
                (scheme && self.defects.has(Defect::TO_SCHEME_REFUSED))
                    || (elsewhere && self.defects.has(Defect::TO_IDENTITY_CHECKED))
                    || (dated && self.defects.has(Defect::BAD_DATE_REFUSED))
                    || (extended && self.defects.has(Defect::UNKNOWN_HEADER_REFUSED))
                    || (request.tag("From").is_empty()
                        && self.defects.has(Defect::TAGLESS_FROM_REFUSED))
            }
            "BYE" | "CANCEL" => {
                headers.get("Reason").is_some() && self.defects.has(Defect::REASON_REFUSED)
            }
            _ => false,
        };
        minds.then_some(400)
    }
}

/// Whether a Request-URI may come that way: `sips` over TLS only.
fn may_come(uri: &Uri, from: Hop) -> bool {
    match uri.scheme.as_str() {
        "sip" => true,
        "sips" => from.transport == Transport::TLS,
        _ => false,
    }
}

/// The reason phrase of RFC 3261 §21.
pub(super) const fn reason(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        469 => "Bad Info Package",
        415 => "Unsupported Media Type",
        404 => "Not Found",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        421 => "Extension Required",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        _ => "Unknown",
    }
}

fn in_no_dialog(request: &Message) -> bool {
    request.tag("To").is_empty()
}

/// What the device serves.
pub(super) const METHODS: &[&str] =
    &["INVITE", "ACK", "CANCEL", "OPTIONS", "BYE", "INFO", "UPDATE", "PRACK"];

/// Whom a device calls itself within a dialog that has no other address.
pub(super) const DIALOG_USER: &str = "call";

/// The version that it speaks.
const VERSION: &str = "SIP/2.0";
/// The language that it speaks.
pub(super) const LANGUAGE: &str = "en";
/// What has to be in an Accept for an answer to be welcome.
const SDP_RANGES: &[&str] = &["application/sdp", "application/*", "*/*"];
/// What an INFO may carry.
const INFO_TYPES: [&str; 2] = [Kind::Relay.content_type(), Kind::Plain.content_type()];
