//! Which faults of a parser show with which messages.

use super::{Does, Fault};
use crate::defects::Defect;
use crate::sip::{Message, Start};

pub(super) fn request_uri(message: &Message) -> &str {
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

fn is_options(message: &Message) -> bool {
    is_request(message) && message.method() == "OPTIONS"
}

/// Whether it is an OPTIONS or a response: what the torture tests leave alone.
pub(super) fn is_plain(message: &Message) -> bool {
    !is_request(message) || message.method() == "OPTIONS"
}

/// Whether the display name of an address has what stands between addresses and parameters.
fn is_busy(address: &str) -> bool {
    let name = address.rsplit_once('"').map_or(address, |(name, _)| name);
    name.contains([',', ';', '<'])
}

/// Whether white space stands between the name of a header field and its colon.
fn has_spaced_name(head: &str) -> bool {
    let mut names = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    names.any(|(name, _)| name.ends_with([' ', '\t']) && !name.starts_with([' ', '\t']))
}

/// Whether the names of a head are written out.
fn has_long_names(head: &str) -> bool {
    head.contains("\r\nCall-ID:")
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

/// What some URIs must not have: header fields, a method, a port of its own, the mark of a router.
const DISALLOWED: &[&str] = &["?Subject", ";method=", ":5999", "192.0.2.7;lr"];
const ADDRESSES: &[&str] = &["From", "To", "Contact"];
const TRANSPORTS: &[&str] = &["UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS"];
/// Octets that a short buffer for one header field holds.
const FIELD_BUFFER: usize = 400;

/// Whether an `m=` line of the body has no port that can be read.
fn has_broken_port(message: &Message) -> bool {
    let body = String::from_utf8_lossy(&message.body);
    let mut lines = body.lines().filter_map(|line| line.strip_prefix("m="));
    lines.any(|line| {
        let port = line.split(' ').nth(1).unwrap_or_default();
        port.split('/').any(|part| part.parse::<u16>().is_err())
    })
}

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        defect: Defect::SDP_MALFORMED_CRASHES,
        does: Does::Crash("index out of range in sdp_media_port"),
        shows: |_, m| has_broken_port(m),
    },
    Fault {
        defect: Defect::CAPITAL_NAMES_REFUSED,
        does: Does::Refuse,
        shows: |head, m| is_plain(m) && head.contains("\r\nFROM"),
    },
    Fault {
        defect: Defect::BLANK_BEFORE_COLON_REFUSED,
        does: Does::Refuse,
        shows: |head, m| is_plain(m) && has_spaced_name(head),
    },
    Fault {
        defect: Defect::FOLDS_REFUSED,
        does: Does::Refuse,
        shows: |head, m| is_plain(m) && (head.contains("\r\n ") || head.contains("\r\n\t")),
    },
    Fault {
        defect: Defect::VERSION_CASE_MATTERS,
        does: Does::Refuse,
        shows: |head, m| is_request(m) && head.contains(" sip/2.0\r\n"),
    },
    Fault {
        defect: Defect::VIA_LIST_REFUSED,
        does: Does::Refuse,
        shows: |_, m| is_options(m) && any(m, &["Via"], |via| via.contains(',')),
    },
    Fault {
        defect: Defect::ROUTE_ROWS_REFUSED,
        does: Does::Refuse,
        shows: |_, m| !is_request(m) && m.headers.all("Record-Route").count() > 1,
    },
    Fault {
        defect: Defect::TYPE_CASE_MATTERS,
        does: Does::Refuse,
        shows: |_, m| any(m, &["Content-Type"], |kind| kind.starts_with("APPLICATION/")),
    },
    Fault {
        defect: Defect::QUOTED_NAME_CUT,
        does: Does::Refuse,
        shows: |_, m| is_options(m) && any(m, &["To"], |to| to.starts_with('"') && is_busy(to)),
    },
    Fault {
        defect: Defect::UNNEEDED_FIELD_REFUSED,
        does: Does::Refuse,
        shows: |_, m| is_options(m) && any(m, &["Expires"], |value| value.parse::<u32>().is_err()),
    },
    Fault {
        defect: Defect::LENGTH_REQUIRED,
        does: Does::Refuse,
        shows: |head, m| {
            is_options(m) && !head.contains("\r\nContent-Length:") && has_long_names(head)
        },
    },
    Fault {
        defect: Defect::CALL_ID_MUST_BE_TOKEN,
        does: Does::Refuse,
        shows: |_, m| is_options(m) && m.call_id().contains(['<', '"', '/', '[', '{']),
    },
    Fault {
        defect: Defect::CSEQ_IN_16_BITS,
        does: Does::Refuse,
        shows: |_, m| is_options(m) && m.cseq().is_some_and(|(number, _)| number > 0xffff),
    },
    Fault {
        defect: Defect::DISALLOWED_COMPONENT_REFUSED,
        does: Does::Refuse,
        shows: |_, m| {
            let placeless = |value: &str| DISALLOWED.iter().any(|part| value.contains(part));
            let fields = &["From", "To", "Contact", "Record-Route"];
            is_plain(m) && (any(m, fields, placeless) || placeless(request_uri(m)))
        },
    },
    Fault {
        defect: Defect::LARGE_MESSAGES_LOST,
        does: Does::Lose,
        shows: |head, m| is_plain(m) && head.len() > 4_000,
    },
    Fault {
        defect: Defect::EMPTY_SUPPORTED_REFUSED,
        does: Does::Refuse,
        shows: |_, m| is_options(m) && any(m, &["Supported"], str::is_empty),
    },
    Fault {
        defect: Defect::RESPONSE_FIELD_REFUSED,
        does: Does::Refuse,
        shows: |_, m| is_request(m) && any(m, &["Unsupported", "WWW-Authenticate"], |_| true),
    },
    Fault {
        defect: Defect::REQUEST_FIELD_OBEYED,
        does: Does::Lose,
        shows: |_, m| !is_request(m) && any(m, &["Max-Forwards"], |hops| hops == "0"),
    },
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
        shows: |head, _| head.contains(";no-such-parameter"),
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
