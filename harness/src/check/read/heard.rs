//! Figures of media that a role heard.

use super::message::{integer, text};
use super::secure;
use super::window::{Datagrams, Way, Window};
use crate::check::expression::node::Reading;
use crate::check::figure::Figure;
use crate::check::measure::emodel::Quality;
use crate::check::measure::{
    Arrival, Audio, Intervals, Jitter, Latency, Loss, Measured, Payload, Stream, Timestamps, Unit,
    skew,
};
use crate::check::value::{Missing, Read, Value};
use crate::check::view::{Instant, View, seconds};
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::step::StepId;
use crate::signal::Codec;
use crate::wire::classify::{Kind, classify};
use crate::wire::defect::DefectCode;
use crate::wire::{rtp, sdp};
use std::time::Duration;

/// The figure, or `None` if it is not one of media that is heard.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    if reading.figure.kinds() != [crate::check::figure::Kind::Heard] {
        return None;
    }
    let Some(window) = Window::of(reading.step, view) else {
        return Some(Read::unknown("the listening step was not carried out", []));
    };
    if let Some(read) = secure::read(reading.figure, window, view) {
        return Some(read);
    }
    let rtp = window.datagrams(RolePoint::Rtp, Way::Received, view);
    let earlier =
        window.since_the_beginning().datagrams(RolePoint::Rtp, Way::Received, view).arrivals;
    let (step, streams) = (reading.step, rtp.streams());
    let heard = Heard { step, window, streams, rtp: &rtp, earlier, view };
    let value = heard.read(reading.figure);
    let evidence = std::iter::once(window.start).chain(rtp.ends()).collect();
    Some(Read { value, evidence })
}

struct Heard<'a> {
    step: StepId,
    window: Window,
    streams: Vec<Stream<'a>>,
    rtp: &'a Datagrams<'a>,
    /// What came to the point up to the end of the window.
    earlier: Vec<Arrival<'a>>,
    view: &'a View<'a>,
}

