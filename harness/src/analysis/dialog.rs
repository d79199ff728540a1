//! One dialog, or what there is of one.

use crate::time::Tick;
use crate::wire::{Transport, sip};
use std::net::SocketAddr;
use std::time::Duration;

/// The messages of one Call-ID. Where an INVITE forked, those of all its branches.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// Its Call-ID.
    pub call_id: String,
    /// The method that began it, as far as the capture shows.
    pub method: String,
    /// The URI of the From of its first message.
    pub from: String,
    /// The URI of the To of its first message.
    pub to: String,
    /// Its messages, in the order of capture.
    pub messages: Vec<Message>,
    /// Messages past the 2,000th, which are not kept.
    pub dropped: usize,
}

/// One SIP message.
#[derive(Clone, Debug)]
pub struct Message {
    /// When it was captured; of one over TCP, when its last byte was.
    pub at: Tick,
    /// The number of the frame in which it ends.
    pub frame: u64,
    /// The sender.
    pub from: SocketAddr,
    /// The receiver.
    pub to: SocketAddr,
    /// How it was carried.
    pub transport: Transport,
    /// How many times the same bytes went the same way before.
    pub repeats: usize,
    /// The message.
    pub message: sip::Message,
}

/// How a dialog went. Times are from its first INVITE.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Outcome {
    /// Until the first 180: successful session request delay (RFC 6076 §4.3.1), where it rang.
    pub ringing: Option<Duration>,
    /// Until the first final response.
    pub answered: Option<Duration>,
    /// That response's status and reason.
    pub status: Option<(u16, String)>,
    /// From the 2xx to the BYE.
    pub talked: Option<Duration>,
    /// From the BYE to its response: session disconnect delay (RFC 6076 §4.4).
    pub released: Option<Duration>,
}

impl Dialog {
    /// When it began.
    pub fn began(&self) -> Tick {
        self.messages.first().map(|message| message.at).unwrap_or_default()
    }

    /// How it went.
    pub fn outcome(&self) -> Outcome {
        let fresh = || self.messages.iter().filter(|message| message.repeats == 0);
        let is_request =
            |message: &&Message, method: &str| message.message.method() == Some(method);
        let answers = |message: &&Message, method: &str| {
            message.message.is_response()
                && message.message.cseq().is_some_and(|cseq| cseq.method == method)
        };
        let method = self.method.as_str();
        let first = fresh().find(|message| is_request(message, method)).map(|message| message.at);
        let since = |at: Tick| first.map(|first| at.since(first));
        let rings = |message: &&Message| {
            answers(message, "INVITE") && message.message.status() == Some(180)
        };
        // A challenge is followed by the request once more and is not how it went.
        let is_final = |message: &&Message| {
            answers(message, method) && message.message.status().is_some_and(|status| status >= 200)
        };
        let is_challenge = |message: &&Message| matches!(message.message.status(), Some(401 | 407));
        let last = fresh().filter(is_final).find(|message| !is_challenge(message));
        let answer = last.or_else(|| fresh().find(is_final));
        let bye = fresh().find(|message| is_request(message, "BYE"));
        let success = answer.filter(|it| matches!(it.message.status(), Some(200..300)));
        Outcome {
            ringing: fresh().find(rings).and_then(|message| since(message.at)),
            answered: answer.and_then(|message| since(message.at)),
            status: answer.and_then(|message| {
                let reason = message.message.reason().unwrap_or_default().to_owned();
                Some((message.message.status()?, reason))
            }),
            talked: success.zip(bye).map(|(answer, bye)| bye.at.since(answer.at)),
            released: bye.and_then(|bye| {
                let end = fresh().find(|message| answers(message, "BYE"))?;
                Some(end.at.since(bye.at))
            }),
        }
    }

    /// The addresses that take part, in the order in which they appear.
    pub fn hosts(&self) -> Vec<SocketAddr> {
        let mut hosts = Vec::new();
        for host in self.messages.iter().flat_map(|message| [message.from, message.to]) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }
}
