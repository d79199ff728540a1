//! The `Content-Type` and `Accept` view: RFC 3261 §20.15.

use crate::wire::defect::{DefectCode, Flaws};
use crate::wire::params::Params;
use crate::wire::tokens::{find_outside, is_token};
use std::fmt;

/// A media type with its parameters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MediaType {
    /// The type, such as `application`.
    pub kind: String,
    /// The subtype, such as `sdp`.
    pub subtype: String,
    /// The parameters.
    pub params: Params,
}

impl MediaType {
    /// Reads one value; `None` if it is not two words with a slash between them.
    pub fn read(value: &str) -> Option<Self> {
        Self::scan(value, &mut Flaws::default())
    }

    pub(in crate::wire) fn scan(value: &str, flaws: &mut Flaws) -> Option<Self> {
        let (essence, params) = match find_outside(value, ';') {
            Some(at) => (value.get(..at)?, value.get(at + 1..)),
            None => (value, None),
        };
        let words = essence.split_once('/').map(|(kind, subtype)| (kind.trim(), subtype.trim()));
        let Some((kind, subtype)) = words.filter(|(kind, sub)| is_token(kind) && is_token(sub))
        else {
            flaws.note(DefectCode::ContentTypeInvalid, format!("`{value}` is not a media type"));
            return None;
        };
        let params = params.map(|text| Params::scan(text, flaws)).unwrap_or_default();
        Some(Self { kind: kind.to_owned(), subtype: subtype.to_owned(), params })
    }

    /// Whether this is `essence`, such as `application/sdp`, in any case.
    pub fn is(&self, essence: &str) -> bool {
        essence.split_once('/').is_some_and(|(kind, subtype)| {
            self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
        })
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.kind, self.subtype, self.params)
    }
}
