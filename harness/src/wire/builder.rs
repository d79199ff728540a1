//! Well-formed SIP messages, and the means to change one part of them.

use super::sip::{Message, StartLine, long_name};
use std::ops::Range;

/// The header fields that every request must have (RFC 3261 §8.1.1), beside `Max-Forwards`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Essentials {
    /// The topmost `Via` value.
    pub via: String,
    /// The `From` value, with its tag.
    pub from: String,
    /// The `To` value.
    pub to: String,
    /// The `Call-ID`.
    pub call_id: String,
    /// The number of `CSeq`.
    pub cseq: u32,
}

/// A message that is being written.
///
/// Header fields keep their order. `Content-Length` is computed by [`build`](Self::build) unless it
/// has been set or removed by name. A line break inside a value becomes a space, so that a value
/// from outside cannot add a header field; [`raw_line`](Self::raw_line) writes anything.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Draft {
    start: Vec<u8>,
    lines: Vec<Line>,
    body: Vec<u8>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Line {
    Field {
        name: String,
        value: String,
    },
    /// A field that was read and is written again byte for byte.
    Read {
        name: String,
        value: String,
        bytes: Vec<u8>,
    },
    /// The `Content-Length` that is computed; `lead` is all that comes before the number.
    Length {
        lead: String,
    },
    /// Anything, without a name to find it by.
    Raw(Vec<u8>),
}

impl Line {
    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::Field { name, .. } | Self::Read { name, .. } => {
                long_name(name).eq_ignore_ascii_case(long_name(wanted))
            }
            Self::Length { .. } => long_name(wanted).eq_ignore_ascii_case("Content-Length"),
            Self::Raw(_) => false,
        }
    }

    fn field(name: &str, value: &str) -> Self {
        Self::Field { name: one_line(name), value: one_line(value) }
    }
}

impl Draft {
    /// A request with the header fields that it must have, and `Max-Forwards: 70`.
    pub fn request(method: &str, uri: &str, essentials: &Essentials) -> Self {
        let Essentials { via, from, to, call_id, cseq } = essentials;
        Self::starting(&format!("{method} {uri} SIP/2.0"))
            .add("Via", via)
            .add("Max-Forwards", "70")
            .add("From", from)
            .add("To", to)
            .add("Call-ID", call_id)
            .add("CSeq", &format!("{cseq} {method}"))
            .with_length()
    }

