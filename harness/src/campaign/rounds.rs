//! The rounds of a run: what runs in each, and in which order.

use super::plan::Planned;
use crate::evidence::record::{Order, Repeats};
use crate::report::JudgedCase;
use crate::report::flake::tallies;
use std::collections::BTreeSet;

/// What is to run, how often and in which order.
#[derive(Clone, Copy, Debug)]
pub struct Rounds<'a> {
    /// The executions, in the order of the suite.
    pub executions: &'a [Planned],
    /// The order in which a round has them.
    pub order: Order,
    /// How many rounds.
    pub repeats: Repeats,
}

impl Rounds<'_> {
    /// What round `round`, counted from 1, has to run after `cases` have run. Nothing: the run is done.
    pub fn round(&self, round: u32, cases: &[JudgedCase]) -> Vec<Planned> {
        if round > self.repeats.at_most() {
            return Vec::new();
        }
        let settled: BTreeSet<&str> = match self.repeats {
            Repeats::Fixed(_) => BTreeSet::new(),
            Repeats::Until { .. } => {
                let settled = tallies(cases).into_iter();
                let settled = settled.filter(|tally| tally.is_settled(self.repeats));
                settled.map(|tally| tally.execution).collect()
            }
        };
        let left = self.executions.iter().filter(|it| !settled.contains(it.execution.as_str()));
        let mut left: Vec<_> =
            left.map(|planned| Planned { repeat: round, ..planned.clone() }).collect();
        if let Order::Shuffled(seed) = self.order {
            fastrand::Rng::with_seed(seed ^ u64::from(round).rotate_left(32)).shuffle(&mut left);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(id: u32) -> Planned {
        let scenario = format!("T/T-{id:02}.yaml");
        Planned {
            execution: format!("T-{id:02}"),
            scenario,
            repeat: 1,
            values: std::collections::BTreeMap::new(),
            roles: Vec::new(),
            reaches: Vec::new(),
            certificates: Vec::new(),
        }
    }

    fn ids(order: Order, round: u32) -> Vec<String> {
        let executions: Vec<_> = (1..=30).map(planned).collect();
        let rounds = Rounds { executions: &executions, order, repeats: Repeats::Fixed(3) };
        rounds.round(round, &[]).iter().map(Planned::label).collect()
    }

    #[test]
    fn a_seed_makes_the_same_order_again_and_each_round_has_its_own() {
        let (first, second) = (ids(Order::Shuffled(5), 1), ids(Order::Shuffled(5), 2));
        assert_eq!(first, ids(Order::Shuffled(5), 1));
        assert_ne!(first, ids(Order::Shuffled(6), 1));
        let bare = |ids: &[String]| -> Vec<_> {
            ids.iter().filter_map(|id| Some(id.split('#').next()?.to_owned())).collect()
        };
        assert_ne!(first, bare(&second));
        let mut sorted = bare(&second);
        sorted.sort();
        assert_eq!(sorted, ids(Order::File, 1));
        assert_eq!(second.iter().filter(|id| id.ends_with("#2")).count(), 30);
        assert!(ids(Order::File, 4).is_empty());
    }
}
