//! Samples: codecs, tones, DTMF, levels, correlation.
//!
//! A signal is 16-bit linear PCM at the codec's sampling rate. A source of signal is an
//! `Iterator<Item = i16>`; what a source yields depends on its arguments and its seed alone.

mod arithmetic;
pub mod codec;
pub mod correlate;
pub mod dbm0;
pub mod dtmf;
pub mod estimate;
mod fft;
pub mod filter;
pub mod g711;
pub mod g722;
pub mod g726;
pub mod level;
pub mod sine;
pub mod spectrum;
pub mod talk;
pub mod tone;

pub use codec::{Codec, Decoder, Encoder};
pub use correlate::Delay;
pub use dbm0::Dbm0;
pub use dtmf::Digit;
pub use estimate::Estimate;
pub use sine::Sine;
pub use talk::Talk;
pub use tone::Tone;

/// A count as a real number, exact to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no signal has 2^53 samples")]
const fn real(count: usize) -> f64 {
    count as f64
}

/// The nearest 16-bit sample, clipped at full scale.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is clipping")]
fn quantise(value: f64) -> i16 {
    value.round() as i16
}

/// How many samples at `rate` hertz last `seconds`, to the nearest.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn count(seconds: f64, rate: f64) -> usize {
    (seconds * rate).round() as usize
}
