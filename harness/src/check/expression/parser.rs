//! From the words of an expression to a checked one.

use super::cursor::{JOINING, Parser};
use super::literal::{self, Word};
use super::name::{self, Miss};
use super::node::{Literal, Node, Predicate, Reading, Right, Term, Test};
use super::token::{Token, TokenKind, tokens};
use super::{ExpressionError, Scope};
use crate::check::dimension::unit;
use crate::check::measure::Unit;

/// Reads a whole expression; every mistake goes to the errors.
pub(super) fn parse(text: &str, scope: &Scope<'_>) -> Result<Node, Vec<ExpressionError>> {
    let mut errors = Vec::new();
    let tokens = tokens(text, &mut errors);
    let mut parser = Parser { text, scope, tokens, next: 0, depth: 0, errors };
    let node = parser.conditional();
    if let Some(token) = parser.peek() {
        let at = token.at.clone();
        let message = format!("`{}` is not expected here", parser.source(&at));
        parser.error(at, message, "join two claims with `and` or `or`");
    }
    parser.errors.sort_by_key(|error| error.at.start);
    match node {
        Some(node) if parser.errors.is_empty() => Ok(node),
        _ => Err(parser.errors),
    }
}

/// One side of a comparison, before the other side says what it has to be.
pub(super) enum Side {
    Figure(Term),
    Literal(Word),
}

