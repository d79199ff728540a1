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
pub mod meter;
pub mod numbering;
pub mod packet;
pub mod payload;
pub mod rtcp;
pub mod sketch;
pub mod skew;
pub mod stream;
pub mod timestamps;
pub mod unit;
pub mod wireshark;

pub use audio::Audio;
pub use event::Event;
pub use interval::Intervals;
pub use jitter::Jitter;
pub use latency::Latency;
pub use limits::Limits;
pub use loss::Loss;
pub use measured::Measured;
pub use meter::Meter;
pub use numbering::Numbering;
pub use packet::{Arrival, Packet};
pub use payload::Payload;
pub use sketch::Sketch;
pub use stream::Stream;
pub use timestamps::Timestamps;
pub use unit::Unit;
pub use wireshark::Wireshark;

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
pub(crate) const fn seconds(earlier: Tick, later: Tick) -> f64 {
    // Right past half the range of ticks too, as long as the difference is below 292 years.
    real(later.as_nanos().wrapping_sub(earlier.as_nanos()).cast_signed()) / 1e9
}

#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod truth;
