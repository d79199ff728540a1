//! Finding messages in a byte stream: RFC 3261 §7.5 and §18.3.

use crate::sip::{Length, Message, Names, head_end};

/// What was found in a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Frame {
    /// The bytes of one message.
    Message(Vec<u8>),
    /// A head that does not say where its message ends, or says too much: nothing after it can be
    /// read.
    Unframed {
        head: Vec<u8>,
        /// The status that says so.
        code: u16,
        fault: &'static str,
    },
}

/// The bytes of a stream that are no whole message yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Framer {
    buffer: Vec<u8>,
}

impl Framer {
    /// Whether the next byte is the first of a message.
    pub(crate) const fn is_between_messages(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Forgets the beginning of a message.
    pub(crate) fn forget(&mut self) {
        self.buffer.clear();
    }

    /// Takes the next bytes; nothing follows an [`Frame::Unframed`].
    pub(crate) fn push(&mut self, bytes: &[u8], names: Names) -> Vec<Frame> {
        self.buffer.extend_from_slice(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = self.next(names) {
            let over = matches!(frame, Frame::Unframed { .. });
            frames.push(frame);
            if over {
                return frames;
            }
        }
        frames
    }

    fn next(&mut self, names: Names) -> Option<Frame> {
        //= RFC 3261 §7.5
        let blank = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.buffer.drain(..blank);
        let Some(head) = head_end(&self.buffer) else {
            return (self.buffer.len() > LONGEST_HEAD).then(|| self.give_up(513, "head too long"));
        };
        if head > LONGEST_HEAD {
            return Some(self.give_up(513, "head too long"));
        }
        //= RFC 3261 §18.3
        match Message::length(self.buffer.get(..head)?, names) {
            Length::Missing => Some(self.unframed(head, 400, "no Content-Length")),
            Length::Bad => Some(self.unframed(head, 400, "bad Content-Length")),
            Length::Is(body) if body > LONGEST_BODY => {
                Some(self.unframed(head, 513, "body too long"))
            }
            Length::Is(body) if self.buffer.len() < head + body => None,
            Length::Is(body) => Some(Frame::Message(self.buffer.drain(..head + body).collect())),
        }
    }

    fn unframed(&mut self, head: usize, code: u16, fault: &'static str) -> Frame {
        self.buffer.truncate(head);
        self.give_up(code, fault)
    }

    fn give_up(&mut self, code: u16, fault: &'static str) -> Frame {
        Frame::Unframed { head: std::mem::take(&mut self.buffer), code, fault }
    }
}

/// A datagram's worth, which every implementation has to take.
const LONGEST_HEAD: usize = 65_535;
const LONGEST_BODY: usize = 65_535;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO: &str = "\r\n\r\nBYE sip:a@b SIP/2.0\r\nContent-Length: 4\r\n\r\nbodyOPTIONS sip:a@b SIP/2.0\r\n\
        l:\r\n 0\r\n\r\n\r\n\r\n";

    fn push(framer: &mut Framer, bytes: &[u8]) -> Vec<Frame> {
        framer.push(bytes, Names::Both)
    }

    fn texts(frames: Vec<Frame>) -> Vec<String> {
        let text = |frame| match frame {
            Frame::Message(bytes) => String::from_utf8(bytes).unwrap(),
            Frame::Unframed { code, fault, .. } => format!("{code} {fault}"),
        };
        frames.into_iter().map(text).collect()
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_messages(cuts in prop::collection::vec(0..TWO.len(), 0..6)) {
            let mut cuts = cuts;
            cuts.extend([0, TWO.len()]);
            cuts.sort_unstable();
            let mut framer = Framer::default();
            let parts = cuts.windows(2).map(|cut| &TWO.as_bytes()[cut[0]..cut[1]]);
            let frames: Vec<_> = parts.flat_map(|part| push(&mut framer, part)).collect();
            let texts = texts(frames);
            prop_assert_eq!(texts.len(), 2);
            prop_assert!(texts[0].ends_with("\r\n\r\nbody"));
            prop_assert!(texts[1].starts_with("OPTIONS"));
            prop_assert!(framer.buffer.is_empty());
        }

        #[test]
        fn any_bytes_are_taken(parts in prop::collection::vec(".{0,40}", 0..8)) {
            let mut framer = Framer::default();
            for part in parts {
                push(&mut framer, part.as_bytes());
            }
        }
    }

    #[test]
    fn every_single_split_gives_the_same_messages() {
        for at in 0..TWO.len() {
            let (one, other) = TWO.split_at(at);
            let mut framer = Framer::default();
            let mut found = push(&mut framer, one.as_bytes());
            found.extend(push(&mut framer, other.as_bytes()));
            assert_eq!(found.len(), 2, "split at {at}");
        }
    }

    #[test]
    fn what_has_no_end_is_said() {
        let framed = |text: String| texts(push(&mut Framer::default(), text.as_bytes()));
        let head = |field: &str| format!("BYE sip:a@b SIP/2.0\r\n{field}\r\n\r\nBYE");
        assert_eq!(framed(head("To: x")), ["400 no Content-Length"]);
        assert_eq!(framed(head("Content-Length: -1")), ["400 bad Content-Length"]);
        assert_eq!(framed(head("l: 1\r\nContent-Length: 2")), ["400 bad Content-Length"]);
        assert_eq!(framed(head("Content-Length: 65536")), ["513 body too long"]);
        assert_eq!(framed("x".repeat(65_536)), ["513 head too long"]);
        assert_eq!(framed(head("Content-Length: 65535")), [""; 0]);
    }
}
