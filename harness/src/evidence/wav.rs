//! What a role heard, as a WAV file: 16 bits, 8,000 samples a second, one channel.

use super::point::{Pco, Point};
use super::timeline::{Seen, Timeline};
use crate::signal::codec::Codec;
use crate::time::Tick;
use crate::wire::rtp::Packet;
use std::io::Cursor;

/// The G.711 audio that arrived at a point, from its first packet on; `None` where there was none.
///
/// A packet stands where its RTP timestamp says, so that reordering is undone and a gap is silence.
/// The timestamps are followed as long as they keep pace with arrival; where they jump, or the
/// source changes, the place is taken from the time of arrival.
pub fn heard(timeline: &Timeline, point: Pco) -> Option<Vec<i16>> {
    let mut audio = Vec::new();
    let mut first = None;
    let mut run: Option<Run> = None;
    for entry in timeline.entries().iter().filter(|entry| entry.pco == point) {
        let Seen::Received(datagram) = &entry.seen else { continue };
        let Some(packet) = Packet::read(&datagram.bytes) else { continue };
        let Some(codec) = Codec::of_payload_type(packet.payload_type) else { continue };
        let first = *first.get_or_insert(entry.at);
        let arrived = samples_between(first, entry.at);
        let follows = run.filter(|run| run.ssrc == packet.ssrc);
        let place = follows.and_then(|run| run.place(packet.timestamp, arrived));
        let place = place.unwrap_or_else(|| {
            let (ssrc, timestamp) = (packet.ssrc, packet.timestamp);
            run = Some(Run { ssrc, timestamp, place: arrived });
            arrived
        });
        put(&mut audio, place, &codec.decode(packet.payload));
    }
    first.map(|_| audio)
}

/// The file.
///
/// # Errors
///
/// Those of the encoder: more than 2³¹ bytes of samples.
pub fn encode(samples: &[i16]) -> hound::Result<Vec<u8>> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(44 + 2 * samples.len()));
    let mut writer = hound::WavWriter::new(&mut file, spec)?;
    for sample in samples {
        writer.write_sample(*sample)?;
    }
    writer.finalize()?;
    Ok(file.into_inner())
}

/// The name of the file for a point: `alice.wav` for `alice.rtp`.
pub fn file_name(point: &Point) -> String {
    let name = point.name.strip_suffix(".rtp").unwrap_or(&point.name);
    format!("{name}.wav")
}

/// Packets of one source whose timestamps keep pace with arrival.
#[derive(Clone, Copy, Debug)]
struct Run {
    ssrc: u32,
    timestamp: u32,
    /// Where `timestamp` stands, in samples.
    place: i64,
}

impl Run {
    fn place(self, timestamp: u32, arrived: i64) -> Option<i64> {
        // The nearer way round the 32 bits of a timestamp (RFC 3550 §5.1).
        let after = timestamp.wrapping_sub(self.timestamp).cast_signed();
        let place = self.place + i64::from(after);
        (place.abs_diff(arrived) < PACE).then_some(place)
    }
}

fn samples_between(first: Tick, at: Tick) -> i64 {
    let samples = at.since(first).as_nanos() * u128::from(RATE) / 1_000_000_000;
    i64::try_from(samples).unwrap_or(i64::MAX / 2)
}

/// Writes a frame over the silence at `place`; what lies before the beginning is left out.
fn put(audio: &mut Vec<i16>, place: i64, frame: &[i16]) {
    let skip = usize::try_from(-place).unwrap_or(0);
    let place = usize::try_from(place).unwrap_or(0);
    let frame = frame.get(skip..).unwrap_or_default();
    let end = place + frame.len();
    if audio.len() < end {
        audio.resize(end, 0);
    }
    if let Some(there) = audio.get_mut(place..end) {
        there.copy_from_slice(frame);
    }
}

const RATE: u32 = 8_000;
/// How far timestamps may stray from the time of arrival, in samples: two seconds.
const PACE: u64 = 2 * RATE as u64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::timeline::Datagram;
    use std::time::Duration;

    const RTP: Pco = Pco(4);

    fn packet(timeline: &mut Timeline, ms: u64, ssrc: u32, timestamp: u32, level: i16) {
        let mut bytes = vec![0x80, 0, 0, 0];
        bytes.extend(timestamp.to_be_bytes());
        bytes.extend(ssrc.to_be_bytes());
        bytes.extend(Codec::Pcmu.encode(&[level; 4]));
        let local = "127.0.0.1:4000".parse().unwrap();
        let at = Tick::ZERO + Duration::from_millis(ms);
        timeline.record(
            at,
            RTP,
            Seen::Received(Datagram { local, remote: local, bytes, connection: None }),
        );
    }

    fn levels(ms_ssrc_timestamp_level: &[(u64, u32, u32, i16)]) -> Vec<(usize, i16)> {
        let mut timeline = Timeline::default();
        for &(ms, ssrc, timestamp, level) in ms_ssrc_timestamp_level {
            packet(&mut timeline, ms, ssrc, timestamp, level);
        }
        let heard = heard(&timeline, RTP).unwrap();
        let steps = heard.iter().enumerate().filter(|(i, v)| *i == 0 || heard[i - 1] != **v);
        steps.map(|(i, v)| (i, *v)).collect()
    }

    #[test]
    fn order_is_that_of_timestamps_and_gaps_are_silence() {
        // 988, 2,236 and 4,092 are values that µ-law keeps.
        let wrapped = u32::MAX - 1;
        let heard = levels(&[(0, 1, wrapped, 988), (2, 1, 14, 4_092), (1, 1, 2, 2_236)]);
        assert_eq!(heard, [(0, 988), (4, 2_236), (8, 0), (16, 4_092)]);
    }

    #[test]
    fn a_jump_takes_its_place_from_arrival() {
        let heard = levels(&[(0, 1, 0, 988), (1_000, 1, 900_000_000, 2_236), (2_000, 2, 7, 4_092)]);
        assert_eq!(heard, [(0, 988), (4, 0), (8_000, 2_236), (8_004, 0), (16_000, 4_092)]);
    }

    #[test]
    fn what_is_earlier_than_the_first_packet_is_left_out() {
        assert_eq!(levels(&[(0, 1, 100, 988), (1, 1, 98, 2_236)]), [(0, 2_236), (2, 988)]);
    }

    #[test]
    fn no_packet_is_no_file() {
        assert_eq!(heard(&Timeline::default(), RTP), None);
    }

    #[test]
    fn the_file_is_what_its_header_says() {
        let file = encode(&[0, 1_000, -1_000]).unwrap();
        let mut reader = hound::WavReader::new(Cursor::new(file)).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.spec().bits_per_sample), (8_000, 16));
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [0, 1_000, -1_000]);
    }
}
