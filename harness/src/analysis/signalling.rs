//! Sorting SIP messages into dialogs.

use super::dialog::{Dialog, Message};
use super::tally::Tally;
use crate::evidence::capture::segments::{Part, Way};
use crate::time::Tick;
use crate::wire::Transport;
use crate::wire::sdp::Session;
use crate::wire::sip::{self, FrameKind, Framer};
use std::collections::HashMap;
use std::net::SocketAddr;

/// The dialogs, and the streams in which their messages come.
#[derive(Debug, Default)]
pub(super) struct Signalling {
    dialogs: Vec<Dialog>,
    of: HashMap<String, usize>,
    readers: HashMap<Way, Framer>,
    kept: usize,
}

/// Whether a datagram, or the beginning of a stream, is SIP: its first line names the protocol.
pub(super) fn is_sip(bytes: &[u8]) -> bool {
    let from = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or_default();
    let rest = bytes.get(from..).unwrap_or_default();
    let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()).min(LONGEST_LINE);
    let line = rest.get(..end).unwrap_or_default();
    line.windows(4).any(|four| four.eq_ignore_ascii_case(b"SIP/"))
}

impl Signalling {
    /// Takes a part of a stream: whether more of it is wanted, and the messages that end in it.
    pub(super) fn stream(
        &mut self,
        way: Way,
        part: Part,
        tally: &mut Tally,
    ) -> (bool, Vec<Vec<u8>>) {
        let bytes = match part {
            Part::End => {
                self.readers.remove(&way);
                return (true, Vec::new());
            }
            Part::Gap(missing) => {
                tally.missing += u64::from(missing);
                self.readers.entry(way).and_modify(|framer| *framer = Framer::default());
                return (true, Vec::new());
            }
            Part::Bytes(bytes) => bytes,
        };
        let (from, to) = way;
        let by_port = [from.port(), to.port()].contains(&Transport::Tcp.default_port());
        if !self.readers.contains_key(&way) && !is_sip(&bytes) && !by_port {
            // A record of TLS, of a handshake or of data (RFC 8446 §5.1).
            let is_tls = matches!(bytes.as_slice(), [20..=23, 3, 0..=4, ..]);
            let on_our_port = [from.port(), to.port()].contains(&Transport::Tls.default_port());
            tally.tls += u64::from(is_tls && on_our_port);
            return (false, Vec::new());
        }
        let framer = self.readers.entry(way).or_default();
        framer.push(&bytes);
        let mut messages = Vec::new();
        while let Some(frame) = framer.poll() {
            if frame.kind == FrameKind::Message {
                messages.push(frame.bytes);
            }
        }
        (true, messages)
    }

    /// Takes a message; the dialog and the session description, if it has one.
    pub(super) fn message(
        &mut self,
        at: Tick,
        frame: u64,
        (from, to): (SocketAddr, SocketAddr),
        transport: Transport,
        bytes: &[u8],
    ) -> Option<(usize, Session)> {
        let message = sip::Message::read(bytes);
        let call_id = message.call_id().unwrap_or_default().to_owned();
        let place = *self.of.entry(call_id.clone()).or_insert(self.dialogs.len());
        if place == self.dialogs.len() {
            let uri =
                |name: Option<sip::NameAddr>| name.map(|it| it.uri.to_string()).unwrap_or_default();
            let by_cseq = || message.cseq().map(|cseq| cseq.method);
            self.dialogs.push(Dialog {
                call_id,
                method: message.method().map(str::to_owned).or_else(by_cseq).unwrap_or_default(),
                from: uri(message.from()),
                to: uri(message.to()),
                messages: Vec::new(),
                dropped: 0,
            });
        }
        let dialog = self.dialogs.get_mut(place)?;
        let session = message.sdp();
        if dialog.messages.len() >= MOST_MESSAGES || self.kept >= MOST_BYTES {
            dialog.dropped += 1;
            return session.map(|session| (place, session));
        }
        let same = |before: &&Message| {
            (before.from, before.to) == (from, to) && before.message.bytes() == bytes
        };
        let repeats = dialog.messages.iter().rev().take(RECENT).filter(same).count();
        self.kept += bytes.len();
        dialog.messages.push(Message { at, frame, from, to, transport, repeats, message });
        session.map(|session| (place, session))
    }

    pub(super) fn finish(&mut self) -> Vec<Dialog> {
        std::mem::take(&mut self.dialogs)
    }
}

const LONGEST_LINE: usize = 2_048;
/// So many messages of a dialog are kept.
const MOST_MESSAGES: usize = 2_000;
/// So many bytes of messages are kept in all.
const MOST_BYTES: usize = 256 * 1024 * 1024;
/// A retransmission is looked for among so many messages before it.
const RECENT: usize = 64;
