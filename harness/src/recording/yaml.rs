//! Text of a capture as scalars of YAML.

use std::fmt::Write as _;

/// A value in single quotes, with `$${` for `${`.
pub(super) fn quoted(text: &str) -> String {
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", printable.replace('\'', "''").replace("${", "$${"))
}

/// A value whose names, such as `${dut.host}`, are meant.
pub(super) fn with_names(text: &str) -> String {
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", printable.replace('\'', "''"))
}

/// Bytes as a body: control characters as `\x0a`, which the language reads.
pub(super) fn body(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.replace('\\', "\\\\").replace("${", "$${").chars() {
        if c.is_ascii_control() {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\x{:02x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    format!("'{}'", escaped.replace('\'', "''"))
}
