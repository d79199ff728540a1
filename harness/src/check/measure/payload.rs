//! Which codec a payload really is, by what it sounds like.

use super::{Stream, counted, real};
use crate::signal::Codec;
use crate::signal::codec::{Packing, Rate};
use crate::signal::spectrum;
use std::fmt;

/// What payloads turn out to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Payload {
    /// As this codec has it.
    Is(Codec),
    /// L16 of that kind, with the less significant byte first.
    LittleEndian(Codec),
    /// G.722 whose timestamps count its samples, of 16 kHz, where its clock is one of 8 kHz.
    //= RFC 3551 §4.5.2
    HastyG722,
}

impl Payload {
    /// What the payloads of a stream are, of which it was agreed that they are in a codec.
    ///
    /// Every codec that a device may take for the agreed one is tried, if its payloads have the size of
    /// these for their timestamps. Decoded by the wrong one, sound becomes noise: of the wrong law, packing or byte order the spectrum is flat
    /// where that of sound has peaks. The agreed codec is believed unless another one, or none of its
    /// size, gives a spectrum at least [`MARGIN`] dB less flat. `None` where there is too little sound
    /// to tell.
    pub fn of(stream: &Stream<'_>, agreed: Codec) -> Option<Self> {
        let packets = stream.in_order();
        let mut sizes: Vec<(i64, usize)> = packets
            .iter()
            .zip(packets.iter().skip(1))
            .filter(|(a, b)| b.order == a.order + 1)
            .map(|(a, b)| (b.instant - a.instant, a.payload.len()))
            .collect();
        sizes.sort_unstable();
        let &(ticks, octets) = sizes.get(sizes.len() / 2)?;
        let bits = 8.0 * counted(octets) / real(ticks.max(1));
        let fits = |payload: &Self| (payload.bits_a_tick() - bits).abs() < 0.01;
        if agreed == Codec::G722 && (bits - 4.0).abs() < 0.01 {
            let (first, last) = (packets.first()?, packets.last()?);
            let millis = last.at.since(first.at).as_secs_f64() * 1000.0;
            let octets: usize = packets.iter().skip(1).map(|packet| packet.payload.len()).sum();
            // 64 kbit/s by when they came, so it is the timestamps that are wrong.
            return (7.0..9.0).contains(&(counted(octets) / millis)).then_some(Self::HastyG722);
        }
        let bytes: Vec<&[u8]> = packets.iter().map(|packet| packet.payload).collect();
        let peakedness = |payload: Self| Some((payload, payload.peakedness(&bytes)?));
        let tried = Self::candidates(agreed).into_iter().filter(fits).filter_map(peakedness);
        let (best, most) = tried.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let own = Self::Is(agreed);
        let of_own = if fits(&own) { own.peakedness(&bytes) } else { None };
        let is_own = of_own.is_some_and(|of_own| of_own + MARGIN > most);
        (most > LEAST).then_some(if is_own { own } else { best })
    }

    /// The agreed codec, and what a device sends by mistake in its place: the other law, the other
    /// packing, another rate, the other byte order.
    fn candidates(agreed: Codec) -> Vec<Self> {
        let others = match agreed {
            Codec::Pcmu => vec![Self::Is(Codec::Pcma)],
            Codec::Pcma => vec![Self::Is(Codec::Pcmu)],
            // Read as G.722, whatever comes has a shape: there is nothing to compare it with.
            Codec::G722 => Vec::new(),
            Codec::G726(..) => {
                let packings = [Packing::Little, Packing::Big];
                let all =
                    Rate::ALL.into_iter().flat_map(|rate| packings.map(|it| Codec::G726(rate, it)));
                all.filter(|codec| *codec != agreed).map(Self::Is).collect()
            }
            Codec::L16(..) => vec![Self::LittleEndian(agreed)],
        };
        [vec![Self::Is(agreed)], others].concat()
    }

    fn codec(self) -> Codec {
        match self {
            Self::Is(codec) | Self::LittleEndian(codec) => codec,
            Self::HastyG722 => Codec::G722,
        }
    }

    fn bits_a_tick(self) -> f64 {
        let codec = self.codec();
        match codec {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => 8.0,
            Codec::G726(rate, _) => f64::from(rate.bits()),
            Codec::L16(..) => 16.0 * f64::from(codec.channels()),
        }
    }

    /// How far the spectrum of the payloads, so decoded, is from flat, in dB; `None` for silence.
    fn peakedness(self, payloads: &[&[u8]]) -> Option<f64> {
        let codec = self.codec();
        let mut decoder = codec.decoder();
        let decode = |payload: &&[u8]| match self {
            Self::Is(_) | Self::HastyG722 => decoder.decode(payload),
            Self::LittleEndian(_) => {
                let words = payload.as_chunks::<2>().0;
                let swapped: Vec<u8> = words.iter().flat_map(|&[low, high]| [high, low]).collect();
                decoder.decode(&swapped)
            }
        };
        let channels = usize::from(codec.channels());
        let samples: Vec<i16> =
            payloads.iter().flat_map(decode).step_by(channels).take(LONGEST).collect();
        spectrum::peakedness(&samples)
    }
}

/// The codec as SDP names it, and what is wrong with its bytes.
impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(codec) => codec.fmt(f),
            Self::LittleEndian(codec) => write!(f, "{codec} with its bytes swapped"),
            Self::HastyG722 => f.write_str("G722 with a clock of 16000"),
        }
    }
}

/// By how much another codec has to be the better reading, in dB.
const MARGIN: f64 = 1.0;
/// How far from flat a spectrum has to be to say anything; noise is at 2.5 dB.
const LEAST: f64 = 4.0;
/// How many samples are looked at: enough for a second or more.
const LONGEST: usize = 48_000;

#[cfg(test)]
mod tests;
