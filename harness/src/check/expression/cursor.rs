//! The place in the tokens up to which an expression has been read, and the mistakes so far.

use super::node::Operator;
use super::token::{Token, TokenKind};
use super::{ExpressionError, Scope};
use std::ops::Range;

/// A reader of tokens.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) scope: &'a Scope<'a>,
    pub(super) tokens: Vec<Token>,
    pub(super) next: usize,
    /// How many parentheses and `not` are open.
    pub(super) depth: usize,
    pub(super) errors: Vec<ExpressionError>,
}

impl Parser<'_> {
    pub(super) fn operator(&mut self) -> Option<(Operator, Range<usize>)> {
        let token = self.peek()?;
        let TokenKind::Sign(sign) = token.kind else { return None };
        let found = (Operator::of_sign(sign)?, token.at.clone());
        self.next += 1;
        Some(found)
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> Option<Range<usize>> {
        let at = self.peek().filter(|token| token.is_sign(sign))?.at.clone();
        self.next += 1;
        Some(at)
    }

    pub(super) fn take_word(&mut self, word: &str) -> Option<Range<usize>> {
        let at = self.peek().filter(|token| token.is_word(word))?.at.clone();
        self.next += 1;
        Some(at)
    }

    pub(super) fn next_is(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.is_sign(sign))
    }

    /// Whether a claim or a part of it may end after the next `count` tokens.
    pub(super) fn ends_after(&self, count: usize) -> bool {
        self.tokens.get(self.next + count).is_none_or(|token| match &token.kind {
            TokenKind::Word(word) => JOINING.contains(&word.as_str()),
            TokenKind::Sign(sign) => [")", "]", ",", "..", "±", "+-"].contains(sign),
            TokenKind::Quoted(_) => false,
        })
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    /// Where the next token stands, or the end of the text.
    pub(super) fn here(&self) -> Range<usize> {
        self.peek().map_or(self.text.len()..self.text.len(), |token| token.at.clone())
    }

    /// Where the token before the next one ends.
    pub(super) fn end(&self) -> usize {
        self.next
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(0, |token| token.at.end)
    }

    pub(super) fn source(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    pub(super) fn error(&mut self, at: Range<usize>, message: String, help: &str) {
        let help = Some(help.to_owned()).filter(|help| !help.is_empty());
        self.errors.push(ExpressionError { at, message, help });
    }
}

/// The words that join two claims.
pub(super) const JOINING: [&str; 3] = ["and", "or", "given"];
