//! What talk would be worth over a path, by the E-model of ITU-T G.107.
//!
//! An estimate made from the parameters of a path, not a measurement of speech: neither P.863 nor
//! P.862 is in it, and nobody listened. It is for narrowband telephony; what the model takes from its
//! default values (sound levels, room noise, echo) is that of a handset with its echo cancelled, so
//! that `R = 93.2 − Idd − Ie,eff`.
//!
//! The texts of G.107 and G.113 were not at hand when this was written. `R` of the defaults, `Idd`, the
//! formulas of `Ie,eff` (without bursts) and of the score, `Bpl` of G.711 and that G.113 has no pair for
//! G.722 on this scale were held against published programs that name its clauses and formulas, and
//! agree; `Ie` of G.726, G.728, G.729 and GSM and `Bpl` of GSM-EFR and of G.711 without concealment are
//! from memory of G.113 Appendix I.

use super::{Loss, counted};
use std::time::Duration;

/// What a codec does to speech, by ITU-T G.113 Appendix I.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairment {
    /// `Ie`: equipment impairment without loss.
    pub ie: f64,
    /// `Bpl`: robustness against random loss; `None` where G.113 has none.
    pub bpl: Option<f64>,
}

/// The path of one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// From mouth to ear, `Ta`.
    pub delay: Duration,
    /// Which part of the packets is lost, late ones included: 0 to 1.
    pub loss: f64,
    /// `BurstR`: mean length of the bursts of loss over that of random loss; 1 is random.
    pub burst_ratio: f64,
}

/// What the E-model says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// The rating factor.
    pub r: f64,
    /// The estimated mean opinion score of a conversation, MOS-CQE: 1 to 4.5.
    pub mos: f64,
}

impl Impairment {
    /// That of an encoding as SDP names it, with packet loss concealment where G.113 gives it: that
    /// of Appendix I of the Recommendation for G.711.
    ///
    /// `None` for a codec that G.113 has no value for on the narrowband scale: G.722 and L16 at 16 kHz
    /// and more among them.
    pub fn of_encoding(name: &str) -> Option<Self> {
        let (.., ie, bpl) = *KNOWN.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        Some(Self { ie, bpl })
    }

    /// G.711 in a receiver that conceals nothing.
    pub const G711_UNCONCEALED: Self = Self { ie: 0.0, bpl: Some(4.3) };
}

impl Path {
    /// The burst ratio of so many lost packets in so many bursts, which are a part of all packets.
    pub fn burst_ratio(lost: f64, bursts: f64, part: f64) -> f64 {
        if bursts > 0.0 { (lost / bursts * (1.0 - part)).max(1.0) } else { 1.0 }
    }
}

impl Quality {
    /// That of an encoding, as SDP names it, of which so much was lost on a path without delay; `None` as
    /// [`Self::estimate`] has it, and for what G.113 does not know.
    pub fn of_loss(loss: Loss, encoding: &str) -> Option<Self> {
        let part = loss.ratio().value;
        let burst_ratio = Path::burst_ratio(counted(loss.lost), counted(loss.bursts), part);
        let path = Path { delay: Duration::ZERO, loss: part, burst_ratio };
        Self::estimate(path, Impairment::of_encoding(encoding)?)
    }

    /// The estimate; `None` where packets are lost and it is not known how the codec takes that.
    pub fn estimate(path: Path, codec: Impairment) -> Option<Self> {
        let loss = 100.0 * path.loss.clamp(0.0, 1.0);
        let effective = if loss > 0.0 {
            let robustness = codec.bpl?;
            codec.ie + (95.0 - codec.ie) * loss / (loss / path.burst_ratio.max(1.0) + robustness)
        } else {
            codec.ie
        };
        let r = (DEFAULT_R - delay_impairment(path.delay) - effective).clamp(0.0, 100.0);
        Some(Self { r, mos: mos(r) })
    }
}

