//! One line of a description, overridden.

/// Puts `line` where the first line that starts with `prefix` stands, or at the end if none does;
/// `None` takes every such line away. The other lines stay byte for byte.
///
/// A prefix is as long as it needs to be: `c=`, `a=rtpmap:0`, `m=audio`.
pub fn override_line(body: &[u8], prefix: &str, line: Option<&str>) -> Vec<u8> {
    let mut edited = Vec::with_capacity(body.len());
    let mut waiting = line;
    for old in body.split_inclusive(|&byte| byte == b'\n') {
        if !old.starts_with(prefix.as_bytes()) {
            edited.extend_from_slice(old);
            continue;
        }
        match (line, waiting.take()) {
            (Some(_), Some(new)) => push(&mut edited, new),
            (Some(_), None) => edited.extend_from_slice(old),
            (None, _) => {}
        }
    }
    if let Some(new) = waiting {
        push(&mut edited, new);
    }
    edited
}

fn push(edited: &mut Vec<u8>, line: &str) {
    edited.extend_from_slice(line.as_bytes());
    edited.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"v=0\r\na=x\r\na=y\r\n";

    #[test]
    fn a_line_is_replaced_removed_or_added() {
        assert_eq!(override_line(BODY, "a=", Some("a=z")), b"v=0\r\na=z\r\na=y\r\n");
        assert_eq!(override_line(BODY, "a=", None), b"v=0\r\n");
        assert_eq!(override_line(BODY, "b=", Some("b=AS:64")), [BODY, b"b=AS:64\r\n"].concat());
    }
}
