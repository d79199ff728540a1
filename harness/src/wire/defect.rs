//! Deviations in what was received: listed, never thrown.

use std::fmt;
use std::ops::Range;

use DefectCode as Code;
use Severity::{Oddity, Violation};

/// One deviation in one message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Defect {
    /// What kind of deviation it is.
    pub code: DefectCode,
    /// Where it is: byte offsets into the datagram. Empty where something is missing.
    pub at: Range<usize>,
    /// What is wrong, for a person to read.
    pub text: String,
    /// The clause that the message goes against, such as `RFC 3261 §20.14`.
    pub clause: &'static str,
}

impl Defect {
    /// A defect of `code` at `at`, citing the clause that the code usually stands for.
    pub fn new(code: DefectCode, at: Range<usize>, text: impl Into<String>) -> Self {
        Self { code, at, text: text.into(), clause: code.clause() }
    }

    /// The same defect, citing `clause`.
    #[must_use]
    pub fn citing(mut self, clause: &'static str) -> Self {
        self.clause = clause;
        self
    }

    /// How grave the defect is.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.at;
        write!(f, "{} at {start}..{end}: {} ({})", self.code, self.text, self.clause)
    }
}

/// How grave a defect is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Legal, or legal once, but worth a line: old syntax, bytes that the receiver discards.
    Oddity,
    /// The sender broke a rule.
    Violation,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $severity:ident, $clause:literal;)*) => {
        /// What kind of deviation a [`Defect`] is.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum DefectCode {
            $($(#[$doc])* $variant,)*
        }

        impl DefectCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as written in reports and scenario files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How grave a defect of this code is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => $severity,)* }
            }

            /// The clause that a defect of this code usually goes against.
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$variant => $clause,)* }
            }
        }
    };
}

