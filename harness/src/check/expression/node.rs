//! What a checked expression consists of.

use crate::check::dimension::Dimension;
use crate::check::figure::Figure;
use crate::check::measure::Unit;
use crate::evidence::step::StepId;

/// A statement that is true or false of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// All of them hold.
    All(Vec<Self>),
    /// At least one of them holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// What is read off a step is as claimed.
    Test(Test),
    /// It holds where the condition does; where that does not, nobody can say.
    Given {
        /// What is claimed.
        claim: Box<Self>,
        /// Without which it cannot be put to the test.
        condition: Box<Self>,
    },
}

impl Node {
    /// Calls `visit` with every figure that it reads.
    pub fn each_reading<'a>(&'a self, visit: &mut impl FnMut(&'a Reading)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => {
                for node in nodes {
                    node.each_reading(visit);
                }
            }
            Self::Not(node) => node.each_reading(visit),
            Self::Given { claim, condition } => {
                claim.each_reading(visit);
                condition.each_reading(visit);
            }
            Self::Test(test) => {
                visit(&test.left.reading);
                if let Predicate::Compare { right: Right::Term(term), .. } = &test.predicate {
                    visit(&term.reading);
                }
            }
        }
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What is read.
    pub left: Term,
    /// What is claimed of it.
    pub predicate: Predicate,
}

/// A figure, moved by a fixed amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The figure.
    pub reading: Reading,
    /// What is added to it, in the unit in which its dimension is kept.
    pub offset: f64,
    /// The unit of what is added.
    pub unit: Unit,
}

/// A figure of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The name as written, with its label where it has one.
    pub text: String,
    /// The step.
    pub step: StepId,
    /// What is read off it.
    pub figure: Figure,
    /// The variable parts of its name, in order.
    pub arguments: Vec<Argument>,
}

impl Reading {
    /// What kind of thing it is.
    pub const fn dimension(&self) -> Dimension {
        self.figure.dimension()
    }

    /// The first argument as text, or nothing.
    pub(crate) fn name(&self) -> &str {
        match self.arguments.first() {
            Some(Argument::Text(name)) => name,
            _ => "",
        }
    }
}

/// A variable part of a figure's name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Argument {
    /// A name, a user, a password.
    Text(String),
    /// A place in a list, from 1.
    Index(usize),
    /// Another step, by its label.
    Step(StepId),
}

/// What is claimed of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// It is true.
    Holds,
    /// It is false.
    Fails,
    /// It is there.
    Exists,
    /// It is not there.
    Absent,
    /// It compares as said.
    Compare {
        /// How.
        operator: Operator,
        /// With what.
        right: Right,
        /// How far it may be off and still be equal.
        tolerance: Option<Tolerance>,
    },
    /// It is a quantity between two, both included.
    Between {
        /// The lower, in the unit in which the dimension is kept.
        low: f64,
        /// The higher.
        high: f64,
        /// Their unit.
        unit: Unit,
    },
    /// It equals one of these.
    OneOf(Vec<Literal>),
    /// The text holds this text; the list holds this member; a line holds this text.
    Contains(String),
    /// The text, or a line, matches.
    Matches(Pattern),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    Unlike,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Operator {
    pub(super) fn of_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "==" => Self::Equal,
            "!=" => Self::Unlike,
            "<" => Self::Below,
            "<=" => Self::AtMost,
            ">" => Self::Above,
            ">=" => Self::AtLeast,
            _ => return None,
        })
    }

    /// The operator that says the same with the sides exchanged.
    pub(super) const fn mirrored(self) -> Self {
        match self {
            Self::Equal | Self::Unlike => self,
            Self::Below => Self::Above,
            Self::AtMost => Self::AtLeast,
            Self::Above => Self::Below,
            Self::AtLeast => Self::AtMost,
        }
    }

    /// Whether it asks for an order, and not only for likeness.
    pub(super) const fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::Unlike)
    }
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    /// Another figure.
    Term(Term),
    /// A fixed value.
    Literal(Literal),
}

/// A fixed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A whole number.
    Integer(i128),
    /// A quantity in the unit in which its dimension is kept, and how it is shown.
    Quantity(f64, Unit),
    /// Text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

/// How far a value may be from the one that it has to equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// By this much, in the unit in which the dimension is kept.
    Absolute(f64, Unit),
    /// By this part of the value, as a fraction.
    Relative(f64),
}

/// A regular expression.
#[derive(Clone, Debug)]
pub struct Pattern(regex::Regex);

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Self, regex::Error> {
        regex::Regex::new(text).map(Self)
    }

    /// Whether it matches somewhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
