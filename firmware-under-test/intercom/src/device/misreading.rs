//! What a device with a faulty parser makes of a message: the seeded defects of the torture tests.
//!
//! Without such a defect nothing here changes anything.

use std::borrow::Cow;
use std::time::Duration;

use super::Device;
use crate::defects::Defect;
use crate::sip::{Message, Start};

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
        for fault in FAULTS {
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
        let tagged = !request.tag("To").is_empty();
        if options && !tagged && self.defects.has(Defect::TO_REPLACED) {
            put("To", format!("<sip:intercom@{}>;tag=own", self.config.sip.ip()));
        }
        if options && tagged && self.defects.has(Defect::TO_TAG_REPLACED) {
            let to = request.headers.get("To").unwrap_or_default();
            put("To", format!("{};tag=own", to.split(";tag=").next().unwrap_or_default()));
        }
    }

    /// The octets after the end of a message, where a device goes on with them.
    pub(super) fn trailing<'a>(&self, bytes: &'a [u8], message: &Message) -> Option<&'a [u8]> {
        let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let rest = bytes.get(head + message.body.len()..)?.trim_ascii_start();
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

fn request_uri(message: &Message) -> &str {
    match &message.start {
        Start::Request { uri, .. } => uri,
        Start::Response { .. } => "",
    }
}

fn reason(message: &Message) -> Option<&str> {
    match &message.start {
        Start::Request { .. } => None,
        Start::Response { reason, .. } => Some(reason),
    }
}

fn is_request(message: &Message) -> bool {
    matches!(message.start, Start::Request { .. })
}

/// Whether one of the fields of those names satisfies `test`.
fn any(message: &Message, names: &[&str], test: impl Fn(&str) -> bool) -> bool {
    names.iter().any(|name| message.headers.all(name).any(&test))
}

/// Whether a display name stands right before its bracket.
fn is_tight(value: &str) -> bool {
    value.find('<').is_some_and(|at| {
        value.get(..at).is_some_and(|name| !name.is_empty() && !name.ends_with(char::is_whitespace))
    })
}

/// Whether a parser that expects token and quotes stumbles over an address.
fn is_odd(value: &str) -> bool {
    let name = value.split('<').next().unwrap_or_default();
    let quotes = name.matches('"').count();
    quotes % 2 == 1 || value.contains("< ") || (quotes == 0 && name.contains(','))
}

fn has_escape(text: &str) -> bool {
    let hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    text.match_indices('%').any(|(at, _)| hex(at + 1) && hex(at + 2))
}

fn has_bare_parameter(contact: &str) -> bool {
    let mut parameters = contact.split(';').skip(1).map(|part| part.trim_matches(['>', ' ']));
    parameters.any(|part| !part.is_empty() && !part.contains('=') && part != "lr")
}

fn transport(via: &str) -> &str {
    let sent = via.splitn(3, '/').nth(2).unwrap_or_default();
    sent.split_whitespace().next().unwrap_or_default()
}

