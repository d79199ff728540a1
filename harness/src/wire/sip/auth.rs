//! The view of challenges and credentials: RFC 3261 §20.7, §20.44, RFC 2617 §3.2.

use crate::wire::tokens::{quote, split_outside, unquote};
use std::fmt;

/// A scheme and its parameters, of a challenge or of credentials.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthParams {
    /// The scheme as written, such as `Digest`.
    pub scheme: String,
    params: Vec<(String, String)>,
}

impl AuthParams {
    /// `scheme` without parameters.
    pub fn new(scheme: &str) -> Self {
        Self { scheme: scheme.to_owned(), params: Vec::new() }
    }

    /// Adds a parameter whose value stands in quotes.
    #[must_use]
    pub fn quoted(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), quote(value)));
        self
    }

    /// Adds a parameter whose value is a token.
    #[must_use]
    pub fn token(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Reads one header field value; `None` if it is empty.
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        let (scheme, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
        if scheme.is_empty() {
            return None;
        }
        let params = split_outside(rest, ',')
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (name.trim().to_owned(), value.trim().to_owned())
            })
            .collect();
        Some(Self { scheme: scheme.to_owned(), params })
    }

    /// Whether the scheme is `Digest`.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest")
    }

    /// The value of `name`, without quotes.
    pub fn get(&self, name: &str) -> Option<String> {
        self.written(name).map(|value| unquote(value).into_owned())
    }

    /// The value of `name` as written, with its quotes.
    pub fn written(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// Names and values as written, in order.
    pub fn params(&self) -> &[(String, String)] {
        &self.params
    }
}

impl fmt::Display for AuthParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scheme)?;
        for (index, (name, value)) in self.params.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}
