//! One `a=` line.

use std::fmt;

/// An attribute: a flag, or a name and a value (RFC 4566 §5.13).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attribute {
    /// The name as written; attribute names are case-sensitive.
    pub name: String,
    /// What follows the colon, if there is one.
    pub value: Option<String>,
}

impl Attribute {
    /// Reads what follows `a=`.
    pub fn read(text: &str) -> Self {
        match text.split_once(':') {
            Some((name, value)) => Self { name: name.to_owned(), value: Some(value.to_owned()) },
            None => Self { name: text.trim_end().to_owned(), value: None },
        }
    }

    /// Whether the name is `name`.
    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The value if its first word is `first`, without that word: the fmtp of one payload type.
    pub(super) fn value_for(&self, first: &str) -> Option<&str> {
        let (word, rest) = self.value.as_deref()?.trim_start().split_once(' ')?;
        (word == first).then(|| rest.trim())
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}:{value}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
