//! The options that say how often cases run and in which order.

use crate::drive::clock;
use crate::evidence::record::{Order, Repeats};
use crate::report::flake::CONFIDENCE;
use clap::{Args, ValueEnum};
use std::num::NonZeroU32;

/// How often, and in which order.
#[derive(Args, Clone, Debug)]
pub(super) struct Repetition {
    /// Run everything so often, in as many rounds; with --until-confidence, so often at most
    /// (default: 1, or 1000)
    #[arg(long, value_name = "N")]
    repeat: Option<NonZeroU32>,
    /// Run each case until its flake rate is known to be below or above this, with 95 % confidence:
    /// 5%, or 1%@99%
    #[arg(long, value_name = "RATE", value_parser = Bound::parse)]
    until_confidence: Option<Bound>,
    /// The order of the cases in each round
    #[arg(long, value_enum, default_value_t = Arrangement::Shuffled)]
    order: Arrangement,
    /// Shuffle as the run did that printed this (default: anew)
    #[arg(long, value_name = "N")]
    order_seed: Option<u32>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Arrangement {
    /// As the suite has them
    File,
    /// By chance
    Shuffled,
}

/// The flake rate that is asked about, and with which confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    rate: f64,
    confidence: f64,
}

impl Bound {
    fn parse(text: &str) -> Result<Self, String> {
        let (rate, confidence) = match text.split_once('@') {
            Some((rate, confidence)) => (share(rate)?, share(confidence)?),
            None => (share(text)?, CONFIDENCE),
        };
        Ok(Self { rate, confidence })
    }
}

/// A share between none and all, in per cent.
fn share(text: &str) -> Result<f64, String> {
    let number = text.trim().strip_suffix('%').and_then(|text| text.trim().parse::<f64>().ok());
    match number {
        Some(number) if number > 0.0 && number < 100.0 => Ok(number / 100.0),
        _ => Err(format!("`{text}` is not a share between 0% and 100%; write `5%` or `1%@99%`")),
    }
}

impl Repetition {
    pub(super) fn repeats(&self) -> Repeats {
        let rounds = self.repeat.map(NonZeroU32::get);
        match self.until_confidence {
            None => Repeats::Fixed(rounds.unwrap_or(1)),
            Some(Bound { rate, confidence }) => {
                Repeats::Until { bound: rate, confidence, at_most: rounds.unwrap_or(AT_MOST) }
            }
        }
    }

    /// The order, with the seed that a shuffled one has now.
    pub(super) fn order(&self) -> Order {
        match self.arrangement() {
            Arrangement::File => Order::File,
            Arrangement::Shuffled => Order::Shuffled(u64::from(
                self.order_seed.unwrap_or_else(|| clock::unix_now().subsec_nanos()),
            )),
        }
    }

    /// A seed says that a shuffled order is meant.
    const fn arrangement(&self) -> Arrangement {
        if self.order_seed.is_some() { Arrangement::Shuffled } else { self.order }
    }
}

/// The last round in any case, where the run goes on until something is known.
const AT_MOST: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_share_and_a_confidence() {
        assert_eq!(Bound::parse("5%"), Ok(Bound { rate: 0.05, confidence: 0.95 }));
        assert_eq!(Bound::parse("1%@99%"), Ok(Bound { rate: 0.01, confidence: 0.99 }));
        for wrong in ["5", "0%", "100%", "x%", "1%@", "%"] {
            assert!(Bound::parse(wrong).is_err(), "{wrong}");
        }
    }
}
