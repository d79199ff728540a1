//! One header field.

use super::names::is_list;
use crate::wire::tokens::split_outside;
use std::ops::Range;

/// One header field as received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// The long name in its usual spelling, or the name as written if it is not a known one.
    pub name: String,
    /// The name as written.
    pub written: String,
    /// The value: unfolded, trimmed; bytes that are not UTF-8 are replaced.
    pub value: String,
    /// Where the field stands, from its name to the end of its value, without its line ending.
    pub at: Range<usize>,
    /// Where the value stands, folds included.
    pub value_at: Range<usize>,
}

impl Header {
    /// Whether the field is the one called `name`, long or compact.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(super::long_name(name))
    }

    /// The values of this field: split at commas if its grammar is a list, else one.
    pub fn values(&self) -> Vec<&str> {
        if !is_list(&self.name) {
            return vec![&self.value];
        }
        split_outside(&self.value, ',').into_iter().filter(|value| !value.is_empty()).collect()
    }
}
