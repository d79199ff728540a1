//! Deliberate damage to a message that is otherwise correct.
//!
//! Some of it breaks a rule and adds the defect that [`Mutation::expects`] names. Some of it is
//! legal and only unusual (folding, compact names): a device must cope with that as well.

mod damage;

use super::defect::DefectCode;
use std::fmt;
use std::str::FromStr;

macro_rules! mutations {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $expects:expr;)*) => {
        /// A named kind of damage.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Mutation {
            $($(#[$doc])* $variant,)*
        }

        impl Mutation {
            /// Every kind of damage.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as written in scenario files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The defect that the damage adds to a sound request; `None` if it stays legal.
            pub const fn expects(self) -> Option<DefectCode> {
                match self { $(Self::$variant => $expects,)* }
            }
        }
    };
}

mutations! {
    /// No `Call-ID`.
    NoCallId, "no-call-id", Some(DefectCode::MissingHeader);
    /// No `Via`.
    NoVia, "no-via", Some(DefectCode::MissingHeader);
    /// No `CSeq`.
    NoCseq, "no-cseq", Some(DefectCode::MissingHeader);
    /// No `From`.
    NoFrom, "no-from", Some(DefectCode::MissingHeader);
    /// No `To`.
    NoTo, "no-to", Some(DefectCode::MissingHeader);
    /// No `Max-Forwards`.
    NoMaxForwards, "no-max-forwards", Some(DefectCode::MissingHeader);
    /// A `From` without its tag.
    NoFromTag, "no-from-tag", Some(DefectCode::MissingTag);
    /// A second `CSeq` with another number.
    DuplicateCseq, "duplicate-cseq", Some(DefectCode::RepeatedHeader);
    /// A second, different `Call-ID`.
    DuplicateCallId, "duplicate-call-id", Some(DefectCode::RepeatedHeader);
    /// A `CSeq` with another method than the request.
    CseqMethodMismatch, "cseq-method-mismatch", Some(DefectCode::CseqMethodMismatch);
    /// A `CSeq` number that does not fit into 32 bits.
    CseqOverflow, "cseq-overflow", Some(DefectCode::CseqOutOfRange);
    /// A `CSeq` that is not a number.
    CseqNotANumber, "cseq-not-a-number", Some(DefectCode::CseqInvalid);
    /// A `Max-Forwards` of 300.
    MaxForwardsLarge, "max-forwards-large", Some(DefectCode::MaxForwardsInvalid);
    /// A `Max-Forwards` of 0: legal, and an endpoint must not mind.
    MaxForwardsZero, "max-forwards-zero", None;
    /// A `Content-Length` beyond the end of the datagram.
    ContentLengthLong, "content-length-long", Some(DefectCode::ContentLengthLong);
    /// Bytes after the body that `Content-Length` gives.
    ContentLengthShort, "content-length-short", Some(DefectCode::TrailingBytes);
    /// A `Content-Length` of -999.
    ContentLengthNegative, "content-length-negative", Some(DefectCode::ContentLengthInvalid);
    /// Two `Content-Length` fields that differ.
    ContentLengthTwice, "content-length-twice", Some(DefectCode::ContentLengthInvalid);
    /// Lines of the header that end in LF alone.
    BareLf, "bare-lf", Some(DefectCode::BareLf);
    /// The first half of the header and nothing else.
    Truncated, "truncated", Some(DefectCode::NoBlankLine);
    /// No empty line after the header, and no body.
    NoBlankLine, "no-blank-line", Some(DefectCode::NoBlankLine);
    /// NUL bytes in a header field.
    NulBytes, "nul-bytes", Some(DefectCode::ControlCharacter);
    /// Version `SIP/7.0`.
    UnknownVersion, "unknown-version", Some(DefectCode::VersionUnknown);
    /// A `To` whose display name has an opening quote only.
    UnterminatedQuote, "unterminated-quote", Some(DefectCode::UnterminatedQuote);
    /// A `To` whose URI has an opening bracket only.
    UnterminatedAngle, "unterminated-angle", Some(DefectCode::UnterminatedAngle);
    /// A Request-URI that breaks the grammar; in a response, such a URI in `To`.
    BadUri, "bad-uri", Some(DefectCode::RequestUriInvalid);
    /// A Request-URI in angle brackets.
    BracketedRequestUri, "bracketed-request-uri", Some(DefectCode::RequestUriInvalid);
    /// The Request-URI is that of the `To`, whatever credentials say that were made before.
    RequestUriOfTo, "request-uri-of-to", None;
    /// Two spaces where the start line has one.
    SpacesInRequestLine, "spaces-in-request-line", Some(DefectCode::StartLineSpacing);
    /// A header line without a colon.
    NoColon, "no-colon", Some(DefectCode::HeaderNameInvalid);
    /// A `Via` with semicolons and commas to spare.
    ViaSeparators, "via-separators", Some(DefectCode::ParameterInvalid);
    /// A `Via` branch without the magic cookie: legal once, by RFC 2543.
    BranchWithoutCookie, "branch-without-cookie", Some(DefectCode::BranchWithoutCookie);
    /// A topmost `Via` whose sent-by is somebody else's.
    ViaOfAnother, "via-of-another", None;
    /// A `Date` in another time zone than GMT.
    BadDate, "bad-date", Some(DefectCode::DateInvalid);
    /// Digest credentials with a `username*` beside their `username`.
    TwoUserNames, "two-user-names", None;
    /// A header field that is not UTF-8.
    Utf8Invalid, "utf8-invalid", Some(DefectCode::NotUtf8);
    /// A header field of 8,000 bytes.
    OverlongHeader, "overlong-header", None;
    /// Every header field folded after its colon.
    Folded, "folded", None;
    /// Compact names wherever there are any.
    Compact, "compact", None;
    /// Names of header fields in capitals.
    UpperCaseNames, "upper-case-names", None;
    /// White space before and after every colon.
    ExtraWhitespace, "extra-whitespace", None;
    /// Two hundred header fields that nobody knows.
    ManyUnknownHeaders, "many-unknown-headers", None;
    /// Random bytes of the same length, from the seed.
    Garbage, "garbage", Some(DefectCode::StartLineUnreadable);
}

impl Mutation {
    /// Every kind of damage, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied()
    }

    /// `message` damaged. The same message, damage and seed give the same bytes.
    ///
    /// Damage to a part that the message has not leaves it as it is.
    pub fn apply(self, message: &[u8], seed: u64) -> Vec<u8> {
        damage::apply(self, message, seed)
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mutation {
    type Err = UnknownMutation;

    fn from_str(name: &str) -> Result<Self, UnknownMutation> {
        Self::all()
            .find(|mutation| mutation.name() == name)
            .ok_or_else(|| UnknownMutation(name.to_owned()))
    }
}

/// A name that no kind of damage has. The fault is the scenario author's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("damage the message: there is no `{0}`")]
pub struct UnknownMutation(pub String);

#[cfg(test)]
mod tests;