fn branch(message: &Message) -> Option<String> {
    let vias = message.headers.list("Via");
    let via = vias.first().and_then(|via| crate::sip::Via::parse(via))?;
    Some(via.branch().to_owned())
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

const ADDRESSES: &[&str] = &["From", "To", "Contact"];
const TRANSPORTS: &[&str] = &["UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS"];
/// Octets that a short buffer for one header field holds.
const FIELD_BUFFER: usize = 400;

const FAULTS: &[Fault] = &[
    Fault {
        defect: Defect::UNKNOWN_FIELD_REFUSED,
        does: Does::Refuse,
        shows: |head, m| is_request(m) && head.contains("\r\nX-"),
    },
    Fault {
        defect: Defect::TEL_TO_REFUSED,
        does: Does::Refuse,
        shows: |_, m| any(m, &["To"], |to| to.starts_with("<tel:")),
    },
    Fault {
        defect: Defect::URI_PARAMETER_REFUSED,
        does: Does::Refuse,
        shows: |_, m| request_uri(m).contains(";no-such-parameter"),
    },
    Fault {
        defect: Defect::FOLDED_LINES_REFUSED,
        does: Does::Refuse,
        shows: |head, _| head.contains("\r\n ") || head.contains("\r\n\t"),
    },
    Fault {
        defect: Defect::METHOD_OF_LETTERS_ONLY,
        does: Does::Refuse,
        shows: |_, m| is_request(m) && !m.method().bytes().all(|b| b.is_ascii_alphabetic()),
    },
    Fault {
        defect: Defect::METHOD_UNESCAPED,
        does: Does::Refuse,
        shows: |_, m| is_request(m) && has_escape(m.method()),
    },
    Fault {
        defect: Defect::ESCAPES_REFUSED,
        does: Does::Refuse,
        shows: |_, m| any(m, ADDRESSES, has_escape) || has_escape(request_uri(m)),
    },
    Fault {
        defect: Defect::ESCAPED_NUL_CRASH,
        does: Does::Crash("string without end in uri_unescape"),
        shows: |_, m| any(m, ADDRESSES, |value| value.contains("%00")),
    },
    Fault {
        defect: Defect::DISPLAY_NAME_NEEDS_SPACE,
        does: Does::Refuse,
        shows: |_, m| any(m, &["From", "To"], is_tight),
    },
    Fault {
        defect: Defect::LONG_FIELD_CRASH,
        does: Does::Crash("stack smashed in sip_read_header"),
        shows: |head, _| head.split("\r\n").any(|line| line.len() > FIELD_BUFFER),
    },
    Fault {
        defect: Defect::USER_CUT_AT_SEMICOLON,
        does: Does::Refuse,
        shows: |_, m| request_uri(m).rsplit_once('@').is_some_and(|(user, _)| user.contains(';')),
    },
    Fault {
        defect: Defect::UNKNOWN_TRANSPORT_REFUSED,
        does: Does::Refuse,
        shows: |_, m| {
            m.headers.list("Via").iter().any(|via| {
                !TRANSPORTS.iter().any(|known| known.eq_ignore_ascii_case(transport(via)))
            })
        },
    },
    Fault {
        defect: Defect::BINARY_BODY_CRASH,
        does: Does::Crash("string without end in body_copy"),
        shows: |_, m| m.body.contains(&0),
    },
    Fault {
        defect: Defect::REASON_MUST_BE_ASCII,
        does: Does::Lose,
        shows: |_, m| reason(m).is_some_and(|reason| !reason.is_ascii()),
    },
    Fault {
        defect: Defect::REASON_REQUIRED,
        does: Does::Lose,
        shows: |_, m| reason(m).is_some_and(str::is_empty),
    },
    Fault {
        defect: Defect::NEGATIVE_LENGTH_CRASH,
        does: Does::Crash("allocation of 4294966297 octets failed"),
        shows: |_, m| m.faults.contains(&"bad Content-Length"),
    },
    Fault {
        defect: Defect::BAD_ADDRESS_CRASH,
        does: Does::Crash("null pointer in address_parse"),
        shows: |_, m| any(m, &["From", "To"], is_odd),
    },
    Fault {
        defect: Defect::START_LINE_CRASH,
        does: Does::Crash("null pointer in sip_read_request_line"),
        shows: |_, m| {
            m.faults.contains(&"blanks in the request line") || request_uri(m).starts_with('<')
        },
    },
    Fault {
        defect: Defect::URI_HEADERS_CRASH,
        does: Does::Crash("null pointer in uri_read_headers"),
        shows: |_, m| request_uri(m).contains('?') || any(m, &["Contact"], |c| c.contains('?')),
    },
    Fault {
        defect: Defect::DATE_CRASH,
        does: Does::Crash("null pointer in mktime"),
        shows: |_, m| any(m, &["Date"], |date| !date.ends_with("GMT")),
    },
    Fault {
        defect: Defect::EMPTY_BRANCH_CRASH,
        does: Does::Crash("transaction without key"),
        shows: |_, m| branch(m).is_some_and(|branch| branch == "z9hG4bK"),
    },
    Fault {
        defect: Defect::NO_BRANCH_CRASH,
        does: Does::Crash("transaction without key"),
        shows: |_, m| is_request(m) && branch(m).is_some_and(|branch| branch.is_empty()),
    },
    Fault {
        defect: Defect::SCHEME_IN_HEADER_CRASH,
        does: Does::Crash("null pointer in uri_host"),
        shows: |_, m| {
            any(m, &["To"], |to| {
                crate::sip::Address::parse(to)
                    .is_some_and(|to| !matches!(to.uri.scheme.as_str(), "sip" | "sips" | "tel"))
            })
        },
    },
    Fault {
        defect: Defect::AUTHORIZATION_CRASH,
        does: Does::Crash("null pointer in digest_check"),
        shows: |_, m| any(m, &["Authorization"], |value| !value.starts_with("Digest")),
    },
    Fault {
        defect: Defect::CONTACT_PARAMETER_CRASH,
        does: Does::Crash("null pointer in contact_read_parameters"),
        shows: |_, m| any(m, &["Contact"], has_bare_parameter),
    },
    Fault {
        defect: Defect::IPV6_URI_REFUSED,
        does: Does::Refuse,
        shows: |_, m| request_uri(m).contains('['),
    },
    Fault {
        defect: Defect::IPV6_VIA_REFUSED,
        does: Does::Refuse,
        shows: |_, m| is_request(m) && m.headers.list("Via").iter().any(|via| via.contains(" [")),
    },
    Fault {
        defect: Defect::BRACKETED_RECEIVED_REFUSED,
        does: Does::Refuse,
        shows: |head, _| head.contains("received=["),
    },
    Fault {
        defect: Defect::BARE_RECEIVED_REFUSED,
        does: Does::Refuse,
        shows: |head, _| head.contains("received=2001:"),
    },
    Fault {
        defect: Defect::IPV6_IN_SDP_CRASH,
        does: Does::Crash("null pointer in sdp_read_connection"),
        shows: |_, m| m.body.windows(6).any(|window| window == b"IN IP6"),
    },
    Fault {
        defect: Defect::THREE_COLONS_CRASH,
        does: Does::Crash("address of nine groups in inet_pton"),
        shows: |_, m| request_uri(m).contains(":::"),
    },
];
