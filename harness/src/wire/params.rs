//! Parameters: `;name=value` after a URI, an address, a `Via` or a media type.

use super::defect::{DefectCode, Flaws};
use super::tokens::{is_quoted, is_token, split_outside, unquote};
use std::borrow::Cow;
use std::fmt;

/// Parameters in the order written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Params(Vec<Param>);

/// One parameter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Param {
    /// The name as written.
    pub name: String,
    /// The value as written, with its quotes; `None` if there is no `=`.
    pub value: Option<String>,
}

impl Params {
    /// No parameters.
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The value of the first parameter called `name`, without quotes; empty if it has no value.
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let param = self.0.iter().find(|param| param.name.eq_ignore_ascii_case(name))?;
        Some(unquote(param.value.as_deref().unwrap_or_default()))
    }

    /// Whether there is a parameter called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|param| param.name.eq_ignore_ascii_case(name))
    }

    /// The parameters, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Param> {
        self.0.iter()
    }

    /// Gives the parameter `name` the value `value`, in place if it is there, else at the end.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self.0.iter_mut().find(|param| param.name.eq_ignore_ascii_case(name)) {
            Some(param) => param.value = value,
            None => self.0.push(Param { name: name.to_owned(), value }),
        }
    }

    /// Takes every parameter called `name` away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    /// Reads `a=b;c`, the text after the first semicolon of a header field value.
    pub(in crate::wire) fn scan(text: &str, flaws: &mut Flaws) -> Self {
        let mut params = Vec::new();
        for part in split_outside(text, ';') {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
                None => (part, None),
            };
            if part.is_empty() {
                flaws.note(DefectCode::ParameterInvalid, "a semicolon without a parameter");
                continue;
            }
            if !is_token(name) {
                flaws.note(
                    DefectCode::ParameterInvalid,
                    format!("the parameter name `{name}` is not a token"),
                );
            }
            if value.is_some_and(|value| !is_value(value)) {
                flaws.note(
                    DefectCode::ParameterInvalid,
                    format!(
                        "the value of parameter `{name}` is not a token, host or quoted string"
                    ),
                );
            }
            params.push(Param { name: name.to_owned(), value: value.map(str::to_owned) });
        }
        Self(params)
    }

    /// Reads the parameters of a URI, where the characters allowed are others.
    pub(in crate::wire) fn scan_uri(text: &str, flaws: &mut Flaws) -> Self {
        let mut params = Vec::new();
        for part in text.split(';') {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (part, None),
            };
            let sound =
                |text: &str| !text.is_empty() && super::tokens::is_uri_text(text, b"[]/:&+$");
            if !sound(name) || value.is_some_and(|value| !sound(value)) {
                flaws.note(DefectCode::UriInvalid, format!("`{part}` is not a parameter of a URI"));
            }
            if !name.is_empty() {
                params.push(Param { name: name.to_owned(), value: value.map(str::to_owned) });
            }
        }
        Self(params)
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Param { name, value } in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

impl<'a> FromIterator<(&'a str, Option<&'a str>)> for Params {
    fn from_iter<I: IntoIterator<Item = (&'a str, Option<&'a str>)>>(params: I) -> Self {
        let mut built = Self::default();
        for (name, value) in params {
            built.set(name, value);
        }
        built
    }
}

/// `gen-value`: a token, a host (where `[` and `:` come from) or a quoted string.
fn is_value(text: &str) -> bool {
    is_token(text)
        || is_quoted(text)
        || (text.starts_with('[') && text.ends_with(']'))
        || text.parse::<core::net::Ipv6Addr>().is_ok()
}
