//! Packets that are legal and unusual, and some that are neither.

use super::Media;
use crate::wire::rtp::{Extension, Packet};
use std::time::Duration;

/// What the packets of a sound are like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Of a payload type that nobody agreed to.
    UnknownType,
    /// With padding (RFC 3550 §5.1).
    Padding,
    /// With a header extension (RFC 3550 §5.3.1).
    Extension,
    /// With contributing sources.
    Csrc,
    /// From another source, and so all that follow.
    NewSource,
    /// From the source identifier of the other end (RFC 3550 §8.2).
    DeviceSource,
    /// With sequence numbers that are 5,000 further, and so all that follow.
    SequenceJump,
    /// No packets at all: random bytes of the same length, that are no RTP.
    Garbage,
}

impl Shape {
    /// Every shape.
    pub const ALL: &[Self] = &[
        Self::UnknownType,
        Self::Padding,
        Self::Extension,
        Self::Csrc,
        Self::NewSource,
        Self::DeviceSource,
        Self::SequenceJump,
        Self::Garbage,
    ];

    /// The word of it in scenario files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownType => "unknown-type",
            Self::Padding => "padding",
            Self::Extension => "extension",
            Self::Csrc => "csrc",
            Self::NewSource => "new-source",
            Self::DeviceSource => "device-source",
            Self::SequenceJump => "sequence-jump",
            Self::Garbage => "garbage",
        }
    }
}

impl Media {
    /// Gives packets that are to be played other shapes.
    pub fn shape(&mut self, packets: &mut [(Duration, Vec<u8>)], shapes: &[Shape]) {
        for shape in shapes {
            let theirs = self.reception.ssrc();
            let (other, later) = (self.rng.u32(..), self.rng.u32(..));
            if *shape == Shape::NewSource {
                self.ssrc = other;
                self.epoch = self.epoch.wrapping_add(later);
            } else if *shape == Shape::SequenceJump {
                self.sequence = self.sequence.wrapping_add(JUMP);
            }
            for (_, bytes) in packets.iter_mut() {
                if *shape == Shape::Garbage {
                    self.rng.fill(bytes);
                    // Neither RTP nor STUN nor DTLS by its first byte (RFC 7983).
                    if let Some(first) = bytes.first_mut() {
                        *first = 0xff;
                    }
                    continue;
                }
                let Some(mut packet) = Packet::read(bytes) else { continue };
                match shape {
                    Shape::UnknownType => packet.payload_type = UNKNOWN,
                    Shape::Padding => packet.padding = 8,
                    Shape::Extension => {
                        packet.extension =
                            Some(Extension { profile: 0xbede, data: &[0x10, 0xaa, 0, 0] });
                    }
                    Shape::Csrc => packet.csrcs = vec![other, later],
                    Shape::NewSource => {
                        packet.ssrc = other;
                        packet.timestamp = packet.timestamp.wrapping_add(later);
                    }
                    Shape::DeviceSource => packet.ssrc = theirs.unwrap_or(packet.ssrc),
                    Shape::SequenceJump => packet.sequence = packet.sequence.wrapping_add(JUMP),
                    Shape::Garbage => {}
                }
                let written = packet.write();
                *bytes = written;
            }
        }
    }
}

/// A payload type that no role offers.
const UNKNOWN: u8 = 119;
const JUMP: u16 = 5_000;

#[cfg(test)]
mod tests {
    use super::super::Sound;
    use super::*;
    use crate::signal::Codec;
    use crate::time::Tick;
    use crate::wire::rtp::defects;

    fn played(media: &mut Media, shapes: &[Shape]) -> Vec<Vec<u8>> {
        let samples = vec![0; 320];
        let ptime = Duration::from_millis(20);
        let sound = Sound::Audio { payload_type: 0, codec: Codec::Pcmu, ptime, samples };
        let mut packets = media.play(Tick::from_nanos(1_000_000_000), vec![sound]);
        media.shape(&mut packets, shapes);
        packets.into_iter().map(|(_, bytes)| bytes).collect()
    }

    #[test]
    fn unusual_packets_are_sound_and_carry_the_same() {
        let mut media = Media::new(1, "a@b".to_owned());
        let plain = played(&mut media, &[]);
        let payload = Packet::read(&plain[0]).unwrap().payload.to_vec();
        for shape in [Shape::Padding, Shape::Extension, Shape::Csrc, Shape::UnknownType] {
            let unusual = played(&mut media, &[shape]);
            assert_eq!(defects(&unusual[0]), [], "{}", shape.word());
            assert_eq!(Packet::read(&unusual[0]).unwrap().payload, payload, "{}", shape.word());
            assert_ne!(unusual[0][..2], plain[0][..2]);
        }
        assert_eq!(played(&mut media, &[Shape::Garbage])[0][0], 0xff);
    }

    #[test]
    fn a_new_source_and_a_jump_last() {
        let mut media = Media::new(1, "a@b".to_owned());
        let first = played(&mut media, &[]);
        let first = Packet::read(&first[1]).unwrap();
        let changed = played(&mut media, &[Shape::NewSource, Shape::SequenceJump]);
        let changed = Packet::read(&changed[1]).unwrap();
        let after = played(&mut media, &[]);
        let after = Packet::read(&after[0]).unwrap();
        assert_ne!(changed.ssrc, first.ssrc);
        assert_eq!(changed.sequence, first.sequence.wrapping_add(2 + JUMP));
        assert_eq!((after.ssrc, after.sequence), (changed.ssrc, changed.sequence.wrapping_add(1)));
    }
}
