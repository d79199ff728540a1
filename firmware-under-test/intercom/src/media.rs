//! The media of one call: what leaves the microphone, what reaches the speaker, digits, reports.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use crate::audio::{Codec, Decoder, Encoder, Frame, Microphone, Speaker, Tone};
use crate::defects::{Defect, Defects};
use crate::dtmf::inband::Ear;
use crate::dtmf::keypad::Keypad;
use crate::dtmf::{self, Listener, Payload};
use crate::rtcp::{self, Bye, Reception, Sender, Sent};
use crate::rtp::Packet;
use crate::sdp::{Agreed, Events};
use crate::shield::Shield;

/// One RTP session.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    agreed: Agreed,
    shield: Shield,
    defects: Defects,
    rng: fastrand::Rng,
    cname: String,
    /// When packet 0 was due; every other is due a multiple of the packet time later.
    origin: Duration,
    /// Number of the next packet.
    tick: u32,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    /// Whether the last tick sent a packet; the next after a silence carries the marker.
    talking: bool,
    /// How late or early the next packet is sent, for the defect of that name.
    jitter: u64,
    packets: u32,
    octets: u32,
    microphone: Microphone,
    speaker: Speaker,
    /// How much later than usual the speaker plays.
    slow: Duration,
    encoder: Encoder,
    decoder: (u8, Decoder),
    loopback: bool,
    /// Event codes that wait to be sent.
    digits: VecDeque<u8>,
    sending: Option<Sending>,
    /// Digits that are dialled as tones.
    keypad: Keypad,
    listener: Listener,
    ear: Ear,
    /// Digits that were heard as tones and not told yet.
    overheard: Vec<char>,
    reception: Reception,
    report_at: Duration,
    /// The goodbye to a source identifier that another end has too.
    leaving: Option<Out>,
    /// Whether it has stopped sending, for the defect that makes it.
    stopped: bool,
}

/// A digit on its way out.
#[derive(Clone, Copy, Debug)]
struct Sending {
    event: u8,
    timestamp: u32,
    /// Packets of it that have been sent.
    sent: u16,
}

/// A datagram to send.
#[derive(Clone, Debug)]
pub(crate) enum Out {
    Rtp(SocketAddr, Vec<u8>),
    Rtcp(SocketAddr, Vec<u8>),
}

/// What the audio path is set to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) loopback: bool,
    /// How much later than it could it plays what it hears.
    pub(crate) slow: Duration,
    pub(crate) tone: Option<Tone>,
}

