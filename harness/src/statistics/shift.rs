//! Whether values moved between two samples, over several strata at once.
//!
//! The aligned rank test of J. L. Hodges and E. L. Lehmann, *Rank methods for combination of independent
//! experiments in analysis of variance*, Annals of Mathematical Statistics 33 (1962), 482–497, §3. From
//! each value the mean of its stratum is taken, all values of all strata are ranked together (equal ones
//! share the mean of their ranks), and `T` is the sum of the ranks of the new ones. Where nothing but
//! chance tells old from new in a stratum, each choice of the `n` new among its `N` values is as likely as
//! any other, so that
//!
//! ```text
//! E[T] = Σ n · r̄        Var[T] = Σ n · (N − n) / (N · (N − 1)) · Σ (r − r̄)²
//! ```
//!
//! with the sums over the strata and `r̄` the mean rank of a stratum. With one stratum it is the test of
//! Wilcoxon, Mann and Whitney; with pairs it is Wilcoxon's signed-rank test. No distribution is assumed,
//! and a few wild values carry no more weight than their ranks.
//!
//! Up to [`EXACT`] values the probability is that of the permutations themselves, counted; above, that of
//! the normal distribution with this mean and variance. The shift is the median of all differences of a
//! new and an old value of the same stratum; its interval has all shifts that the test does not refuse.

/// The values of one figure in two samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stratum {
    /// Before.
    pub old: Vec<f64>,
    /// After.
    pub new: Vec<f64>,
}

/// By how much values moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The best estimate; positive where the new values are larger.
    pub estimate: f64,
    /// The lower end of its interval; infinite where there are too few values to bound it.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of so much by chance if no more than the allowance had moved, in either direction.
    pub p: f64,
    /// The smallest probability that so few values could have given.
    pub least: f64,
}

/// Compares old and new in all strata that have both; `None` where there is none.
///
/// A true shift of up to `allowance` either way counts as none. The interval has this confidence.
pub fn shift(strata: &[Stratum], allowance: f64, confidence: f64) -> Option<Shift> {
    let strata: Vec<&Stratum> =
        strata.iter().filter(|it| !it.old.is_empty() && !it.new.is_empty()).collect();
    let mut differences: Vec<f64> = strata
        .iter()
        .flat_map(|it| it.new.iter().flat_map(|new| it.old.iter().map(move |old| new - old)))
        .collect();
    differences.sort_by(f64::total_cmp);
    let (lowest, highest) = (*differences.first()?, *differences.last()?);
    let tail = (1.0 - confidence) / 2.0;
    let (above, below) = (|by| tails(&strata, by).0, |by| tails(&strata, by).1);
    // Beyond every difference nothing can be more extreme.
    let margin = (highest - lowest).abs().max(highest.abs()).max(lowest.abs()).max(1e3 * GRAIN);
    let low = if above(lowest - margin) > tail {
        f64::NEG_INFINITY
    } else {
        edge(lowest - margin, highest + margin, |by| above(by) > tail)
    };
    let high = if below(highest + margin) > tail {
        f64::INFINITY
    } else {
        edge(highest + margin, lowest - margin, |by| below(by) > tail)
    };
    let p = (2.0 * above(allowance).min(below(-allowance))).min(1.0);
    let least = strata.iter().map(|it| -ln_choose(it.old.len(), it.new.len())).sum::<f64>().exp();
    Some(Shift { estimate: median(&differences), low, high, p, least: (2.0 * least).min(1.0) })
}

/// The adjustment of S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian
/// Journal of Statistics 6 (1979), 65–70: probabilities that can be compared with one level however many
/// there are, so that a single wrong one among all is no likelier than the level.
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = probabilities.iter().copied().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut adjusted = vec![1.0; probabilities.len()];
    let mut highest = 0.0_f64;
    for (rank, (place, p)) in order.iter().enumerate() {
        highest = highest.max(p * real(order.len() - rank)).min(1.0);
        if let Some(slot) = adjusted.get_mut(*place) {
            *slot = highest;
        }
    }
    adjusted
}

/// The median of sorted values; zero of none.
pub fn median(sorted: &[f64]) -> f64 {
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    }
}

/// The probabilities of a `T` at least, and at most, as large as it is when `by` is taken off every new
/// value.
fn tails(strata: &[&Stratum], by: f64) -> (f64, f64) {
    let aligned = aligned_ranks(strata, by);
    let values: usize = aligned.iter().map(Vec::len).sum();
    if values <= EXACT { exact(&aligned) } else { normal(&aligned) }
}

/// A rank, doubled so that it is whole, and whether it is of a new value.
type Rank = (u32, bool);

