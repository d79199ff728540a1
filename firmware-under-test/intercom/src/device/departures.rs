//! What seeded defects write into finished messages, where nothing but the message differs.

use crate::defects::{Defect, Defects};
use crate::sip::{Message, Start};

/// A defect and what it does to a message.
type Departure = (Defect, fn(&mut Message));

/// Spoils `message` with those of `table` that the device has.
pub(crate) fn depart(defects: &Defects, table: &[Departure], message: &mut Message) {
    for (defect, spoil) in table {
        if defects.has(*defect) {
            spoil(message);
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
    (Defect::INVITE_WITHOUT_CONTENT_TYPE, |m| m.headers.remove("Content-Type")),
    (Defect::UPDATE_NOT_ALLOWED_IN_INVITE, |m| {
        m.headers.set("Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE, INFO");
    }),
    (Defect::REQUEST_URI_IN_BRACKETS, |m| {
        if let Start::Request { uri, .. } = &mut m.start {
            *uri = format!("<{uri}>");
        }
    }),
];

/// Of the ACK of a 2xx.
pub(super) const ACK: &[Departure] = &[
    (Defect::ACK_WITHOUT_TO_TAG, |m| untag(m, "To")),
    (Defect::ACK_WITHOUT_ROUTE, |m| m.headers.remove("Route")),
    (Defect::ACK_OTHER_CALL_ID, |m| append(m, "Call-ID", "x")),
    (Defect::ACK_OTHER_FROM_TAG, |m| append(m, "From", "x")),
    (Defect::ACK_WITHOUT_MAX_FORWARDS, |m| m.headers.remove("Max-Forwards")),
];

/// Of the ACK of a 300 to 699.
pub(crate) const FAILURE_ACK: &[Departure] = &[
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
];

/// Of an answer to OPTIONS outside a dialog.
pub(super) const OPTIONS: &[Departure] = &[
    (Defect::OPTIONS_WITHOUT_ACCEPT, |m| m.headers.remove("Accept")),
    (Defect::OPTIONS_WITHOUT_ACCEPT_ENCODING, |m| m.headers.remove("Accept-Encoding")),
    (Defect::OPTIONS_WITHOUT_ACCEPT_LANGUAGE, |m| m.headers.remove("Accept-Language")),
    (Defect::OPTIONS_WITHOUT_SUPPORTED, |m| m.headers.remove("Supported")),
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

fn untag(message: &mut Message, name: &str) {
    let value = message.headers.get(name).unwrap_or_default();
    let plain = value.split(";tag=").next().unwrap_or_default().to_owned();
    message.headers.set(name, plain);
}
