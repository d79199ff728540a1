//! Addresses as From, To, Contact and Route have them: RFC 3261 §20.10.

use super::split::Params;
use super::uri::Uri;

/// A name-addr or an addr-spec, with header parameters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    /// The URI as written, without brackets.
    pub(crate) uri_text: String,
    /// The URI, split.
    pub(crate) uri: Uri,
    /// The header's parameters, among them `tag`.
    pub(crate) params: Params,
}

impl Address {
    /// Reads one value; `None` if it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let open = text.match_indices('<').map(|(at, _)| at).find(|&at| balanced(text, at));
        let (uri_text, params) = match open {
            // Without brackets every parameter is the header's.
            None => text.split_once(';').unwrap_or((text, "")),
            Some(open) => {
                let (uri, rest) = text.get(open + 1..)?.split_once('>')?;
                let rest = rest.trim();
                if !rest.is_empty() && !rest.starts_with(';') {
                    return None;
                }
                (uri, rest.trim_start_matches(';'))
            }
        };
        let uri_text = uri_text.trim().to_owned();
        let uri = Uri::parse(&uri_text)?;
        Some(Self { uri_text, uri, params: Params::parse(params, ';') })
    }

    /// The tag, where there is one.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }
}

/// Whether the quotes before `at` are closed.
fn balanced(text: &str, at: usize) -> bool {
    let mut escaped = false;
    let mut open = false;
    for c in text.get(..at).unwrap_or_default().chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if open => escaped = true,
            '"' => open = !open,
            _ => {}
        }
    }
    !open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let quoted = Address::parse(r#""Gate, \"<north>\"" <sip:gate@192.0.2.1;lr> ;tag=a1"#);
        let quoted = quoted.unwrap();
        assert_eq!(quoted.uri_text, "sip:gate@192.0.2.1;lr");
        assert_eq!(quoted.tag(), Some("a1"));
        let bare = Address::parse("sip:desk@192.0.2.2;tag=b2").unwrap();
        assert_eq!((bare.uri_text.as_str(), bare.tag()), ("sip:desk@192.0.2.2", Some("b2")));
    }

    #[test]
    fn an_open_quote_or_bracket_is_refused() {
        assert_eq!(Address::parse(r#""Mr. J. User <sip:j.user@example.com>"#), None);
        assert_eq!(Address::parse("<sip:j.user@example.com"), None);
    }
}
