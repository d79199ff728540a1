//! Whether a case applies to a device: `uas and not codec.g722`.
//!
//! ```text
//! or   = and {"or" and}
//! and  = not {"and" not}
//! not  = "not" not | "(" or ")" | name
//! name = letter {letter | digit | "." | "-" | "_"}
//! ```

use std::collections::BTreeSet;
use std::ops::Range;

/// An expression over what a device claims to implement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PicsExpression {
    /// The device claims it.
    Claims(String),
    /// Not.
    Not(Box<Self>),
    /// Both.
    And(Box<Self>, Box<Self>),
    /// Either.
    Or(Box<Self>, Box<Self>),
}

/// What is wrong with the text of a PICS expression.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PicsError {
    /// Where, in bytes of the text.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
}

impl PicsExpression {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it. The scenario's author is at fault.
    pub fn parse(text: &str) -> Result<Self, Vec<PicsError>> {
        let tokens = tokens(text);
        let mut parser = Parser { tokens: &tokens, at: 0, end: text.len(), depth: 0 };
        let expression = parser.or().map_err(|error| vec![error])?;
        match parser.tokens.get(parser.at) {
            None => Ok(expression),
            Some((word, at)) => Err(vec![PicsError {
                at: at.clone(),
                message: format!("expected `and`, `or` or the end, found `{word}`"),
            }]),
        }
    }

    /// Whether it holds for a device that claims `pics`.
    pub fn holds(&self, pics: &BTreeSet<String>) -> bool {
        match self {
            Self::Claims(name) => pics.contains(name),
            Self::Not(inner) => !inner.holds(pics),
            Self::And(left, right) => left.holds(pics) && right.holds(pics),
            Self::Or(left, right) => left.holds(pics) || right.holds(pics),
        }
    }

    /// The names that make it hold, or not hold, for a device that claims `pics`.
    pub fn decided_by(&self, pics: &BTreeSet<String>) -> BTreeSet<&str> {
        match self {
            Self::Claims(name) => BTreeSet::from([name.as_str()]),
            Self::Not(inner) => inner.decided_by(pics),
            Self::And(left, right) | Self::Or(left, right) => {
                let holds = self.holds(pics);
                let sides = [left, right].into_iter().filter(|side| side.holds(pics) == holds);
                sides.flat_map(|side| side.decided_by(pics)).collect()
            }
        }
    }

    /// The names that it uses.
    pub fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Claims(name) => BTreeSet::from([name.as_str()]),
            Self::Not(inner) => inner.names(),
            Self::And(left, right) | Self::Or(left, right) => {
                left.names().union(&right.names()).copied().collect()
            }
        }
    }
}

/// Parentheses and `not` deeper than this are a mistake.
const DEPTH: usize = 64;

struct Parser<'t> {
    tokens: &'t [(&'t str, Range<usize>)],
    at: usize,
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<PicsExpression, PicsError> {
        let mut left = self.and()?;
        while self.eat("or") {
            left = PicsExpression::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<PicsExpression, PicsError> {
        let mut left = self.not()?;
        while self.eat("and") {
            left = PicsExpression::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<PicsExpression, PicsError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error("nested too deeply"));
        }
        let found = if self.eat("not") {
            PicsExpression::Not(Box::new(self.not()?))
        } else if self.eat("(") {
            let inner = self.or()?;
            if !self.eat(")") {
                return Err(self.error("expected `)`"));
            }
            inner
        } else {
            self.name()?
        };
        self.depth -= 1;
        Ok(found)
    }

    fn name(&mut self) -> Result<PicsExpression, PicsError> {
        match self.tokens.get(self.at) {
            Some((word, _))
                if word.starts_with(char::is_alphabetic) && !matches!(*word, "and" | "or") =>
            {
                self.at += 1;
                Ok(PicsExpression::Claims((*word).to_owned()))
            }
            _ => Err(self.error("expected a name such as `codec.pcmu`, `not` or `(`")),
        }
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(next, _)| *next == word);
        self.at += usize::from(found);
        found
    }

    fn error(&self, message: &str) -> PicsError {
        let at = self.tokens.get(self.at).map_or(self.end..self.end, |(_, at)| at.clone());
        let found =
            self.tokens.get(self.at).map_or("the end".to_owned(), |(word, _)| format!("`{word}`"));
        PicsError { at, message: format!("{message}, found {found}") }
    }
}

fn tokens(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| !c.is_whitespace()) {
        let from = text.len() - rest.len() + start;
        let word = rest.get(start..).unwrap_or_default();
        let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let length = match word.find(|c| !name(c)) {
            Some(0) => word.chars().next().map_or(1, char::len_utf8),
            Some(length) => length,
            None => word.len(),
        };
        let (token, after) = word.split_at(length);
        tokens.push((token, from..from + length));
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> bool {
        let pics = ["uas", "codec.pcmu"].map(str::to_owned).into();
        PicsExpression::parse(text).unwrap().holds(&pics)
    }

    #[test]
    fn not_binds_tighter_than_and_and_that_tighter_than_or() {
        assert!(holds("uas"));
        assert!(holds("not codec.g722 and (uas or uac)"));
        assert!(!holds("not (codec.g722 or uas)"));
        assert!(holds("uas or uac and codec.g722"));
        assert!(!holds("(uas or uac) and codec.g722"));
        let names = PicsExpression::parse("a and not (b or a)").unwrap();
        assert_eq!(names.names(), BTreeSet::from(["a", "b"]));
    }

    #[test]
    fn what_decides_is_told_and_nothing_else() {
        let pics = ["uas", "codec.pcmu"].map(str::to_owned).into();
        for (text, expected) in [
            ("uas and tls", vec!["tls"]),
            ("tls and tcp", vec!["tcp", "tls"]),
            ("uas and (tls or tcp)", vec!["tcp", "tls"]),
            ("not uas or tls", vec!["tls", "uas"]),
            ("tls and not uas", vec!["tls", "uas"]),
            ("uac and not tls", vec!["uac"]),
            ("uas or tls", vec!["uas"]),
        ] {
            let expression = PicsExpression::parse(text).unwrap();
            assert_eq!(Vec::from_iter(expression.decided_by(&pics)), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_say_where() {
        for (text, at) in [("uas and", 7..7), ("uas uac", 4..7), ("(uas", 4..4), ("a & b", 2..3)] {
            assert_eq!(PicsExpression::parse(text).unwrap_err()[0].at, at, "{text}");
        }
        assert!(PicsExpression::parse(&"(".repeat(1000)).is_err());
    }
}
