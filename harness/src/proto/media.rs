//! One of our ends of an RTP session: what it sends as packets, and its RTCP reports (RFC 3550).

mod events;
mod extended;
mod inband;
mod reception;
mod shape;
pub mod shield;

pub use shape::Shape;

use super::digits::{Events, Method};
use super::policy::Rtcp;
use crate::signal::{Codec, Encoder};
use crate::time::Tick;
use crate::wire::rtcp::{self, Chunk, SenderInfo};
use crate::wire::rtp;
use crate::wire::telephone_event::Event;
use extended::Extended;
use inband::Inband;
use reception::Reception;
use std::time::Duration;

/// One thing to be heard by the other end.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// Audio.
    Audio {
        /// The payload type agreed for sending.
        payload_type: u8,
        /// How it is coded.
        codec: Codec,
        /// How much of it a packet carries.
        ptime: Duration,
        /// The samples of all channels.
        samples: Vec<i16>,
    },
    /// Digits as telephone events (RFC 4733), one after the other.
    Digits {
        /// The payload type agreed for sending.
        payload_type: u8,
        /// `0`-`9`, `*`, `#`, `A`-`D`; others are left out.
        digits: String,
        /// How long each lasts.
        tone: Duration,
        /// The time between two.
        gap: Duration,
        /// Ticks of their clock in a second: that of the audio.
        clock_rate: u32,
        /// How they are sent.
        events: Events,
    },
}

/// What has been agreed of the packets of the other end.
#[derive(Clone, Copy, Debug)]
pub struct Formats {
    /// The payload type of telephone events, if there is one.
    pub events: Option<u8>,
    /// Ticks of the timestamp of audio in a second.
    pub clock_rate: u32,
}

/// One of our ends of an RTP session.
#[derive(Clone, Debug)]
pub struct Media {
    ssrc: u32,
    cname: String,
    sequence: u16,
    /// The RTP timestamp at [`Tick::ZERO`].
    epoch: u32,
    /// Ticks of it in a second: those of the codec that was played last.
    clock_rate: u32,
    /// What was played last, so that an encoder with a memory goes on where it was.
    encoder: Option<Encoder>,
    sent: SenderInfo,
    reception: Reception,
    digits: Vec<(Tick, Method, char)>,
    /// What listens for tones, where somebody asked for it.
    inband: Option<Inband>,
    /// The event that was heard last and its timestamp, so that its other packets are not counted.
    last_event: Option<(u32, Event)>,
    /// When the last packet of an event came.
    last_event_at: Option<Tick>,
    next_report: Option<Tick>,
    /// What its reports have beyond what everybody's have.
    extended: Extended,
    rng: fastrand::Rng,
}

/// What is to be a packet: when, with which payload, and how.
struct Draft {
    at: Duration,
    payload_type: u8,
    marker: bool,
    /// The timestamp, counted from the start of the sound.
    timestamp: u32,
    /// Absent: the packet gets lost.
    payload: Option<Vec<u8>>,
}

