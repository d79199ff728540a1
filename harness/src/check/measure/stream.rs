//! The packets of one synchronisation source.

use super::Numbering;
use super::packet::{Arrival, Packet};
use crate::evidence::formats::Formats;
use crate::evidence::point::Pco;
use crate::signal::Codec;
use std::collections::BTreeMap;

/// The RTP packets of one source in the order in which they arrived; never empty.
///
/// Sequence numbers and timestamps are continued beyond their width, by [`Numbering`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stream<'a> {
    packets: Vec<Packet<'a>>,
}

impl<'a> Stream<'a> {
    /// The streams among some arrivals, in the order of their first packets.
    ///
    /// Arrivals that are not RTP belong to none.
    pub fn group(arrivals: &[Arrival<'a>]) -> Vec<Self> {
        let packets = arrivals.iter().enumerate().filter_map(|(at, &seen)| Packet::read(seen, at));
        let mut streams: Vec<Vec<Packet<'a>>> = Vec::new();
        let mut places = BTreeMap::new();
        for packet in packets {
            let place = *places.entry(packet.ssrc).or_insert(streams.len());
            match streams.get_mut(place) {
                Some(stream) => stream.push(packet),
                None => streams.push(vec![packet]),
            }
        }
        streams.into_iter().map(|packets| Self { packets: continued(packets) }).collect()
    }

    /// The packets, in the order in which they arrived.
    pub fn packets(&self) -> &[Packet<'a>] {
        &self.packets
    }

    /// The packets of some payload types alone; `None` if there are none.
    ///
    /// Audio and telephone events share one sequence but not one meaning of the timestamp: figures
    /// of loss are of the whole stream, those of timing of each part.
    pub fn of_payload_types(&self, wanted: impl Fn(u8) -> bool) -> Option<Self> {
        let packets: Vec<_> =
            self.packets.iter().copied().filter(|packet| wanted(packet.payload_type)).collect();
        (!packets.is_empty()).then_some(Self { packets })
    }

    /// The packets that pass `point` with audio in the codec of the first of them, and the codec;
    /// `None` if there is none that we can decode.
    pub fn audio(&self, formats: &Formats, point: Pco) -> Option<(Self, Codec)> {
        let codec = |packet: &Packet<'_>| formats.codec(point, packet.at, packet.payload_type);
        let first = self.packets.iter().find_map(codec)?;
        let packets = self.packets.iter().copied().filter(|it| codec(it) == Some(first)).collect();
        Some((Self { packets }, first))
    }

    /// The packets in the order in which they were sent, each once: the first that arrived.
    pub fn in_order(&self) -> Vec<Packet<'a>> {
        let mut packets = self.packets.clone();
        packets.sort_by_key(|packet| packet.order);
        packets.dedup_by_key(|packet| packet.order);
        packets
    }

    /// The payload types, each once, in the order in which they came.
    pub fn payload_types(&self) -> Vec<u8> {
        let mut types = Vec::new();
        for packet in &self.packets {
            if !types.contains(&packet.payload_type) {
                types.push(packet.payload_type);
            }
        }
        types
    }
}

/// Continues sequence numbers and timestamps beyond their 16 and 32 bits.
fn continued(packets: Vec<Packet<'_>>) -> Vec<Packet<'_>> {
    let mut numbering = Numbering::default();
    let mut placed = Vec::with_capacity(packets.len());
    for packet in packets {
        numbering.push(packet, |packet| placed.push(packet));
    }
    placed.extend(numbering.finish());
    placed
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{Sender, arrivals};
    use super::*;

    fn orders(sequences: &[u16]) -> Vec<i64> {
        let mut sender = Sender::new(1);
        let sent: Vec<_> = sequences
            .iter()
            .map(|&sequence| {
                sender.sequence = sequence;
                sender.packet()
            })
            .collect();
        Stream::group(&arrivals(&sent))[0].packets().iter().map(|packet| packet.order).collect()
    }

    #[test]
    fn numbering_goes_on_past_its_end() {
        assert_eq!(orders(&[65_534, 65_535, 0, 1]), [65_534, 65_535, 65_536, 65_537]);
        assert_eq!(orders(&[65_535, 1, 0, 2]), [65_535, 65_537, 65_536, 65_538]);
        assert_eq!(orders(&[0, 65_535, 1]), [0, -1, 1]);
    }

    #[test]
    fn a_confirmed_jump_is_a_restart_and_a_stray_packet_is_not() {
        assert_eq!(orders(&[10, 11, 40_000, 40_001]), [10, 11, 12, 13]);
        assert_eq!(orders(&[10, 11, 4_000, 12]), [10, 11, 4_000, 12]);
        assert_eq!(orders(&[10, 12, 13]), [10, 12, 13]);
        assert_eq!(orders(&[200, 201, 50, 51, 52]), [200, 201, 202, 203, 204]);
    }

    #[test]
    fn each_source_is_a_stream_of_its_own() {
        let (mut one, mut two) = (Sender::new(1), Sender::new(2));
        let sent = [two.packet(), one.packet(), one.packet(), two.packet()];
        let arrivals = arrivals(&sent);
        let streams = Stream::group(&arrivals);
        let seen: Vec<_> =
            streams.iter().map(|s| (s.packets()[0].ssrc, s.packets().len())).collect();
        assert_eq!(seen, [(2, 2), (1, 2)]);
        assert_eq!(streams[1].packets()[0].index, 1);
    }

    #[test]
    fn parts_keep_the_numbering_of_the_whole() {
        let mut sender = Sender::new(1);
        let mut sent = vec![sender.packet()];
        sender.payload_type = 101;
        sent.push(sender.packet());
        sender.payload_type = 0;
        sent.push(sender.packet());
        let arrivals = arrivals(&sent);
        let stream = &Stream::group(&arrivals)[0];
        let audio = stream.of_payload_types(|pt| pt != 101).unwrap();
        let step = audio.packets()[1].order - audio.packets()[0].order;
        assert_eq!((stream.payload_types(), audio.packets().len(), step), (vec![0, 101], 2, 2));
        assert_eq!(stream.of_payload_types(|pt| pt == 9), None);
    }
}