codes! {
    /// A line ends in LF without CR.
    BareLf, "bare-lf", Violation, "RFC 3261 §7";
    /// A CR that is not followed by LF, inside the header.
    BareCr, "bare-cr", Violation, "RFC 3261 §7";
    /// The header does not end with an empty line.
    NoBlankLine, "no-blank-line", Violation, "RFC 3261 §7";
    /// The first line is neither a request line nor a status line.
    StartLineUnreadable, "start-line-unreadable", Violation, "RFC 3261 §7";
    /// The parts of the start line are not separated by exactly one space each.
    StartLineSpacing, "start-line-spacing", Violation, "RFC 3261 §7.1";
    /// The method is not a token.
    MethodInvalid, "method-invalid", Violation, "RFC 3261 §7.1";
    /// The Request-URI breaks the grammar.
    RequestUriInvalid, "request-uri-invalid", Violation, "RFC 3261 §7.1";
    /// The version is not `SIP/2.0`.
    VersionUnknown, "version-unknown", Violation, "RFC 3261 §7.1";
    /// The status code is not in 100 to 699.
    StatusOutOfRange, "status-out-of-range", Violation, "RFC 3261 §7.2";
    /// A header line has no colon, or its name is not a token.
    HeaderNameInvalid, "header-name-invalid", Violation, "RFC 3261 §7.3.1";
    /// The header is not UTF-8.
    NotUtf8, "not-utf8", Violation, "RFC 3261 §7";
    /// A control character outside a quoted string.
    ControlCharacter, "control-character", Violation, "RFC 3261 §25.1";
    /// A header field that is required is missing.
    MissingHeader, "missing-header", Violation, "RFC 3261 §8.1.1";
    /// A header field that may appear once appears more than once.
    RepeatedHeader, "repeated-header", Violation, "RFC 3261 §7.3.1";
    /// A list has an element with nothing in it.
    EmptyListElement, "empty-list-element", Violation, "RFC 3261 §7.3";
    /// A quoted string is not closed.
    UnterminatedQuote, "unterminated-quote", Violation, "RFC 3261 §25.1";
    /// An angle bracket is not closed.
    UnterminatedAngle, "unterminated-angle", Violation, "RFC 3261 §25.1";
    /// A display name is neither tokens nor a quoted string.
    DisplayNameInvalid, "display-name-invalid", Violation, "RFC 3261 §25.1";
    /// A URI in a header field breaks the grammar.
    UriInvalid, "uri-invalid", Violation, "RFC 3261 §19.1.1";
    /// A URI with a comma, question mark or semicolon stands without angle brackets.
    UriNotBracketed, "uri-not-bracketed", Violation, "RFC 3261 §20.10";
    /// A parameter breaks the grammar.
    ParameterInvalid, "parameter-invalid", Violation, "RFC 3261 §7.3.1";
    /// A `Via` value cannot be read.
    ViaInvalid, "via-invalid", Violation, "RFC 3261 §20.42";
    /// A `Via` branch does not begin with the magic cookie: syntax of RFC 2543.
    BranchWithoutCookie, "branch-without-cookie", Oddity, "RFC 3261 §8.1.1.7";
    /// A `Via` branch is the magic cookie and nothing else.
    BranchEmpty, "branch-empty", Violation, "RFC 3261 §8.1.1.7";
    /// A `From` without a tag.
    MissingTag, "missing-tag", Violation, "RFC 3261 §8.1.1.3";
    /// A `CSeq` value that is not a number and a method.
    CseqInvalid, "cseq-invalid", Violation, "RFC 3261 §20.16";
    /// A `CSeq` number of 2³¹ or more.
    CseqOutOfRange, "cseq-out-of-range", Violation, "RFC 3261 §8.1.1.5";
    /// The method in `CSeq` is not that of the request.
    CseqMethodMismatch, "cseq-method-mismatch", Violation, "RFC 3261 §8.1.1.5";
    /// A `Max-Forwards` value that is not in 0 to 255.
    MaxForwardsInvalid, "max-forwards-invalid", Violation, "RFC 3261 §20.22";
    /// An expiry that is not a number of seconds below 2³².
    ExpiresInvalid, "expires-invalid", Violation, "RFC 3261 §20.19";
    /// A `q` value that is not in 0 to 1.
    QInvalid, "q-invalid", Violation, "RFC 3261 §20.10";
    /// A `Date` that is not an RFC 1123 date in GMT.
    DateInvalid, "date-invalid", Violation, "RFC 3261 §20.17";
    /// A `Warning` that is not three digits, an agent and a quoted text.
    WarningInvalid, "warning-invalid", Violation, "RFC 3261 §20.43";
    /// A `Call-ID` that is not a word, or two with `@` between them.
    CallIdInvalid, "call-id-invalid", Violation, "RFC 3261 §20.8";
    /// A `Contact: *` beside other values.
    WildcardNotAlone, "wildcard-not-alone", Violation, "RFC 3261 §20.10";
    /// A `Content-Length` that is not a number, or two that differ.
    ContentLengthInvalid, "content-length-invalid", Violation, "RFC 3261 §20.14";
    /// A `Content-Length` beyond the end of the datagram.
    ContentLengthLong, "content-length-long", Violation, "RFC 3261 §18.3";
    /// Bytes after the body, which the receiver discards.
    TrailingBytes, "trailing-bytes", Oddity, "RFC 3261 §18.3";
    /// A body without `Content-Type`, or a `Content-Type` that cannot be read.
    ContentTypeInvalid, "content-type-invalid", Violation, "RFC 3261 §20.15";

    /// An SDP line that is not `letter=value`.
    SdpLineInvalid, "sdp-line-invalid", Violation, "RFC 4566 §5";
    /// An SDP line that ends in LF without CR: tolerated by the text.
    SdpBareLf, "sdp-bare-lf", Oddity, "RFC 4566 §5";
    /// The last SDP line is not ended.
    SdpUnended, "sdp-unended", Violation, "RFC 4566 §5";
    /// An SDP line out of the order that the grammar prescribes.
    SdpOrder, "sdp-order", Violation, "RFC 4566 §5";
    /// An SDP line that is required is missing.
    SdpMissingLine, "sdp-missing-line", Violation, "RFC 4566 §5";
    /// An SDP line that may appear once appears again.
    SdpRepeatedLine, "sdp-repeated-line", Violation, "RFC 4566 §5";
    /// The value of an SDP line cannot be read.
    SdpValueInvalid, "sdp-value-invalid", Violation, "RFC 4566 §9";
    /// A dynamic payload type without `rtpmap`.
    SdpNoRtpmap, "sdp-no-rtpmap", Violation, "RFC 4566 §6";

    /// An `a=crypto` line that may not be accepted.
    SdpCryptoInvalid, "sdp-crypto-invalid", Violation, "RFC 4568 §4";

    /// Fewer bytes than the RTP header says, or needs.
    RtpTruncated, "rtp-truncated", Violation, "RFC 3550 §5.1";
    /// The RTP version is not 2.
    RtpVersion, "rtp-version", Violation, "RFC 3550 §5.1";
    /// The RTP padding count is zero or more than the payload.
    RtpPadding, "rtp-padding", Violation, "RFC 3550 §5.1";

    /// Fewer bytes than the RTCP length field says, or needs.
    RtcpTruncated, "rtcp-truncated", Violation, "RFC 3550 §6.4.1";
    /// The RTCP version is not 2.
    RtcpVersion, "rtcp-version", Violation, "RFC 3550 §6.4.1";
    /// The first packet of a compound is not a sender or receiver report.
    RtcpFirstNotReport, "rtcp-first-not-report", Violation, "RFC 3550 §6.1";
    /// A compound without an SDES CNAME.
    RtcpNoCname, "rtcp-no-cname", Violation, "RFC 3550 §6.1";
    /// Padding that is not on the last packet of the compound, or does not fit.
    RtcpPadding, "rtcp-padding", Violation, "RFC 3550 §6.4.1";
    /// An SDES chunk that cannot be read.
    RtcpSdesInvalid, "rtcp-sdes-invalid", Violation, "RFC 3550 §6.5";

    /// An RFC 4733 payload that is not a multiple of four bytes, or empty.
    EventTruncated, "event-truncated", Violation, "RFC 4733 §2.3";
    /// The reserved bit of an RFC 4733 event is set.
    EventReserved, "event-reserved", Violation, "RFC 4733 §2.3.3";
}

impl fmt::Display for DefectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a reader of one value finds wrong with it, before anybody knows where the value stood.
#[derive(Debug, Default)]
pub(in crate::wire) struct Flaws(Vec<(Code, String)>);

impl Flaws {
    pub(in crate::wire) fn note(&mut self, code: Code, text: impl Into<String>) {
        self.0.push((code, text.into()));
    }

    #[cfg(test)]
    pub(in crate::wire) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The flaws as defects of the bytes at `at`.
    pub(in crate::wire) fn at(self, at: &Range<usize>) -> impl Iterator<Item = Defect> {
        self.0.into_iter().map(|(code, text)| Defect::new(code, at.clone(), text))
    }
}
