//! One way of one point.

use super::{Cause, Fate, Impairment, Jitter, Loss};
use crate::time::Tick;
use std::f64::consts::TAU;
use std::time::Duration;

/// One way, as it is impaired: decides the fate of each datagram that enters it.
#[derive(Clone, Debug)]
pub struct Impairer {
    asked: Impairment,
    random: fastrand::Rng,
    bad: bool,
    /// When the link has sent what is queued.
    free_at: Tick,
    /// When the last one arrives that was not held back: none overtakes it.
    latest: Tick,
}

impl Impairer {
    /// A way that does what is asked, by a seed.
    pub fn new(asked: Impairment, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { asked, random, bad: false, free_at: Tick::ZERO, latest: Tick::ZERO }
    }

    /// Decides on a datagram of so many bytes that enters at `now`.
    ///
    /// Datagrams are to be given in the order in which they enter.
    pub fn carry(&mut self, now: Tick, bytes: usize) -> Fate {
        if self.asked.loss.is_some_and(|loss| self.loses(loss)) {
            return Fate::Lost(Cause::Loss);
        }
        let mut at = now;
        if let Some(rate) = self.asked.rate {
            let begins = now.max(self.free_at);
            if begins.since(now) > rate.queue {
                return Fate::Lost(Cause::Queue);
            }
            let bits = f64::from(u32::try_from((bytes + HEADERS) * 8).unwrap_or(u32::MAX));
            self.free_at = begins + Duration::from_secs_f64(bits / rate.bits);
            at = self.free_at;
        }
        at = at + self.asked.delay + self.jitter();
        at = at.max(self.latest);
        let reorder = self.asked.reorder;
        match reorder.filter(|reorder| self.random.f64() < reorder.part) {
            Some(reorder) => at = at + reorder.by,
            None => self.latest = at,
        }
        let twice = self.asked.duplicate > 0.0 && self.random.f64() < self.asked.duplicate;
        Fate::Carried { delay: at.since(now), copies: if twice { 2 } else { 1 } }
    }

    fn loses(&mut self, loss: Loss) -> bool {
        let moves = if self.bad { loss.leave } else { loss.enter };
        self.bad ^= self.random.f64() < moves;
        self.random.f64() < if self.bad { loss.bad } else { loss.good }
    }

    fn jitter(&mut self) -> Duration {
        let Some(jitter) = self.asked.jitter else { return Duration::ZERO };
        // In (0, 1], so that its logarithm is a number.
        let chance = 1.0 - self.random.f64();
        match jitter {
            Jitter::Uniform(span) => span.mul_f64(chance),
            Jitter::Exponential(mean) => mean.mul_f64(-chance.ln()),
            Jitter::Normal(deviation) => {
                let wave = (TAU * self.random.f64()).cos();
                deviation.mul_f64(((-2.0 * chance.ln()).sqrt() * wave).abs())
            }
        }
    }
}

/// IPv4 and UDP headers, bytes.
const HEADERS: usize = 28;

#[cfg(test)]
mod tests {
    use super::super::{Rate, Reorder};
    use super::*;
    use rstest::rstest;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// The fates of packets of G.711, one each 20 ms.
    fn fates(asked: Impairment, count: u64) -> Vec<Fate> {
        let mut path = Impairer::new(asked, 7);
        (0..count).map(|n| path.carry(Tick::ZERO + ms(20 * n), 172)).collect()
    }

    /// A number of things as a real number.
    fn real(count: usize) -> f64 {
        f64::from(u32::try_from(count).unwrap())
    }

    fn lost(fates: &[Fate]) -> f64 {
        let lost = fates.iter().filter(|fate| matches!(fate, Fate::Lost(_))).count();
        real(lost) / real(fates.len())
    }

    fn delays(fates: &[Fate]) -> Vec<f64> {
        let delay = |fate: &Fate| match fate {
            Fate::Carried { delay, .. } => Some(delay.as_secs_f64()),
            Fate::Lost(_) => None,
        };
        fates.iter().filter_map(delay).collect()
    }

    #[test]
    fn nothing_asked_is_nothing_done() {
        let through = Fate::Carried { delay: Duration::ZERO, copies: 1 };
        assert!(fates(Impairment::default(), 50).iter().all(|fate| *fate == through));
    }

