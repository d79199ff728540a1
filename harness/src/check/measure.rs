//! RTP measurement: figures as pure functions of what arrived.
//!
//! Input is a list of arrivals and the uncertainty `u` of a stamp: the true time of an arrival lies
//! in `at ± u`. Nothing is known of how the errors of two stamps hang together, so that a difference
//! of two is taken to be good to `2u`. Counts are exact.

pub mod audio;
pub mod emodel;
pub mod event;
pub mod interval;
pub mod jitter;
pub mod latency;
pub mod limits;
pub mod loss;
pub mod measured;
pub mod packet;
pub mod payload;
pub mod rtcp;
pub mod skew;
pub mod stream;
pub mod timestamps;
pub mod unit;

pub use audio::Audio;
pub use event::Event;
pub use interval::Intervals;
pub use jitter::Jitter;
pub use latency::Latency;
pub use limits::Limits;
pub use loss::Loss;
pub use measured::Measured;
pub use packet::{Arrival, Packet};
pub use payload::Payload;
pub use stream::Stream;
pub use timestamps::Timestamps;
pub use unit::Unit;

use crate::time::Tick;

/// A count as a real number, exact to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no capture has 2^53 packets or ticks")]
pub(crate) const fn real(count: i64) -> f64 {
    count as f64
}

/// A number of things as a real number.
pub(crate) fn counted(things: usize) -> f64 {
    real(i64::try_from(things).unwrap_or(i64::MAX))
}

/// Seconds from `earlier` to `later`, negative if they are the other way round.
pub(crate) fn seconds(earlier: Tick, later: Tick) -> f64 {
    later.since(earlier).as_secs_f64() - earlier.since(later).as_secs_f64()
}

#[cfg(test)]
mod synthetic;
