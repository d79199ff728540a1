//! A run cut into parts that take about as long as each other.

use crate::evidence::durations::Durations;
use crate::evidence::extent::{Shard, ShardRecord};
use std::cmp::Reverse;
use std::num::NonZeroU16;
use std::time::Duration;

/// Shares executions out to `of` shards; each gets its own in the order of `executions`.
///
/// The longest goes first, to the shard that has the least to do until then, and to the first of
/// several such. So the same executions and the same durations give the same shards on every machine;
/// where nothing is known of how long they take, they are dealt out one by one.
pub fn share(executions: &[&str], of: NonZeroU16, durations: &Durations) -> Vec<Vec<String>> {
    let mut waiting: Vec<(Duration, usize, &str)> = executions
        .iter()
        .enumerate()
        .map(|(index, execution)| (durations.expected(execution).time, index, *execution))
        .collect();
    waiting.sort_by_key(|(time, index, _)| (Reverse(*time), *index));
    let mut shards: Vec<(Duration, Vec<(usize, &str)>)> =
        vec![(Duration::ZERO, Vec::new()); usize::from(of.get())];
    for (time, index, execution) in waiting {
        // Of equals the one with the fewest executions: what takes no time is spread too.
        let least = shards.iter_mut().min_by_key(|(load, own)| (*load, own.len()));
        if let Some((load, own)) = least {
            *load += time;
            own.push((index, execution));
        }
    }
    let ordered = |mut own: Vec<(usize, &str)>| {
        own.sort_unstable();
        own.into_iter().map(|(_, execution)| execution.to_owned()).collect()
    };
    shards.into_iter().map(|(_, own)| ordered(own)).collect()
}

/// One shard, with what the others have.
pub fn record(executions: &[&str], shard: Shard, durations: &Durations) -> ShardRecord {
    ShardRecord { shard, plan: share(executions, shard.of(), durations) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::example;
    use crate::evidence::record::Tier;
    use proptest::prelude::*;

    fn shares(times: &[u64], of: u16) -> Vec<Vec<String>> {
        let mut run = example::run("run");
        let ids: Vec<String> = (0..times.len()).map(|index| format!("X-{index:03}")).collect();
        run.cases = ids
            .iter()
            .zip(times)
            .map(|(id, time)| example::record(id, Duration::from_secs(*time)))
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        share(&ids, of.try_into().unwrap(), &Durations::of(&run))
    }

    #[test]
    fn the_longest_go_apart() {
        let shards = shares(&[1, 32, 1, 30, 1, 2], 2);
        assert_eq!(shards, [vec!["X-000", "X-001", "X-004"], vec!["X-002", "X-003", "X-005"]]);
    }

    #[test]
    fn without_times_they_are_dealt_out() {
        let dealt = share(
            &["A", "B", "C", "D", "E"],
            2.try_into().unwrap(),
            &Durations::unknown(Tier::Host),
        );
        assert_eq!(dealt, [vec!["A", "C", "E"], vec!["B", "D"]]);
    }

    proptest! {
        #[test]
        fn each_runs_once_and_no_shard_has_much_more_than_another(
            times in proptest::collection::vec(0_u64..100, 0..60),
            of in 1_u16..9,
        ) {
            let shards = shares(&times, of);
            prop_assert_eq!(shards.len(), usize::from(of));
            let mut all: Vec<_> = shards.concat();
            all.sort();
            prop_assert_eq!(all, (0..times.len()).map(|index| format!("X-{index:03}")).collect::<Vec<_>>());
            let load = |own: &Vec<String>| -> u64 {
                own.iter().map(|id| times[id[2..].parse::<usize>().unwrap()]).sum()
            };
            let (most, least) = (shards.iter().map(load).max(), shards.iter().map(load).min());
            prop_assert!(most.unwrap() - least.unwrap() <= times.iter().copied().max().unwrap_or(0));
        }
    }
}