    #[test]
    fn the_same_seed_does_the_same_and_another_does_not() {
        let asked = Impairment { loss: Some(Loss::random(0.3)), ..Impairment::default() };
        let with = |seed| {
            let mut path = Impairer::new(asked, seed);
            (0..64).map(|_| path.carry(Tick::ZERO, 172)).collect::<Vec<_>>()
        };
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }

    #[rstest]
    #[case(Loss::random(0.05), 1.05)]
    #[case(Loss::bursts(0.05, 4.0), 4.0)]
    #[case(Loss { enter: 0.02, leave: 0.25, good: 0.001, bad: 0.6 }, 1.8)]
    fn losses_are_as_many_and_as_long_as_was_asked(#[case] loss: Loss, #[case] burst: f64) {
        let asked = Impairment { loss: Some(loss), ..Impairment::default() };
        let seen = fates(asked, 200_000);
        assert!((lost(&seen) / loss.part() - 1.0).abs() < 0.05, "{} {}", lost(&seen), loss.part());
        let runs = seen.chunk_by(|a, b| matches!((a, b), (Fate::Lost(_), Fate::Lost(_))));
        let runs: Vec<_> =
            runs.filter(|run| matches!(run[0], Fate::Lost(_))).map(<[Fate]>::len).collect();
        let mean = real(runs.iter().sum()) / real(runs.len());
        assert!((mean / burst - 1.0).abs() < 0.1, "{mean} is not {burst}");
    }

    #[rstest]
    #[case(Jitter::Uniform(ms(10)), 0.005)]
    #[case(Jitter::Exponential(ms(3)), 0.003)]
    #[case(Jitter::Normal(ms(4)), 0.004 * 0.797_88)]
    fn jitter_has_the_mean_of_its_kind_and_overtakes_nothing(
        #[case] jitter: Jitter,
        #[case] mean: f64,
    ) {
        let asked = Impairment { delay: ms(30), jitter: Some(jitter), ..Impairment::default() };
        let seen = delays(&fates(asked, 50_000));
        let found = seen.iter().sum::<f64>() / real(seen.len()) - 0.03;
        assert!((found / mean - 1.0).abs() < 0.03, "{found} is not {mean}");
        let arrivals: Vec<_> = seen.iter().zip(0..).map(|(d, n)| d + 0.02 * f64::from(n)).collect();
        assert!(arrivals.is_sorted_by(|a, b| a - 1e-9 < *b), "one overtook another");
    }

    #[test]
    fn what_is_held_back_is_overtaken() {
        let reorder = Some(Reorder { part: 0.1, by: ms(30) });
        let seen = delays(&fates(Impairment { reorder, ..Impairment::default() }, 10_000));
        let held = seen.iter().filter(|delay| **delay > 0.0).count();
        assert!((900..1_100).contains(&held), "{held}");
        assert!(seen.iter().all(|delay| *delay == 0.0 || (*delay - 0.03).abs() < 1e-9));
    }

    #[test]
    fn some_come_twice() {
        let seen = fates(Impairment { duplicate: 0.2, ..Impairment::default() }, 10_000);
        let twice = seen.iter().filter(|fate| matches!(fate, Fate::Carried { copies: 2, .. }));
        assert!((1_900..2_100).contains(&twice.count()));
    }

    #[test]
    fn a_slow_link_queues_and_then_loses() {
        // A packet of 200 bytes takes 40 ms at 40 kbit/s: half of them do not fit.
        let rate = Some(Rate { bits: 40_000.0, queue: ms(100) });
        let seen = fates(Impairment { rate, ..Impairment::default() }, 1_000);
        assert_eq!(seen[0], Fate::Carried { delay: ms(40), copies: 1 });
        assert_eq!(seen[1], Fate::Carried { delay: ms(60), copies: 1 });
        assert!((lost(&seen) - 0.5).abs() < 0.02, "{}", lost(&seen));
        assert!(delays(&seen).iter().all(|delay| *delay <= 0.141));
        assert!(seen.contains(&Fate::Lost(Cause::Queue)));
    }
}
