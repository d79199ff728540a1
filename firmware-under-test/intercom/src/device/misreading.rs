//! What a device with a faulty parser makes of a message: the seeded defects of the torture
//! tests and of the forms of header fields.
//!
//! Without such a defect nothing here changes anything.

mod faults;

use std::borrow::Cow;
use std::time::Duration;

use super::Device;
use crate::defects::Defect;
use crate::sip::{Message, Start};
use faults::{FAULTS, is_plain, request_uri};

/// What a faulty parser does with a message that it cannot cope with.
#[derive(Clone, Copy)]
enum Does {
    /// Brings the firmware down, with these words.
    Crash(&'static str),
    /// Takes it for malformed.
    Refuse,
    /// Takes it for no message at all.
    Lose,
}

/// A fault of a parser.
struct Fault {
    defect: Defect,
    does: Does,
    /// Whether the fault shows with this message, whose head is this text.
    shows: fn(&str, &Message) -> bool,
}

impl Device {
    /// The datagram as a device with a faulty scanner sees it.
    pub(super) fn rescan<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let digits = bytes.strip_prefix(b"SIP/2.0 ").map(|rest| {
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            (digits, rest)
        });
        match digits {
            Some((digits @ 4.., rest)) if self.defects.has(Defect::STATUS_OF_LAST_DIGITS) => {
                let last = rest.get(digits - 3..).unwrap_or_default();
                Cow::Owned([b"SIP/2.0 ", last].concat())
            }
            _ => Cow::Borrowed(bytes),
        }
    }

    /// Lets the faults of a faulty parser show; false if nothing is left of the message.
    pub(super) fn misread(&mut self, now: Duration, bytes: &[u8], message: &mut Message) -> bool {
        let head = String::from_utf8_lossy(bytes);
        let head = head.split("\r\n\r\n").next().unwrap_or_default();
        for fault in FAULTS.iter().filter(|fault| self.defects.may_have(fault.defect)) {
            if !(fault.shows)(head, message) || !self.defects.has(fault.defect) {
                continue;
            }
            match fault.does {
                Does::Crash(words) => {
                    self.crash(now, words);
                    return false;
                }
                Does::Refuse => message.faults.push("not understood"),
                Does::Lose => return false,
            }
        }
        if is_plain(message)
            && !after(bytes, message).is_empty()
            && self.defects.has(Defect::TRAILING_OCTETS_REFUSED)
        {
            message.faults.push("octets after the body");
        }
        self.overlook(message);
        true
    }

    /// Copies badly what a response has to copy from its request.
    pub(super) fn miscopy(&self, request: &Message, response: &mut Message) {
        let options = request.method() == "OPTIONS";
        let mut put = |name: &str, value: String| {
            response.headers.remove(name);
            response.headers.push(name, value);
        };
        let from = request.headers.get("From").unwrap_or_default();
        if options && self.defects.has(Defect::FROM_TAG_DROPPED) {
            put("From", from.split(";tag=").next().unwrap_or_default().to_owned());
        }
        let id = request.call_id();
        let small = id.to_ascii_lowercase();
        if id != small && self.defects.has(Defect::CALL_ID_IN_SMALL_LETTERS) {
            put("Call-ID", small);
        }
        if let Some((number, method)) = request.cseq()
            && options
            && self.defects.has(Defect::CSEQ_NUMBER_CHANGED)
        {
            put("CSeq", format!("{} {method}", number + 1));
        }
        if id.len() > CALL_ID_BUFFER && self.defects.has(Defect::CALL_ID_CUT) {
            put("Call-ID", id.chars().take(CALL_ID_BUFFER).collect());
        }
        if options && from.contains('\\') && self.defects.has(Defect::BACKSLASHES_DROPPED) {
            put("From", from.replace('\\', ""));
        }
        if options && from.contains('\'') && self.defects.has(Defect::FROM_TAG_CUT) {
            put("From", from.split('\'').next().unwrap_or_default().to_owned());
        }
        let to = request.headers.get("To").unwrap_or_default();
        if to.contains(";TAG=") && self.defects.has(Defect::TAG_CASE_MATTERS)
            || to.contains(";tag=")
                && !to.contains('<')
                && self.defects.has(Defect::BARE_TO_TAG_LOST)
        {
            put("To", format!("{to};tag=own"));
        }
        let tagged = !request.tag("To").is_empty();
        if options && !tagged && self.defects.has(Defect::TO_REPLACED) {
            put("To", format!("<sip:intercom@{}>;tag=own", self.config.sip.ip()));
        }
        if options && tagged && self.defects.has(Defect::TO_TAG_REPLACED) {
            put("To", format!("{};tag=own", to.split(";tag=").next().unwrap_or_default()));
        }
    }

