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
        let Found { length, kind, mistake } = token(rest);
        let at = start..start + length;
        if let Some((message, help)) = mistake {
            errors.push(ExpressionError { at: at.clone(), message, help: Some(help.to_owned()) });
        }
        tokens.push(Token { at, kind });
        start += length;
    }
    tokens
}

/// A token, how many bytes it takes, and what is wrong with it: what was meant goes on to the
/// parser, so that one mistake gives one error.
struct Found {
    length: usize,
    kind: TokenKind,
    mistake: Option<(String, &'static str)>,
}

impl Found {
    const fn new(length: usize, kind: TokenKind) -> Self {
        Self { length, kind, mistake: None }
    }
}

fn token(rest: &str) -> Found {
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return quoted(rest, quote);
    }
    if let Some(sign) = SIGNS.iter().copied().find(|sign| rest.starts_with(*sign)) {
        return Found::new(sign.len(), TokenKind::Sign(sign));
    }
    for sign in ["+", "-"] {
        // A sign of its own only before a blank: `-10`, `+49301234` and `a-b` are words.
        let after = rest.strip_prefix(sign);
        if after.is_some_and(|after| after.is_empty() || after.starts_with(' ')) {
            return Found::new(1, TokenKind::Sign(sign));
        }
    }
    for (wrong, meant, help) in WRONG_SIGNS {
        if rest.starts_with(wrong) {
            let kind = match SIGNS.iter().find(|sign| *sign == meant) {
                Some(sign) => TokenKind::Sign(sign),
                None => TokenKind::Word((*meant).to_owned()),
            };
            let mistake = Some((format!("`{wrong}` is not an operator"), *help));
            return Found { length: wrong.len(), kind, mistake };
        }
    }
    let length = word(rest);
    Found::new(length, TokenKind::Word(rest.get(..length).unwrap_or(rest).to_owned()))
}

fn quoted(rest: &str, quote: char) -> Found {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            // Every other backslash stays, so that a regular expression needs no second one.
            '\\' if characters.peek().is_some_and(|(_, next)| *next == quote) => {
                characters.next();
                text.push(quote);
            }
            c if c == quote => return Found::new(at + 1, TokenKind::Quoted(text)),
            c => text.push(c),
        }
    }
    let mistake = Some(("this quote is not closed".to_owned(), "end the text with the same quote"));
    Found { length: rest.len(), kind: TokenKind::Quoted(text), mistake }
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

/// What is written in other languages, what it means here, and what to write.
const WRONG_SIGNS: &[(&str, &str, &str)] = &[
    ("=", "==", "`==` compares; text with a `=` in it goes in quotes"),
    ("!", "not", "`!=` is unlike, `not` denies a whole claim"),
    ("&&", "and", "write `and`"),
    ("||", "or", "write `or`"),
    ("&", "and", "write `and`; text with a `&` in it goes in quotes"),
    ("|", "or", "write `or`; text with a `|` in it goes in quotes"),
];
