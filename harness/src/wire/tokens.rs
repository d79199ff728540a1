//! The lexical ground of RFC 3261 §25.1: tokens, quoted strings, separators outside of both.

use std::borrow::Cow;

/// Whether `byte` may stand in a token.
pub(in crate::wire) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+')
        || matches!(byte, b'`' | b'\'' | b'~')
}

/// Whether `text` is a token.
pub(in crate::wire) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether `text` is digits and nothing else.
pub(in crate::wire) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `byte` is `unreserved` in the grammar of URIs.
pub(in crate::wire) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
}

/// Whether `text` consists of unreserved characters, `%` escapes and bytes of `also`.
pub(in crate::wire) fn is_uri_text(text: &str, also: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let sound = match byte {
            b'%' => {
                let mut hex = || bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                hex() && hex()
            }
            _ => is_unreserved(byte) || also.contains(&byte),
        };
        if !sound {
            return false;
        }
    }
    true
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    Plain,
    Quoted,
    Escaped,
    Angled,
}

impl Place {
    const fn after(self, c: char) -> Self {
        match (self, c) {
            (Self::Plain, '"') => Self::Quoted,
            (Self::Plain, '<') => Self::Angled,
            (Self::Quoted, '\\') => Self::Escaped,
            (Self::Quoted, '"') | (Self::Angled, '>') => Self::Plain,
            (Self::Escaped, _) => Self::Quoted,
            (Self::Plain | Self::Quoted | Self::Angled, _) => self,
        }
    }
}

/// The characters of `text` that are outside quoted strings and angle brackets.
///
/// An opening quote or bracket counts as outside; what follows it does not.
pub(in crate::wire) fn outside(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut place = Place::Plain;
    text.char_indices().filter(move |&(_, c)| {
        let here = place;
        place = place.after(c);
        here == Place::Plain
    })
}

/// Where `wanted` first stands outside quoted strings and angle brackets.
pub(in crate::wire) fn find_outside(text: &str, wanted: char) -> Option<usize> {
    outside(text).find(|&(_, c)| c == wanted).map(|(at, _)| at)
}

/// `text` cut at each `separator` outside quoted strings and angle brackets; parts are trimmed.
pub(in crate::wire) fn split_outside(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in outside(text) {
        if c == separator {
            parts.push(text.get(start..at).unwrap_or_default().trim());
            start = at + c.len_utf8();
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts
}

/// The quote or angle bracket that `text` opens and never closes.
pub(in crate::wire) fn unclosed(text: &str) -> Option<char> {
    match text.chars().fold(Place::Plain, Place::after) {
        Place::Plain => None,
        Place::Quoted | Place::Escaped => Some('"'),
        Place::Angled => Some('<'),
    }
}

/// Whether `text` is one whole quoted string.
pub(in crate::wire) fn is_quoted(text: &str) -> bool {
    text.starts_with('"')
        && text.len() > 1
        && text
            .char_indices()
            .scan(Place::Plain, |place, (at, c)| {
                *place = place.after(c);
                Some((*place, at + c.len_utf8()))
            })
            .find(|&(place, _)| place == Place::Plain)
            .is_some_and(|(_, end)| end == text.len())
}

/// `text` without its quotes and backslashes, if it is a quoted string; else as it is.
pub(in crate::wire) fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(text);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        plain.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    Cow::Owned(plain)
}

/// `text` as a quoted string.
pub(in crate::wire) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// The bytes of `text` with each `%` escape decoded.
pub(in crate::wire) fn percent_decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escape = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = escape {
            decoded.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            decoded.push(first);
            rest = tail;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_inside_quotes_and_brackets_do_not_split() {
        assert_eq!(
            split_outside(r#""a, \", b" <sip:a,b@c>, <sip:d>;x=",""#, ','),
            [r#""a, \", b" <sip:a,b@c>"#, r#"<sip:d>;x=",""#]
        );
    }

    #[test]
    fn quoting_and_unquoting_are_inverse() {
        let text = r#"say "\" twice"#;
        assert_eq!(unquote(&quote(text)), text);
        assert!(is_quoted(&quote(text)));
        assert!(!is_quoted(r#""a" "b""#));
        assert_eq!(unclosed(r#""a\""#), Some('"'));
        assert_eq!(unclosed("<a"), Some('<'));
    }

    #[test]
    fn percent_escapes_decode_once_and_bad_ones_stay() {
        assert_eq!(percent_decode("%25%34%31%zz%"), b"%41%zz%");
        assert!(is_uri_text("a%41b", b""));
        assert!(!is_uri_text("a%4", b""));
    }
}
