//! What seeded defects write into finished messages, where nothing but the message differs.

use super::target::is_number;
use crate::defects::{Defect, Defects};
use crate::sip::{Message, Start};

/// A defect and what it does to a message.
type Departure = (Defect, fn(&mut Message));

/// Spoils `message` with those of `table` that the device has and that would change it.
pub(crate) fn depart(defects: &Defects, table: &[Departure], message: &mut Message) {
    for (defect, spoil) in table.iter().filter(|(defect, _)| defects.may_have(*defect)) {
        let mut spoiled = message.clone();
        spoil(&mut spoiled);
        if spoiled != *message && defects.has(*defect) {
            *message = spoiled;
        }
    }
}

/// Of an INVITE that begins a call.
pub(super) const INITIAL_INVITE: &[Departure] = &[
    (Defect::FROM_WITHOUT_TAG, |m| untag(m, "From")),
    (Defect::TO_TAG_IN_INITIAL_INVITE, |m| append(m, "To", ";tag=early")),
    (Defect::INVITE_CSEQ_METHOD, |m| m.headers.set("CSeq", "1 OPTIONS")),
    (Defect::CSEQ_TOO_LARGE, |m| m.headers.set("CSeq", "2147483648 INVITE")),
    (Defect::VIA_WRONG_VERSION, |m| {
        let via = m.headers.get("Via").unwrap_or_default().replacen("SIP/2.0", "SIP/3.0", 1);
        m.headers.set("Via", via);
    }),
    (Defect::CONTACT_NOT_SIP, |m| m.headers.set("Contact", "<tel:+4930123456>")),
    (Defect::TWO_CONTACTS, |m| {
        let contact = m.headers.get("Contact").unwrap_or_default().to_owned();
        m.headers.push("Contact", contact);
    }),
    (Defect::REQUEST_URI_NOT_TO, |m| m.headers.set("To", "<sip:someone@example.com>")),
    (Defect::INVITE_WITHOUT_ALLOW, |m| m.headers.remove("Allow")),
    (Defect::INVITE_ALLOW_WITHOUT_ACK, |m| m.headers.set("Allow", "INVITE, CANCEL, BYE, OPTIONS")),
    (Defect::INVITE_WITHOUT_SUPPORTED, |m| m.headers.remove("Supported")),
    (Defect::RELIABLE_NOT_OFFERED, |m| m.headers.set("Supported", "path")),
    (Defect::INVITE_WITHOUT_CONTENT_TYPE, |m| m.headers.remove("Content-Type")),
    (Defect::UPDATE_NOT_ALLOWED_IN_INVITE, |m| {
        m.headers.set("Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE, INFO");
    }),
    (Defect::CONTACT_WITHOUT_BRACKETS, |m| {
        let contact = m.headers.get("Contact").unwrap_or_default();
        let bare = contact.trim_matches(['<', '>']).to_owned();
        m.headers.set("Contact", bare);
    }),
    (Defect::CONTACT_PARAMETER_TWICE, |m| within_contact(m, ";ob=1;ob=1")),
    (Defect::CONTACT_USER_EMPTY, |m| {
        let contact = m.headers.get("Contact").unwrap_or_default();
        let at = contact.split_once('@').map(|(_, host)| format!("<sip:@{host}"));
        m.headers.set("Contact", at.unwrap_or_default());
    }),
    (Defect::CONTACT_PARAMETER_UNQUOTED, |m| {
        append(m, "Contact", ";+sip.instance=<urn:uuid:00000000-0000-1000-8000-000a95a0e128>");
    }),
    (Defect::REPLY_TO_WITHOUT_BRACKETS, |m| {
        m.headers.push("Reply-To", "sip:door,west@example.org");
    }),
    (Defect::FROM_TAG_TWICE, |m| append(m, "From", ";tag=second")),
    (Defect::CHUNKED_BODY, |m| m.headers.push("Transfer-Encoding", "chunked")),
    (Defect::PLAIN_BODY_CALLED_ENCODED, |m| m.headers.push("Content-Encoding", "gzip")),
    (Defect::RESPONSE_FIELD_IN_INVITE, |m| m.headers.push("Unsupported", "100rel")),
    (Defect::PRIVATE_OPTION_SUPPORTED, |m| m.headers.set("Supported", "x-door")),
    (Defect::PRIVATE_OPTION_REQUIRED, |m| m.headers.push("Require", "x-door")),
    (Defect::INVITE_WITHOUT_VIA, |m| m.headers.remove("Via")),
    (Defect::INVITE_WITHOUT_BRANCH, |m| {
        let via = m.headers.get("Via").unwrap_or_default();
        let bare = via.split(";branch=").next().unwrap_or_default().to_owned();
        m.headers.set("Via", bare);
    }),
    (Defect::NUMBER_ESCAPED, |m| {
        change_number(m, |uri| uri.replace('+', "%2B").replace(';', "%3B"));
    }),
    (Defect::NUMBER_CUT, |m| {
        change_number(m, |uri| {
            let digits = uri.chars().filter(char::is_ascii_digit).count();
            if digits < 3 { format!("{uri}000") } else { uri.chars().take(20).collect() }
        });
    }),
    (Defect::NUMBER_WITH_BLANKS, |m| change_number(m, |uri| uri.replace('-', " "))),
    (Defect::NUMBER_WITHOUT_CONTEXT, |m| {
        change_number(m, |uri| uri.split(";phone-context").next().unwrap_or_default().to_owned());
    }),
    (Defect::NUMBER_PARAMETER_TWICE, |m| {
        change_number(m, |uri| uri.replace(";phone-context", ";phone-context=+1;phone-context"));
    }),
    (Defect::URI_PARAMETERS_DROPPED, |m| change_uri(m, super::outgoing::plain)),
    (Defect::URI_UNESCAPED, |m| {
        change_uri(m, |uri| uri.replace("%20", " ").replace("%C3%A9", "\u{e9}"));
    }),
    (Defect::VIA_WITHOUT_SENT_BY, |m| {
        let via = m.headers.get("Via").unwrap_or_default();
        let (protocol, rest) = via.split_once(' ').unwrap_or_default();
        let params = rest.split_once(';').unwrap_or_default().1;
        let via = format!("{protocol} ;{params}");
        m.headers.set("Via", via);
    }),
    (Defect::TO_WITHOUT_SIP, |m| m.headers.set("To", "<tel:+4930123456>")),
    (Defect::REQUEST_URI_IN_BRACKETS, |m| {
        if let Start::Request { uri, .. } = &mut m.start {
            *uri = format!("<{uri}>");
        }
    }),
];