impl Heard<'_> {
    fn read(&self, figure: Figure) -> Result<Value, Missing> {
        let packets: usize = self.streams.iter().map(|stream| stream.packets().len()).sum();
        match figure {
            Figure::Packets => return Ok(Value::count(packets)),
            Figure::SsrcCount => return Ok(Value::count(self.streams.len())),
            Figure::PacketDefectsCount => return Ok(Value::count(self.defects().len())),
            Figure::PacketDefectsCodes => {
                let mut names: Vec<_> =
                    self.defects().into_iter().map(|code| code.name().to_owned()).collect();
                names.sort();
                names.dedup();
                return Ok(Value::Texts(names));
            }
            _ => {}
        }
        // Of several sources the one that sent most is measured; `ssrc.count` tells of the others.
        let stream = self.streams.iter().max_by_key(|stream| stream.packets().len());
        let Some(stream) = stream else {
            let message = "no RTP packet came".to_owned();
            return Err(Missing::Absent(message));
        };
        self.of_stream(figure, stream)
    }

    fn of_stream(&self, figure: Figure, stream: &Stream<'_>) -> Result<Value, Missing> {
        let loss = || Loss::of(stream);
        let first = stream.packets().first().copied();
        let value = match figure {
            Figure::Lost => Some(Value::count(loss().lost)),
            Figure::Duplicates => Some(Value::count(loss().duplicates)),
            Figure::Reordered => Some(Value::count(loss().reordered)),
            Figure::SequenceGaps => Some(Value::count(loss().gaps)),
            Figure::LossRatio => Some(Value::Measured(loss().ratio())),
            Figure::LossBurst => Some(Value::count(loss().longest_burst)),
            Figure::SequenceFirst => {
                first.and_then(|it| self.first_ever(it.ssrc)).map(|(sequence, _)| integer(sequence))
            }
            Figure::TimestampFirst => first
                .and_then(|it| self.first_ever(it.ssrc))
                .map(|(_, timestamp)| integer(timestamp)),
            Figure::Ssrc => first.map(|packet| integer(packet.ssrc)),
            Figure::SourceDescribed => self.window.described(self.view).map(|described| {
                let mut remotes = (0..self.rtp.arrivals.len()).filter_map(|it| self.rtp.remote(it));
                Value::Truth(remotes.all(|remote| remote == described))
            }),
            Figure::PayloadType => first.map(|packet| integer(packet.payload_type)),
            Figure::PayloadTypes => {
                let types = stream.payload_types().into_iter().map(|it| it.to_string()).collect();
                Some(Value::Texts(types))
            }
            Figure::MarkerFirst => {
                first.map(|packet| Value::Truth(self.begins_marked(packet.ssrc)))
            }
            Figure::Source => first
                .and_then(|packet| self.rtp.remote(packet.index))
                .map(|it| text(it.to_string())),
            Figure::HeardCodec => first
                .and_then(|packet| self.window.codec(packet.payload_type, self.view))
                .map(|codec| Value::Text(codec.name)),
            Figure::FirstPacket => first.map(|packet| {
                let uncertainty = self.view.uncertainty(Pco::TEST);
                let from = Instant { at: self.window.from, uncertainty, seq: self.window.start };
                let to = Instant { at: packet.at, uncertainty: self.stamp(), seq: from.seq };
                Value::Measured(self.view.between(from, to))
            }),
            _ => return self.of_audio(figure, stream),
        };
        value.ok_or_else(|| Missing::Unknown(format!("{} cannot be read", figure.pattern())))
    }

    /// Figures of the audio alone, without telephone events.
    fn of_audio(&self, figure: Figure, stream: &Stream<'_>) -> Result<Value, Missing> {
        let codec = |payload_type| self.window.codec(payload_type, self.view);
        let is_event = |it: &u8| codec(*it).is_some_and(|it| it.is("telephone-event"));
        let events: Vec<u8> = stream.payload_types().into_iter().filter(is_event).collect();
        let audio = stream.of_payload_types(|payload_type| !events.contains(&payload_type));
        let Some(audio) = audio else {
            return Err(Missing::Absent("no audio packet came".to_owned()));
        };
        let described = audio.packets().first().and_then(|packet| codec(packet.payload_type));
        let rate = described.as_ref().map_or(8_000, |codec| codec.clock_rate);
        let too_few = || Missing::Unknown("too few packets came to tell".to_owned());
        match figure {
            Figure::TimestampStep | Figure::TimestampErrors | Figure::Ptime => {
                let timestamps = Timestamps::of(&audio).ok_or_else(too_few)?;
                Ok(match figure {
                    Figure::TimestampStep => integer(timestamps.step),
                    Figure::TimestampErrors => Value::count(timestamps.errors),
                    _ => Value::Measured(timestamps.packet_time(rate)),
                })
            }
            Figure::MosEstimate => of_quality(stream, described.as_ref()),
            Figure::Level
            | Figure::RightLevel
            | Figure::PayloadCodec
            | Figure::ToneLevel
            | Figure::ToneFrequency
            | Figure::ToneSinad
            | Figure::SilenceMax
            | Figure::LoopLatency
            | Figure::LoopConfidence => {
                let encoding = described.map(|codec| codec.to_string()).unwrap_or_default();
                let Ok(codec) = encoding.parse() else {
                    return Err(Missing::Unknown(format!("audio in `{encoding}` is not decoded")));
                };
                self.of_sound(figure, &audio, codec)
            }
            _ => self.timing(figure, &audio, rate).map(Value::Measured).ok_or_else(too_few),
        }
    }

    fn of_sound(
        &self,
        figure: Figure,
        stream: &Stream<'_>,
        codec: Codec,
    ) -> Result<Value, Missing> {
        let silent = || Missing::Absent(SILENCE.to_owned());
        let sound = || self.sound(stream, codec, 0).ok_or_else(silent);
        match figure {
            Figure::PayloadCodec => {
                let unclear = || Missing::Unknown("there is too little sound to tell".to_owned());
                let found = Payload::of(stream, codec).ok_or_else(unclear)?;
                Ok(text(found.to_string()))
            }
            Figure::RightLevel => {
                let right = self
                    .sound(stream, codec, 1)
                    .ok_or_else(|| Missing::Absent(format!("{codec} has no right channel")))?;
                right.level().map(Value::Measured).ok_or_else(silent)
            }
            Figure::Level => sound()?.level().map(Value::Measured).ok_or_else(silent),
            Figure::SilenceMax => {
                sound()?.longest_silence().map(Value::Measured).ok_or_else(silent)
            }
            Figure::LoopLatency | Figure::LoopConfidence => self.of_loop(figure, &sound()?),
            _ => {
                let measure = || {
                    let heard = self.sound(stream, codec, 0).ok_or(SILENCE)?;
                    heard.steady().tone().ok_or("no steady tone was heard")
                };
                let tone = self.view.tone(self.step, measure);
                let tone = tone.map_err(|words| Missing::Absent(words.to_owned()))?;
                Ok(Value::Measured(match figure {
                    Figure::ToneLevel => tone.level,
                    Figure::ToneFrequency => tone.frequency,
                    _ => tone.sinad,
                }))
            }
        }
    }

    /// The sound of one channel of a stream, whose decoder has heard what came before.
    fn sound(&self, stream: &Stream<'_>, codec: Codec, channel: usize) -> Option<Audio> {
        let earlier = self.earlier();
        let before = stream.packets().first().and_then(|first| {
            let streams = earlier.iter().filter_map(|it| it.audio(self.view.formats(), self.pco()));
            let mut of_codec = streams.filter(|(_, its)| *its == codec).map(|(stream, _)| stream);
            of_codec.find(|it| it.packets().iter().any(|packet| packet.ssrc == first.ssrc))
        });
        Audio::of_channel(before.as_ref(), stream, codec, channel)
    }

    fn of_loop(&self, figure: Figure, heard: &Audio) -> Result<Value, Missing> {
        let sent = self.window.datagrams(RolePoint::Rtp, Way::Sent, self.view);
        let played = sent.streams().into_iter().max_by_key(|stream| stream.packets().len());
        let played = played.and_then(|stream| {
            let (audio, codec) = stream.audio(self.view.formats(), self.pco())?;
            Audio::of(&audio, codec)
        });
        let Some(played) = played else {
            return Err(Missing::Unknown("the role played nothing meanwhile".to_owned()));
        };
        let Some(found) = Latency::of(&played, heard, LONGEST_LOOP, self.stamp()) else {
            return Err(Missing::Absent("what was played did not come back".to_owned()));
        };
        match figure {
            Figure::LoopConfidence => Ok(Value::Measured(Measured {
                value: found.confidence,
                uncertainty: 0.0,
                unit: Unit::Count,
            })),
            _ if found.is_clear() => Ok(Value::Measured(self.stalled(found.latency))),
            _ => Err(Missing::Unknown(format!(
                "the correlation has no clear peak (confidence {:.1})",
                found.confidence
            ))),
        }
    }

    /// The streams that came before the window.
    fn earlier(&self) -> Vec<Stream<'_>> {
        let arrivals = self.earlier.iter().copied().filter(|it| it.at < self.window.from);
        Stream::group(&arrivals.collect::<Vec<_>>())
    }

    fn timing(&self, figure: Figure, audio: &Stream<'_>, rate: u32) -> Option<Measured> {
        let stamp = self.stamp();
        let arrivals = || Intervals::of_arrivals(audio, stamp);
        let pacing = || Intervals::of_pacing(audio, rate, stamp);
        let jitter = || Jitter::of(audio, rate, stamp);
        let measured = match figure {
            Figure::InterarrivalP50 => arrivals()?.p50,
            Figure::InterarrivalP95 => arrivals()?.p95,
            Figure::InterarrivalP99 => arrivals()?.p99,
            Figure::InterarrivalMax => arrivals()?.max,
            Figure::PacingP50 => pacing()?.p50,
            Figure::PacingP95 => pacing()?.p95,
            Figure::PacingP99 => pacing()?.p99,
            Figure::PacingMax => pacing()?.max,
            Figure::Jitter => jitter()?.last,
            Figure::JitterMax => jitter()?.max,
            Figure::JitterP99 => jitter()?.change.p99,
            Figure::Skew => skew::skew(audio, rate, stamp)?,
            _ => return None,
        };
        Some(self.with_own_noise(figure, self.stalled(measured)))
    }

    /// What a device sends may go by what it hears: how unevenly we sent meanwhile adds to the
    /// uncertainty of how evenly the device did.
    fn with_own_noise(&self, figure: Figure, measured: Measured) -> Measured {
        let sent = self.window.datagrams(RolePoint::Rtp, Way::Sent, self.view);
        let streams = sent.streams();
        let audio = streams.iter().max_by_key(|stream| stream.packets().len()).and_then(|stream| {
            let codec = |payload_type| self.window.codec(payload_type, self.view);
            let is_audio = |it: u8| codec(it).is_some_and(|codec| !codec.is("telephone-event"));
            let audio = stream.of_payload_types(is_audio)?;
            let rate = codec(audio.packets().first()?.payload_type)?.clock_rate;
            Some((audio, rate))
        });
        let Some((audio, rate)) = audio else { return measured };
        let stamp = Duration::ZERO;
        let pacing = || Intervals::of_pacing(&audio, rate, stamp);
        let noise = match figure {
            Figure::InterarrivalP50 | Figure::PacingP50 => pacing().map(|it| it.p50),
            Figure::InterarrivalP95 | Figure::PacingP95 => pacing().map(|it| it.p95),
            Figure::InterarrivalP99 | Figure::PacingP99 => pacing().map(|it| it.p99),
            Figure::InterarrivalMax | Figure::PacingMax => pacing().map(|it| it.max),
            Figure::Jitter | Figure::JitterMax => Jitter::of(&audio, rate, stamp).map(|it| it.max),
            Figure::JitterP99 => Jitter::of(&audio, rate, stamp).map(|it| it.change.p99),
            _ => None,
        };
        let noise = noise.map_or(0.0, |noise| noise.value);
        Measured { uncertainty: measured.uncertainty + noise, ..measured }
    }

    /// What is wrong with what came as RTP.
    fn defects(&self) -> Vec<DefectCode> {
        let media = |bytes: &[u8]| matches!(classify(bytes), Kind::Rtp | Kind::Unknown);
        let arrivals = self.rtp.arrivals.iter().filter(|it| media(it.bytes));
        arrivals.flat_map(|it| rtp::defects(it.bytes)).map(|defect| defect.code).collect()
    }

    /// A stall of the machine may have moved any packet by its length.
    fn stalled(&self, measured: Measured) -> Measured {
        let stalled = seconds(self.view.stalled(self.window.from, self.window.to));
        let moved = match measured.unit {
            Unit::Ppm => stalled / seconds(self.window.span()).max(f64::MIN_POSITIVE),
            _ => stalled,
        };
        Measured { uncertainty: measured.uncertainty + moved, ..measured }
    }

    fn stamp(&self) -> Duration {
        self.view.uncertainty(self.pco())
    }

    const fn pco(&self) -> Pco {
        Pco::of_role(self.window.role, RolePoint::Rtp)
    }

    /// Sequence number and timestamp of the first packet that the source ever sent to the role.
    fn first_ever(&self, ssrc: u32) -> Option<(u16, u32)> {
        let case = self.window.since_the_beginning();
        let packets = case.datagrams(RolePoint::Rtp, Way::Received, self.view);
        let streams = packets.streams();
        let mut firsts = streams.iter().filter_map(|stream| stream.packets().first());
        let first = firsts.find(|packet| packet.ssrc == ssrc)?;
        Some((first.sequence, first.timestamp))
    }

    /// Whether the first packet that the source ever sent to the role has the marker.
    fn begins_marked(&self, ssrc: u32) -> bool {
        let case = self.window.since_the_beginning();
        let packets = case.datagrams(RolePoint::Rtp, Way::Received, self.view);
        let streams = packets.streams();
        let mut firsts = streams.iter().filter_map(|stream| stream.packets().first());
        firsts.any(|packet| packet.ssrc == ssrc && packet.marker)
    }
}

/// The E-model's estimate for what came.
fn of_quality(stream: &Stream<'_>, encoding: Option<&sdp::Codec>) -> Result<Value, Missing> {
    let name = encoding.map(ToString::to_string).unwrap_or_default();
    let unknown =
        || Missing::Unknown(format!("ITU-T G.113 does not say what `{name}` does to speech"));
    let quality = encoding.and_then(|codec| Quality::of_loss(Loss::of(stream), &codec.name));
    let quality = quality.ok_or_else(unknown)?;
    Ok(Value::Measured(Measured { value: quality.mos, uncertainty: 0.0, unit: Unit::Count }))
}

/// What is said where nothing was heard.
const SILENCE: &str = "only silence was heard";
/// The longest way through a device's loop that is looked for.
const LONGEST_LOOP: Duration = Duration::from_secs(1);
