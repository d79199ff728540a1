//! How a reference user agent is told to depart from what it would do by itself.

/// Who answers a request that reaches a role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answers {
    /// The role, correctly, at once.
    Itself,
    /// A step of the scenario.
    Scripted,
}

/// What a reference user agent can be told not to do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Withhold {
    /// The ACK of a 2xx, repeated 2xx included.
    Ack,
    /// The ACK of a 300 to 699.
    FailureAck,
    /// The 100 that a server transaction sends by itself after 200 ms.
    Trying,
    /// Every response that no step sends.
    Responses,
    /// Retransmissions of requests and responses.
    Retransmissions,
    /// RTCP reports.
    Rtcp,
}

/// Whether a provisional response is sent until it is acknowledged (RFC 3262).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Reliability {
    /// It is sent as any response.
    #[default]
    Usual,
    /// It requires `100rel`, has the next `RSeq`, and is repeated until its PRACK comes.
    Reliable,
}

/// What a reference user agent does of RTCP beyond what everybody has to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rtcp {
    /// Over the port of media, where the other end agrees (RFC 5761): offered, and accepted.
    Mux,
    /// Extended reports with a receiver reference time, and with answers to those of the other end.
    ReferenceTime,
    /// Extended reports with a statistics summary.
    Summary,
    /// Extended reports with the metrics of a call.
    Voip,
    /// Extended reports with a block of a type that nobody knows.
    UnknownBlock,
}

/// Which dialog a request belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DialogUse {
    /// The dialog that is up, if any; an INVITE begins another while it is early.
    Current,
    /// The dialog that is up, an early one too, for INVITE as for all else.
    Early,
    /// None: a new Call-ID, and no To tag.
    Outside,
    /// One that never was: a To tag of our own making.
    Unknown,
}

/// What to say in the session description of a message that we send.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SessionSpec {
    /// What a correct user agent would: an offer in INVITE, an answer in the 2xx.
    #[default]
    Usual,
    /// No body.
    Without,
    /// The usual one, with these changes.
    With {
        /// Encoding names in order, in place of the role's.
        codecs: Option<Vec<String>>,
        /// `sendrecv`, `sendonly`, `recvonly`, `inactive`.
        direction: Option<String>,
        /// Whole lines to add at the end of the audio section.
        lines: Vec<String>,
    },
    /// These bytes.
    Text(String),
}
