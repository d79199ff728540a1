//! One stream while its packets come.

use super::super::described::Described;
use super::super::digits::{Digit, Way};
use super::batch::{Batch, Plain};
use super::key::Key;
use super::keys::Keys;
use super::sound::Sound;
use super::{Ear, Payload, Stream};
use crate::check::measure::meter::Seen;
use crate::check::measure::wireshark::Kind;
use crate::check::measure::{Arrival, Event, Meter, Stream as Measured};
use crate::signal;
use crate::time::Tick;
use crate::wire::rtp::Packet;
use crate::wire::sdp::Codec;
use std::net::SocketAddr;
use std::time::Duration;

/// One stream while its packets come.
#[derive(Debug)]
pub(super) struct Live {
    from: SocketAddr,
    to: SocketAddr,
    ssrc: u32,
    began: Tick,
    ended: Tick,
    bytes: u64,
    packets: u64,
    meter: Meter,
    payloads: Vec<Known>,
    /// The place of the payload type of the last packet.
    last: usize,
    /// Packets of telephone events, whole.
    events: Vec<(Tick, Vec<u8>)>,
    ear: Ear,
    sound: Option<Sound>,
    keys: Keys,
}

/// A payload type, and what was known of it when its last packet came.
#[derive(Debug)]
struct Known {
    payload: Payload,
    kind: Kind,
    is_event: bool,
    is_encrypted: bool,
    /// By which its sound can be decoded.
    sound: Option<signal::Codec>,
    generation: u64,
}

impl Known {
    /// What packets of this type may wait as: those of which nothing but the header counts.
    fn plain(&self, ear: Ear) -> Option<Plain> {
        let is_heard = ear != Ear::Deaf && self.sound.is_some();
        let is_plain =
            !self.is_encrypted && !self.is_event && !is_heard && self.payload.codec.is_some();
        let Self { kind, generation, .. } = *self;
        is_plain.then_some(Plain { number: self.payload.number, kind, generation })
    }
}

impl Live {
    pub(super) fn new((from, to, ssrc): (SocketAddr, SocketAddr, u32), at: Tick, ear: Ear) -> Self {
        Self {
            from,
            to,
            ssrc,
            began: at,
            ended: at,
            bytes: 0,
            packets: 0,
            meter: Meter::default(),
            payloads: Vec::new(),
            last: 0,
            events: Vec::new(),
            ear,
            sound: None,
            keys: Keys::default(),
        }
    }

    /// Takes a packet of at least the twelve bytes of a header, behind all that waits in `batch`.
    pub(super) fn push(
        &mut self,
        at: Tick,
        bytes: &[u8],
        batch: &mut Batch,
        described: &Described,
    ) {
        let Some(&[_, second, s0, s1, t0, t1, t2, t3, ..]) = bytes.first_chunk::<12>() else {
            return;
        };
        self.catch_up(batch);
        let (marker, number) = (second & 0x80 != 0, second & 0x7f);
        let place = self.place(number, described);
        let Some(known) = self.payloads.get_mut(place) else { return };
        batch.set(known.plain(self.ear));
        known.payload.packets += 1;
        self.last = place;
        self.packets += 1;
        self.ended = at;
        self.bytes += u64::try_from(bytes.len() - 12).unwrap_or_default();
        let (sequence, timestamp) =
            (u16::from_be_bytes([s0, s1]), u32::from_be_bytes([t0, t1, t2, t3]));
        self.meter.push(Seen::new(at, marker, sequence, timestamp, known.kind));
        let opened;
        let bytes = if known.is_encrypted {
            match self.keys.open(bytes, described.keys(self.from)) {
                // What nothing describes may be in clear as well.
                None if described.receiver(self.from, self.to).is_none() => bytes,
                None => return,
                Some(packet) => {
                    opened = packet;
                    &opened
                }
            }
        } else {
            bytes
        };
        let is_event = known.is_event || (known.payload.codec.is_none() && bytes.len() == 16);
        if self.ear != Ear::Deaf
            && let Some(codec) = known.sound
            && let Some(packet) = Packet::read(bytes)
        {
            // A stream that changes its codec is heard on in the first.
            let keep = self.ear == Ear::Keeps;
            let sound = self.sound.get_or_insert_with(|| Sound::new(codec, keep));
            if sound.codec() == codec {
                sound.packet(at, timestamp, packet.payload);
            }
        }
        if is_event && number >= DYNAMIC && self.events.len() < MOST_EVENTS {
            self.events.push((at, bytes.to_vec()));
        }
    }

    /// Measures what waits.
    pub(super) fn catch_up(&mut self, batch: &mut Batch) {
        let Some(ended) = batch.last() else { return };
        self.ended = ended;
        let (packets, bytes) = batch.drain(|seen| self.meter.push(seen));
        self.packets += packets;
        self.bytes += bytes;
        if let Some(known) = self.payloads.get_mut(self.last) {
            known.payload.packets += packets;
        }
    }

    pub(super) fn key(&self) -> Key {
        Key::of(self.from, self.to, self.ssrc)
    }

    /// Whether it is no stream: nothing describes it, and its packets are few or do not follow one
    /// another.
    pub(super) fn is_noise(&self, described: &Described) -> bool {
        if described.receiver(self.from, self.to).is_some() {
            return false;
        }
        let loss = self.meter.loss();
        let is_told = described.is_told(self.from, self.to);
        loss.received < if is_told { 1 } else { FEWEST }
            || (!is_told && loss.gaps * 2 > loss.received)
    }

