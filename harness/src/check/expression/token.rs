//! The words and signs of an expression.

use super::ExpressionError;
use std::ops::Range;

/// A word or sign, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) at: Range<usize>,
    pub(super) kind: TokenKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// Anything without a quote: a figure, a number, a unit, a keyword, text of one word.
    Word(String),
    /// Text in quotes.
    Quoted(String),
    /// A sign: `==`, `(`, `±`, `..`.
    Sign(&'static str),
}

impl Token {
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind, TokenKind::Sign(it) if it == sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(it) if it == word)
    }
}

/// Splits the text, and adds to `errors` what cannot be a word or a sign.
pub(super) fn tokens(text: &str, errors: &mut Vec<ExpressionError>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            start += blank;
            continue;
        }
        let (length, kind) = match token(rest) {
            Ok(found) => found,
            Err((length, message, help)) => {
                let at = start..start + length;
                errors.push(ExpressionError { at, message, help: Some(help.to_owned()) });
                start += length;
                continue;
            }
        };
        tokens.push(Token { at: start..start + length, kind });
        start += length;
    }
    tokens
}

/// The token at the start of `rest`, and how many bytes it takes.
fn token(rest: &str) -> Result<(usize, TokenKind), (usize, String, &'static str)> {
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return quoted(rest, quote);
    }
    if let Some(sign) = SIGNS.iter().copied().find(|sign| rest.starts_with(*sign)) {
        return Ok((sign.len(), TokenKind::Sign(sign)));
    }
    for sign in ["+", "-"] {
        // A sign of its own only before a blank: `-10`, `+49301234` and `a-b` are words.
        let after = rest.strip_prefix(sign);
        if after.is_some_and(|after| after.is_empty() || after.starts_with(' ')) {
            return Ok((1, TokenKind::Sign(sign)));
        }
    }
    for (wrong, right) in WRONG_SIGNS {
        if rest.starts_with(wrong) {
            return Err((wrong.len(), format!("`{wrong}` is not an operator"), right));
        }
    }
    let length = word(rest);
    Ok((length, TokenKind::Word(rest.get(..length).unwrap_or(rest).to_owned())))
}

fn quoted(rest: &str, quote: char) -> Result<(usize, TokenKind), (usize, String, &'static str)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            // Every other backslash stays, so that a regular expression needs no second one.
            '\\' if characters.peek().is_some_and(|(_, next)| *next == quote) => {
                characters.next();
                text.push(quote);
            }
            c if c == quote => return Ok((at + 1, TokenKind::Quoted(text))),
            c => text.push(c),
        }
    }
    Err((rest.len(), "this quote is not closed".to_owned(), "end the text with the same quote"))
}

/// How many bytes of `rest` are one word; at least one character.
fn word(rest: &str) -> usize {
    let mut end = 0;
    while let Some(c) = rest.get(end..).and_then(|rest| rest.chars().next()) {
        let tail = rest.get(end..).unwrap_or_default();
        let index = index(tail);
        if index > 0 {
            end += index;
        } else if end > 0 && (ends_word(c) || tail.starts_with("..")) {
            break;
        } else {
            end += c.len_utf8();
        }
    }
    end
}

/// How many bytes of `tail` are an index such as `[1]`, which belongs to the word before it.
fn index(tail: &str) -> usize {
    let inside = tail.strip_prefix('[').and_then(|tail| tail.split_once(']'));
    match inside {
        Some((digits, _))
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            digits.len() + 2
        }
        _ => 0,
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || "()[],\"'=!<>±&|".contains(c)
}

/// Longer ones before their beginnings.
const SIGNS: &[&str] =
    &["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ",", "±", "+-", ".."];

const WRONG_SIGNS: &[(&str, &str)] = &[
    ("=", "`==` compares; text with a `=` in it goes in quotes"),
    ("!", "`!=` is unlike, `not` denies a whole comparison"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("&", "write `and`; text with a `&` in it goes in quotes"),
    ("|", "write `or`; text with a `|` in it goes in quotes"),
];
