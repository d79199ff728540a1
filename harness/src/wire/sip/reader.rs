//! Framing: from bytes to lines, header fields and body, with their places.

use super::{Header, Message, StartLine, long_name};
use crate::wire::defect::{Defect, DefectCode, Flaws};
use crate::wire::tokens::{is_digits, is_token};
use std::ops::Range;
use std::sync::OnceLock;

/// How long the first message in `stream` is, once its header is complete.
///
/// `None` as long as the empty line has not come. Without a readable `Content-Length` the message
/// ends with its header, for a stream offers no other end (RFC 3261 §18.3). Leading line ends are
/// counted as part of the message. The length may be more than has come so far, by any amount.
pub fn message_length(stream: &[u8]) -> Option<usize> {
    let skip = leading_line_ends(stream);
    let header = stream.get(skip..)?;
    let after = |ending: &[u8]| {
        let found = header.windows(ending.len()).position(|window| window == ending);
        found.map(|at| at + ending.len())
    };
    let (crlf, lf) = (after(b"\n\r\n"), after(b"\n\n"));
    let end = skip + crlf.into_iter().chain(lf).min()?;
    let message = read(stream.get(..end)?);
    Some(end.saturating_add(content_length(&message).unwrap_or(0)))
}

/// Reads the frame; the values of the header fields are not looked into.
pub(super) fn read(bytes: &[u8]) -> Message {
    let mut defects = Vec::new();
    let mut lines = Lines { bytes, at: leading_line_ends(bytes), bare: Vec::new() };
    let start_at = lines.next().unwrap_or(bytes.len()..bytes.len());
    let mut flaws = Flaws::default();
    let start = StartLine::scan(&text(bytes, &start_at), &mut flaws);
    defects.extend(flaws.at(&start_at));

    let mut headers: Vec<Header> = Vec::new();
    let mut ended = false;
    for line in lines.by_ref() {
        if line.is_empty() {
            ended = true;
            break;
        }
        let folded = matches!(bytes.get(line.start), Some(b' ' | b'\t'));
        match headers.last_mut() {
            Some(header) if folded => {
                header.at.end = line.end;
                header.value_at.end = line.end;
            }
            _ => headers.push(header(bytes, &line, &mut defects)),
        }
    }
    for header in &mut headers {
        header.value_at = trimmed(bytes, &header.value_at);
        header.value = unfold(&text(bytes, &header.value_at));
    }
    if let Some(first) = lines.bare.first() {
        let count = lines.bare.len();
        defects.push(Defect::new(
            DefectCode::BareLf,
            *first..first + 1,
            format!("{count} line(s) of the header end in LF without CR"),
        ));
    }
    if !ended {
        defects.push(Defect::new(
            DefectCode::NoBlankLine,
            bytes.len()..bytes.len(),
            "the header does not end with an empty line",
        ));
    }
    let rest = lines.at..bytes.len();
    let mut message = Message {
        bytes: bytes.to_vec(),
        start,
        start_at,
        headers,
        body_at: rest.clone(),
        framing: defects,
        defects: OnceLock::new(),
    };
    check_utf8(&mut message, rest.start);
    frame_body(&mut message, &rest);
    message
}

/// The lines of the header; stops after the empty line that ends it.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where lines ended in LF without CR.
    bare: Vec<usize>,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let Some(length) = rest.iter().position(|&byte| byte == b'\n') else {
            self.at = self.bytes.len();
            return Some(start..self.at);
        };
        let end = start + length;
        self.at = end + 1;
        if length > 0 && self.bytes.get(end - 1) == Some(&b'\r') {
            return Some(start..end - 1);
        }
        self.bare.push(end);
        Some(start..end)
    }
}