impl Media {
    /// Starts a session at `now`.
    pub(crate) fn new(
        now: Duration,
        agreed: Agreed,
        mode: Mode,
        seed: u64,
        defects: Defects,
        cname: String,
    ) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let [mut sequence, timestamp, ssrc] = Self::start(&mut rng, &defects);
        //= RFC 4568 §6.4
        if agreed.keys.is_some() {
            let high = defects.has(Defect::SRTP_SEQUENCE_HIGH);
            sequence = if high { 0xff80 } else { sequence & 0x7fff };
        }
        let begin = if defects.has(Defect::MEDIA_LATE) { 2_000 } else { 0 };
        let mut media = Self {
            shield: Shield::new(agreed.keys.as_deref(), &defects),
            speaker: speaker(&agreed, mode.slow, &defects),
            slow: mode.slow,
            encoder: Encoder::new(coding(agreed.codec, &defects)),
            decoder: decoder(&agreed),
            agreed,
            cname,
            origin: now + Duration::from_millis(begin),
            tick: 0,
            sequence: u16::try_from(sequence).unwrap_or_default(),
            timestamp,
            ssrc,
            talking: false,
            jitter: 12,
            packets: 0,
            octets: 0,
            microphone: Microphone::new(rng.u64(..), mode.tone),
            loopback: mode.loopback,
            digits: VecDeque::new(),
            sending: None,
            keypad: Keypad::default(),
            listener: Listener::default(),
            ear: Ear::new(&defects),
            overheard: Vec::new(),
            reception: Reception::default(),
            report_at: now + Self::interval(&mut rng, &defects, true),
            leaving: None,
            stopped: false,
            rng,
            defects,
        };
        media.microphone.set_rate(media.agreed.codec.rate());
        media
    }

    /// The first sequence number, timestamp and source identifier.
    //= RFC 3550 §5.1
    fn start(rng: &mut fastrand::Rng, defects: &Defects) -> [u32; 3] {
        let mut start = [u32::from(rng.u16(..)), rng.u32(..), rng.u32(..)];
        let fixed = [
            (Defect::RTP_SEQUENCE_FROM_ZERO, 0),
            (Defect::RTP_TIMESTAMP_FROM_ZERO, 0),
            (Defect::RTP_SSRC_FIXED, 0x1234_5678),
        ];
        for (value, (defect, fixed)) in start.iter_mut().zip(fixed) {
            if defects.has(defect) {
                *value = fixed;
            }
        }
        start
    }

    fn interval(rng: &mut fastrand::Rng, defects: &Defects, initial: bool) -> Duration {
        let interval = rtcp::interval(rng, initial);
        if defects.has(Defect::RTCP_TOO_OFTEN) { Duration::from_millis(500) } else { interval }
    }

    /// Goes on under a new agreement.
    pub(crate) fn set_agreed(&mut self, mut agreed: Agreed) {
        self.shield.follow(agreed.keys.as_deref());
        if self.defects.has(Defect::CODEC_SWITCH_IGNORED) {
            (agreed.codec, agreed.payload_type) = (self.agreed.codec, self.agreed.payload_type);
        }
        if agreed.codec != self.agreed.codec {
            self.microphone.set_rate(agreed.codec.rate());
            self.speaker = speaker(&agreed, self.slow, &self.defects);
            self.encoder = Encoder::new(coding(agreed.codec, &self.defects));
        }
        // The packet that is due next begins the new schedule.
        self.origin = self.tick_at();
        self.tick = 0;
        self.agreed = agreed;
    }

    /// Switches the audio path.
    pub(crate) fn set_mode(&mut self, mode: Mode) {
        self.loopback = mode.loopback;
        self.microphone.set_tone(mode.tone);
    }

    /// Queues event codes to send; false if the other side does not know telephone events.
    pub(crate) fn send_digits(&mut self, events: impl Iterator<Item = u8>) -> bool {
        if self.agreed.events.is_some() {
            self.digits.extend(events);
        }
        self.agreed.events.is_some()
    }

    /// Queues event codes to dial as tones.
    pub(crate) fn dial_tones(&mut self, events: impl Iterator<Item = u8>) {
        self.keypad.dial(events);
    }

    /// The digits that were heard as tones since this was asked last.
    pub(crate) fn overheard(&mut self) -> Vec<char> {
        std::mem::take(&mut self.overheard)
    }

    /// Takes an RTP datagram; returns the digits that it made audible.
    pub(crate) fn handle_rtp(&mut self, now: Duration, bytes: &[u8]) -> Vec<char> {
        //= RFC 5761 §4
        let apart = self.defects.has(Defect::MUX_NOT_TOLD_APART);
        if self.agreed.shares_port() && rtcp::is_report(bytes) && !apart {
            self.handle_rtcp(now, bytes);
            return Vec::new();
        }
        let Some(bytes) = self.shield.open(bytes) else { return Vec::new() };
        let Some(packet) = Packet::parse(&bytes) else {
            self.stopped |= self.defects.has(Defect::RTP_GARBAGE_STOPS);
            return Vec::new();
        };
        if self.refuses(&bytes, &packet) {
            return Vec::new();
        }
        if packet.ssrc == self.ssrc {
            self.resolve_collision(now);
        }
        let mut codec = self.agreed.incoming.iter().find(|&&(pt, _)| pt == packet.payload_type);
        if codec.is_none()
            && self.agreed.events.map(|it| it.received) != Some(packet.payload_type)
            && self.defects.has(Defect::RTP_UNKNOWN_TYPE_PLAYED)
        {
            codec = self.agreed.incoming.first();
        }
        if let Some(&(_, codec)) = codec {
            if self.reception.has_seen(&packet) && self.defects.has(Defect::RTP_DUPLICATE_RESTARTS)
            {
                self.speaker.restart();
            }
            self.reception.count(now, &packet);
            if self.decoder.0 != packet.payload_type {
                self.decoder = (packet.payload_type, Decoder::new(codec));
            }
            let frames = self.decoder.1.decode(&packet.payload);
            // The speaker runs at the rate of what is sent; what comes at another is not heard.
            if codec.rate() == self.agreed.codec.rate() {
                self.speaker.push(now, packet.timestamp, frames);
            }
        } else if self.event_types().is_some_and(|it| it.received == packet.payload_type) {
            self.reception.count(now, &packet);
            return self.hear(&packet);
        }
        Vec::new()
    }

    /// Whether a defect makes the device drop a packet that it should take.
    fn refuses(&self, bytes: &[u8], packet: &Packet) -> bool {
        let flags = bytes.first().copied().unwrap_or_default();
        (flags & 0x20 != 0 && self.defects.has(Defect::RTP_PADDING_REFUSED))
            || (flags & 0x10 != 0 && self.defects.has(Defect::RTP_EXTENSION_REFUSED))
            || (flags & 0x0f != 0 && self.defects.has(Defect::RTP_CSRC_REFUSED))
            || (self.reception.is_of_another(packet)
                && self.defects.has(Defect::RTP_NEW_SOURCE_REFUSED))
            || (self.reception.has_jumped(packet)
                && self.defects.has(Defect::RTP_SEQUENCE_JUMP_REFUSED))
            || (self.reception.is_overtaken(packet)
                && self.defects.has(Defect::RTP_REORDERED_REFUSED))
    }

    /// Takes another source identifier, for the other end uses this one too.
    //= RFC 3550 §8.2
    fn resolve_collision(&mut self, now: Duration) {
        if self.defects.has(Defect::SSRC_COLLISION_IGNORED) {
            return;
        }
        if !self.defects.has(Defect::SSRC_COLLISION_WITHOUT_BYE) {
            self.leaving = self.report(now, Bye::Yes);
        }
        self.ssrc = self.rng.u32(..);
        (self.packets, self.octets) = (0, 0);
    }

    /// Takes an RTCP datagram.
    pub(crate) fn handle_rtcp(&mut self, now: Duration, bytes: &[u8]) {
        if let Some(bytes) = self.shield.open_report(bytes) {
            self.reception.handle_rtcp(now, &bytes);
        }
    }

    /// Why it dropped a packet, said once until one is good again.
    pub(crate) fn poll_complaint(&mut self) -> Option<String> {
        self.shield.poll_complaint()
    }

    /// Sends everything that is due.
    pub(crate) fn handle_timeout(&mut self, now: Duration) -> Vec<Out> {
        let mut out = Vec::new();
        out.extend(self.leaving.take());
        while self.packet_due() <= now {
            // After a stall the schedule goes on without what should have been sent meanwhile.
            let stalled = now.saturating_sub(self.packet_due()) > STALL;
            self.tick(&mut out, stalled);
        }
        if self.report_at <= now {
            let report = self.report(now, Bye::No);
            out.extend(report);
            self.report_at = now + Self::interval(&mut self.rng, &self.defects, false);
        }
        out
    }

    /// When something is due next.
    pub(crate) fn poll_timeout(&self) -> Duration {
        self.packet_due().min(self.report_at)
    }

    /// What both sides agreed.
    pub(crate) const fn agreed(&self) -> &Agreed {
        &self.agreed
    }

    /// The goodbye at the end.
    pub(crate) fn goodbye(&mut self, now: Duration) -> Option<Out> {
        if self.defects.has(Defect::RTCP_NO_BYE) {
            return None;
        }
        self.report(now, Bye::Yes)
    }

    /// Sends no media any more; reports go on.
    pub(crate) const fn fall_silent(&mut self) {
        self.stopped = true;
    }

    /// When the tick is that is to come next, by the media clock.
    fn tick_at(&self) -> Duration {
        let at = self.agreed.ptime * self.tick;
        if self.defects.has(Defect::RTP_CLOCK_FAST) {
            return self.origin + at.mul_f64(0.999);
        }
        self.origin + at
    }

    fn packet_due(&self) -> Duration {
        let at = self.tick_at();
        if self.defects.has(Defect::RTP_BURSTS) && self.tick.is_multiple_of(2) {
            return at + self.agreed.ptime;
        }
        if self.defects.has(Defect::RTP_JITTER) {
            return at + Duration::from_millis(self.jitter);
        }
        at
    }

    fn tick(&mut self, out: &mut Vec<Out>, stalled: bool) {
        let Agreed { codec, ptime, .. } = self.agreed;
        let now = self.tick_at();
        self.tick += 1;
        self.jitter = self.rng.u64(0..=24);
        let heard = self.speaker.play(now, codec.samples(ptime));
        let narrow = heard_at_8000(&heard, codec.rate());
        self.overheard.extend(self.ear.hear(&narrow));
        let step = if self.defects.has(Defect::RTP_TIMESTAMP_STEP) {
            codec.ticks(ptime) / 2
        } else if codec == Codec::G722 && self.defects.has(Defect::G722_CLOCK_16000) {
            2 * codec.ticks(ptime)
        } else {
            codec.ticks(ptime)
        };
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(step);
        if stalled || self.stopped || !self.agreed.direction.sends() {
            self.talking = false;
            return;
        }
        let (payload_type, timestamp, start, payload) = match self.next_event(timestamp) {
            Some((payload_type, timestamp, start, payload)) => {
                (payload_type, timestamp, start, payload)
            }
            None => (self.audio_type(), timestamp, !self.talking, self.audio(&heard)),
        };
        self.talking = true;
        self.octets = self.octets.wrapping_add(u32::try_from(payload.len()).unwrap_or_default());
        let event = Some(payload_type) == self.agreed.events.map(|it| it.sent);
        let apart = event && self.defects.has(Defect::DTMF_OTHER_SOURCE);
        let lost = self.packets % 10 == 9 && self.defects.has(Defect::RTP_LOSES);
        let packet = Packet {
            marker: start,
            payload_type,
            sequence: self.next_sequence(),
            timestamp,
            ssrc: if apart { self.ssrc ^ 1 } else { self.ssrc },
            payload,
        };
        let mut bytes = packet.to_bytes();
        if let Some(flags) = bytes.first_mut().filter(|_| self.defects.has(Defect::RTP_PADDING_BIT))
        {
            *flags |= 0x20;
            bytes.push(0);
        }
        if !lost {
            out.push(Out::Rtp(self.agreed.rtp, self.shield.seal(bytes)));
        }
    }

    fn next_sequence(&mut self) -> u16 {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        if self.defects.has(Defect::RTP_SEQUENCE_SKIPS) && self.packets.is_multiple_of(50) {
            self.sequence = self.sequence.wrapping_add(1);
        }
        if self.defects.has(Defect::RTP_SSRC_CHANGES) && self.packets.is_multiple_of(100) {
            self.ssrc = self.rng.u32(..);
        }
        sequence
    }

    /// The payload types of telephone events, if both sides know them.
    fn event_types(&self) -> Option<Events> {
        let agreed = self.agreed.events?;
        let fixed = agreed.sent != 101 && self.defects.has(Defect::EVENTS_101_ONLY);
        Some(if fixed { Events { sent: 101, received: 101 } } else { agreed })
    }

    fn audio_type(&self) -> u8 {
        if self.defects.has(Defect::RTP_WRONG_PAYLOAD_TYPE) { 97 } else { self.agreed.payload_type }
    }

    fn audio(&mut self, heard: &[Frame]) -> Vec<u8> {
        let mut frames = heard.to_vec();
        let tones = self.keypad.frame(heard.len(), self.agreed.codec.rate(), &self.defects);
        if let Some(tones) = tones {
            frames = tones.into_iter().map(|sample| [sample; 2]).collect();
        } else if !self.loopback {
            frames.fill_with(|| [self.microphone.sample(); 2]);
        }
        if self.defects.has(Defect::TONE_QUIET) {
            // 10 dB is a factor of 0.316.
            let quiet = |sample: i16| i16::try_from(i32::from(sample) * 316 / 1000).unwrap_or(0);
            for frame in &mut frames {
                *frame = frame.map(quiet);
            }
        }
        if self.defects.has(Defect::CHANNELS_SWAPPED) {
            for frame in &mut frames {
                frame.reverse();
            }
        }
        let noisy = [(Defect::NOISE_IN_SILENCE, 400), (Defect::AUDIO_NOISY, 1_500)];
        for (_, most) in noisy.into_iter().filter(|&(defect, _)| self.defects.has(defect)) {
            let mut hiss = || self.rng.i16(-most..=most);
            for frame in &mut frames {
                *frame = frame.map(|it| it.saturating_add(hiss()));
            }
        }
        let mut payload = self.encoder.encode(&frames);
        let codec = self.agreed.codec;
        if matches!(codec, Codec::L16(..)) && self.defects.has(Defect::L16_LITTLE_ENDIAN) {
            payload.chunks_exact_mut(2).for_each(<[u8]>::reverse);
        }
        if codec == Codec::G722 && self.defects.has(Defect::G722_BANDS_SWAPPED) {
            for octet in &mut payload {
                *octet = octet.rotate_left(2);
            }
        }
        payload
    }

    /// The next packet of a digit, if one is being sent: type, timestamp, marker, payload.
    fn next_event(&mut self, timestamp: u32) -> Option<(u8, u32, bool, Vec<u8>)> {
        let payload_type = self.event_types()?.sent;
        let mut sending = match self.sending.take() {
            Some(sending) => sending,
            None => Sending { event: self.digits.pop_front()?, timestamp, sent: 0 },
        };
        if sending.sent >= LONG + ENDS {
            // The pause: audio flows until the next digit may start.
            sending.sent += 1;
            self.sending = (sending.sent < LONG + ENDS + PAUSE).then_some(sending);
            return None;
        }
        sending.sent += 1;
        let ticks = u16::try_from(self.agreed.codec.ticks(self.agreed.ptime)).unwrap_or(u16::MAX);
        let held = self.defects.has(Defect::DTMF_DURATION_HELD);
        let short = self.defects.has(Defect::DTMF_SHORT);
        let long = if short { 1 } else { LONG };
        if short && sending.sent == 1 + ENDS + 1 {
            sending.sent = LONG + ENDS;
            self.sending = Some(sending);
            return None;
        }
        let duration = if held { ticks } else { sending.sent.min(long).saturating_mul(ticks) };
        let end = sending.sent >= long;
        //= RFC 4733 §2.5.1.4
        if end && self.defects.has(Defect::DTMF_SINGLE_END) {
            sending.sent = LONG + ENDS;
        }
        let at = if self.defects.has(Defect::DTMF_TIMESTAMP_MOVES) {
            sending.timestamp.wrapping_add(u32::from(duration))
        } else {
            sending.timestamp
        };
        let marker = sending.sent == 1 && !self.defects.has(Defect::DTMF_NO_MARKER)
            || self.defects.has(Defect::DTMF_ALWAYS_MARKED);
        self.sending = Some(sending);
        let reserved = self.defects.has(Defect::DTMF_RESERVED_SET);
        let volume = if self.defects.has(Defect::DTMF_FAINT) { 60 } else { 10 };
        let payload = Payload { event: sending.event, end, reserved, volume, duration };
        Some((payload_type, at, marker, payload.to_bytes()))
    }

    fn hear(&mut self, packet: &Packet) -> Vec<char> {
        let Some(payload) = Payload::parse(&packet.payload) else { return Vec::new() };
        let refused = payload.reserved && self.defects.has(Defect::EVENTS_RESERVED_MINDED)
            || payload.volume > 30 && self.defects.has(Defect::EVENTS_FAINT_IGNORED)
            || payload.duration < 800 && self.defects.has(Defect::EVENTS_SHORT_IGNORED)
            || !payload.end && self.defects.has(Defect::EVENTS_NEED_END);
        if refused {
            return Vec::new();
        }
        let mut heard = self.listener.is_new(packet, payload, &self.defects);
        if self.defects.has(Defect::DOUBLE_DIGIT) {
            heard = payload.end;
        }
        if self.defects.has(Defect::EVENTS_NEED_MARKER) {
            heard = packet.marker;
        }
        let mut event = payload.event;
        if self.defects.has(Defect::DIGIT_OFF_BY_ONE) && event < 10 {
            event = (event + 1) % 10;
        }
        if self.defects.has(Defect::DIGIT_DEAF_ABCD) && event >= 12 {
            return Vec::new();
        }
        dtmf::digit(event).filter(|_| heard).into_iter().collect()
    }

    fn report(&mut self, now: Duration, bye: Bye) -> Option<Out> {
        //= RFC 3264 §8.4
        let nowhere = self.agreed.is_off() || self.agreed.rtcp.ip().is_unspecified();
        let held = !self.agreed.direction.sends() && self.defects.has(Defect::RTCP_STOPS_WHEN_HELD);
        if nowhere || held || self.defects.has(Defect::NO_RTCP) {
            return None;
        }
        let mut packets = self.packets;
        if self.defects.has(Defect::RTCP_WRONG_COUNT) {
            packets /= 2;
        }
        // What the sampling clock shows now, which need not be a packet's timestamp.
        let due = self.tick_at();
        let (since, ahead) = (now.saturating_sub(due), due.saturating_sub(now));
        let units = |span: Duration| self.agreed.codec.ticks(span);
        let mut timestamp = self.timestamp.wrapping_add(units(since)).wrapping_sub(units(ahead));
        if self.defects.has(Defect::RTCP_TIMESTAMP_OFFSET) {
            timestamp = timestamp.wrapping_add(8_000);
        }
        let mut octets = self.octets;
        if self.defects.has(Defect::RTCP_OCTETS_WITH_HEADERS) {
            octets = octets.wrapping_add(self.packets.wrapping_mul(12));
        }
        let sent = Sent { ssrc: self.ssrc, timestamp, packets, octets };
        let active = self.talking || self.defects.has(Defect::RTCP_SR_WHEN_SILENT);
        let sender = if active { Sender::Active } else { Sender::Silent };
        let members = (self.cname.as_str(), bye);
        let xr = self.agreed.xr;
        let bytes = self.reception.report(now, sent, sender, members, xr, &self.defects);
        if !self.agreed.shares_port() {
            return Some(Out::Rtcp(self.agreed.rtcp, self.shield.seal_report(bytes)));
        }
        //= RFC 5761 §7
        let above = self.defects.has(Defect::MUX_ABOVE_SRTP);
        let sealed = if above { self.shield.seal(bytes) } else { self.shield.seal_report(bytes) };
        Some(Out::Rtp(self.agreed.rtcp, sealed))
    }
}