fn aligned_ranks(strata: &[&Stratum], by: f64) -> Vec<Vec<Rank>> {
    let mut all: Vec<(f64, usize, bool)> = Vec::new();
    for (index, stratum) in strata.iter().enumerate() {
        let values = stratum.old.iter().map(|value| (*value, false));
        let values: Vec<_> =
            values.chain(stratum.new.iter().map(|value| (value - by, true))).collect();
        let mean = values.iter().map(|(value, _)| value).sum::<f64>() / real(values.len());
        all.extend(values.into_iter().map(|(value, is_new)| (grain(value - mean), index, is_new)));
    }
    all.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let mut ranks: Vec<Vec<Rank>> = vec![Vec::new(); strata.len()];
    let mut below = 0_u32;
    for tied in all.chunk_by(|(one, ..), (other, ..)| one.total_cmp(other).is_eq()) {
        let count = u32::try_from(tied.len()).unwrap_or(u32::MAX);
        // Twice the mean of the ranks `below + 1` to `below + count`.
        let doubled = 2 * below + count + 1;
        below += count;
        for (_, index, is_new) in tied {
            if let Some(stratum) = ranks.get_mut(*index) {
                stratum.push((doubled, *is_new));
            }
        }
    }
    ranks
}

/// Values that differ by the rounding of a mean alone are equal.
fn grain(value: f64) -> f64 {
    (value / GRAIN).round() * GRAIN + 0.0
}

/// By counting every permutation.
fn exact(strata: &[Vec<Rank>]) -> (f64, f64) {
    let observed: u32 = strata.iter().flatten().filter(|rank| rank.1).map(|rank| rank.0).sum();
    let mut chances = vec![1.0];
    for stratum in strata {
        let new = stratum.iter().filter(|rank| rank.1).count();
        let sum: u32 = stratum.iter().map(|rank| rank.0).sum();
        let length = usize::try_from(sum).unwrap_or(usize::MAX).saturating_add(1);
        // How many choices of so many values have this sum of ranks.
        let mut choices = vec![vec![0.0; length]; new + 1];
        if let Some(none) = choices.first_mut().and_then(|sums| sums.first_mut()) {
            *none = 1.0;
        }
        for (rank, _) in stratum {
            let rank = usize::try_from(*rank).unwrap_or(usize::MAX);
            for count in (1..=new).rev() {
                let (fewer, more) = choices.split_at_mut(count);
                let (Some(from), Some(to)) = (fewer.last(), more.first_mut()) else { continue };
                for (slot, ways) in to.iter_mut().skip(rank).zip(from) {
                    *slot += ways;
                }
            }
        }
        let ways = choices.pop().unwrap_or_default();
        let all: f64 = ways.iter().sum();
        let mut joined = vec![0.0; chances.len() + ways.len() - 1];
        for (start, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
            for (slot, ways) in joined.iter_mut().skip(start).zip(&ways) {
                *slot += chance * ways / all;
            }
        }
        chances = joined;
    }
    let observed = usize::try_from(observed).unwrap_or(usize::MAX);
    let at_least: f64 = chances.iter().skip(observed).sum();
    let at_most: f64 = chances.iter().take(observed.saturating_add(1)).sum();
    (at_least.min(1.0), at_most.min(1.0))
}

/// By the normal distribution.
fn normal(strata: &[Vec<Rank>]) -> (f64, f64) {
    let (mut distance, mut variance) = (0.0, 0.0);
    for stratum in strata {
        let all = real(stratum.len());
        let mean = stratum.iter().map(|rank| f64::from(rank.0)).sum::<f64>() / all;
        let spread: f64 = stratum.iter().map(|rank| (f64::from(rank.0) - mean).powi(2)).sum();
        let new = real(stratum.iter().filter(|rank| rank.1).count());
        let sum = stratum.iter().filter(|rank| rank.1).map(|rank| f64::from(rank.0)).sum::<f64>();
        distance += sum - new * mean;
        if all > 1.0 {
            variance += new * (all - new) / (all * (all - 1.0)) * spread;
        }
    }
    if variance <= 0.0 {
        return (1.0, 1.0);
    }
    let z = distance / variance.sqrt();
    (beyond(z), beyond(-z))
}

/// The probability that a standard normal value exceeds `z`.
///
/// By the expansion of the complementary error function in M. Abramowitz, I. A. Stegun, *Handbook of
/// Mathematical Functions* (1964): series 26.2.10 near zero, continued fraction 26.2.14 in the tail.
fn beyond(z: f64) -> f64 {
    let x = z.abs();
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let tail = if x < 3.0 {
        let (mut term, mut sum) = (x, x);
        for k in 1..100 {
            term *= x * x / f64::from(2 * k + 1);
            sum += term;
        }
        0.5 - density * sum
    } else {
        let fraction = (1..=60).rev().fold(0.0, |below, k| f64::from(k) / (x + below));
        density / (x + fraction)
    };
    if z >= 0.0 { tail } else { 1.0 - tail }
}

/// Where a condition that fails at `from` and holds at `to` begins to hold.
fn edge(from: f64, to: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut outside, mut inside) = (from, to);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(outside, inside);
        if holds(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    inside
}

/// The logarithm of the number of ways to choose which `new` of all are new.
fn ln_choose(old: usize, new: usize) -> f64 {
    (1..=new).map(|k| (real(old + k) / real(k)).ln()).sum()
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^53 values")]
const fn real(count: usize) -> f64 {
    count as f64
}

/// Up to how many values the permutations are counted.
pub const EXACT: usize = 24;
/// A tenth of a nanosecond, for times: far below what anything measures.
const GRAIN: f64 = 1e-10;
const HALVINGS: u32 = 40;

#[cfg(test)]
mod tests;
