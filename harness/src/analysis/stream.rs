//! RTP streams: those that session descriptions tell of, and those that only look like it.

mod batch;
mod key;
mod keys;
mod live;
mod sound;

use super::control::Control;
use super::described::Described;
use super::digits::Digit;
use crate::check::measure::emodel::Quality;
use crate::check::measure::wireshark::Range;
use crate::check::measure::{Intervals, Jitter, Loss, Measured};
use crate::evidence::capture::Plain;
use crate::evidence::wav::Heard;
use crate::time::Tick;
use crate::wire::classify::{Kind, classify};
use crate::wire::sdp::Codec;
use batch::Batch;
use key::{Hashed, Key, ssrc};
use live::Live;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

/// One source between two addresses.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The sender.
    pub from: SocketAddr,
    /// The receiver.
    pub to: SocketAddr,
    /// The synchronisation source.
    pub ssrc: u32,
    /// The place of its dialog among the dialogs; absent where nothing describes it.
    pub dialog: Option<usize>,
    /// The kind of the media, where that is described: `audio`.
    pub kind: Option<String>,
    /// The profile, where it is encrypted, and how many packets could be opened.
    pub encrypted: Option<(String, u64)>,
    /// Whether its sound was listened to for digits.
    pub listened: bool,
    /// Its sound, where that was asked for and could be decoded.
    pub sound: Option<Heard>,
    /// The payload types, in the order in which they came.
    pub payloads: Vec<Payload>,
    /// When the first packet came.
    pub began: Tick,
    /// When the last came.
    pub ended: Tick,
    /// Bytes of payload.
    pub bytes: u64,
    /// What became of the packets.
    pub loss: Loss,
    /// The jitter; absent for a stream without two packets of a known clock.
    pub jitter: Option<Jitter>,
    /// The times between arrivals, the silence before talkspurts left out.
    pub arrivals: Option<Intervals>,
    /// How much faster the media clock is than that of the capture.
    pub skew: Option<Measured>,
    /// The time of speech in a packet, in seconds.
    pub packet_time: Option<f64>,
    /// What it would be worth as talk, by the E-model; absent where ITU-T G.113 has nothing on its
    /// encoding. A capture does not know the delay from mouth to ear, nor what a jitter buffer threw
    /// away: neither is in it.
    pub quality: Option<Quality>,
    /// What RTCP says of it.
    pub control: Option<Control>,
    /// What Wireshark shows: packets lost, times between arrivals, jitter.
    pub wireshark: (i64, Range, Range),
}

/// One payload type of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Payload {
    /// Its number.
    pub number: u8,
    /// What it stands for, where that is known.
    pub codec: Option<Codec>,
    /// How many packets had it.
    pub packets: u64,
}

impl Stream {
    /// What its audio is encoded with, or which payload type it has.
    pub fn encoding(&self) -> String {
        self.audio().map(ToString::to_string).unwrap_or_default()
    }

    /// The clock rate of its audio, where that is known.
    pub fn clock_rate(&self) -> Option<u32> {
        self.audio()?.codec.as_ref().map(|codec| codec.clock_rate)
    }

    /// The payload type that most of its audio has.
    fn audio(&self) -> Option<&Payload> {
        let is_media = |payload: &&Payload| {
            payload
                .codec
                .as_ref()
                .is_none_or(|codec| !codec.is("telephone-event") && !codec.is("CN"))
        };
        let most = self.payloads.iter().filter(is_media).max_by_key(|payload| payload.packets);
        most.or(self.payloads.first())
    }

    /// What the E-model says of it.
    fn estimate(&self) -> Option<Quality> {
        Quality::of_loss(self.loss, &self.audio()?.codec.as_ref()?.name)
    }

    /// How long it lasted.
    pub fn lasted(&self) -> Duration {
        self.ended.since(self.began)
    }
}

impl std::fmt::Display for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.codec {
            Some(codec) => f.write_str(&codec.name),
            None => write!(f, "payload type {}", self.number),
        }
    }
}

/// The streams of a capture.
#[derive(Debug, Default)]
pub(super) struct Media {
    places: HashMap<Key, usize, Hashed>,
    live: Vec<Live>,
    /// What waits to be measured, of each.
    batches: Vec<Batch>,
    /// How many streams there were when the idle ones were last let go of.
    swept: usize,
    ear: Ear,
}

/// What is done with the sound of streams.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Ear {
    /// Nothing.
    #[default]
    Deaf,
    /// Digits are looked for.
    Digits,
    /// Digits are looked for and the sound is kept, in memory.
    Keeps,
}

impl Media {
    pub(super) fn new(ear: Ear) -> Self {
        Self { ear, ..Self::default() }
    }

    /// Takes a datagram if it is of a stream that is known, and only its header counts there: whether
    /// it did. Any other has to be given to [`Self::rtp`], if it can be RTP.
    #[inline]
    pub(super) fn expects(
        &mut self,
        at: Tick,
        &Plain { hosts, ports, bytes }: &Plain<'_>,
        described: &Described,
    ) -> bool {
        let Some(header) = bytes.first_chunk::<12>() else { return false };
        let key = Key::between(hosts, ports, header);
        classify(bytes) == Kind::Rtp
            && self
                .places
                .get(&key)
                .and_then(|&place| self.batches.get_mut(place))
                .is_some_and(|it| it.take(at, header, bytes.len(), described.generation()))
    }

    /// Takes a packet that may be RTP.
    pub(super) fn rtp(
        &mut self,
        at: Tick,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
        described: &Described,
    ) {
        let Some(header) = bytes.first_chunk::<12>() else { return };
        let key = Key::of(from, to, ssrc(header));
        let place = self.places.get(&key).copied().unwrap_or_else(|| {
            self.sweep(described);
            let place = self.live.len();
            self.places.insert(key, place);
            self.live.push(Live::new((from, to, ssrc(header)), at, self.ear));
            self.batches.push(Batch::default());
            place
        });
        let Some(batch) = self.batches.get_mut(place) else { return };
        if !batch.take(at, header, bytes.len(), described.generation())
            && let Some(live) = self.live.get_mut(place)
        {
            live.push(at, bytes, batch, described);
        }
    }

    /// The streams, and the digits in them.
    pub(super) fn finish(mut self, described: &Described) -> (Vec<Stream>, Vec<Digit>) {
        self.catch_up();
        let mut digits = Vec::new();
        let streams = self.live.into_iter().filter_map(|live| {
            let (stream, heard) = live.finish(described)?;
            digits.extend(heard);
            Some(stream)
        });
        (streams.collect(), digits)
    }

    /// Measures all that waits.
    fn catch_up(&mut self) {
        for (live, batch) in self.live.iter_mut().zip(&mut self.batches) {
            live.catch_up(batch);
        }
    }

    /// Lets go of what has turned out to be no stream, once there is much of it.
    fn sweep(&mut self, described: &Described) {
        if self.live.len() < self.swept + SWEEP_AFTER {
            return;
        }
        self.catch_up();
        self.live.retain(|live| !live.is_noise(described));
        self.batches = self.live.iter().map(|_| Batch::default()).collect();
        self.swept = self.live.len();
        self.places = self.live.iter().enumerate().map(|(at, live)| (live.key(), at)).collect();
    }
}

const SWEEP_AFTER: usize = 16_384;
