//! Lines of the control face that warn of something.

use crate::check::pattern::mistake;
use regex::Regex;

/// Which lines warn.
#[derive(Clone, Debug)]
pub struct Warnings(Vec<Regex>);

impl Warnings {
    /// Lines that match one of these regular expressions; without any, lines with a word that devices
    /// commonly warn by.
    ///
    /// # Errors
    ///
    /// What is wrong with the expressions.
    pub fn new(patterns: &[String]) -> Result<Self, Vec<String>> {
        let usual = [USUAL.to_owned()];
        let patterns = if patterns.is_empty() { &usual } else { patterns };
        let (mut regexes, mut mistakes) = (Vec::new(), Vec::new());
        for pattern in patterns {
            match Regex::new(pattern) {
                Ok(regex) => regexes.push(regex),
                Err(error) => {
                    mistakes.push(format!(
                        "`warnings`: `{pattern}` is no regular expression: {}",
                        mistake(&error)
                    ));
                }
            }
        }
        if mistakes.is_empty() { Ok(Self(regexes)) } else { Err(mistakes) }
    }

    /// Whether a line warns.
    pub fn warns(&self, line: &str) -> bool {
        self.0.iter().any(|regex| regex.is_match(line))
    }
}

/// A line without what differs from one time to the next: each word with a digit in it becomes `#`.
///
/// `[   12.103] rtp: 3 packets late from 192.0.2.7` and `[    0.2] rtp: 17 packets late from 10.0.0.1` have
/// one shape.
pub fn shape(line: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    let mut shape = String::new();
    let mut word = String::new();
    let finish = |word: &mut String, shape: &mut String| {
        if word.contains(|c: char| c.is_ascii_digit()) {
            shape.push('#');
        } else {
            shape.push_str(word);
        }
        word.clear();
    };
    for c in line.trim().chars() {
        if is_part(c) {
            word.push(c);
            continue;
        }
        finish(&mut word, &mut shape);
        if !(c.is_whitespace() && shape.ends_with(char::is_whitespace)) {
            shape.push(if c.is_whitespace() { ' ' } else { c });
        }
    }
    finish(&mut word, &mut shape);
    shape
}

const USUAL: &str = r"(?i)\b(warn(ing)?s?|err(or)?s?|fail(s|ed|ure)?|fatal|critical|panic|assert(ion)?|exception|overruns?|underruns?|overflow|dropped|lost|leak(ed)?|corrupt(ed)?|retry|retrying|timed? ?out|unexpected|unable|cannot|can't)\b";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_addresses_and_times_do_not_make_a_line_another() {
        let one = shape("[   12.103] rtp: 3 packets late from 192.0.2.7:4000 (ssrc 0xdeadbee1)");
        assert_eq!(one, shape("[    0.2] rtp: 17 packets late from 10.0.0.1:40002 (ssrc 0x1)"));
        assert_eq!(one, "[ #] rtp: # packets late from #:# (ssrc #)");
        assert_ne!(one, shape("[    0.2] rtp: 17 packets lost from 10.0.0.1:40002 (ssrc 0x1)"));
    }

    #[test]
    fn the_device_says_which_lines_warn() {
        let usual = Warnings::new(&[]).unwrap();
        assert!(usual.warns("W: jitter buffer underrun") && usual.warns("sip: timeout, retrying"));
        assert!(!usual.warns("call up") && !usual.warns("terrific"));
        let own = Warnings::new(&["^W/".to_owned()]).unwrap();
        assert!(own.warns("W/audio: 3") && !own.warns("error"));
        let wrong = Warnings::new(&["(".to_owned(), "[".to_owned()]).unwrap_err();
        assert_eq!(wrong.len(), 2);
    }
}