/// `Idd`: what too long a delay does even without echo.
fn delay_impairment(delay: Duration) -> f64 {
    let ms = delay.as_secs_f64() * 1e3;
    if ms <= 100.0 {
        return 0.0;
    }
    let x = (ms / 100.0).log2();
    25.0 * ((1.0 + x.powi(6)).powf(1.0 / 6.0) - 3.0 * (1.0 + (x / 3.0).powi(6)).powf(1.0 / 6.0)
        + 2.0)
}

/// G.107 Annex B.
fn mos(r: f64) -> f64 {
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}

/// R with every parameter at its default.
const DEFAULT_R: f64 = 93.2;

/// Encoding, `Ie`, `Bpl`.
const KNOWN: [(&str, f64, Option<f64>); 14] = [
    ("PCMU", 0.0, Some(25.1)),
    ("PCMA", 0.0, Some(25.1)),
    ("G726-40", 2.0, None),
    ("G726-32", 7.0, None),
    ("G726-24", 25.0, None),
    ("G726-16", 50.0, None),
    ("AAL2-G726-40", 2.0, None),
    ("AAL2-G726-32", 7.0, None),
    ("AAL2-G726-24", 25.0, None),
    ("AAL2-G726-16", 50.0, None),
    ("G728", 7.0, None),
    ("G729", 10.0, None),
    ("GSM", 20.0, None),
    ("GSM-EFR", 5.0, Some(10.0)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn estimate(ms: u64, loss: f64, burst_ratio: f64, name: &str) -> Option<Quality> {
        let path = Path { delay: Duration::from_millis(ms), loss, burst_ratio };
        Quality::estimate(path, Impairment::of_encoding(name)?)
    }

    // R of 93.2, and what Annex B makes of R = 80 and 60: 4.02 and 3.10.
    #[rstest]
    #[case(93.2, 4.41)]
    #[case(80.0, 4.02)]
    #[case(60.0, 3.10)]
    #[case(0.0, 1.0)]
    #[case(100.0, 4.5)]
    fn the_score_of_a_rating(#[case] r: f64, #[case] expected: f64) {
        assert!((mos(r) - expected).abs() < 0.01, "{}", mos(r));
    }

    #[test]
    fn a_perfect_path_has_the_rating_of_the_defaults() {
        let perfect = estimate(0, 0.0, 1.0, "PCMU").unwrap();
        assert!((perfect.r - 93.2).abs() < 1e-9);
        assert_eq!(estimate(100, 0.0, 1.0, "pcma"), Some(perfect));
        assert!((estimate(0, 0.0, 1.0, "G726-32").unwrap().r - 86.2).abs() < 1e-9);
    }

    #[test]
    fn delay_loss_and_bursts_each_cost() {
        let r = |ms, loss, burst| estimate(ms, loss, burst, "PCMU").unwrap().r;
        // Idd at 400 ms: 25 · ((1 + 2⁶)^⅙ − 3 · (1 + (⅔)⁶)^⅙ + 2).
        assert!((93.2 - r(400, 0.0, 1.0) - 24.1).abs() < 0.5, "{}", r(400, 0.0, 1.0));
        // 95 · 2 / (2 + 25.1).
        assert!((93.2 - r(0, 0.02, 1.0) - 7.01).abs() < 0.01);
        assert!(r(0, 0.02, 4.0) < r(0, 0.02, 1.0));
        assert!(r(0, 1.0, 1.0) < r(0, 0.5, 1.0));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(estimate(0, 0.0, 1.0, "G722"), None);
        assert_eq!(estimate(0, 0.01, 1.0, "G726-32"), None);
    }

    #[test]
    fn the_burst_ratio_of_random_loss_is_one() {
        // A tenth lost at random makes bursts of 1/0.9 on average.
        assert!((Path::burst_ratio(100.0, 90.0, 0.1) - 1.0).abs() < 1e-9);
        assert!((Path::burst_ratio(100.0, 25.0, 0.1) - 3.6).abs() < 1e-9);
        assert!((Path::burst_ratio(0.0, 0.0, 0.0) - 1.0).abs() < 1e-9);
    }
}
