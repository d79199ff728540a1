//! The serial line's input: octets to lines.

/// Collects a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    text: Vec<u8>,
    /// Whether the last octet was a carriage return, which a line feed may follow.
    returned: bool,
}

impl Line {
    /// Takes an octet; returns the line that it ends.
    pub(crate) fn push(&mut self, octet: u8) -> Option<String> {
        let returned = std::mem::replace(&mut self.returned, octet == b'\r');
        match octet {
            b'\n' if returned => {}
            b'\r' | b'\n' => {
                let text = std::mem::take(&mut self.text);
                return Some(String::from_utf8_lossy(&text).trim().to_owned());
            }
            0x08 | 0x7f => {
                self.text.pop();
            }
            // Ctrl-C and Ctrl-U forget the line.
            0x03 | 0x15 => self.text.clear(),
            _ if self.text.len() < LONGEST => self.text.push(octet),
            _ => {}
        }
        None
    }
}

/// Octets of a line that are kept.
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_counts_once() {
        let mut line = Line::default();
        let lines: Vec<_> =
            b"a\r\nb\rc\n\nxx\x7f\x03d\x08e\n".iter().filter_map(|&o| line.push(o)).collect();
        assert_eq!(lines, ["a", "b", "c", "", "e"]);
    }
}