    /// A response to `request`: its `Via`, `From`, `To`, `Call-ID` and `CSeq` are copied as
    /// RFC 3261 §8.2.6.2 says. [`to_tag`](Self::to_tag) adds the tag of the one who answers.
    pub fn response(status: u16, reason: &str, request: &Message) -> Self {
        let mut this = Self::starting(&format!("SIP/2.0 {status} {reason}"));
        //= RFC 3261 §8.2.6.2
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for header in request.fields(name) {
                this = this.add(&header.name, &header.value);
            }
        }
        this.with_length()
    }

    /// A message with the start line `line`, an empty body, and nothing else.
    pub fn starting(line: &str) -> Self {
        Self { start: one_line(line).into_bytes(), lines: Vec::new(), body: Vec::new() }
    }

    /// What `message` says, as a draft: what is not edited is written as it was read, but for a
    /// `Content-Length`, which is computed anew if it was right.
    pub fn from_message(message: &Message) -> Self {
        let bytes = |at: Range<usize>| message.bytes().get(at).unwrap_or_default().to_vec();
        let length = message.content_length().filter(|&length| length == message.body().len());
        let lines = message.headers().map(|header| {
            let lead = bytes(header.at.start..header.value_at.start);
            match String::from_utf8(lead) {
                Ok(lead) if header.is("Content-Length") && length.is_some() => {
                    Line::Length { lead }
                }
                _ => Line::Read {
                    name: header.written.clone(),
                    value: header.value.clone(),
                    bytes: bytes(header.at.clone()),
                },
            }
        });
        Self {
            start: bytes(message.start_at().clone()),
            lines: lines.collect(),
            body: message.body().to_vec(),
        }
    }

    /// Replaces every field `name` by one with `value`, in the place of the first.
    #[must_use]
    pub fn set(self, name: &str, value: &str) -> Self {
        let Some(first) = self.lines.iter().position(|line| line.is(name)) else {
            return self.add(name, value);
        };
        let mut this = self.remove(name);
        this.lines.insert(first, Line::field(name, value));
        this
    }

    /// Adds a field after the last of the same name, else before `Content-Length`, else at the end.
    #[must_use]
    pub fn add(mut self, name: &str, value: &str) -> Self {
        let after = self.lines.iter().rposition(|line| line.is(name)).map(|at| at + 1);
        let length = self.lines.iter().position(|line| matches!(line, Line::Length { .. }));
        let at = after.or(length).unwrap_or(self.lines.len());
        self.lines.insert(at, Line::field(name, value));
        self
    }

    /// Adds a field before the first of the same name, else before everything.
    #[must_use]
    pub fn prepend(mut self, name: &str, value: &str) -> Self {
        let at = self.lines.iter().position(|line| line.is(name)).unwrap_or(0);
        self.lines.insert(at, Line::field(name, value));
        self
    }

    /// Removes every field `name`. Without `Content-Length`, none is computed either.
    #[must_use]
    pub fn remove(mut self, name: &str) -> Self {
        self.lines.retain(|line| !line.is(name));
        self
    }

    /// Adds a header line as it is, without its line ending, at the end of the header.
    #[must_use]
    pub fn raw_line(mut self, line: impl Into<Vec<u8>>) -> Self {
        self.lines.push(Line::Raw(line.into()));
        self
    }

    /// Gives the `To` the tag `tag`, unless it has one.
    #[must_use]
    pub fn to_tag(self, tag: &str) -> Self {
        let to = self.value("To").and_then(super::sip::NameAddr::read);
        match to {
            Some(to) if to.tag().is_none() => self.set("To", &to.with_tag(tag).to_string()),
            _ => self,
        }
    }

    /// Sets the body and its `Content-Type`.
    #[must_use]
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self.set("Content-Type", content_type)
    }

    /// Sets the body and leaves `Content-Type` alone.
    #[must_use]
    pub fn body_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }

    /// Replaces the start line, which may be anything.
    #[must_use]
    pub fn start_line(mut self, line: impl Into<Vec<u8>>) -> Self {
        self.start = line.into();
        self
    }

    /// Replaces the Request-URI; does nothing to a response.
    #[must_use]
    pub fn request_uri(mut self, new: &str) -> Self {
        let line = Message::read(&self.start);
        if let StartLine::Request { method, version, .. } = line.start() {
            self.start = format!("{method} {new} {version}").into_bytes();
        }
        self
    }

    /// The value of the first field `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.lines.iter().find(|line| line.is(name)).and_then(|line| match line {
            Line::Field { value, .. } | Line::Read { value, .. } => Some(value.as_str()),
            Line::Length { .. } | Line::Raw(_) => None,
        })
    }

    /// The body as it stands.
    pub fn current_body(&self) -> &[u8] {
        &self.body
    }

    /// Gives every field the name that `rename` makes of it, such as its compact form.
    #[must_use]
    pub fn rename(mut self, rename: impl Fn(&str) -> String) -> Self {
        for line in &mut self.lines {
            *line = match line {
                Line::Field { name, value } | Line::Read { name, value, .. } => {
                    Line::field(&rename(name), value)
                }
                Line::Length { .. } => {
                    Line::Length { lead: format!("{}: ", rename("Content-Length")) }
                }
                Line::Raw(bytes) => Line::Raw(bytes.clone()),
            };
        }
        self
    }

    /// The message as bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut bytes = self.start.clone();
        bytes.extend_from_slice(b"\r\n");
        for line in &self.lines {
            match line {
                Line::Field { name, value } => {
                    bytes.extend_from_slice(format!("{name}: {value}").as_bytes());
                }
                Line::Length { lead } => {
                    bytes.extend_from_slice(format!("{lead}{}", self.body.len()).as_bytes());
                }
                Line::Read { bytes: raw, .. } | Line::Raw(raw) => bytes.extend_from_slice(raw),
            }
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The message as it will be read by the other side.
    pub fn message(&self) -> Message {
        Message::read(&self.build())
    }

    fn with_length(mut self) -> Self {
        self.lines.push(Line::Length { lead: "Content-Length: ".to_owned() });
        self
    }
}

fn one_line(text: &str) -> String {
    if text.contains(['\r', '\n']) { text.replace(['\r', '\n'], " ") } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