fn header(bytes: &[u8], line: &Range<usize>, defects: &mut Vec<Defect>) -> Header {
    let whole = bytes.get(line.clone()).unwrap_or_default();
    let colon = whole.iter().position(|&byte| byte == b':');
    let name_end = line.start + colon.unwrap_or(whole.len());
    let written = text(bytes, &(line.start..name_end)).trim_end_matches([' ', '\t']).to_owned();
    if colon.is_none() || !is_token(&written) {
        let why = if colon.is_none() { "has no colon" } else { "has a name that is not a token" };
        defects.push(Defect::new(
            DefectCode::HeaderNameInvalid,
            line.clone(),
            format!("the header line {why}"),
        ));
    }
    let value_at = (name_end + 1).min(line.end)..line.end;
    Header {
        name: long_name(&written).to_owned(),
        written,
        value: String::new(),
        at: line.clone(),
        value_at,
    }
}

/// The part of `at` without white space at either end.
fn trimmed(bytes: &[u8], at: &Range<usize>) -> Range<usize> {
    let value = bytes.get(at.clone()).unwrap_or_default();
    let lead = value.len() - value.trim_ascii_start().len();
    let start = at.start + lead;
    start..start + value.trim_ascii().len()
}

/// RFC 3261 §7.3.1: a line end and the white space after it count as one space.
fn unfold(value: &str) -> String {
    let mut lines = value.split('\n').map(|line| line.trim_matches(['\r', ' ', '\t']));
    let mut unfolded = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        if !unfolded.is_empty() && !line.is_empty() {
            unfolded.push(' ');
        }
        unfolded.push_str(line);
    }
    unfolded
}

fn check_utf8(message: &mut Message, end: usize) {
    let header = message.bytes.get(..end).unwrap_or_default();
    if let Err(error) = std::str::from_utf8(header) {
        let at = error.valid_up_to();
        let length = error.error_len().unwrap_or(end - at);
        message.framing.push(Defect::new(
            DefectCode::NotUtf8,
            at..at + length,
            "the header is not UTF-8 here",
        ));
    }
}

fn frame_body(message: &mut Message, rest: &Range<usize>) {
    let lengths: Vec<(Range<usize>, Option<usize>)> = message
        .fields("Content-Length")
        .map(|header| (header.value_at.clone(), parse_length(&header.value)))
        .collect();
    let Some((at, length)) = lengths.first().cloned() else { return };
    for (at, length) in &lengths {
        if length.is_none() {
            message.framing.push(Defect::new(
                DefectCode::ContentLengthInvalid,
                at.clone(),
                "the Content-Length is not a number",
            ));
        }
    }
    if lengths.iter().any(|(_, other)| *other != length) {
        message.framing.push(Defect::new(
            DefectCode::ContentLengthInvalid,
            at,
            "several Content-Length fields differ",
        ));
        return;
    }
    let Some(length) = length else { return };
    if length > rest.len() {
        message.framing.push(Defect::new(
            DefectCode::ContentLengthLong,
            at,
            format!("Content-Length says {length}, but {} byte(s) follow the header", rest.len()),
        ));
    } else if length < rest.len() {
        message.body_at.end = rest.start + length;
        message.framing.push(Defect::new(
            DefectCode::TrailingBytes,
            message.body_at.end..rest.end,
            format!("{} byte(s) follow the body", rest.len() - length),
        ));
    }
}

/// The one length that every `Content-Length` gives.
pub(super) fn content_length(message: &Message) -> Option<usize> {
    let mut lengths = message.fields("Content-Length").map(|header| parse_length(&header.value));
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then_some(first)
}

/// A length that does not fit is as good as the largest: it is beyond the datagram.
fn parse_length(value: &str) -> Option<usize> {
    is_digits(value).then(|| value.parse().unwrap_or(usize::MAX))
}

/// RFC 3261 §7.5: empty lines before the start line are ignored.
fn leading_line_ends(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len())
}

fn text<'a>(bytes: &'a [u8], at: &Range<usize>) -> std::borrow::Cow<'a, str> {
    String::from_utf8_lossy(bytes.get(at.clone()).unwrap_or_default())
}
