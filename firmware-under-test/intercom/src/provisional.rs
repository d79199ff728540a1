//! What a call keeps of provisional responses that are acknowledged: RFC 3262.

use std::time::Duration;

use crate::sip::Message;

/// The reliable provisional responses of a call, sent or received.
#[derive(Clone, Debug)]
pub(crate) struct Provisionals {
    /// Whether the device sends its own reliably.
    pub(crate) reliable: bool,
    /// Number of the last that it sent; the next has the next.
    pub(crate) number: u32,
    /// The one that waits for its PRACK.
    pub(crate) unacked: Option<Unpracked>,
    /// What the device wants to say once that has come.
    pub(crate) next: Option<Next>,
    /// What has been said of the session before the final response.
    pub(crate) said: Said,
    /// The tag of each early dialog of a call that the device made, and the number of the last that
    /// came in order.
    pub(crate) heard: Vec<(String, u32)>,
}

/// A provisional response that is repeated until its PRACK comes.
#[derive(Clone, Debug)]
pub(crate) struct Unpracked {
    pub(crate) number: u32,
    pub(crate) response: Message,
    /// Whether it carries a description.
    pub(crate) described: bool,
    /// When it is sent again, and after which interval; absent once there is a final response.
    pub(crate) again: Option<(Duration, Duration)>,
    /// When the device gives up.
    pub(crate) until: Duration,
}

/// What waits for a PRACK.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Next {
    /// Saying that it rings.
    Ringing,
    /// The 2xx.
    Answer,
}

/// How far an exchange of descriptions has come in reliable provisional responses and PRACKs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Said {
    /// Nothing of it.
    Nothing,
    /// The device has offered, and waits for the answer.
    Offered,
    /// There is a session.
    Agreed,
}

/// How a provisional response stands to those before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Order {
    /// It is not to be acknowledged.
    Unreliable,
    /// It is the next, with this number.
    Next(u32),
    /// It has come before, or one before it has not.
    Other,
}

impl Provisionals {
    /// Those of a call of which nothing has been said yet.
    pub(crate) const fn new(reliable: bool, number: u32) -> Self {
        Self { reliable, number, unacked: None, next: None, said: Said::Nothing, heard: Vec::new() }
    }

    /// Whether a description waits for its PRACK, for which a 2xx has to wait.
    pub(crate) fn holds_answer(&self) -> bool {
        self.unacked.as_ref().is_some_and(|unacked| unacked.described)
    }

    /// Repeats nothing any more; a PRACK that is on its way still finds what it is for.
    //= RFC 3262 §3
    pub(crate) fn finish(&mut self) {
        if let Some(unacked) = &mut self.unacked {
            unacked.again = None;
        }
        if self.next == Some(Next::Ringing) {
            self.next = None;
        }
    }

    /// When something is due next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        let unacked = self.unacked.as_ref()?;
        unacked.again.map(|(next, _)| next.min(unacked.until))
    }
}

/// The numbers of a `RAck`: of the response, and of the INVITE.
//= RFC 3262 §7.2
pub(crate) fn rack(request: &Message) -> Option<(u32, u32)> {
    let mut words = request.headers.get("RAck")?.split_whitespace();
    let (response, request) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (words.next() == Some("INVITE") && words.next().is_none()).then_some((response, request))
}
