//! ITU-T G.722 at 64 kbit/s, by its equations in floating point.

use super::adpcm::Predictor;
use super::microphone::round;

/// Sound out.
#[derive(Clone, Debug, Default)]
pub(super) struct G722Encoder {
    history: [f64; TAPS],
    low: Band,
    high: Band,
}

/// Sound in.
#[derive(Clone, Debug, Default)]
pub(super) struct G722Decoder {
    history: [f64; TAPS],
    low: Band,
    high: Band,
}

/// What a band knows: how its signal goes on, and how large its steps are.
#[derive(Clone, Debug, Default)]
struct Band {
    predictor: Predictor,
    /// Logarithm to the base 2 of the step over the smallest step.
    log: f64,
}

impl G722Encoder {
    /// One octet for two samples.
    pub(super) fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let octet = |pair: &[i16; 2]| {
            shift_in(&mut self.history, pair.map(f64::from));
            let (even, odd) = halves(&self.history);
            // Fifteen bits a band of the sixteen of a sample.
            let code_low = self.low.encode_low(0.5 * (odd + even));
            let code_high = self.high.encode_high(0.5 * (odd - even));
            code_high << 6 | code_low
        };
        samples.as_chunks().0.iter().map(octet).collect()
    }
}

impl G722Decoder {
    /// Two samples for one octet.
    pub(super) fn decode(&mut self, octets: &[u8]) -> Vec<i16> {
        let pair = |octet: &u8| {
            let low = self.low.decode_low(octet & 0x3f);
            let high = self.high.decode_high(octet >> 6);
            shift_in(&mut self.history, [low + high, low - high]);
            let (sum, difference) = halves(&self.history);
            [round(4.0 * difference), round(4.0 * sum)]
        };
        octets.iter().flat_map(pair).collect()
    }
}

impl Band {
    fn encode_low(&mut self, input: f64) -> u8 {
        let step = 32.0 * self.log.exp2();
        let error = input - self.predictor.estimate();
        let size = error.abs() * 4096.0 / step;
        let place = u8::try_from(EDGES.iter().filter(|edge| size >= **edge).count()).unwrap_or(29);
        let code = match (error < 0.0, place) {
            (true, 0 | 1) => 63 - place,
            (true, _) => 33 - place,
            (false, _) => 61 - place,
        };
        self.low_learns(code, step);
        code
    }

    fn decode_low(&mut self, code: u8) -> f64 {
        let step = 32.0 * self.log.exp2();
        let (place, sign) = match code {
            62 | 63 => (63 - code, -1.0),
            32.. => (61 - code, 1.0),
            4.. => (33 - code, -1.0),
            _ => (0, -1.0),
        };
        let middle = MIDDLES.get(usize::from(place)).copied().unwrap_or_default();
        let sample = self.predictor.estimate() + sign * middle * step / 32_768.0;
        self.low_learns(code, step);
        sample.clamp(-16_384.0, 16_383.0)
    }

    /// Both ends learn from the four upper bits alone, for the lower two may be taken away.
    fn low_learns(&mut self, code: u8, step: f64) {
        let (place, sign) = match code >> 2 {
            short @ 8.. => (15 - short, 1.0),
            0 => (0, -1.0),
            short => (8 - short, -1.0),
        };
        let place = usize::from(place);
        let middle = COARSE.get(place).copied().unwrap_or_default();
        self.predictor.learn(sign * middle * step / 32_768.0);
        let weight = WEIGHTS.get(place).copied().unwrap_or_default();
        self.log = (self.log * 127.0 / 128.0 + weight / 2_048.0).clamp(0.0, 9.0);
    }

    fn encode_high(&mut self, input: f64) -> u8 {
        let step = 8.0 * self.log.exp2();
        let error = input - self.predictor.estimate();
        let far = u8::from(error.abs() >= 564.0 * step / 4096.0);
        let code = if error < 0.0 { 1 - far } else { 3 - far };
        self.decode_high(code);
        code
    }

    fn decode_high(&mut self, code: u8) -> f64 {
        let step = 8.0 * self.log.exp2();
        let (middle, weight) = if code & 1 == 0 { (7_408.0, 798.0) } else { (1_616.0, -214.0) };
        let difference = if code < 2 { -middle } else { middle } * step / 32_768.0;
        let sample = self.predictor.estimate() + difference;
        self.predictor.learn(difference);
        self.log = (self.log * 127.0 / 128.0 + weight / 2_048.0).clamp(0.0, 11.0);
        sample.clamp(-16_384.0, 16_383.0)
    }
}

fn shift_in(history: &mut [f64; TAPS], [first, second]: [f64; 2]) {
    history.rotate_left(2);
    let [.., before, last] = history;
    (*before, *last) = (first, second);
}

/// The filter over every second sample: the older of each pair, and the newer.
fn halves(history: &[f64; TAPS]) -> (f64, f64) {
    let taps = FILTER.iter().chain(FILTER.iter().rev());
    let mut sums = [0.0; 2];
    for (n, (sample, tap)) in history.iter().zip(taps).enumerate() {
        if let Some(sum) = sums.get_mut(n % 2) {
            *sum += sample * tap / 8_192.0;
        }
    }
    let [older, newer] = sums;
    (older, newer)
}

const TAPS: usize = 24;
/// The first half of the symmetric filter, times 8192.
const FILTER: [f64; 12] =
    [3.0, -11.0, -11.0, 53.0, 12.0, -156.0, 32.0, 362.0, -210.0, -805.0, 951.0, 3_876.0];
/// Where the intervals of the lower band begin, times 4096 over the step.
const EDGES: [f64; 29] = [
    35.0, 72.0, 110.0, 150.0, 190.0, 233.0, 276.0, 323.0, 370.0, 422.0, 473.0, 530.0, 587.0, 650.0,
    714.0, 786.0, 858.0, 940.0, 1_023.0, 1_121.0, 1_219.0, 1_339.0, 1_458.0, 1_612.0, 1_765.0,
    1_980.0, 2_195.0, 2_557.0, 2_919.0,
];
/// What they stand for, times 32,768 over the step.
const MIDDLES: [f64; 30] = [
    136.0, 432.0, 728.0, 1_040.0, 1_360.0, 1_688.0, 2_032.0, 2_400.0, 2_776.0, 3_168.0, 3_576.0,
    4_008.0, 4_464.0, 4_944.0, 5_456.0, 6_000.0, 6_576.0, 7_192.0, 7_856.0, 8_576.0, 9_360.0,
    10_232.0, 11_192.0, 12_280.0, 13_512.0, 14_984.0, 16_704.0, 19_008.0, 21_904.0, 24_808.0,
];
/// What four bits of them stand for, and how they change the step.
const COARSE: [f64; 8] = [0.0, 1_200.0, 2_584.0, 4_240.0, 6_288.0, 8_968.0, 12_896.0, 20_456.0];
const WEIGHTS: [f64; 8] = [-60.0, -30.0, 58.0, 172.0, 334.0, 538.0, 1_198.0, 3_042.0];
