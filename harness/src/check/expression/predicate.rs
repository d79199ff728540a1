//! What is claimed of a figure: the part of a test after its first term.

use super::cursor::Parser;
use super::literal::{self, Word};
use super::node::{Literal, Operator, Pattern, Predicate, Reading, Right, Tolerance};
use super::parser::{Place, Side};
use crate::check::dimension::Dimension;
use crate::check::pattern::mistake;
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn predicate(&mut self, left: &Reading, at: &Range<usize>) -> Option<Predicate> {
        if let Some((operator, sign)) = self.operator() {
            if left.dimension() == Dimension::Truth {
                return self.truth(left, operator, &sign);
            }
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
        let help = if left.dimension() == Dimension::Lines {
            format!("such as `{} contains \"text\"`", left.text)
        } else {
            format!("such as `{} == {}`, or `exists`", left.text, left.dimension().example())
        };
        self.error(at.clone(), format!("nothing is claimed of `{}`", left.text), &help);
        None
    }

    /// `== true` and the like.
    fn truth(
        &mut self,
        left: &Reading,
        operator: Operator,
        sign: &Range<usize>,
    ) -> Option<Predicate> {
        let word = self.value()?;
        match (operator, word.text.as_str()) {
            (Operator::Equal, "true") | (Operator::Unlike, "false") => Some(Predicate::Holds),
            (Operator::Equal, "false") | (Operator::Unlike, "true") => Some(Predicate::Fails),
            _ => {
                let message = format!("`{}` is true or false", left.text);
                let help = format!("`{0}` alone claims it, `not {0}` denies it", left.text);
                self.error(sign.start..word.at.end, message, &help);
                None
            }
        }
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
        let dimension = left.dimension();
        if !dimension.is_text() && !dimension.is_list() && dimension != Dimension::Lines {
            let message = format!("`{}` is {}, not text", left.text, left.dimension());
            self.error(keyword, message, "only text is matched");
            return None;
        }
        match Pattern::new(&word.text) {
            Ok(pattern) => Some(Predicate::Matches(pattern)),
            Err(error) => {
                let message = format!("this is not a regular expression: {}", mistake(&error));
                self.error(word.at, message, "a backslash before a sign takes it as it is");
                None
            }
        }
    }

    pub(super) fn orderable(
        &mut self,
        left: &Reading,
        operator: Operator,
        at: &Range<usize>,
    ) -> Option<()> {
        let dimension = left.dimension();
        let mend = if dimension == Dimension::Lines {
            "use `contains` or `matches`".to_owned()
        } else if operator.orders() && !dimension.is_quantity() {
            "use `==` or `!=`; a header field has `.number`".to_owned()
        } else {
            return Some(());
        };
        let message = format!("`{}` is {dimension} and does not compare so", left.text);
        self.error(at.clone(), message, &mend);
        None
    }
}
