//! ITU-T G.726, as its fixed-point tables and equations have it.
//!
//! Both ends of a connection have to compute the same to the last bit: signs decide how the predictor
//! adapts, and with a tone a difference of one unit does not die away.

/// One direction of a connection; both ends of it go the same way.
#[derive(Clone, Debug)]
pub(super) struct G726 {
    bits: u8,
    table: &'static Table,
    predictor: Predictor,
    /// The scale, a logarithm to the base 2 times 512, and the fast and the slow one (times 64) that
    /// it is made of.
    scale: i32,
    fast: i32,
    slow: i32,
    /// Short (times 512) and long (times 2048) mean of how large the codes are, and how fast the scale
    /// follows, times 256.
    short: i32,
    long: i32,
    speed: i32,
    narrow: bool,
}

/// The quantiser of a rate: for each size of a code, from the smallest, where it begins and what it
/// stands for (logarithms, times 128), how it moves the scale (times 16), and how large it counts.
#[derive(Clone, Debug)]
struct Table {
    begins: &'static [i32],
    stands_for: &'static [i32],
    moves: &'static [i32],
    counts: &'static [i32],
}

/// Two poles and six zeros, times 16,384.
#[derive(Clone, Debug, Default)]
struct Predictor {
    poles: [i32; 2],
    zeros: [i32; 6],
    /// Differences and signals, the latest first.
    differences: [Rough; 6],
    signals: [Rough; 2],
    /// Whether the signals without the poles' part were negative.
    below: [bool; 2],
}

/// A number as far as the predictor looks at it: a sign and six bits from the highest on.
#[derive(Clone, Copy, Debug)]
struct Rough {
    negative: bool,
    /// How many bits it has.
    length: u32,
    top: i32,
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
        Self {
            bits,
            table,
            predictor: Predictor::default(),
            scale: 544,
            fast: 544,
            slow: 544 * 64,
            short: 0,
            long: 0,
            speed: 0,
            narrow: false,
        }
    }

    /// The code of a sample.
    pub(super) fn encode(&mut self, sample: i16) -> u8 {
        let (estimate, _) = self.predictor.estimate();
        let difference = i32::from(sample >> 2) - estimate;
        let size = log2(difference.abs()) - self.scale / 4;
        let count = self.table.begins.iter().filter(|begin| size >= **begin).count();
        let count = u8::try_from(count).unwrap_or_default();
        let all = (1 << self.bits) - 1;
        let none_is_all = self.bits > 2 && count == 0;
        let code = if difference < 0 || none_is_all { all - count } else { count };
        self.decode(code);
        code
    }

    /// The sample of a code.
    pub(super) fn decode(&mut self, code: u8) -> i16 {
        let all = (1_u8 << self.bits) - 1;
        let negative = code >> (self.bits - 1) == 1;
        let size = usize::from(if negative { all - code } else { code });
        let entry = |row: &[i32]| row.get(size).copied().unwrap_or_default();
        let magnitude = exp2(entry(self.table.stands_for) + self.scale / 4);
        let ended = self.narrow && magnitude > self.jump();
        let leak = if self.bits == 5 { 9 } else { 8 };
        let sample = self.predictor.learn(negative, magnitude, leak);
        let narrow = self.predictor.poles[1] < -11_776;
        if ended {
            self.predictor.poles = [0; 2];
            self.predictor.zeros = [0; 6];
        }
        self.narrow = narrow && !ended;
        self.short += (entry(self.table.counts) * 512 - self.short) >> 5;
        self.long += (entry(self.table.counts) * 2_048 - self.long) >> 7;
        let apart = (self.short * 4 - self.long).abs() >= self.long >> 3;
        let target = if self.scale < 1_536 || narrow || apart { 512 } else { 0 };
        self.speed += (target - self.speed) >> 4;
        if ended {
            self.speed = 256;
        }
        let moved = self.scale + ((entry(self.table.moves) * 32 - self.scale) >> 5);
        self.fast = moved.clamp(544, 5_120);
        self.slow += self.fast + (-self.slow >> 6);
        let slow = self.slow >> 6;
        // Divided towards zero, as magnitudes are.
        self.scale = slow + (self.fast - slow) * (self.speed >> 2).min(64) / 64;
        i16::try_from(sample.clamp(-8_192, 8_191) * 4).unwrap_or_default()
    }

    /// A difference that a tone does not make: 24 times the slow scale.
    fn jump(&self) -> i32 {
        let whole = self.slow >> 15;
        let power = if whole > 9 { 31 << 10 } else { (32 + (self.slow >> 10 & 31)) << whole };
        power * 3 / 4
    }
}

