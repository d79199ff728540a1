//! The message as `rsip` has it: a second opinion, and a bridge to code that speaks its types.
//!
//! `rsip` 0.4 cannot read what devices send: it refuses folding, compact names, white space before
//! a colon, IPv6 hosts and unknown methods, and keeps only the first value of a list. So it is
//! handed the message as our own reader understood it, and `None` means that even then it would not.

use super::{Message, StartLine};
use crate::wire::builder::Draft;
use std::fmt::Write as _;

impl Message {
    /// The message as `rsip` types: long names, one value a field, nothing folded.
    ///
    /// `None` where `rsip` refuses it. The views of [`Message`] itself do not depend on this.
    pub fn to_rsip(&self) -> Option<rsip::SipMessage> {
        rsip::SipMessage::try_from(self.normalised()?).ok()
    }

    fn normalised(&self) -> Option<Vec<u8>> {
        let mut text = match self.start() {
            StartLine::Request { method, uri, version } => format!("{method} {uri} {version}\r\n"),
            StartLine::Response { status, reason, version } => {
                format!("{version} {status} {reason}\r\n")
            }
            StartLine::Unreadable => return None,
        };
        for header in self.headers() {
            for value in header.values() {
                write!(text, "{}: {value}\r\n", header.name).ok()?;
            }
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(self.body());
        Some(bytes)
    }
}

impl Draft {
    /// A message built with `rsip`, as a draft that can be edited and damaged.
    pub fn from_rsip(message: &rsip::SipMessage) -> Self {
        Self::from_message(&Message::read(message.to_string().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsip::prelude::*;

    const OPTIONS: &[u8] = b"OPTIONS sip:door@192.0.2.2 SIP/2.0\r\n\
        v: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK1,\r\n SIP/2.0/TCP proxy;branch=z9hG4bK2\r\n\
        Max-Forwards : 70\r\nf: \"A\" <sip:a@192.0.2.1>;tag=1\r\nt: <sip:door@192.0.2.2>\r\n\
        i: c1\r\nCSeq: 9\r\n\tOPTIONS\r\nl: 0\r\n\r\n";

    #[test]
    fn rsip_reads_what_we_have_made_plain_and_agrees() {
        let ours = Message::read(OPTIONS);
        assert!(rsip::SipMessage::try_from(OPTIONS.to_vec()).is_err(), "then the bridge is idle");
        let theirs = ours.to_rsip().unwrap();
        let via = theirs.via_header().unwrap().typed().unwrap();
        assert_eq!(via.branch().unwrap().value(), "z9hG4bK1");
        let cseq = theirs.cseq_header().unwrap().typed().unwrap();
        assert_eq!((cseq.seq, cseq.method.to_string()), (9, "OPTIONS".to_owned()));
        let from = theirs.from_header().unwrap().typed().unwrap();
        assert_eq!(from.tag().unwrap().value(), "1");
        assert_eq!(ours.from().unwrap().tag().unwrap(), "1");
    }

    #[test]
    fn what_rsip_builds_reads_without_defects_and_goes_both_ways() {
        let theirs = Message::read(OPTIONS).to_rsip().unwrap();
        let draft = Draft::from_rsip(&theirs);
        assert_eq!(draft.message().defects(), []);
        assert_eq!(draft.message().vias(), Message::read(OPTIONS).vias());
        assert_eq!(draft.message().to_rsip(), Some(theirs));
    }
}
