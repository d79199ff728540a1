//! The `CSeq` view: RFC 3261 §20.16.

use crate::wire::defect::{DefectCode, Flaws};
use crate::wire::tokens::{is_digits, is_token};
use std::fmt;

/// A `CSeq` value.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CSeq {
    /// The sequence number. RFC 3261 §8.1.1.5 wants it below 2³¹; the wire holds it below 2³².
    pub number: u32,
    /// The method as written.
    pub method: String,
}

impl CSeq {
    /// Reads the value; `None` if it is not a number below 2³² and a method.
    pub fn read(value: &str) -> Option<Self> {
        Self::scan(value, &mut Flaws::default())
    }

    pub(in crate::wire) fn scan(value: &str, flaws: &mut Flaws) -> Option<Self> {
        let words: Vec<&str> = value.split_whitespace().collect();
        let &[digits, method] = words.as_slice() else {
            flaws.note(DefectCode::CseqInvalid, format!("`{value}` is not a number and a method"));
            return None;
        };
        if !is_digits(digits) || !is_token(method) {
            flaws.note(DefectCode::CseqInvalid, format!("`{value}` is not a number and a method"));
        }
        let number = digits.parse().ok();
        //= RFC 3261 §8.1.1.5
        if is_digits(digits) && number.is_none_or(|number: u32| number >= 1 << 31) {
            flaws.note(DefectCode::CseqOutOfRange, format!("{digits} is 2^31 or more"));
        }
        Some(Self { number: number?, method: method.to_owned() })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}
