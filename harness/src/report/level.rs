//! How loud what arrived was, over time.

use crate::check::measure::seconds;
use crate::evidence::formats::Formats;
use crate::evidence::plain::Plain;
use crate::evidence::point::Pco;
use crate::evidence::timeline::{Seen, Timeline};
use crate::evidence::wav;
use crate::signal::Dbm0;
use crate::signal::level::rms;
use crate::time::Tick;
use crate::wire::rtp::Packet;

/// The audio that arrived at a point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    /// When the first packet of it arrived, in seconds since the case began: where the recording begins.
    pub(super) from: f64,
    /// The level in dBm0 of each 20 ms, at its middle, in seconds since the case began. Silence is
    /// [`SILENCE`].
    pub(super) levels: Vec<(f64, f64)>,
}

impl Heard {
    /// `None` where nothing arrived that can be heard.
    pub(super) fn at(timeline: &Timeline, point: Pco, began: Tick) -> Option<Self> {
        let file = wav::heard(timeline, point)?;
        let (formats, plain) = (Formats::of(timeline), Plain::of(timeline));
        let mut packets = timeline.entries().iter().filter(|entry| entry.pco == point);
        let (first, codec) = packets.find_map(|entry| {
            let Seen::Received(datagram) = &entry.seen else { return None };
            let packet = Packet::read(plain.packet(entry.seq, &datagram.bytes)?)?;
            Some((entry.at, formats.codec(point, entry.at, packet.payload_type)?))
        })?;
        let from = seconds(began, first);
        let frame = usize::try_from(file.rate).ok()? * usize::from(file.channels) / FRAMES;
        let levels = file.samples.chunks(frame.max(1)).zip(0_u32..).map(|(frame, number)| {
            let middle = from + (f64::from(number) + 0.5) * FRAME_SECONDS;
            let Dbm0(level) = Dbm0::of_rms(rms(frame), codec);
            (middle, level.max(SILENCE))
        });
        Some(Self { from, levels: levels.collect() })
    }
}

/// What is quieter is drawn as this, in dBm0.
pub(super) const SILENCE: f64 = -80.0;
/// So many levels are taken in a second.
const FRAMES: usize = 50;
/// How long the sound of one is.
const FRAME_SECONDS: f64 = 0.02;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::example;

    #[test]
    fn what_was_heard_has_its_level_where_it_arrived_and_a_lost_packet_is_silence() {
        let heard = Heard::at(&example::call(), example::RTP, Tick::ZERO).unwrap();
        assert!((heard.from - 0.5161).abs() < 0.001, "{}", heard.from);
        assert_eq!(heard.levels.len(), 100);
        // 1,000 of 32,767 is 30.3 dB below full scale, which µ-law puts at 3.17 dBm0 of a sine.
        let (at, level) = heard.levels[10];
        assert!((at - heard.from - 0.21).abs() < 1e-9, "{at}");
        assert!((level - -24.1).abs() < 0.3, "{level}");
        let silent: Vec<_> = heard.levels.iter().filter(|(_, level)| *level <= SILENCE).collect();
        assert_eq!(silent.len(), 1);
    }

    #[test]
    fn nothing_heard_has_no_level() {
        assert_eq!(Heard::at(&example::options(), example::RTP, Tick::ZERO), None);
    }
}
