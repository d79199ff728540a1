//! How much faster than real time each codec encodes and decodes on one core.

use ringtrue::signal::{Codec, Dbm0, Talk};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Encodes and decodes talk in frames of 20 ms, the best of several rounds, so that what else the
/// machine does counts least.
#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and prints")]
fn main() {
    println!("{:<14} {:>12} {:>12} {:>12}", "codec", "encode", "decode", "both");
    for codec in Codec::ALL {
        let count = codec.samples_in(TALK);
        let talk: Vec<i16> = Talk::new(1, Dbm0(-16.0), codec).take(count).collect();
        let frame = codec.samples_in(FRAME);
        let (mut encoding, mut decoding) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            let (mut encoder, mut decoder) = (codec.encoder(), codec.decoder());
            let began = Instant::now();
            let frames: Vec<Vec<u8>> = talk
                .chunks_exact(frame)
                .map(|samples| encoder.encode(black_box(samples)))
                .collect();
            encoding = encoding.min(began.elapsed());
            let began = Instant::now();
            for bytes in &frames {
                black_box(decoder.decode(black_box(bytes)));
            }
            decoding = decoding.min(began.elapsed());
        }
        let times = |span: Duration| format!("{:.0} x", TALK.as_secs_f64() / span.as_secs_f64());
        let both = times(encoding + decoding);
        println!(
            "{:<14} {:>12} {:>12} {both:>12}",
            codec.to_string(),
            times(encoding),
            times(decoding)
        );
    }
}

const TALK: Duration = Duration::from_secs(20);
const FRAME: Duration = Duration::from_millis(20);
const ROUNDS: usize = 5;
