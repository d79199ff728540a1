//! Bytes in scenario text.

use super::code::Code;
use super::sink::Sink;
use super::tree::Scalar;

/// Text as bytes: every line ends in CRLF, `\xNN` is one byte, `\\` a backslash.
pub(super) fn from_text(scalar: &Scalar, sink: &mut Sink) -> Option<Vec<u8>> {
    let text = with_crlf(&scalar.text);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        if let Some(after) = after.strip_prefix('\\') {
            bytes.push(b'\\');
            rest = after;
            continue;
        }
        let digits = after.strip_prefix('x').and_then(|digits| digits.get(..2));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            let shown: String = after.chars().take(3).collect();
            sink.add(
                Code::Bytes,
                &scalar.place,
                format!("`\\{shown}` is not a byte"),
                "in this text",
            )
            .help("`\\x00` to `\\xff` are bytes, `\\\\` is a backslash");
            return None;
        };
        bytes.push(byte);
        rest = after.get(3..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

/// Pairs of hexadecimal digits, white space between them as you like.
pub(super) fn from_hex(scalar: &Scalar, sink: &mut Sink) -> Option<Vec<u8>> {
    let digits: Vec<char> = scalar.text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => {
                Some(u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).unwrap_or_default())
            }
            _ => None,
        })
        .collect();
    if bytes.is_none() {
        sink.add(
            Code::Bytes,
            &scalar.place,
            "this is not hexadecimal",
            "expected pairs of `0`-`f`",
        );
    }
    bytes
}

/// The text with CRLF at the end of each line.
pub(super) fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}
