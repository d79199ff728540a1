//! What a device with a defect writes wrongly into a message that is right otherwise.

use std::ops::RangeInclusive;

use crate::defects::{Defect, Defects};
use crate::sip::{Message, Start};

/// Spoils `message` as the seeded defects have it.
pub(super) fn misprint(defects: &Defects, message: &mut Message) {
    for (defect, of, slip) in MISPRINTS {
        if defects.may_have(*defect)
            && of.fits(message)
            && slip.matters(message)
            && defects.has(*defect)
        {
            slip.make(message);
        }
    }
}

/// Which messages a defect spoils.
enum Of {
    /// Requests of a method.
    Request(&'static str),
    /// Responses to a method, with these codes.
    Response(&'static str, RangeInclusive<u16>),
}

/// What is wrong.
enum Slip {
    /// A header field is not there.
    Without(&'static str),
    /// Text is added to the end of a header field.
    Suffix(&'static str, &'static str),
    /// The first occurrence of a text in a header field is another.
    Swap(&'static str, &'static str, &'static str),
    /// A header field stands there that should not.
    Extra(&'static str, &'static str),
    /// A list of values is in reverse order.
    Reversed(&'static str),
    /// The values of a list have lost what follows their closing bracket.
    Bare(&'static str),
    /// The number of the `CSeq` is one too high.
    NextNumber,
    /// A header field has lost its tag.
    Untagged(&'static str),
    /// Text is added to the Request-URI.
    Uri(&'static str),
}

impl Of {
    fn fits(&self, message: &Message) -> bool {
        match (self, &message.start) {
            (Self::Request(of), Start::Request { method, .. }) => method == of,
            (Self::Response(of, codes), Start::Response { code, .. }) => {
                codes.contains(code) && message.method() == *of
            }
            _ => false,
        }
    }
}

impl Slip {
    /// Whether there is anything that it could spoil.
    fn matters(&self, message: &Message) -> bool {
        match self {
            Self::Without(name) | Self::Suffix(name, _) | Self::Untagged(name) => {
                message.headers.get(name).is_some()
            }
            Self::Swap(name, text, _) => {
                message.headers.get(name).is_some_and(|value| value.contains(text))
            }
            Self::Reversed(name) => message.headers.list(name).len() > 1,
            Self::Bare(name) => {
                message.headers.list(name).iter().any(|value| !value.ends_with('>'))
            }
            Self::Extra(..) | Self::NextNumber | Self::Uri(_) => true,
        }
    }

    fn make(&self, message: &mut Message) {
        let headers = &mut message.headers;
        match self {
            Self::Without(name) => headers.remove(name),
            Self::Suffix(name, text) => {
                let value = headers.get(name).unwrap_or_default().to_owned();
                headers.set(name, value + text);
            }
            Self::Swap(name, from, to) => {
                let value = headers.get(name).unwrap_or_default().replacen(from, to, 1);
                headers.set(name, value);
            }
            Self::Extra(name, text) => headers.set(name, *text),
            Self::Reversed(name) => {
                let mut values = headers.list(name);
                values.reverse();
                let values = values.join(", ");
                headers.set(name, values);
            }
            Self::Bare(name) => {
                let bare = |value: &&str| value.split_inclusive('>').next().map(str::to_owned);
                let values: Vec<_> = headers.list(name).iter().filter_map(bare).collect();
                headers.set(name, values.join(", "));
            }
            Self::NextNumber => {
                if let Some((number, method)) = message.cseq() {
                    let next = format!("{} {method}", number + 1);
                    message.headers.set("CSeq", next);
                }
            }
            Self::Untagged(name) => {
                let value = headers.get(name).unwrap_or_default();
                let bare = value.split(";tag=").next().unwrap_or_default().to_owned();
                headers.set(name, bare);
            }
            Self::Uri(text) => {
                if let Start::Request { uri, .. } = &mut message.start {
                    uri.push_str(text);
                }
            }
        }
    }
}

/// Responses to INVITE that copy the request.
const BUT_100: Of = Of::Response("INVITE", 101..=699);
const EARLY: Of = Of::Response("INVITE", 101..=199);
const SUCCESS: Of = Of::Response("INVITE", 200..=299);
const BYE_ANSWER: Of = Of::Response("BYE", 200..=299);
const BYE: Of = Of::Request("BYE");
const CANCEL: Of = Of::Request("CANCEL");
const PRACK: Of = Of::Request("PRACK");

static MISPRINTS: &[(Defect, Of, Slip)] = &[
    (Defect::INVITE_RESPONSE_FROM, BUT_100, Slip::Suffix("From", "x")),
    (Defect::INVITE_RESPONSE_CALL_ID, BUT_100, Slip::Suffix("Call-ID", "x")),
    (Defect::INVITE_RESPONSE_CSEQ, BUT_100, Slip::NextNumber),
    (Defect::INVITE_RESPONSE_TO_URI, BUT_100, Slip::Swap("To", "sip:", "sip:x")),
    (Defect::TAG_IN_100, Of::Response("INVITE", 100..=100), Slip::Suffix("To", ";tag=early")),
    (Defect::TRYING_RELIABLE, Of::Response("INVITE", 100..=100), Slip::Extra("RSeq", "1")),
    (Defect::PRACK_REQUIRES, PRACK, Slip::Extra("Require", "100rel")),
    (Defect::PRACK_URI, PRACK, Slip::Uri(";x")),
    (Defect::PRACK_WITHOUT_TO_TAG, PRACK, Slip::Untagged("To")),
    (Defect::NO_TIMESTAMP_IN_100, Of::Response("INVITE", 100..=100), Slip::Without("Timestamp")),
    (
        Defect::DELAY_IN_MILLISECONDS,
        Of::Response("INVITE", 100..=100),
        Slip::Suffix("Timestamp", " 40"),
    ),
    (Defect::RECORD_ROUTE_REVERSED, SUCCESS, Slip::Reversed("Record-Route")),
    (Defect::RECORD_ROUTE_BARE, SUCCESS, Slip::Bare("Record-Route")),
    (Defect::RECORD_ROUTE_MISSING_EARLY, EARLY, Slip::Without("Record-Route")),
    (Defect::NO_CONTACT_IN_18X, EARLY, Slip::Without("Contact")),
    (Defect::ANSWER_CONTACT_NOT_SIP, SUCCESS, Slip::Extra("Contact", "<tel:+15550100>")),
    (Defect::NO_ALLOW_IN_2XX, SUCCESS, Slip::Without("Allow")),
    (Defect::NO_SUPPORTED_IN_2XX, SUCCESS, Slip::Without("Supported")),
    (Defect::ALLOW_WITHOUT_CANCEL, SUCCESS, Slip::Swap("Allow", "CANCEL, ", "")),
    (Defect::EXTENSION_UNASKED, SUCCESS, Slip::Extra("Require", "timer")),
    (Defect::NO_WARNING_IN_488, Of::Response("INVITE", 488..=488), Slip::Without("Warning")),
    (Defect::INVITE_415_WITHOUT_ACCEPT, Of::Response("INVITE", 415..=415), Slip::Without("Accept")),
    (Defect::BUSY_WITHOUT_TAG, Of::Response("INVITE", 486..=486), Slip::Untagged("To")),
    (Defect::CANCEL_WITHOUT_ROUTE, CANCEL, Slip::Without("Route")),
    (Defect::CANCEL_URI, CANCEL, Slip::Uri(";x")),
    (Defect::CANCEL_CALL_ID, CANCEL, Slip::Suffix("Call-ID", "x")),
    (Defect::CANCEL_FROM, CANCEL, Slip::Suffix("From", "x")),
    (Defect::CANCEL_TO_TAGGED, CANCEL, Slip::Suffix("To", ";tag=x")),
    (Defect::CANCEL_NUMBER, CANCEL, Slip::NextNumber),
    (Defect::CANCEL_NAMES_INVITE, CANCEL, Slip::Swap("CSeq", "CANCEL", "INVITE")),
    (Defect::CANCEL_NEW_BRANCH, CANCEL, Slip::Swap("Via", "branch=", "branch=z9hG4bKx")),
    (Defect::CANCEL_REQUIRES, CANCEL, Slip::Extra("Require", "100rel")),
    (Defect::BYE_URI, BYE, Slip::Uri(";x")),
    (Defect::BYE_TO_TAG, BYE, Slip::Suffix("To", "x")),
    (Defect::BYE_TO_URI, BYE, Slip::Swap("To", "sip:", "sip:x")),
    (Defect::BYE_FROM_TAG, BYE, Slip::Suffix("From", "x")),
    (Defect::BYE_FROM_URI, BYE, Slip::Swap("From", "sip:", "sip:x")),
    (Defect::BYE_CALL_ID, BYE, Slip::Suffix("Call-ID", "x")),
    (Defect::BYE_NAMES_INVITE, BYE, Slip::Swap("CSeq", "BYE", "INVITE")),
    (
        Defect::TWO_REASONS_OF_SIP,
        BYE,
        Slip::Extra("Reason", "SIP;cause=200;text=\"OK\", SIP;cause=480"),
    ),
    (Defect::BYE_RESPONSE_TO, BYE_ANSWER, Slip::Suffix("To", "x")),
    (Defect::BYE_RESPONSE_FROM, BYE_ANSWER, Slip::Suffix("From", "x")),
    (Defect::BYE_RESPONSE_CALL_ID, BYE_ANSWER, Slip::Suffix("Call-ID", "x")),
    (Defect::BYE_RESPONSE_CSEQ, BYE_ANSWER, Slip::NextNumber),
];
