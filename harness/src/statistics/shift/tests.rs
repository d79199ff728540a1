use super::*;
use rstest::rstest;

fn one(old: &[f64], new: &[f64]) -> Stratum {
    Stratum { old: old.to_vec(), new: new.to_vec() }
}

fn p(strata: &[Stratum]) -> f64 {
    shift(strata, 0.0, 0.95).unwrap().p
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6 + other.abs() * 1e-4
}

/// Wilcoxon, Mann and Whitney: 2 of 20 choices are as extreme.
#[test]
fn one_stratum_is_the_rank_sum_test() {
    assert!(near(p(&[one(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0])]), 0.1));
    // Five old values before none, none, one, two and two of the new: U = 5, and 1 + 1 + 2 + 3 + 5 + 7 of 252
    // choices have no more.
    let (x, y) = ([1.1, 2.2, 3.3, 4.4, 5.5], [2.7, 3.9, 6.1, 7.2, 8.8]);
    assert!(near(p(&[one(&x, &y)]), 38.0 / 252.0));
}

/// Wilcoxon's signed ranks: of 2^8 ways of signs, 1 + 1 + 1 + 2 + 2 have a sum of at most 4, and so on.
#[test]
fn pairs_are_the_signed_rank_test() {
    let differences: [f64; 8] = [3.0, -1.0, 4.0, 2.0, 5.0, 6.0, 7.0, 8.0];
    let pairs: Vec<_> = differences.iter().map(|it| one(&[10.0], &[10.0 + it])).collect();
    // W- = 1: two of 256 ways on each side.
    assert!(near(p(&pairs), 4.0 / 256.0));
}

#[test]
fn many_values_go_by_the_normal_distribution() {
    let values = |from: u32| (0..40).map(|k| f64::from(from + 7 * k % 40)).collect::<Vec<_>>();
    let found = shift(&[one(&values(0), &values(10))], 0.0, 0.95).unwrap();
    assert!(near(found.estimate, 10.0) && found.low > 4.0 && found.high < 16.0, "{found:?}");
    // By the formula of the module, apart: z = 3.368469.
    assert!(near(found.p, 7.558_69e-4), "{found:?}");
}

#[rstest]
#[case(0.0, 0.5)]
#[case(1.0, 0.158_655_254)]
#[case(1.959_964, 0.025)]
#[case(3.5, 2.326_291e-4)]
#[case(-1.0, 0.841_344_746)]
#[case(8.0, 6.220_961e-16)]
fn the_normal_tail_is_that_of_the_tables(#[case] z: f64, #[case] tail: f64) {
    assert!((beyond(z) / tail - 1.0).abs() < 1e-5, "{}", beyond(z));
}

/// Strata of very different size and place, all 3 ms slower.
#[test]
fn a_shift_of_all_is_found_over_strata_that_nothing_else_joins() {
    let mut random = fastrand::Rng::with_seed(3);
    let strata: Vec<_> = (0..40)
        .map(|k| {
            let base = f64::from(k * k);
            let value = |random: &mut fastrand::Rng| base + random.f64() * 0.002;
            one(&[value(&mut random)], &[value(&mut random) + 0.003])
        })
        .collect();
    let found = shift(&strata, 0.001, 0.95).unwrap();
    assert!((found.estimate - 0.003).abs() < 0.000_5 && found.p < 1e-6, "{found:?}");
    assert!(found.low < 0.003 && 0.003 < found.high, "{found:?}");
    // What the bench may be off by explains it all.
    assert!(shift(&strata, 0.004, 0.95).unwrap().p > 0.99);
}

/// The claim itself: of a thousand comparisons of noise with noise, no more than the level are found.
#[test]
fn noise_is_not_found() {
    let mut random = fastrand::Rng::with_seed(11);
    let mut found = 0;
    for _ in 0..1_000 {
        let strata: Vec<_> = (0..4)
            .map(|_| {
                // A long tail, as the times of a busy machine have.
                let mut values = || (0..3).map(|_| -random.f64().ln().powi(3)).collect::<Vec<_>>();
                Stratum { old: values(), new: values() }
            })
            .collect();
        let (above, below) = tails(&strata.iter().collect::<Vec<_>>(), 0.0);
        found += u32::from(2.0 * above.min(below) <= 0.05);
    }
    assert!((20..=60).contains(&found), "{found}");
}

#[test]
fn too_few_values_bound_nothing_and_say_so() {
    let found = shift(&[one(&[1.0], &[9.0])], 0.0, 0.95).unwrap();
    assert!(near(found.least, 1.0) && near(found.p, 1.0));
    assert!(found.low.is_infinite() && found.high.is_infinite() && near(found.estimate, 8.0));
    assert!(near(shift(&[one(&[1.0; 5], &[2.0; 5])], 0.0, 0.95).unwrap().least, 2.0 / 252.0));
    assert_eq!(shift(&[one(&[], &[1.0])], 0.0, 0.95), None);
}

#[test]
fn what_is_the_same_has_not_moved() {
    let strata: Vec<_> =
        (0..50).map(|k| one(&[f64::from(k) / 3.0], &[f64::from(k) / 3.0])).collect();
    let found = shift(&strata, 0.0, 0.95).unwrap();
    assert!(near(found.p, 1.0) && found.estimate.abs() < 1e-12);
}

#[test]
fn many_tests_share_one_level() {
    let adjusted = holm(&[0.01, 0.04, 0.03]);
    for (found, wanted) in adjusted.iter().zip([0.03, 0.06, 0.06]) {
        assert!(near(*found, wanted), "{adjusted:?}");
    }
}