/// Of a REGISTER.
pub(super) const REGISTER: &[Departure] = &[
    (Defect::REGISTER_WITH_TO_TAG, |m| append(m, "To", ";tag=early")),
    (Defect::REGISTER_FROM_UNTAGGED, |m| untag(m, "From")),
    (Defect::REGISTER_CSEQ_METHOD, |m| {
        let number = m.cseq().map_or(0, |(number, _)| number);
        m.headers.set("CSeq", format!("{number} OPTIONS"));
    }),
    (Defect::REGISTER_WITHOUT_CALL_ID, |m| m.headers.remove("Call-ID")),
    (Defect::REGISTER_PARAMETER_UNQUOTED, |m| {
        append(m, "Contact", ";+sip.instance=<urn:uuid:00000000-0000-1000-8000-000a95a0e128>");
    }),
    (Defect::REGISTER_WITHOUT_PATH, |m| m.headers.remove("Supported")),
];

/// Of the ACK of a 2xx.
pub(super) const ACK: &[Departure] = &[
    (Defect::ACK_WITHOUT_TO_TAG, |m| untag(m, "To")),
    (Defect::ACK_WITHOUT_ROUTE, |m| m.headers.remove("Route")),
    (Defect::ACK_OTHER_CALL_ID, |m| append(m, "Call-ID", "x")),
    (Defect::ACK_OTHER_FROM_TAG, |m| append(m, "From", "x")),
    (Defect::ACK_REQUIRES, |m| m.headers.push("Require", "timer")),
    (Defect::ACK_WITHOUT_MAX_FORWARDS, |m| m.headers.remove("Max-Forwards")),
    (Defect::ACK_WITHOUT_CREDENTIALS, |m| {
        m.headers.remove("Authorization");
        m.headers.remove("Proxy-Authorization");
    }),
];

/// Of the ACK of a 300 to 699.
pub(crate) const FAILURE_ACK: &[Departure] = &[
    (Defect::FAILURE_ACK_REQUIRES, |m| m.headers.push("Require", "100rel")),
    (Defect::FAILURE_ACK_TWO_VIAS, |m| {
        m.headers.push("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsecond");
    }),
    (Defect::FAILURE_ACK_OTHER_URI, |m| {
        if let Start::Request { uri, .. } = &mut m.start {
            uri.insert_str(4, "other-");
        }
    }),
    (Defect::FAILURE_ACK_WITHOUT_TO_TAG, |m| untag(m, "To")),
    (Defect::FAILURE_ACK_WRONG_CSEQ, |m| {
        let number = m.cseq().map_or(0, |(number, _)| number);
        m.headers.set("CSeq", format!("{} ACK", number + 1));
    }),
    (Defect::FAILURE_ACK_OTHER_FROM_TAG, |m| append(m, "From", "x")),
    (Defect::FAILURE_ACK_OTHER_CALL_ID, |m| append(m, "Call-ID", "x")),
    (Defect::FAILURE_ACK_WITHOUT_ROUTE, |m| m.headers.remove("Route")),
];

