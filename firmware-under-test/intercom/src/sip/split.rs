//! Cutting a header value where quotes and brackets allow.

use std::fmt;

/// Cuts `text` at each `separator` that stands outside quotes and angle brackets.
pub(crate) fn split_list(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped, mut bracket) = (0, false, false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => bracket = true,
            '>' if !quoted => bracket = false,
            _ if c == separator && !quoted && !bracket => {
                parts.push(text.get(start..at).unwrap_or_default().trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts
}

/// Parameters in the order they were written, `;name` or `;name=value`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Reads what follows the first semicolon.
    pub(crate) fn parse(text: &str, separator: char) -> Self {
        let parts = split_list(text, separator).into_iter().filter(|part| !part.is_empty());
        Self(
            parts
                .map(|part| match part.split_once('=') {
                    Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
                    None => (part.to_owned(), None),
                })
                .collect(),
        )
    }

    /// The value of `name`; an empty one where it has none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_deref().unwrap_or_default())
    }

    /// The value of `name` without the quotes around it.
    pub(crate) fn unquoted(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        let Some(inner) = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) else {
            return Some(value.to_owned());
        };
        let mut text = String::new();
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            text.extend(if c == '\\' { chars.next() } else { Some(c) });
        }
        Some(text)
    }

    /// Takes `name` away.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// Sets `name`, in its place if it is there.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = Some(value),
            None => self.0.push((name.to_owned(), Some(value))),
        }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_inside_quotes_and_brackets_do_not_count() {
        assert_eq!(
            split_list(r#""a, \"b,\" c" <sip:x@y,z>;p=1, <sip:q>"#, ','),
            [r#""a, \"b,\" c" <sip:x@y,z>;p=1"#, "<sip:q>"]
        );
    }

    #[test]
    fn parameters_are_found_in_any_case() {
        let mut params = Params::parse(r#"RPort; branch = z9hG4bK1;q="a;\"b""#, ';');
        assert_eq!(params.get("rport"), Some(""));
        assert_eq!(params.get("Branch"), Some("z9hG4bK1"));
        assert_eq!(params.unquoted("q").as_deref(), Some("a;\"b"));
        params.set("rport", "5".into());
        assert_eq!(params.to_string(), r#";RPort=5;branch=z9hG4bK1;q="a;\"b""#);
    }
}
