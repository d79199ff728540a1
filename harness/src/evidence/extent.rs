//! How much of a suite a run was to go through, and which runs a merged one is made of.

use super::record::{Calibration, Order, Spread};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// What a run was to do, so that it can be gone on with and put together with others.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Extent {
    /// Every execution that it was to make, in the order of the suite. Empty: an older ringtrue made
    /// the run and did not say.
    pub executions: Vec<String>,
    /// Which part of a larger run it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardRecord>,
    /// The path of the rig's file, as it was given.
    pub rig: String,
    /// The path of the suite, as it was given; [`HERE`] where none was.
    pub root: String,
    /// How many cases ran at once.
    pub lanes: u8,
    /// The shards that were not there when the others were merged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Shard>,
    /// When it was gone on with after an interruption, in nanoseconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resumed_unix_ns: Vec<u64>,
}

/// The path of a suite that a command finds where it is given.
pub const HERE: &str = ".";

/// One of several runs that share a suite among them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ShardRecord {
    /// Which.
    pub shard: Shard,
    /// The executions of every shard, the first shard first.
    pub plan: Vec<Vec<String>>,
}

/// Which part of how many: `2/4`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    of: NonZeroU16,
    number: NonZeroU16,
}

/// Why a text is not a shard.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ShardError {
    /// It is not two numbers with a slash between them.
    #[error("a shard is `i/n`, such as 2/4: the second of four")]
    Form,
    /// The first number is not one of those that the second allows.
    #[error("there is no such shard: they are 1/{0} to {0}/{0}")]
    Range(NonZeroU16),
}

impl Shard {
    /// The shard of this number, counted from 1; none where there are not so many.
    pub fn new(number: NonZeroU16, of: NonZeroU16) -> Option<Self> {
        (number <= of).then_some(Self { of, number })
    }

    /// Every shard of a run that is cut into so many.
    pub fn all(of: NonZeroU16) -> impl Iterator<Item = Self> {
        (1..=of.get()).filter_map(NonZeroU16::new).filter_map(move |number| Self::new(number, of))
    }

    /// How many there are.
    pub const fn of(self) -> NonZeroU16 {
        self.of
    }

    /// Its place among them, counted from 0.
    pub fn index(self) -> usize {
        usize::from(self.number.get()) - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (number, of) = text.split_once('/').ok_or(ShardError::Form)?;
        let of = NonZeroU16::from_str(of).map_err(|_| ShardError::Form)?;
        let number = u16::from_str(number).map_err(|_| ShardError::Form)?;
        let number = NonZeroU16::new(number).ok_or(ShardError::Range(of))?;
        Self::new(number, of).ok_or(ShardError::Range(of))
    }
}

impl TryFrom<String> for Shard {
    type Error = ShardError;

    fn try_from(text: String) -> Result<Self, ShardError> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

/// One of the runs that a merged run is made of.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PartRecord {
    /// The name of its folder.
    pub id: String,
    /// Which shard it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Whether it came to its end.
    pub ended: PartEnd,
    /// When it began, in nanoseconds since 1970-01-01 UTC.
    pub started_unix_ns: u64,
    /// The order in which its cases ran.
    pub order: Order,
    /// The name of its rig's file, below the inputs.
    pub rig: String,
    /// What executed the instructions of its virtual board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
    /// The errors of its bench.
    pub calibration: Calibration,
    /// How many cases it gave.
    pub cases: usize,
}

/// How a part of a merged run ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartEnd {
    /// It ran all that it was to run, or was stopped in good order.
    Sealed,
    /// It was killed: what it had finished is here, and its record has no sum.
    Killed,
}

impl Calibration {
    /// What is true of the benches of both: no error of either was larger.
    ///
    /// Each figure is the larger one. A quantile of both samples taken together is never above the
    /// larger of their own, so the result is a bound; it is no measurement.
    #[must_use]
    pub fn bound(&self, other: &Self) -> Self {
        let worse = |one: &Option<Spread>, other: &Option<Spread>| match (one, other) {
            (Some(one), Some(other)) => Some(Spread {
                count: one.count.saturating_add(other.count),
                p50: one.p50.max(other.p50),
                p99: one.p99.max(other.p99),
                // Not known of one of them is not known of both.
                p999: one.p999.zip(other.p999).map(|(one, other)| one.max(other)),
                max: one.max.max(other.max),
            }),
            (one, other) => one.or(*other),
        };
        let scheduling = match (&self.scheduling, &other.scheduling) {
            (Some(one), Some(other)) if one != other => Some(format!("{one}; {other}")),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        Self {
            pacing: worse(&self.pacing, &other.pacing),
            stamping: worse(&self.stamping, &other.stamping),
            scheduling,
            sending: worse(&self.sending, &other.sending),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1/1", Ok("1/1"))]
    #[case("4/4", Ok("4/4"))]
    #[case("5/4", Err("there is no such shard: they are 1/4 to 4/4"))]
    #[case("0/4", Err("there is no such shard: they are 1/4 to 4/4"))]
    #[case("2", Err("a shard is `i/n`, such as 2/4: the second of four"))]
    #[case("1/0", Err("a shard is `i/n`, such as 2/4: the second of four"))]
    #[case("a/4", Err("a shard is `i/n`, such as 2/4: the second of four"))]
    fn a_shard_is_one_of_several(#[case] text: &str, #[case] expected: Result<&str, &str>) {
        let read = text.parse::<Shard>().map(|it| it.to_string()).map_err(|it| it.to_string());
        assert_eq!(read, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn the_bound_of_two_benches_is_no_better_than_either() {
        let spread =
            |p50, p99, max| Some(Spread { count: 100, p50, p99, p999: Some(p99 + 1), max });
        let bench = |pacing, scheduling: &str| Calibration {
            pacing,
            stamping: None,
            scheduling: Some(scheduling.to_owned()),
            sending: None,
        };
        let (one, other) = (bench(spread(10, 90, 95), "fifo"), bench(spread(20, 30, 200), "other"));
        let expected = Calibration {
            pacing: Some(Spread { count: 200, p50: 20, p99: 90, p999: Some(91), max: 200 }),
            stamping: None,
            scheduling: Some("fifo; other".to_owned()),
            sending: None,
        };
        assert_eq!(one.bound(&other), expected);
        assert_eq!(one.bound(&Calibration::default()), one);
    }
}
