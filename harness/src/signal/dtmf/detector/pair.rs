//! What the two tones of a digit are, apart from each other.

use super::view::{BLOCKS, View};
use crate::signal::real;
use realfft::num_complex::Complex;
use std::f64::consts::TAU;

/// One of the two tones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// Its mean power.
    pub(super) power: f64,
    /// How far its frequency is off the nominal one, as a fraction of it.
    pub(super) offset: f64,
}

/// The low and the high tone of windows that show one digit; `None` if no two are neighbours.
///
/// A window is too short to keep the tones apart: each leaks into what the window shows of the other.
/// How much is known, once both frequencies are; and these follow from how the phases turn from
/// window to window. So both are found in turns.
pub(super) fn measure(views: &[&View], hop: usize, rate: f64) -> Option<[Measured; 2]> {
    let first = views.first()?;
    let step = |hertz: f64| TAU * hertz / rate;
    let nominal = [step(first.low.hertz), step(first.high.hertz)];
    let mut actual = nominal;
    let mut tones = Vec::new();
    for _ in 0..TURNS {
        let leak = |at: usize, from: usize| -> Option<Complex<f64>> {
            Some(kernel(actual.get(from)? - nominal.get(at)?, hop * BLOCKS))
        };
        let [ll, lh, hl, hh] = [leak(0, 0)?, leak(0, 1)?, leak(1, 0)?, leak(1, 1)?];
        let whole = ll * hh - lh * hl;
        let apart = views.iter().map(|view| {
            let (low, high) = (view.low.phasor, view.high.phasor);
            (view.at, [(low * hh - high * lh) / whole, (high * ll - low * hl) / whole])
        });
        tones = apart.collect();
        for (index, (actual, nominal)) in actual.iter_mut().zip(nominal).enumerate() {
            *actual = nominal + turn(&tones, index, nominal, hop)?;
        }
    }
    let measured = |index: usize| {
        let power = tones.iter().filter_map(|(_, pair)| pair.get(index)).map(Complex::norm_sqr);
        let power = 0.5 * power.sum::<f64>() / real(tones.len());
        let (actual, nominal) = (actual.get(index)?, nominal.get(index)?);
        Some(Measured { power, offset: actual / nominal - 1.0 })
    };
    Some([measured(0)?, measured(1)?])
}

/// By how much more than `nominal` a tone turns in a sample.
fn turn(
    tones: &[(usize, [Complex<f64>; 2])],
    index: usize,
    nominal: f64,
    hop: usize,
) -> Option<f64> {
    let expected = Complex::from_polar(1.0, -nominal * real(hop));
    let turns = tones.windows(2).filter_map(|pair| match pair {
        [(before, a), (at, b)] if *at == before + 1 => {
            Some(b.get(index)? * a.get(index)?.conj() * expected)
        }
        _ => None,
    });
    turns.reduce(|a, b| a + b).map(|sum| sum.arg() / real(hop))
}

/// What a window of `length` shows of a tone of unit amplitude that turns by `off` more in a sample
/// than what it looks for, at the window's end.
fn kernel(off: f64, length: usize) -> Complex<f64> {
    let half = 0.5 * off;
    let droop =
        if half == 0.0 { 1.0 } else { (half * real(length)).sin() / (real(length) * half.sin()) };
    Complex::from_polar(droop, -half * (real(length) + 1.0))
}

/// How often amplitudes and frequencies are found from each other.
const TURNS: usize = 3;