    /// The stream and its digits; `None` if it is none.
    pub(super) fn finish(mut self, described: &Described) -> Option<(Stream, Vec<Digit>)> {
        self.meter.finish();
        if self.is_noise(described) {
            return None;
        }
        let mut digits = self.digits();
        let receiver = described.receiver(self.from, self.to);
        let encrypts = receiver.filter(|_| described.encrypts(self.from, self.to));
        let listened = self.sound.is_some();
        let (heard, sound) = self.sound.map(|it| it.finish(self.from, self.to)).unwrap_or_default();
        digits.extend(heard);
        let opened = self.keys.opened();
        let stamp = Duration::ZERO;
        let wireshark = self.meter.wireshark();
        let mut stream = Stream {
            from: self.from,
            to: self.to,
            ssrc: self.ssrc,
            dialog: receiver.map(|receiver| receiver.dialog),
            kind: receiver.map(|receiver| receiver.kind.clone()),
            encrypted: encrypts
                .map(|receiver| (receiver.protocol.clone(), opened))
                .or((opened > 0).then(|| ("SRTP".to_owned(), opened))),
            listened,
            sound,
            began: self.began,
            ended: self.ended,
            bytes: self.bytes,
            loss: self.meter.loss(),
            jitter: self.meter.jitter(stamp),
            arrivals: self.meter.arrivals(stamp),
            skew: self.meter.skew(stamp),
            packet_time: self.meter.packet_time(),
            quality: None,
            control: None,
            wireshark: (wireshark.lost(), wireshark.delta(), wireshark.jitter()),
            payloads: self.payloads.into_iter().map(|known| known.payload).collect(),
        };
        stream.quality = stream.estimate();
        Some((stream, digits))
    }

    /// The place of a payload type, whose meaning is looked up when it is new or more became known.
    fn place(&mut self, number: u8, described: &Described) -> usize {
        let is = |known: &Known| known.payload.number == number;
        let place = if self.payloads.get(self.last).is_some_and(is) {
            Some(self.last)
        } else {
            self.payloads.iter().position(is)
        };
        let generation = described.generation();
        let known = place.and_then(|place| self.payloads.get(place));
        if let Some(place) = place
            && known.is_some_and(|known| known.generation == generation)
        {
            return place;
        }
        let codec = described.codec(self.from, self.to, number);
        let place = place.unwrap_or(self.payloads.len());
        let packets = known.map_or(0, |known| known.payload.packets);
        let (kind, is_event) = (kind(number, codec.as_ref()), codec.as_ref().is_some_and(is_event));
        let sound = codec.as_ref();
        let sound = sound.and_then(|it| signal::Codec::of(&it.name, it.clock_rate, it.channels));
        let is_encrypted = described.encrypts(self.from, self.to);
        let payload = Payload { number, codec, packets };
        let known = Known { payload, kind, is_event, is_encrypted, sound, generation };
        match self.payloads.get_mut(place) {
            Some(there) => *there = known,
            None => self.payloads.push(known),
        }
        place
    }

    /// The telephone events.
    fn digits(&self) -> Vec<Digit> {
        let arrivals: Vec<_> =
            self.events.iter().map(|(at, bytes)| Arrival { at: *at, bytes }).collect();
        let clock = self.payloads.iter().find(|known| known.is_event);
        let clock = clock.and_then(|known| Some(known.payload.codec.as_ref()?.clock_rate));
        let mut digits = Vec::new();
        for stream in Measured::group(&arrivals) {
            for event in Event::of(&stream, clock.unwrap_or(8_000)) {
                let name = event
                    .digit()
                    .map_or_else(|| event.code.to_string(), |digit| digit.name().to_string());
                let marked =
                    if event.marked { "" } else { ", marker not on the first packet alone" };
                let moved = if event.one_timestamp { "" } else { ", timestamp moves" };
                digits.push(Digit {
                    way: Way::Event,
                    name,
                    at: event.start,
                    duration: Some(event.duration),
                    from: self.from,
                    to: self.to,
                    detail: format!(
                        "{} packets, {} with the end bit, {:.0} dBm0{marked}{moved}",
                        event.packets, event.end_packets, event.volume.value
                    ),
                });
            }
        }
        digits
    }
}

fn kind(number: u8, codec: Option<&Codec>) -> Kind {
    match codec {
        // 19 was comfort noise before 13 was (RFC 3551 §6).
        _ if number == 19 => Kind::Noise(8_000),
        Some(codec) if codec.is("CN") => Kind::Noise(codec.clock_rate),
        Some(codec) if is_event(codec) => Kind::Unclocked,
        Some(codec) => Kind::Media(codec.clock_rate),
        None => Kind::Unclocked,
    }
}

fn is_event(codec: &Codec) -> bool {
    codec.is("telephone-event")
}

/// The first dynamic payload type (RFC 3551 §3).
const DYNAMIC: u8 = 96;
/// What nothing describes needs so many packets to be a stream.
const FEWEST: usize = 5;
/// So many packets of telephone events are kept of a stream.
const MOST_EVENTS: usize = 200_000;
