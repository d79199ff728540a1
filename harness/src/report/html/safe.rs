//! What keeps text of the device from being anything but text, beyond the escaping of the templates.
//!
//! The page runs one script of its own, named by its digest; whatever else would run, the browser refuses.
//! The details of a case lie beside the page as a script that does nothing but hand over one string.

use crate::evidence::console::printable;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The policy of a page with this one script: no network, no other script but what this one loads from
/// beside the page, and sound from beside it.
pub(super) fn policy(script: &str) -> String {
    let digest = STANDARD.encode(Sha256::digest(script.as_bytes()));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}' 'strict-dynamic'; \
         media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )
}

/// A page with what is neither text nor line end as its code: nothing that is shown is in another order, or
/// hides what is there.
pub(super) fn visible(html: &str) -> String {
    let lines: Vec<String> = html.split('\n').map(printable).collect();
    lines.join("\n")
}

/// The script that hands the details of a case over to the page.
pub(super) fn handing_over(anchor: &str, html: &str) -> String {
    format!("ringtrue({}, {});\n", literal(anchor), literal(html))
}

/// A string literal that is the same text to every reader of scripts, and never the end of one.
fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + text.len() / 8 + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            // `</script` and `<!--` would end or change a script that stands in a page; the separators
            // end a line in older readers; the others show as nothing.
            '<' | '\u{2028}' | '\u{2029}' | '\u{feff}' => escape(&mut quoted, c),
            c if c.is_control() => escape(&mut quoted, c),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// None of those that are escaped needs more than four digits.
fn escape(quoted: &mut String, c: char) {
    use std::fmt::Write as _;
    // Writing to a string cannot fail.
    let _ = write!(quoted, "\\u{:04x}", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_cannot_end_a_script_and_reads_back() {
        let text = "</script><!--\u{2028}\u{2029}\u{feff}\0\u{7f}\r\n\t\"\\ü🔔";
        let script = handing_over("OPT-001", text);
        assert!(!script.contains('<') && script.lines().count() == 1, "{script}");
        let parameters = script.strip_prefix("ringtrue(").unwrap().strip_suffix(");\n").unwrap();
        let read: [String; 2] = serde_json::from_str(&format!("[{parameters}]")).unwrap();
        assert_eq!(read, ["OPT-001", text]);
    }

    #[test]
    fn the_policy_names_the_script_by_its_digest() {
        // The example of the Content Security Policy specification's readers: printf '' | sha256.
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert!(policy("").contains(empty));
        assert!(!policy("").contains("script-src 'unsafe-inline'"));
    }
}