    /// The octets after the end of a message, where a device goes on with them.
    pub(super) fn trailing<'a>(&self, bytes: &'a [u8], message: &Message) -> Option<&'a [u8]> {
        let rest = after(bytes, message).trim_ascii_start();
        (!rest.is_empty() && self.defects.has(Defect::TRAILING_OCTETS_SERVED)).then_some(rest)
    }

    /// Forgets what a careless parser does not see, and repairs what it repairs.
    fn overlook(&self, message: &mut Message) {
        for (fault, defect) in OVERLOOKED {
            if message.faults.contains(fault) && self.defects.has(*defect) {
                message.faults.retain(|found| found != fault);
            }
        }
        let differ = "Content-Length fields that differ";
        if message.faults.contains(&differ) && self.defects.has(Defect::LENGTHS_THAT_DIFFER_SERVED)
        {
            message.faults.retain(|found| *found != differ);
            message.body.clear();
        }
        if message.faults.contains(&"bad CSeq") && self.defects.has(Defect::NUMBERS_WRAP) {
            let text = message.headers.get("CSeq").unwrap_or_default().to_owned();
            let (digits, method) = text.split_once(' ').unwrap_or((&text, ""));
            let digits = digits.bytes().filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0'));
            let wrapped = digits.fold(0_u32, |sum, digit| sum.wrapping_mul(10).wrapping_add(digit));
            message.headers.set("CSeq", format!("{} {method}", wrapped >> 1));
            message.faults.retain(|found| !matches!(*found, "bad CSeq" | "bad Max-Forwards"));
        }
        let mismatch = "CSeq method is not the request's";
        if message.faults.contains(&mismatch) && self.defects.has(Defect::METHOD_OF_THE_CSEQ) {
            let named = message.cseq().map(|(_, method)| method.to_owned());
            if let (Start::Request { method, .. }, Some(named)) = (&mut message.start, named) {
                *method = named;
            }
            message.faults.retain(|found| *found != mismatch);
        }
        let bare = |uri: &str| uri.matches(':').count() > 2;
        if message.faults.contains(&"bad Request-URI")
            && bare(request_uri(message))
            && self.defects.has(Defect::BARE_IPV6_SERVED)
        {
            message.faults.retain(|found| *found != "bad Request-URI");
        }
    }
}

/// What stands in a datagram after the end of its message.
fn after<'a>(bytes: &'a [u8], message: &Message) -> &'a [u8] {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = head.map_or(bytes.len(), |head| head + 4 + message.body.len());
    bytes.get(end..).unwrap_or_default()
}

/// Faults that a careless parser does not look for.
const OVERLOOKED: &[(&str, Defect)] = &[
    ("bad Via", Defect::EXTRA_SEPARATORS_SERVED),
    ("body shorter than Content-Length", Defect::SHORT_BODY_SERVED),
    ("more than one From", Defect::FIRST_OF_MANY_TAKEN),
    ("more than one To", Defect::FIRST_OF_MANY_TAKEN),
    ("more than one Call-ID", Defect::FIRST_OF_MANY_TAKEN),
    ("more than one CSeq", Defect::FIRST_OF_MANY_TAKEN),
];

/// Characters that a short buffer for a Call-ID holds.
const CALL_ID_BUFFER: usize = 64;
