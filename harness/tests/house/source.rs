//! Rust source as the checks of the house read it: code without comments and literals, and the paths
//! that it names.

use crate::repository::root;
use std::ops::Range;
use std::path::Path;

/// One file of Rust source.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the top of the repository: `harness/src/wire/sip.rs`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// A path that code names, with the groups of `use` spread: `use a::{b, c::d}` names `a::b` and `a::c::d`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Named {
    /// Its segments.
    pub(crate) segments: Vec<String>,
    /// Where it begins: offset in the text, bytes.
    pub(crate) at: usize,
}

impl Source {
    /// Every Rust file below `folder`, in the order of their paths.
    pub(crate) fn below(folder: &str) -> Vec<Self> {
        let mut found = Vec::new();
        collect(&root().join(folder), folder, &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        assert!(!found.is_empty(), "no Rust files below {folder}");
        found
    }

    /// `path:line` of an offset.
    pub(crate) fn place(&self, at: usize) -> String {
        let line = self.text[..at].matches('\n').count() + 1;
        format!("{}:{line}", self.path)
    }

    /// The text with comments and literals blanked out, byte for byte as long.
    pub(crate) fn code(&self) -> String {
        let bytes = self.text.as_bytes();
        let mut code = bytes.to_vec();
        let mut at = 0;
        while at < bytes.len() {
            let end = literal_end(bytes, at);
            if end == at {
                at += 1;
                continue;
            }
            code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            at = end;
        }
        String::from_utf8(code).expect("blanks replace whole characters")
    }
}

/// The end of the comment or literal that begins at `at`; `at` where none does.
fn literal_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let in_word = at > 0 && is_word(bytes[at - 1]);
    if rest.starts_with(b"//") {
        return at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }
    if rest.starts_with(b"/*") {
        return at + find(rest, b"*/").map_or(rest.len(), |end| end + 2);
    }
    let prefix = usize::from(!in_word && rest.starts_with(b"b"));
    if !in_word && rest[prefix..].starts_with(b"r") {
        let hashes = rest[prefix + 1..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(prefix + 1 + hashes) == Some(&b'"') {
            let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
            let body = prefix + hashes + 2;
            return at
                + find(&rest[body..], &close).map_or(rest.len(), |end| body + end + close.len());
        }
    }
    if rest.starts_with(b"\"") {
        return at + quoted(rest, b'"');
    }
    // A quote that is closed within a character is a literal; else it begins a lifetime.
    if rest.starts_with(b"'") && !in_word {
        let end = quoted(rest, b'\'');
        let closed = end > 2 && rest[end - 1] == b'\'';
        let body = std::str::from_utf8(&rest[1..end - 1]).unwrap_or_default();
        if closed && (body.starts_with('\\') || body.chars().count() == 1) {
            return at + end;
        }
    }
    at
}

/// The length of a literal that `quote` opens and closes.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// Every path in `code` that begins with one of `heads`.
pub(crate) fn paths(code: &str, heads: &[&str]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = code[at..].find(is_word_char).map(|start| at + start) {
        let word = word_at(code, start);
        at = start + word.len();
        let continues = code[..start].trim_end().ends_with("::");
        if !continues && heads.contains(&word) {
            spread(code, start, &[], start, &mut found);
        }
    }
    found
}

/// Takes one path, or a tree of them, at `at`; returns where it ends.
fn spread(code: &str, at: usize, before: &[String], start: usize, found: &mut Vec<Named>) -> usize {
    let mut segments = before.to_vec();
    let mut at = at;
    loop {
        at += blank(code, at);
        if code[at..].starts_with('{') {
            at += 1;
            while !code[at..].trim_start().starts_with('}') && at < code.len() {
                at = spread(code, at, &segments, start, found);
                at += blank(code, at);
                // `a as b` and the comma.
                at += code[at..].find([',', '}']).unwrap_or(code.len() - at);
                at += usize::from(code[at..].starts_with(','));
            }
            return (at + blank(code, at) + 1).min(code.len());
        }
        let word = word_at(code, at);
        if word.is_empty() {
            break;
        }
        segments.push(word.to_owned());
        at += word.len();
        let next = at + blank(code, at);
        if !code[next..].starts_with("::") {
            break;
        }
        at = next + 2;
    }
    found.push(Named { segments, at: start });
    at
}

/// The bodies of the modules that `code` has in place, and whether each is only for tests.
pub(crate) fn inline_modules(code: &str) -> Vec<(Range<usize>, bool)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("mod ") {
        let name = at + 4;
        let body = name + word_at(code, name).len();
        let open = body + blank(code, body);
        let whole_word = at == 0 || !is_word(code.as_bytes()[at - 1]);
        if !whole_word || !code[open..].starts_with('{') {
            continue;
        }
        let mut depth = 0;
        let close = code[open..].find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        let for_tests = code[..at].trim_end().ends_with("#[cfg(test)]");
        found.push((open..close.map_or(code.len(), |close| open + close), for_tests));
    }
    found
}

fn collect(folder: &Path, name: &str, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("the folder exists") {
        let entry = entry.expect("the folder can be read");
        let path = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &path, found);
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(entry.path()).expect("source is UTF-8");
            found.push(Source { path, text });
        }
    }
}

fn blank(code: &str, at: usize) -> usize {
    code[at..].len() - code[at..].trim_start().len()
}

fn word_at(code: &str, at: usize) -> &str {
    let rest = &code[at..];
    &rest[..rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())]
}

fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_word(byte: u8) -> bool {
    is_word_char(char::from(byte))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source { path: String::new(), text: text.to_owned() }.code()
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        let text =
            "a // crate::x\n\"crate::\\\" y\" r#\"crate::\"z\"# '\\'' 'c' b /* crate:: */ <'a>";
        assert_eq!(code(text).split_whitespace().collect::<Vec<_>>(), ["a", "b", "<'a>"]);
        assert_eq!(code(text).len(), text.len());
    }

    #[test]
    fn groups_of_use_are_spread() {
        let text =
            "use std::{fs, net::{IpAddr, UdpSocket as Socket}, io};\nlet x = std :: fs::read(y);";
        let named = paths(text, &["std"]);
        let spelled: Vec<_> = named.iter().map(|named| named.segments.join("::")).collect();
        let expected =
            ["std::fs", "std::net::IpAddr", "std::net::UdpSocket", "std::io", "std::fs::read"];
        assert_eq!(spelled, expected);
    }

    #[test]
    fn modules_in_place_are_found() {
        let text = "mod a;\n#[cfg(test)]\nmod tests { fn f() { } }\nmod b { mod c {} }";
        let found: Vec<_> =
            inline_modules(text).into_iter().map(|(body, tests)| (&text[body], tests)).collect();
        assert_eq!(found, [("{ fn f() { } ", true), ("{ mod c {} ", false), ("{", false)]);
    }
}
