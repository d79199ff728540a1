//! ITU-T G.726, by its equations in floating point.

use super::adpcm::Predictor;
use super::microphone::round;

/// One direction of a connection; both ends of it go the same way.
#[derive(Debug)]
pub(super) struct G726 {
    bits: u8,
    table: &'static Table,
    predictor: Predictor,
    /// The scale, a logarithm to the base 2, and the fast and the slow one that it is made of.
    scale: f64,
    fast: f64,
    slow: f64,
    /// Short and long mean of how large the codes are, and how fast the scale follows.
    short: f64,
    long: f64,
    speed: f64,
    narrow: bool,
}

/// The quantiser of a rate: for each size of a code, from the smallest, where it begins and what it
/// stands for (logarithms, times 128), how it moves the scale (times 16), and how large it counts.
#[derive(Debug)]
struct Table {
    begins: &'static [f64],
    stands_for: &'static [f64],
    moves: &'static [f64],
    counts: &'static [f64],
}

impl G726 {
    /// After reset.
    pub(super) fn new(bits: u8) -> Self {
        let table = match bits {
            2 => &TWO,
            3 => &THREE,
            4 => &FOUR,
            _ => &FIVE,
        };
        let start = 544.0 / 512.0;
        Self {
            bits,
            table,
            predictor: Predictor::default(),
            scale: start,
            fast: start,
            slow: start,
            short: 0.0,
            long: 0.0,
            speed: 0.0,
            narrow: false,
        }
    }

    /// The code of a sample.
    pub(super) fn encode(&mut self, sample: i16) -> u8 {
        let difference = f64::from(sample) / 4.0 - self.predictor.estimate();
        let size = 128.0 * (log2(difference.abs()) - self.scale);
        let count = self.table.begins.iter().filter(|begin| size >= **begin).count();
        let count = u8::try_from(count).unwrap_or_default();
        let all = (1 << self.bits) - 1;
        let code =
            if difference < 0.0 || self.bits > 2 && count == 0 { all - count } else { count };
        self.decode(code);
        code
    }

    /// The sample of a code.
    pub(super) fn decode(&mut self, code: u8) -> i16 {
        let all = (1_u8 << self.bits) - 1;
        let negative = code >> (self.bits - 1) == 1;
        let size = usize::from(if negative { all - code } else { code });
        let entry = |row: &[f64]| row.get(size).copied().unwrap_or_default();
        let log = entry(self.table.stands_for) / 128.0 + self.scale;
        let magnitude = if log < 0.0 { 0.0 } else { exp2(log) };
        let difference = if negative { -magnitude } else { magnitude };
        let sample = self.predictor.estimate() + difference;
        let ended = self.narrow && magnitude > 24.0 * exp2(self.slow.min(9.95));
        let leak = if self.bits == 5 { 1.0 / 512.0 } else { 1.0 / 256.0 };
        self.predictor.learn(difference, leak);
        let narrow = self.predictor.is_narrow();
        if ended {
            self.predictor.unlearn();
        }
        self.narrow = narrow && !ended;
        self.short += (entry(self.table.counts) - self.short) / 32.0;
        self.long += (entry(self.table.counts) - self.long) / 128.0;
        let hurried =
            self.scale < 3.0 || narrow || (self.short - self.long).abs() >= self.long / 8.0;
        self.speed += (if hurried { 2.0 } else { 0.0 } - self.speed) / 16.0;
        if ended {
            self.speed = 1.0;
        }
        let moved = self.scale + (entry(self.table.moves) / 16.0 - self.scale) / 32.0;
        self.fast = moved.clamp(544.0 / 512.0, 10.0);
        self.slow += (self.fast - self.slow) / 64.0;
        let mix = self.speed.min(1.0);
        self.scale = mix * self.fast + (1.0 - mix) * self.slow;
        round(4.0 * sample)
    }
}

/// The logarithm as the Recommendation takes it: straight between powers of two.
fn log2(value: f64) -> f64 {
    if value < 1.0 {
        return 0.0;
    }
    let whole = value.log2().floor();
    whole + value / whole.exp2() - 1.0
}

/// Its inverse.
fn exp2(log: f64) -> f64 {
    log.floor().exp2() * (1.0 + log - log.floor())
}

const TWO: Table = Table {
    begins: &[261.0],
    stands_for: &[116.0, 365.0],
    moves: &[-22.0, 439.0],
    counts: &[0.0, 7.0],
};
const THREE: Table = Table {
    begins: &[8.0, 218.0, 331.0],
    stands_for: &[-2_048.0, 135.0, 273.0, 373.0],
    moves: &[-4.0, 30.0, 137.0, 582.0],
    counts: &[0.0, 1.0, 2.0, 7.0],
};
const FOUR: Table = Table {
    begins: &[-124.0, 80.0, 178.0, 246.0, 300.0, 349.0, 400.0],
    stands_for: &[-2_048.0, 4.0, 135.0, 213.0, 273.0, 323.0, 373.0, 425.0],
    moves: &[-12.0, 18.0, 41.0, 64.0, 112.0, 198.0, 355.0, 1_122.0],
    counts: &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 3.0, 7.0],
};
const FIVE: Table = Table {
    begins: &[
        -122.0, -16.0, 68.0, 139.0, 198.0, 250.0, 298.0, 339.0, 378.0, 413.0, 445.0, 475.0, 502.0,
        528.0, 553.0,
    ],
    stands_for: &[
        -2_048.0, -66.0, 28.0, 104.0, 169.0, 224.0, 274.0, 318.0, 358.0, 395.0, 429.0, 459.0,
        488.0, 514.0, 539.0, 566.0,
    ],
    moves: &[
        14.0, 14.0, 24.0, 39.0, 40.0, 41.0, 58.0, 100.0, 141.0, 179.0, 219.0, 280.0, 358.0, 440.0,
        529.0, 696.0,
    ],
    counts: &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0],
};
