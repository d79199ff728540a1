//! Messages in a stream of bytes: RFC 3261 §18.3, RFC 5626 §3.5.1.

use super::message_length;

/// Something that a stream had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame {
    /// What it is.
    pub kind: FrameKind,
    /// Its bytes, all of them.
    pub bytes: Vec<u8>,
    /// How many bytes of the stream there are up to its end.
    pub end: u64,
}

/// What a part of a stream is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FrameKind {
    /// A message; it need not be sound.
    Message,
    /// Two line ends between messages: a ping.
    Ping,
    /// One line end between messages: a pong, or nothing.
    LineEnd,
    /// What is no message and stands before one: after a `Content-Length` that is missing or too
    /// short, the rest of a body.
    Garbage,
}

/// Finds the messages in a stream, however it was split on the way.
///
/// A message ends where its `Content-Length` says; without one, with its header. What does not begin
/// like a message is [`FrameKind::Garbage`] up to the next line that does.
#[derive(Clone, Debug, Default)]
pub struct Framer {
    /// What belongs to no frame yet.
    buffer: Vec<u8>,
    /// How many bytes of the stream came before the buffer.
    taken: u64,
    state: State,
}

/// What is known of the beginning of the buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// It is so much garbage; so much has been looked through after that and has no line end.
    Between { garbage: usize, searched: usize },
    /// It is a message; so much has been looked through and does not end its header.
    Header { searched: usize },
    /// It is a message of this length.
    Message { length: usize },
}

impl Default for State {
    fn default() -> Self {
        Self::Between { garbage: 0, searched: 0 }
    }
}

impl Framer {
    /// Takes what came next.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next part of the stream that is complete.
    pub fn poll(&mut self) -> Option<Frame> {
        loop {
            self.state = match self.state {
                State::Between { garbage: 0, .. } if is_line_ends(&self.buffer) => {
                    return self.line_ends();
                }
                State::Between { garbage, searched } => {
                    let rest = self.buffer.get(garbage..).unwrap_or_default();
                    match rest.iter().skip(searched).position(|&byte| byte == b'\n') {
                        Some(end) if begins_message(rest.get(..searched + end)?) => {
                            if garbage > 0 {
                                return Some(self.take(FrameKind::Garbage, garbage));
                            }
                            State::Header { searched: 0 }
                        }
                        Some(end) => {
                            State::Between { garbage: garbage + searched + end + 1, searched: 0 }
                        }
                        None if self.buffer.len() > LONGEST_HEADER => {
                            return Some(self.take(FrameKind::Garbage, self.buffer.len()));
                        }
                        None => {
                            self.state = State::Between { garbage, searched: rest.len() };
                            return None;
                        }
                    }
                }
                State::Header { searched } => match self.header_end(searched) {
                    Some(header) => State::Message { length: self.message_length(header) },
                    None if self.buffer.len() > LONGEST_HEADER => {
                        return Some(self.take(FrameKind::Garbage, self.buffer.len()));
                    }
                    None => {
                        self.state = State::Header { searched: self.buffer.len() };
                        return None;
                    }
                },
                State::Message { length } if length <= self.buffer.len() => {
                    return Some(self.take(FrameKind::Message, length));
                }
                State::Message { .. } => return None,
            };
        }
    }

    /// What the stream ended with that is not complete.
    pub fn rest(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes `chunk` and cuts it where frames end, so that in no piece more than one does.
    pub fn cut<'c>(&mut self, chunk: &'c [u8]) -> Vec<&'c [u8]> {
        let mut at = self.taken + as_u64(self.buffer.len());
        self.push(chunk);
        let mut pieces = Vec::new();
        let mut rest = chunk;
        while let Some(frame) = self.poll() {
            // The end of garbage may lie in an earlier chunk.
            let length = usize::try_from(frame.end.saturating_sub(at)).unwrap_or(usize::MAX);
            if let Some((piece, left)) = rest.split_at_checked(length).filter(|_| length > 0) {
                pieces.push(piece);
                (rest, at) = (left, frame.end);
            }
        }
        if !rest.is_empty() {
            pieces.push(rest);
        }
        pieces
    }

    /// The ping or the single line end that the buffer begins with, once it is known which it is.
    fn line_ends(&mut self) -> Option<Frame> {
        match self.buffer.len() {
            4.. if self.buffer.starts_with(PING) => Some(self.take(FrameKind::Ping, 4)),
            3.. if !PING.starts_with(&self.buffer) => Some(self.take(FrameKind::LineEnd, 2)),
            _ => None,
        }
    }

    /// Where the header of the message at hand ends.
    fn header_end(&self, searched: usize) -> Option<usize> {
        let from = searched.saturating_sub(3);
        let unseen = self.buffer.get(from..).unwrap_or_default();
        let after = |ending: &[u8]| {
            let at = unseen.windows(ending.len()).position(|window| window == ending)?;
            Some(from + at + ending.len())
        };
        after(b"\n\r\n").into_iter().chain(after(b"\n\n")).min()
    }

    /// The length of the message at hand, whose header has this length.
    fn message_length(&self, header: usize) -> usize {
        let whole = self.buffer.get(..header).and_then(message_length).unwrap_or(header);
        // A Content-Length beyond all sense lies, and would swallow the stream.
        if whole.saturating_sub(header) > LONGEST_BODY { header } else { whole }
    }

    fn take(&mut self, kind: FrameKind, length: usize) -> Frame {
        let rest = self.buffer.split_off(length.min(self.buffer.len()));
        let bytes = std::mem::replace(&mut self.buffer, rest);
        self.taken += as_u64(bytes.len());
        self.state = State::default();
        Frame { kind, bytes, end: self.taken }
    }
}

/// Whether a stream goes on with line ends, or perhaps does.
fn is_line_ends(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\r\n") || PING.starts_with(bytes)
}

/// Whether a line begins a message: a status line, or a request line with a version of SIP.
fn begins_message(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let is_sip = |bytes: &[u8]| bytes.get(..4).is_some_and(|it| it.eq_ignore_ascii_case(b"SIP/"));
    let last = line.rsplit(|byte| matches!(byte, b' ' | b'\t')).next();
    is_sip(line) || last.is_some_and(|last| last.len() < line.len() && is_sip(last))
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

const PING: &[u8] = b"\r\n\r\n";
/// What has no end after so many bytes is no header.
const LONGEST_HEADER: usize = 256 * 1024;
/// Far past the largest body of a message that makes sense.
const LONGEST_BODY: usize = 1024 * 1024;

#[cfg(test)]
mod tests;
