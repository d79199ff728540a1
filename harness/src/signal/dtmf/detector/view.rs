//! The tones of the keypad in overlapping windows of a signal.

use super::super::{Digit, HIGH, LOW};
use crate::signal::{count, real};
use realfft::num_complex::Complex;
use std::collections::VecDeque;
use std::f64::consts::TAU;

/// What one window shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// The block that the window ends with, from 0.
    pub(super) at: usize,
    pub(super) low: Tone,
    pub(super) high: Tone,
    /// The mean power of everything in the window.
    pub(super) power: f64,
    /// Whether the two tones stand out of everything else.
    clear: bool,
}

/// The strongest tone of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tone {
    index: usize,
    pub(super) hertz: f64,
    /// Amplitude and phase at the end of the window.
    pub(super) phasor: Complex<f64>,
}

/// Correlates a signal with the eight tones, block by block; five blocks make a window.
///
/// So each sample is looked at once, and not once for each window that it is in.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    /// The samples of a block against each tone, from the block's beginning.
    kernels: Vec<[Complex<f64>; TONES]>,
    /// What turns the blocks of a window to its end, the oldest block first.
    turns: [[Complex<f64>; TONES]; BLOCKS],
    blocks: VecDeque<Block>,
    filling: Block,
    /// How many samples the block at hand has.
    filled: usize,
    /// How many blocks there have been.
    at: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Block {
    sums: [Complex<f64>; TONES],
    energy: f64,
}

impl View {
    fn of(at: usize, tones: [Complex<f64>; TONES], power: f64) -> Self {
        let [l0, l1, l2, l3, h0, h1, h2, h3] = tones;
        let (low, low_stands_out) = Tone::strongest(LOW, [l0, l1, l2, l3]);
        let (high, high_stands_out) = Tone::strongest(HIGH, [h0, h1, h2, h3]);
        let pair = 0.5 * (low.phasor.norm_sqr() + high.phasor.norm_sqr());
        let clear = power > 0.0 && low_stands_out && high_stands_out && pair > LIKENESS * power;
        Self { at, low, high, power, clear }
    }

    /// The digit that it shows, if it does.
    pub(super) fn digit(&self) -> Option<Digit> {
        self.clear.then(|| Digit::of_key(self.low.index, self.high.index)).flatten()
    }

    /// The joint amplitude of the tones of `digit`; zero if others are stronger.
    pub(super) fn amplitude(&self, digit: Digit) -> f64 {
        let shown = Digit::of_key(self.low.index, self.high.index);
        if shown == Some(digit) { self.low.phasor.norm() + self.high.phasor.norm() } else { 0.0 }
    }
}

impl Tone {
    /// The strongest tone of a group, and whether it is 6 dB above the others.
    fn strongest(group: [f64; 4], phasors: [Complex<f64>; 4]) -> (Self, bool) {
        let mut best = Self { index: 0, hertz: 0.0, phasor: Complex::default() };
        let (mut most, mut next) = (-1.0, 0.0);
        for (index, (hertz, phasor)) in group.into_iter().zip(phasors).enumerate() {
            let power = phasor.norm_sqr();
            if power > most {
                next = most;
                most = power;
                best = Self { index, hertz, phasor };
            } else if power > next {
                next = power;
            }
        }
        (best, most > 4.0 * next)
    }
}

impl Bank {
    pub(super) fn new(rate: f64) -> Self {
        let hop = count(HOP, rate).max(1);
        let mut tones = [0.0; TONES];
        for (tone, hertz) in tones.iter_mut().zip(LOW.into_iter().chain(HIGH)) {
            *tone = TAU * hertz / rate;
        }
        let turned = |by: f64| tones.map(|step| Complex::from_polar(1.0, step * by));
        let scale = 2.0 / real(hop * BLOCKS);
        let mut left = BLOCKS * hop;
        let turns = [(); BLOCKS].map(|()| {
            let turn = turned(real(left)).map(|turn| turn * scale);
            left -= hop;
            turn
        });
        Self {
            kernels: (0..hop).map(|n| turned(-real(n))).collect(),
            turns,
            blocks: std::iter::repeat_n(Block::default(), BLOCKS - 1).collect(),
            filling: Block::default(),
            filled: 0,
            at: 0,
        }
    }

    /// Samples of a block, and from one window to the next.
    pub(super) fn hop(&self) -> usize {
        self.kernels.len()
    }

    /// Takes a sample; a window where it ends one.
    pub(super) fn push(&mut self, sample: i16) -> Option<View> {
        let sample = f64::from(sample);
        let kernel = self.kernels.get(self.filled)?;
        for (sum, kernel) in self.filling.sums.iter_mut().zip(kernel) {
            *sum += kernel * sample;
        }
        self.filling.energy += sample * sample;
        self.filled += 1;
        (self.filled == self.hop()).then(|| self.window())
    }

    fn window(&mut self) -> View {
        self.filled = 0;
        self.blocks.push_back(std::mem::take(&mut self.filling));
        let mut tones = [Complex::default(); TONES];
        for (block, turns) in self.blocks.iter().zip(&self.turns) {
            for ((tone, sum), turn) in tones.iter_mut().zip(&block.sums).zip(turns) {
                *tone += sum * turn;
            }
        }
        let energy: f64 = self.blocks.iter().map(|block| block.energy).sum();
        self.blocks.pop_front();
        let at = self.at;
        self.at += 1;
        View::of(at, tones, energy / real(self.hop() * BLOCKS))
    }
}

/// Blocks of a window, 12.5 ms: the main lobe of one tone ends at its neighbour.
pub(super) const BLOCKS: usize = 5;
const TONES: usize = 8;
/// The length of a block, in seconds.
const HOP: f64 = 0.002_5;
/// The least share of the power in one window that the two tones must seem to have.
const LIKENESS: f64 = 0.6;