impl Media {
    /// An end whose random values come from `seed`.
    //= RFC 3550 §5.1
    pub fn new(seed: u64, cname: String) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        Self {
            ssrc: rng.u32(..),
            cname,
            sequence: rng.u16(..),
            epoch: rng.u32(..),
            clock_rate: 8_000,
            encoder: None,
            sent: SenderInfo::default(),
            reception: Reception::default(),
            digits: Vec::new(),
            inband: None,
            last_event: None,
            last_event_at: None,
            next_report: None,
            extended: Extended::default(),
            rng,
        }
    }

    /// Begins with this sequence number, or below the middle of their range where none is given, as
    /// is asked of secure media.
    //= RFC 4568 §6.4
    #[must_use]
    pub fn starting_at(self, sequence: Option<u16>) -> Self {
        Self { sequence: sequence.unwrap_or(self.sequence & 0x7fff), ..self }
    }

    /// Sends these kinds of extended reports.
    #[must_use]
    pub fn reporting(self, wanted: Vec<Rtcp>) -> Self {
        Self { extended: Extended::new(wanted), ..self }
    }

    /// The packets of `sounds`, which begin together, each with its offset from `now`.
    ///
    /// Sequence numbers run on in the order of the offsets; the timestamp is that of the instant.
    pub fn play(&mut self, now: Tick, sounds: Vec<Sound>) -> Vec<(Duration, Vec<u8>)> {
        let mut drafts: Vec<Draft> =
            sounds.into_iter().flat_map(|sound| self.drafts(sound)).collect();
        drafts.sort_by_key(|draft| draft.at);
        let start = self.timestamp(now);
        let mut packets = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let timestamp = start.wrapping_add(draft.timestamp);
            let sequence = self.sequence;
            self.sequence = sequence.wrapping_add(1);
            let Some(payload) = &draft.payload else { continue };
            let mut packet =
                rtp::Packet::new(draft.payload_type, sequence, timestamp, self.ssrc, payload);
            packet.marker = draft.marker;
            packets.push((draft.at, packet.write()));
        }
        packets
    }

    /// Takes an RTP packet of ours that went out.
    pub fn handle_sent(&mut self, now: Tick, bytes: &[u8]) {
        let Some(packet) = rtp::Packet::read(bytes) else { return };
        self.sent.packets = self.sent.packets.wrapping_add(1);
        let octets = u32::try_from(packet.payload.len()).unwrap_or(u32::MAX);
        self.sent.octets = self.sent.octets.wrapping_add(octets);
        self.wake(now);
    }

    /// Takes an RTP packet of the other end; `formats` is what its payload types stand for.
    pub fn handle_rtp(&mut self, now: Tick, bytes: &[u8], formats: Formats) {
        let Some(packet) = rtp::Packet::read(bytes) else { return };
        if formats.events == Some(packet.payload_type) {
            self.last_event_at = Some(now);
            let Some(event) = Event::read(packet.payload) else { return self.wake(now) };
            // Tolerant: a timestamp that moves within an event does not make another one of it.
            let other =
                self.last_event.replace((packet.timestamp, event)).is_none_or(|(at, last)| {
                    at != packet.timestamp && (packet.marker || last.end || last.code != event.code)
                });
            self.digits
                .extend(event.digit().filter(|_| other).map(|digit| (now, Method::Rtp, digit)));
        } else {
            self.reception.handle_rtp(now, &packet, formats.clock_rate);
        }
        self.wake(now);
    }

    /// Takes an RTCP packet of the other end.
    pub fn handle_rtcp(&mut self, now: Tick, bytes: &[u8]) {
        let compound = rtcp::Compound::read(bytes);
        for report in compound.reports().filter(|report| report.ssrc == self.ssrc) {
            self.extended.answered(now, report.last_sr, report.delay_since_last_sr);
        }
        for packet in compound.packets {
            match packet {
                rtcp::Packet::SenderReport { sent, .. } => {
                    self.reception.handle_sender_report(now, &sent);
                }
                rtcp::Packet::Extended { ssrc, blocks } => {
                    self.extended.handle(now, (ssrc, self.ssrc), &blocks);
                }
                rtcp::Packet::ReceiverReport { .. }
                | rtcp::Packet::SourceDescription(_)
                | rtcp::Packet::Bye { .. }
                | rtcp::Packet::App { .. }
                | rtcp::Packet::Other { .. } => {}
            }
        }
    }

    /// Listens for digits as tones in an RTP packet of the other end, which sends audio in `codec`,
    /// if not in one that its payload type fixes, and telephone events as `events`.
    pub fn listen(&mut self, now: Tick, bytes: &[u8], codec: Codec, events: Option<u8>) {
        let packet = rtp::Packet::read(bytes).filter(|it| events != Some(it.payload_type));
        let Some(packet) = packet else { return };
        let codec = Codec::of_payload_type(packet.payload_type).unwrap_or(codec);
        let heard = Inband::take(&mut self.inband, &packet, codec);
        self.digits.extend(heard.into_iter().map(|digit| (now, Method::Inband, digit)));
    }

    /// The digits that were heard by `method` at or after `since`, in order: as events at their first
    /// packet, as tones when they were over.
    pub fn digits(&self, since: Tick, method: Method) -> String {
        let heard = self.digits.iter().filter(|(at, by, _)| *at >= since && *by == method);
        heard.map(|(.., digit)| digit).collect()
    }

    /// When the last packet of a telephone event came.
    pub const fn last_event_at(&self) -> Option<Tick> {
        self.last_event_at
    }

    /// The report that is due, if one is; `unix` is the wall clock at `now`.
    //= RFC 3550 §6.4.1
    pub fn poll_report(&mut self, now: Tick, unix: Duration) -> Option<Vec<u8>> {
        self.next_report.filter(|at| *at <= now)?;
        self.next_report = Some(now + self.interval(REPORT_INTERVAL));
        let mut packets = vec![self.report(now, unix), self.description()];
        packets.extend(self.extended.packets(now, ntp(unix), self.ssrc, &mut self.reception));
        Some(rtcp::write(&packets))
    }

    /// The last report: we leave the session.
    //= RFC 3550 §6.6
    pub fn leave(&mut self, now: Tick, unix: Duration) -> Option<Vec<u8>> {
        self.next_report.take()?;
        let bye = rtcp::Packet::Bye { sources: vec![self.ssrc], reason: None };
        Some(rtcp::write(&[self.report(now, unix), self.description(), bye]))
    }

    /// When a report is due, once media has flowed.
    pub const fn poll_timeout(&self) -> Option<Tick> {
        self.next_report
    }

    fn drafts(&mut self, sound: Sound) -> Vec<Draft> {
        match sound {
            Sound::Audio { payload_type, codec, ptime, samples } => {
                self.clock_rate = codec.clock_rate();
                let going = self.encoder.take().filter(|encoder| encoder.codec() == codec);
                let encoder = self.encoder.insert(going.unwrap_or_else(|| codec.encoder()));
                let frames = samples.chunks_exact(codec.samples_in(ptime).max(1)).zip(0_u32..);
                frames
                    .map(|(frame, n)| Draft {
                        at: ptime * n,
                        payload_type,
                        marker: n == 0,
                        timestamp: codec.ticks_in(ptime).wrapping_mul(n),
                        payload: Some(encoder.encode(frame)),
                    })
                    .collect()
            }
            Sound::Digits { payload_type, digits, tone, gap, clock_rate, events } => {
                self.clock_rate = clock_rate;
                let mut drafts = Vec::new();
                let mut start = Duration::ZERO;
                for digit in digits.chars() {
                    let span = (start, tone);
                    drafts.extend(events::drafts(payload_type, digit, span, clock_rate, &events));
                    start += tone + gap;
                }
                drafts
            }
        }
    }

    fn report(&mut self, now: Tick, unix: Duration) -> rtcp::Packet {
        let reports = self.reception.reports(now);
        if self.sent.packets == 0 {
            return rtcp::Packet::ReceiverReport { ssrc: self.ssrc, reports };
        }
        let rtp_timestamp = self.timestamp(now);
        let sent = SenderInfo { ntp: ntp(unix), rtp_timestamp, ..self.sent };
        self.extended.said(now, sent.compact_ntp());
        rtcp::Packet::SenderReport { ssrc: self.ssrc, sent, reports }
    }

    /// What our sampling clock shows.
    fn timestamp(&self, now: Tick) -> u32 {
        self.epoch.wrapping_add(clock_units(now.since(Tick::ZERO), self.clock_rate))
    }

    fn description(&self) -> rtcp::Packet {
        rtcp::Packet::SourceDescription(vec![Chunk::new(self.ssrc, &self.cname)])
    }

    /// Sets the time of the first report when the first packet flows either way.
    //= RFC 3550 §6.2
    fn wake(&mut self, now: Tick) {
        if self.next_report.is_none() {
            self.next_report = Some(now + self.interval(REPORT_INTERVAL / 2));
        }
    }

    /// Between half and one and a half times `span`, over the compensation of RFC 3550 §6.3.1.
    fn interval(&mut self, span: Duration) -> Duration {
        span.mul_f64((self.rng.f64() + 0.5) / COMPENSATION)
    }
}

/// A time in ticks of an RTP clock, as it wraps.
#[expect(clippy::cast_possible_truncation, reason = "an RTP timestamp wraps at 2^32")]
const fn clock_units(span: Duration, clock_rate: u32) -> u32 {
    (span.as_nanos() * clock_rate as u128 / 1_000_000_000) as u32
}

/// A time since 1970 as an NTP timestamp, which counts from 1900.
fn ntp(unix: Duration) -> u64 {
    let seconds = unix.as_secs().wrapping_add(NTP_EPOCH);
    let fraction = (u64::from(unix.subsec_nanos()) << 32) / 1_000_000_000;
    seconds << 32 | fraction
}

/// The least interval of RFC 3550 §6.2.
const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// e − 3/2, RFC 3550 §6.3.1.
const COMPENSATION: f64 = 1.218_28;
/// Seconds from 1900 to 1970.
const NTP_EPOCH: u64 = 2_208_988_800;

#[cfg(test)]
mod tests;