impl Predictor {
    /// What the next sample should be, and what the zeros alone say of it.
    fn estimate(&self) -> (i32, i32) {
        let sum = |factors: &[i32], values: &[Rough]| -> i32 {
            factors.iter().zip(values).map(|(factor, value)| value.times(*factor)).sum()
        };
        let by_zeros = sixteen(sum(&self.zeros, &self.differences));
        let by_both = sixteen(by_zeros + sum(&self.poles, &self.signals));
        (by_both >> 1, by_zeros >> 1)
    }

    /// Takes the difference between sample and estimate; returns the sample.
    fn learn(&mut self, negative: bool, magnitude: i32, leak: u32) -> i32 {
        let difference = if negative { -magnitude } else { magnitude };
        let (estimate, by_zeros) = self.estimate();
        let signal = sixteen(estimate + difference);
        let partial = sixteen(by_zeros + difference);
        let [a1, a2] = self.poles;
        let [first, second] = self.below.map(|below| if below == (partial < 0) { 1 } else { -1 });
        let any = i32::from(partial != 0);
        let turn = second * 16_384 - first * a1.clamp(-8_191, 8_191) * 4;
        let a2 = (a2 + any * (turn >> 7) - (a2 >> 7)).clamp(-12_288, 12_288);
        let most = 15_360 - a2;
        self.poles = [(a1 + any * first * 192 - (a1 >> 8)).clamp(-most, most), a2];
        for (zero, before) in self.zeros.iter_mut().zip(self.differences) {
            let step = if magnitude == 0 { 0 } else { 128 };
            let step = if before.negative == negative { step } else { -step };
            *zero += step - (*zero >> leak);
        }
        self.differences.rotate_right(1);
        self.differences[0] = Rough::of(negative, magnitude);
        self.signals = [Rough::of(signal < 0, signal.abs() & 0x7fff), self.signals[0]];
        self.below = [partial < 0, self.below[0]];
        signal
    }
}

impl Rough {
    fn of(negative: bool, magnitude: i32) -> Self {
        let length = magnitude.checked_ilog2().map_or(0, |highest| highest + 1);
        let top = if magnitude == 0 { 32 } else { (magnitude * 64) >> length };
        Self { negative, length, top }
    }

    /// A coefficient of it, times two.
    fn times(self, factor: i32) -> i32 {
        let short = factor >> 2;
        let other = Self::of(short < 0, short.abs());
        let product = ((self.top * other.top + 48) >> 4) << 7;
        let magnitude = match 26_u32.checked_sub(self.length + other.length) {
            Some(down) => product >> down,
            None => (product << (self.length + other.length - 26)) & 0x7fff,
        };
        if self.negative == other.negative { magnitude } else { -magnitude }
    }
}

impl Default for Rough {
    fn default() -> Self {
        Self::of(false, 0)
    }
}

/// A sum as a register of sixteen bits keeps it.
const fn sixteen(sum: i32) -> i32 {
    sum << 16 >> 16
}

/// The logarithm times 128, straight between powers of two.
fn log2(value: i32) -> i32 {
    let whole = value.checked_ilog2().unwrap_or(0);
    whole.cast_signed() * 128 + ((value * 128) >> whole & 127)
}

/// Its inverse.
fn exp2(log: i32) -> i32 {
    if log < 0 { 0 } else { (128 + (log & 127)) << 7 >> (14 - (log >> 7 & 15)) }
}

const TWO: Table =
    Table { begins: &[261], stands_for: &[116, 365], moves: &[-22, 439], counts: &[0, 7] };
const THREE: Table = Table {
    begins: &[8, 218, 331],
    stands_for: &[-2_048, 135, 273, 373],
    moves: &[-4, 30, 137, 582],
    counts: &[0, 1, 2, 7],
};
const FOUR: Table = Table {
    begins: &[-124, 80, 178, 246, 300, 349, 400],
    stands_for: &[-2_048, 4, 135, 213, 273, 323, 373, 425],
    moves: &[-12, 18, 41, 64, 112, 198, 355, 1_122],
    counts: &[0, 0, 0, 1, 1, 1, 3, 7],
};
const FIVE: Table = Table {
    begins: &[-122, -16, 68, 139, 198, 250, 298, 339, 378, 413, 445, 475, 502, 528, 553],
    stands_for: &[-2_048, -66, 28, 104, 169, 224, 274, 318, 358, 395, 429, 459, 488, 514, 539, 566],
    moves: &[14, 14, 24, 39, 40, 41, 58, 100, 141, 179, 219, 280, 358, 440, 529, 696],
    counts: &[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6],
};
