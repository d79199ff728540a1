//! Prints the DTMF digits of raw sound: 16 bits, little-endian, one channel, 8 kHz, on standard input.
//!
//! One line a digit: the digit, when it began and how long it lasted in milliseconds, the levels of its
//! two tones in dBm0, and its frequency error in per cent. `ci/dtmf` compares it with others.

#![expect(clippy::print_stdout, reason = "it is what the program is for")]

use ringtrue::signal::{Codec, dtmf};
use std::io::{Read as _, stdin};

fn main() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    stdin().read_to_end(&mut bytes)?;
    let pairs = bytes.chunks_exact(2);
    let samples: Vec<i16> =
        pairs.filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?))).collect();
    for heard in dtmf::detect(&samples, Codec::Pcma) {
        println!(
            "{} {:.1} {:.1} {:.1} {:.1} {:+.2}",
            heard.digit,
            heard.start.value / 8.0,
            heard.length.value / 8.0,
            heard.low.level.0,
            heard.high.level.0,
            heard.offset() * 100.0
        );
    }
    Ok(())
}
