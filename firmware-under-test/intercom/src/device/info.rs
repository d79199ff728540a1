//! INFO requests: digits in them (RFC 2976, RFC 6086 §3), and packages that the device has none of.

use std::collections::VecDeque;
use std::time::Duration;

use super::Device;
use super::misprint::misprint;
use crate::call::{Call, Infos, Phase};
use crate::defects::Defect;
use crate::dtmf::info::Kind;
use crate::dtmf::presses::Way;
use crate::settings::DigitsBy;
use crate::sip::Message;
use crate::transaction::Key;

impl Device {
    /// Takes an INFO request of a call.
    pub(super) fn handle_info(
        &mut self,
        now: Duration,
        key: &Key,
        call: &mut Call,
        request: &Message,
    ) {
        //= RFC 6086 §4.2.2
        if request.headers.get("Info-Package").is_some() {
            if self.defects.has(Defect::INFO_PACKAGE_TAKEN) {
                self.refuse(now, key, request, 200);
                return;
            }
            let mut response = self.response(request, 469, &call.dialog.local_tag);
            if !self.defects.has(Defect::INFO_469_SILENT) {
                response.headers.push("Recv-Info", "");
            }
            self.respond(now, key, response);
            if self.defects.has(Defect::INFO_469_ENDS_CALL) {
                self.send_bye(now, call);
                self.end(now, call, "bad package");
            }
            return;
        }
        let code = if self.defects.has(Defect::INFO_UNSUPPORTED) { 501 } else { 200 };
        self.refuse(now, key, request, code);
        let kind = request.headers.get("Content-Type").and_then(Kind::of);
        if let Some(digit) = kind.and_then(|kind| self.read_digit(kind, &request.body)) {
            self.hear_digit(now, digit, Way::Info);
        }
    }

    fn read_digit(&self, kind: Kind, body: &[u8]) -> Option<char> {
        let strict = self.defects.has(Defect::INFO_SIGNAL_STRICT);
        if kind == Kind::Plain && self.defects.has(Defect::INFO_DTMF_DEAF)
            || kind == Kind::Relay && self.defects.has(Defect::INFO_RELAY_DEAF)
            || strict && body.windows(2).any(|pair| pair == b"= ")
        {
            return None;
        }
        kind.read(body)
    }

    /// Sends digits in INFO requests, each when the one before has been answered.
    pub(super) fn send_infos(
        &mut self,
        now: Duration,
        call: &mut Call,
        kind: Kind,
        digits: VecDeque<char>,
    ) {
        call.infos.kind = Some(kind);
        call.infos.digits.extend(digits);
        if call.infos.sent.is_none() {
            self.send_info(now, call);
        }
    }

    /// Takes the end of the INFO at hand: the next goes out.
    pub(super) fn info_over(&mut self, now: Duration, call: &mut Call) {
        call.infos.sent = None;
        if call.phase == Phase::InCall {
            self.send_info(now, call);
        }
    }

    fn send_info(&mut self, now: Duration, call: &mut Call) {
        let Infos { kind: Some(kind), .. } = call.infos else { return };
        let Some(digit) = call.infos.digits.pop_front() else { return };
        call.dialog.local_cseq += 1;
        let number = call.dialog.local_cseq;
        let (mut info, path) = self.dialog_request("INFO", &call.dialog, number);
        if self.defects.has(Defect::INFO_SENT_IN_PACKAGE) {
            info.headers.push("Info-Package", "dtmf");
        }
        let said = if self.defects.has(Defect::INFO_SENT_AS_OTHER) {
            "text/plain"
        } else {
            kind.content_type()
        };
        let digit = if self.defects.has(Defect::INFO_SENT_OFF_BY_ONE) {
            char::from_digit((digit.to_digit(10).unwrap_or(9) + 1) % 10, 10).unwrap_or('0')
        } else {
            digit
        };
        let long = if self.defects.has(Defect::INFO_SENT_LONG) { 9_000 } else { 160 };
        info.headers.push("Content-Type", said);
        info.body = kind.write(digit, long).into_bytes();
        misprint(&self.defects, &mut info);
        call.infos.sent = Some(self.send_request(now, info, path.hop));
    }
}

impl DigitsBy {
    /// The body of INFO requests that digits are sent in, if they are.
    pub(super) const fn kind(self) -> Option<Kind> {
        match self {
            Self::Info => Some(Kind::Relay),
            Self::InfoDtmf => Some(Kind::Plain),
            Self::Rtp | Self::Inband => None,
        }
    }
}
