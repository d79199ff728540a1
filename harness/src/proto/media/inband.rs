//! Digits as tones in the audio of the other end.

use crate::signal::dtmf::Detector;
use crate::signal::{Codec, Decoder};
use crate::wire::rtp::Packet;

/// A detector on the packets of one source, with silence where one is missing; of several channels
/// the first.
#[derive(Clone, Debug)]
pub(super) struct Inband {
    ssrc: u32,
    codec: Codec,
    /// The timestamp that the next packet has to have.
    next: u32,
    decoder: Decoder,
    detector: Detector,
}

impl Inband {
    /// Listens from `packet` on.
    fn from(packet: &Packet<'_>, codec: Codec) -> Self {
        let (ssrc, next) = (packet.ssrc, packet.timestamp);
        Self { ssrc, codec, next, decoder: codec.decoder(), detector: Detector::new(codec) }
    }

    /// Takes a packet of audio; the digits that are over by it.
    pub(super) fn take(this: &mut Option<Self>, packet: &Packet<'_>, codec: Codec) -> Vec<char> {
        let known = this.take().filter(|it| {
            let ahead = packet.timestamp.wrapping_sub(it.next);
            let goes_on = ahead < codec.clock_rate() || ahead > u32::MAX - codec.clock_rate();
            it.ssrc == packet.ssrc && it.codec == codec && goes_on
        });
        this.insert(known.unwrap_or_else(|| Self::from(packet, codec))).hear(packet)
    }

    fn hear(&mut self, packet: &Packet<'_>) -> Vec<char> {
        let missing = packet.timestamp.wrapping_sub(self.next).cast_signed();
        // A packet that comes too late has been heard as silence.
        if let Ok(missing) = usize::try_from(missing) {
            let (rate, clock) = (self.codec.sample_rate(), self.codec.clock_rate().max(1));
            let samples_a_tick = usize::try_from(rate / clock).unwrap_or(1).max(1);
            self.detector.handle(&vec![0; missing * samples_a_tick]);
            let channels = usize::from(self.codec.channels()).max(1);
            let all = self.decoder.decode(packet.payload);
            let samples: Vec<i16> = all.into_iter().step_by(channels).collect();
            self.detector.handle(&samples);
            let ticks = u32::try_from(samples.len() / samples_a_tick).unwrap_or(u32::MAX);
            self.next = packet.timestamp.wrapping_add(ticks);
        }
        std::iter::from_fn(|| self.detector.poll()).map(|heard| heard.digit.name()).collect()
    }
}
