//! From the words of an expression to a checked one.

use super::literal::{self, Word};
use super::name::{self, Miss};
use super::node::{
    Literal, Node, Operator, Pattern, Predicate, Reading, Right, Term, Test, Tolerance,
};
use super::token::{Token, TokenKind, tokens};
use super::{ExpressionError, Scope};
use crate::check::dimension::{Dimension, unit};
use crate::check::measure::Unit;
use std::ops::Range;

/// Reads a whole expression; every mistake goes to the errors.
pub(super) fn parse(text: &str, scope: &Scope<'_>) -> Result<Node, Vec<ExpressionError>> {
    let mut errors = Vec::new();
    let tokens = tokens(text, &mut errors);
    let mut parser = Parser { text, scope, tokens, next: 0, errors };
    let node = parser.any();
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

struct Parser<'a> {
    text: &'a str,
    scope: &'a Scope<'a>,
    tokens: Vec<Token>,
    next: usize,
    errors: Vec<ExpressionError>,
}

/// One side of a comparison, before the other side says what it has to be.
enum Side {
    Figure(Term),
    Literal(Word),
}

impl Parser<'_> {
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
                TokenKind::Word(word) if open == 0 && ["and", "or"].contains(&word.as_str()) => {
                    break;
                }
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

    fn predicate(&mut self, left: &Reading, at: &Range<usize>) -> Option<Predicate> {
        if let Some((operator, sign)) = self.operator() {
            return self.comparison(left, operator, &sign);
        }
        for (keyword, predicate) in [("exists", Predicate::Exists), ("absent", Predicate::Absent)] {
            if self.take_word(keyword).is_some() {
                return Some(predicate);
            }
        }
        if self.take_word("in").is_some() {
            return if self.take_sign("[").is_some() {
                self.one_of(left)
            } else {
                self.between(left)
            };
        }
        if let Some(keyword) = self.take_word("contains") {
            let word = self.value()?;
            if left.dimension().is_quantity() || left.dimension() == Dimension::Truth {
                let message =
                    format!("`{}` is {} and contains nothing", left.text, left.dimension());
                self.error(keyword, message, "compare it with `==`");
                return None;
            }
            return Some(Predicate::Contains(word.text));
        }
        if let Some(keyword) = self.take_word("matches") {
            return self.matches(left, keyword);
        }
        if left.dimension() == Dimension::Truth {
            return Some(Predicate::Holds);
        }
        let help = match left.dimension() {
            Dimension::Lines => format!("such as `{} contains \"text\"`", left.text),
            dimension => format!("such as `{} == {}`, or `exists`", left.text, dimension.example()),
        };
        self.error(at.clone(), format!("nothing is claimed of `{}`", left.text), &help);
        None
    }

    fn comparison(
        &mut self,
        left: &Reading,
        operator: Operator,
        sign: &Range<usize>,
    ) -> Option<Predicate> {
        let right = if let Some(open) = self.take_sign("[") {
            let list = self.list()?.into_iter().map(|word| word.text).collect();
            if !left.dimension().is_list() {
                let at = open.start..self.end();
                let message = format!("`{}` is {}, not a list", left.text, left.dimension());
                self.error(at, message, "`in [a, b]` claims that it is one of them");
                return None;
            }
            Right::Literal(Literal::List(list))
        } else {
            match self.side(Place::Right)? {
                Side::Literal(word) => Right::Literal(self.literal(&word, left)?),
                Side::Figure(term) => {
                    let (ours, theirs) = (left.dimension(), term.reading.dimension());
                    if !ours.compares_with(theirs) {
                        let message = format!(
                            "`{}` is {ours}, `{}` is {theirs}: they do not compare",
                            left.text, term.reading.text
                        );
                        self.error(sign.clone(), message, "compare like with like");
                        return None;
                    }
                    Right::Term(term)
                }
            }
        };
        self.orderable(left, operator, sign)?;
        let tolerance = self.tolerance(left, operator)?;
        Some(Predicate::Compare { operator, right, tolerance })
    }

    /// `± 50 ms` or `± 10 %`, where it stands. The outer `None` is a mistake.
    #[expect(clippy::option_option, reason = "a mistake is not the absence of a tolerance")]
    fn tolerance(&mut self, left: &Reading, operator: Operator) -> Option<Option<Tolerance>> {
        let Some(sign) = self.take_sign("±").or_else(|| self.take_sign("+-")) else {
            return Some(None);
        };
        let word = self.value()?;
        if operator.orders() {
            self.error(sign, "a tolerance goes with `==`".to_owned(), "move the bound itself");
            return None;
        }
        if let Some(part) = word.ratio()
            && left.dimension() != Dimension::Ratio
            && left.dimension().is_quantity()
        {
            return Some(Some(Tolerance::Relative(part)));
        }
        if !left.dimension().is_quantity() {
            let message = format!("`{}` is {} and has no tolerance", left.text, left.dimension());
            self.error(sign, message, "only quantities have one");
            return None;
        }
        let amount = self.difference(&word, left)?;
        Some(Some(Tolerance::Absolute(amount.0, amount.1)))
    }

    fn one_of(&mut self, left: &Reading) -> Option<Predicate> {
        let words = self.list()?;
        let literals: Vec<_> = words.iter().map(|word| self.literal(word, left)).collect();
        literals.into_iter().collect::<Option<_>>().map(Predicate::OneOf)
    }

    /// The members of a list up to its `]`; the `[` is taken.
    fn list(&mut self) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            words.push(self.value()?);
            if self.take_sign("]").is_some() {
                return Some(words);
            }
            if self.take_sign(",").is_none() {
                let at = self.here();
                self.error(
                    at,
                    "the list goes on with `,` or ends with `]`".to_owned(),
                    "as in `[a, b]`",
                );
                return None;
            }
        }
    }

    fn between(&mut self, left: &Reading) -> Option<Predicate> {
        let mut low = self.value()?;
        if self.take_sign("..").is_none() {
            let at = self.here();
            self.error(
                at,
                "`..` is expected here".to_owned(),
                "as in `450 ms..550 ms`, or a list: `in [a, b]`",
            );
            return None;
        }
        let high = self.value()?;
        low.borrow_unit(&high);
        let at = low.at.start..high.at.end;
        let low = self.literal(&low, left)?;
        let high = self.literal(&high, left)?;
        let (Some((low, _)), Some((high, unit))) = (literal::real(&low), literal::real(&high))
        else {
            let message = format!("`{}` is {} and has no range", left.text, left.dimension());
            self.error(at, message, "name the values: `in [a, b]`");
            return None;
        };
        if low > high {
            self.error(at, "nothing lies in this range".to_owned(), "write the lower bound first");
            return None;
        }
        Some(Predicate::Between { low, high, unit })
    }

    fn matches(&mut self, left: &Reading, keyword: Range<usize>) -> Option<Predicate> {
        let word = self.value()?;
        if !left.dimension().is_text() && left.dimension() != Dimension::Lines {
            let message = format!("`{}` is {}, not text", left.text, left.dimension());
            self.error(keyword, message, "only text is matched");
            return None;
        }
        match Pattern::new(&word.text) {
            Ok(pattern) => Some(Predicate::Matches(pattern)),
            Err(error) => {
                let message = format!("this is not a regular expression: {error}");
                self.error(word.at, message, "a backslash before a sign takes it as it is");
                None
            }
        }
    }

    /// A figure or a value, with what is added to it.
    fn side(&mut self, place: Place) -> Option<Side> {
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
        let mut offset = 0.0;
        loop {
            let (sign, at) = if let Some(at) = self.take_sign("+") {
                (1.0, at)
            } else if let Some(at) = self.take_sign("-") {
                (-1.0, at)
            } else {
                return Some(Term { reading, offset });
            };
            let word = self.value()?;
            if !reading.dimension().is_quantity() {
                let message =
                    format!("`{}` is {}: nothing can be added", reading.text, reading.dimension());
                self.error(at, message, "only quantities add");
                return None;
            }
            let (amount, _) = self.difference(&word, &reading)?;
            offset += sign * amount;
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
    fn value(&mut self) -> Option<Word> {
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
    fn literal(&mut self, word: &Word, left: &Reading) -> Option<Literal> {
        match literal::literal(word, left) {
            Ok(literal) => Some(literal),
            Err((message, help)) => {
                self.error(word.at.clone(), message, &help);
                None
            }
        }
    }

    /// The value that a word stands for where it is added to a figure.
    fn difference(&mut self, word: &Word, left: &Reading) -> Option<(f64, Unit)> {
        match literal::difference(word, left) {
            Ok(literal) => literal::real(&literal),
            Err((message, help)) => {
                self.error(word.at.clone(), message, &help);
                None
            }
        }
    }

    fn orderable(&mut self, left: &Reading, operator: Operator, at: &Range<usize>) -> Option<()> {
        let dimension = left.dimension();
        let mend = match dimension {
            Dimension::Truth => format!("`{0}` alone claims it, `not {0}` denies it", left.text),
            Dimension::Lines => "use `contains` or `matches`".to_owned(),
            _ if operator.orders() && !dimension.is_quantity() => {
                "use `==` or `!=`; a header field has `.number`".to_owned()
            }
            _ => return Some(()),
        };
        let message = format!("`{}` is {dimension} and does not compare so", left.text);
        self.error(at.clone(), message, &mend);
        None
    }

    fn operator(&mut self) -> Option<(Operator, Range<usize>)> {
        let token = self.peek()?;
        let TokenKind::Sign(sign) = token.kind else { return None };
        let found = (Operator::of_sign(sign)?, token.at.clone());
        self.next += 1;
        Some(found)
    }

    fn take_sign(&mut self, sign: &str) -> Option<Range<usize>> {
        let at = self.peek().filter(|token| token.is_sign(sign))?.at.clone();
        self.next += 1;
        Some(at)
    }

    fn take_word(&mut self, word: &str) -> Option<Range<usize>> {
        let at = self.peek().filter(|token| token.is_word(word))?.at.clone();
        self.next += 1;
        Some(at)
    }

    fn next_is(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.is_sign(sign))
    }

    /// Whether a claim or a part of it may end after the next `count` tokens.
    fn ends_after(&self, count: usize) -> bool {
        self.tokens.get(self.next + count).is_none_or(|token| match &token.kind {
            TokenKind::Word(word) => ["and", "or"].contains(&word.as_str()),
            TokenKind::Sign(sign) => [")", "]", ",", "..", "±", "+-"].contains(sign),
            TokenKind::Quoted(_) => false,
        })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    /// Where the next token stands, or the end of the text.
    fn here(&self) -> Range<usize> {
        self.peek().map_or(self.text.len()..self.text.len(), |token| token.at.clone())
    }

    /// Where the token before the next one ends.
    fn end(&self) -> usize {
        self.next
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(0, |token| token.at.end)
    }

    fn source(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    fn error(&mut self, at: Range<usize>, message: String, help: &str) {
        let help = Some(help.to_owned()).filter(|help| !help.is_empty());
        self.errors.push(ExpressionError { at, message, help });
    }
}

/// On which side of a comparison a word stands: on the left only a figure can.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    Left,
    Right,
}
