//! The view of `From`, `To`, `Contact`, `Route` and their like: RFC 3261 §20.10.

use crate::wire::defect::{DefectCode, Flaws};
use crate::wire::params::Params;
use crate::wire::tokens::{find_outside, is_quoted, is_token, quote, unclosed, unquote};
use crate::wire::uri::Uri;
use std::borrow::Cow;
use std::fmt;

/// A URI with an optional display name and parameters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameAddr {
    /// The display name without quotes, if there is one.
    pub display: Option<String>,
    /// The URI.
    pub uri: Uri,
    /// The parameters of the header field, not those of the URI.
    pub params: Params,
}

impl NameAddr {
    /// An address without display name or parameters.
    pub const fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::empty() }
    }

    /// The same address with the tag `tag`.
    #[must_use]
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.params.set("tag", Some(tag));
        self
    }

    /// Reads one value, as far as it can be read; `None` if it is empty.
    pub fn read(value: &str) -> Option<Self> {
        Self::scan(value, &mut Flaws::default())
    }

    pub(in crate::wire) fn scan(value: &str, flaws: &mut Flaws) -> Option<Self> {
        let value = value.trim();
        if value.is_empty() {
            flaws.note(DefectCode::UriInvalid, "there is no address");
            return None;
        }
        let open = match unclosed(value) {
            Some('"') => {
                flaws.note(DefectCode::UnterminatedQuote, "a quoted string is not closed");
                value.rfind('<')
            }
            Some(_) => {
                flaws.note(DefectCode::UnterminatedAngle, "an angle bracket is not closed");
                find_outside(value, '<')
            }
            None => find_outside(value, '<'),
        };
        let Some(open) = open else { return Some(Self::scan_bare(value, flaws)) };
        let (before, after) = (value.get(..open)?.trim(), value.get(open + 1..)?);
        let (uri, rest) = after.split_once('>').unwrap_or((after, ""));
        let rest = rest.trim();
        let params = if let Some(params) = rest.strip_prefix(';') {
            Params::scan(params, flaws)
        } else {
            if !rest.is_empty() {
                flaws.note(
                    DefectCode::ParameterInvalid,
                    format!("`{rest}` follows the address without a semicolon"),
                );
            }
            Params::default()
        };
        Some(Self { display: scan_display(before, flaws), uri: Uri::scan(uri, flaws), params })
    }

    /// A URI without angle brackets: what follows the first semicolon is not part of it.
    fn scan_bare(value: &str, flaws: &mut Flaws) -> Self {
        let (uri, params) = match value.split_once(';') {
            Some((uri, params)) => (uri.trim_end(), Params::scan(params, flaws)),
            None => (value, Params::default()),
        };
        //= RFC 3261 §20.10
        if uri.contains(['?', ',']) {
            flaws.note(
                DefectCode::UriNotBracketed,
                "a URI with a comma or question mark must stand in angle brackets",
            );
        }
        Self { display: None, uri: Uri::scan(uri, flaws), params }
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<Cow<'_, str>> {
        self.params.get("tag")
    }

    /// Whether this is the `*` of a `Contact` that removes every binding.
    pub fn is_wildcard(&self) -> bool {
        self.display.is_none() && self.uri.opaque.as_deref() == Some("*")
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_wildcard() {
            return f.write_str("*");
        }
        if let Some(display) = &self.display {
            write!(f, "{} ", quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

fn scan_display(text: &str, flaws: &mut Flaws) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let tokens = text.split_whitespace().all(is_token);
    if !tokens && !is_quoted(text) && !text.starts_with('"') {
        flaws.note(
            DefectCode::DisplayNameInvalid,
            format!("the display name `{text}` is neither tokens nor quoted"),
        );
    }
    Some(unquote(text).into_owned())
}