/// A decoder for what is expected to come in.
fn decoder(agreed: &Agreed) -> (u8, Decoder) {
    let first = agreed.incoming.first().copied();
    let (payload_type, codec) = first.unwrap_or((agreed.payload_type, agreed.codec));
    (payload_type, Decoder::new(codec))
}

/// A speaker for what comes in.
fn speaker(agreed: &Agreed, slow: Duration, defects: &Defects) -> Speaker {
    let usual = Duration::from_millis(40).max(agreed.ptime + agreed.ptime / 2);
    let delay = if defects.has(Defect::SLOW_LOOPBACK) {
        Duration::from_millis(340)
    } else if defects.has(Defect::JITTER_BUFFER_SHORT) {
        Duration::from_millis(5)
    } else {
        usual
    };
    Speaker::new(delay + slow, agreed.codec, defects.clone())
}

/// What is heard, of the left channel, at 8000 samples a second.
fn heard_at_8000(heard: &[Frame], rate: u32) -> Vec<i16> {
    let rate = usize::try_from(rate).unwrap_or(8_000);
    let at = |n: usize| heard.get(n * rate / 8_000).map(|&[left, _]| left);
    (0..).map_while(at).collect()
}

/// What is really encoded where a codec has been agreed.
fn coding(agreed: Codec, defects: &Defects) -> Codec {
    match agreed {
        Codec::Pcma if defects.has(Defect::PCMA_AS_PCMU) => Codec::Pcmu,
        Codec::Pcmu if defects.has(Defect::PCMU_AS_PCMA) => Codec::Pcma,
        Codec::G726(bits) if defects.has(Defect::G726_PACKING) => Codec::Aal2G726(bits),
        Codec::Aal2G726(bits) if defects.has(Defect::G726_PACKING) => Codec::G726(bits),
        Codec::Pcmu
        | Codec::Pcma
        | Codec::G722
        | Codec::G726(_)
        | Codec::Aal2G726(_)
        | Codec::L16(..) => agreed,
    }
}

/// Past this the media clock is taken to have stopped.
const STALL: Duration = Duration::from_millis(200);

/// Packets that carry a digit's duration upwards, the last of them its first end packet.
const LONG: u16 = 8;

/// Repetitions of the end packet.
const ENDS: u16 = 2;

/// Packets of audio between digits.
const PAUSE: u16 = 4;
