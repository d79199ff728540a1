//! How often something happens, from how often it did: a rate and the interval that holds it.

/// An interval that holds the true rate with a stated confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end, 0 at least.
    pub low: f64,
    /// The upper end, 1 at most.
    pub high: f64,
}

/// The exact interval of a binomial proportion: `hits` of `runs`, where the number of runs was set
/// beforehand.
///
/// C. J. Clopper, E. S. Pearson, *The use of confidence or fiducial limits illustrated in the case of the
/// binomial*, Biometrika 26 (1934), 404–413: `low` is the rate at which `hits` or more have the
/// probability `α/2`, `high` that at which `hits` or fewer have it, with `α = 1 − confidence`.
pub fn exact(hits: u32, runs: u32, confidence: f64) -> Interval {
    let tail = (1.0 - confidence) / 2.0;
    let low = if hits == 0 {
        0.0
    } else {
        // The probability of `hits` or more grows with the rate.
        root(0.0, 1.0, |rate| 1.0 - at_most(hits - 1, runs, rate) - tail)
    };
    let high =
        if hits >= runs { 1.0 } else { root(0.0, 1.0, |rate| tail - at_most(hits, runs, rate)) };
    Interval { low, high }
}

/// The interval where somebody looks after every run and stops when it is narrow enough.
///
/// I. Waudby-Smith, A. Ramdas, *Confidence sequences for sampling without replacement*, Advances in Neural Information Processing
/// Systems 33 (2020),
/// §2: the ratio of a prior to the posterior is a nonnegative martingale under the true rate, so by
/// Ville's inequality it exceeds `1/α` at any time with a probability of at most `α`. With the uniform
/// prior the interval is all rates `p` for which `(n+1) · C(n,k) · p^k · (1−p)^(n−k) ≥ α`. It holds at
/// every number of runs at once; [`exact`] does not.
pub fn anytime(hits: u32, runs: u32, confidence: f64) -> Interval {
    let threshold = (1.0 - confidence).ln();
    let posterior =
        |rate: f64| (f64::from(runs) + 1.0).ln() + ln_probability(hits, runs, rate) - threshold;
    let peak = if runs == 0 { 0.5 } else { f64::from(hits) / f64::from(runs) };
    let low = if hits == 0 { 0.0 } else { root(0.0, peak, posterior) };
    let high = if hits >= runs { 1.0 } else { root(peak, 1.0, |rate| -posterior(rate)) };
    Interval { low, high }
}

/// The probability of `hits` or fewer of `runs`.
fn at_most(hits: u32, runs: u32, rate: f64) -> f64 {
    (0..=hits).map(|count| ln_probability(count, runs, rate).exp()).sum::<f64>().min(1.0)
}

/// The logarithm of the probability of exactly `hits` of `runs`.
fn ln_probability(hits: u32, runs: u32, rate: f64) -> f64 {
    let misses = runs.saturating_sub(hits);
    let power = |base: f64, exponent: u32| {
        // Nothing to the power of nothing is one.
        if exponent == 0 { 0.0 } else { f64::from(exponent) * base.ln() }
    };
    ln_choose(runs, hits) + power(rate, hits) + power(1.0 - rate, misses)
}

fn ln_choose(all: u32, chosen: u32) -> f64 {
    let fewer = chosen.min(all.saturating_sub(chosen));
    (1..=fewer).map(|k| (f64::from(all - fewer + k) / f64::from(k)).ln()).sum()
}

/// Where a function that grows from below zero to above it is zero.
fn root(low: f64, high: f64, grows: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (low, high);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if grows(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Enough for every bit of a double.
const HALVINGS: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Values of R's `binom.test`.
    #[rstest]
    #[case(0, 10, 0.0, 0.308_497)]
    #[case(1, 10, 0.002_529, 0.445_016)]
    #[case(5, 10, 0.187_086, 0.812_914)]
    #[case(10, 10, 0.691_503, 1.0)]
    #[case(3, 100, 0.006_230, 0.085_176)]
    fn the_exact_interval_is_that_of_the_tables(
        #[case] hits: u32,
        #[case] runs: u32,
        #[case] low: f64,
        #[case] high: f64,
    ) {
        let found = exact(hits, runs, 0.95);
        assert!((found.low - low).abs() < 1e-5 && (found.high - high).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn who_stops_when_it_suits_has_to_pay_for_it() {
        for (hits, runs) in [(0, 20), (1, 20), (10, 20), (20, 20)] {
            let (fixed, always) = (exact(hits, runs, 0.95), anytime(hits, runs, 0.95));
            assert!(always.low <= fixed.low && fixed.high <= always.high, "{hits} of {runs}");
        }
        // (0.05 / (n + 1))^(1 / n), by hand.
        let high = 1.0 - (0.05_f64 / 144.0).powf(1.0 / 143.0);
        assert!((anytime(0, 143, 0.95).high - high).abs() < 1e-9);
        assert!(anytime(0, 0, 0.95) == Interval { low: 0.0, high: 1.0 });
    }

    /// The claim itself: a rate of 10 %, looked at after each of 60 runs, two hundred times.
    #[test]
    fn the_anytime_interval_holds_at_every_look() {
        let mut random = fastrand::Rng::with_seed(7);
        let left = (0..200).filter(|_| {
            let mut hits = 0;
            (1..=60).any(|runs| {
                hits += u32::from(random.f64() < 0.1);
                let Interval { low, high } = anytime(hits, runs, 0.95);
                !(low..=high).contains(&0.1)
            })
        });
        assert!(left.count() <= 10);
    }
}
