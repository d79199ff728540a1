//! What a role heard, as a WAV file of 16 bits.

use super::formats::Formats;
use super::plain::Plain;
use super::point::{Pco, Point};
use super::timeline::{Seen, Timeline};
use crate::signal::{Codec, Decoder};
use crate::time::Tick;
use crate::wire::rtp::Packet;
use std::io::Cursor;

/// The audio that arrived at a point, from its first packet on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    /// Samples of each channel in a second: as many as the finest of the codecs has.
    pub rate: u32,
    /// As many as the codec with most has.
    pub channels: u16,
    /// Samples, one of each channel in turn.
    pub samples: Vec<i16>,
}

/// The audio that arrived at a point in codecs that we can decode; `None` where there was none.
///
/// A packet stands where its RTP timestamp says, so that reordering is undone and a gap is silence.
/// The timestamps are followed as long as they keep pace with arrival; where they jump, or the
/// source or the codec changes, the place is taken from the time of arrival.
pub fn heard(timeline: &Timeline, point: Pco) -> Option<Heard> {
    let formats = Formats::of(timeline);
    let plain = Plain::of(timeline);
    let arrivals = timeline.entries().iter().filter(|entry| entry.pco == point);
    let packets: Vec<(Tick, Packet<'_>, Codec)> = arrivals
        .filter_map(|entry| {
            let Seen::Received(datagram) = &entry.seen else { return None };
            let packet = Packet::read(plain.packet(entry.seq, &datagram.bytes)?)?;
            let codec = formats.codec(point, entry.at, packet.payload_type)?;
            Some((entry.at, packet, codec))
        })
        .collect();
    let rate = packets.iter().map(|(.., codec)| codec.sample_rate()).max()?;
    let channels = packets.iter().map(|(.., codec)| codec.channels()).max()?;
    let mut file = Heard { rate, channels: u16::from(channels), samples: Vec::new() };
    let mut run: Option<Run> = None;
    let first = packets.first()?.0;
    for (at, packet, codec) in packets {
        let arrived = file.frames_between(first, at);
        let same = run.take().filter(|run| run.ssrc == packet.ssrc && run.decoder.codec() == codec);
        let follows = same.and_then(|run| {
            let place = run.place(packet.timestamp, rate);
            (place.abs_diff(arrived) < 2 * u64::from(rate)).then_some((run, place))
        });
        let (mut going, place) = follows.unwrap_or_else(|| {
            let (ssrc, timestamp, decoder) = (packet.ssrc, packet.timestamp, codec.decoder());
            (Run { ssrc, timestamp, place: arrived, decoder }, arrived)
        });
        let frame = going.decoder.decode(packet.payload);
        file.put(place, &file.converted(&frame, codec));
        run = Some(going);
    }
    Some(file)
}

/// The file.
///
/// # Errors
///
/// Those of the encoder: more than 2³¹ bytes of samples.
pub fn encode(heard: &Heard) -> hound::Result<Vec<u8>> {
    let spec = hound::WavSpec {
        channels: heard.channels,
        sample_rate: heard.rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(44 + 2 * heard.samples.len()));
    let mut writer = hound::WavWriter::new(&mut file, spec)?;
    for sample in &heard.samples {
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

/// Packets of one source in one codec whose timestamps keep pace with arrival.
#[derive(Debug)]
struct Run {
    ssrc: u32,
    timestamp: u32,
    /// Where `timestamp` stands, in samples of a channel.
    place: i64,
    decoder: Decoder,
}

impl Run {
    fn place(&self, timestamp: u32, rate: u32) -> i64 {
        // The nearer way round the 32 bits of a timestamp (RFC 3550 §5.1).
        let after = i64::from(timestamp.wrapping_sub(self.timestamp).cast_signed());
        self.place + after * i64::from(rate) / i64::from(self.decoder.codec().clock_rate())
    }
}

impl Heard {
    fn frames_between(&self, first: Tick, at: Tick) -> i64 {
        let frames = at.since(first).as_nanos() * u128::from(self.rate) / 1_000_000_000;
        i64::try_from(frames).unwrap_or(i64::MAX / 2)
    }

    /// The samples of a codec at the rate and with the channels of the file: each sample held until
    /// the next, and a single channel on both sides.
    fn converted(&self, samples: &[i16], codec: Codec) -> Vec<i16> {
        let (own, own_rate) = (usize::from(codec.channels()), u64::from(codec.sample_rate()));
        let frames: Vec<&[i16]> = samples.chunks_exact(own).collect();
        let wanted = u64::try_from(frames.len()).unwrap_or(0) * u64::from(self.rate) / own_rate;
        let frame = |at: u64| {
            let at = usize::try_from(at * own_rate / u64::from(self.rate)).ok()?;
            frames.get(at).copied()
        };
        let channels = usize::from(self.channels);
        (0..wanted)
            .filter_map(frame)
            .flat_map(|frame| frame.iter().copied().cycle().take(channels))
            .collect()
    }

    /// Writes a frame over the silence at `place`; what lies before the beginning is left out.
    fn put(&mut self, place: i64, frame: &[i16]) {
        let channels = usize::from(self.channels);
        let skip = usize::try_from(-place).unwrap_or(0) * channels;
        let place = usize::try_from(place).unwrap_or(0) * channels;
        let frame = frame.get(skip..).unwrap_or_default();
        let end = place + frame.len();
        if self.samples.len() < end {
            self.samples.resize(end, 0);
        }
        if let Some(there) = self.samples.get_mut(place..end) {
            there.copy_from_slice(frame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::point::RolePoint;
    use crate::evidence::timeline::Datagram;
    use std::time::Duration;

    const RTP: Pco = Pco::of_role(0, RolePoint::Rtp);

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
        let heard = heard(&timeline, RTP).unwrap().samples;
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
        let heard = Heard { rate: 16_000, channels: 1, samples: vec![0, 1_000, -1_000] };
        let mut reader = hound::WavReader::new(Cursor::new(encode(&heard).unwrap())).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (16_000, 1, 16));
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [0, 1_000, -1_000]);
    }

    #[test]
    fn a_change_of_codec_goes_on_at_the_finer_rate() {
        let mut timeline = Timeline::default();
        packet(&mut timeline, 0, 1, 0, 988);
        // Payload type 10: L16 at 44,100 Hz, left and right.
        let mut bytes = vec![0x80, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        bytes.extend([1, 0, 2, 0]);
        let local = "127.0.0.1:4000".parse().unwrap();
        let datagram = Datagram { local, remote: local, bytes, connection: None };
        timeline.record(Tick::ZERO + Duration::from_millis(10), RTP, Seen::Received(datagram));
        let heard = heard(&timeline, RTP).unwrap();
        assert_eq!((heard.rate, heard.channels), (44_100, 2));
        // Four samples at 8 kHz are 22 at 44.1 kHz.
        assert_eq!(heard.samples.iter().take_while(|&&sample| sample == 988).count(), 44);
        assert_eq!(heard.samples[882..], [0x100, 0x200]);
    }
}
