//! What is wrong with the start line and the header fields, beyond the framing.

mod values;

use super::names::{is_list, is_single};
use super::{Header, Message, StartLine};
use crate::wire::defect::{Defect, DefectCode, Flaws};
use crate::wire::tokens::{split_outside, unclosed};
use crate::wire::uri::Uri;

/// The defects that reading the frame did not already find.
pub(super) fn survey(message: &Message) -> Vec<Defect> {
    let mut defects = Vec::new();
    check_request_uri(message, &mut defects);
    check_missing(message, &mut defects);
    check_repeated(message, &mut defects);
    check_cseq_method(message, &mut defects);
    check_wildcard(message, &mut defects);
    if !message.body().is_empty() && message.header("Content-Type").is_none() {
        //= RFC 3261 §20.15
        defects.push(Defect::new(
            DefectCode::ContentTypeInvalid,
            message.body_at.clone(),
            "there is a body but no Content-Type",
        ));
    }
    for header in message.headers() {
        check_bytes(message, header, &mut defects);
        let mut flaws = Flaws::default();
        for value in elements(header, &mut flaws) {
            values::check(&header.name, value, &mut flaws);
        }
        defects.extend(flaws.at(&header.value_at));
    }
    defects
}

/// The values of `header`; an empty element of a list is a flaw, but an empty list is not where
/// the grammar has one.
fn elements<'a>(header: &'a Header, flaws: &mut Flaws) -> Vec<&'a str> {
    if !is_list(&header.name) {
        return vec![&header.value];
    }
    //= RFC 3261 §7.3.1
    if unclosed(&header.value).is_some() {
        return vec![&header.value];
    }
    let may_be_empty = EMPTY_LISTS.iter().any(|name| header.is(name));
    let parts = split_outside(&header.value, ',');
    if parts.contains(&"") && !(may_be_empty && parts.len() == 1) {
        flaws.note(
            DefectCode::EmptyListElement,
            format!("an element of {} has nothing in it", header.name),
        );
    }
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn check_request_uri(message: &Message, defects: &mut Vec<Defect>) {
    let StartLine::Request { uri, .. } = message.start() else { return };
    let mut flaws = Flaws::default();
    let view = Uri::scan(uri, &mut flaws);
    let start = message.start_at.start;
    let line = message.bytes.get(message.start_at.clone()).unwrap_or_default();
    let at = line
        .windows(uri.len().max(1))
        .position(|window| window == uri.as_bytes())
        .map_or(message.start_at.clone(), |at| start + at..start + at + uri.len());
    //= RFC 3261 §19.1.1
    if !view.headers.is_empty() {
        flaws.note(DefectCode::RequestUriInvalid, "a Request-URI must not carry header fields");
    }
    defects.extend(flaws.at(&at).map(|defect| Defect {
        code: DefectCode::RequestUriInvalid,
        clause: DefectCode::RequestUriInvalid.clause(),
        ..defect
    }));
}

fn check_missing(message: &Message, defects: &mut Vec<Defect>) {
    let clause = match message.start() {
        StartLine::Request { .. } => "RFC 3261 §8.1.1",
        StartLine::Response { .. } => "RFC 3261 §8.2.6.2",
        StartLine::Unreadable => return,
    };
    //= RFC 3261 §8.1.1
    for name in ["Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards"] {
        let required = message.is_request() || name != "Max-Forwards";
        if required && message.header(name).is_none() {
            let at = message.start_at.end;
            let text = format!("there is no {name}");
            defects.push(Defect::new(DefectCode::MissingHeader, at..at, text).citing(clause));
        }
    }
    //= RFC 3261 §8.1.1.8
    let invite = message.method() == Some("INVITE");
    if invite && message.header("Contact").is_none() {
        let at = message.start_at.end;
        defects.push(
            Defect::new(DefectCode::MissingHeader, at..at, "an INVITE has no Contact")
                .citing("RFC 3261 §8.1.1.8"),
        );
    }
    if let Some(from) = message.from()
        && from.tag().is_none_or(|tag| tag.is_empty())
    {
        let at = message.fields("From").next().map_or(0..0, |header| header.value_at.clone());
        defects.push(Defect::new(DefectCode::MissingTag, at, "the From has no tag"));
    }
}

fn check_repeated(message: &Message, defects: &mut Vec<Defect>) {
    let mut seen: Vec<&str> = Vec::new();
    for header in message.headers().filter(|header| is_single(&header.name)) {
        if seen.contains(&header.name.as_str()) {
            let text = format!("{} may appear once only", header.name);
            defects.push(Defect::new(DefectCode::RepeatedHeader, header.at.clone(), text));
        } else {
            seen.push(&header.name);
        }
    }
}

fn check_cseq_method(message: &Message, defects: &mut Vec<Defect>) {
    let Some(method) = message.method() else { return };
    for header in message.fields("CSeq") {
        // Read as two words, for the method is wrong even where the number is too large.
        let theirs = header.value.split_whitespace().nth(1);
        if theirs.is_some_and(|theirs| theirs != method) {
            defects.push(Defect::new(
                DefectCode::CseqMethodMismatch,
                header.value_at.clone(),
                format!("the CSeq is `{}` but the method is {method}", header.value),
            ));
        }
    }
}

fn check_wildcard(message: &Message, defects: &mut Vec<Defect>) {
    let values = message.values("Contact");
    if values.len() > 1 && values.contains(&"*") {
        let at = message
            .fields("Contact")
            .find(|header| header.values().contains(&"*"))
            .map_or(0..0, |header| header.value_at.clone());
        defects.push(Defect::new(
            DefectCode::WildcardNotAlone,
            at,
            "`*` must be the only Contact value",
        ));
    }
}

/// Control characters; inside a quoted string a backslash may stand before any of them.
fn check_bytes(message: &Message, header: &Header, defects: &mut Vec<Defect>) {
    let field = message.bytes.get(header.at.clone()).unwrap_or_default();
    let mut escaped = false;
    let mut previous_cr = false;
    let mut report = |code, offset: usize, text: &str| {
        let at = header.at.start + offset;
        defects.push(Defect::new(code, at..at + 1, text));
    };
    for (offset, &byte) in field.iter().enumerate() {
        if previous_cr && byte != b'\n' {
            report(DefectCode::BareCr, offset - 1, "a CR without LF");
            return;
        }
        previous_cr = byte == b'\r';
        let control = (byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n')) || byte == 0x7f;
        if control && !escaped {
            report(
                DefectCode::ControlCharacter,
                offset,
                &format!("the byte {byte:#04x} is a control character"),
            );
            return;
        }
        escaped = byte == b'\\' && !escaped;
    }
    if previous_cr {
        report(DefectCode::BareCr, field.len().saturating_sub(1), "a CR without LF");
    }
}

/// Lists that may be empty: RFC 3261 §25.1 brackets their whole value.
const EMPTY_LISTS: [&str; 5] =
    ["Accept", "Accept-Encoding", "Accept-Language", "Allow", "Supported"];
