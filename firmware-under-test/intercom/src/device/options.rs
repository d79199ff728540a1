//! Saying what the device can do: RFC 3261 §11.2.

use std::time::Duration;

use super::Device;
use super::departures::{OPTIONS, depart};
use super::incoming::{LANGUAGE, METHODS};
use crate::call::Phase;
use crate::defects::Defect;
use crate::sdp::Direction;
use crate::sip::{Message, Start, Uri};
use crate::transaction::Key;

impl Device {
    /// Answers as an INVITE would be.
    pub(super) fn handle_options(&mut self, now: Duration, key: &Key, request: &Message) {
        for (code, defect) in [(100, Defect::OPTIONS_100_AT_ONCE), (180, Defect::OPTIONS_180)] {
            if self.defects.has(defect) {
                let early = self.response(request, code, "");
                self.transactions.respond(now, key, &early);
            }
        }
        let live = self.calls.iter().find(|call| call.is_live()).map(|call| call.phase);
        let free = match live {
            Some(Phase::InCall) => self.defects.has(Defect::OPTIONS_200_IN_CALL),
            Some(Phase::Calling { .. }) => self.defects.has(Defect::OPTIONS_200_WHILE_CALLING),
            Some(_) => self.defects.has(Defect::OPTIONS_200_WHILE_RINGING),
            None => !self.defects.has(Defect::OPTIONS_486_WHEN_IDLE),
        };
        if self.defects.has(Defect::OPTIONS_RINGS) {
            self.log(now, "call: ringing");
        }
        let mut code = if free { 200 } else { 486 };
        let user = request_user(request);
        if user.as_deref() == Some("nobody-here")
            && self.defects.has(Defect::OPTIONS_404_FOR_OTHERS)
        {
            code = 404;
        }
        let tag = self.token();
        let mut response = self.response(request, code, &tag);
        self.describe(&mut response);
        if code == 200 {
            self.describe_media(request, &mut response);
        }
        depart(&self.defects, OPTIONS, &mut response);
        self.transactions.respond(now, key, &response);
    }

    /// What the device can do, as OPTIONS asks.
    pub(super) fn describe(&self, response: &mut Message) {
        if !self.defects.has(Defect::OPTIONS_WITHOUT_ALLOW) {
            response.headers.push("Allow", METHODS.join(", "));
        }
        response.headers.push("Accept", "application/sdp");
        response.headers.push("Accept-Encoding", "identity");
        response.headers.push("Accept-Language", LANGUAGE);
        response.headers.push("Supported", self.supported());
    }

    /// The media that the device has, for who accepts a session description.
    fn describe_media(&mut self, request: &Message, response: &mut Message) {
        let accepted = request.headers.list("Accept");
        let sdp = |range: &&str| {
            let range = range.split(';').next().unwrap_or_default().trim();
            ["application/sdp", "application/*", "*/*"]
                .iter()
                .any(|r| range.eq_ignore_ascii_case(r))
        };
        //= RFC 3261 §11.2
        let silent = request.headers.get("Accept").is_none();
        let wanted = if silent {
            !self.defects.has(Defect::OPTIONS_ONLY_WHEN_ASKED)
        } else {
            accepted.iter().any(sdp) || self.defects.has(Defect::OPTIONS_BODY_UNASKED)
        };
        if wanted && !self.defects.has(Defect::OPTIONS_WITHOUT_SDP) {
            response.headers.push("Content-Type", "application/sdp");
            response.body = self.local_description().offer(Direction::SendRecv, None).into_bytes();
            if self.defects.has(Defect::OPTIONS_WRONG_CODEC) {
                let media = format!("m=audio {} RTP/AVP 18\r\n", self.config.rtp.port());
                let text = String::from_utf8_lossy(&response.body);
                let kept = text.split("m=audio").next().unwrap_or_default();
                response.body = format!("{kept}{media}").into_bytes();
            }
        }
    }
}

/// The user part of the Request-URI.
fn request_user(request: &Message) -> Option<String> {
    match &request.start {
        Start::Request { uri, .. } => Uri::parse(uri)?.user,
        Start::Response { .. } => None,
    }
}