impl Parser<'_> {
    /// A claim, and the condition without which it cannot be put to the test.
    fn conditional(&mut self) -> Option<Node> {
        let claim = self.any();
        if self.take_word("given").is_none() {
            return claim;
        }
        let condition = Box::new(self.any()?);
        Some(Node::Given { claim: Box::new(claim?), condition })
    }

    fn any(&mut self) -> Option<Node> {
        self.joined("or", Self::all, Node::Any)
    }

    fn all(&mut self) -> Option<Node> {
        self.joined("and", Self::unary, Node::All)
    }

    /// Parts joined by a keyword. `None` if one of them has a mistake, but all of them are read.
    fn joined(
        &mut self,
        keyword: &str,
        part: fn(&mut Self) -> Option<Node>,
        join: fn(Vec<Node>) -> Node,
    ) -> Option<Node> {
        let mut parts = vec![part(self)];
        while self.take_word(keyword).is_some() {
            parts.push(part(self));
        }
        let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        if parts.len() == 1 { parts.pop() } else { Some(join(parts)) }
    }

    fn unary(&mut self) -> Option<Node> {
        if self.depth == DEEPEST {
            let at = self.here();
            self.error(at, "this is nested too deeply".to_owned(), "make two checks of it");
            self.next = self.tokens.len();
            return None;
        }
        self.depth += 1;
        let node = self.nested();
        self.depth -= 1;
        node
    }

    fn nested(&mut self) -> Option<Node> {
        if self.take_word("not").is_some() {
            return self.unary().map(|node| Node::Not(Box::new(node)));
        }
        if let Some(open) = self.take_sign("(") {
            let node = self.any();
            if self.take_sign(")").is_none() {
                self.error(open, "this parenthesis is not closed".to_owned(), "add `)`");
            }
            return node;
        }
        let before = self.errors.len();
        let test = self.test();
        if test.is_none() {
            if self.errors.len() == before {
                let at = self.here();
                self.error(at, "a claim is expected here".to_owned(), "such as `status == 200`");
            }
            self.skip_test();
        }
        test.map(Node::Test)
    }

    /// Goes on after a mistake where the next claim may begin.
    fn skip_test(&mut self) {
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            match &token.kind {
                TokenKind::Word(word) if open == 0 && JOINING.contains(&word.as_str()) => break,
                TokenKind::Sign("(") => open += 1,
                TokenKind::Sign(")") if open == 0 => break,
                TokenKind::Sign(")") => open -= 1,
                TokenKind::Word(_) | TokenKind::Quoted(_) | TokenKind::Sign(_) => {}
            }
            self.next += 1;
        }
    }

    fn test(&mut self) -> Option<Test> {
        let start = self.here();
        let left = match self.side(Place::Left)? {
            Side::Figure(term) => term,
            Side::Literal(word) => return self.mirrored(&word),
        };
        let at = start.start..self.end();
        let predicate = self.predicate(&left.reading, &at)?;
        Some(Test { left, predicate })
    }

    /// `500 ms < gap[1]`: the value first.
    fn mirrored(&mut self, word: &Word) -> Option<Test> {
        let Some((operator, _)) = self.operator() else {
            self.error(
                word.at.clone(),
                format!("`{}` claims nothing", word.text),
                "compare it with a figure",
            );
            return None;
        };
        match self.side(Place::Left)? {
            Side::Figure(left) => {
                let literal = self.literal(word, &left.reading)?;
                self.orderable(&left.reading, operator, &word.at)?;
                let right = Right::Literal(literal);
                let operator = operator.mirrored();
                Some(Test {
                    left,
                    predicate: Predicate::Compare { operator, right, tolerance: None },
                })
            }
            Side::Literal(other) => {
                let at = word.at.start..other.at.end;
                self.error(
                    at,
                    "this compares two values".to_owned(),
                    "one side has to be a figure, such as `status`",
                );
                None
            }
        }
    }

    /// A figure or a value, with what is added to it.
    pub(super) fn side(&mut self, place: Place) -> Option<Side> {
        let Some(token) = self.peek().cloned() else {
            if place == Place::Right {
                self.value();
            }
            return None;
        };
        let TokenKind::Word(text) = &token.kind else { return self.value().map(Side::Literal) };
        if literal::number(text).is_some() {
            return self.value().map(Side::Literal);
        }
        self.next += 1;
        let call = self.call(&token)?;
        let at = token.at.start..self.end();
        match name::resolve(text, &call, self.scope) {
            Ok(reading) => self.moved(reading).map(Side::Figure),
            Err(Miss::Unlike) if place == Place::Right && call.is_empty() => {
                Some(Side::Literal(Word::text(text, token.at)))
            }
            Err(Miss::Unlike) => {
                let (message, help) = name::unknown(text, self.scope);
                self.error(at, message, &help);
                None
            }
            Err(Miss::Wrong(message, help)) => {
                self.error(at, message, &help);
                None
            }
        }
    }

    /// `+ 1` and `- 10 ms` after a figure.
    fn moved(&mut self, reading: Reading) -> Option<Term> {
        let (mut offset, mut unit) = (0.0, Unit::Count);
        loop {
            let (sign, at) = if let Some(at) = self.take_sign("+") {
                (1.0, at)
            } else if let Some(at) = self.take_sign("-") {
                (-1.0, at)
            } else {
                return Some(Term { reading, offset, unit });
            };
            let word = self.value()?;
            if !reading.dimension().is_quantity() {
                let message =
                    format!("`{}` is {}: nothing can be added", reading.text, reading.dimension());
                self.error(at, message, "only quantities add");
                return None;
            }
            let (amount, of) = self.difference(&word, &reading)?;
            offset += sign * amount;
            unit = of;
        }
    }

    /// The texts between the parentheses that follow a name at once.
    fn call(&mut self, name: &Token) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        if !self.peek().is_some_and(|token| token.is_sign("(") && token.at.start == name.at.end) {
            return Some(texts);
        }
        self.next += 1;
        while self.take_sign(")").is_none() {
            let value = self.value();
            if value.is_some() && self.take_sign(",").is_none() && !self.next_is(")") {
                let at = self.here();
                let help = "as in `auth.valid(user, password)`";
                self.error(at, "`,` or `)` is expected here".to_owned(), help);
                while self.peek().is_some() && self.take_sign(")").is_none() {
                    self.next += 1;
                }
                return None;
            }
            texts.push(value?.text);
        }
        Some(texts)
    }

    /// A word, a number with its unit, or quoted text.
    pub(super) fn value(&mut self) -> Option<Word> {
        let Some(token) = self.peek().cloned() else {
            let at = self.here();
            self.error(
                at,
                "a value is expected here".to_owned(),
                "such as `200`, `5 ms` or \"text\"",
            );
            return None;
        };
        let mut word = match token.kind {
            TokenKind::Word(text) => Word::new(&text, token.at),
            TokenKind::Quoted(text) => Word::quoted(text, token.at),
            TokenKind::Sign(sign) => {
                let message = format!("a value is expected here, not `{sign}`");
                self.error(token.at, message, "such as `200`, `5 ms` or \"text\"");
                return None;
            }
        };
        self.next += 1;
        if let Some(Token { kind: TokenKind::Word(next), at }) = self.peek()
            && (unit(next).is_some() || self.ends_after(1))
            && word.take_unit(next, at.end)
        {
            self.next += 1;
        }
        Some(word)
    }

    /// The value that a word stands for beside a figure.
    pub(super) fn literal(&mut self, word: &Word, left: &Reading) -> Option<Literal> {
        match literal::literal(word, left) {
            Ok(literal) => Some(literal),
            Err((message, help)) => {
                self.error(word.at.clone(), message, &help);
                None
            }
        }
    }

    /// The value that a word stands for where it is added to a figure.
    pub(super) fn difference(&mut self, word: &Word, left: &Reading) -> Option<(f64, Unit)> {
        match literal::difference(word, left) {
            Ok(literal) => literal::real(&literal),
            Err((message, help)) => {
                self.error(word.at.clone(), message, &help);
                None
            }
        }
    }
}

/// On which side of a comparison a word stands: on the left only a figure can.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Place {
    Left,
    Right,
}

/// How deeply parentheses and `not` may be nested.
const DEEPEST: usize = 50;