/// Of an OPTIONS of the device's.
pub(super) const QUERY: &[Departure] = &[
    (Defect::QUERY_WITHOUT_MAX_FORWARDS, |m| m.headers.remove("Max-Forwards")),
    (Defect::QUERY_FEW_HOPS, |m| m.headers.set("Max-Forwards", "5")),
    (Defect::QUERY_WITHOUT_FROM_TAG, |m| untag(m, "From")),
    (Defect::QUERY_WITH_TO_TAG, |m| append(m, "To", ";tag=early")),
    (Defect::QUERY_CSEQ_METHOD, |m| m.headers.set("CSeq", "1 INVITE")),
    (Defect::QUERY_WITHOUT_ACCEPT, |m| m.headers.remove("Accept")),
    (Defect::QUERY_SAME_BRANCH, |m| {
        let via = m.headers.get("Via").unwrap_or_default();
        let (head, _) = via.split_once("branch=").unwrap_or((via, ""));
        let same = format!("{head}branch=z9hG4bKquery;rport");
        m.headers.set("Via", same);
    }),
];

/// Of an answer to OPTIONS outside a dialog.
pub(super) const OPTIONS: &[Departure] = &[
    (Defect::OPTIONS_WITHOUT_ACCEPT, |m| m.headers.remove("Accept")),
    (Defect::OPTIONS_WITHOUT_ACCEPT_ENCODING, |m| m.headers.remove("Accept-Encoding")),
    (Defect::OPTIONS_WITHOUT_ACCEPT_LANGUAGE, |m| m.headers.remove("Accept-Language")),
    (Defect::OPTIONS_WITHOUT_SUPPORTED, |m| m.headers.remove("Supported")),
    (Defect::OPTIONS_SUPPORTS_TOO_MUCH, |m| append(m, "Supported", ", join")),
    (Defect::OPTIONS_ALLOWS_TOO_MUCH, |m| append(m, "Allow", ", MESSAGE")),
    (Defect::OPTIONS_ACCEPTS_TEXT_ONLY, |m| m.headers.set("Accept", "text/plain")),
    (Defect::OPTIONS_BODY_ENCODED, |m| m.headers.push("Content-Encoding", "gzip")),
    (Defect::REQUEST_FIELD_IN_RESPONSE, |m| m.headers.push("Max-Forwards", "70")),
    (Defect::DATE_NOT_IN_GMT, |m| {
        m.headers.push("Date", "Sat, 13 Nov 2010 23:29:00 +0100");
    }),
    (Defect::OPTIONS_NOT_ALLOWED, |m| m.headers.set("Allow", "INVITE, ACK, CANCEL, BYE")),
    (Defect::OPTIONS_FROM_CHANGED, |m| append(m, "From", "x")),
    (Defect::OPTIONS_CALL_ID_CHANGED, |m| append(m, "Call-ID", "x")),
    (Defect::OPTIONS_WITHOUT_TO_TAG, |m| untag(m, "To")),
    (Defect::OPTIONS_ONE_VIA, |m| {
        let first = m.headers.list("Via").first().map(|via| (*via).to_owned());
        m.headers.set("Via", first.unwrap_or_default());
    }),
];

/// Of a re-INVITE.
pub(super) const REINVITE: &[Departure] = &[
    (Defect::REINVITE_WITHOUT_CONTACT, |m| m.headers.remove("Contact")),
    (Defect::REINVITE_WITHOUT_TO_TAG, |m| untag(m, "To")),
];

fn append(message: &mut Message, name: &str, text: &str) {
    let value = format!("{}{text}", message.headers.get(name).unwrap_or_default());
    message.headers.set(name, value);
}

fn within_contact(message: &mut Message, text: &str) {
    let contact = message.headers.get("Contact").unwrap_or_default();
    let longer = contact.replacen('>', &format!("{text}>"), 1);
    message.headers.set("Contact", longer);
}

fn change_number(message: &mut Message, change: impl Fn(&str) -> String) {
    if matches!(&message.start, Start::Request { uri, .. } if is_number(uri)) {
        change_uri(message, change);
    }
}

fn change_uri(message: &mut Message, change: impl Fn(&str) -> String) {
    if let Start::Request { uri, .. } = &mut message.start {
        *uri = change(uri);
    }
}

fn untag(message: &mut Message, name: &str) {
    let value = message.headers.get(name).unwrap_or_default();
    let plain = value.split(";tag=").next().unwrap_or_default().to_owned();
    message.headers.set(name, plain);
}
